"""A tool: everything that is known about one capability, in one record.

A tool is a typed async function that a language model, a person's form or another system calls by name. Its signature is its
JSON schema, its docstring its description. The first parameter is the ``ToolContext``, which no caller sees. Its result says
what was found and what it is about; its title and the sentences of its result are data (``tools/sentences``).
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from string import Formatter
from typing import Annotated, Any, Literal, cast, get_args, get_type_hints
from zoneinfo import ZoneInfo

import psycopg
from neo4j.exceptions import Neo4jError
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, create_model

from graph_schema.errors import InvalidInput, NotFound, Unavailable
from graph_schema.question import AssetQuery, Condition, Measure, Related, Window
from tools.approvals.terms import Terms
from tools.context import Role, ToolContext
from tools.query.names import resolve_all
from tools.registry.arguments import object_of
from tools.registry.mistakes import first_line, mistake
from tools.registry.moments import with_times
from tools.registry.schema import Hint, for_models, parameters_of, queries_of
from tools.results.result import ToolResult
from tools.sentences.language import USUAL, Language

log = logging.getLogger(__name__)

AsOf = Annotated[AwareDatetime | None, Field(description="what was known at that moment; left out: now")]
Arguments = str | Mapping[str, Any]
Effect = Literal["read", "write"]
Group = Literal["faults", "time", "plant", "work"]
"""What is wrong or will be; how it was over time and what comes of it; supply, use and what is written about the plant; work on it."""
Wished = Callable[[ToolContext, dict[str, Any]], Awaitable[tuple[dict[str, Any], Sequence[str]]]]
"""Of a tool that changes something: looks at a call while it is only wished for, and gives its arguments as they shall run and the ids of the assets
that it touches besides those that it names. Raises ``InvalidInput`` or ``NotFound`` for what could never be done."""
CHANGES = "changes"
"""In a proposal's sentence, all arguments that were given and are not named in it."""
_USUAL = Terms()
_MOST_TOUCHED = 500
_QUESTIONS = frozenset(model.__name__ for model in (AssetQuery, Condition, Measure, Related, Window))


def _nothing_else(name: str) -> bool:
    """Only assets have names."""
    del name
    return False


