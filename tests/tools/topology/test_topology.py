"""Supply: what is reached, what an outage leaves, and the shortest way; compared with brute-force definitions."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_schema.model import Kind
from tools.topology.topology import Feed, Node, Reached, Topology


def plant(feeds: str, parts: str = "", rooms: str = "", located: str = "") -> Topology:
    """``"a>b:air c>b"``, ``"whole/part"``; nodes whose names begin with z or r are places."""
    fed = [Feed(*edge.partition(":")[0].split(">"), edge.partition(":")[2]) for edge in feeds.split()]
    held = [(pair.split("/")[0], pair.split("/")[1]) for pair in (parts + " " + rooms).split()]
    within = [(pair.split("@")[0], pair.split("@")[1]) for pair in located.split()]
    names = {one for feed in fed for one in (feed.start, feed.end)} | {one for pair in held + within for one in pair}
    nodes = [Node(name, name.upper(), "Space" if name[0] in "zr" else "Asset") for name in sorted(names)]
    return Topology.of(nodes, fed, held, within)


def ids(found: Iterable[Reached]) -> set[str]:
    return {one.id for one in found}


def lost(topology: Topology, stop: str) -> set[str]:
    return ids(topology.loss(stop).lost)


def backed(topology: Topology, stop: str) -> dict[str, tuple[str, ...]]:
    return {reached.id: others for reached, others in topology.loss(stop).backed_up}


def test_together_two_supplies_leave_what_each_alone_keeps() -> None:
    topology = plant("a>x:air b>x:air x>y:air")
    assert (lost(topology, "a"), lost(topology, "b")) == (set(), set())
    assert ids(topology.loss("a", "b").lost) == {"x", "y"}


def test_downstream_tells_what_is_reached_through_what() -> None:
    found = plant("ahu>vav vav>z1", rooms="z1/r1").downstream("ahu")
    assert [(one.id, one.hops, one.via) for one in found] == [("vav", 1, "ahu"), ("z1", 2, "vav"), ("r1", 3, "z1")]


def test_equipment_gets_what_its_part_gets_and_passes_it_on() -> None:
    topology = plant("pump>coil:chw ahu>vav:air", parts="ahu/coil ahu/filter")
    assert [(one.id, one.hops) for one in topology.downstream("pump")] == [("coil", 1), ("ahu", 2), ("vav", 3)]
    assert [(one.id, one.hops) for one in topology.upstream("vav")] == [("ahu", 1), ("pump", 3)]


def test_parts_get_what_their_whole_gets() -> None:
    topology = plant("board>ahu:electricity", parts="ahu/fan")
    assert ids(topology.downstream("board")) == {"ahu", "fan"}
    assert [(one.id, one.via) for one in topology.upstream("fan")] == [("board", "ahu")]


def test_system_does_not_carry_supply_from_one_member_to_another() -> None:
    topology = plant("board>pump:electricity chiller>ahu:chw", parts="system/pump system/chiller")
    assert ids(topology.downstream("board")) == {"pump", "system"}


def test_one_of_two_pumps_is_backed_up_and_both_are_not() -> None:
    topology = plant("p1>chiller:cw p2>chiller:cw chiller>ahu:chw board>p1:electricity board>p2:electricity")
    assert lost(topology, "p1") == set()
    assert backed(topology, "p1") == {"chiller": ("p2",)}
    assert lost(topology, "board") == {"p1", "p2", "chiller", "ahu"}


def test_other_medium_is_no_backup() -> None:
    topology = plant("ahu>vav:air boiler>vav:hw")
    assert lost(topology, "ahu") == {"vav"}
    assert backed(topology, "ahu") == {}


def test_reheat_box_without_hot_water_still_passes_on_its_air() -> None:
    topology = plant("ahu>vav:air boiler>vav:hw vav>z:air")
    assert lost(topology, "boiler") == {"vav"}
    assert lost(topology, "ahu") == {"vav", "z"}


def test_maker_without_an_input_makes_nothing() -> None:
    assert lost(plant("tower>chiller:cw chiller>ahu:chw ahu>vav:air"), "tower") == {"chiller", "ahu", "vav"}


def test_mover_without_electricity_moves_nothing() -> None:
    topology = plant("chiller>pump:chw board>pump:electricity pump>ahu:chw")
    assert lost(topology, "board") == {"pump", "ahu"}


def test_stopping_equipment_stops_its_parts() -> None:
    topology = plant("fan>z:air coil>z2:air other>z2:air", parts="ahu/fan ahu/coil")
    assert lost(topology, "ahu") == {"z"}
    assert backed(topology, "ahu") == {"z2": ("other",)}


def test_room_of_two_zones_keeps_the_other_zone() -> None:
    topology = plant("v1>z1:air v2>z2:air", rooms="z1/r z2/r z1/r1")
    assert lost(topology, "v1") == {"z1", "r1"}
    assert backed(topology, "v1") == {"r": ("v2",)}


def test_two_that_feed_each_other_do_not_keep_each_other_going() -> None:
    assert lost(plant("source>a:x a>b:x b>a:x"), "source") == {"a", "b"}


def test_closed_loop_without_source_goes_on_without_one_branch() -> None:
    topology = plant("chiller>pump:w pump>v1:w pump>v2:w v1>chiller:w v2>chiller:w")
    assert lost(topology, "v1") == set()
    assert backed(topology, "v1") == {"chiller": ("v2",)}
    assert lost(topology, "chiller") == {"pump", "v1", "v2"}


@pytest.mark.parametrize(
    ("start", "end", "chain"),
    [
        ("chiller", "r1", ["chiller", "coil", "ahu", "vav", "z1", "r1"]),
        ("r1", "ahu", ["r1", "z1", "vav", "ahu"]),
        ("vav", "vav2", ["vav", "ahu", "vav2"]),
        ("ahu", "pump", ["ahu", "rf", "pump"]),
        ("ahu", "ahu", ["ahu"]),
        ("ahu", "alone", []),
    ],
)
def test_path_follows_supply_and_else_any_relation(start: str, end: str, chain: list[str]) -> None:
    topology = plant(
        "chiller>coil:chw ahu>vav:air ahu>vav2:air vav>z1:air alone>away:x",
        parts="ahu/coil",
        rooms="z1/r1",
        located="ahu@rf pump@rf",
    )
    assert topology.path(start, end) == chain


# Random plants against brute force

MEDIA = ["air", "electricity", "water", ""]


@st.composite
def plants(draw: st.DrawFn) -> tuple[list[Node], list[Feed], list[tuple[str, str]]]:
    kinds = draw(st.lists(st.sampled_from(["Asset", "Asset", "Space"]), min_size=2, max_size=7))
    nodes = [Node(f"{i}", f"T{i}", _kind(kind)) for i, kind in enumerate(kinds)]
    one = st.sampled_from([node.id for node in nodes])
    feeds = draw(st.lists(st.builds(Feed, one, one, st.sampled_from(MEDIA)), max_size=12))
    # A whole comes before its parts.
    pairs = draw(st.lists(st.tuples(one, one).filter(lambda pair: int(pair[0]) < int(pair[1])), max_size=4))
    return nodes, feeds, pairs


def _kind(name: str) -> Kind:
    return "Space" if name == "Space" else "Asset"


class Brute:
    """The definitions as they are worded, on the whole plant, by trying every way."""

    def __init__(self, nodes: list[Node], feeds: list[Feed], pairs: list[tuple[str, str]]) -> None:
        self.place = {node.id: node.is_place for node in nodes}
        self.ids = [node.id for node in nodes]
        self.feeds = [feed for feed in feeds if feed.start != feed.end]
        self.pairs = [pair for pair in pairs if self.place[pair[0]] == self.place[pair[1]]]
        self.silent: set[tuple[str, str]] = set()

    def is_inside(self, part: str, whole: str) -> bool:
        return part == whole or any(self.is_inside(part, below) for above, below in self.pairs if above == whole)

    def feeders(self, one: str, medium: str | None = None) -> set[str]:
        found: set[str] = set()
        for feed in self.feeds:
            if medium is not None and feed.medium != medium:
                continue
            through_part = not self.place[one] and self.is_inside(feed.end, one) and not self.is_inside(feed.start, one)
            if self.is_inside(one, feed.end) or through_part:
                found.add(feed.start)
        return found

    def downstream(self, start: str) -> set[str]:
        stopped = self.stopped(start)
        found: set[str] = set()
        while True:
            more = {one for one in self.ids if self.feeders(one) & (found | stopped)} - found
            if not more:
                return found - stopped
            found |= more

    def stopped(self, start: str) -> set[str]:
        return {start} if self.place[start] else {one for one in self.ids if self.is_inside(one, start)}

    def has_source(self, one: str, medium: str, seen: frozenset[str] = frozenset()) -> bool:
        """A way back to something that needs none of the medium."""
        live = [u for u in self.feeders(one, medium) if (u, medium) not in self.silent and u not in seen]
        return any(not self.feeders(u, medium) or self.has_source(u, medium, seen | {u}) for u in live)

    def is_endless(self, one: str, medium: str, steps: int) -> bool:
        """A way back that never ends."""
        live = [u for u in self.feeders(one, medium) if (u, medium) not in self.silent]
        return steps == 0 or any(self.is_endless(u, medium, steps - 1) for u in live)

    def loss(self, start: str) -> tuple[set[str], dict[str, set[str]]]:
        needs = {(one, medium) for one in self.ids for medium in MEDIA if self.feeders(one, medium)}
        sourceless = {need for need in needs if not self.has_source(*need)}
        self.silent = {(one, medium) for one in self.stopped(start) for medium in MEDIA}
        while True:
            supplied = {need for need in needs if need in sourceless and self.is_endless(*need, len(self.ids) + 1)}
            supplied |= {need for need in needs - sourceless if self.reaches(*need, supplied)}
            missing = {one: {m for o, m in needs - supplied if o == one} for one in self.ids}
            more = {
                (feed.start, feed.medium)
                for feed in self.feeds
                if missing[feed.start]
                and ("electricity" in missing[feed.start] or (feed.start, feed.medium) not in needs)
            } - self.silent
            if not more:
                break
            self.silent |= more
        found = self.downstream(start)
        gone = {one for one in found if missing[one]}
        kept: dict[str, set[str]] = {}
        for one in found - gone:
            for medium in MEDIA:
                feeders = self.feeders(one, medium)
                going = {
                    u
                    for u in feeders
                    if (u, medium) not in self.silent and ((u, medium) not in needs or (u, medium) in supplied)
                }
                if going != feeders:
                    kept.setdefault(one, set()).update(going)
        return gone, kept

    def reaches(self, one: str, medium: str, given: set[tuple[str, str]], seen: frozenset[str] = frozenset()) -> bool:
        live = [u for u in self.feeders(one, medium) if (u, medium) not in self.silent and u not in seen]
        return any(
            not self.feeders(u, medium) or (u, medium) in given or self.reaches(u, medium, given, seen | {u}) for u in live
        )  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(plants())
def test_loss_is_what_brute_force_finds(parts: tuple[list[Node], list[Feed], list[tuple[str, str]]]) -> None:
    topology = Topology.of(*parts)
    for node in parts[0]:
        gone, kept = Brute(*parts).loss(node.id)
        assert lost(topology, node.id) == gone
        assert {one: set(others) for one, others in backed(topology, node.id).items()} == kept


@settings(max_examples=300, deadline=None)
@given(plants())
def test_reach_is_what_brute_force_finds(parts: tuple[list[Node], list[Feed], list[tuple[str, str]]]) -> None:
    topology, brute = Topology.of(*parts), Brute(*parts)
    for node in parts[0]:
        assert ids(topology.downstream(node.id)) == brute.downstream(node.id)
        for other in parts[0]:
            excluded = other.id in brute.stopped(node.id)
            expected = not excluded and node.id in brute.downstream(other.id)
            assert (other.id in ids(topology.upstream(node.id))) == expected, (node.id, other.id)


@settings(max_examples=200, deadline=None)
@given(plants())
def test_hops_and_via_make_ways_back_to_the_start(parts: tuple[list[Node], list[Feed], list[tuple[str, str]]]) -> None:
    topology = Topology.of(*parts)
    for node in parts[0]:
        found = {one.id: one for one in topology.downstream(node.id)}
        for one in found.values():
            before = found.get(one.via)
            # A whole is reached through its part only once something outside feeds that part, which may be later than the part itself.
            assert one.hops > before.hops if before else one.via in topology.stopped_with(node.id)
        for other in parts[0]:
            chain = topology.path(node.id, other.id)
            assert (not chain) or (chain[0], chain[-1]) == (node.id, other.id)
            assert all(b in topology.neighbours(a) for a, b in pairwise(chain))
            assert len(chain) == len(set(chain))


def test_a_whole_is_reached_once_something_outside_feeds_its_part():
    found = plant("p>q q>p s>p", parts="w/p w/s").downstream("s")
    assert [(one.id, one.hops, one.via) for one in found] == [("p", 1, "s"), ("q", 2, "p"), ("w", 4, "p")]


def test_one_node_depends_on_a_supplier_as_the_loss_of_the_supplier_says():
    names = ("gear", "ch1", "ch2", "header", "coil", "ahu", "vav", "zone")
    pairs = [
        ("gear", "ch1"),
        ("gear", "ch2"),
        ("ch1", "header"),
        ("ch2", "header"),
        ("header", "coil"),
        ("ahu", "vav"),
        ("vav", "zone"),
    ]
    feeds = [Feed(one, other, "electricity" if one == "gear" else "") for one, other in pairs]
    topology = Topology.of([Node(name, name, "Asset") for name in names], feeds, [("ahu", "coil")])
    for supplier in names:
        lost = {reached.id for reached in topology.loss(supplier).lost}
        assert {name for name in names if topology.depends_on(name, supplier)} - {supplier} == lost, supplier
