"""What became of the values of a recording: new in history, there already, overwritten, or left out and why. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ingestion.reading import Reading
from ingestion.sources.replay.recording import Row

Key = tuple[str, int]
"""Address and moment."""
Content = tuple[float | None, str | None]
"""Value and text; one of them is set."""

_VARIES = re.compile(r"“[^”]*”|'[^']*'|\d[\d.,:]*")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Values, or whole rows, of one reason, and the first of them. ``fault``: somebody should see to it."""

    times: int
    why: str
    example: str
    fault: bool = True


@dataclass(slots=True)
class Account:
    """``values`` are those that the rows had; each of them is counted once below, but for rows that could not be read."""

    rows: int = 0
    values: int = 0
    new: int = 0
    there: int = 0
    overwritten: int = 0
    _left_out: dict[str, LeftOut] = field(default_factory=dict[str, LeftOut])

    @property
    def left_out(self) -> Sequence[LeftOut]:
        """The most frequent reason first."""
        return sorted(self._left_out.values(), key=lambda one: -one.times)

    @property
    def faults(self) -> int:
        """How many values and rows are not in history that should be."""
        return sum(one.times for one in self._left_out.values() if one.fault)

    def leave_out(self, why: str, example: str, fault: bool = True) -> None:
        """Reasons that differ in names and numbers alone are one."""
        alike = _VARIES.sub("#", why)
        known = self._left_out.get(alike)
        self._left_out[alike] = (
            LeftOut(known.times + 1, known.why, known.example, fault) if known else LeftOut(1, why, example, fault)
        )

    def tally(
        self,
        sent: Sequence["Sent"],
        before: Mapping[Key, Content],
        after: Mapping[Key, Content],
        telling_apart: Callable[[Row, Row], Sequence[str]] = lambda one, other: (),
    ) -> None:
        """Count values that were sent, in their order, by what history had of them and has now.

        ``telling_apart`` names the columns in which two rows differ that contradict each other.
        """
        last = {one.key: one for one in sent}
        state: dict[Key, Content | None] = {}
        own: dict[Key, Sent] = {}
        for one in sent:
            known = state.get(one.key, before.get(one.key))
            state[one.key] = one.content
            earlier = own.get(one.key)
            own[one.key] = one
            if one is last[one.key] and after.get(one.key) != one.content:
                self.leave_out("History does not have it; see plantroom dead-letters.", one.place)
            elif known == one.content:
                self.there += 1
            elif earlier is not None:
                self._overruled(earlier, one, telling_apart(earlier.row, one.row))
            elif known is None:
                self.new += 1
            else:
                self.overwritten += 1

    def _overruled(self, earlier: "Sent", later: "Sent", columns: Sequence[str]) -> None:
        """Two rows of the file contradict each other: the later one stands, and was counted when the earlier one was."""
        why = "Another row of the file has another value for the same point and moment, and the last one stands."
        if columns:
            why += f" They differ in {' and '.join(columns)}: name it in the map's device or key, as {{{columns[0]}}}."
        self.leave_out(why, f"{earlier.place} and line {later.row.line}")


@dataclass(frozen=True, slots=True)
class Sent:
    """A value on its way to history."""

    reading: Reading
    row: Row

    @property
    def key(self) -> Key:
        return self.reading.source, self.reading.at

    @property
    def content(self) -> Content:
        return self.reading.value, self.reading.text

    @property
    def place(self) -> str:
        value = self.reading.text if self.reading.value is None else f"{self.reading.value:g}"
        return f"line {self.row.line}, {self.reading.source} = {value}"
