"""Readings that arrive under another address of their point than its source, put where its history is."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from graph_schema.addresses import AddressBook, Addressed
from ingestion.decoding.messages import Decode, Decoded

_MOST = 100_000  # addresses that are remembered; beyond, they are looked up anew


class Addressing:
    """``stated`` are the units that maps and births state, by the address under which values arrive."""

    def __init__(self, stated: Mapping[str, str]) -> None:
        self._stated = stated
        self._book = AddressBook()
        self._found: dict[str, str] = {}

    def learn(self, points: Iterable[Addressed]) -> None:
        self._book = AddressBook(points)
        self._found = {}

    def resolving(self, decode: Decode) -> Decode:
        """The same decoder, with its readings under the sources of their points."""

        def resolved(topic: str, payload: bytes, received_at: int) -> Decoded:
            decoded = decode(topic, payload, received_at)
            return self.resolve(decoded) if self._book and decoded.readings else decoded

        return resolved

    def resolve(self, decoded: Decoded) -> Decoded:
        arrived = [reading.source for reading in decoded.readings]
        sources = [self.source_of(address) for address in arrived]
        if sources == arrived:
            return decoded
        readings = [
            reading if reading.source == source else replace(reading, source=source)
            for reading, source in zip(decoded.readings, sources, strict=True)
        ]
        booleans = frozenset(map(self.source_of, decoded.booleans))
        return replace(decoded, readings=readings, units=self._units(decoded, arrived, sources), booleans=booleans)

    def source_of(self, address: str) -> str:
        """Where readings that arrive under this address have their history."""
        return self._found.get(address) or self._look_up(address)

    def _units(self, decoded: Decoded, arrived: Sequence[str], sources: Sequence[str]) -> Mapping[str, str] | None:
        units = dict(decoded.units or {})
        for address, source in zip(arrived, sources, strict=True):
            if source != address and (unit := units.pop(address, None) or self._stated.get(address)):
                units[source] = unit
        return units or None

    def _look_up(self, address: str) -> str:
        """A point that no reading has come to yet takes the address for its source: that is for the projection to write."""
        owner = self._book.owner(address)
        source = owner.source if owner and owner.is_settled and owner.source else address
        if len(self._found) >= _MOST:
            self._found = {}
        self._found[address] = source
        return source
