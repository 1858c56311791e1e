"""Puts our part into each of Chalice's stages.

On its classes: the objects that will run were made before the app is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from chalice.awsclient import TypedAWSClient
from chalice.deploy.appgraph import ApplicationGraphBuilder
from chalice.deploy.deployer import DeploymentReporter, ManagedLayerDeploymentPackager, PolicyGenerator
from chalice.deploy.executor import Executor
from chalice.deploy.models import Placeholder
from chalice.deploy.packager import BaseLambdaDeploymentPackager
from chalice.deploy.planner import PlanStage
from chalice.deploy.sweeper import ResourceSweeper
from chalice.package import SAMTemplateGenerator, TerraformGenerator

from ladle.deploy.assemble import CLAIMS
from ladle.deploy.chalice import doing, graph, page, planning
from ladle.deploy.chalice.journal import Journal
from ladle.deploy.chalice.packaging import Packages
from ladle.deploy.lock import locked
from ladle.deploy.names import name
from ladle.deploy.services import DRIVERS
from ladle.deploy.templates import cloudformation, terraform
from ladle.errors import LadleError

__all__ = ["install"]

_MARK = "_ladle"

SHOWN = {
    "function": "Lambda ARN",
    "machine": "State machine ARN",
    "activity": "Activity ARN",
    "schedule": "Schedule ARN",
    "rule": "Event rule ARN",
    "topic": "Topic ARN",
}
"""What is listed after a deploy, and how."""


def install() -> None:
    """Extend Chalice's classes; a second call changes nothing."""
    if getattr(ApplicationGraphBuilder, _MARK, False):
        return
    setattr(ApplicationGraphBuilder, _MARK, True)
    packages = Packages()
    _extend_graph(packages)
    _extend_packaging(packages)
    _extend_planning()
    _extend_execution()
    _extend_reports()
    _extend_templates()


def _give(owner: Any, **methods: Callable[..., Any]) -> None:
    """Give methods to one of Chalice's classes."""
    for called, method in methods.items():
        setattr(owner, called, method)


def _told(function: Callable[..., Any]) -> Callable[..., Any]:
    """Ends the command with the message of a LadleError: Chalice would show a traceback instead."""

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except LadleError as error:
            sys.exit(f"{error}")

    return call


def _extend_graph(packages: Packages) -> None:
    original = ApplicationGraphBuilder._create_lambda_event_resources

    @_told
    def create(self: Any, config: Any, deployment: Any, stage_name: str) -> list[Any]:
        resources: list[Any] = original(self, config, deployment, stage_name)
        if getattr(config.chalice_app, "ladle_root", None) is None:
            return resources
        assembly = graph.assembly_of(config, stage_name)
        config.chalice_app.ladle_assembly = assembly
        page.add_routes(config.chalice_app, assembly)
        packages.prepare(assembly, config.chalice_app)
        return [*resources, *graph.models_of(self, config, deployment, assembly)]

    api = ApplicationGraphBuilder._create_rest_api_model

    def create_api(self: Any, config: Any, deployment: Any, stage_name: str) -> Any:
        made = api(self, config, deployment, stage_name)
        return page.with_page(made, getattr(config.chalice_app, "ladle_assembly", None))

    _give(ApplicationGraphBuilder, _create_lambda_event_resources=create)
    _give(ApplicationGraphBuilder, _create_rest_api_model=create_api)
    policy = PolicyGenerator.handle_autogeniampolicy

    def add_statements(self: Any, config: Any, resource: Any) -> None:
        fresh = isinstance(resource.document, Placeholder)
        policy(self, config, resource)
        assembly = getattr(config.chalice_app, "ladle_assembly", None)
        if fresh and assembly is not None and assembly.stage.page:
            resource.document["Statement"] += page.statements_of(assembly)

    _give(PolicyGenerator, handle_autogeniampolicy=add_statements)


