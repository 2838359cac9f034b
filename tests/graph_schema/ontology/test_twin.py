"""The twin library: complete, consistent with the ontology, and plausible."""

from importlib.resources import files

import pytest
import yaml

from graph_schema.ontology.ontology import Ontology
from graph_schema.ontology.twin import Library, Twin, load_library

LIBRARY = load_library()
DOMAINS = ("air", "cooling", "electrical", "heating", "public_works", "pumping", "water")

# ISO 14224, the failure modes of rotating, mechanical, electric, safety and control equipment.
ISO_14224 = {
    "AIR": "abnormal instrument reading", "BRD": "breakdown", "DOP": "delayed operation", "ELF": "external leakage of fuel",
    "ELP": "external leakage of process medium", "ELU": "external leakage of utility medium", "ERO": "erratic output",
    "FRO": "failure to rotate", "FTC": "failure to close", "FTF": "failure to function", "FTO": "failure to open", "FTR": "failure to regulate",
    "FTS": "failure to start", "HIO": "high output", "IHT": "insufficient heat transfer", "INL": "internal leakage",
    "LBP": "low oil supply pressure", "LCP": "leakage in closed position", "LOO": "low output", "NOI": "noise", "OHE": "overheating",
    "OTH": "other", "PDE": "parameter deviation", "PLU": "plugged", "POW": "insufficient power", "SER": "minor in-service problems",
    "SLP": "slippage", "SPO": "spurious operation", "STD": "structural deficiency", "STP": "failure to stop", "UNK": "unknown",
    "UST": "spurious stop", "VIB": "vibration",
}  # fmt: skip

# What instruments of the trade can show at all; a range beyond is a slip of the pen.
BELIEVABLE = {
    "°C": (-40, 250), "%": (0, 100), "Pa": (0, 1500), "kPa": (0, 2500), "mm/s": (0, 11.2), "ppm": (350, 5000), "V": (20, 1000),
    "Hz": (0, 70), "m": (0, 50), "mg/L": (0, 10), "µS/cm": (0, 5000), "NTU": (0, 5), "pH": (0, 14), "lx": (0, 2000), "m/s": (0, 60),
    "W/m²": (0, 1400), "mm/h": (0, 300), "": (0, 15),
}  # fmt: skip

each_twin = pytest.mark.parametrize("twin", LIBRARY.twins, ids=[twin.class_ for twin in LIBRARY.twins])


@pytest.fixture(scope="module")
def library() -> Library:
    return LIBRARY


def test_every_trade_has_its_classes(library: Library) -> None:
    counts: dict[str, int] = {}
    for domain in DOMAINS:
        text = files("graph_schema.ontology").joinpath("library", f"{domain}.yaml").read_text("utf-8")
        counts[domain] = len(yaml.safe_load(text)["classes"])
    assert all(count >= 8 for count in counts.values()), counts
    assert sum(counts.values()) == len(library.twins) >= 40


def test_no_class_is_annotated_twice(library: Library, ontology: Ontology) -> None:
    names = [ontology.canonical(twin.class_) for twin in library.twins]
    assert None not in names
    assert len(set(names)) == len(names)


@each_twin
def test_class_is_equipment_and_complete(twin: Twin, ontology: Ontology) -> None:
    assert ontology.kind_of(twin.class_) == "Asset"
    assert twin.words
    assert all(word == word.lower().strip() for word in twin.words)
    assert twin.quantities
    assert twin.failure_modes
    assert twin.maintenance
    assert twin.medium


@each_twin
def test_quantities_are_points_of_the_ontology_with_its_units(twin: Twin, ontology: Ontology) -> None:
    for quantity, typical in twin.quantities.items():
        class_ = ontology.point_class(quantity)
        assert class_, quantity
        assert ontology.quantity(class_) == quantity
        is_state = bool(ontology.ancestors(class_) & {"Status", "Command", "Alarm"}) and ontology.unit(quantity) is None
        unit = typical.unit if typical.unit is not None else ontology.unit(quantity)
        assert is_state or unit is not None, quantity
        assert typical.unit in (None, ontology.unit(quantity)), quantity


@each_twin
def test_normal_ranges_are_believable(twin: Twin, ontology: Ontology) -> None:
    for quantity, typical in twin.quantities.items():
        if typical.low is None and typical.high is None:
            continue
        lowest, highest = BELIEVABLE[typical.unit if typical.unit is not None else ontology.unit(quantity) or ""]
        assert typical.low is None or lowest <= typical.low < highest, quantity
        assert typical.high is None or lowest < typical.high <= highest, quantity


@each_twin
def test_failure_modes_show_in_quantities_of_the_class(twin: Twin) -> None:
    for mode in twin.failure_modes:
        assert mode.code in ISO_14224, mode
        assert set(mode.quantities) <= set(twin.quantities), mode.name
        assert mode.advice.endswith("."), mode.name
        # What no sensor shows, somebody has to look for.
        assert mode.quantities or any("inspect" in task.task.lower() for task in twin.maintenance), mode.name
    names = [mode.name for mode in twin.failure_modes]
    assert len(set(names)) == len(names)


@each_twin
def test_maintenance_and_size_are_believable(twin: Twin) -> None:
    assert all(1 <= task.every_days <= 3650 for task in twin.maintenance)
    assert all(0.05 <= edge <= 40 for edge in twin.shape.size)
    assert 1 <= twin.criticality <= 5


def test_most_classes_have_a_normal_range_to_judge_by(library: Library) -> None:
    without = [
        twin.class_
        for twin in library.twins
        if all(typical.low is None and typical.high is None for typical in twin.quantities.values())
    ]
    assert len(without) <= len(library.twins) / 4, without


def test_file_states_its_sources() -> None:
    for domain in DOMAINS:
        text = files("graph_schema.ontology").joinpath("library", f"{domain}.yaml").read_text("utf-8")
        remarks = " ".join(line.lstrip("# ") for line in text.splitlines() if line.startswith("#"))
        assert "Ranges:" in remarks, domain
        assert "ISO 14224" in remarks, domain


def test_added_classes_are_defined(library: Library, ontology: Ontology) -> None:
    for added in library.added:
        assert ontology.classes[added.name].definition == added.definition
        assert added.definition.endswith("."), added.name
        assert added.parent in ontology.classes, added.name


def test_other_names_lead_to_classes(library: Library, ontology: Ontology) -> None:
    assert {name: target for name, target in library.same.items() if ontology.canonical(name) is None} == {}
    assert [name for name in library.prefer if ontology.canonical(name) != name] == []
    assert [name for name in library.words if ontology.canonical(name) is None] == []
    assert [name for name in library.quantities if ontology.canonical(name) is None] == []


def test_subclass_inherits_what_is_said_of_its_parent(ontology: Ontology) -> None:
    assert ontology.twin("Variable_Air_Volume_Box_With_Reheat") == ontology.twin("RVAV")
    assert ontology.twin("Temperature_Sensor") is None
    twin = ontology.twin("Water_Cooled_Chiller")
    assert twin is not None
    assert twin.class_ == "Chiller"
