"""Whether a change that was taken without an error was made."""

from __future__ import annotations

from tools.cmms.outcomes import NotMade
from tools.cmms.port import VendorOrder
from tools.cmms.reading import same_text


def confirm(order: VendorOrder, field: str, wanted: str | None, name: str) -> VendorOrder:
    """The order as it was read after a change. Raises ``NotMade`` where ``field`` is not what was asked for."""
    held: str | None = getattr(order, field)
    if same_text(held, wanted):
        return order
    raise NotMade(
        f"{name} took the change of {field} without an error and did not make it: {order.number} still has "
        f"{_said(order, field, held)} instead of {_words(wanted)}. A rule of the site may forbid it."
    )


def _said(order: VendorOrder, field: str, held: str | None) -> str:
    return f"“{order.vendor_status}”" if field == "status" else _words(held)


def _words(value: str | None) -> str:
    return f"“{value.replace('_', ' ')}”" if value else "none"
