"""What a query may cost at most, known before it runs: each list counts as many as it may hold, times what stands in each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    ASTValidationRule,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValidationContext,
    VariableNode,
)

MOST = 5_000
"""Objects that an answer may hold."""
DEEPEST, MOST_ALIASES = 8, 15
FIRST, MOST_FIRST = 20, 100
"""Of a list: how many when nothing is said, and at most."""
_DEEPEST_READ = 40
_ENOUGH = 10**9


@dataclass(frozen=True, slots=True)
class Cost:
    """``objects`` that an answer may hold, how ``deep`` they stand in each other, and how many ``aliases`` are written."""

    objects: int = 0
    deep: int = 0
    aliases: int = 0

    def too_much(self) -> Iterator[str]:
        """Sentences; none where it may run."""
        if self.deep > DEEPEST:
            yield f"This has a depth of more than {DEEPEST}. Ask for less within each other, and for the rest by its id."
        if self.aliases > MOST_ALIASES:
            yield f"This has {self.aliases:,} aliases, more than {MOST_ALIASES}. Ask in more than one query."
        if self.objects > MOST:
            yield f"This could return {self.objects:,} objects, more than {MOST:,}. Ask for fewer: a smaller first, or fewer lists within lists."


TOO_MUCH = Cost(MOST + 1, DEEPEST + 1)


class CostRule(ASTValidationRule):
    """Refuses a document of which an operation costs too much."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        definitions = context.document.definitions
        fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
        costs = _Costs(fragments, _lists(context.schema))
        for one in definitions:
            if isinstance(one, OperationDefinitionNode):
                for sentence in costs.of(one.selection_set, 0).too_much():
                    context.report_error(GraphQLError(sentence))


class _Costs:
    """Each fragment is reckoned once, however often it is spread: 40 that spread each other twice stand for 2^40 fields."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], lists: Collection[str]) -> None:
        self._fragments = fragments
        self._lists = lists
        self._known: dict[str, Cost] = {}

    def of(self, selected: SelectionSetNode, level: int) -> Cost:
        if level > _DEEPEST_READ:
            return TOO_MUCH
        return _together([self._one(one, level + 1) for one in selected.selections])

    def _one(self, one: SelectionNode, level: int) -> Cost:
        match one:
            case FieldNode():
                return self._field(one, level)
            case InlineFragmentNode():
                return self.of(one.selection_set, level)
            case FragmentSpreadNode():
                return self._fragment(one.name.value, level)
            case _:
                return Cost()

    def _field(self, field: FieldNode, level: int) -> Cost:
        aliases = int(field.alias is not None)
        if field.selection_set is None or field.name.value.startswith(
            "__"
        ):  # what describes the schema has a limit of its own
            return Cost(aliases=aliases)
        within = self.of(field.selection_set, level)
        most = _first(field) if field.name.value in self._lists else 1
        return Cost(most * (1 + within.objects), 1 + within.deep, aliases + within.aliases)

    def _fragment(self, name: str, level: int) -> Cost:
        if name in self._fragments and name not in self._known:
            self._known[name] = TOO_MUCH  # meanwhile: for one that leads back to itself
            self._known[name] = self.of(self._fragments[name].selection_set, level)
        return self._known.get(name, Cost())


def _together(costs: Sequence[Cost]) -> Cost:
    """Of what stands beside each other."""
    objects = min(sum(one.objects for one in costs), _ENOUGH)
    aliases = min(sum(one.aliases for one in costs), _ENOUGH)
    return Cost(objects, max((one.deep for one in costs), default=0), aliases)


def _lists(schema: GraphQLSchema) -> frozenset[str]:
    """Names of the fields that take ``first``."""
    types = [one for one in schema.type_map.values() if isinstance(one, GraphQLObjectType)]
    return frozenset(name for one in types for name, field in one.fields.items() if "first" in field.args)


def _first(field: FieldNode) -> int:
    """How many a list holds at most."""
    for argument in field.arguments or ():
        if argument.name.value == "first":
            if isinstance(argument.value, IntValueNode):
                return min(max(int(argument.value.value), 1), MOST_FIRST)
            if isinstance(argument.value, VariableNode):
                return MOST_FIRST
    return FIRST
