"""The house: what docs/architecture.md says is where it says, folders stay small, and no two modules import each other."""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("agent", "evals", "forecasting", "graph_schema", "ingestion", "interfaces", "tools")
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
MOST_FILES = 17


def modules() -> dict[str, Path]:
    """Every module of the product by its dotted name."""
    paths = [
        path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "node_modules" not in path.parts
    ]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def imports(path: Path, known: dict[str, Path]) -> set[str]:
    """The modules that are loaded when this one is: what stands inside a function or is for types alone does not count."""
    found: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} & known.keys() or {node.module}
    return found & known.keys()


def test_no_two_modules_import_each_other():
    known = modules()
    try:
        list(TopologicalSorter({name: imports(path, known) - {name} for name, path in known.items()}).static_order())
    except CycleError as error:
        pytest.fail(f"a cycle: {' -> '.join(error.args[1])}")


def test_folders_can_be_taken_in_at_a_glance():
    counts: dict[str, int] = {}
    for path in modules().values():
        folder = path.parent.relative_to(ROOT).as_posix()
        counts[folder] = counts.get(folder, 0) + 1
    assert {folder: count for folder, count in counts.items() if count > MOST_FILES} == {}


@pytest.mark.parametrize("path", sorted(set(re.findall(rf"`((?:{'|'.join(PACKAGES)})/[a-z_/]+(?:\.py)?)`", PAGE))))
def test_what_the_page_names_is_there(path: str):
    assert (ROOT / path).exists()
