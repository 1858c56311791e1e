"""The project's resources in Chalice's graph of the application."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ladle.deploy.assemble import Assembly, Platform, assemble
from ladle.deploy.chalice.models import LadleFunction, LadleResource, record_name
from ladle.deploy.resources import references
from ladle.deploy.stage import FunctionSettings, Stage, load_stage
from ladle.project import Project

__all__ = ["assembly_of", "models_of"]


def assembly_of(config: Any, stage_name: str) -> Assembly:
    """The stage of the app's project, with what `.chalice/config.json` says of its functions."""
    root: Path = config.chalice_app.ladle_root
    project = Project.load(root)
    stage = _configured(load_stage(project.root, stage_name), project, config)
    # Before 1.34, Chalice knows no other architecture.
    platform = Platform(config.lambda_python_version, getattr(config, "lambda_architecture", "x86_64"))
    return assemble(project, stage, config.app_name, platform)


def models_of(builder: Any, config: Any, deployment: Any, assembly: Assembly) -> list[LadleResource]:
    """A model for each resource, in the order of creation."""
    layer = builder._get_managed_lambda_layer(config)
    made: dict[str, LadleResource] = {}
    for resource in assembly.resources:
        before = [made[key] for key in dict.fromkeys(ref.key for ref in references(resource))]
        name = record_name(resource)
        if resource.kind == "function":
            made[resource.key] = LadleFunction(
                name,
                resource,
                before,
                deployment_package=deployment,
                managed_layer=layer,
                bucket=assembly.stage.package_bucket,
            )
        else:
            made[resource.key] = LadleResource(name, resource, before)
    return list(made.values())


def _configured(stage: Stage, project: Project, config: Any) -> Stage:
    """The stage with what `config.json` says where the stage's own file says nothing.

    For a function: infra/<stage>.toml, then config.json under `lambda_functions`, then `@task`, then what
    config.json says of all functions.
    """
    functions = {
        name: _function(stage.functions.get(name, FunctionSettings()), config.scope(stage.name, name), name)
        for name in project.tasks
    }
    unknown = {name: found for name, found in stage.functions.items() if name not in functions}
    layers, defaults = config.layers, stage.defaults
    return replace(
        stage,
        functions={**functions, **unknown},
        defaults=replace(
            defaults,
            concurrency=config.reserved_concurrency,
            layers=defaults.layers if defaults.layers is not None else (tuple(layers) if layers else None),
        ),
        environment={**(config.environment_variables or {}), **stage.environment},
        tags={**_tags(config), **stage.tags},
        subnets=stage.subnets or tuple(config.subnet_ids or ()),
        security_groups=stage.security_groups or tuple(config.security_group_ids or ()),
        tracing=stage.tracing or bool(config.xray_enabled),
    )


def _tags(config: Any) -> dict[str, str]:
    """The tags of config.json, without Chalice's own, which has its version: it would touch everything."""
    return {name: text for name, text in config.tags.items() if name != "aws-chalice"}


def _function(given: FunctionSettings, config: Any, name: str) -> FunctionSettings:
    own = _own(config, name)
    layers = own.get("layers")
    concurrency = own.get("reserved_concurrency")
    return replace(
        given,
        memory=given.memory or own.get("lambda_memory_size"),
        timeout=given.timeout or own.get("lambda_timeout"),
        concurrency=given.concurrency if given.concurrency is not None else concurrency,
        layers=given.layers if given.layers is not None else (tuple(layers) if layers else None),
        environment={**own.get("environment_variables", {}), **given.environment},
    )


def _own(config: Any, name: str) -> dict[str, Any]:
    """What config.json says of one function by its name: of all stages, then of this one."""
    disk = config._config_from_disk
    for_all = disk.get("lambda_functions", {}).get(name, {})
    stage = disk.get("stages", {}).get(config.chalice_stage, {})
    return {**for_all, **stage.get("lambda_functions", {}).get(name, {})}
