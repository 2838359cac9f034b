"""Conditions on values: “above 26 °C”, “between 20 and 22”, “more than 1 degree above its setpoint”."""

from dataclasses import replace
from typing import Any, cast

from agent.offline.chunks import Chunk, Number
from agent.offline.reading import Reading
from agent.offline.words import Compare
from agent.planning.assets import Assets as Things
from agent.planning.assets import Test
from agent.vocabulary.quantities import Quantity

_INVERSE: dict[str, Any] = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}


class Conditions(Reading):
    """Reads conditions on values."""

    def test(self, index: int, things: Things | None) -> tuple[list[Test], int] | None:
        """“[temperature] above 26 °C”, “more than 1 degree above [its] setpoint”, “between 20 and 22 °C”."""
        quantity: Quantity | None = None
        start = index
        if self.has(index, "qty"):
            quantity = cast(Quantity, self.chunks[index].get("qty"))
            index = self.take(index)
            index = self.skip(index, "aux", "that", "of", "read")
        elif self.has(index, "read"):
            index = self.take(index)
        index = self.skip(index, "all") if self.has(index + 1, "cmp") else index
        negative = False
        if self.has(index, "not") and self.has(index + 1, "cmp"):
            negative, index = True, self.take(index)
        chunk = self.at(index)
        if chunk is None:
            return None
        if (
            chunk.has("between")
            and self.has(index + 1, "num")
            and self.has(index + 2, "and", "to")
            and self.has(index + 3, "num")
        ):
            low, high = (cast(Number, self.chunks[i].get("num")) for i in (index + 1, index + 3))
            for used in range(index, index + 4):
                self.take(used)
            unit = high.unit or low.unit
            return [Test(">=", low.value, unit, quantity), Test("<=", high.value, unit, quantity)], index + 4
        near = self._near_setpoint(index, quantity)
        if near is not None:
            return near
        if not chunk.has("cmp"):
            if quantity is not None and chunk.has("num") and index > start + 1:
                number = cast(Number, chunk.get("num"))
                return [Test("=", number.value, number.unit, quantity)], self.take(index)
            return None
        compare = cast(Compare, chunk.get("cmp"))
        if quantity is None and self.adjective_quantity(chunk):
            quantity = self.adjective_quantity(chunk)
        index = self.skip(self.take(index), "det", "polite", "than")
        if self.has(index, "num"):
            number = cast(Number, self.chunks[index].get("num"))
            index = self.take(index)
            after = self.skip(index, "polite")
            away = self._away(after, number, quantity)
            if away is not None:
                return away
            if self.has(after, "cmp") and self.has(self.skip(after + 1, "det"), "setpoint", "qty"):
                direction = cast(Compare, self.chunks[after].get("cmp"))
                above = direction.comparison.startswith(">")
                at = self.skip(self.take(after), "det")
                other = cast("Quantity | None", self.chunks[at].get("qty"))
                sign = 1 if above else -1
                comparison = compare.comparison if above else _INVERSE[compare.comparison]
                return [
                    Test(comparison, None, number.unit, quantity, self._is_setpoint(at), other, sign * number.value)
                ], self.take(at)
            if quantity is None and self.has(index, "of") and self.has(index + 1, "qty"):
                quantity = cast(Quantity, self.chunks[index + 1].get("qty"))
                index = self.take(self.take(index))
            if quantity is None and not self.has(index, "class", "qty", "ent", "thing"):
                quantity = self._implied(number)
            if self.has(index, "class", "qty", "thing"):
                return None
            comparison = compare.comparison
            if negative:
                comparison = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "=": "!=", "!=": "="}[comparison]
            if self.has(index, "cmp") and self.chunks[index].lower in (
                "or more",
                "or above",
                "or higher",
                "or less",
                "or below",
                "or lower",
            ):
                index = self.take(index)
            return [Test(cast(Any, comparison), number.value, number.unit, quantity)], index
        if self.has(index, "setpoint", "qty"):
            other = cast("Quantity | None", self.chunks[index].get("qty"))
            setpoint = self._is_setpoint(index)
            index = self.take(index)
            offset = 0.0
            if self.has(index, "by") and self.has(index + 1, "num", "cmp"):
                at = index + 2 if self.has(index + 1, "cmp") else index + 1
                if self.has(at, "num"):
                    offset = cast(Number, self.chunks[at].get("num")).value * (
                        1 if compare.comparison.startswith(">") else -1
                    )
                    self.used.update(range(index, at + 1))
                    index = at + 1
            return [Test(compare.comparison, None, None, quantity, setpoint, other, offset)], index
        return None

    def _away(self, index: int, number: Number, quantity: Quantity | None) -> tuple[list[Test], int] | None:
        """“more than 2 degrees [away] from its setpoint”: on either side of it."""
        at = index
        while self.has(at, "deviate", "det", "of") and not self.has(at, "qty"):
            at += 1
        if at == index or not self.has(at, "setpoint", "qty") or not self.has(index, "deviate"):
            return None
        if self.chunks[index].lower == "of" and not self._is_setpoint(at):
            return None  # "over 1000 ppm of CO2"
        other = cast("Quantity | None", self.chunks[at].get("qty"))
        self.used.update(range(index, at + 1))
        return [Test("!=", None, number.unit, quantity, self._is_setpoint(at), other, number.value)], at + 1

    def _near_setpoint(self, index: int, quantity: Quantity | None) -> tuple[list[Test], int] | None:
        """“within 1 degree of setpoint”."""
        if not (self.has(index, "in") and self.chunks[index].lower == "within" and self.has(index + 1, "num")):
            return None
        number = cast(Number, self.chunks[index + 1].get("num"))
        away = self._away(index + 2, number, quantity)
        if away is None:
            return None
        test = away[0][0]
        self.used.update((index, index + 1))
        return [
            replace(test, comparison=">=", offset=-number.value),
            replace(test, comparison="<=", offset=number.value),
        ], away[1]

    def _is_setpoint(self, index: int) -> bool:
        quantity = cast("Quantity | None", self.chunks[index].get("qty"))
        return self.chunks[index].has("setpoint") or (quantity is not None and quantity.tokens <= {"setpoint"})

    def adjective_quantity(self, chunk: Chunk) -> Quantity | None:
        word = chunk.lower.split()[0]
        for words, token in (
            (("warmer", "hotter", "colder", "cooler"), "temperature"),
            (("faster", "slower"), "speed"),
        ):
            if word in words:
                return Quantity(frozenset({token}), token)
        return None

    def _implied(self, number: Number) -> Quantity | None:
        """The quantity that a unit alone means."""
        names = {
            "°C": "temperature",
            "°F": "temperature",
            "ppm": "co",
            "kW": "power",
            "kWh": "energy",
            "mm/s": "vibration",
            "Pa": "pressure",
            "kPa": "pressure",
            "bar": "pressure",
            "V": "voltage",
            "A": "current",
            "rpm": "speed",
            "Hz": "frequency",
        }
        name = names.get(number.unit or "")
        return Quantity(frozenset({name}), name if name != "co" else "CO2") if name else None
