"""What the start page suggests: about the plant as it is now, in the person's language, and read there as it is meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from agent.language.grammar import grammar
from agent.planning.newest import Understandings
from agent.planning.understanding import Understanding
from agent.vocabulary.lexicon import Lexicon, owned_by_class
from graph_schema.importers import read_plant
from graph_schema.model import Entity, Status
from graph_schema.ontology.ontology import Ontology
from ingestion.simulator.demo import demo_plant_file
from interfaces.web.chat.examples import MOST, Examples, openings
from interfaces.web.room.messages import Box, SceneAsset, SceneConnection, SceneModel, ScenePlace, SceneReading
from interfaces.web.room.state import words

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
LANGUAGES = ("en", "de", "es")


@dataclass(frozen=True)
class Plant:
    """A lexicon that does not change, and how the plant is now."""

    words: Lexicon
    scene: SceneModel

    async def lexicon(self) -> Lexicon:
        return self.words

    async def asked(self, language: str = "en") -> Sequence[str]:
        return await Examples(Understandings(self), lambda: round(NOW.timestamp() * 1000)).of(self.scene, language)


def asset(
    id_: str, class_: str, *quantities: str, name: str | None = None, status: Status = "normal", critical: bool = False
) -> SceneAsset:
    readings = [SceneReading(label=words(one), text="1", status="normal", at=1) for one in quantities]
    return SceneAsset(
        id=id_, name=name or id_.upper(), class_=class_, shape="box", whole=None, place=None, floor=None,
        position=(0, 0, 0), size=(1, 1, 1), status=status, critical=critical, readings=readings,
    )  # fmt: skip


def scene(assets: Sequence[SceneAsset], *feeds: tuple[str, str], rooms: Mapping[str, str] | None = None) -> SceneModel:
    box = Box(x=0, y=0, z=0, w=1, d=1, h=1)
    places = [
        ScenePlace(id=id_, name=name, kind="Space", parent=None, level=None, box=box, status="unknown", readings=[])
        for id_, name in (rooms or {}).items()
    ]
    connections = [SceneConnection(start=start, end=end, medium=None) for start, end in feeds]
    return SceneModel(name="P", version=1, at=0, places=places, assets=list(assets), connections=connections)


def plant(ontology: Ontology, assets: Sequence[SceneAsset], *feeds: tuple[str, str]) -> Plant:
    """With a lobby."""
    entities = [Entity(one.id, "Asset", one.name, one.class_) for one in assets]
    lobby = Entity("r", "Space", "Lobby", "Room")
    measured = {one.class_: {reading.label for reading in one.readings} for one in assets}
    known = ontology.classes
    owned = {
        class_: frozenset(q for name in known if words(q := ontology.quantity(name)) in labels)
        for class_, labels in measured.items()
    }
    words_of = Lexicon.from_entities([*entities, lobby], ontology, grammar("en").function_words, owned=owned, version=1)
    return Plant(words_of, scene(assets, *feeds, rooms={"r": "Lobby"}))


def demo(ontology: Ontology, trouble: Mapping[str, Status]) -> Plant:
    """The demo plant with some assets in trouble."""
    read = read_plant(demo_plant_file(), ontology)
    owned = owned_by_class(read.entities, read.relations)
    lexicon = Lexicon.from_entities(read.entities, ontology, grammar("en").function_words, owned=owned, version=1)
    assets = [
        asset(one.id, str(one.class_), *owned.get(one.class_, ()), name=one.name, status=trouble.get(one.id, "normal"))
        for one in read.entities
        if one.kind == "Asset"
    ]
    feeds = [(one.start, one.end) for one in read.relations if one.kind == "FEEDS"]
    rooms = {one.id: one.name for one in read.entities if one.kind == "Space"}
    return Plant(lexicon, scene(assets, *feeds, rooms=rooms))


def works(ontology: Ontology) -> Plant:
    """A waterworks, with a pump in alarm."""
    return plant(
        ontology,
        [
            asset("p-101", "Pump", "vibration", "electric_power", name="Raw Water Pump 101", status="alarm"),
            asset("p-102", "Pump", "vibration", "electric_power", name="Raw Water Pump 102", status="warning"),
            asset("tank", "Water_Storage_Tank", "level", name="North Tank"),
        ],
        ("p-101", "tank"),
        ("p-102", "tank"),
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["demo", "demo in alarm", "demo in warning", "works"])
async def test_each_is_read_in_the_persons_language_as_it_is_meant(ontology: Ontology, name: str, language: str):
    trouble: Mapping[str, Mapping[str, Status]] = {
        "demo": {},
        "demo in alarm": {"chwp-2": "alarm", "ahu-2": "warning", "boiler-1": "alarm"},
        "demo in warning": {"ahu-2": "warning"},
    }
    site = works(ontology) if name == "works" else demo(ontology, trouble[name])
    questions = await site.asked(language)
    assert len(questions) == MOST
    assert len(set(questions)) == MOST
    understanding = await Understandings(site).newest()
    for question in questions:
        read = understanding.understand(question, language, NOW)
        assert read is not None, question
        assert read.problem is None, (question, read.problem)
        assert read.calls, question
        assert read.language == language, question
    meant = {one.form for one in openings(site.scene, site.words)}
    assert {"why_alarm", "why_warning", "risk"} & meant


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("en", "Why is Chilled Water Pump 2 in alarm?"),
        ("de", "Warum ist Chilled Water Pump 2 in Alarm?"),
        ("es", "¿Por qué está Chilled Water Pump 2 en alarma?"),
    ],
)
async def test_what_is_in_alarm_is_asked_about_first(ontology: Ontology, language: str, first: str):
    site = demo(ontology, {"chwp-2": "alarm", "ahu-2": "warning"})
    assert (await site.asked(language))[0] == first


async def test_questions_name_what_is_there(ontology: Ontology):
    assets = [asset("ahu-1", "AHU", "damper_position", "supply_air_temperature"), asset("v", "VAV", name="VAV 7")]
    assert await plant(ontology, assets, ("ahu-1", "v"), ("v", "r")).asked() == [
        "What is the most critical system today?",
        "What is the supply air temperature of AHU-1?",
        "What does AHU-1 feed?",
        "What loses service if AHU-1 stops?",
        "What supplies Lobby?",
    ]


async def test_a_plant_without_readings_is_not_asked_for_any(ontology: Ontology):
    site = plant(ontology, [asset("v1", "VAV", name="VAV 1"), asset("v2", "VAV", name="VAV 2")])
    assert await site.asked() == ["How many VAVs are there?"]
    assert await site.asked("de") == ["Wie viele Volumenstromregler gibt es?"]


async def test_an_empty_plant_has_no_questions(ontology: Ontology):
    assert await plant(ontology, []).asked() == []


async def test_of_several_alarms_the_important_one_comes_first_and_all_can_be_listed(ontology: Ontology):
    a = asset("p-1", "Pump", name="Pump 1", status="alarm")
    b = asset("ch-1", "Chiller", name="Chiller 1", status="alarm", critical=True)
    questions = await plant(ontology, [a, b]).asked()
    assert questions[0] == "Why is Chiller 1 in alarm?"
    assert "What is in alarm?" in questions


async def test_a_warning_is_asked_about_where_nothing_is_in_alarm(ontology: Ontology):
    site = plant(ontology, [asset("p-1", "Pump", name="Pump 1", status="warning")])
    assert (await site.asked())[0] == "Why is Pump 1 in warning?"


async def test_a_name_that_two_assets_have_is_not_asked_about(ontology: Ontology):
    twins = [asset(id_, "Pump", name="Pump 1", status="alarm") for id_ in ("p-1", "p-2")]
    assert (await plant(ontology, twins).asked())[0] == "What is in alarm?"


async def test_languages_are_prepared_once_for_each_version_of_the_plant(
    ontology: Ontology, monkeypatch: pytest.MonkeyPatch
):
    prepared: list[str] = []

    def prepare(_: Understanding, code: str) -> None:
        prepared.append(code)

    monkeypatch.setattr(Understanding, "prepare", prepare)
    understandings = Understandings(works(ontology))
    await understandings.prepare()
    await understandings.prepare()
    assert sorted(prepared) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_clicked_is_asked_about_in_the_persons_language(ontology: Ontology, language: str):
    site = demo(ontology, {})
    question = Examples(Understandings(site), lambda: 0).about("Chilled Water Pump 2", language)
    read = (await Understandings(site).newest()).understand(question, language, NOW)
    assert read is not None
    assert [(call.tool, call.args["asset"]) for call in read.calls] == [("asset_status", "chwp-2")]
