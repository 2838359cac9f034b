"""Questions about limits, checks of values and values over a time: their calls, and what is said of what was found."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.agent import Agent
from agent.answers.comparison import holds
from agent.answers.speaker import Speaker
from agent.events import Answered
from agent.evidence.citations import Style
from agent.planning.assets import Test as Compared
from agent.planning.understanding import Understanding
from graph_schema.question import AssetQuery, Window
from tests.agent.language.conftest import NOW, Talk
from tools.catalogue.alarm_history import AlarmHistory, PointAlarms, Standing
from tools.context import Caller
from tools.results.alarms import AlarmSpell
from tools.results.analysis.limits import Limits, PointLimits
from tools.results.assets import EntityRef, FoundAssets
from tools.results.forecasts import ForecastRow, ForecastStep, TelemetryForecast
from tools.results.jobs.runs import AssetRuns, Runs
from tools.results.telemetry import Telemetry, TelemetryRow

DAY = Window(start=NOW - timedelta(days=1), end=NOW)
CODES = ("en", "de", "es")


def calls(understanding: Understanding, sentence: str, code: str = "en") -> list[tuple[str, Mapping[str, Any]]]:
    found = understanding.understand(sentence, code, NOW)
    assert found is not None
    assert found.problem is None, found.explained()
    return [(one.tool, one.args) for one in found.calls]


def where(understanding: Understanding, sentence: str, code: str = "en") -> Mapping[str, Any]:
    tool, args = calls(understanding, sentence, code)[-1]
    assert tool == "find_assets"
    (condition,) = args["query"]["where"]
    return condition


@pytest.mark.parametrize(
    ("code", "sentence", "comparison"),
    [
        ("en", "is the vibration of CHWP-2 above 4 mm/s", ">"),
        ("en", "isn't the vibration of CHWP-2 above 4 mm/s", ">"),
        ("en", "is the vibration of CHWP-2 not above 4 mm/s", "<="),
        ("en", "is the vibration of CHWP-2 not below 4 mm/s", ">="),
        ("de", "Ist die Vibration von CHWP-2 über 4 mm/s?", ">"),
        ("de", "Ist die Vibration von CHWP-2 nicht über 4 mm/s?", "<="),
        ("es", "¿Está la vibración de CHWP-2 por encima de 4 mm/s?", ">"),
        ("es", "¿La vibración de CHWP-2 no supera los 4 mm/s?", "<="),
    ],
)
def test_a_negation_turns_the_comparison(
    understanding: Understanding, code: str, sentence: str, comparison: str
) -> None:
    assert where(understanding, sentence, code) == {
        "quantity": "vibration", "comparison": comparison, "value": 4.0, "unit": "mm/s",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "comparison", "aggregate"),
    [
        ("was the vibration of CHWP-2 ever above 4 mm/s yesterday", ">", "max"),
        ("was the vibration of CHWP-2 always above 4 mm/s yesterday", ">", "min"),
        ("was the vibration of CHWP-2 never above 4 mm/s yesterday", "<=", "max"),
        ("was the vibration of CHWP-2 not above 4 mm/s yesterday", "<=", "max"),
        ("was the vibration of CHWP-2 below 4 mm/s yesterday", "<", "min"),
        ("did the vibration of CHWP-2 stay below 4 mm/s yesterday", "<", "max"),
    ],
)
def test_over_a_time_ever_and_always_differ(
    understanding: Understanding, sentence: str, comparison: str, aggregate: str
) -> None:
    condition = where(understanding, sentence)
    assert (condition["comparison"], condition["aggregate"]) == (comparison, aggregate)


def test_a_set_point_and_a_moment(understanding: Understanding) -> None:
    condition = where(understanding, "is the zone temperature of VAV-303 above its setpoint")
    assert condition == {
        "quantity": "zone_air_temperature", "comparison": ">", "than": "zone_air_temperature_setpoint",
    }  # fmt: skip
    at = where(understanding, "was the power of chiller 1 above 20 kW yesterday at 14:00")
    assert (at["aggregate"], at["window"]["start"]) == ("mean", "2026-03-01T14:00:00Z")


@pytest.mark.parametrize(
    ("code", "sentence", "side"),
    [
        ("en", "is it too warm in the library", "high"),
        ("en", "is it too cold in the library", "low"),
        ("de", "Ist es in der Bibliothek zu kalt?", "low"),
        ("es", "¿Hace demasiado calor en la biblioteca?", "high"),
    ],
)
def test_too_warm_is_judged_by_limits(understanding: Understanding, code: str, sentence: str, side: str) -> None:
    ((tool, args),) = calls(understanding, sentence, code)
    assert (tool, args["quantity"], args["side"]) == ("limits", "zone_air_temperature", side)


def test_beyond_another_value_in_the_unit_of_the_point(understanding: Understanding) -> None:
    ((tool, args),) = calls(understanding, "how long was the zone temperature of VAV-303 above 77 °F yesterday")
    assert (tool, args["quantity"], args["state"], args["asset"]) == (
        "runs",
        "zone_air_temperature",
        "> 77 °F",
        "vav-303",
    )


def test_a_set_point_that_moves_is_asked_back(understanding: Understanding) -> None:
    found = understanding.understand("how long was the zone temperature of VAV-303 above its setpoint", "en", NOW)
    assert found is not None
    assert found.problem is not None
    assert found.problem.kind == "one_value"


def test_alarms_of_each_of_a_class_are_counted(understanding: Understanding) -> None:
    found = calls(understanding, "number of alarms per AHU last week")
    assert [args["asset"] for tool, args in found if tool == "alarm_history"] == ["ahu-1", "ahu-2", "ahu-3", "ahu-4"]


def test_the_best_hour_of_a_day(understanding: Understanding) -> None:
    ((_, args),) = calls(understanding, "at which hour was the power of chiller 1 lowest yesterday")
    assert (args["aggregate"], args["group_by"], args["order"], args["limit"]) == ("min", "hour", "asc", 3)


def test_a_check_goes_on_with_another_value_and_another_time(talk: Talk) -> None:
    _, other, before = talk("is the zone temperature of VAV-303 above 24 °C", "and above 21 °C", "and yesterday")
    for one, aggregate in ((other, "latest"), (before, "max")):
        (condition,) = one.calls[-1].args["query"]["where"]
        assert (condition["value"], condition.get("aggregate", "latest")) == (21.0, aggregate)


# -- what is said --------------------------------------------------------------------------------------------------------


def speaker(understanding: Understanding, code: str) -> Speaker:
    return Speaker(understanding.lexicon, Style(code, "metric", UTC, NOW))


def ref(id_: str, name: str) -> EntityRef:
    return EntityRef.model_validate({"id": id_, "name": name, "kind": "Asset", "class": "VAV"})


def point(id_: str, value: float, **more: Any) -> PointLimits:
    return PointLimits(
        point=f"{id_}.t", asset=ref(id_, id_.upper()), quantity="zone_air_temperature", value=value, unit="°C", at=NOW,
        status="normal", **more,
    )  # fmt: skip


def limits_of(*rows: PointLimits, **more: Any) -> Limits:
    judged = sum(one.judged for one in rows)
    limited = sum(one.limited for one in rows)
    return Limits(
        quantity="zone_air_temperature", rows=list(rows), total=len(rows), measuring=len(rows), limited=limited, judged=judged,
        beyond=sum(one.beyond is not None for one in rows), without=len(rows) - limited, undecided=len(rows) - judged, **more,
    )  # fmt: skip


HOT = point("vav-1", 25.0, low=18.0, high=24.0, rule="limits", beyond="high", margin=-1.0)
FINE = point("vav-2", 22.0, set_point=21.5, deadband=1.0, rule="set point")
BARE = point("vav-3", 23.0)


@pytest.mark.parametrize(
    ("code", "yes", "no", "untold"),
    [
        ("en", "Yes: VAV-1 zone air temperature is 25 °C, above its high limit of 24 °C.", "No: VAV-2", "That cannot be told: VAV-3 zone air temperature is 23 °C, and no high limit and no set point is recorded for it."),
        ("de", "Ja: VAV-1: Raumtemperatur 25 °C, über dem oberen Grenzwert von 24 °C.", "Nein: VAV-2", "Das lässt sich nicht sagen. VAV-3"),
        ("es", "Sí: VAV-1: temperatura ambiente 25 °C, por encima de su límite superior de 24 °C.", "No: VAV-2", "No se puede saber. VAV-3"),
    ],
)  # fmt: skip
def test_one_point_is_judged_by_its_rule(
    understanding: Understanding, code: str, yes: str, no: str, untold: str
) -> None:
    said = [
        speaker(understanding, code).answer(
            "excess", results=[limits_of(one, side="high")], says={"at": "start"}, calls=()
        )
        for one in (HOT, FINE, BARE)
    ]
    assert said[0] == yes
    assert said[1].startswith(no)
    assert "21" in said[1]
    assert said[2].startswith(untold)


@pytest.mark.parametrize(("code", "yes", "no"), [("en", "Yes", "No"), ("de", "Ja", "Nein"), ("es", "Sí", "No")])
def test_several_points_within_and_beyond(understanding: Understanding, code: str, yes: str, no: str) -> None:
    def said(rows: Limits, **says: str) -> str:
        return speaker(understanding, code).answer("excess", results=[rows], says=says, calls=())

    mixed, fine = limits_of(HOT, FINE, BARE), limits_of(FINE, FINE)
    assert said(mixed).startswith(f"{yes}: 1 ")
    assert said(mixed, within="true").startswith(f"{no}: 1 ")
    assert said(mixed, every="true").startswith(f"{no}: 1 ")
    assert said(fine).startswith(f"{no}: ")
    assert said(fine, within="true").startswith(f"{yes}: ")
    assert "VAV-1" in said(mixed)


@pytest.mark.parametrize("code", CODES)
def test_limits_are_listed_with_how_near_values_are(understanding: Understanding, code: str) -> None:
    def said(rows: Limits, **says: str) -> str:
        return speaker(understanding, code).answer("limits", results=[rows], says=says, calls=())

    listed = said(limits_of(HOT, FINE, BARE))
    assert all(one in listed for one in ("VAV-1", "24 °C", "1 °C", "VAV-2", "21"))
    assert "VAV-3" not in listed
    assert "VAV-3" in said(limits_of(FINE, BARE), lacking="true")
    assert said(limits_of(BARE)).endswith("23 °C.")


@pytest.mark.parametrize(
    ("code", "any_of", "every", "none_of"),
    [
        ("en", "Yes: 1 of 2 is above 24 °C:", "No: 1 of 2 is above 24 °C; not so:", "No: none of 2 is above 24 °C."),
        ("de", "Ja: 1 von 2 liegt über 24 °C:", "Nein: 1 von 2 liegt über 24 °C; nicht so ist es bei:", "Nein: keiner von 2 liegt über 24 °C."),
        ("es", "Sí: 1 de 2 está por encima de 24 °C:", "No: 1 de 2 está por encima de 24 °C; no es así en:", "No: ninguno de 2 está por encima de 24 °C."),
    ],
)  # fmt: skip
def test_of_several_it_is_said_which(
    understanding: Understanding, code: str, any_of: str, every: str, none_of: str
) -> None:
    rows = [
        TelemetryRow(entity=ref(one, one), quantity="zone_air_temperature", value=value, unit="°C", at=NOW)
        for one, value in (("a", 25.0), ("b", 22.0))
    ]
    values = Telemetry(quantity="zone_air_temperature", aggregate="latest", rows=rows, total=2)
    (call,) = [
        one
        for one in understanding.understand("is any zone temperature above 24 °C", "en", NOW).calls  # pyright: ignore[reportOptionalMemberAccess]
        if one.tool == "find_assets"
    ]

    def said(found: list[EntityRef], **says: str) -> str:
        held = FoundAssets(total=len(found), assets=found, query=AssetQuery())
        return speaker(understanding, code).answer("check", results=[values, held], says=says, calls=[call])

    assert said([ref("a", "a")]).startswith(any_of)
    assert said([ref("a", "a")], every="true").startswith(every)
    assert said([]).startswith(none_of)


@pytest.mark.parametrize(
    ("code", "asks", "text"),
    [
        ("en", "long", "VAV-1 zone air temperature was above 24 °C for 3.50 h"),
        ("en", "often", "VAV-1 zone air temperature went above 24 °C 3 times"),
        ("en", "since", "VAV-1 zone air temperature is above 24 °C since 17:00"),
        ("de", "often", "VAV-1: Raumtemperatur 3 Mal über 24 °C"),
        ("de", "since", "VAV-1: Raumtemperatur über 24 °C seit 17:00"),
        ("es", "long", "VAV-1: temperatura ambiente 3,50 h por encima de 24 °C"),
        ("es", "since", "VAV-1: temperatura ambiente por encima de 24 °C desde las 17:00"),
    ],
)
def test_how_long_how_often_and_since_when(understanding: Understanding, code: str, asks: str, text: str) -> None:
    row = AssetRuns(
        asset=ref("vav-1", "VAV-1"), point="t", quantity="zone_air_temperature", unit="°C", starts=3, stops=2, hours=3.5,
        longest_h=2.0, longest_from=NOW - timedelta(hours=7), state="26", in_state=True, since=NOW - timedelta(hours=1),
    )  # fmt: skip
    found = Runs(window=DAY, state="> 24", rows=[row], total=1, running=1)
    said = speaker(understanding, code).answer("beyond", results=[found], says={"asks": asks}, calls=())
    assert said.startswith(text)


def forecast_of(*expected: float) -> TelemetryForecast:
    steps = [
        ForecastStep(at=NOW + timedelta(hours=at), expected=value, low=value - 1.5, high=value + 1.5)
        for at, value in enumerate(expected, 1)
    ]
    row = ForecastRow(
        entity=ref("vav-1", "VAV-1"), point="t", quantity="zone_air_temperature", unit="°C", model="m", made_at=NOW, steps=steps
    )  # fmt: skip
    return TelemetryForecast(quantity="zone_air_temperature", rows=[row], total=1)


@pytest.mark.parametrize(
    ("code", "expected", "says", "begins", "ends"),
    [
        ("en", (24.0, 26.5), {}, "Yes: VAV-1 zone air temperature is expected above 26 °C, first 20:00", "20:00."),
        ("en", (24.0, 25.0), {}, "No: VAV-1 zone air temperature is not expected above 26 °C", "between 23.5 °C and 26.5 °C."),
        ("en", (20.0, 21.0), {}, "No: VAV-1", "between 20 °C and 21 °C from 19:00 to 20:00."),
        ("en", (28.0, 27.8), {"throughout": "always"}, "Yes: VAV-1 zone air temperature is expected to stay above 26 °C", "20:00."),
        ("en", (28.0, 25.8), {"throughout": "always"}, "No: VAV-1 zone air temperature is not expected to stay above 26 °C", "20:00."),
        ("en", (27.0,), {"asks": "when"}, "VAV-1 zone air temperature is expected above 26 °C: 27 °C 19:00.", "19:00."),
        ("de", (24.0, 26.5), {}, "Ja: VAV-1: Raumtemperatur über 26 °C erwartet", "20:00."),
        ("de", (24.0, 25.0), {}, "Nein: VAV-1: Raumtemperatur nicht über 26 °C erwartet", "zwischen 23,5 °C und 26,5 °C."),
        ("es", (24.0, 26.5), {}, "Sí: VAV-1: temperatura ambiente, se prevé por encima de 26 °C", "20:00."),
        ("es", (24.0, 25.0), {}, "No: VAV-1: temperatura ambiente, no se prevé por encima de 26 °C", "entre 23,5 °C y 26,5 °C."),
    ],
)  # fmt: skip
def test_a_forecast_says_whether_it_is_expected_beyond(
    understanding: Understanding, code: str, expected: Sequence[float], says: Mapping[str, str], begins: str, ends: str
) -> None:
    said = speaker(understanding, code).answer(
        "expected_beyond", results=[forecast_of(*expected)], says=says, calls=(), tests=[Compared(">", 26.0, "°C")]
    )
    assert said.startswith(begins), said
    assert said.endswith(ends), said


def test_a_forecast_is_compared_in_the_unit_that_was_said() -> None:
    assert holds(26.0, "°C", Compared(">", 77.0, "°F"))
    assert not holds(24.0, "°C", Compared(">", 77.0, "°F"))
    assert holds(26.0, "°C", Compared(">=", 26.0, "°"))


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("asks", ["long", "often", "began"])
def test_alarms_are_told_with_their_hours_and_beginning(understanding: Understanding, code: str, asks: str) -> None:
    begun = datetime(2026, 3, 2, 16, tzinfo=UTC)
    spell = AlarmSpell(point="p", name="CHWP-2 vibration", level="alarm", raised_at=begun, minutes=120.0)
    often = PointAlarms(point="p", name="CHWP-2 vibration", count=2, minutes=150.0, since=begun)
    found = AlarmHistory(window=DAY, total=2, active=1, points=[often], spells=[spell], about="chwp-2")
    said = speaker(understanding, code).answer("in_alarm", results=[found], says={"asks": asks}, calls=())
    assert "CHWP-2 vibration" in said
    assert "16:00" in said
    several = speaker(understanding, code).answer("in_alarm", results=[found, found], says={"asks": asks}, calls=())
    assert several.count("Chilled Water Pump 2") == 2


@pytest.mark.parametrize(("code", "now"), [("en", "but now"), ("de", "aber jetzt"), ("es", "pero ahora")])
def test_what_is_beyond_its_limits_without_a_record_is_told(understanding: Understanding, code: str, now: str) -> None:
    low = Standing(point="p", name="CHWP-2 water flow", level="alarm")
    found = AlarmHistory(window=DAY, total=0, active=0, points=[], spells=[], standing=[low], about="chwp-2")
    said = speaker(understanding, code).answer("in_alarm", results=[found], says={"asks": "began"}, calls=())
    assert now in said
    assert "CHWP-2 water flow" in said


@pytest.mark.parametrize(
    ("code", "question", "begins"),
    [
        ("en", "is the supply air temperature of AHU-2 above 16 °C", "No: AHU-2 supply air temperature is 15.8 °C"),
        ("en", "isn't the supply air temperature of AHU-2 above 16 °C", "AHU-2 supply air temperature is 15.8 °C"),
        ("en", "is the supply air temperature of AHU-2 not above 16 °C", "Yes: AHU-2 supply air temperature is 15.8 °C"),
        ("en", "is any zone too warm", "No: none of 24 are above their limits."),
        ("en", "which points have no limits", "82 of 298 points have no limits:"),
        ("en", "is the power of chiller 1 going down", "No: Chiller 1 electric power since"),
        ("en", "when was AHU-2 last seen", "AHU-2 was last read at 10:00"),
        ("de", "Ist die Zulufttemperatur der AHU-2 über 16 °C?", "Nein: AHU-2: Zulufttemperatur 15,8 °C"),
        ("de", "Sind alle Zonen unter 25 °C?", "Ja: alle 24 liegen unter 25 °C."),
        ("de", "Grenzwerte CHWP-2", "Grenzwerte, die nächsten zuerst:"),
        ("de", "Steigt die Vibration von CHWP-2?", "Nein: Chilled Water Pump 2: Vibration"),
        ("es", "¿Está la temperatura de impulsión de AHU-2 por encima de 16 °C?", "No: AHU-2: temperatura de impulsión 15,8 °C"),
        ("es", "¿Es normal la vibración de CHWP-2?", "Sí: Chilled Water Pump 2: vibración 0,77 mm/s, dentro de sus límites"),
        ("es", "¿Cuántas horas estuvo AHU-2 en alarma la semana pasada?", "AHU-2 no estuvo en alarma del 23 feb al 1 mar."),
    ],
)  # fmt: skip
async def test_what_an_answer_begins_with(
    code: str, question: str, begins: str, agent_with: Callable[..., Agent]
) -> None:
    events = [event async for event in agent_with().ask(question, "c", Caller("anna", language=code))]
    last = events[-1]
    assert isinstance(last, Answered)
    assert last.text.startswith(begins), last.text
