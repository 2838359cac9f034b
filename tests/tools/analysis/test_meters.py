"""Which meters count: a meter before its sub-meters, and a place by what its meters feed."""

from tools.analysis.meters import counted
from tools.topology.topology import Feed, Node, Topology

NODES = [
    Node("main", "Main", "Building"), Node("lab", "Lab", "Building"),
    *(Node(one, one, "Asset") for one in ("campus", "gear", "meter-main", "meter-lab", "fan-1", "fan-2", "chiller", "chiller-pump", "lone")),
]  # fmt: skip
FEEDS = [
    ("campus", "gear"), ("gear", "meter-main"), ("gear", "meter-lab"), ("gear", "chiller"), ("meter-main", "fan-1"), ("meter-lab", "fan-2"),
]  # fmt: skip
LOCATED = [
    *((one, "main") for one in ("campus", "gear", "meter-main", "meter-lab", "fan-1", "chiller")), ("fan-2", "lab"), ("lone", "lab"),
]  # fmt: skip
TOPOLOGY = Topology.of(
    NODES,
    [*(Feed(a, b, "electricity") for a, b in FEEDS), Feed("chiller", "fan-2", "chilled water")],
    [("chiller", "chiller-pump")],
    LOCATED,
)
MEASURED = {"campus", "meter-main", "meter-lab", "fan-1", "fan-2", "chiller", "chiller-pump", "lone"}


def test_the_plant_is_its_first_meter_and_what_no_meter_counts():
    found = counted(TOPOLOGY, MEASURED, None)
    assert found.top == ["campus", "lone"]
    assert found.ends == ["chiller-pump", "fan-1", "fan-2", "lone"]
    assert found.covered == 6


def test_a_building_has_the_meters_that_feed_it_alone_wherever_they_hang():
    assert counted(TOPOLOGY, MEASURED, "main").top == ["chiller", "meter-main"]
    assert counted(TOPOLOGY, MEASURED, "lab").top == ["lone", "meter-lab"]


def test_an_asset_is_itself_or_its_parts():
    assert counted(TOPOLOGY, MEASURED, "chiller").top == ["chiller"]
    assert counted(TOPOLOGY, MEASURED - {"chiller"}, "chiller").top == ["chiller-pump"]
    assert counted(TOPOLOGY, MEASURED, "campus").top == ["campus"]
    assert counted(TOPOLOGY, MEASURED, "gear").top == []


def test_two_that_feed_each_other_are_both_counted():
    nodes = [Node("a", "a", "Asset"), Node("b", "b", "Asset")]
    ring = Topology.of(nodes, [Feed("a", "b", "electricity"), Feed("b", "a", "electricity")])
    assert counted(ring, {"a", "b"}, None).top == ["a", "b"]


def test_what_stands_behind_no_meter_is_not_added_where_most_does():
    found = counted(TOPOLOGY, MEASURED, None, {"campus", "meter-main", "meter-lab"})
    assert (found.top, found.aside) == (["campus"], ["lone"])
    assert "lone" in found.ends
    lab = counted(TOPOLOGY, MEASURED, "lab", {"meter-lab"})
    assert (lab.top, lab.aside) == (["lone", "meter-lab"], ())
