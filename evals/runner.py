"""Question sets, world by world: build it, compute what is right, ask, and ask again where nothing can be known."""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from evals.asking import Asked, try_case
from evals.cases import BrokenCase, Case, CaseFile, WorldFile, read_cases
from evals.graders import Gold
from evals.names import Names
from evals.outcome import CaseResult, Control, LeftOut, Outcome, Tried
from evals.plant import golds_of, remove_plant, snapshot
from evals.world import is_ci, missing_files, open_world, read_world
from graph_schema.errors import PlantroomError
from graph_schema.statements import statements
from interfaces.app.composition import App
from interfaces.progress import Report, silent
from interfaces.settings import Settings
from tools.registry.registry import Registry

NO_TOOLS, NO_PLANT = "without tools", "with an empty graph"
_SQL = statements("evals", "controls.sql")


@dataclass(frozen=True, slots=True)
class _Question:
    """A case with its place in the files; ``golds`` come with the world."""

    number: int
    file: CaseFile
    case: Case
    golds: Sequence[Gold] = ()


@dataclass(slots=True)
class _World:
    """All questions about one world, from whichever case files."""

    world: WorldFile
    file: Path
    questions: list[_Question] = field(default_factory=list["_Question"])


@dataclass(slots=True)
class _Run:
    """What has come out so far; ``results`` by the case's number in the files."""

    results: dict[int, CaseResult] = field(default_factory=dict[int, CaseResult])
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])
    control_results: dict[str, list[CaseResult]] = field(default_factory=dict[str, list[CaseResult]])
    writes: list[str] = field(default_factory=list[str])
    troubles: list[str] = field(default_factory=list[str])

    def fail(self, number: int, file: CaseFile, case: Case | BrokenCase, why: str) -> None:
        tried = Tried([why], ())
        self.results[number] = CaseResult(
            case.id, file.path, file.world, case.group, abstains=False, tried=tried, language=file.language
        )


async def run_evals(
    paths: Sequence[Path], settings: Settings, *, controls: bool = True, report: Report = silent
) -> Outcome:
    """Run the case files at these paths. Each world is built once, in a home of its own.

    Raises ``NotFound`` or ``InvalidInput`` where a file is not a case file; what is wrong with one case or one world
    fails the cases concerned and no others.
    """
    began = time.monotonic()
    files = [file for path in paths for file in read_cases(path)]
    run = _Run()
    for world in _worlds(files, run):
        await _run_world(world, settings, run, report, controls=controls)
    return Outcome(
        model=settings.planner,
        cases=[result for _, result in sorted(run.results.items())],
        controls=[_control(name, results) for name, results in run.control_results.items()],
        left_out=run.left_out,
        writes=run.writes,
        troubles=run.troubles,
        seconds=time.monotonic() - began,
    )


def _worlds(files: Sequence[CaseFile], run: _Run) -> list[_World]:
    """The worlds that can be built, with their questions; cases that cannot be asked fail with the reason."""
    worlds: dict[Path, _World] = {}
    number = 0
    for file in files:
        found = _world_of(file)
        for case in file.cases:
            number += 1
            if isinstance(case, BrokenCase):
                run.fail(number, file, case, case.why)
            elif isinstance(found, str):
                run.fail(number, file, case, found)
            elif isinstance(found, LeftOut):
                pass
            else:
                world = worlds.setdefault(found.file, found)
                world.questions.append(_Question(number, file, case))
        if isinstance(found, LeftOut):
            run.left_out.append(found)
    return list(worlds.values())


def _world_of(file: CaseFile) -> _World | LeftOut | str:
    """The world, or that its files are not here, or why it cannot be."""
    try:
        world, world_file = read_world(file.world, file.path)
    except PlantroomError as error:
        return str(error)
    if missing := missing_files(world, world_file.parent):
        why = (
            f"The world {world.name} needs {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not here."
        )
        runnable = sum(isinstance(case, Case) for case in file.cases)
        return why if is_ci() else LeftOut(file.path, world.name, runnable, why)
    return _World(world, world_file)


async def _run_world(world: _World, settings: Settings, run: _Run, report: Report, *, controls: bool) -> None:
    try:
        async with open_world(world.world, world.file.parent, settings, report) as app:
            await _run_in(app, world, run, report, controls=controls)
    except Exception as error:
        # A world that breaks is the end of its own cases only.
        why = f"The world {world.world.name} does not work: {_said(error)}"
        run.troubles.append(why)
        for one in world.questions:
            if one.number not in run.results:
                run.fail(one.number, one.file, one.case, why)


def _said(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        inner = cast(BaseExceptionGroup[BaseException], error).exceptions
        return "; ".join(dict.fromkeys(map(_said, inner)))
    return str(error) if isinstance(error, PlantroomError) else f"{type(error).__name__}: {error}"


async def _run_in(app: App, world: _World, run: _Run, report: Report, *, controls: bool) -> None:
    before = await snapshot(app)
    questions = await _with_golds(world, app, run, before.names())
    remote = app.settings.planner != "offline"

    async def ask_all(agent: Asked, purpose: str) -> Mapping[int, CaseResult]:
        sentence = f"Asking {len(questions)} cases about {world.world.name}{purpose}"
        return await _ask_all(questions, agent, sentence, report, remote=remote)

    run.results |= await ask_all(app.agent, "")
    run.writes += before.changes_to(await snapshot(app))
    if controls:
        bare = app.agent.with_tools(Registry([]))
        run.control_results.setdefault(NO_TOOLS, []).extend((await ask_all(bare, f" {NO_TOOLS}")).values())
        await remove_plant(app.graph)
        await app.history.fetch(_SQL["no_work"])
        run.control_results.setdefault(NO_PLANT, []).extend((await ask_all(app.agent, f" {NO_PLANT}")).values())


async def _with_golds(world: _World, app: App, run: _Run, names: Names) -> list[_Question]:
    questions: list[_Question] = []
    for one in world.questions:
        try:
            golds = await golds_of(one.case, names, app)
            questions.append(_Question(one.number, one.file, one.case, golds))
        except PlantroomError as error:
            run.fail(one.number, one.file, one.case, str(error))
    return questions


async def _ask_all(
    questions: Sequence[_Question], agent: Asked, sentence: str, report: Report, *, remote: bool
) -> dict[int, CaseResult]:
    results: dict[int, CaseResult] = {}
    for done, one in enumerate(questions):
        report(sentence, done / len(questions))
        conversation = f"evals-{secrets.token_hex(8)}"
        tried = await try_case(one.case, one.golds, agent, conversation, remote=remote, language=one.file.language)
        results[one.number] = CaseResult(
            one.case.id, one.file.path, one.file.world, one.case.group, one.case.abstains, tried, one.file.language
        )
    report(sentence, 1.0)
    return results


def _control(name: str, results: Sequence[CaseResult]) -> Control:
    passed = [result.id for result in results if result.passed and not result.abstains]
    return Control(name, len(results), passed, sum(result.passed and result.abstains for result in results))
