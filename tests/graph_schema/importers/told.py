"""What an importer read, in the forms that tests look at."""

from collections.abc import Callable

from graph_schema.model import Entity, Plant

Model = Callable[[str], Plant]


def things(plant: Plant) -> dict[str, Entity]:
    return {entity.id: entity for entity in plant.entities}


def names(plant: Plant) -> dict[str, str]:
    return {entity.id: entity.name for entity in plant.entities}


def relations(plant: Plant) -> set[tuple[str, str, str]]:
    return {(relation.start, relation.kind, relation.end) for relation in plant.relations}


def reasons(plant: Plant) -> str:
    return "\n".join(f"{finding.subject}: {finding.reason}" for finding in plant.findings)
