"""Each maintenance system on this machine, and the port to it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from tests.tools.cmms.loopback.atlas import AtlasServer
from tests.tools.cmms.loopback.fiix import SITE as FIIX_SITE
from tests.tools.cmms.loopback.fiix import FiixServer
from tests.tools.cmms.loopback.maintainx import MaintainXServer
from tests.tools.cmms.loopback.maximo import SITE, MaximoServer
from tests.tools.cmms.loopback.server import KEY, Vendor, serving
from tests.tools.cmms.loopback.upkeep import UpKeepServer
from tools.cmms.access import Access
from tools.cmms.connection import Timeouts
from tools.cmms.port import Cmms
from tools.cmms.vendors import vendor_of

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)


async def at_once(seconds: float) -> None:
    """Waiting that takes no time."""
    del seconds


@dataclass(frozen=True)
class Kind:
    """How a vendor is set up; ``asset`` is one that it has, by its id, with the ``row`` that its server shows."""

    server: Callable[[], Any]
    path: str
    asset: str
    row: dict[str, Any]
    settings: dict[str, Any]


KINDS = {
    "atlas": Kind(AtlasServer, "", "12", {"id": 12, "name": "AHU-1", "customId": "A000012"}, {}),
    "maximo": Kind(
        MaximoServer,
        "/maximo",
        "AHU1",
        {"assetnum": "AHU1", "description": "AHU-1", "siteid": SITE},
        {"site": SITE},
    ),
    "maintainx": Kind(MaintainXServer, "/v1", "12", {"id": 12, "name": "AHU-1", "serialNumber": "S-12"}, {}),
    "upkeep": Kind(
        UpKeepServer, "/api/v2", "a12", {"id": "a12", "name": "AHU-1", "serial": "S-12"}, {"user": "ann@example.org"}
    ),
    "fiix": Kind(
        FiixServer,
        "",
        "12",
        {"id": 12, "strName": "AHU-1", "strCode": "A-12", "intSiteID": FIIX_SITE},
        {"site": str(FIIX_SITE), "app_key": SecretStr("macmmsackp1"), "user": "macmmsaakp1"},
    ),
}


@dataclass(frozen=True)
class Place:
    """A vendor's server and how it is reached."""

    kind: Kind
    server: Any
    access: Access

    def open(self, **changes: Any) -> AbstractAsyncContextManager[Cmms]:
        access = replace(self.access, **changes)
        return vendor_of(access).open(access)


@pytest.fixture
async def place(vendor: str) -> AsyncGenerator[Place]:
    """A test or its module says which ``vendor``."""
    kind = KINDS[vendor]
    server: Vendor = kind.server()
    server.assets.append(dict(kind.row))
    async with serving(server.app(), server) as url:  # pyright: ignore[reportAttributeAccessIssue]
        access = Access(
            vendor,
            f"{url}{kind.path}",
            SecretStr(KEY),
            clock=lambda: NOW,
            sleep=at_once,
            timeouts=Timeouts(5, 20),
            **kind.settings,
        )
        yield Place(kind, server, access)


@pytest.fixture
async def cmms(place: Place) -> AsyncGenerator[Cmms]:
    async with place.open() as opened:
        yield opened
