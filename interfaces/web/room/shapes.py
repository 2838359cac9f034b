"""How a class of equipment is drawn: the client's drawings, chosen by class, and the size the twin library gives."""

from collections.abc import Set as AbstractSet
from typing import Protocol

from graph_schema.ontology.twin import Twin
from interfaces.web.room.layout import Size
from interfaces.web.room.messages import Drawing

OTHER: tuple[Drawing, Size] = ("box", (1.2, 1.0, 1.2))

# The first class at or above an asset's own decides; what is not here is drawn by the form in the twin library.
DRAWN: tuple[tuple[str, Drawing], ...] = (
    ("RTU", "rooftop_unit"),
    ("Condensing_Unit", "rooftop_unit"),
    ("FCU", "fan_coil"),
    ("CRAC", "panel"),
    ("CRAH", "panel"),
    ("AHU", "ahu"),
    ("Chiller", "chiller"),
    ("Boiler", "boiler"),
    ("Cooling_Tower", "tower"),
    ("Terminal_Unit", "vav"),
    ("Damper", "damper"),
    ("Filter", "filter"),
    ("Coil", "coil"),
    ("Heat_Exchanger", "heat_exchanger"),
    ("Meter", "meter"),
    ("Transformer", "transformer"),
    ("Emergency_Generator", "generator"),
    ("Generator", "generator"),
    ("Compressor", "motor"),
    ("Motor", "motor"),
    ("PV_Panel", "solar"),
    ("PV_Array", "solar"),
    ("Pump", "pump"),
    ("Fan", "fan"),
    ("Valve", "valve"),
    ("Streetlight_Circuit", "pole"),
)


class Classes(Protocol):
    """What is needed of the ontology."""

    def ancestors(self, name: str) -> AbstractSet[str]: ...

    def twin(self, name: str) -> Twin | None: ...


def shape_of(classes: Classes, class_: str | None) -> tuple[Drawing, Size]:
    """The drawing of a class and its width, depth and height in metres."""
    if class_ is None:
        return OTHER
    above = classes.ancestors(class_)
    twin = classes.twin(class_)
    form, size = (twin.shape.form, twin.shape.size) if twin else OTHER
    for name, drawing in DRAWN:
        if name in above:
            return drawing, size
    return form, size
