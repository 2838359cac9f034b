"""Statement files: blocks by name, every one with its description."""

from importlib.resources import files
from pathlib import Path

import pytest

from graph_schema.statements import statements

ROOT = Path(__file__).parents[2]
FILES = [
    (".".join(path.parent.relative_to(ROOT).parts), path.name)
    for package in ("graph_schema", "ingestion", "forecasting", "tools", "agent", "interfaces", "evals")
    for path in sorted((ROOT / package).rglob("*"))
    if path.suffix in (".cypher", ".sql") and path.parent.name != "migrations" and "node_modules" not in path.parts
]


def test_block_runs_to_the_next_head() -> None:
    blocks = statements("graph_schema.store", "search.cypher")
    assert list(blocks) == ["index", "full_text", "scan"]
    assert blocks["index"] == "MATCH (m:Meta {id: 'plant'}) RETURN m.search AS index"


@pytest.mark.parametrize(("package", "file"), FILES, ids=lambda value: str(value))
def test_every_file_is_made_of_named_blocks(package: str, file: str) -> None:
    text = files(package).joinpath(file).read_text("utf-8")
    blocks = statements(package, file)
    assert blocks
    assert all(blocks.values()), "a block without a statement"
    heads = [line for line in text.splitlines() if line.startswith(("--", "//")) and ": " in line]
    assert len(heads) >= len(blocks), "two blocks of one name"
    assert text.lstrip().startswith(("--", "//")), "text before the first head"


def test_file_is_read_once() -> None:
    assert statements("graph_schema.store", "loader.cypher") is statements("graph_schema.store", "loader.cypher")
