"""``plantroom start``: looks at a folder, says what it understood, asks what it must, brings it in and serves."""

from __future__ import annotations

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import load_ontology
from interfaces.app.composition import App, open_app
from interfaces.cli.payloads import plain
from interfaces.cli.running import out, run, settings_with
from interfaces.cli.work.serving import serve_prepared
from interfaces.embedded.home import Home
from interfaces.progress import Report
from interfaces.settings import Settings
from interfaces.start.steps import bring_in
from interfaces.start.survey import Survey, survey


def start(folder: Path, yes: bool, serve: bool, timezone: str | None, port: int | None, host: str | None) -> None:
    settings = settings_with(port=port, host=host, timezone=timezone)
    seen = _look(settings, folder)
    for line in lines_of(seen):
        out.print(line, markup=False, soft_wrap=True)
    if not seen.found:
        out.print("Nothing of it can be brought in.", markup=False)
        raise typer.Exit(1)
    zone = timezone or seen.zone or _asked_zone(seen, settings, yes)
    if not yes:
        _ask("Bring it in?")
    topics = seen.telemetry[0] if seen.telemetry and seen.telemetry[1].topics else None
    settings = settings_with(port=port, host=host, timezone=zone, map=topics)

    async def prepare(app: App, report: Report) -> None:
        async for line in bring_in(app, seen, zone, report):
            out.print(line, markup=False, soft_wrap=True)

    if serve:
        serve_prepared(settings, prepare)
        return

    async def work(report: Report) -> None:
        async with open_app(settings, report) as app:
            await prepare(app, report)

    run(work)


def _look(settings: Settings, folder: Path) -> Survey:
    """Before any server is started."""
    seen: list[Survey] = []

    async def work(report: Report) -> None:
        report(f"Looking at {folder}")
        Home(settings.home).prepare()
        seen.append(survey(folder, load_ontology(settings.home / "cache")))

    run(work)
    return seen[0]


def lines_of(seen: Survey) -> list[str]:
    """What was understood, with what a person should look at, and what was not."""
    lines: list[str] = []
    for one in seen.found:
        lines.append(f"{plain(str(one.path.relative_to(seen.folder)))}: {plain(one.says)}")
        lines += [f"  ? {plain(doubt)}" for doubt in one.unsure if "say the site's time zone" not in doubt]
    lines += [f"{plain(str(path.relative_to(seen.folder)))}: left alone. {plain(why)}" for path, why in seen.refused]
    if not any(one.sort == "model" for one in seen.found):
        lines.append(
            "There is no model of the building: orders find no equipment, and readings belong to no point until one is imported."
        )
    return lines


def _asked_zone(seen: Survey, settings: Settings, yes: bool) -> str | None:
    if not seen.lacks_zone:
        return None
    default = settings.timezone or "UTC"
    if yes:
        out.print(f"Times without an offset are taken for {default}; --timezone says otherwise.", markup=False)
        return default
    _needs_a_person()
    while True:
        told = typer.prompt("In which time zone are the times of these files?", default=default)
        try:
            return ZoneInfo(told).key
        except (KeyError, OSError, ValueError):
            out.print(f"“{plain(told)}” is no time zone; write one such as Europe/Berlin.", markup=False)


def _ask(question: str) -> None:
    _needs_a_person()
    if not typer.confirm(question, default=True):
        raise typer.Exit(0)


def _needs_a_person() -> None:
    async def refuse(_: Report) -> None:
        raise InvalidInput("There is nobody to answer: say --yes, and --timezone where times have no offset.")

    if not sys.stdin.isatty():
        run(refuse)
