"""Chalice's view of our resources: its dispatch goes by the names of these classes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chalice.deploy import models

from ladle.deploy.resources import Resource

__all__ = ["LadleFunction", "LadleResource", "RecordLadle", "record_name", "record_type"]


@dataclass
class LadleResource(models.ManagedModel):
    """One of our resources. `before` are the models that it refers to."""

    resource: Resource
    before: list[LadleResource] = field(default_factory=list)

    def dependencies(self) -> list[models.Model]:
        """What Chalice has to plan before."""
        return list(self.before)


@dataclass
class LadleFunction(LadleResource):
    """A function on the package that Chalice builds.

    Chalice's packager for layers wants these names, and puts the files in while it builds.
    """

    deployment_package: models.DeploymentPackage = field(
        default_factory=lambda: models.DeploymentPackage(models.Placeholder.BUILD_STAGE)
    )
    managed_layer: models.LambdaLayer | None = None
    bucket: str | None = None

    def dependencies(self) -> list[models.Model]:
        """The package and the layer, too."""
        layer: list[models.Model] = [self.managed_layer] if self.managed_layer is not None else []
        return [*layer, *self.before, self.deployment_package]


@dataclass(frozen=True)
class RecordLadle(models.RecordResource):
    """Note what a resource is now: `values`, and what the variable holds that an API call has filled."""

    values: dict[str, Any]
    variable: str | None = None


def record_type(kind: str) -> str:
    """The type under which a kind is recorded; Chalice finds how to delete it by this."""
    return f"ladle_{kind}"


def record_name(resource: Resource) -> str:
    """The name under which a resource is recorded.

    Chalice takes every name with `api_mapping` in it for a mapping of API Gateway.
    """
    return resource.key.replace("api_mapping", "api-mapping")
