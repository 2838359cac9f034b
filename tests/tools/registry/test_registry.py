"""The registry: schemas from signatures, and arguments that come from anywhere."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from graph_schema.errors import InvalidInput, PlantroomError, Unavailable
from graph_schema.question import AssetQuery, Measure
from tests.tools.own_tools import english
from tools.context import EVERYBODY, Caller, ToolContext
from tools.registry.registry import Registry
from tools.registry.tool import Tool
from tools.results.result import ToolResult
from tools.results.table import Table
from tools.sentences.language import ToolSentences
from tools.sentences.summary import Summary


class Echo(ToolResult):
    said: str

    def summary(self) -> Summary[Literal["echo"]]:
        return Summary("echo", {"said": self.said})

    def tables(self) -> list[Table]:
        return []

    def subjects(self) -> list[str]:
        return []


async def greet(
    context: ToolContext,
    name: Annotated[str, Field(description="whom to greet")],
    times: Annotated[int, Field(ge=1, le=9)] = 1,
    mood: Literal["glad", "sad"] | None = None,
) -> Echo:
    """Greets somebody."""
    return Echo(said=f"{mood or 'plain'} {name}" * times)


async def ask(
    context: ToolContext, query: AssetQuery, near: str | list[str] | None = None, weight: float | str | None = None
) -> Echo:
    """Asks about assets."""
    return Echo(said=f"{query.class_} {near}")


async def gauge(context: ToolContext, aggregate: Literal["latest", "mean"] = "mean") -> Echo:
    """Builds a question of its own."""
    return Echo(said=str(Measure(quantity="power", aggregate=aggregate)))


async def demolish(context: ToolContext) -> Echo:
    """Changes the plant."""
    raise AssertionError("it ran")


ECHO = ToolSentences(proposal="do it", title="Echoing", summary={"echo": "said {said}"})


def registry_of(*functions: Any) -> Registry:
    tools = [Tool.of(one, effect="write" if one is demolish else "read", roles=EVERYBODY) for one in functions]
    return Registry(tools, english(**{tool.name: ECHO for tool in tools}))


@pytest.fixture
def registry() -> Registry:
    return registry_of(greet, ask, gauge, demolish)


STORE: Any = None  # these tools need none
CONTEXT = ToolContext(STORE, STORE, STORE, STORE, lambda: datetime(2026, 3, 2, tzinfo=UTC), Caller("ada"), "UTC")


async def said(registry: Registry, name: str, arguments: str | Mapping[str, Any]) -> str:
    result = await registry.call(name, arguments, CONTEXT)
    assert isinstance(result, Echo)
    return result.said


def test_signature_is_the_schema_and_models_read_it_in_short(registry: Registry) -> None:
    definition = registry["greet"].definition
    assert definition == {
        "type": "function",
        "function": {
            "name": "greet",
            "description": "Greets somebody.",
            "parameters": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "description": "whom to greet"},
                    "times": {"type": "integer"},
                    "mood": {"type": "string", "enum": ["glad", "sad"]},
                },
                "required": ["name"],
            },
        },
    }
    assert registry["greet"].parameters == {
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "description": "whom to greet"},
            "times": {"type": "integer", "default": 1, "minimum": 1, "maximum": 9},
            "mood": {"type": "string", "enum": ["glad", "sad"]},
        },
    }


def test_nested_question_is_in_the_definitions_of_the_schema(registry: Registry) -> None:
    schema = registry["ask"].parameters
    assert schema["properties"]["query"] == {"$ref": "#/$defs/AssetQuery"}
    query = schema["$defs"]["AssetQuery"]
    assert query["properties"]["within"]["$ref"] == "#/$defs/AssetQuery"
    assert "class" in query["properties"]
    assert query["additionalProperties"] is False
    assert schema["properties"]["near"] == {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
    }
    references = {line.split('"')[3] for line in json.dumps(schema, indent=0).splitlines() if '"$ref"' in line}
    assert {reference.removeprefix("#/$defs/") for reference in references} <= schema["$defs"].keys()


def test_definitions_are_the_same_bytes_whatever_the_order_of_registration(registry: Registry) -> None:
    other = registry_of(gauge, demolish, greet, ask)
    assert json.dumps(registry.definitions()) == json.dumps(other.definitions())
    assert [one["function"]["name"] for one in registry.definitions()] == ["ask", "demolish", "gauge", "greet"]


def test_function_that_is_no_tool_is_refused() -> None:
    async def nameless(context: ToolContext) -> Echo:
        return Echo(said="")

    async def wrong(context: ToolContext) -> str:
        """Returns a bare text."""
        return ""

    with pytest.raises(TypeError, match="docstring"):
        Tool.of(nameless, effect="read", roles=EVERYBODY)
    with pytest.raises(TypeError, match="ToolResult"):
        Tool.of(wrong, effect="read", roles=EVERYBODY)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="same name"):
        registry_of(greet, greet)


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("greet", '{"name": "Ada"}', "plain Ada"),
        ("greet", {"name": "Ada", "mood": "glad", "times": 2}, "glad Adaglad Ada"),
        ("greet", {"name": "Ada", "mood": None}, "plain Ada"),
        ("ask", {"query": {"class": "AHU"}, "near": ["a", "b"]}, "AHU ['a', 'b']"),
        ("ask", {"query": {}}, "None None"),
        ("gauge", {"aggregate": "latest"}, str(Measure(quantity="power"))),
    ],
)
async def test_arguments_reach_the_function_typed(registry: Registry, name: str, arguments: Any, answer: str) -> None:
    assert await said(registry, name, arguments) == answer


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("gret", "{}", "There is no tool “gret” (did you mean “greet”?)."),
        ("zzz", "{}", "There is no tool “zzz” (there are ask, demolish, gauge, greet)."),
        ("greet", '{"name": ', "greet: the arguments are not JSON (Expecting value at line 1, column 10)."),
        ("greet", "[]", "greet: the arguments must be one JSON object."),
        ("greet", "", "greet: “name” is needed."),
        ("greet", {"nam": "Ada"}, "greet: “name” is needed; there is no argument “nam” (did you mean “name”?)."),
        ("greet", {"name": "Ada", "times": 0}, "greet: “times”: input should be greater than or equal to 1."),
        ("greet", {"name": "Ada", "mood": "blue"}, "greet: “mood”: input should be 'glad' or 'sad'."),
        ("ask", {"query": {"class": 3}}, "ask: “query.class”: input should be a valid string."),
        ("ask", {"query": {"colour": "red"}}, "ask: there is no argument “query.colour”."),
        ("ask", {"query": {"where": [{"quantity": "x", "comparison": ">"}]}}, "ask: “query.where.0”: a condition compares"),
        ("ask", {"query": {}, "near": 3}, "ask: “near”: input should be a valid string or “near”: input should be a valid list"),
        ("gauge", {}, "gauge: aggregate 'mean' needs a window."),
        ("greet", '{"name": NaN}', "greet: the arguments are not JSON"),
        ("greet", '{"name": "a", "times": 99999999999999999999}', "greet: a whole number in the arguments is too large."),
        ("greet", '{"name": "a", "times": 1e999}', "greet: a number in the arguments is not finite."),
        ("greet", '{"name": "\\ud800"}', "greet: a text in the arguments holds characters that cannot be stored."),
        ("greet", '{"name": "a\\u0000"}', "greet: a text in the arguments holds characters that cannot be stored."),
        ("greet", {"name": b"a"}, "greet: the arguments hold a bytes, which is not JSON."),
        ("greet", '{"name": ' + "[" * 50_000, "greet: the arguments are not JSON"),
        ("greet", '{"name": ' + "[" * 100 + "]" * 100 + "}", "greet: the arguments are too large or nested too deeply."),
        ("greet", json.dumps({"name": "x" * 300_000}), "greet: the arguments are longer than 200,000 characters."),
    ],
)  # fmt: skip
async def test_mistakes_are_one_sentence(registry: Registry, name: str, arguments: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await registry.call(name, arguments, CONTEXT)
    text = str(caught.value)
    assert text.startswith(sentence)
    assert "\n" not in text


async def test_store_that_refuses_is_unavailable() -> None:
    from neo4j.exceptions import Neo4jError

    async def broken(context: ToolContext) -> Echo:
        """Meets a store that refuses."""
        raise Neo4jError("no such function\nsecond line")

    with pytest.raises(Unavailable, match=r"broken: the store refuses the statement: no such function$"):
        await registry_of(broken).call("broken", {}, CONTEXT)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["query", "class", "where", "any_of"]) | st.text(), inner, max_size=3)
    ),
    max_leaves=12,
)
ARGUMENTS = st.text() | JSON.map(json.dumps) | JSON | st.dictionaries(
    st.sampled_from(["query", "near", "name", "times", "mood", "weight", "aggregate"]), JSON
)  # fmt: skip


@given(name=st.sampled_from(["ask", "greet", "gauge", "demolish"]) | st.text(), arguments=ARGUMENTS)
async def test_hostile_arguments_raise_only_our_errors(name: str, arguments: Any) -> None:
    registry = registry_of(greet, ask, gauge, demolish)
    try:
        result = await registry.call(name, arguments, CONTEXT)
    except PlantroomError:
        return
    assert isinstance(result, Echo)
