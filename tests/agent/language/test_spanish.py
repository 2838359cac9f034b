"""Spanish questions, as technicians and managers of Spain and Latin America ask them, about the demo plant in memory."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.answers.speaker import Speaker
from agent.answers.telling import told_problem
from agent.evidence.citations import Style
from agent.language.frame import LeftOut
from agent.language.grammar import grammar
from agent.planning.understanding import FOLLOW_UP, Understanding, Understood
from agent.vocabulary.lexicon import Lexicon

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
"""A Monday."""
FOCUS = ("chiller-1",)
SAMPLES = [
    (intent, sample)
    for intent, samples in grammar("es").samples.items()
    if intent != FOLLOW_UP.name  # which need a question before them
    for sample in samples
]
YESTERDAY = {"start": "2026-03-01T00:00:00Z", "end": "2026-03-02T00:00:00Z"}
LAST_WEEK = {"start": "2026-02-23T00:00:00Z", "end": "2026-03-02T00:00:00Z"}

Ask = Callable[[str], Understood]


@pytest.fixture(scope="module")
def lexicon(understanding: Understanding) -> Lexicon:
    return understanding.lexicon


@pytest.fixture(scope="module")
def ask(lexicon: Lexicon) -> Ask:
    understanding = Understanding(lexicon, ["es"])

    def asked(text: str) -> Understood:
        understood = understanding.understand(text, "es", NOW, FOCUS)
        assert understood is not None, text
        return understood

    return asked


@pytest.fixture(scope="module")
def speaker(lexicon: Lexicon) -> Speaker:
    return Speaker(lexicon, Style("es", "metric", UTC, NOW))


def heavy(understood: Understood) -> list[LeftOut]:
    return [one for one in understood.frame.left_out if not one.light]


# Samples


@pytest.mark.parametrize(("intent", "sample"), SAMPLES, ids=[sample for _, sample in SAMPLES])
def test_every_sample_is_read_in_its_whole(ask: Ask, intent: str, sample: str) -> None:
    understood = ask(sample)
    assert understood.frame.intent == intent
    assert not heavy(understood) or understood.is_urgent
    assert not understood.frame.missing


# Other sentences


SENTENCES: list[tuple[str, str, dict[str, Any]]] = [
    # How something is doing.
    ("oye, ¿cómo anda la caldera 2?", "asset_status", {"asset": "boiler-2"}),
    ("¿Cómo está funcionando el chiller 1?", "asset_status", {"asset": "chiller-1"}),
    ("estado UTA 3", "asset_status", {"asset": "ahu-3"}),
    ("dime el estado de la bomba 1 de agua fría", "asset_status", {"asset": "chwp-1"}),
    ("¿me puedes decir qué tal va la climatizadora 4?", "asset_status", {"asset": "ahu-4"}),
    ("quisiera saber cómo se encuentra la manejadora 2", "asset_status", {"asset": "ahu-2"}),
    ("¿sigue bien la UMA 1?", "asset_status", {"asset": "ahu-1"}),
    ("decime cómo viene funcionando la caldera 1", "asset_status", {"asset": "boiler-1"}),
    ("como esta ahu-3", "asset_status", {"asset": "ahu-3"}),
    ("estado enfridora 1", "asset_status", {"asset": "chiller-1"}),
    ("estado de la caldera nº 2", "asset_status", {"asset": "boiler-2"}),
    ("estado bomba agua fría 2", "asset_status", {"asset": "chwp-2"}),
    ("resumen del AHU-2", "asset_status", {"asset": "ahu-2"}),
    # What is wrong.
    ("¿Por qué hace tanto calor en la sala 303?", "diagnose", {"asset": "room-303", "symptom": "zone_air_temperature too high"}),
    ("por que esta tan fria la sala 202", "diagnose", {"asset": "room-202", "symptom": "zone_air_temperature too low"}),
    ("¿qué le ocurre al chiller 2?", "diagnose", {"asset": "chiller-2"}),
    ("averigua qué le pasa a la bomba CHWP-2", "diagnose", {"asset": "chwp-2"}),
    ("motivo de la vibración tan alta de CHWP-2", "diagnose", {"asset": "chwp-2", "symptom": "vibration too high"}),
    ("en la biblioteca hace mucho calor, ¿por qué?", "diagnose", {"asset": "room-106", "symptom": "zone_air_temperature too high"}),
    ("¿A qué se debe que la sala 303 esté tan caliente?", "diagnose", {"asset": "room-303"}),
    ("¿Por qué la caldera 1 no enciende?", "diagnose", {"asset": "boiler-1"}),
    # What happened.
    ("¿pasó algo importante anoche?", "summarize", {}),
    ("buenos días, póngame al día por favor", "summarize", {}),
    ("incidencias de ayer en AHU-2", "summarize", {"asset": "ahu-2"}),
    ("¿Qué ocurrió ayer en la planta?", "summarize", {"window": {"start": "2026-03-01T00:00:00Z", "end": "2026-03-02T00:00:00Z"}}),
    ("¿Cómo ha ido la noche?", "summarize", {"window": {"start": "2026-03-01T20:00:00Z", "end": "2026-03-02T06:00:00Z"}}),
    ("¿está todo en orden?", "summarize", {}),
    # Energy.
    ("¿Cuánto consumió la enfriadora 2 ayer?", "energy", {"asset": "chiller-2", "window": YESTERDAY}),
    ("cuánta luz gastamos la semana pasada", "energy", {"window": LAST_WEEK}),
    ("consumo de energía de la planta ayer", "energy", {"window": YESTERDAY}),
    ("¿cuánto nos costó la energía la semana pasada a 0,185 euros el kWh?", "energy", {"window": LAST_WEEK, "tariff": 0.185}),
    ("coste de la energía ayer a 30 céntimos el kWh", "energy", {"tariff": 0.3}),
    ("¿Cuánta electricidad ha consumido Lab Building ayer?", "energy", {"asset": "lab"}),
    # Comfort.
    ("¿pasó calor la gente ayer?", "comfort", {"window": YESTERDAY}),
    ("¿Están cómodos los ocupantes de Main Building?", "comfort", {"asset": "main"}),
    ("confort en el último piso ayer", "comfort", {"asset": "main-3", "window": YESTERDAY}),
    # Isolation.
    ("¿puedo parar la enfriadora 1 sin riesgo?", "isolate", {"asset": "chiller-1"}),
    ("¿Qué se queda sin servicio si apagamos AHU-3?", "isolate", {"asset": "ahu-3"}),
    ("¿Qué pasaría si se para la bomba 2 de agua fría?", "isolate", {"asset": "chwp-2"}),
    ("¿Puedo apagarla?", "isolate", {"asset": "chiller-1"}),
    ("quiero saber si se puede sacar de servicio CHWP-1", "isolate", {"asset": "chwp-1"}),
    # Running.
    ("¿Cuánto lleva en marcha la enfriadora 1?", "runs", {"asset": ["chiller-1"], "state": "on"}),
    ("¿desde cuándo está apagada la caldera 2?", "runs", {"asset": ["boiler-2"], "state": "off"}),
    ("¿Cuántos arranques tuvo la enfriadora 1 ayer?", "runs", {"asset": ["chiller-1"], "window": YESTERDAY}),
    ("¿Cuántas horas funcionaron ayer las calderas 1 y 2?", "runs", {"asset": ["boiler-1", "boiler-2"]}),
    (
        "horas de marcha de los ventiladores que son alimentados por AHU-1",
        "runs",
        {"assets": {"class": "Fan", "fed_by": {"ids": ["ahu-1"]}}},
    ),
    ("horas de marcha de todas las bombas de agua fría", "runs", {"assets": {"class": "Chilled_Water_Pump"}}),
    # Extremes, comparisons, charts.
    ("¿cuál fue el pico de potencia de la enfriadora 1 ayer?", "extremes", {"quantity": "electric_power", "asset": "chiller-1"}),
    ("máxima y mínima de la temperatura exterior de ayer", "extremes", {"quantity": "outside_air_temperature"}),
    ("compara la potencia de las enfriadoras 1 y 2", "compare", {"quantity": "electric_power", "asset": ["chiller-1", "chiller-2"]}),
    ("temperatura de impulsión AHU-1 vs AHU-2", "compare", {"quantity": "supply_air_temperature", "asset": ["ahu-1", "ahu-2"]}),
    (
        "¿tiene que ver la potencia de la enfriadora 1 con la temperatura exterior?",
        "correlate",
        {"asset": "chiller-1", "quantity": "electric_power", "other_quantity": "outside_air_temperature"},
    ),
    ("curva temperatura impulsión AHU-2", "plot", {"quantity": ["supply_air_temperature"], "asset": "ahu-2"}),
    ("hazme una gráfica de la vibración de CHWP-2", "plot", {"quantity": ["vibration"], "asset": "chwp-2"}),
    # Documents and notes.
    ("¿qué recomienda el manual para la limpieza de filtros?", "documents", {"words": "la limpieza de filtros"}),
    ("¿qué dejó escrito el turno anterior sobre la enfriadora 2?", "notes", {"asset": "chiller-2"}),
    ("observaciones de la bomba 2 de agua fría", "notes", {"asset": "chwp-2"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "intent", "args"), SENTENCES, ids=[text for text, _, _ in SENTENCES])
def test_a_sentence_asks_for_its_intent(ask: Ask, text: str, intent: str, args: dict[str, Any]) -> None:
    understood = ask(text)
    assert (understood.frame.intent, heavy(understood), understood.problem) == (intent, [], None)
    call = understood.calls[0]
    assert call.tool == intent
    assert {name: call.args.get(name) for name in args} == args


def test_none_of_them_is_a_sample() -> None:
    assert not {text.casefold() for text, _, _ in SENTENCES} & {sample.casefold() for _, sample in SAMPLES}


# Conditions and negations


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("bombas que no están en alarma", {"excluding": {"status": ["alarm"]}}),
        ("bombas cuya vibración no supera 3 mm/s", {"where": [{"quantity": "vibration", "comparison": "<=", "value": 3.0, "unit": "mm/s"}]}),
        ("bombas con más de 3 mm/s de vibración", {"where": [{"quantity": "vibration", "comparison": ">", "value": 3.0, "unit": "mm/s"}]}),
        ("bombas que no tienen sensor de vibración", {"lacks_point": ["vibration"]}),
        ("bombas paradas", {"where": [{"quantity": "run_status", "comparison": "=", "value": "off"}]}),
    ],
)  # fmt: skip
def test_conditions_reach_the_query(ask: Ask, text: str, query: dict[str, Any]) -> None:
    understood = ask(f"horas de marcha de las {text}")
    assert [call.args["assets"] for call in understood.calls] == [{"class": "Pump", **query}]


@pytest.mark.parametrize(
    "text",
    [
        "¿no funcionó la caldera 1 ayer?",
        "¿Cuántas horas no funcionó la caldera 1?",
        "no apagues la caldera 1, ¿cómo va?",
        "estado de la caldera 1 nunca",
        "¿debería estar bien la caldera 1?",
        "consumo de la enfriadora 1 sin la caldera 1",
        "estado de la caldera 1 cada 3 gatos",
        "la que no funciona",
    ],
)
def test_what_could_change_the_meaning_is_asked_back(ask: Ask, text: str) -> None:
    understood = ask(text)
    assert not understood.calls
    assert understood.problem is not None


@pytest.mark.parametrize(
    "word", ["no", "nunca", "sin", "ayer", "mañana", "debería", "puede", "tres", "por qué", "cuándo", "tampoco", "ninguna", "vibración"]
)  # fmt: skip
def test_no_word_that_counts_is_passed_over(ask: Ask, word: str) -> None:
    plain, more = ask("estado de la caldera 2"), ask(f"estado de la caldera 2 {word}")
    assert more.problem is not None or more.calls != plain.calls


def test_what_is_light_is_told(ask: Ask) -> None:
    understood = ask("¿Cómo va últimamente la caldera 2?")
    assert understood.calls
    assert [one.text for one in understood.frame.left_out] == ["últimamente"]


# What is asked back


def test_an_ambiguous_name_is_asked_back(ask: Ask, speaker: Speaker) -> None:
    problem = ask("¿Por qué hace calor en la sala de juntas?").problem
    assert problem is not None
    assert told_problem(problem, speaker) == (
        "¿A cuál se refiere con «la sala de juntas»: Conference Room 103, Conference Room 202, Boardroom o Seminar Room?"
    )


def test_the_article_in_a_preposition_is_no_part_of_the_name(ask: Ask, speaker: Speaker) -> None:
    problem = ask("estado del chiller").problem
    assert problem is not None
    assert told_problem(problem, speaker) == "¿A cuál se refiere con «chiller»: Chiller 1 o Chiller 2?"


def test_an_unknown_name_is_told_with_what_there_is(ask: Ask, speaker: Speaker) -> None:
    problem = ask("¿Cómo va la caldera 7?").problem
    assert problem is not None
    assert told_problem(problem, speaker) == (
        "En esta planta no hay nada que se llame «caldera 7». Existen, por ejemplo, Boiler 1 y Boiler 2."
    )


def test_a_cost_without_a_tariff_is_asked_back(ask: Ask) -> None:
    problem = ask("¿Cuánto costó ayer la enfriadora 1?").problem
    assert problem is not None
    assert problem.kind == "no_price"


def test_a_further_name_that_does_not_exist_is_not_dropped(ask: Ask) -> None:
    problem = ask("¿Cuántas horas funcionaron las calderas 1, 2 y 3?").problem
    assert problem is not None
    assert "3" in problem.text


def test_floors_are_named_with_the_ordinal_behind_or_before(ask: Ask) -> None:
    for text in ("confort de la planta segunda", "confort de la segunda planta", "confort de la planta 2"):
        problem = ask(text).problem
        assert problem is not None
        assert [one.name for one in problem.choices] == ["Main Second Floor", "Lab Second Floor"]
