"""What the 3D pane draws, and what it is told while it is open: the contract with the TypeScript client.

Lengths are metres in the plant's own frame: x east, y north, z up. A box is given by its corner with the smallest
coordinates and its size along x (w), y (d) and z (h); equipment stands on ``position``, the middle of its foot.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, RootModel

from graph_schema.model import Status
from graph_schema.question import Value

Drawing = Literal[
    "box", "cylinder", "sphere", "tank", "tower", "fan", "pump", "coil", "valve", "panel", "pole",
    "ahu", "rooftop_unit", "chiller", "boiler", "motor", "vav", "fan_coil", "damper", "filter", "heat_exchanger", "meter",
    "transformer", "generator", "solar",
]  # fmt: skip
"""The shapes that the client can draw; the first line are the forms of the twin library."""

PlaceKind = Literal["Building", "Floor", "Space", "Area"]


class Wire(Value):
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Box(Wire):
    x: float
    y: float
    z: float
    w: float
    d: float
    h: float


class SceneReading(Wire):
    """A point's latest value in words, as a tooltip shows it: "Supply air temperature", "12.4 °C"."""

    label: str
    text: str
    status: Status
    at: int | None = Field(description="when it was read, epoch milliseconds")


class ScenePlace(Wire):
    """``Area`` is not in the plant: it holds equipment whose place is not known."""

    id: str
    name: str
    kind: PlaceKind
    parent: str | None
    level: int | None
    box: Box
    status: Status
    readings: list[SceneReading]


class SceneAsset(Wire):
    id: str
    name: str
    class_: str | None = Field(serialization_alias="class")
    shape: Drawing
    whole: str | None = Field(description="id of the equipment it is part of")
    place: str | None = Field(description="name of the room, floor or building it is in")
    floor: str | None = Field(description="id of the floor it is drawn on")
    position: tuple[float, float, float]
    size: tuple[float, float, float]
    status: Status
    critical: bool = Field(description="important enough to be labelled at all times")
    readings: list[SceneReading]


class SceneConnection(Wire):
    start: str
    end: str
    medium: str | None


class SceneModel(Wire):
    """``version`` changes with every load of the plant; ``at`` is epoch milliseconds."""

    name: str
    version: int
    at: int
    places: list[ScenePlace]
    assets: list[SceneAsset]
    connections: list[SceneConnection]


class ThingState(Wire):
    id: str
    status: Status
    readings: list[SceneReading]


class AwayStore(Wire):
    title: str
    since: int = Field(description="epoch milliseconds")


class StateMessage(Wire):
    """Once a second: the things whose state changed since the last message, and how the plant as a whole does."""

    type: Literal["state"] = "state"
    at: int
    changed: list[ThingState]
    points_per_second: float
    alarms: int = Field(description="assets in alarm, as recorded: with deadband and delays, and until it is cleared")
    warnings: int = Field(description="assets that are in warning and not in alarm")
    silent: int = Field(description="assets whose alarm stands while the point that raised it sends nothing")
    newest: int | None = Field(description="when the newest reading was taken, epoch milliseconds")
    away: list[AwayStore] = Field(description="the stores that do not answer: what is shown is from before")


class HighlightMessage(Wire):
    """Mark these things and no others; fly to ``focus``, or to all of them."""

    type: Literal["highlight"] = "highlight"
    ids: list[str]
    focus: str | None = None


class ReloadMessage(Wire):
    """The plant itself changed: fetch the scene again."""

    type: Literal["reload"] = "reload"


class LiveMessage(RootModel[Annotated[StateMessage | HighlightMessage | ReloadMessage, Field(discriminator="type")]]):
    pass
