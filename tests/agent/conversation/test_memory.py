"""The memory of conversations, on real PostgreSQL."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import ormsgpack
import psycopg
import pytest
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

from agent.conversation.memory import MemoryLost, open_memory, plain_values, thread_id
from agent.dialogue.model import dialogue_model
from agent.vocabulary.lexicon import Lexicon
from graph_schema.errors import Unavailable
from tools.catalogue.plant import plant_tools


@pytest.fixture
async def memory(postgres_dsn: str) -> AsyncGenerator[AsyncPostgresSaver]:
    async with open_memory(postgres_dsn) as opened:
        yield opened


@pytest.fixture
def talk(talk_with: Callable[..., Any], memory: AsyncPostgresSaver, lexicons: Any) -> Any:
    return talk_with(dialogue_model(lexicons, plant_tools()), memory)


async def rows(dsn: str, sql: Any) -> list[tuple[Any, ...]]:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        cursor = await connection.execute(sql)
        return await cursor.fetchall() if cursor.description else []


async def test_it_means_what_the_last_answer_was_about(talk: Any):
    await talk.answer("What is the supply air temperature of AHU-2?")
    assert (await talk.answer("What is its supply air temperature?")).text.startswith("AHU-2 supply air temperature")


async def test_a_conversation_outlives_the_process(talk_with: Any, lexicons: Any, postgres_dsn: str):
    async with open_memory(postgres_dsn) as first:
        await talk_with(dialogue_model(lexicons, plant_tools()), first).answer(
            "What is the supply air temperature of AHU-2?"
        )
    async with open_memory(postgres_dsn) as second:
        said = await talk_with(dialogue_model(lexicons, plant_tools()), second).answer("And of AHU-1?")
    assert said.text.startswith("AHU-1 supply air temperature is 15.5 °C")


async def test_nobody_reaches_the_conversation_of_another(talk: Any, script: Any, talk_with: Any, memory: Any):
    script.then(script.says("Yes."))
    talk = talk_with(script.model(), memory)
    await talk.answer("My code word is heron.", "shared", talk.caller("ann"))
    await talk.answer("What is the code word?", "shared", talk.caller("bob"))
    await talk.answer("What was it?", "shared", talk.caller("ann"))
    assert "heron" not in script.bodies[1].decode()
    assert "heron" in script.bodies[2].decode()
    await talk.agent.model.aclose()


def test_threads_of_names_that_look_alike_differ():
    assert thread_id("a", "b:c") != thread_id("a:b", "c")
    assert thread_id("a", "b") == thread_id("a", "b")


async def test_only_the_newest_checkpoint_of_a_conversation_stays(talk: Any, postgres_dsn: str):
    for _ in range(3):
        await talk.answer("How many AHUs are there?")
    assert await rows(postgres_dsn, "select count(*) from conversation.checkpoints") == [(1,)]
    assert await rows(postgres_dsn, "select count(*) from conversation.checkpoint_writes") == [(0,)]
    own = "select channel from conversation.checkpoint_blobs where not starts_with(channel, '__') order by channel"
    assert await rows(postgres_dsn, own) == [("focus",), ("kept",), ("turns",)]


async def test_a_checkpoint_holds_the_last_turns_and_no_more(talk: Any, postgres_dsn: str):
    sizes: list[int] = []
    for _ in range(16):
        await talk.answer("What is the supply air temperature of AHU-2?")
        ((size,),) = await rows(postgres_dsn, "select sum(length(blob)) from conversation.checkpoint_blobs")
        sizes.append(int(size))
    assert sizes[-1] == sizes[-2] < 10_000


async def test_two_processes_may_prepare_at_once(postgres_dsn: str):
    async def once() -> None:
        async with open_memory(postgres_dsn):
            pass

    await asyncio.wait_for(asyncio.gather(*(once() for _ in range(4))), 30)
    assert await rows(postgres_dsn, "select max(v) from conversation.checkpoint_migrations") != [(None,)]
    assert await rows(postgres_dsn, "select to_regclass('public.checkpoints')") == [(None,)]


async def test_conversations_that_nobody_goes_on_with_are_forgotten(talk: Any, postgres_dsn: str):
    await talk.answer("How many AHUs are there?", "old")
    old = """update conversation.checkpoints set checkpoint = jsonb_set(checkpoint, '{ts}', '"2020-01-01T00:00:00+00:00"')"""
    await rows(postgres_dsn, old)
    await talk.answer("How many AHUs are there?", "new")
    async with open_memory(postgres_dsn):
        pass
    assert await rows(postgres_dsn, "select count(*) from conversation.checkpoints") == [(1,)]
    assert await rows(postgres_dsn, "select count(distinct thread_id) from conversation.checkpoint_blobs") == [(1,)]


async def test_lost_connections_are_replaced(talk: Any, postgres_dsn: str):
    await talk.answer("What is the supply air temperature of AHU-2?")
    await rows(postgres_dsn, END_ALL)
    assert (await talk.answer("And of AHU-1?")).text.startswith("AHU-1 supply air temperature")


END_ALL = """select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"""


async def test_a_database_that_is_away_is_said_to_be_and_comes_back(
    talk: Any, postgres_server: tuple[str, str], postgres_dsn: str
):
    await talk.answer("What is the supply air temperature of AHU-2?")
    ((name,),) = await rows(postgres_dsn, "select current_database()")
    admin = postgres_server[0]
    await rows(admin, f"alter database {name} allow_connections false")
    await rows(admin, f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
    started = time.monotonic()
    asked = (talk.answer("How many AHUs are there?", f"c{index}") for index in range(4))
    for failed in await asyncio.gather(*asked, return_exceptions=True):
        assert isinstance(failed, MemoryLost)
        assert "does not answer" in str(failed)
    assert time.monotonic() - started < 12
    await rows(admin, f"alter database {name} allow_connections true")
    assert (await talk.answer("And of AHU-1?")).text.startswith("AHU-1 supply air temperature")


async def test_a_database_that_nobody_serves(unused_tcp_port: int):
    with pytest.raises(Unavailable):
        async with open_memory(f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/none"):
            raise AssertionError("it opened")


def test_a_checkpoint_cannot_make_anything_run(tmp_path: Path):
    """As an attacker who can write to the database would put it: a constructor to call when the checkpoint is read."""
    mark = tmp_path / "ran"
    inner = ormsgpack.packb((os.system.__module__, "system", f"touch {mark}"))
    found = plain_values().loads_typed(("msgpack", ormsgpack.packb({"turns": ormsgpack.Ext(0, inner)})))
    assert found == {"turns": f"touch {mark}"}
    assert not mark.exists()
    with pytest.raises(NotImplementedError):
        plain_values().loads_typed(("pickle", b"cos\nsystem\n(S'true'\ntR."))


def test_the_lexicon_is_not_remembered(lexicon: Lexicon):
    with pytest.raises(TypeError):
        plain_values().dumps_typed({"x": object()})
