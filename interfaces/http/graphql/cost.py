"""What a query may cost at most, known before it runs: each list counts as many as it may hold, times what stands in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphql import (
    ASTValidationRule,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    VariableNode,
)

MOST = 5_000
"""Objects that an answer may hold."""
FIRST, MOST_FIRST = 20, 100
"""Of a list: how many when nothing is said, and at most."""
_DEPTH = 40

Fragments = Mapping[str, FragmentDefinitionNode]


class CostRule(ASTValidationRule):
    """Refuses a document of which an operation may hold more than ``MOST`` objects."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        definitions = context.document.definitions
        fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
        for one in definitions:
            if isinstance(one, OperationDefinitionNode):
                found = cost_of(one.selection_set, fragments)
                if found > MOST:
                    said = f"This could return {found:,} objects, more than {MOST:,}. Ask for fewer: a smaller first, or fewer lists within lists."
                    context.report_error(GraphQLError(said))


def cost_of(selected: SelectionSetNode | None, fragments: Fragments, depth: int = 0) -> int:
    """How many objects a selection may hold. A variable counts as the most that it can be."""
    if selected is None:
        return 0
    if depth > _DEPTH:  # fragments that lead back to themselves; another rule says so
        return MOST + 1
    total = 0
    for field in _fields(selected, fragments, depth):
        if field.selection_set is not None:
            within = cost_of(field.selection_set, fragments, depth + 1)
            total += (_first(field) or 1) * (1 + within)
            if total > MOST**2:
                return total
    return total


def _fields(selected: SelectionSetNode, fragments: Fragments, depth: int) -> Iterator[FieldNode]:
    for one in selected.selections:
        if isinstance(one, FieldNode):
            yield one
        elif depth > _DEPTH:
            return
        elif isinstance(one, InlineFragmentNode):
            yield from _fields(one.selection_set, fragments, depth + 1)
        elif isinstance(one, FragmentSpreadNode) and one.name.value in fragments:
            yield from _fields(fragments[one.name.value].selection_set, fragments, depth + 1)


_LISTS = frozenset({"assets", "points", "readings", "alarms", "orders", "parts", "feeds", "fedBy"})


def _first(field: FieldNode) -> int | None:
    """How many the list holds at most; None of what is no list."""
    if field.name.value not in _LISTS:
        return None
    for argument in field.arguments or ():
        if argument.name.value == "first":
            if isinstance(argument.value, IntValueNode):
                return min(max(int(argument.value.value), 1), MOST_FIRST)
            if isinstance(argument.value, VariableNode):
                return MOST_FIRST
    return FIRST
