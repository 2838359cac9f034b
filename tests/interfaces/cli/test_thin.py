"""Commands beside a served plant: quick to start, and the same words as those of a command that works alone."""

import re

PLANT = """
site: {id: quay, name: Quay}
assets:
  - {id: p1, name: Quay Pump 1, class: Pump, feeds: [p2]}
  - {id: p2, name: Quay Pump 2, class: Pump}
"""
HEAVY = {
    "fastapi", "gradio", "langchain_core", "langgraph", "neo4j", "numpy", "openai", "pandas", "psycopg",
    "pydantic_settings", "rich", "scipy", "sklearn", "starlette", "uvicorn",
}  # fmt: skip
TRACED = {"PYTHONPROFILEIMPORTTIME": "1"}
ALONE = {"PLANTROOM_TIMEZONE": "UTC"}
"""A setting of the plant that the serving process does not share."""


def imported(trace: str) -> set[str]:
    """The packages that a command imported, by its trace on standard error."""
    return {name.partition(".")[0] for name in re.findall(r"^import time:.*\| +([\w.]+)$", trace, re.MULTILINE)}


async def test_help_imports_nothing_heavy(terminal):
    shown = await terminal.run("--help", **TRACED)
    packages = imported(shown.err)
    assert "typer" in packages
    assert not packages & (HEAVY | {"pydantic", "asyncio", "http"})


async def test_a_group_explains_itself_without_what_its_commands_need(terminal):
    shown = await terminal.run("models", "--help", **TRACED)
    assert shown.code == 0
    assert not imported(shown.err) & (HEAVY - {"rich"})


async def test_a_command_beside_a_served_plant_imports_nothing_heavy_and_says_what_it_says_alone(served):
    terminal, address = served
    port = {"PLANTROOM_PORT": address.rpartition(":")[2]}
    assert (await terminal.run("import", terminal.file("quay.yaml", PLANT))).code == 0

    question = ("ask", "What does Quay Pump 1 feed?")
    thin = await terminal.run(*question, **TRACED)
    assert "Quay Pump 2" in thin.out, thin.err
    assert not imported(thin.err) & HEAVY
    alone = await terminal.run(*question, "--conversation", "tuesday", **TRACED, **ALONE)
    assert {"langgraph", "neo4j", "psycopg"} <= imported(alone.err)
    assert (thin.code, thin.out) == (alone.code, alone.out)
    went_on = await terminal.run("ask", "--conversation", "tuesday", "--json", "Tell me about it")
    assert went_on.json()["answer"].startswith("Quay Pump "), "a conversation goes on from one to the other"

    for command in (("doctor",), ("dead-letters", "show", "7")):
        thin, alone = await terminal.run(*command, **port), await terminal.run(*command, **port, **ALONE)
        assert (thin.code, ages_apart(thin.out)) == (alone.code, ages_apart(alone.out)), command
        assert failures(thin.err) == failures(alone.err)


def failures(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("✗")]


def ages_apart(text: str) -> str:
    """Without what changes from one moment to the next."""
    return re.sub(r"\d[\d.,]* (GB|MB|minutes)", r"… \1", text)
