"""YAML that would be a traceback, a full memory or a wrong value is one sentence."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_schema.errors import InvalidInput
from graph_schema.importers.plant_file import read_plant_document, read_plant_file
from graph_schema.importers.yaml_text import read_yaml
from graph_schema.ontology.ontology import Ontology

FILE = Path("works.yaml")
BOMB = 'a: &a ["x","x","x","x","x","x","x","x","x"]\n' + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("site: " + "[" * 5000 + "]" * 5000, "works.yaml, line 1: it is nested more than 60 levels deep."),
        ("site: " + "{a: " * 3000 + "1" + "}" * 3000, "works.yaml, line 1: it is nested more than 60 levels deep."),
        ("a:\n" + "".join(f"{' ' * n}- \n" for n in range(1, 100)), "works.yaml, line 61: it is nested more than"),
        (BOMB, "works.yaml, line 5: its aliases repeat too much."),
        ("site: &s {id: a, x: *s}", "works.yaml, line 1: an entry stands inside itself."),
        ("assets: [&s {id: a, feeds: [*s]}]", "works.yaml, line 1: an entry stands inside itself."),
        ("id: *nobody", "undefined alias"),
        ("x: !!int abc", "works.yaml, line 1: “abc” cannot be read as int."),
        ("x: !!float abc", "“abc” cannot be read as float."),
        ("x: !!bool abc", "“abc” cannot be read as bool."),
        ("x: !!timestamp abc", "“abc” cannot be read as timestamp."),
        ("\nx: 2024-13-45", "works.yaml, line 2: “2024-13-45” cannot be read as timestamp."),
        ("x: " + "9" * 5000, "cannot be read as int."),
        ('x: "\\uD800"', "there are characters that are no Unicode text."),
        ("x: a\x00b", "works.yaml is not well-formed YAML: unacceptable character"),
        ("? [a, b]\n: 1", "found unhashable key"),
        ("a: 1\n---\nb: 2", "found another document"),
        ("x: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
        ("{<<: 3}", "expected a mapping or list of mappings"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(text: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_yaml(FILE, text)
    assert problem in str(raised.value)
    assert "\n" not in str(raised.value)


def test_aliases_and_merges_are_read() -> None:
    text = "usual: &u {low: 10, high: 20}\na: *u\nb: {<<: *u, high: 25}\nday: 2024-02-29"
    assert read_yaml(FILE, text) == {
        "usual": {"low": 10, "high": 20}, "a": {"low": 10, "high": 20}, "b": {"low": 10, "high": 25}, "day": date(2024, 2, 29),
    }  # fmt: skip


_FIELDS = (
    "id",
    "class",
    "name",
    "in",
    "points",
    "feeds",
    "parts",
    "unit",
    "source",
    "low",
    "aliases",
    "x",
    "to",
    "installed",
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_FIELDS) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)
_entries = st.dictionaries(st.sampled_from(_FIELDS), _values | st.sampled_from(["AHU", "Building", "a"]), max_size=6)
_documents = st.dictionaries(
    st.sampled_from(["site", "places", "assets"]), _values | _entries | st.lists(_entries, max_size=3)
)


def refusal(document: object, ontology: Ontology) -> str | None:
    try:
        read_plant_document(document, FILE, ontology)  # pyright: ignore[reportArgumentType]
    except InvalidInput as error:
        return str(error)
    return None


@given(document=_documents)
def test_a_description_with_anything_anywhere_is_read_or_refused_in_words(ontology: Ontology, document: object) -> None:
    assert refusal(document, ontology) != ""


def test_a_file_without_a_section_of_ours_is_no_description(tmp_path: Path, ontology: Ontology) -> None:
    path = tmp_path / "building.yaml"
    path.write_text("AHU-1: {type: HVAC/AHU}\nAHU-2: {type: HVAC/AHU}", "utf-8")
    with pytest.raises(InvalidInput, match="has none of the sections site, places and assets; it is no description"):
        read_plant_file(path, ontology)
