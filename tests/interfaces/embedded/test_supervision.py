"""Servers that start, come back and stop, and homes that several commands share. Every server here is a real one."""

import asyncio
import logging
import os
import signal
import socket

import psutil
import psycopg
import pytest

from graph_schema.errors import Unavailable
from graph_schema.store.graph import open_graph
from interfaces.embedded.arcadedb import ArcadeDb
from interfaces.embedded.child import started
from interfaces.embedded.home import Home
from interfaces.embedded.ports import are_free
from interfaces.embedded.postgres import Postgres
from interfaces.embedded.supervision import Patience, Server, Supervised


async def test_a_server_answers_while_it_is_used_and_is_gone_afterwards(server: Server, home: Home, watched):
    async with Supervised(server, home) as running:
        assert await watched.answers()
        pid = watched.state.pid
        assert running.ports == watched.state.ports
    assert started(pid) is None
    assert are_free(watched.state.ports)
    assert not watched.state.ready


async def test_a_killed_server_comes_back_at_the_same_address(server: Server, home: Home, watched):
    async with Supervised(server, home) as running:
        ports = dict(running.ports)
        for _ in range(2):
            await watched.replaced(watched.kill())
            assert await watched.answers()
            assert watched.state.ports == running.ports == ports


async def test_a_server_that_hangs_for_long_is_restarted(server: Server, home: Home, watched, caplog):
    async with Supervised(server, home, Patience(every_s=0.1, limit_s=1, times=2)) as running:
        ports = dict(running.ports)
        os.kill(pid := watched.state.pid, signal.SIGSTOP)
        await watched.replaced(pid)
        assert await watched.answers()
        assert watched.state.ports == ports
    told = " ".join(caplog.messages)
    assert "runs, but does not answer. After at most 2 s of that it is restarted." in told
    assert "hangs. It is ended and started again." in told


async def test_a_server_that_hangs_for_a_moment_is_left_alone(home: Home, caplog):
    server = Postgres(home)
    async with Supervised(server, home, Patience(every_s=0.1, limit_s=0.3, times=1_000)) as running:
        pid = running.pid
        assert pid
        os.kill(pid, signal.SIGSTOP)
        await told(caplog, "PostgreSQL runs, but does not answer.")
        os.kill(pid, signal.SIGCONT)
        await told(caplog, "PostgreSQL answers again.")
        assert running.pid == pid


async def told(caplog: pytest.LogCaptureFixture, words: str) -> None:
    with caplog.at_level(logging.WARNING):
        async with asyncio.timeout(30):
            while words not in " ".join(caplog.messages):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def test_what_was_committed_outlives_a_kill_and_a_stop(home: Home):
    graph, postgres = ArcadeDb(home, "256m"), Postgres(home)
    async with Supervised(graph, home) as one, Supervised(postgres, home) as other:
        async with open_graph(*_place(graph, one)) as store:
            await store.write("CREATE (:Entity {id: 'kept'})")
        async with await psycopg.AsyncConnection.connect(postgres.endpoint(other.ports)) as connection:
            await connection.execute("create table kept as select 7 as n")
        for supervised in (one, other):
            assert supervised.pid
            os.kill(supervised.pid, signal.SIGKILL)
    async with Supervised(graph, home) as one, Supervised(postgres, home) as other:
        async with open_graph(*_place(graph, one)) as store:
            assert await store.read("MATCH (n:Entity) RETURN n.id AS id") == [{"id": "kept"}]
        async with await psycopg.AsyncConnection.connect(postgres.endpoint(other.ports)) as connection:
            assert await (await connection.execute("select n from kept")).fetchall() == [(7,)]


def _place(graph: ArcadeDb, running: Supervised) -> tuple[str, str, str, str]:
    place = graph.endpoint(running.ports)
    return place.url, place.user, place.password, place.database


async def test_the_next_start_has_the_same_ports_unless_they_are_taken(server: Server, home: Home, watched):
    async with Supervised(server, home) as running:
        first = dict(running.ports)
    async with Supervised(server, home) as running:
        assert running.ports == first
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # of connections that have just ended
        other.bind(("127.0.0.1", first[server.ports[0]]))
        other.listen()
        async with Supervised(server, home) as running:
            assert running.ports[server.ports[0]] != first[server.ports[0]]
            assert await watched.answers()


async def test_a_second_command_joins(server: Server, home: Home, watched, command):
    async with Supervised(server, home) as running:
        pid = watched.state.pid
        second = await command(server.name)
        assert second.ports[server.name] == running.ports
        await second.stop()
        assert watched.state.pid == pid
        assert await watched.answers()


async def test_two_commands_that_start_at_once_share_one_server(server: Server, home: Home, watched, command):
    first, second = await asyncio.gather(command(server.name), command(server.name))
    assert first.ports == second.ports
    assert watched.state.owner in (first.process.pid, second.process.pid)


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_a_command_takes_over_from_one_that_ends(server: Server, home: Home, watched, command, end: str):
    first = await command(server.name)
    async with Supervised(server, home) as running:
        pid = watched.state.pid
        assert watched.state.owner == first.process.pid
        await getattr(first, end)()
        await watched.replaced(pid)
        assert started(pid) is None
        assert watched.state.owner == os.getpid()
        assert watched.state.ports == running.ports == first.ports[server.name]
        assert await watched.answers()


async def test_a_server_does_not_outlive_a_killed_command(server: Server, watched, command):
    first = await command(server.name)
    pid = watched.state.pid
    await first.kill()
    await watched.gone(pid)


async def test_what_a_killed_command_left_running_is_ended_at_the_next_start(
    server: Server, home: Home, watched, command
):
    first = await command(server.name)
    pid = watched.state.pid
    for guard in psutil.Process(first.process.pid).children():
        if guard.pid != pid:
            guard.kill()
    await first.kill()
    assert started(pid) is not None
    async with Supervised(server, home):
        assert started(pid) is None
        assert await watched.answers()


async def test_a_process_that_got_the_number_of_a_dead_server_is_left_alone(server: Server, home: Home, watched):
    async with Supervised(server, home):
        pass
    bystander = await asyncio.create_subprocess_exec("sleep", "60")
    written = watched.state
    home.write_down(server.name, type(written)(written.ports, bystander.pid, written.started - 60, 1, True))
    async with Supervised(server, home):
        assert bystander.returncode is None
    bystander.kill()
    await bystander.wait()


async def test_an_interrupted_start_leaves_nothing(server: Server, home: Home, watched):
    entering = asyncio.create_task(Supervised(server, home).__aenter__())
    while home.running(server.name) is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    entering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await entering
    assert started(watched.state.pid) is None
    async with Supervised(server, home):
        assert await watched.answers()


async def test_a_server_that_dies_while_starting_is_a_sentence_with_its_last_words(home: Home):
    server = Postgres(home)
    await server.prepare()
    (home.folder / "postgres" / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(Unavailable, match=r"PostgreSQL stopped while starting\. It said: .*incompatible"):
        async with Supervised(server, home):
            pass


async def test_a_damaged_state_file_is_a_sentence(server: Server, home: Home):
    (home.folder / "servers" / f"{server.name}.json").write_text("{")
    with pytest.raises(Unavailable, match="is damaged"):
        async with Supervised(server, home):
            pass
