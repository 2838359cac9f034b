"""Which assets of a plant a text names. Case and the sign between words ("AHU-2", "ahu 2") do not matter."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from graph_schema.model import Kind

_SAME = str.maketrans(dict.fromkeys("-_‐‑–\u00a0\u202f\u2009", " "))


@dataclass(frozen=True, slots=True)
class Named:
    """Something an answer can name."""

    id: str
    kind: Kind
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A name at ``text[start:end]`` and the ids of all assets that are called so."""

    start: int
    end: int
    ids: frozenset[str]


class Names:
    """The names of a plant: of each asset its name, its aliases and its id."""

    def __init__(self, plant: Iterable[Named]) -> None:
        self.kinds: dict[str, Kind] = {}
        self._by_name: dict[str, set[str]] = {}
        for asset in plant:
            self.kinds[asset.id] = asset.kind
            for name in {*asset.names, *([asset.id] if _tells(asset) else [])}:
                if name.strip():
                    self._by_name.setdefault(plain(name), set()).add(asset.id)
        self._longest = max(map(len, self._by_name), default=0)

    def called(self, name: str) -> frozenset[str]:
        """The ids of the assets of that name; an id is the name of its own asset before any other's."""
        return frozenset([name]) if name in self.kinds else frozenset(self._by_name.get(plain(name), ()))

    def spans(self, text: str, counts: Callable[[Kind], bool] = lambda _: True) -> Iterator[Span]:
        """The names in a text, of assets of the kinds that count; where names overlap the longest wins."""
        same = plain(text)
        ends = [match.end() for match in re.finditer(r"\w(?!\w)|[^\w\s]", same)]
        done = 0
        for start in (match.start() for match in re.finditer(r"(?<!\w)\S", same)):
            if start < done:
                continue
            for end in reversed([end for end in ends if start < end <= start + self._longest]):
                ids = frozenset(id for id in self._by_name.get(same[start:end], ()) if counts(self.kinds[id]))
                if ids:
                    yield Span(start, end, ids)
                    done = end
                    break

    def blanked(self, text: str) -> str:
        """The text without the names that have digits in them: "Chiller 1" states no number."""
        for span in self.spans(text):
            name = text[span.start : span.end]
            if re.search(r"\d", name) and re.search(r"[^\W\d_]", name):
                text = text[: span.start] + " " * len(name) + text[span.end :]
        return text


def plain(text: str) -> str:
    """Lower case with one sign between words; as long as the text."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text.translate(_SAME))


def _tells(asset: Named) -> bool:
    """An id like ``main`` is also an ordinary word; it names its asset only where nothing else does."""
    return not asset.names or re.fullmatch(r"[a-zA-Z]+", asset.id) is None


def named_ids(spans: Sequence[Span]) -> set[str]:
    """Every id that is named, ambiguous names with all their assets."""
    return {id for span in spans for id in span.ids}
