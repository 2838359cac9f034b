"""``plantroom export model``."""

from graph_schema.errors import InvalidInput
from graph_schema.exporters.brick import brick_turtle
from graph_schema.store.described_plant import described_plant
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation


@operation()
async def model(desk: Desk, output: str, plant: str | None) -> None:
    found = await described_plant(desk.app.graph, plant)
    try:
        await desk.person.keep(output, brick_turtle(found, desk.app.ontology).encode())
    except OSError as error:
        raise InvalidInput(f"The model cannot be written to {output}: {error.strerror}.") from error
    told = f"{found.name}: {len(found.entities):,} entities and {len(found.relations):,} relations are in {output}."
    desk.out.print(plain(told), markup=False, soft_wrap=True)
