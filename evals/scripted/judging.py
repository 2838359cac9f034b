"""Each statement through the whole agent: how many true ones come out, and how many false ones do."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from agent.agent import Agent
from agent.events import Answered, ToolFinished
from evals.scripted.server import NAME, ScriptedModel, scripted_model
from evals.scripted.statements import Statement, StatementCase, StatementFile, read_statements
from evals.world import missing_files, open_world, read_world
from graph_schema.errors import NotFound, PlantroomError
from interfaces.progress import Report, silent
from interfaces.settings import Settings
from tools.context import Caller

LEAST_ACCEPTED = 0.97
MOST_LET_OUT = 0.01
_UNCHECKED = 10_000_000  # tokens: the scripted model has no context that could be too small


@dataclass(frozen=True, slots=True)
class Judged:
    """A statement and what became of it; ``trouble`` is why it could not be judged."""

    file: Path
    question: str
    statement: Statement
    let_out: bool = False
    unsupported: Sequence[str] = ()
    trouble: str | None = None

    @property
    def right(self) -> bool:
        return self.trouble is None and self.let_out == self.statement.holds


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one kind or language, or of all."""

    accepted: int
    true: int
    let_out: int
    false: int


@dataclass(frozen=True, slots=True)
class Judgement:
    judged: Sequence[Judged]

    @property
    def total(self) -> Tally:
        return _tally(self.judged)

    @property
    def groups(self) -> Sequence[tuple[str, str, Tally]]:
        """By kind and language."""
        ordered = sorted(self.judged, key=_group)
        return [(*key, _tally(list(group))) for key, group in groupby(ordered, _group)]

    @property
    def is_sound(self) -> bool:
        total = self.total
        return (
            total.accepted >= LEAST_ACCEPTED * total.true
            and total.let_out <= MOST_LET_OUT * total.false
            and not any(one.trouble for one in self.judged)
        )


def _group(one: Judged) -> tuple[str, str]:
    return one.statement.kind, one.statement.language


def _tally(judged: Sequence[Judged]) -> Tally:
    true = [one for one in judged if one.statement.holds]
    false = [one for one in judged if not one.statement.holds]
    return Tally(sum(one.let_out for one in true), len(true), sum(one.let_out for one in false), len(false))


async def judge_statements(paths: Sequence[Path], settings: Settings, report: Report = silent) -> Judgement:
    """World by world. Raises ``NotFound`` or ``InvalidInput`` for a file or a world that cannot be used."""
    files = [found for path in paths for found in read_statements(path)]
    judged: list[Judged] = []
    async with scripted_model() as model:
        for of_it in by_world(files):
            judged += await _in_world(of_it, model, settings, report)
    return Judgement(judged)


def by_world(files: Sequence[tuple[Path, StatementFile]]) -> Sequence[Sequence[tuple[Path, StatementFile]]]:
    """Those of one world together, by whatever path each names it. Raises ``NotFound``."""
    worlds: dict[Path, list[tuple[Path, StatementFile]]] = {}
    for path, content in files:
        worlds.setdefault(read_world(content.world, path)[1], []).append((path, content))
    return [of_it for _, of_it in sorted(worlds.items())]


async def _in_world(
    files: Sequence[tuple[Path, StatementFile]], model: ScriptedModel, settings: Settings, report: Report
) -> list[Judged]:
    path, content = files[0]
    world, world_file = read_world(content.world, path)
    if missing := missing_files(world, world_file.parent):
        raise NotFound(f"The world {world.name} needs {', '.join(missing)}, which this machine does not have.")
    own = settings.model_copy(update={
        "model": "openai", "openai_model": NAME, "openai_base_url": model.url, "openai_api_key": None,
        "model_context_tokens": _UNCHECKED, "model_retries": 0,
    })  # fmt: skip
    every = [(path, case, one) for path, content in files for case in content.cases for one in case.statements]
    judged: list[Judged] = []
    async with open_world(world, world_file.parent, own, report) as app:
        for path, case, statement in every:
            report(f"Stating {len(every)} statements about {world.name}", len(judged) / len(every))
            judged.append(await _state(app.agent, model, path, case, statement))
    return judged


async def _state(agent: Agent, model: ScriptedModel, path: Path, case: StatementCase, statement: Statement) -> Judged:
    """A question that breaks the agent, or a call that fails, is a finding about that statement."""
    model.play(case.calls, statement.say)
    caller = Caller("evals", frozenset({case.as_}))
    failed: list[str] = []
    answered: Answered | None = None
    try:
        async for event in agent.ask(case.question, f"statements-{secrets.token_hex(8)}", caller):
            match event:
                case ToolFinished(ok=False):
                    failed.append(event.summary)
                case Answered():
                    answered = event
                case _:
                    pass
    except PlantroomError as error:
        failed.append(str(error))
    if answered is not None and answered.model != NAME:
        failed.append(f"{answered.model} answered instead")
    if failed or answered is None:
        return Judged(path, case.question, statement, trouble="; ".join(failed) or "there was no answer")
    return Judged(path, case.question, statement, not answered.invented, answered.invented)
