"""The page in the Chalice app's own API: its routes, and what the API's function may read.

Chalice writes the policy of that function from the calls that it finds in `app.py`. What the page needs is
added, for exactly the machines and log groups of the stage. Such a policy is written before the account is
known, so its resources name none.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ladle.deploy.assemble import Assembly
from ladle.deploy.assembly.parts import STARTER
from ladle.deploy.names import name
from ladle.deploy.policies import merged, page_statements
from ladle.deploy.resources import LambdaFunction, StateMachine
from ladle.errors import LadleError
from ladle.operate.resume import resumer_of

__all__ = ["ENABLED", "add_routes", "statements_of", "with_page"]

ENABLED: Final = "LADLE_PAGE"
"""The environment variable that has the API's function serve the page."""
ACTIONS: Final = "LADLE_PAGE_ACTIONS"
STARTER_NAME: Final = "LADLE_STARTER"
"""Those that say what the page may do, and which function starts runs."""

_PSEUDO: Final = re.compile(r"\$\{AWS::(?:Partition|Region|AccountId)\}")


def add_routes(app: Any, assembly: Assembly) -> None:
    """Give the app the page's routes, if the stage asks for them. Raises LadleError where the app cannot."""
    if not assembly.stage.page:
        return
    routes = getattr(app, "ladle_page", None)
    if routes is None:
        raise LadleError(
            f"{assembly.stage.path} asks for the page, and app.py does not serve it. Add there:\n"
            "    from ladle.web.chalice import serve_page\n"
            "    serve_page(app)"
        )
    routes()


def with_page(model: Any, assembly: Assembly | None) -> Any:
    """The model of the API, its function told to serve the page."""
    if assembly is not None and assembly.stage.page:
        function = model.lambda_function
        function.environment_variables = {
            **function.environment_variables,
            ENABLED: "1",
            "LADLE_STAGE": assembly.stage.name,
            ACTIONS: " ".join(assembly.stage.page_actions),
            STARTER_NAME: name(assembly.app, assembly.stage.name, "function", STARTER),
        }
    return model


def statements_of(assembly: Assembly) -> list[dict[str, Any]]:
    """What the page needs, as IAM writes it; in whatever account."""
    stage = assembly.stage
    own = [each.arn for each in assembly.resources if isinstance(each, StateMachine)]
    machines = [*own, *map(resumer_of, own)]
    functions = {each.logical: each for each in assembly.resources if isinstance(each, LambdaFunction)}
    groups = [f"/aws/lambda/{functions[name].name}" for name in assembly.project.tasks if name in functions]
    starter = functions[STARTER].arn if STARTER in functions else ""
    found = page_statements(machines, groups, starter, stage.page_actions, stage.kms_key or "")
    return [
        {**each.iam, "Resource": [_PSEUDO.sub("*", text) for text in each.resources]}
        for each in merged(found)
    ]
