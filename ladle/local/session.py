"""Local runs from end to end: compile, register, fill the in-memory AWS, run, keep everything.

>>> with LocalSession.open(root) as session:                      # doctest: +SKIP
...     record = session.run("daily_delays", {"bucket": "landing", "key": "flights/2013-01-01.csv"})
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from ladle import compiler
from ladle.compiler import Compiled
from ladle.compiler.handled import handled_errors
from ladle.declare import Workflow
from ladle.declare.secrets import Source
from ladle.engine import (
    Engine,
    Execution,
    HistoryEvent,
    Machine,
    TaskCall,
    compile_machine,
)
from ladle.errors import LadleError
from ladle.local.answers import Answers
from ladle.local.asking import Asking
from ladle.local.aws import AwsServices, S3Objects
from ladle.local.capture import Capture
from ladle.local.door import check_input
from ladle.local.environment import shared
from ladle.local.kept import LocalKept
from ladle.local.memory import REGION, MemoryAws, StoredObject, head_object
from ladle.local.names import new_id, slug, slug_of
from ladle.local.placed import ACCOUNT, activity_arn, local_names, substitute
from ladle.local.recorder import Recorder
from ladle.local.store import Store
from ladle.local.tasks import Invocation, LocalTasks, Report
from ladle.local.workers import Workers
from ladle.operate.records import KeptObject, RunRecord, TaskLog
from ladle.project import Project, Stage, find_root, stage_of
from ladle.runtime.values import VALUES_VARIABLE, lineage_of

__all__ = ["ACCOUNT", "LocalSession", "Watcher"]

VALUES: Final = "ladle-values"
"""The bucket of the AWS in memory that results too large for a state machine are stored in."""

WORKER: Final = "ladle"
"""The name of the worker that does the work of activities in local runs."""

Watcher = Callable[[Execution, HistoryEvent], None]


class LocalSession:
    """A project ready to run in this process. A context manager; one at a time.

    `aws` is "memory", or "real": then tasks reach whatever the environment's credentials reach. `answers`
    answers task tokens; `seed` makes jitter, names and random functions repeatable.
    """

    def __init__(
        self,
        project: Project,
        *,
        stage: str = "local",
        aws: str = "memory",
        seed: int = 0,
        answers: Answers | None = None,
    ) -> None:
        if aws not in ("memory", "real"):
            raise LadleError(f"aws must be 'memory' or 'real', not {aws!r}")
        self.project = project
        self.stage: Stage = project.stage(stage)
        self.seed = seed
        self.answers = answers or Answers()
        self.folder = project.root / ".ladle"
        self._real = aws == "real"
        self._stack = ExitStack()
        self._compiled: dict[str, Compiled] = {}
        self._machines: dict[str, Machine] = {}
        self.memory: MemoryAws | None = None
        self.store: Store

    @classmethod
    def open(
        cls,
        root: Path | None = None,
        *,
        stage: str = "local",
        aws: str = "memory",
        seed: int = 0,
        answers: Answers | None = None,
    ) -> LocalSession:
        """Set the in-memory AWS up, then load the project, so that AWS clients made on import meet it too.

        Raises `DiagnosticError` when the project has problems.
        """
        folder = find_root(root)
        stack = ExitStack()
        try:
            stack.enter_context(Capture())
            settings = stage_of(folder, stage)
            stack.enter_context(shared(_environment(settings, aws)))
            memory = stack.enter_context(MemoryAws()) if aws == "memory" else None
            session = cls(Project.load(folder), stage=stage, aws=aws, seed=seed, answers=answers)
        except BaseException:
            stack.close()
            raise
        session._stack = stack
        session.memory = memory
        return session

    def __enter__(self) -> LocalSession:
        try:
            self._stack.enter_context(Capture())
            self._stack.enter_context(shared(_environment(self.stage, "real" if self._real else "memory")))
            if self.memory is None and not self._real:
                self.memory = self._stack.enter_context(MemoryAws())
            self._check_answers()
            if self.memory is not None:
                self.memory.fill(self._buckets())
            self.store = self._stack.enter_context(Store(self.folder))
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    # ------------------------------------------------------------------------------------------- running

    def run(
        self,
        workflow: Workflow[..., Any] | str,
        input: Any,
        *,
        name: str | None = None,
        via: Mapping[str, Any] | None = None,
        listener: Watcher | None = None,
        announce: Callable[[str, Execution], None] | None = None,
    ) -> RunRecord:
        """Run a workflow to its end and return the record of it.

        `name` is the run's id; made from what started it when left out. `listener` is called for each event
        of each execution, `announce` once with the run's id before the first.
        Raises `LadleError` for input that is not right and a name in use, `DiagnosticError` for a workflow
        that does not compile, all before anything runs. KeyboardInterrupt marks the run as interrupted.
        """
        if isinstance(workflow, str):
            workflow = self.project.workflow(workflow)
        checked = check_input(workflow, input)
        return self.run_machine(
            self.machine(workflow), checked, name=name, via=via, listener=listener, announce=announce
        )

    def run_machine(
        self,
        machine: Machine,
        input: Any,
        *,
        name: str | None = None,
        via: Mapping[str, Any] | None = None,
        workflow: str | None = None,
        listener: Watcher | None = None,
        announce: Callable[[str, Execution], None] | None = None,
    ) -> RunRecord:
        """Run a machine of this session (`machine`, `written_machine`) on input taken as it is. See `run`.

        `workflow` is whose run it is, where the machine has another name.
        """
        run = self._run_id(machine.name, name, dict(via or {}))
        open_: list[Execution] = []

        def stop(reason: str) -> None:
            engine.call_soon(lambda: open_[0].stop("Stopped", reason))

        recorder = Recorder(self.store, run, self.seed, dict(via or {}), stop, workflow)

        def listen(execution: Execution, event: HistoryEvent) -> None:
            recorder(execution, event)
            if listener is not None:
                listener(execution, event)

        def report(call: TaskCall, _: Invocation, log: TaskLog) -> None:
            if log.error is not None or log.log:
                recorder.log(call.execution, log)

        with self.world(report) as (engine, asking):
            engine.listener = listen
            try:
                execution = engine.start(machine, input, name=run)
                open_.append(execution)
                if announce is not None:
                    announce(run, execution)
                engine.run(execution)
                if execution.status == "RUNNING":
                    asking.stop_unanswered(execution)
                else:
                    engine.run()  # runs that were only started go on
            except BaseException as error:
                recorder.close()
                by_hand = isinstance(error, KeyboardInterrupt)
                cause = "Stopped from the keyboard." if by_hand else f"Ladle failed: {error!r}"
                self.store.interrupt(run, cause)
                raise
        recorder.close()
        return self.ended(run)

    def ended(self, run: str) -> RunRecord:
        """Keep what a run wrote, and give its record: it goes on no more."""
        self.store.abandon(run)
        if self.memory is not None:
            written = self.memory.write_back(self.folder / "aws", self.project.root)
            self.store.add_objects(run, [each for each in written if each.bucket != VALUES])
        return self.store.find(run)

    def put_back(self, run: str) -> list[KeptObject]:
        """Write again to the AWS in memory what an earlier run wrote; gives the objects whose copy is gone.

        Values too large for its machine are among what is written again.
        """
        if self.memory is None:
            return []
        record, folder = self.store.find(run), self.folder / "aws" / VALUES
        place = folder / self.stage.name / lineage_of(record.arn)
        values = [
            KeptObject(
                VALUES,
                path.relative_to(folder).as_posix(),
                path.stat().st_size,
                path.relative_to(self.project.root).as_posix(),
            )
            for path in sorted(place.glob("*.json"))
        ]
        return self.memory.put_back([*values, *self.store.objects(run)], self.project.root)

    @contextmanager
    def world(self, report: Report) -> Iterator[tuple[Engine, Asking]]:
        """An engine for one run: its tasks are the project's, its machines those that were made so far.

        `report` is told of each call that is over. The tasks' threads end with the block.
        """
        asking = Asking(self.project.tasks, self.answers)
        kept = LocalKept(self.store, asking.clock.now)
        functions = [each.function for each in self.project.known.values()]
        tasks = LocalTasks(
            {**self.project.tasks, **self.project.activities},
            AwsServices(region=None, workers=Workers()) if self._real else AwsServices(region=REGION),
            handled=handled_errors([each.definition for each in self._machines.values()], functions),
            report=report,
            submit=asking.submit,
            kept=kept,
        )
        asking.engine = engine = Engine(
            tasks,
            clock=asking.clock,
            seed=self.seed,
            store=S3Objects(region=None if self._real else REGION),
        )
        for each in self._machines.values():
            engine.register(each)
        for name in self.project.activities:
            engine.activities.serve(activity_arn(name), tasks, WORKER)
        try:
            yield engine, asking
        finally:
            tasks.close()
            kept.close()

    def head(self, bucket: str, key: str) -> StoredObject | None:
        """An object's facts, from memory or from the user's own account; None when there is none."""
        return self.memory.head(bucket, key) if self.memory is not None else head_object(None, bucket, key)

    def restore_values(self, arn: str) -> None:
        """Bring back the large results that a run of this machine stored: what goes on with it may read them.

        `arn` is that of the execution at its root.
        """
        folder = self.folder / "aws" / VALUES
        if self.memory is not None and folder.is_dir():
            self.memory.fill({VALUES: folder}, under=f"{self.stage.name}/{lineage_of(arn)}")

    # ----------------------------------------------------------------------------------------- preparing

    def compiled(self, workflow: Workflow[..., Any]) -> Compiled:
        """The compiled workflow. Raises `DiagnosticError` with all its problems."""
        found = self._compiled.get(workflow.name)
        if found is None:
            found = self._compiled[workflow.name] = compiler.compile_workflow(
                workflow, root=self.project.root, known=self.project.known
            )
        return found

    def machine(self, workflow: Workflow[..., Any]) -> Machine:
        """The machine of a workflow; those that it starts are made, too."""
        found = self._machines.get(workflow.name)
        if found is not None:
            return found
        compiled = self.compiled(workflow)
        names = local_names(self.project, self.stage, [each.name for each in compiled.loops])
        text = substitute(compiled.text, names)
        machine = compile_machine(
            text, name=workflow.name, type=workflow.type, region=REGION, account=ACCOUNT
        )
        self._machines[workflow.name] = machine
        for callee in compiled.workflows:
            if callee in compiled.loops and callee.name in self.project.workflows:
                raise LadleError(
                    f"a split loop of {workflow.name} has a machine called {callee.name!r}, and so has a "
                    "workflow: rename that"
                )
            self.machine(callee)
        return machine

    def written_machine(self, name: str, text: str) -> Machine:
        """The machine of a definition that a person wrote.

        It calls the project's tasks by name or ARN, or as `${task}`, and starts the project's workflows by
        ARN or as `${workflow}`. Raises `LadleError` for a name that the project does not have.
        """
        for each in self.project.workflows.values():
            if each.name in text:
                self.machine(each)
        names = local_names(self.project, self.stage)
        machine = compile_machine(substitute(text, names), name=name, region=REGION, account=ACCOUNT)
        self._machines[name] = machine
        return machine

    def _check_answers(self) -> None:
        """Answers given beforehand must be for tasks that take one, and have the type that they promise."""
        for name, answers in self.answers.given().items():
            task = self.project.tasks.get(name)
            if task is None or not task.takes_token:
                takers = sorted(t.name for t in self.project.tasks.values() if t.takes_token)
                raise LadleError(
                    f"--answer {name}: no task of that name waits for an answer"
                    + (f"; {', '.join(takers)} does" if takers else "")
                )
            for answer in answers:
                if answer.error is None and not answer.silent:
                    task.door.decode_result(answer.value, f"--answer {name}")

    def _buckets(self) -> dict[str, Path | None]:
        names = dict.fromkeys(self.stage.buckets.values())
        folders: dict[str, Path | None] = dict(names)
        for logical, folder in self.stage.files.items():
            folders[self.stage.bucket(logical)] = self.project.root / folder
        folders[VALUES] = None
        return folders

    def _run_id(self, machine: str, name: str | None, via: dict[str, Any]) -> str:
        if name is None:
            return new_id(slug_of(machine, via), self.store.exists)
        if slug(name) != name and via.get("kind") != "resume":
            raise LadleError(f"--name {name!r}: letters, digits, - and _ only (at most 60)")
        if self.store.exists(name):
            raise LadleError(f"there is a run {name} already: ladle show {name}")
        return name


def _environment(stage: Stage, aws: str) -> dict[str, str]:
    """What all tasks find in their environment: the stage's variables, its secrets and parameters, and where
    large values are stored.

    In the user's own account only a deployment makes a bucket for them.
    """
    place = {} if aws == "real" else {VALUES_VARIABLE: f"s3://{VALUES}/{stage.name}"}
    sources = {Source("secret", name).variable: text for name, text in stage.secrets.items()}
    sources |= {Source("parameter", name).variable: text for name, text in stage.parameters.items()}
    return {**place, **sources, **stage.environment}
