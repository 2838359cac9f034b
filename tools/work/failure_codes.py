"""From what somebody says had failed to a code that the failure models learn from, and which codes are likely for an asset."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from forecasting.failures.labels import CODES, NOTHING_FOUND, ClosedOrder, Verdict, verdict
from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import Ontology
from graph_schema.ontology.twin import FailureMode
from ingestion.orders.order import WorkOrder

_MODES = frozenset(mode for mode in CODES.values() if mode)
_ANY = datetime(2000, 1, 1, tzinfo=UTC)
_WORK = ("REPAIR", "SERVICE", "CHECK")


def likely(ontology: Ontology, class_: str | None) -> Sequence[FailureMode]:
    """The failure modes (ISO 14224) that are typical of a class."""
    twin = ontology.twin(class_) if class_ else None
    return twin.failure_modes if twin else ()


def code_of(told: str, ontology: Ontology, class_: str | None) -> str:
    """The code of a failure mode by its code or its name, else the site's own code. Raises ``InvalidInput`` that lists the likely ones."""
    wanted = " ".join(told.split())
    modes = likely(ontology, class_)
    for mode in modes:
        if wanted.casefold() in (mode.code.casefold(), mode.name.casefold()):
            return mode.code
    code = wanted.upper()
    if code in _MODES or _is_known(code):
        return code
    alike = [mode for mode in modes if wanted.casefold() in mode.name.casefold()]
    if len(alike) == 1:
        return alike[0].code
    raise InvalidInput(f"“{told[:40]}” is no code that is known. {choices(ontology, class_)}")


def asks_for_code(order: WorkOrder) -> bool:
    """Whether closing it has to say what had failed: after a failure, a forecast or an alarm, not after planned work."""
    return not order.planned or order.kind == "predictive" or order.source in ("forecast", "alarm")


def choices(ontology: Ontology, class_: str | None) -> str:
    """Which codes are likely, in a sentence."""
    modes = "; ".join(f"{mode.code} ({mode.name})" for mode in likely(ontology, class_))
    likely_ones = f"Likely here: {modes}. " if modes else ""
    return (
        f"{likely_ones}Any failure mode of ISO 14224 is taken, {', '.join(_WORK)} for work where nothing had failed, "
        f"and {NOTHING_FOUND} where nothing was wrong."
    )


def _is_known(code: str) -> bool:
    """Whether a failure model can tell what it is: verdicts need an order, of which only the code counts here."""
    return verdict(ClosedOrder("", _ANY, planned=False, code=code))[0] is not Verdict.UNCLEAR