def _extend_packaging(packages: Packages) -> None:
    names = BaseLambdaDeploymentPackager._iter_app_filenames
    dependencies = BaseLambdaDeploymentPackager._add_py_deps

    def iter_app_filenames(self: Any, project_dir: str) -> Any:
        return packages.names(self, project_dir, names)

    def add_py_deps(self: Any, zip_fileobj: Any, deps_dir: str, prefix: str = "") -> None:
        packages.prune(deps_dir)
        dependencies(self, zip_fileobj, deps_dir, prefix)

    _give(BaseLambdaDeploymentPackager, _iter_app_filenames=iter_app_filenames)
    _give(BaseLambdaDeploymentPackager, _add_py_deps=add_py_deps)
    _give(
        ManagedLayerDeploymentPackager,
        handle_ladlefunction=ManagedLayerDeploymentPackager.handle_lambdafunction,
    )


def _extend_planning() -> None:
    plan = _told(planning.plan)
    _give(PlanStage, _plan_ladleresource=plan)
    _give(PlanStage, _plan_ladlefunction=plan)
    sweep = ResourceSweeper.execute

    def execute(self: Any, plan: Any, config: Any) -> None:
        plan.ladle_journal = Journal.of(config)
        plan.ladle_table = name(config.app_name, config.chalice_stage, "table", CLAIMS)
        sweep(self, plan, config)

    def delete(self: Any, values: dict[str, Any]) -> dict[str, Any]:
        del self
        return planning.deletion(values)

    _give(ResourceSweeper, execute=execute)
    for kind in DRIVERS:
        setattr(ResourceSweeper, f"_delete_ladle_{kind}", delete)


def _extend_execution() -> None:
    _give(TypedAWSClient, ladle_create=_told(doing.create))
    _give(TypedAWSClient, ladle_update=_told(doing.update))
    _give(TypedAWSClient, ladle_replace=_told(doing.remove))
    _give(TypedAWSClient, ladle_delete=_told(doing.delete))
    run, call, add = Executor.execute, Executor._do_apicall, Executor._add_to_deployed_values

    @_told
    def execute(self: Any, plan: Any) -> None:
        self._ladle_journal = doing.journal_of(plan)
        if not doing.touches(plan):
            run(self, plan)
            return
        account = planning.account(self._client)
        with locked(account, plan.ladle_table, doing.maker_of(account, plan, plan.ladle_table)):
            doing.refuse_to_stop_runs(self._client, plan)
            run(self, plan)

    def do_apicall(self: Any, instruction: Any) -> None:
        call(self, instruction)
        journal = getattr(self, "_ladle_journal", None)
        if instruction.method_name == "ladle_delete" and journal is not None:
            journal.drop(instruction.params["record"])

    def do_recordladle(self: Any, instruction: Any) -> None:
        self._add_to_deployed_values(doing.entry(instruction, self.variables))

    def add_to_deployed_values(self: Any, payload: dict[str, Any]) -> None:
        add(self, payload)
        journal = getattr(self, "_ladle_journal", None)
        if journal is not None:
            journal.note(self._resource_value_index[payload["name"]])

    _give(Executor, execute=execute)
    _give(Executor, _do_apicall=do_apicall)
    _give(Executor, _do_recordladle=do_recordladle)
    _give(Executor, _add_to_deployed_values=add_to_deployed_values)


def _extend_reports() -> None:
    def reporter(title: str) -> Any:
        def report(self: Any, resource: dict[str, Any], report: list[str]) -> None:
            del self
            report.append(f"  - {title}: {resource['arn']}")

        return report

    for kind, title in SHOWN.items():
        setattr(DeploymentReporter, f"_report_ladle_{kind}", reporter(title))


def _extend_templates() -> None:
    def generator(add: Callable[..., None]) -> Callable[..., None]:
        def generate(self: Any, model: Any, template: dict[str, Any]) -> None:
            by_key = {each.resource.key: each.resource for each in model.before}
            package = getattr(model, "deployment_package", None)
            code = package.filename if package is not None else ""
            add(template, model.resource, by_key, code, self._chalice_layer)

        return generate

    for owner, form in ((SAMTemplateGenerator, cloudformation), (TerraformGenerator, terraform)):
        generate = _told(generator(form.add))
        _give(owner, _generate_ladleresource=generate, _generate_ladlefunction=generate)
