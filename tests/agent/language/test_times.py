"""Times in sentences of three languages, by the calendar of a plant. The tables are in ``times/<code>.yaml``."""

from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.language.chart import Chart
from agent.language.grammar import grammar
from agent.language.lattice import Lattice, PlantWords
from agent.language.phrase import Phrase
from agent.language.times import Span, span_of
from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.linking import Linker
from agent.vocabulary.quantities import QuantityReader
from graph_schema.ontology.ontology import Ontology

CODES = ("en", "de", "es")
PACIFIC, BERLIN = ZoneInfo("America/Los_Angeles"), ZoneInfo("Europe/Berlin")


def at(text: str, zone: tzinfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


NOW = at("2026-03-02 10:00", PACIFIC)
"""A Monday."""


class Times:
    """Reads times of one language in a plant without assets."""

    def __init__(self, code: str, ontology: Ontology) -> None:
        own = grammar(code)
        lexicon = Lexicon.from_entities([], ontology, own.function_words)
        quantities = QuantityReader(lexicon, *(own.lists[name] for name in ("never_in", "no_heads", "leads")))
        spellings = tuple(sorted(word for word in own.literals if len(word) >= 5 and word.isalpha()))
        self._words = PlantWords(own, lexicon, Linker(lexicon), quantities, own.folds, spellings)

    def phrases(self, text: str) -> list[tuple[str, Phrase]]:
        """The longest time from each word on, and its text."""
        lattice = Lattice(text, self._words)
        chart = Chart(lattice, self._words.grammar)
        found: list[tuple[str, Phrase]] = []
        at = 0
        while at < len(lattice):
            best = max(chart.phrases("time", at), key=lambda one: (one.end, -one.cost), default=None)
            if best is not None:
                found.append((lattice.slice(best.start, best.end), best))
            at = best.end if best is not None else at + 1
        return found

    def whole(self, text: str) -> Phrase:
        """The one time that a text is."""
        [(said, phrase)] = self.phrases(text)
        assert said == text
        return phrase

    def span(self, text: str, now: datetime = NOW, *, ahead: bool = False) -> Span:
        found = span_of(self.whole(text), now, ahead=ahead)
        assert found is not None, text
        return found


@pytest.fixture(scope="session")
def times(ontology: Ontology) -> dict[str, Times]:
    return {code: Times(code, ontology) for code in CODES}


@pytest.fixture(scope="session")
def english(times: dict[str, Times]) -> Times:
    return times["en"]


def table(code: str) -> dict[str, str]:
    return yaml.safe_load((Path(__file__).parent / "times" / f"{code}.yaml").read_text("utf-8"))


def written(span: Span | None) -> str:
    if span is None:
        return "none"
    parts = [span.kind, minute(span.start)]
    parts += ["to " + minute(span.end)] if span.end != span.start else []
    parts += ["day"] if span.day else []
    parts += ["recent"] if span.recent else []
    parts += ["until " + minute(span.until)] if span.until else []
    if span.only:
        hours = f" {span.only.hours[0] // 3600}-{span.only.hours[1] // 3600}" if span.only.hours else ""
        parts.append("only " + "".join(map(str, span.only.weekdays)) + hours)
    return " ".join([*parts, *("or " + minute(one.start) for one in span.choices[1:])])


def minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("code", "said", "span"), [(code, said, span) for code in CODES for said, span in table(code).items()]
)
def test_a_time_is_read_whole(times: dict[str, Times], code: str, said: str, span: str):
    phrase = times[code].whole(said.removeprefix("> "))
    assert written(span_of(phrase, NOW, ahead=said.startswith("> "))) == span


@pytest.mark.parametrize(
    ("code", "sentence", "said"),
    [
        ("en", "the pump may fail", []),
        ("en", "march on to AHU-2", []),
        ("en", "is sat above its setpoint", []),
        ("en", "at 8 bar", []),
        ("en", "at 8 degrees", []),
        ("en", "at 8 A", []),
        ("en", "at 8 zones", []),
        ("en", "over 8", []),
        ("en", "on the 3rd floor", []),
        ("en", "in 2 chillers", []),
        ("en", "2025 kW", []),
        ("en", "AHU-2 at 14:30", ["at 14:30"]),
        ("en", "power of chiller 1 yesterday at 25:00", ["yesterday"]),
        ("en", "compare yesterday with the day before yesterday", ["yesterday", "the day before yesterday"]),
        ("en", "compare the energy of last week, please", ["of last week"]),
        ("de", "im letzten Sommer", []),
        ("de", "bei 8 bar", []),
        ("de", "Leistung von Pumpe 2 seit gestern 8 Uhr in kW", ["seit gestern 8 Uhr"]),
        ("es", "a 8 bar", []),
        ("es", "en la planta 3", []),
        ("es", "potencia de la bomba 2 desde ayer a las 8 en kW", ["desde ayer a las 8"]),
    ],
)
def test_what_is_no_time_stays_outside(times: dict[str, Times], code: str, sentence: str, said: list[str]):
    assert [text for text, _ in times[code].phrases(sentence)] == said


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yestrday", "yesterday"),
        ("last wekend", "last weekend"),
        ("since Teusday", "since Tuesday"),
        ("tommorow", "tomorrow"),
    ],
)
def test_a_slip_is_put_right(english: Times, text: str, meant: str):
    assert english.span(text) == english.span(meant)


