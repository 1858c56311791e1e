"""The stage's Lambda package, built as a deploy builds it, without deploying."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalice.cli.factory import CLIFactory
from chalice.deploy.appgraph import ApplicationGraphBuilder, DependencyBuilder
from chalice.deploy.deployer import create_build_stage
from chalice.deploy.swagger import TemplatedSwaggerGenerator
from chalice.utils import UI, OSUtils

from ladle.deploy.assemble import Assembly
from ladle.deploy.chalice.graph import assembly_of
from ladle.deploy.chalice.models import LadleFunction
from ladle.deploy.chalice.planning import package_at
from ladle.deploy.services import Package
from ladle.errors import LadleError

__all__ = ["Built", "app_name", "build"]


@dataclass(frozen=True, slots=True)
class Built:
    """A package: the zip, the zip of the layer where dependencies are apart, and what it is of."""

    path: Path
    layer: Path | None
    assembly: Assembly

    @property
    def package(self) -> Package:
        """The package as functions are made from it."""
        return package_at(self.path, self.layer, self.assembly.stage.package_bucket)


def app_name(root: Path) -> str:
    """The name of the project's Chalice app. Raises LadleError where there is none."""
    with _command_mode():
        return str(_configured(root, "dev").chalice_app.app_name)


def build(root: Path, stage: str) -> Built:
    """Build the package of a stage, or find the one that was built from the same files.

    Raises LadleError where the folder is no Chalice project with workflows attached.
    """
    with _command_mode():
        config = _configured(root, stage)
        models = DependencyBuilder().build_dependencies(ApplicationGraphBuilder().build(config, stage))
        steps: Any = create_build_stage(OSUtils(), UI(out=io.StringIO()), TemplatedSwaggerGenerator(), config)
        steps.execute(config, models)
        assembly = assembly_of(config, stage)
    for model in models:
        if isinstance(model, LadleFunction):
            layer = model.managed_layer
            return Built(
                Path(str(model.deployment_package.filename)),
                Path(str(layer.deployment_package.filename)) if layer is not None else None,
                assembly,
            )
    raise LadleError(f"{root}: the project has no task, so there is no package")


def _configured(root: Path, stage: str) -> Any:
    """Chalice's configuration of a stage, with the app loaded and attached to."""
    try:
        config = CLIFactory(str(root)).create_config_obj(stage)
        app = config.chalice_app
    except (RuntimeError, ModuleNotFoundError) as error:
        raise LadleError(f"{root}: {error} (it needs .chalice/config.json and app.py)") from None
    if getattr(app, "ladle_root", None) is None:
        raise LadleError(f"{root}/app.py does not call ladle.deploy.chalice.attach(app)")
    return config


@contextmanager
def _command_mode() -> Iterator[None]:
    """The environment in which `attach` works, as Chalice's command makes it."""
    before = os.environ.get("AWS_CHALICE_CLI_MODE")
    os.environ["AWS_CHALICE_CLI_MODE"] = "true"
    try:
        yield
    finally:
        if before is None:
            del os.environ["AWS_CHALICE_CLI_MODE"]
        else:
            os.environ["AWS_CHALICE_CLI_MODE"] = before
