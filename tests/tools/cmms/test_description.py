"""The file that describes a maintenance system, its mistakes and its templates."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph_schema.errors import InvalidInput
from interfaces.settings import Settings
from tools.cmms.rest.description import READY, description_of, read_description
from tools.cmms.rest.filling import at_path, filled, filled_text, text_at

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SMALL = """
name: Ours
statuses: {open: open, closed: done}
order: {changed: updated}
calls:
  create: {method: POST, path: orders}
  get: {path: "orders/{id}"}
  changed: {path: orders, items: rows}
assets: {call: {path: assets}}
"""


@pytest.mark.parametrize("vendor", READY)
def test_the_ready_ones_are_whole(vendor: str):
    found = description_of(vendor, None)
    assert found.word("open")
    assert found.word("done")
    assert found.cannot


def test_a_small_one_of_a_site(tmp_path: Path):
    (tmp_path / "ours.yaml").write_text(SMALL)
    found = description_of("rest", tmp_path / "ours.yaml")
    assert (found.word("done"), found.word("cancelled"), found.hook) == ("closed", None, None)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("name: Ours", "nam: Ours", "nam|name"),
        ("closed: done", "closed: finished", "statuses.closed"),
        ("closed: done", "shut: on_hold", "one for done"),
        ("{changed: updated}", "{}", "last change"),
        ("method: POST", "method: SEND", "method"),
        ("name: Ours", "name: [", "no YAML"),
    ],
)
def test_a_mistake_is_named_with_its_place(before: str, after: str, why: str):
    with pytest.raises(InvalidInput, match=why):
        read_description(SMALL.replace(before, after), "ours.yaml")


def test_a_file_that_there_is_not(tmp_path: Path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        description_of("rest", tmp_path / "none.yaml")


def test_a_template_is_filled():
    template = {
        "a": "{due|epoch_ms}",
        "b": "{minutes|seconds}",
        "c": "at {due}",
        "d": "{none}",
        "e": ["{id|number}", {"f": "{none}"}],
    }
    values = {"due": AT, "minutes": 1.5, "none": None, "id": "12"}
    assert filled(template, values) == {"a": 1772443800000, "b": 90.0, "c": "at 2026-03-02T09:30:00.000Z", "e": [12]}
    assert filled_text("{minutes|hours}/{due|date}", values) == "0.025/2026-03-02"
    assert filled("{id|number}", {"id": "a12"}) == "a12"


@pytest.mark.parametrize("template", ["{other}", "{id|roman}"])
def test_a_place_or_form_that_there_is_not_is_named(template: str):
    with pytest.raises(InvalidInput, match="There are"):
        filled(template, {"id": "1"})


def test_paths():
    value = {"a": [{"b": 1}], "c": None}
    assert (at_path(value, "a.0.b"), at_path(value, "a.1.b"), at_path(value, "c.d"), at_path(value, "")) == (
        1,
        None,
        None,
        value,
    )
    assert (text_at(value, "a.0.b"), text_at(value, "a"), text_at(value, "")) == ("1", None, None)


def test_the_example_of_the_documentation_is_whole():
    page = (Path(__file__).parents[3] / "docs" / "operators" / "cmms.md").read_text("utf-8")
    example = page.partition("```yaml\n")[2].partition("```")[0]
    assert read_description(example, "cmms.md").name == "Ours"
    for name in Settings.model_fields:
        assert not name.startswith("cmms") or f"PLANTROOM_{name.upper()}" in page
