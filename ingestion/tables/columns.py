"""The lines of a file as rows under a header: where the header is, which lines belong to no row, and why."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ingestion.tables.file import Line, is_moment
from ingestion.tables.words import words

_FARTHEST = 1_000
"""Lines within which a header is looked for."""


@dataclass(slots=True)
class Header:
    """``title`` is the end of the last line with a single cell above it; ``line`` is 0 where there is none."""

    names: list[str]
    line: int = 0
    title: str = ""
    above: list[Line] = field(default_factory=list[Line])

    def is_again(self, cells: Sequence[str]) -> bool:
        """Whether a line is the header once more."""
        if not self.line or not cells or " ".join(cells[0].split()) != self._first:
            return False
        return named(cells)[: len(self.names)] == self.names

    @property
    def _first(self) -> str:
        return self.names[0] if self.names[0] != "1" else ""


def named(cells: Sequence[str]) -> list[str]:
    """Names of columns: no two are alike, and those without one have their number."""
    found: list[str] = []
    times = Counter[str]()
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or str(number)
        times[name] += 1
        found.append(f"{name} ({times[name]})" if times[name] > 1 else name)
    return found


def header_with(lines: Iterator[Line], wanted: Collection[str]) -> tuple[Header | None, list[str]]:
    """The first line that has all of the columns, and the line that looks most like a header for those who look in vain."""
    above: list[Line] = []
    longest: list[str] = []
    for number, cells in lines:
        names = named(cells)
        if set(wanted) <= set(names):
            while names and not cells[len(names) - 1].strip() and names[-1] not in wanted:
                names.pop()
            return Header(names, number, title_of(above), above), names
        above.append((number, cells))
        longest = max(longest, [name for name, cell in zip(names, cells, strict=True) if cell.strip()], key=len)
        if number >= _FARTHEST:
            break
    return None, longest


def title_of(above: Iterable[Line]) -> str:
    """``history:/Works/AHU9_SAT`` is called AHU9_SAT."""
    single = [cells for _, cells in above if sum(1 for cell in cells if cell.strip()) == 1]
    text = next((cell for cell in single[-1] if cell.strip()), "") if single else ""
    return re.split(r"[/\\]", text.strip().rstrip("/:"))[-1].strip()


def is_remark(cells: Sequence[str], time: str, is_first: bool) -> bool:
    """Whether a line that has no time is no row: a unit under its header, a line of words, a sum or a mean at the end."""
    said = [cell for cell in cells if cell.strip()]
    if is_first and not is_moment(time):
        return True
    if not said:
        return True
    if (time or said[0]).strip(" :.").casefold() in words()["totals"]:
        return True
    is_line = all(re.fullmatch(r"[\W_]+", cell) for cell in said)
    return is_line or (len(said) == 1 and bool(re.search(r"[^\W\d_]{3,}", said[0])))
