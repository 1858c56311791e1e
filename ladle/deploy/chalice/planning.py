"""What Chalice has to do about our resources: instructions for its executor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from botocore.config import Config
from chalice.deploy import models
from chalice.deploy.planner import Variable

from ladle.deploy.chalice.models import LadleFunction, LadleResource, RecordLadle, record_name, record_type
from ladle.deploy.changes import Change, change
from ladle.deploy.resources import Ref, resolved
from ladle.deploy.services import Aws, Package
from ladle.deploy.views import drift

__all__ = ["account", "deletion", "package_at", "plan", "recorded"]

PATIENT: Final = Config(retries={"mode": "standard", "total_max_attempts": 10})
"""Control planes throttle, and a deploy that gives up is one that somebody has to repeat."""

_VERBS = {"create": "Creating", "update": "Updating", "replace": "Replacing"}


def account(client: Any, package: Package | None = None) -> Aws:
    """The account and Region that Chalice's client works in. Asks AWS once for each client."""
    known = client.__dict__.get("_ladle_identity")
    if known is None:
        session = client._session
        given = session.get_default_client_config()
        session.set_default_client_config(PATIENT.merge(given) if given is not None else PATIENT)
        identity = client._client("sts").get_caller_identity()
        known = (identity["Arn"].split(":")[1], client.region_name, identity["Account"])
        client._ladle_identity = known
    partition, region, number = known
    return Aws(client._client, partition, region, number, package)


def plan(stage: Any, model: LadleResource) -> list[Any]:
    """The instructions for one resource: none but to keep the record when nothing changed."""
    state = stage._remote_state
    wanted = planned(model, state._client, recorded(state._deployed_resources, model.resource_name))
    record = {**wanted.values, **wanted.recorded}
    if wanted.action == "keep" and drift(account(state._client), wanted.resource):
        # Somebody changed it by hand: what was recorded of its configuration is not so any more.
        values = {name: value for name, value in wanted.values.items() if name != "configuration"}
        wanted = replace(wanted, action="update", values=values)
    if wanted.action == "keep":
        return [_record(wanted, record)]
    variable = f"ladle_{model.resource_name}"
    params: dict[str, Any] = {
        "resource": wanted.resource,
        "values": dict(wanted.values),
        "package": package_of(model),
    }
    if isinstance(model, LadleFunction) and model.managed_layer is not None:
        params["layer"] = Variable("layer_version_arn")
    call = models.APICall(f"ladle_{wanted.action}", params, output_var=variable)
    shown = wanted.resource.kind.replace("_", " ")
    message = f"{_VERBS[wanted.action]} {shown}: {wanted.resource.name}\n"
    return [(call, message), _record(wanted, wanted.recorded, variable)]


def planned(model: LadleResource, client: Any, before: dict[str, Any] | None) -> Change:
    """The change of one resource in the account."""
    aws = account(client, package_of(model))
    by_key = {each.resource.key: each.resource for each in model.before}

    def arn_of(ref: Ref) -> str:
        return by_key[ref.key].arn + ref.suffix

    return change(resolved(model.resource, arn_of, aws.text), before, aws)


def package_of(model: LadleResource) -> Package | None:
    """The package of a function. Chalice names its file by a hash of what went into it."""
    if not isinstance(model, LadleFunction):
        return None
    layer = model.managed_layer
    return package_at(
        Path(str(model.deployment_package.filename)),
        Path(str(layer.deployment_package.filename)) if layer is not None else None,
        model.bucket,
    )


def package_at(path: Path, layer: Path | None, bucket: str | None) -> Package:
    """The package in a file that Chalice has built, with the layer beside it."""
    return Package(path, f"{path.stem}{layer.stem if layer is not None else ''}", bucket)


def recorded(deployed: Any, name: str) -> dict[str, Any] | None:
    """What the last deploy recorded under a name."""
    if deployed is None or name not in deployed.resource_names():
        return None
    found: dict[str, Any] = deployed.resource_values(name)
    return {key: value for key, value in found.items() if key not in ("name", "resource_type")} | {
        "name": found.get("aws_name", found["name"])
    }


def _record(wanted: Change, values: dict[str, Any], variable: str | None = None) -> RecordLadle:
    resource = wanted.resource
    return RecordLadle(record_type(resource.kind), record_name(resource), "digest", values, variable)


def deletion(values: dict[str, Any]) -> dict[str, Any]:
    """The instruction that deletes what a record describes, as Chalice's sweeper wants it."""
    kind = values["resource_type"].removeprefix("ladle_")
    own = {**values, "name": values.get("aws_name", values["name"])}
    call = models.APICall("ladle_delete", {"kind": kind, "values": own, "record": values["name"]})
    return {
        "instructions": (call,),
        "message": f"Deleting {kind.replace('_', ' ')}: {own['name']}\n",
    }