@dataclass(frozen=True, slots=True)
class Tool:
    """``parameters`` is the JSON schema; ``roles`` may call it; with the effect ``write`` it runs only after a person's approval, on its ``terms``.

    ``languages`` hold its title and the sentences of its result; the registry gives them.
    """

    name: str
    description: str
    brief: str
    group: Group | None
    past: str | None
    parameters: Mapping[str, Any]
    result: type[ToolResult]
    effect: Effect
    roles: frozenset[Role]
    _function: Callable[..., Awaitable[ToolResult]]
    _arguments: type[BaseModel]
    _for_models: Mapping[str, Any]
    _queries: frozenset[str]
    terms: Terms
    _wished: Wished | None = None
    _besides: Callable[[str], bool] = _nothing_else
    _languages: Mapping[str, Language] = field(default_factory=dict[str, Language])

    @staticmethod
    def of(
        function: Callable[..., Awaitable[ToolResult]],
        *,
        effect: Effect,
        roles: Collection[Role],
        brief: str | None = None,
        hints: Mapping[str, Hint] | None = None,
        group: Group | None = None,
        past: str | None = None,
        terms: Terms = _USUAL,
        wished: Wished | None = None,
        besides: Callable[[str], bool] = _nothing_else,
    ) -> Tool:
        """The tool that a function is. A language model reads ``brief`` instead of the whole description, and ``hints`` instead of those of
        the arguments; one with little room loads the ``group`` when it needs it. With ``past`` it also tells what was known at an earlier moment (``as_of``), and
        says in this sentence what of that is of now; "" where nothing is. What is called so ``besides`` assets goes to a ``write`` as it stands.

        Raises ``TypeError`` where it lacks a docstring, does not return a ``ToolResult``, or has a hint for what is no argument.
        """
        types = get_type_hints(function, include_extras=True)
        returned = types.pop("return", None)
        if not (inspect.isclass(returned) and issubclass(returned, ToolResult)):
            raise TypeError(f"{function.__name__} must be annotated to return a ToolResult")
        if not function.__doc__:
            raise TypeError(f"{function.__name__} needs a docstring: it tells the model what the tool does")
        _, *parameters = inspect.signature(function).parameters.values()
        fields: dict[str, Any] = {
            one.name: (types[one.name], ... if one.default is inspect.Parameter.empty else one.default)
            for one in parameters
        }
        if past is not None:
            fields["as_of"] = (AsOf, None)
        arguments = create_model(function.__name__, __config__=ConfigDict(extra="forbid", frozen=True), **fields)
        parameters = parameters_of(arguments)
        if unknown := sorted(set(hints or {}) - fields.keys()):
            raise TypeError(f"{function.__name__} has a hint for {', '.join(unknown)}, which is no argument")
        description = inspect.cleandoc(function.__doc__)
        return Tool(
            name=function.__name__,
            description=description,
            group=group,
            past=past,
            brief=brief or " ".join(description.partition("\n\n")[0].split()),
            parameters=parameters,
            result=returned,
            effect=effect,
            roles=frozenset(roles),
            _function=function,
            _arguments=arguments,
            _for_models=for_models(parameters, _hints(parameters, hints) if brief is None else hints or {}),
            _queries=queries_of(parameters),
            terms=terms,
            _wished=wished,
            _besides=besides,
        )

    def speaking(self, languages: Mapping[str, Language]) -> Tool:
        """The same tool with its sentences. Raises ``TypeError`` that names the tool and what it lacks."""
        lacking = [*self._lacking(), *(one for code in languages for one in self._unsaid(code, languages[code]))]
        if lacking:
            raise TypeError(f"The tool {self.name} is not complete: {'; '.join(lacking)}.")
        return replace(self, _languages=languages)

    def title(self, arguments: Mapping[str, str], language: str = USUAL) -> str:
        """The step in words: "Reading supply air temperature". Its name where an argument of the title was left out."""
        template = self._language(language).tools[self.name].title
        try:
            return template.format(**arguments)
        except KeyError:
            return self.name.replace("_", " ").capitalize()

    def summary(self, result: ToolResult, language: str = USUAL) -> str:
        """What a result found, in one line; numbers, units and names are those of the result."""
        spoken = self._language(language)
        found = result.summary()
        return found.said(spoken.tools[self.name].summary.get(found.key) or spoken.proposals[found.key], spoken)

    def deed(self, arguments: Mapping[str, str], language: str = USUAL) -> str:
        """What it would do, in words, after “I propose to”."""
        spoken = self._language(language)
        template = spoken.tools[self.name].proposal
        named = {name for _, name, _, _ in _FORMAT.parse(template) if name}
        rest = {name: value for name, value in arguments.items() if name not in named}
        changes = "; ".join(
            f"{_labelled(name, spoken)}: {spoken.values.get(value, value)}" for name, value in rest.items()
        )
        return template.format(**{**dict.fromkeys(named, spoken.no_value), **arguments, CHANGES: changes})

    @property
    def definition(self) -> dict[str, Any]:
        """As Chat Completions wants it, in as few tokens as say what it means."""
        function = {"name": self.name, "description": self.brief, "parameters": self._for_models}
        return {"type": "function", "function": function}

    def parse(self, arguments: Arguments) -> dict[str, Any]:
        """The function's arguments as typed values; raises ``InvalidInput`` with a sentence about what is wrong."""
        return self._values(object_of(self.name, arguments))

    def _values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        try:
            values = self._arguments.model_validate(given)
        except ValidationError as error:
            raise InvalidInput(mistake(self.name, error, list(self._arguments.model_fields))) from error
        return {name: getattr(values, name) for name in self._arguments.model_fields}

    async def settled(self, given: Mapping[str, Any], context: ToolContext) -> tuple[dict[str, Any], list[str]]:
        """The arguments as plain JSON that means the same whenever it is run, ids instead of names and of queries; and the ids of the assets
        that they name. Raises ``InvalidInput`` or ``NotFound`` with a sentence."""
        timed = with_times(given, self.parameters, context.clock, context.timezone)
        found = await self._found(timed, context)
        values = self._values(found)
        touched: list[str] = []
        for name in values.keys() & {"asset", "assets", *self._queries}:
            ids = await self._ids_of(values[name], context)
            if isinstance(values[name], AssetQuery) and not ids:
                raise NotFound(f"{self.name}: nothing matches, so there is nothing to change.")
            touched += ids
            if ids:
                found = {
                    **found,
                    name: {"ids": ids} if name in self._queries else ids[0] if isinstance(values[name], str) else ids,
                }
        if len(touched) > _MOST_TOUCHED:
            raise InvalidInput(
                f"{self.name} would touch {len(touched):,} assets, more than {_MOST_TOUCHED}. Name fewer."
            )
        settled = self._arguments.model_validate(found).model_dump(mode="json", by_alias=True)
        if self._wished is not None:
            settled, more = await self._wished(context, settled)
            touched += more
        return settled, list(dict.fromkeys(touched))

    async def run(self, arguments: Arguments, context: ToolContext) -> ToolResult:
        """Check the arguments and run. Whatever the arguments, only a ``PlantroomError`` is raised."""
        given = with_times(object_of(self.name, arguments), self.parameters, context.clock, context.timezone)
        values = self._values(await self._found(given, context))
        try:
            as_of: datetime | None = values.pop("as_of") if self.past is not None else None
            if as_of is None:
                return await self._function(context, **values)
            return self._then(
                await self._function(context.at(as_of), **values), as_of.astimezone(ZoneInfo(context.timezone))
            )
        except ValidationError as error:
            if error.title not in _QUESTIONS:
                raise
            # The tool put its arguments together into a question, and they do not make one.
            raise InvalidInput(mistake(self.name, error, list(self._arguments.model_fields))) from error
        except (OverflowError, RecursionError) as error:
            raise InvalidInput(f"{self.name}: a number or a time in the arguments is too large.") from error
        except (Neo4jError, psycopg.Error) as error:
            log.warning("%s failed", self.name, exc_info=True)
            raise Unavailable(f"{self.name}: the store refuses the statement: {first_line(error)}") from error

    def _then(self, result: ToolResult, as_of: datetime) -> ToolResult:
        told = f"This is what was known on {as_of:%-d %b %Y at %H:%M}; readings of before that came later are included."
        return result.model_copy(update={"notes": [*result.notes, " ".join([told, self.past or ""]).strip()]})

    async def _found(self, given: Mapping[str, Any], context: ToolContext) -> Mapping[str, Any]:
        """The arguments with the letters of earlier results as what these found, and names of assets as a query of them."""
        changed = {
            name: self._from_results(value, context)
            for name, value in given.items()
            if name in ("asset", "assets", *self._queries)
        }
        for name in self._queries & changed.keys():
            names = _names_in(changed[name])
            if names is not None:
                changed[name] = {"ids": await resolve_all(context.graph, names)}
        return {**given, **changed}

    async def _ids_of(self, value: object, context: ToolContext) -> list[str]:
        """None of what no asset is called, where the tool knows something else by that name."""
        try:
            return await _ids_of(value, context)
        except NotFound:
            if isinstance(value, str) and self._besides(value):
                return []
            raise

    @staticmethod
    def _from_results(value: object, context: ToolContext) -> object:
        if isinstance(value, str):
            found = context.found(value)
            return value if found is None else list(found)
        if isinstance(value, list):
            names = [name for one in cast(list[object], value) for name in (context.found(str(one)) or [str(one)])]
            return list(dict.fromkeys(names))
        return value

    def _language(self, code: str) -> Language:
        return self._languages.get(code, self._languages[USUAL])

    def _lacking(self) -> list[str]:
        result = self.result.__name__
        return [
            *([] if self.roles else ["no role may call it (roles)"]),
            *([f"{result} has no summary()"] if self.result.summary is ToolResult.summary else []),
            *([f"{result} has no tables()"] if self.result.tables is ToolResult.tables else []),
            *([f"{result} has no subjects()"] if self.result.subjects is ToolResult.subjects else []),
        ]

    def _unsaid(self, code: str, language: Language) -> list[str]:
        """What a language file lacks for it."""
        file = f"tools/sentences/{code}.yaml"
        sentences = language.tools.get(self.name)
        if sentences is None or not sentences.title:
            return [f"it has no title in {file}"]
        asked = {
            name for text in (sentences.title, sentences.proposal) for _, name, _, _ in _FORMAT.parse(text) if name
        }
        unknown = sorted(asked - set(self._arguments.model_fields) - {CHANGES})
        missing = [key for key in self._summary_keys() if key not in sentences.summary]
        return [
            *([f"its title in {file} names {', '.join(unknown)}, which is no argument"] if unknown else []),
            *([f"it has no summary “{', '.join(missing)}” in {file}"] if missing else []),
            *([f"it has no proposal in {file}"] if self.effect == "write" and not sentences.proposal else []),
        ]

    def _summary_keys(self) -> tuple[str, ...]:
        """The sentences that its result needs, from ``Summary[Literal[...]]``."""
        (keys,) = get_args(get_type_hints(self.result.summary)["return"]) or ("",)
        return cast(tuple[str, ...], get_args(keys))


def _hints(parameters: Mapping[str, Any], given: Mapping[str, Hint] | None) -> Mapping[str, Hint]:
    """Those given, else what the arguments' own descriptions say."""
    own: dict[str, Hint] = {name: str(one.get("description", "")) for name, one in parameters["properties"].items()}
    return {**own, **(given or {})}


_FORMAT = Formatter()


def _labelled(name: str, language: Language) -> str:
    return language.arguments.get(name, name.replace("_", " ")).lower()


async def _ids_of(value: object, context: ToolContext) -> list[str]:
    """Of assets by name, of a list of them, or of all that a query finds."""
    if isinstance(value, AssetQuery):
        return [one.id for one in (await context.reader.select(value)).entities]
    names = _names_in(value)
    return await resolve_all(context.graph, names) if names is not None else []


def _names_in(value: object) -> list[str] | None:
    """A name, or a list of them; none in anything else."""
    names = [value] if isinstance(value, str) else value
    return [str(one) for one in cast(list[object], names)] if isinstance(names, list) else None
