"""``plantroom limits``: what limits hold at points, where they come from, and setting them by hand."""

import re
from typing import Annotated, Any

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.lazy import PlainGroup
from interfaces.cli.options import AsJson

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d|)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONGEST_DELAY_S = 86_400


class _ListsByDefault(PlainGroup):
    """``plantroom limits AHU-1`` is ``plantroom limits list AHU-1``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["list", *args])


limits = typer.Typer(
    help="Show which limits hold at points and where they come from, or set them by hand.", cls=_ListsByDefault
)
Point = Annotated[str, typer.Argument(help="A point: its id or its exact name.")]
Limit = Annotated[str | None, typer.Option(help="In the point's unit; none takes the plant file's away.")]
Width = Annotated[float | None, typer.Option(min=0, help="In the point's unit.")]
Delay = Annotated[str | None, typer.Option(help="Such as 90s, 2m or 1h; at most a day.")]


@limits.command("list")
def list_(
    of: Annotated[
        str | None, typer.Argument(help="An asset, a place or a point by id or name, or a class; else the whole plant.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the points that have limits, with what holds and where it comes from."""
    do("limits.list_", quiet=as_json, of=of, as_json=as_json)


@limits.command("set")
def set_(
    point: Point,
    low: Limit = None,
    high: Limit = None,
    warning_band: Width = None,
    deadband: Width = None,
    delay_on: Delay = None,
    delay_off: Delay = None,
    latched: Annotated[
        bool | None, typer.Option("--latched/--not-latched", help="Whether an alarm stays until a person resets it.")
    ] = None,
    stale_after: Annotated[str | None, typer.Option(help="Such as 15m or 2h without a reading.")] = None,
) -> None:
    """Set limits of a point by hand. They go before the plant file's, also after the next import."""
    told = {
        "low": _limit(low, "--low"),
        "high": _limit(high, "--high"),
        "warning_band": warning_band,
        "deadband": deadband,
        "delay_on_s": _delay(delay_on, "--delay-on"),
        "delay_off_s": _delay(delay_off, "--delay-off"),
        "latched": latched,
        "stale_after_s": _seconds(stale_after, "--stale-after"),
    }
    changes: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    changes |= {name: None for name, value in changes.items() if value == "none"}
    if not changes:
        raise typer.BadParameter("say what to set, such as --high 30", param_hint="plantroom limits set")

    do("limits.set_", point=point, changes=changes)


@limits.command("reset")
def reset(point: Point) -> None:
    """Forget what was set by hand at a point: the plant file and the defaults hold again."""
    do("limits.reset", point=point)


def _limit(text: str | None, option: str) -> float | str | None:
    if text is None or text.strip().lower() == "none":
        return text and "none"
    try:
        return float(text)
    except ValueError as error:
        raise typer.BadParameter(f"“{text}” is no number, and not none", param_hint=option) from error


def _delay(text: str | None, option: str) -> float | None:
    seconds = _seconds(text, option, may_be_none=True)
    if seconds is not None and seconds > _LONGEST_DELAY_S:
        raise typer.BadParameter("a delay is at most a day", param_hint=option)
    return seconds


def _seconds(text: str | None, option: str, *, may_be_none: bool = False) -> float | None:
    """``90``, ``90s``, ``2m``, ``1.5h`` as seconds."""
    if text is None:
        return None
    found = _DURATION.fullmatch(text.strip().lower())
    seconds = float(found[1]) * _SECONDS[found[2]] if found else None
    if seconds is None or (seconds == 0 and not may_be_none):
        raise typer.BadParameter(f"“{text}” is no duration; write 90s, 2m or 1h", param_hint=option)
    return seconds
