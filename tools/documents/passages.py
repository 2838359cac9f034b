"""A file in short passages. All is bounded: what a file says is data from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from graph_schema.errors import InvalidInput

KINDS = (".md", ".markdown", ".pdf")
MOST_BYTES = 50_000_000
MOST_PAGES = 1_000
MOST_TEXT = 2_000_000  # characters of one file
LONGEST = 290
"""Characters of a passage: what a language model is shown of a text."""
_HEADING = re.compile(r"#{1,6}\s+(.+?)\s*#*\s*")
_FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)
_MARKUP = re.compile(r"[*_`>#|]+|\[([^\]]*)\]\([^)]*\)|!\[[^\]]*\]\([^)]*\)")
_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """``page`` is a PDF's, counted from 1; ``section`` the heading above it in Markdown."""

    text: str
    page: int | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """``about`` are names of assets and classes that the file itself says it belongs to."""

    passages: tuple[Passage, ...]
    about: tuple[str, ...] = ()
    is_cut: bool = False


def read_file(path: Path) -> Content:
    """Raises ``InvalidInput`` with a sentence where the file cannot be read, ``OSError`` where it is gone."""
    if path.stat().st_size > MOST_BYTES:
        raise InvalidInput(f"it is larger than {MOST_BYTES // 1_000_000} MB")
    return _pdf(path) if path.suffix.lower() == ".pdf" else _markdown(path.read_text("utf-8", errors="replace"))


def _markdown(text: str) -> Content:
    front = _FRONT.match(text)
    body = text[front.end() :] if front else text
    about = _about(front.group(1)) if front else ()
    return Content(tuple(_sections(body[:MOST_TEXT])), about, len(body) > MOST_TEXT)


def _about(text: str) -> tuple[str, ...]:
    """``asset``, ``assets``, ``class`` and ``classes`` of a front matter."""
    try:
        found: Any = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidInput("its front matter is no YAML") from error
    if not isinstance(found, dict):
        return ()
    stated = cast(Mapping[object, object], found)
    names: list[str] = []
    for key in ("asset", "assets", "class", "classes"):
        value = stated.get(key)
        names += [str(one) for one in (cast(list[object], value) if isinstance(value, list) else [value]) if one]
    return tuple(names)


def _sections(text: str) -> Iterator[Passage]:
    section: str | None = None
    lines: list[str] = []
    for line in [*text.splitlines(), "# end"]:
        heading = _HEADING.fullmatch(line)
        if heading is None:
            lines.append(line)
            continue
        yield from (Passage(part, None, section) for part in parts("\n".join(lines)))
        section, lines = heading.group(1)[:LONGEST], []


def _pdf(path: Path) -> Content:
    passages: list[Passage] = []
    length = 0
    try:
        pages = PdfReader(path).pages
        for number, page in enumerate(pages[:MOST_PAGES], 1):
            text = page.extract_text()
            length += len(text)
            if length > MOST_TEXT:
                return Content(tuple(passages), is_cut=True)
            passages += [Passage(part, number) for part in parts(text)]
        return Content(tuple(passages), is_cut=len(pages) > MOST_PAGES)
    except DependencyError as error:
        raise InvalidInput("it is encrypted") from error
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        # A damaged file makes the parser stumble anywhere.
        raise InvalidInput("it is damaged or encrypted") from error


def parts(text: str) -> Iterator[str]:
    """Paragraphs, and long ones by their sentences, each at most ``LONGEST`` characters on one line."""
    for paragraph in re.split(r"\n\s*\n", text):
        plain = " ".join(_MARKUP.sub(lambda found: found.group(1) or " ", paragraph).split())
        yield from _pieces(plain)


def _pieces(text: str) -> Iterator[str]:
    kept = ""
    for sentence in _SENTENCE_END.split(text):
        while len(sentence) > LONGEST:
            end = sentence.rfind(" ", 1, LONGEST)
            end = end if end > 0 else LONGEST
            if kept:
                yield kept
                kept = ""
            yield sentence[:end]
            sentence = sentence[end:].strip()
        if kept and len(kept) + 1 + len(sentence) > LONGEST:
            yield kept
            kept = ""
        kept = f"{kept} {sentence}".strip()
    if kept:
        yield kept
