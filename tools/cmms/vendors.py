"""The maintenance systems that there are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial

from graph_schema.errors import InvalidInput
from tools.cmms import atlas, maintainx, maximo
from tools.cmms.access import Access
from tools.cmms.port import Cmms
from tools.cmms.rest import rest
from tools.cmms.rest.description import READY, description_of
from tools.cmms.webhooks import Hook

NAMES = ("atlas", "maximo", "maintainx", *READY, "rest")


@dataclass(frozen=True, slots=True)
class Vendor:
    """``cannot`` are sentences; ``hook`` is None where its webhooks cannot be told from anybody's."""

    name: str
    title: str
    cannot: tuple[str, ...]
    open: Callable[[Access], AbstractAsyncContextManager[Cmms]]
    hook: Hook | None


_OWN = {
    "atlas": Vendor(
        "atlas",
        atlas.NAME,
        atlas.CANNOT,
        atlas.open_atlas,
        Hook("x-webhook-signature", "hmac-hex", atlas.order_in_hook),
    ),
    "maximo": Vendor(
        "maximo",
        maximo.NAME,
        maximo.CANNOT,
        maximo.open_maximo,
        Hook("x-plantroom-secret", "token", maximo.order_in_hook),
    ),
    "maintainx": Vendor(
        "maintainx",
        maintainx.NAME,
        maintainx.CANNOT,
        maintainx.open_maintainx,
        Hook("x-maintainx-webhook-body-signature", "timed", maintainx.order_in_hook),
    ),
}


def vendor_of(access: Access) -> Vendor:
    """Raises ``InvalidInput`` for one that there is not, and for a description with a mistake."""
    if access.vendor in _OWN:
        return _OWN[access.vendor]
    if access.vendor not in NAMES:
        raise InvalidInput(f"There is no maintenance system “{access.vendor[:40]}”. There are: {', '.join(NAMES)}.")
    described = description_of(access.vendor, access.file)
    hook = described.hook
    signed = hook and Hook(hook.header, hook.form, partial(rest.order_in_hook, described))
    return Vendor(access.vendor, described.name, described.cannot, rest.open_rest, signed)
