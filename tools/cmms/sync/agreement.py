"""One order that both sides have: what changed here goes there, what changed there comes here, what changed on both is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from graph_schema.errors import InvalidInput
from ingestion.orders.order import Priority, Status, WorkOrder
from tools.cmms.outcomes import MissingRight, Refused
from tools.cmms.port import Amendment, VendorOrder
from tools.cmms.sync.creation import title_of
from tools.cmms.sync.lines import send_lines
from tools.cmms.sync.record import Link
from tools.cmms.sync.sides import Sides
from tools.cmms.sync.values import (
    PRIORITIES,
    STATUSES,
    Values,
    as_made,
    changes_of,
    merged,
    values_of,
    vendor_values_of,
)

_AMENDED = ("title", "description", "priority", "due")
_NO = (Refused, MissingRight)


@dataclass(slots=True)
class _State:
    """What both sides held when they were last the same, and what stands in the way."""

    ours: dict[str, str | None]
    theirs: dict[str, str | None]
    refused: dict[str, str | None]
    problems: list[str] = field(default_factory=list[str])


async def agreed(sides: Sides, link: Link, order: WorkOrder, read: VendorOrder) -> str | None:
    """Bring both to the same. What stands in the way, in sentences; None where nothing does.

    Raises ``Unavailable`` or ``AnswerLost`` where the rest has to wait for another time: what was done by then is kept, and what came of the rest
    is read then.
    """
    ours, theirs = values_of(order, title_of(order)), vendor_values_of(read)
    before = link.theirs or as_made(theirs)
    merge = merged(link.ours, before, ours, theirs)
    state = _State(dict(link.ours), dict(before), dict(link.refused))
    for name in merge.conflicts:
        conflict = await sides.record.conflict(link, name, ours, theirs, sides.clock())
        state.problems.append(f"{name} changed on both sides ({conflict.name}): plantroom cmms conflicts.")
    for name in merge.same:
        state.ours[name], state.theirs[name] = ours.get(name), theirs.get(name)
    over = [one.field for one in await sides.record.conflicts(link.number) if one.field not in merge.conflicts]
    await sides.record.settle_same(link.number, over, sides.clock())
    order = await _pulled(sides, order, read, sorted(merge.pull), state, theirs)
    await _keep(sides, link, state)
    await _pushed(sides, link, read, sorted(merge.push), state, ours)
    state.problems += await send_lines(sides, order, read.id)
    return " ".join(state.problems) or None


async def _pulled(
    sides: Sides, order: WorkOrder, read: VendorOrder, names: Sequence[str], state: _State, theirs: Values
) -> WorkOrder:
    """What changed there, and always the vendor's own number and word."""
    changes = changes_of({name: theirs.get(name) for name in names}, read)
    changes |= {"vendor": sides.record.vendor, "vendor_number": read.number, "vendor_status": read.vendor_status}
    if read.remark and not order.remark:
        changes["remark"] = read.remark
    if read.code and not order.code:
        changes["code"] = read.code
    try:
        changed = await sides.orders.change(order.number, _storable(changes), sides.title, sides.clock())
    except InvalidInput as error:
        state.problems.append(f"What changed in {sides.title} cannot be kept here: {error}")
        return order
    now = values_of(changed, title_of(changed))
    for name in names:
        state.ours[name], state.theirs[name] = now.get(name), theirs.get(name)
        state.refused.pop(name, None)
    return changed


async def _pushed(
    sides: Sides, link: Link, read: VendorOrder, names: Sequence[str], state: _State, ours: Values
) -> None:
    """A person before the rest, and the status last: what is over takes no more changes in some systems."""
    fresh = [name for name in names if state.refused.get(name, ...) != ours.get(name)]
    state.problems += [
        f"{sides.title} did not take {name} “{ours.get(name)}”." for name in names if name not in fresh
    ]  # fmt: skip
    for step in (("assignee",), _AMENDED, ("status",)):
        some = [name for name in step if name in fresh]
        if not some:
            continue
        try:
            after = vendor_values_of(await _write(sides, read.id, some, ours))
        except _NO as error:
            state.refused |= {name: ours.get(name) for name in some}
            state.problems.append(str(error))
        else:
            for name in some:
                state.ours[name], state.theirs[name] = ours.get(name), after.get(name)
                state.refused.pop(name, None)
        await _keep(sides, link, state)


async def _write(sides: Sides, id_: str, names: Sequence[str], ours: Values) -> VendorOrder:
    if names == ["assignee"]:
        return await sides.cmms.assign(id_, ours.get("assignee"))
    if names == ["status"]:
        return await sides.cmms.set_status(id_, _status(ours), None)
    given = {name: ours.get(name) for name in names}
    due = given.get("due")
    what = Amendment(
        given.get("title"), given.get("description"), _priority(given), datetime.fromisoformat(due) if due else None
    )
    return await sides.cmms.amend(id_, what)


async def _keep(sides: Sides, link: Link, state: _State) -> None:
    await sides.record.agree(link.number, state.ours, state.theirs, state.refused)


def _status(values: Values) -> Status:
    found = values.get("status")
    assert found in STATUSES
    return found  # pyright: ignore[reportReturnType] - it is one of them


def _priority(values: Values) -> Priority | None:
    found = values.get("priority")
    return found if found in PRIORITIES else None  # pyright: ignore[reportReturnType] - it is one of them


_LONGEST = 4_000


def _storable(changes: dict[str, object]) -> dict[str, object]:
    """As our record takes texts."""
    return {name: one.replace("\0", "")[:_LONGEST] if isinstance(one, str) else one for name, one in changes.items()}
