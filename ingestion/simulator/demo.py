"""Riverside Campus, and what is wrong with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

from ingestion.simulator.faults import Fault


def demo_plant_file() -> Path:
    """The plant file of the demo."""
    return Path(str(files("ingestion.simulator").joinpath("demo_plant.yaml")))


@dataclass(frozen=True, slots=True)
class DemoFault:
    """A fault that began some time before now."""

    name: str
    asset: str
    age: timedelta
    severity: float = 1.0


DEMO_FAULTS = (
    DemoFault("filter_clogging", "ahu-2", timedelta(days=9), 0.8),
    DemoFault("bearing_wear", "chwp-2", timedelta(days=16), 0.9),
    DemoFault("stuck_damper", "vav-202", timedelta(days=2)),
    DemoFault("communication_loss", "compressor-1", timedelta(hours=6)),
)


def demo_faults(now: datetime) -> list[Fault]:
    return [Fault(fault.name, fault.asset, now - fault.age, severity=fault.severity) for fault in DEMO_FAULTS]
