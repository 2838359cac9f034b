"""How the times of a column are written, decided from the whole column."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from zoneinfo import ZoneInfo

from graph_schema.errors import InvalidInput
from ingestion.tables.times import EXCEL, Clock, months

_DATES = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%m-%d-%y",
    "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %b %y", "%d. %b %Y", "%d.%b.%Y", "%d/%b/%Y", "%d %B %Y", "%d. %B %Y", "%b %d, %Y", "%b %d %Y", "%B %d, %Y", "%Y-%b-%d", "%d de %b de %Y", "%Y%m%d", "%d%m%Y",
)  # fmt: skip
_TIME = re.compile(
    r"(?<![\d:])(?P<h>\d{1,2})(?P<sign>[:h])(?P<m>\d{2})(?:[:m](?P<s>\d{2})(?:(?P<point>[.,])(?P<f>\d{1,9}))?s?)?(?:\s*(?P<half>[AaPp]\.?\s?[Mm]\.?))?(?![\d:])"
)
_DOTTED = re.compile(r"(?<=\s)(?P<h>\d{1,2})(?P<sign>\.)(?P<m>\d{2})(?:\.(?P<s>\d{2}))?(?P<point>)(?P<f>)(?P<half>)$")
_DAY = re.compile(r"^(?:[^\W\d]{2,10}\.?,? )(?=[^\W\d]{3,9}\.? \d|\d{1,4}(?:[-./]|[. ]+[^\W\d]))")
_OFFSET = re.compile(r"(?:\(?(?:UTC|GMT) ?)?[+−-]\d{1,2}:?(?:\d{2})?\)?$|Z$")
_LETTERS = re.compile(r"\b[A-Z]{3,5}(?=$| \d{4}$)")
_OF_SYSTEM = re.compile(r"[^\W\d]{3} [^\W\d]{3} \d{1,2} \d\d:\d\d:\d\d( [A-Z]{3,5})? \d{4}")
"""As operating systems and Java print a moment: ``Mon Sep 28 22:15:00 CEST 2026``."""
_LANGUAGES = ("de", "fr", "es", "it", "nl", "pt", "sv", "pl", "da", "cs")
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class TimeGuess:
    """``time_format`` is None for times that need none. ``letters`` are those of zones. ``unsure`` says in a sentence what may be otherwise."""

    time_format: str | None = None
    language: str | None = None
    letters: Sequence[str] = ()
    unsure: str | None = None
    zones: Mapping[str, str] = field(default_factory=dict[str, str])

    def clock(self, zone: ZoneInfo) -> Clock:
        return Clock(zone, self.time_format, self.zones, self.language)


def guess_times(texts: Sequence[str], zones: Mapping[str, str], is_comma: bool = False) -> TimeGuess | None:
    """None where there is no format that all of them are in. ``zones`` are offsets by letters that are known."""
    texts = [" ".join(text.split()) for text in texts if text.strip()]
    if not texts:
        return None
    if _all(texts, TimeGuess()):
        return TimeGuess()
    if all(re.fullmatch(r"[2-7]\d{4}([.,]\d+)?", text) for text in texts):
        return TimeGuess(EXCEL, unsure="The times are taken for days since 1899-12-30, as a workbook counts them.")
    letters = sorted({found[0] for text in texts if (found := _LETTERS.search(text)) and found[0] not in ("AM", "PM")})
    known = {one: zones[one] for one in letters if one in zones}
    patterns = {pattern for text in _telling(texts) if (pattern := _around_date(text))}
    found = [
        guess
        for language in (None, *_LANGUAGES)
        for pattern in sorted(patterns, key=len, reverse=True)
        for date in (_DATES if "\0" in pattern else _DATES[:1])
        if _all(texts, guess := TimeGuess(pattern.replace("\0", date), language, letters, None, known))
    ] if len(patterns) <= 8 else []  # fmt: skip
    if not found:
        return None
    first = [guess for guess in found if guess.language == found[0].language]
    return _decided(texts, first, is_comma)


def _telling(texts: Sequence[str]) -> list[str]:
    """The longest ones: what others leave out is left out by ``variants``."""
    longest = sorted(set(texts), key=len, reverse=True)
    return longest[:20] + longest[-5:]


def _around_date(text: str) -> str | None:
    """The format of all but the date, which is a zero byte; None without a date."""
    if printed := _OF_SYSTEM.fullmatch(text):
        return f"%a %b %d %H:%M:%S{' %Z' if printed[1] else ''} %Y"
    zone = ""
    if not (whole := _TIME.search(text)) or whole.end() < len(text):
        tail = _OFFSET.search(text) if whole else None
        if (
            tail
            and whole
            and not text[whole.end() : max(tail.start(), whole.end())].strip()
            and tail.start() >= whole.end()
        ):
            zone, text = " %z" if text[tail.start() - 1] == " " else "%z", text[: tail.start()].rstrip()
        elif found := _LETTERS.search(text):
            zone, text = (" %Z", text[: found.start()].rstrip()) if found[0] not in ("AM", "PM") else ("", text)
    time = _TIME.search(text) or _DOTTED.search(text)
    before, said, after = (text[: time.start()], _time_format(time), text[time.end() :]) if time else (text, "", "")
    if any(sign.isdigit() for sign in after):
        date, rest = after.strip(" ,"), f"{before}{said}{_signs(after, left=True)}\0"
    else:
        date, rest = before.strip(" ,T"), f"\0{_signs(before, left=False)}{said}{after}"
    if not any(sign.isdigit() for sign in date):
        return None
    day = _DAY.match(date)
    if day:
        rest = rest.replace("\0", f"%a{',' if ',' in day[0] else ''} \0")
    return rest + zone


def _signs(text: str, *, left: bool) -> str:
    found = re.search(r"^[ ,T]+" if left else r"[ ,T]+$", text)
    return found[0] if found else ""


def _time_format(found: re.Match[str]) -> str:
    sign = found["sign"]
    hour = "%I" if found["half"] else "%H"
    seconds = (("m" if sign == "h" else sign) + "%S") if found["s"] else ""
    fraction = f"{found['point']}%f" if found["f"] else ""
    space = " " if found["half"] and re.search(r"\s", found[0]) else ""
    return f"{hour}{sign}%M{seconds}{fraction}{space}{'%p' if found['half'] else ''}"


def _all(texts: Iterable[str], guess: TimeGuess) -> bool:
    if guess.language and not any(word in months(guess.language) for text in texts for word in _words(text)):
        return False
    clock = guess.clock(_UTC)
    return all(_moment(clock, text) is not None for text in texts)


def _words(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[^\W\d_]{3,}", text)]


def _moment(clock: Clock, text: str) -> int | None:
    try:
        return clock.moment(text)
    except InvalidInput:
        return None


def _decided(texts: Sequence[str], found: Sequence[TimeGuess], is_comma: bool) -> TimeGuess:
    """Of formats that all fit, the one under which the times go on; else the custom of what else the file shows."""
    if len(found) == 1:
        return found[0]
    fine = {guess.time_format: _disorder(texts, guess) for guess in found}
    best = min(fine.values())
    left = [guess for guess in found if fine[guess.time_format] == best]
    if len(left) == 1:
        return left[0]
    wanted: Callable[[str], int] = lambda text: _rank(text, is_comma)  # noqa: E731
    chosen = min(left, key=lambda guess: wanted(guess.time_format or ""))
    orders = {re.sub(r"[^dmbyY]", "", (guess.time_format or "").lower()).replace("b", "m")[:2] for guess in left}
    if len(orders) == 1:
        return chosen
    said = f"“{texts[0]}” may be day first or month first: every time fits both. Read as {chosen.time_format}."
    return TimeGuess(chosen.time_format, chosen.language, chosen.letters, said, chosen.zones)


def _disorder(texts: Sequence[str], guess: TimeGuess) -> tuple[int, int]:
    """How often the times go back (or on, in a file with the newest first), and the time that the file spans."""
    clock = guess.clock(_UTC)
    times = [at for text in texts if (at := _moment(clock, text)) is not None]
    pairs = list(pairwise(times))
    back, on = sum(b < a for a, b in pairs), sum(b > a for a, b in pairs)
    return min(back, on), (max(times) - min(times)) // 86_400_000


def _rank(time_format: str, is_comma: bool) -> int:
    month_first = "%p" in time_format or ("/" in time_format and not is_comma)
    starts_with_month = time_format.find("%m") < time_format.find("%d")
    return int(starts_with_month != month_first)
