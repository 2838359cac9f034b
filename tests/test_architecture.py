"""The house: what docs/architecture.md says is where it says, folders stay small, and no two modules import each other."""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from agent.language.grammar import Rule, grammar, languages

ROOT = Path(__file__).parents[1]
PACKAGES = ("agent", "evals", "forecasting", "graph_schema", "ingestion", "interfaces", "tools")
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
MOST_FILES = 17


LANGUAGE_FREE = ("agent/answers", "agent/dialogue", "agent/language", "agent/planning")
FOR_WRITERS_OF_LANGUAGES = "agent/answers/completeness.py"
"""What it says is read by who writes a language, like the text of an error."""
OF_A_SENTENCE = frozenset({"norm", "norms", "lower", "text", "pieces"})
"""Attributes of what a person wrote."""


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


# Sentences are data


def written(node: ast.expr) -> str | None:
    """The text of a literal; what an f-string puts in is a pair of braces."""
    if isinstance(node, ast.JoinedStr):
        return "".join(written(one) or "{}" for one in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def texts(tree: ast.AST) -> Iterator[ast.expr]:
    """The literals that may reach a person: no docstrings, nothing that is raised, asserted or logged."""
    for node in ast.iter_child_nodes(tree):
        is_docstring = isinstance(node, ast.Expr) and written(node.value) is not None
        is_log = isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log.")
        if is_docstring or is_log or isinstance(node, ast.Raise | ast.Assert):
            continue
        if isinstance(node, ast.expr) and written(node) is not None:
            yield node
        else:
            yield from texts(node)


def is_said(text: str) -> bool:
    """Two words beside each other, or a word that ends a sentence; an identifier, a pattern or a sign is neither."""
    return re.search(r"[^\W\d_]{2,} [^\W\d_]{2,}|[^\W\d_]{2,}[.?!…]$", text) is not None and "\\" not in text


def compared_words(tree: ast.Module) -> Iterator[str]:
    """Words that a piece of somebody's sentence is compared with, also those that a constant of the module holds."""
    constants = {ast.unparse(one.targets[0]): one.value for one in tree.body if isinstance(one, ast.Assign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Attribute) and side.attr in OF_A_SENTENCE for side in sides):
                held = [constants.get(ast.unparse(side), side) for side in sides]
                told = [written(one) for side in held for one in ast.walk(side) if isinstance(one, ast.expr)]
                yield from (text for text in told if text and re.search(r"[^\W\d_]", text))


def language_free() -> list[Path]:
    return [path for folder in LANGUAGE_FREE for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize("path", language_free(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_sentence_and_no_word_of_a_language_stands_in_python(path: Path):
    """What the rules of languages give their phrases (the medium “chilled water”) is an identifier of theirs."""
    tree = ast.parse(path.read_text("utf-8"))
    data = {str(value) for code in languages() for rule in all_rules(code) for value in rule.says.values()}
    said = {text for node in texts(tree) if (text := written(node)) and is_said(text)} - data
    assert path == ROOT / FOR_WRITERS_OF_LANGUAGES or said == set()
    assert set(compared_words(tree)) == set()


def all_rules(code: str) -> list[Rule]:
    spoken = grammar(code)
    return [rule for rules in (*spoken.by_word.values(), *spoken.by_phrase.values()) for rule in rules]


@pytest.mark.parametrize(
    "line",
    [
        'say("There is none.")',
        'x = f"in {place} there are"',
        'y = piece.norm in ("the", "a")',
        'W = {"the"}\ny = piece.lower in W',
    ],
)
def test_a_sentence_in_python_is_found(line: str):
    tree = ast.parse(line)
    assert [node for node in texts(tree) if is_said(written(node) or "")] or list(compared_words(tree))
