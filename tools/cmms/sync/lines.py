"""Labour and parts of an order of ours, each sent once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from graph_schema.errors import PlantroomError
from ingestion.orders.order import WorkOrder
from tools.cmms.outcomes import AnswerLost, MissingRight, Refused
from tools.cmms.port import Labor, PartUse
from tools.cmms.sync.record import Line
from tools.cmms.sync.sides import Sides

_NO = (Refused, MissingRight)


async def send_lines(sides: Sides, order: WorkOrder, vendor_id: str) -> Sequence[str]:
    """Those that were not sent before. What stands in the way, in sentences.

    A line whose answer was lost is looked for; where it cannot be seen to be there, a person has to look. Raises ``Unavailable``.
    """
    known = {one.line: one for one in await sides.record.lines(order.number)}
    problems = list[str]()
    for line in lines_of(order):
        before = known.get(line.key)
        if before is None:
            problems += await _send(sides, order.number, vendor_id, line)
        elif before.state == "sending":
            problems += await _look(sides, order.number, vendor_id, line, "Its answer was lost.")
        elif before.state != "sent":
            problems.append(_problem(before))
    return problems


async def _send(sides: Sides, number: str, vendor_id: str, line: Labor | PartUse) -> Sequence[str]:
    if not await sides.record.begin_line(number, line.key, said(line)):
        return []
    try:
        await (sides.cmms.add_labor if isinstance(line, Labor) else sides.cmms.add_parts)(vendor_id, line)  # pyright: ignore[reportArgumentType] - each takes its own
    except AnswerLost as error:
        return await _look(sides, number, vendor_id, line, str(error))
    except _NO as error:
        await sides.record.line_is(number, line.key, "refused", str(error))
        return [f"{said(line)} was not taken: {error}"]
    except PlantroomError:
        await sides.record.unline(number, line.key)
        raise
    await sides.record.line_is(number, line.key, "sent")
    return []


async def _look(sides: Sides, number: str, vendor_id: str, line: Labor | PartUse, why: str) -> Sequence[str]:
    if await sides.cmms.has_line(vendor_id, line):
        await sides.record.line_is(number, line.key, "sent")
        return []
    look = f"Look whether it is there, then: plantroom cmms settle {number} --line {line.key} --there, or --not-made."
    await sides.record.line_is(number, line.key, "lost", f"{why} {look}")
    return [f"{said(line)}: {why} {look}"]


def lines_of(order: WorkOrder) -> Sequence[Labor | PartUse]:
    """With keys that tell them apart: equal parts by how many of them came before."""
    labour = [
        Labor(_digest(f"L {order.number} {one.who} {one.minutes:g} {one.at.isoformat()}"), one.who or None, one.minutes, one.at)
        for one in order.labour
    ]  # fmt: skip
    before, parts = Counter[tuple[str, float]](), list[PartUse]()
    for one in order.parts:
        same = (one.part, one.quantity)
        parts.append(
            PartUse(_digest(f"P {order.number} {one.part} {one.quantity:g} {before[same]}"), one.part, one.quantity)
        )
        before[same] += 1
    return [*labour, *parts]


def said(line: Labor | PartUse) -> str:
    """As people read it."""
    if isinstance(line, PartUse):
        return f"{line.quantity:g} × {line.part}"
    return f"{line.minutes:g} min of {line.person or 'somebody'}"


def _digest(text: str) -> str:
    return f"PR-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _problem(line: Line) -> str:
    return f"{line.said}: {line.problem or line.state}"