SAME = [
    ("yesterday", "gestern", "ayer"),
    ("the day before yesterday", "vorgestern", "anteayer"),
    ("last night", "letzte Nacht", "anoche"),
    ("last week", "letzte Woche", "la semana pasada"),
    ("in the last 24 hours", "in den letzten 24 Stunden", "en las últimas 24 horas"),
    ("two hours ago", "vor zwei Stunden", "hace dos horas"),
    ("since Monday 8 am", "seit Montag 8 Uhr", "desde el lunes a las 8"),
    ("on 3 March between 2pm and 4pm", "am 3. März zwischen 14 und 16 Uhr", "entre las 14 y las 16 del 3 de marzo"),
    ("week 42", "KW 42", "semana 42"),
    ("this shift", "diese Schicht", "este turno"),
    ("tomorrow morning", "morgen früh", "mañana por la mañana"),
    ("until Friday", "bis Freitag", "hasta el viernes"),
    ("half an hour ago", "vor einer halben Stunde", "hace media hora"),
]


@pytest.mark.parametrize(("english", "german", "spanish"), SAME)
def test_languages_agree(times: dict[str, Times], english: str, german: str, spanish: str):
    spans = {times[code].span(text) for code, text in zip(CODES, (english, german, spanish), strict=True)}
    assert len(spans) == 1


def test_a_numeric_date_is_two_in_english_alone(times: dict[str, Times]):
    spans = {code: times[code].span("3/4/2025") for code in CODES}
    assert [minute(one.start)[:10] for one in spans["en"].choices] == ["2025-04-03", "2025-03-04"]
    assert not spans["de"].choices
    assert not spans["es"].choices


# -- the clocks are put forward and back ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "now", "hours"),
    [
        (BERLIN, "2026-03-30 10:00", 23),
        (BERLIN, "2026-10-26 10:00", 25),
        (PACIFIC, "2026-03-09 10:00", 23),
        (PACIFIC, "2026-11-02 10:00", 25),
    ],
)
def test_a_day_is_as_long_as_it_was(english: Times, zone: ZoneInfo, now: str, hours: int):
    span = english.span("yesterday", at(now, zone))
    assert (span.start.hour, span.end.hour, span.day) == (0, 0, True)
    assert span.length == timedelta(hours=hours)


@pytest.mark.parametrize("now", ["2026-03-29 12:00", "2026-10-25 12:00", "2026-10-25 02:30"])
def test_the_last_hours_are_hours_that_passed(english: Times, now: str):
    for fold in (0, 1):
        span = english.span("in the last 24 hours", at(now, BERLIN).replace(fold=fold))
        assert span.length == timedelta(hours=24)


def test_the_last_days_keep_the_clock_time(english: Times):
    span = english.span("in the last 3 days", at("2026-03-30 10:00", BERLIN))
    assert minute(span.start) == "2026-03-27 10:00"
    assert span.length == timedelta(hours=71)


def test_a_clock_time_that_is_jumped_over_is_an_hour_later(english: Times):
    span = english.span("at 2:30 am yesterday", at("2026-03-30 10:00", BERLIN))
    assert minute(span.start) == "2026-03-29 03:30"


def test_the_night_in_which_the_clocks_go_back_is_longer(english: Times):
    assert english.span("last night", at("2026-10-25 09:00", BERLIN)).length == timedelta(hours=11)


