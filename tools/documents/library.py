"""The documents of a plant: the Markdown and PDF files of a folder, kept in memory and read again when they change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graph_schema.errors import InvalidInput
from tools.documents.passages import KINDS, Passage, read_file
from tools.documents.ranking import Index

MOST_FILES = 2_000
MOST_PASSAGES = 200_000

_State = tuple[float, int]


@dataclass(frozen=True, slots=True)
class Document:
    """``file`` is its path below the folder. ``about`` are names of assets and classes in small letters: its subfolders, and what its front
    matter says. ``problem`` says why it cannot be read."""

    file: str
    about: frozenset[str] = frozenset()
    passages: tuple[Passage, ...] = ()
    is_cut: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """All documents at one moment. ``owners`` says of which document each passage is."""

    documents: Sequence[Document] = ()
    owners: Sequence[int] = ()
    passages: Sequence[Passage] = ()
    index: Index = field(default_factory=lambda: Index.of(()))
    left_out: int = 0

    @staticmethod
    def of(documents: Sequence[Document], left_out: int) -> Shelf:
        pairs = [(number, one) for number, document in enumerate(documents) for one in document.passages][
            :MOST_PASSAGES
        ]
        texts = [f"{Path(documents[number].file).stem} {one.section or ''} {one.text}" for number, one in pairs]
        return Shelf(documents, [n for n, _ in pairs], [one for _, one in pairs], Index.of(texts), left_out)

    def best(self, words: str, about: frozenset[str] | None) -> list[tuple[Document, Passage]]:
        """The passages that fit the words best, of all documents or of those that belong to any of these names."""
        fitting = {n for n, one in enumerate(self.documents) if about is None or one.about & about}
        among = {number for number, owner in enumerate(self.owners) if owner in fitting}
        found = self.index.best(words, among)
        return [(self.documents[self.owners[number]], self.passages[number]) for number in found]


def name_key(name: str) -> str:
    """``Centrifugal_Chiller`` and “centrifugal chiller” are one name of a folder."""
    return " ".join(name.casefold().replace("_", " ").split())


class Library:
    """The newest shelf of one folder. Files are looked at on each call, and read only when their time or size has changed."""

    def __init__(self) -> None:
        self._reading = asyncio.Lock()
        self._folder: Path | None = None
        self._states: Mapping[Path, _State] = {}
        self._read: dict[Path, Document] = {}
        self._shelf = Shelf()

    async def current(self, folder: Path) -> Shelf:
        async with self._reading:
            return await asyncio.to_thread(self._renewed, folder)

    def _renewed(self, folder: Path) -> Shelf:
        found = list(_files(folder))
        states = dict(found[:MOST_FILES])
        if folder == self._folder and states == self._states:
            return self._shelf
        kept = self._read if folder == self._folder else {}
        unchanged = {path for path, state in states.items() if path in kept and self._states.get(path) == state}
        self._read = {path: kept[path] if path in unchanged else _document(folder, path) for path in states}
        self._folder, self._states = folder, states
        self._shelf = Shelf.of(list(self._read.values()), len(found) - len(states))
        return self._shelf


def _files(folder: Path) -> Iterator[tuple[Path, _State]]:
    """In order, without hidden ones and without what a link leads to outside of the folder."""
    root = folder.resolve()
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or path.suffix.lower() not in KINDS or not path.is_file() or root not in path.resolve().parents:
            continue
        stat = path.stat()
        yield path, (stat.st_mtime, stat.st_size)


def _document(folder: Path, path: Path) -> Document:
    below = path.relative_to(folder)
    about = frozenset(name_key(part) for part in below.parts[:-1])
    try:
        content = read_file(path)
    except InvalidInput as error:
        return Document(below.as_posix(), about, problem=str(error))
    except OSError as error:
        return Document(below.as_posix(), about, problem=f"the system says: {error.strerror}")
    stated = frozenset(name_key(one) for one in content.about)
    return Document(below.as_posix(), about | stated, content.passages, content.is_cut)
