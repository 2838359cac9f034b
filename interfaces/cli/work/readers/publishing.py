"""What every reader does with what it reads: show it, publish it once, or go on publishing."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

from graph_schema.errors import PlantroomError
from ingestion.device.client import open_device_client
from ingestion.readers.outlets import BrokerOutlet
from ingestion.readers.sample import Outlet, Sample
from interfaces.app.web_server import background, until_stopped
from interfaces.cli.payloads import plain
from interfaces.embedded.servers import open_broker
from interfaces.local.operation import Desk

_CONFIRMED_WITHIN_S = 30.0


class NotAllRead(PlantroomError):
    """Not everything could be read."""


def show(desk: Desk, samples: Sequence[Sample]) -> None:
    """Values as they would be published. Raises a group of ``NotAllRead`` for what was not read."""
    for sample in samples:
        at = datetime.fromtimestamp(sample.at / 1000, UTC).isoformat(" ", "seconds").removesuffix("+00:00")
        desk.out.print(plain(f"{sample.device}  {at}Z"), markup=False, soft_wrap=True)
        for key, value in sample.values.items():
            unit = sample.units.get(key)
            line = f"  {key}  {_told(value)}{f' {unit}' if unit and value is not None else ''}"
            desk.out.print(plain(line), markup=False, soft_wrap=True)
    _account(samples)


async def publish_once(desk: Desk, samples: Sequence[Sample]) -> None:
    """Publish, and wait until history has it. Raises ``Unavailable`` where nobody confirms, as ``show`` does
    for what was not read."""
    async with open_broker(desk.settings, desk.report) as broker, open_device_client(broker) as client:
        outlet = BrokerOutlet(client)
        for sample in samples:
            await outlet.send(sample)
        await client.drain(_CONFIRMED_WITHIN_S)
    values = sum(len(sample.values) for sample in samples)
    desk.out.print(f"{values:,} values of {len(samples):,} devices are in history.", markup=False, soft_wrap=True)
    _account(samples)


async def publish(desk: Desk, names: str, reading: Callable[[Outlet], Coroutine[Any, Any, None]]) -> None:
    """Until Ctrl-C. A broker that is away is waited for."""
    async with (
        open_broker(desk.settings, desk.report) as broker,
        open_device_client(broker, client_id="plantroom-reader", patience_s=None) as client,
        background(reading(BrokerOutlet(client))),
    ):
        desk.report(f"Reading {plain(names)} (Ctrl-C stops)")
        await until_stopped()


def _told(value: object) -> str:
    match value:
        case None:
            return "no value"
        case bool():
            return "on" if value else "off"
        case float():
            return f"{value:.10g}"
        case _:
            return str(value)


def _account(samples: Sequence[Sample]) -> None:
    if faults := [f"{sample.device}: {fault}" for sample in samples for fault in sample.faults.values()]:
        raise ExceptionGroup("not all is read", [NotAllRead(plain(fault)) for fault in faults])
