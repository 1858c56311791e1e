"""Two judges of state machines that share no code with ours: cfn-lint's grammar and moto's parser.

Neither is AWS. cfn-lint's rule E3601 is a JSON schema kept by the CloudFormation team; moto's parser descends
from one that was built against recorded executions. `test_asl_independent.py` lists where they and we
differ, and who is right.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from cfnlint.context import create_context_for_template
from cfnlint.jsonschema import CfnTemplateValidator
from cfnlint.rules.resources.stepfunctions.StateMachineDefinition import StateMachineDefinition
from cfnlint.template import Template
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor

__all__ = ["cfn_lint_problems", "moto_parses"]


@cache
def _rule_and_validator() -> tuple[Any, Any]:
    template = Template("template.json", {"Resources": {}}, ["us-east-1"])
    validator = CfnTemplateValidator(context=create_context_for_template(template), cfn=template)
    return StateMachineDefinition(), validator


def cfn_lint_problems(definition: Mapping[str, Any]) -> list[str]:
    """What cfn-lint's E3601 says of a definition: one text a finding, with its place."""
    rule, validator = _rule_and_validator()
    # The rule writes into its schema while it works; the definition is copied so that nobody's is touched.
    found = rule.validate(validator, None, {"Definition": copy.deepcopy(dict(definition))}, {})
    return sorted(
        f"{'/'.join(str(step) for step in list(error.path)[1:])}: {error.message}" for error in found
    )


def moto_parses(definition: Mapping[str, Any]) -> str | None:
    """None when moto's parser takes the definition, else what it says."""
    try:
        AmazonStateLanguageParser.parse(json.dumps(definition))
    except Exception as error:  # noqa: BLE001 - the parser fails in many ways, and each is an answer
        return f"{type(error).__name__}: {error}"
    finally:
        # It keeps the open scopes' query languages on the class, and a failure leaves them there.
        Preprocessor._query_language_per_scope.clear()
    return None
