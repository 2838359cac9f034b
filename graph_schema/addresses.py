"""What other systems know a point by, and under which addresses of telemetry its readings may therefore arrive.

A reading's address is ``device/key``. What another system knows a point by (the id of a time series, a BACnet object) is reached

- as it stands, where it is ``device/key`` itself: ``123/analog-value,7`` is object ``analog-value,7`` of BACnet device 123;
- as a key of the device ``timeseries``, whatever it looks like: the one way that always works;
- where it is a UUID or has a slash in it, as a key of any device, and as a device with the key ``value``;
- where it is at least no mere word, in these two ways too, until the point's readings have come under some address.

The address that a point's readings came under first becomes its ``source``: its history is kept under it, and what arrives under
the others goes there too. Until then its source is what the model says, or nothing.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

TIMESERIES = "timeseries"
"""The device under which every address of a point is a key."""
VALUE = "value"
"""The key under which a device that is called like an address tells the value."""

_UUID = re.compile(r"(?:urn:uuid:)?([0-9a-f]{8}([_-]?)[0-9a-f]{4}(?:\2[0-9a-f]{4}){2}\2[0-9a-f]{12})", re.IGNORECASE)
_LEAST = 4  # shorter ones are keys that many devices have


@dataclass(frozen=True, slots=True)
class Addressed:
    """A point as far as its addresses go."""

    id: str
    source: str | None
    addresses: Sequence[str] = ()

    @property
    def is_settled(self) -> bool:
        """Whether its source is an address that readings can have."""
        return self.source is not None and "/" in self.source


Way = Literal["address", "series", "nothing"]
"""How a point's readings reach it: at an address of telemetry, by the id of a time series or the like, or not at all."""


def way(known_as: Sequence[str]) -> Way:
    """``known_as``: its source and its addresses, the most important first."""
    if not known_as:
        return "nothing"
    return "address" if "/" in known_as[0] and not known_as[0].startswith("/") else "series"


class AddressBook:
    """The points of a plant by all that they can be reached under. What two points claim reaches neither."""

    def __init__(self, points: Iterable[Addressed] = ()) -> None:
        self._points: dict[str, Addressed] = {}
        self._sources: set[str] = set()
        self._exact: _Claims = {}
        self._unmistakable: _Claims = {}
        self._likely: _Claims = {}
        self.unsettled: set[str] = set()
        """Points that no reading has come to so far, by id."""
        for point in points:
            self._enter(point)

    def _enter(self, point: Addressed) -> None:
        self._points[point.id] = point
        if point.source:
            self._sources.add(point.source)
        if not point.is_settled:
            self.unsettled.add(point.id)
        known_as: list[str] = [*([point.source] if point.source else []), *point.addresses]
        for address in dict.fromkeys(known_as):
            _claim(self._exact, address, point.id)
            if uuid := as_uuid(address):
                _claim(self._unmistakable, uuid, point.id)
            elif "/" in address and address in point.addresses:
                _claim(self._unmistakable, address, point.id)
            elif is_telling(address) and not point.is_settled:
                _claim(self._likely, address, point.id)

    def __bool__(self) -> bool:
        """Whether anything can arrive under another address than its point's source."""
        return bool(self._unmistakable or self._likely or self._exact.keys() - self._sources)

    def owner(self, address: str) -> Addressed | None:
        """The point that a reading at this address is of. None where the address is itself the source of one."""
        if address in self._sources and "/" in address:
            return None
        device, _, key = address.partition("/")
        found = self._exact.get(address)
        if found is None and device == TIMESERIES:
            found = self._exact.get(key) or self._unmistakable.get(as_uuid(key) or "")
        for word in (key, device) if key == VALUE else (key,):
            found = found or self._unmistakable.get(as_uuid(word) or word) or self._first_of(word)
        return self._points[found] if found else None

    def _first_of(self, word: str) -> str | None:
        found = self._likely.get(word)
        return found if found in self.unsettled else None

    def first_addresses(self, addresses: Iterable[str]) -> dict[str, str]:
        """By the id of each point that no reading has come to so far, the first of these addresses that is its."""
        found: dict[str, str] = {}
        if self.unsettled:
            for address in addresses:
                if (owner := self.owner(address)) and owner.id in self.unsettled:
                    found.setdefault(owner.id, address)
        return found

    def settle(self, id_: str, source: str) -> None:
        """From now on this is where the point's readings are kept."""
        self._points[id_] = replace(self._points[id_], source=source)
        self._sources.add(source)
        self.unsettled.discard(id_)


_Claims = dict[str, str | None]


def _claim(claims: _Claims, address: str, point: str) -> None:
    claims[address] = point if claims.get(address, point) == point else None


def as_uuid(text: str) -> str | None:
    """A UUID in the one way in which it is compared: its 32 digits."""
    found = _UUID.fullmatch(text)
    return re.sub("[_-]", "", found[1]).lower() if found else None


def is_telling(address: str) -> bool:
    """Whether it is more than a word that any device might use as a key."""
    return len(address) >= _LEAST and not address.isalpha()


def reaches(address: str, source: str | None, addresses: Sequence[str]) -> bool:
    """Whether what arrives at ``address`` may be of a point of this source and these addresses."""
    return AddressBook([Addressed("it", source, addresses)]).owner(address) is not None
