"""What it takes to reach one maintenance system, as the settings state it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from graph_schema.errors import InvalidInput
from ingestion.orders.order import Priority, Status
from ingestion.reading import Clock, wall_clock
from tools.cmms.connection import NORMAL, Connection, Signed, Sleep, Timeouts, open_connection
from tools.cmms.outcomes import CannotExpress

_NOTHING = SecretStr("")


@dataclass(frozen=True, slots=True)
class Access:
    """``vendor`` is a name of ``vendors.VENDORS``. ``key_field`` is a field of the vendor's orders that carries our key, by its id or name;
    without one the description carries it. ``statuses`` and
    ``priorities`` are the vendor's own words for ours, where a site has others. ``file``
    describes a vendor of the kind ``rest``."""

    vendor: str
    url: str
    key: SecretStr = _NOTHING
    user: str = ""
    app_key: SecretStr = _NOTHING
    site: str = ""
    key_field: str = ""
    statuses: Mapping[Status, str] = field(default_factory=dict[Status, str])
    priorities: Mapping[Priority, str] = field(default_factory=dict[Priority, str])
    ca_file: Path | None = None
    file: Path | None = None
    timeouts: Timeouts = NORMAL
    clock: Clock = wall_clock
    sleep: Sleep = asyncio.sleep

    @asynccontextmanager
    async def connected(
        self, name: str, headers: Mapping[str, str], sign: Signed | None = None
    ) -> AsyncGenerator[Connection]:
        ca_file = str(self.ca_file) if self.ca_file else None
        async with open_connection(
            self.url, name, headers, self.timeouts, ca_file, self.clock, self.sleep, sign
        ) as connection:
            yield connection

    def needed_key(self, name: str) -> str:
        """Raises ``InvalidInput`` where there is none."""
        if not self.key.get_secret_value():
            raise InvalidInput(f"{name} needs a key: set PLANTROOM_CMMS_KEY.")
        return self.key.get_secret_value()


def word_for(status: Status, usual: Mapping[Status, str], access: Access, name: str) -> str:
    """The vendor's word for a status of ours. Raises ``CannotExpress`` where it has none."""
    word = access.statuses.get(status) or usual.get(status)
    if word is None:
        raise CannotExpress(
            f"{name} has no status that means {status.replace('_', ' ')}; settle the order there, or set PLANTROOM_CMMS_STATUSES."
        )
    return word


def meaning_of(word: str, usual: Mapping[str, Status], access: Access) -> Status | None:
    """Our status for the vendor's word."""
    own: dict[str, Status] = {theirs.upper(): ours for ours, theirs in access.statuses.items()}
    return own.get(word.upper()) or usual.get(word.upper())
