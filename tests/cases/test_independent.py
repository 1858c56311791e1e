"""The compiled cases as AWS's published grammar of state machines sees them (cfn-lint)."""

from __future__ import annotations

import json
from pathlib import Path

from cfnlint import decode
from cfnlint.api import lint_all
from tests.oracles.engine_runner import worked

HERE = Path(__file__).parent

ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:"
"""In place of a name: cfn-lint knows `${name}` as a resource only with DefinitionSubstitutions."""

COMPUTED = "('{% $factor %}' is not of type 'integer')"
"""cfn-lint knows ToleratedFailureCount as a number only; JSONata may compute it (Step Functions developer
guide, Setting failure thresholds). The one machine that does is `far_list`."""


def test_cfn_lint_finds_nothing_in_any_machine() -> None:
    """Every machine passes cfn-lint's rules of AWS::StepFunctions::StateMachine."""
    paths = sorted(HERE.glob("*/*.asl.json"))
    assert len(paths) >= 50
    resources = {
        f"Machine{number}": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "RoleArn": "arn:aws:iam::123456789012:role/machine",
                "Definition": worked(json.loads(path.read_text()), ACTIVITY),
            },
        }
        for number, path in enumerate(paths)
    }
    template = json.dumps({"Resources": resources})
    assert decode.decode_str(template)[1] == []
    told = [str(found) for found in lint_all(template) if found.rule.id[0] in "EW"]
    assert [each for each in told if COMPUTED not in each] == []


def test_cfn_lint_would_find_a_fault() -> None:
    """The rule looks into `Definition`: a machine with an unknown state type is refused."""
    broken = {"StartAt": "a", "States": {"a": {"Type": "Nothing"}}}
    properties = {"RoleArn": "arn:aws:iam::123456789012:role/machine", "Definition": broken}
    resource = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    found = lint_all(json.dumps({"Resources": {"Machine": resource}}))
    assert "E3601" in {one.rule.id for one in found}
