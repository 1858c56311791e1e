"""What Ladle relies on in Chalice: names and parameters of its internals.

A new Chalice that changes one of them is refused with a clear sentence, instead of deploying half a stage.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
from typing import Any, Final

__all__ = ["METHODS", "MODELS", "problems"]

METHODS: Final[dict[str, tuple[str, ...]]] = {
    "chalice.awsclient:TypedAWSClient.__init__": ("self", "session"),
    "chalice.awsclient:TypedAWSClient._client": ("self", "service_name"),
    "chalice.cli.factory:CLIFactory.create_config_obj": ("self", "chalice_stage_name"),
    "chalice.config:Config.deployed_resources": ("self", "chalice_stage_name"),
    "chalice.config:DeployedResources.resource_names": ("self",),
    "chalice.config:DeployedResources.resource_values": ("self", "name"),
    "chalice.deploy.appgraph:ApplicationGraphBuilder._create_lambda_event_resources": (
        "self",
        "config",
        "deployment",
        "stage_name",
    ),
    "chalice.deploy.appgraph:ApplicationGraphBuilder._create_rest_api_model": (
        "self",
        "config",
        "deployment",
        "stage_name",
    ),
    "chalice.deploy.appgraph:ApplicationGraphBuilder._get_managed_lambda_layer": ("self", "config"),
    "chalice.deploy.deployer:BaseDeployStep.handle": ("self", "config", "resource"),
    "chalice.deploy.deployer:DeploymentReporter._default_report": ("self", "resource", "report"),
    "chalice.deploy.deployer:ManagedLayerDeploymentPackager.handle_lambdafunction": (
        "self",
        "config",
        "resource",
    ),
    "chalice.deploy.deployer:PolicyGenerator.handle_autogeniampolicy": ("self", "config", "resource"),
    "chalice.deploy.executor:BaseExecutor.__init__": ("self", "client", "ui"),
    "chalice.deploy.executor:Executor._add_to_deployed_values": ("self", "payload"),
    "chalice.deploy.executor:Executor._do_apicall": ("self", "instruction"),
    "chalice.deploy.executor:Executor.execute": ("self", "plan"),
    "chalice.deploy.packager:BaseLambdaDeploymentPackager._add_py_deps": (
        "self",
        "zip_fileobj",
        "deps_dir",
        "prefix",
    ),
    "chalice.deploy.packager:BaseLambdaDeploymentPackager._iter_app_filenames": ("self", "project_dir"),
    "chalice.deploy.planner:PlanStage.__init__": ("self", "remote_state", "osutils"),
    "chalice.deploy.planner:PlanStage.execute": ("self", "resources"),
    "chalice.deploy.planner:RemoteState.__init__": ("self", "client", "deployed_resources"),
    "chalice.deploy.planner:RemoteState.resource_exists": ("self", "resource"),
    "chalice.deploy.sweeper:ResourceSweeper.execute": ("self", "plan", "config"),
    "chalice.deploy.sweeper:ResourceSweeper._plan_deletion": ("self", "remaining", "deployed"),
    "chalice.package:SAMTemplateGenerator.dispatch": ("self", "resource", "template"),
    "chalice.package:TerraformGenerator.dispatch": ("self", "resource", "template"),
}
"""Each method with its first parameters."""

MODELS: Final[dict[str, tuple[str, ...]]] = {
    "chalice.deploy.models:APICall": ("method_name", "params", "output_var"),
    "chalice.deploy.models:DeploymentPackage": ("filename",),
    "chalice.deploy.models:LambdaFunction": ("environment_variables",),
    "chalice.deploy.models:LambdaLayer": ("resource_name", "layer_name", "deployment_package", "is_empty"),
    "chalice.deploy.models:ManagedModel": ("resource_name",),
    "chalice.deploy.models:Plan": ("instructions", "messages"),
    "chalice.deploy.models:RestAPI": ("lambda_function",),
    "chalice.deploy.models:RecordResource": ("resource_type", "resource_name", "name"),
}
"""Each data class with fields that it must have."""


def problems() -> list[str]:
    """What is not as it should be in the Chalice that is installed; empty when all is well."""
    found: list[str] = []
    for place, wanted in METHODS.items():
        method = _at(place)
        if method is None:
            found.append(f"{_shown(place)} is gone")
            continue
        parameters = tuple(inspect.signature(method).parameters)[: len(wanted)]
        if parameters != wanted:
            found.append(f"{_shown(place)} takes ({', '.join(parameters)}), not ({', '.join(wanted)})")
    for place, wanted in MODELS.items():
        model = _at(place)
        if model is None or not dataclasses.is_dataclass(model):
            found.append(f"{_shown(place)} is gone, or no data class")
            continue
        missing = sorted(set(wanted) - {each.name for each in dataclasses.fields(model)})
        if missing:
            found.append(f"{_shown(place)} has no {', '.join(missing)}")
    return found


def _at(place: str) -> Any:
    module, _, path = place.partition(":")
    try:
        found: Any = importlib.import_module(module)
    except ImportError:
        return None
    for name in path.split("."):
        found = getattr(found, name, None)
    return found


def _shown(place: str) -> str:
    return place.replace(":", ".")
