"""Zinc, the text that Haystack servers answer with, in its versions 2.0 and 3.0."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from graph_schema.errors import InvalidInput
from graph_schema.importers.haystack.values import Mark, Quantity, Record, Ref, Value

NUMBER = r"-?\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?"
_NUMBER = re.compile(NUMBER)
_UNIT = re.compile(r"[^\W\d]|[%_/$\u0080-\uffff]", re.UNICODE)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[^ ,\n\r\]}>]*(?: [A-Za-z][\w+-]*)?)?|\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?")
_REF = re.compile(r"@([\w:.~-]+)")
_WORD = re.compile(r"-?[A-Za-z][A-Za-z0-9_]*")
_KEY = re.compile(r"[A-Za-z_]\w*")
_WORDS: dict[str, Value] = {
    "M": Mark.MARKER, "N": Mark.NOTHING, "R": Mark.NOTHING, "NA": Mark.NOTHING, "T": True, "F": False,
    "INF": Quantity(float("inf")), "-INF": Quantity(float("-inf")), "NaN": Quantity(float("nan")),
}  # fmt: skip
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def read_zinc(text: str) -> list[Record]:
    """The rows of every grid of a text. Raises ``InvalidInput`` with the line that cannot be read."""
    return list(_Zinc(text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")).records())


def read_value(text: str) -> Value:
    """One value on a line of its own. Raises ``InvalidInput``."""
    return _Zinc(text).alone()


class _Zinc:
    """Reads from where it stands."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def records(self) -> Iterator[Record]:
        self._blank()
        while self._at < len(self._text):
            yield from self._grid(nested=False)
            self._blank()

    def alone(self) -> Value:
        value = self._value()
        self._spaces()
        if self._at < len(self._text):
            raise self._wrong(f"“{self._rest_of_line()[:30]}” is too much")
        return value

    def _grid(self, nested: bool) -> list[Record]:
        if not re.match(r'ver:\s*"', self._text[self._at :]):
            raise self._wrong('a grid begins with ver:"2.0" or ver:"3.0"')
        self._meta()
        self._line_end()
        columns = self._columns()
        rows: list[Record] = []
        while self._line_end(optional=True) and not self._ends(nested):
            rows.append(self._row(columns))
        return rows

    def _ends(self, nested: bool) -> bool:
        return self._at >= len(self._text) or self._peek() == "\n" or (nested and self._peek(2) == ">>")

    def _columns(self) -> list[str]:
        names = [self._column()]
        while self._take(","):
            names.append(self._column())
        return names

    def _column(self) -> str:
        self._spaces()
        name = self._match(_KEY, "the name of a column")
        self._meta()
        return name

    def _meta(self) -> dict[str, Value]:
        """Tags in a row, ``dis:"Site" area``, as they stand behind a version or a column."""
        told: dict[str, Value] = {}
        self._spaces()
        while self._at < len(self._text) and _KEY.match(self._text, self._at):
            name = self._match(_KEY, "the name of a tag")
            told[name] = self._value() if self._take(":") else Mark.MARKER
            self._spaces()
            if self._peek() == "," and _KEY.match(self._text, self._at + 1) and "}" in self._rest_of_line():
                self._at += 1
        return told

    def _row(self, columns: list[str]) -> Record:
        cells: list[Value] = []
        while True:
            self._spaces()
            cells.append(Mark.NOTHING if self._peek() in (",", "\n", "") else self._value())
            self._spaces()
            if not self._take(","):
                break
        if len(cells) > len(columns):
            raise self._wrong(f"there are {len(cells)} cells and {len(columns)} columns")
        return {name: value for name, value in zip(columns, cells, strict=False) if value is not Mark.NOTHING}

    def _value(self) -> Value:
        self._spaces()
        readers: dict[str, Callable[[], Value]] = {
            '"': self._string, "`": self._address, "@": self._ref, "[": self._list, "{": self._dict, "<": self._nested,
        }  # fmt: skip
        if reader := readers.get(self._peek()):
            return reader()
        if found := _MOMENT.match(self._text, self._at):
            return self._found(found)
        if found := _NUMBER.match(self._text, self._at):
            return Quantity(float(self._found(found).replace("_", "")), self._unit())
        return self._word()

    def _unit(self) -> str | None:
        start = self._at
        while self._at < len(self._text) and (_UNIT.match(self._text[self._at]) or self._is_power(start)):
            self._at += 1
        return self._text[start : self._at] or None

    def _is_power(self, start: int) -> bool:
        """A digit within a unit, as in ``ft3``."""
        return self._at > start and self._text[self._at].isdigit()

    def _word(self) -> Value:
        word = self._match(_WORD, "a value")
        if self._take("("):
            inner = self._text[self._at : self._after(")") - 1]
            self._at = self._after(")")
            return inner.strip('"')
        if word not in _WORDS:
            raise self._wrong(f"“{word[:30]}” is no value")
        return _WORDS[word]

    def _after(self, mark: str) -> int:
        found = self._text.find(mark, self._at)
        if found < 0:
            raise self._wrong(f"a {mark} is missing")
        return found + 1

    def _string(self) -> str:
        return self._quoted('"')

    def _address(self) -> str:
        return self._quoted("`")

    def _quoted(self, mark: str) -> str:
        self._at += 1
        told: list[str] = []
        while self._peek() != mark:
            if self._peek() in ("", "\n"):
                raise self._wrong("a quotation mark is left open")
            told.append(self._escaped() if self._take("\\") else self._step())
        self._at += 1
        return "".join(told)

    def _escaped(self) -> str:
        letter = self._step()
        if letter != "u":
            return _ESCAPES.get(letter, letter)
        digits = self._text[self._at : self._at + 4]
        if not re.fullmatch(r"[0-9a-fA-F]{4}", digits):
            raise self._wrong("behind \\u stand four digits")
        self._at += 4
        return chr(int(digits, 16))

    def _ref(self) -> Ref:
        found = _REF.match(self._text, self._at)
        if found is None:
            raise self._wrong("behind @ stands an id")
        self._at = found.end()
        if self._peek(2) == ' "':
            self._at += 1
            return Ref(found[1], self._string())
        return Ref(found[1])

    def _list(self) -> Value:
        self._at += 1
        told: list[Value] = []
        while not self._take("]"):
            told.append(self._value())
            self._spaces()
            self._take(",")
            self._spaces()
        return told

    def _dict(self) -> Value:
        """A record in a cell; what it holds is kept as text."""
        self._at += 1
        self._spaces()
        told = self._meta()
        self._spaces()
        if not self._take("}"):
            raise self._wrong("a } is missing")
        return list(told)

    def _nested(self) -> Value:
        """A grid in a cell describes nothing of the plant."""
        if self._peek(2) != "<<":
            raise self._wrong("“<” is no value")
        self._at += 2
        self._blank()
        self._grid(nested=True)
        self._blank()
        if self._peek(2) != ">>":
            raise self._wrong("a >> is missing")
        self._at += 2
        return Mark.NOTHING

    def _peek(self, length: int = 1) -> str:
        return self._text[self._at : self._at + length]

    def _step(self) -> str:
        letter = self._peek()
        self._at += 1
        return letter

    def _take(self, mark: str) -> bool:
        if self._peek(len(mark)) != mark:
            return False
        self._at += len(mark)
        return True

    def _spaces(self) -> None:
        while self._peek() in (" ", "\t"):
            self._at += 1

    def _blank(self) -> None:
        while self._peek() and self._peek().isspace():
            self._at += 1

    def _line_end(self, optional: bool = False) -> bool:
        self._spaces()
        if self._take("\n"):
            return True
        if optional:
            if self._peek() and self._peek(2) != ">>":
                raise self._wrong(f"“{self._rest_of_line()[:30]}” is too much")
            return False
        raise self._wrong("the line goes on where it should end")

    def _rest_of_line(self) -> str:
        return self._text[self._at :].split("\n", 1)[0]

    def _match(self, pattern: re.Pattern[str], wanted: str) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise self._wrong(f"{wanted} should stand at “{self._rest_of_line()[:30]}”")
        return self._found(found)

    def _found(self, found: re.Match[str]) -> str:
        self._at = found.end()
        return found[0]

    def _wrong(self, what: str) -> InvalidInput:
        return InvalidInput(f"line {self._text.count(chr(10), 0, self._at) + 1}: {what}")
