"""Showing a day's briefing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.markup import escape

from interfaces.app.messages.briefings import briefings_of
from interfaces.briefings.briefings import day_of
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation
from tools.briefing.asking import Wanted
from tools.briefing.briefing import Audience
from tools.briefing.wording import BriefingWords
from tools.context import Caller, up_to


@operation()
async def show(
    desk: Desk, audience: Audience, site: str | None, date: str | None, language: str, by: str, as_json: bool
) -> None:
    """``by`` is who reads it, in the role of the audience."""
    app = desk.app
    context = await app.context(Caller(by, up_to(audience), language))
    day = day_of(date, app.clock().astimezone(ZoneInfo(context.timezone)).date())
    found = await briefings_of(app).of(context, Wanted(day, audience, place=site))
    if as_json:
        desk.write(found.model_dump_json(indent=2))
        return
    words = BriefingWords(language)
    desk.out.print(f"[bold]{escape(plain(words.title(found)))}[/]", soft_wrap=True)
    for section in words.told(found):
        desk.out.print(f"\n[bold]{escape(section.heading)}[/]")
        for sentence in section.sentences:
            desk.out.print(escape(plain(f"- {sentence.text}")), soft_wrap=True)
