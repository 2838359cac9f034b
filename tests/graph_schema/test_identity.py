"""One address is one node, whatever its name; ids are short where they can be, and stay."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_schema.identity import Known, is_mostly, kept_iri, longer_ids, namespace, settle, short_ids
from graph_schema.model import Entity, Plant, Relation


def plant(*iris: str, name: str = "Works") -> Plant:
    ids = short_ids(iris)
    entities = [Entity(ids[iri], "Asset", ids[iri], "AHU", iri=iri) for iri in iris]
    feeds = [Relation("FEEDS", a.id, b.id) for a, b in itertools.pairwise(entities)]
    return Plant(name, tuple(entities), tuple(feeds))


class Nodes:
    """What a graph knows after some imports."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self.feeds: set[tuple[str, str]] = set()

    def bring(self, plant: Plant) -> None:
        by_iri = {one.iri: id_ for id_, one in self.known.items() if one.iri}
        found = settle(plant, by_iri, self.known, {plant.name})
        self.known |= {one.id: Known(one.iri, plant.name) for one in found.plant.entities}
        iris = {one.id: one.iri or one.id for one in found.plant.entities}
        self.feeds |= {(iris[one.start], iris[one.end]) for one in found.plant.relations}

    def ids(self) -> dict[str | None, str]:
        return {one.iri: id_ for id_, one in self.known.items()}


def after(*plants: Plant) -> Nodes:
    nodes = Nodes()
    for one in plants:
        nodes.bring(one)
    return nodes


def test_the_last_part_is_the_id_and_more_of_the_address_where_two_end_alike() -> None:
    assert short_ids(["urn:a#AHU_1", "urn:a#AHU_2"]) == {"urn:a#AHU_1": "AHU_1", "urn:a#AHU_2": "AHU_2"}
    assert set(short_ids(["http://x/a#1", "http://x/b#1"]).values()) == {"a/1", "b/1"}


def test_the_same_last_part_in_another_namespace_is_another_asset() -> None:
    nodes = after(
        plant("urn:bldgA#AHU_1", "urn:bldgA#VAV", name="A"), plant("urn:bldgB#AHU_1", "urn:bldgB#VAV", name="B")
    )
    assert nodes.ids() == {
        "urn:bldgA#AHU_1": "AHU_1", "urn:bldgA#VAV": "VAV", "urn:bldgB#AHU_1": "bldgB/AHU_1", "urn:bldgB#VAV": "bldgB/VAV",
    }  # fmt: skip
    assert nodes.feeds == {("urn:bldgA#AHU_1", "urn:bldgA#VAV"), ("urn:bldgB#AHU_1", "urn:bldgB#VAV")}


def test_an_id_that_is_there_stays_when_a_model_comes_to_have_two_that_end_alike() -> None:
    nodes = after(plant("urn:a#P"), plant("urn:a#P", "urn:b#P"))
    assert nodes.ids() == {"urn:a#P": "P", "urn:b#P": "b/P"}


def test_a_plant_imported_before_addresses_were_kept_gets_them() -> None:
    found = settle(plant("urn:a#P"), {}, {"P": Known(None, "Works")}, {"Works"})
    assert [one.id for one in found.plant.entities] == ["P"]


def test_what_another_plant_has_under_the_id_is_left_alone() -> None:
    found = settle(plant("urn:a#P"), {}, {"P": Known(None, "Mill")}, {"Works"})
    assert [one.id for one in found.plant.entities] == ["a/P"]


def test_what_is_described_by_hand_is_the_node_of_its_id() -> None:
    by_hand = Plant("Works", (Entity("P", "Asset", "Pump", "Pump"),), ())
    found = settle(by_hand, {"urn:a#P": "P"}, {"P": Known("urn:a#P", "Mill")}, {"Works"})
    assert found.plant is by_hand


def test_ids_that_are_taken_all_the_way_get_a_digest() -> None:
    iri = "urn:a#P"
    taken = {id_: Known("urn:other", None) for id_ in ("P", *list(longer_ids(iri, "P"))[:-1])}
    (found,) = settle(plant(iri), {}, taken, set()).plant.entities
    assert found.id.startswith("P-")


def test_long_addresses_are_cut_and_still_differ() -> None:
    a, b = kept_iri("urn:" + "x" * 5_000 + "a"), kept_iri("urn:" + "x" * 5_000 + "b")
    assert a != b
    assert max(len(a), len(b)) <= 1_000


@pytest.mark.parametrize(("ids", "mostly"), [("abc", True), ("abcd", False), ("", False), ("a", True)])
def test_most_is_more_than_half(ids: str, mostly: bool) -> None:
    assert is_mostly(ids, "ab") is mostly


def test_a_namespace_ends_before_the_last_part() -> None:
    assert namespace("urn:a#P") == "urn:a#"
    assert namespace("http://x/y/P/") == "http://x/y/"


_names = st.sampled_from(["AHU_1", "AHU_2", "1", "x/1", "VAV"])
_spaces = st.sampled_from(["urn:a#", "urn:b#", "http://x.org/a#", "http://x.org/b/a#", "http://y.org/a/"])
_files = st.lists(st.lists(st.tuples(_spaces, _names), min_size=1, max_size=6, unique=True), min_size=1, max_size=4)


@given(_files, st.randoms(use_true_random=False))
def test_order_and_number_of_imports_leave_one_node_an_address(files: list[list[tuple[str, str]]], random) -> None:
    plants = [plant(*(space + name for space, name in file), name=str(i)) for i, file in enumerate(files)]
    again: Sequence[Plant] = random.sample([*plants, *plants], 2 * len(plants))
    one, other = after(*plants), after(*again)
    assert one.ids().keys() == other.ids().keys() == {entity.iri for p in plants for entity in p.entities}
    assert one.feeds == other.feeds
    assert after(*plants, *plants).ids() == one.ids()