# -- borders of years, leap days, midnight ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "now", "span"),
    [
        ("yesterday", "2026-01-01 09:00", "window 2025-12-31 00:00 to 2026-01-01 00:00 day"),
        ("last week", "2026-01-01 09:00", "window 2025-12-22 00:00 to 2025-12-29 00:00 day"),
        (
            "this week",
            "2026-01-01 09:00",
            "window 2025-12-29 00:00 to 2026-01-01 09:00 day until 2026-01-05 00:00",
        ),
        ("last month", "2026-01-01 09:00", "window 2025-12-01 00:00 to 2026-01-01 00:00 day"),
        ("last quarter", "2026-01-01 09:00", "window 2025-10-01 00:00 to 2026-01-01 00:00 day"),
        ("in December", "2026-01-01 09:00", "window 2025-12-01 00:00 to 2026-01-01 00:00 day"),
        ("week 53", "2027-01-02 09:00", "window 2026-12-28 00:00 to 2027-01-02 09:00 day until 2027-01-04 00:00"),
        ("from November to February", "2026-03-01 09:00", "window 2025-11-01 00:00 to 2026-03-01 00:00 day"),
        ("year to date", "2026-01-01 09:00", "window 2026-01-01 00:00 to 2026-01-01 09:00 recent"),
        ("yesterday", "2024-03-01 09:00", "window 2024-02-29 00:00 to 2024-03-01 00:00 day"),
        ("29 February", "2027-03-01 09:00", "window 2024-02-29 00:00 to 2024-03-01 00:00 day"),
        ("a year ago", "2024-02-29 09:00", "window 2023-02-28 00:00 to 2023-03-01 00:00 day"),
        ("a month ago", "2026-03-31 09:00", "window 2026-02-28 00:00 to 2026-03-01 00:00 day"),
        ("last night", "2026-03-03 02:00", "window 2026-03-02 20:00 to 2026-03-03 02:00 until 2026-03-03 06:00"),
        ("tonight", "2026-03-03 02:00", "window 2026-03-02 20:00 to 2026-03-03 02:00 until 2026-03-03 06:00"),
        ("overnight", "2026-03-03 21:00", "window 2026-03-03 20:00 to 2026-03-03 21:00 until 2026-03-04 06:00"),
        ("this shift", "2026-03-03 02:00", "window 2026-03-02 22:00 to 2026-03-03 02:00 until 2026-03-03 06:00"),
        (
            "this weekend",
            "2026-03-07 09:00",
            "window 2026-03-07 00:00 to 2026-03-07 09:00 day until 2026-03-09 00:00",
        ),
        ("last weekend", "2026-03-08 09:00", "window 2026-02-28 00:00 to 2026-03-02 00:00 day"),
        ("today", "2026-03-03 00:00", "future 2026-03-03 00:00 to 2026-03-04 00:00 day"),
    ],
)
def test_borders(english: Times, said: str, now: str, span: str):
    assert written(english.span(said, at(now, UTC))) == span


# -- what holds at any time ------------------------------------------------------------------------------------------------

PERIODS = [
    "yesterday", "today", "tomorrow", "last week", "this month", "next year", "last night", "on Friday", "this Tuesday", "last March", "in July",
    "Q3", "week 12", "since Monday", "the weekend", "from Monday to Wednesday", "at night", "during office hours", "this shift", "yesterday morning",
    "between 22:00 and 06:00", "the last 3 months", "in the next 2 weeks", "by Friday", "since 8 am", "before 8 am", "after 5 pm yesterday", "overnight",
]  # fmt: skip
WEEKLY = [
    "yesterday", "today", "last week", "this week", "next week", "on Friday", "last Monday", "next Sunday", "this Tuesday", "last night", "tonight",
    "at 14:30", "two hours ago", "the last 3 days", "over the weekend", "this shift", "since Monday 8 am", "from 9 to 5", "until Friday",
    "during office hours", "Monday mornings", "the day before yesterday at noon", "this time last week",
]  # fmt: skip
MOMENTS = st.datetimes(datetime.fromisoformat("2001-01-01"), datetime.fromisoformat("2099-01-01"))
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in ("UTC", "Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "America/Santiago")
    ]
)


@settings(deadline=None)
@given(said=st.sampled_from(PERIODS), moment=MOMENTS, zone=ZONES, ahead=st.booleans())
def test_a_period_ends_after_it_starts_and_is_known(
    english: Times, said: str, moment: datetime, zone: ZoneInfo, ahead: bool
):
    now = moment.replace(tzinfo=UTC).astimezone(zone)
    span = english.span(said, now, ahead=ahead)
    assert span.length > timedelta() or (said == "today" and now.hour == 0) or span.kind == "now"
    assert span.kind == "future" or span.end.astimezone(UTC) <= now.astimezone(UTC)
    assert span.kind != "future" or span.start.astimezone(UTC) >= now.astimezone(UTC)
    assert span.until is None or span.until.astimezone(UTC) > now.astimezone(UTC)


@settings(deadline=None)
@given(code=st.sampled_from(CODES), hours=st.integers(2, 2000), moment=MOMENTS, zone=ZONES)
def test_the_last_hours_are_so_many(times: dict[str, Times], code: str, hours: int, moment: datetime, zone: ZoneInfo):
    said = {"en": "the last {} hours", "de": "die letzten {} Stunden", "es": "las últimas {} horas"}[code].format(hours)
    now = moment.replace(tzinfo=UTC).astimezone(zone)
    span = times[code].span(said, now)
    assert (span.length, span.end, span.recent) == (timedelta(hours=hours), now, True)


@settings(deadline=None)
@given(said=st.sampled_from(WEEKLY), moment=MOMENTS, ahead=st.booleans())
def test_a_week_later_everything_is_a_week_later(english: Times, said: str, moment: datetime, ahead: bool):
    week = timedelta(days=7)
    now = moment.replace(tzinfo=UTC)
    before, after = english.span(said, now, ahead=ahead), english.span(said, now + week, ahead=ahead)
    assert (after.start - before.start, after.end - before.end) == (week, week)
    assert (after.kind, after.day) == (before.kind, before.day)
