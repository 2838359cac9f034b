"""The local endpoint alone: what an operation prints arrives, what it asks is answered, and who may not ask is refused."""

import asyncio
import shutil
import socket
import stat
import tempfile
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from graph_schema.errors import InvalidInput, Unavailable
from ingestion.tasks import end
from interfaces.app.web_server import serve_web
from interfaces.local.client import NotServed, OtherVersion, asked, followed
from interfaces.local.endpoint import LONGEST, place_of
from interfaces.local.exchange import Exchange
from interfaces.local.listener import listening, prepare
from interfaces.local.operation import Desk, DistantPerson, Operation, operation
from interfaces.local.server import Work, served_operation
from interfaces.settings import Settings

VERSION = version("plantroom")
PATIENCE_S = 30


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    """Short enough for a socket, and named by the environment as a command would find it."""
    folder = Path(tempfile.mkdtemp(prefix="pr-"))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PLANTROOM_HOME", str(folder))
    monkeypatch.setenv("COLUMNS", "60")
    yield folder
    shutil.rmtree(folder)


@asynccontextmanager
async def serving(home: Path, *operations: Operation, served: str = VERSION) -> AsyncGenerator[Work]:
    """An endpoint that knows these operations by the names of their functions."""
    known = {one.run.__name__: one for one in operations}

    def desk(settings: Settings, exchange: Exchange) -> Desk:
        return Desk(None, settings, exchange.out, exchange.report, DistantPerson(exchange.ask))

    place = place_of(home)
    prepare(place)
    with listening(place) as (listener, token):
        ready = asyncio.Event()
        work = Work(Settings(home=home, timezone="Europe/Berlin"), desk, known.__getitem__, served, token)
        task = asyncio.create_task(serve_web(work.application(), listener, ready.set))
        try:
            await asyncio.wait_for(ready.wait(), PATIENCE_S)
            yield work
        finally:
            await work.stop()
            await end(task)


def follow(
    name: str, answers: Callable[[str, str], Any] = lambda *_: None, /, **arguments: Any
) -> tuple[int, list[dict[str, Any]]]:
    """The exit code, and what was shown before it."""
    shown: list[dict[str, Any]] = []

    def show(frame: Any) -> Any:
        shown.append(dict(frame))
        return answers(frame["ask"], frame["content"]) if "ask" in frame else None

    with asked(name, arguments, {}) as exchange:
        return followed(exchange, show), shown


def printed(shown: list[dict[str, Any]], name: str = "out") -> str:
    return "".join(frame.get(name, "") for frame in shown)


@operation(needs_plant=False)
async def greet(desk: Desk, name: str) -> None:
    desk.report("Looking", 0.5)
    desk.out.print(f"[bold]Good morning, {name}[/], {'and so on ' * 6}")


@operation(needs_plant=False)
async def refuse(desk: Desk) -> None:
    raise InvalidInput("There is no such pump.")


@operation(needs_plant=False)
async def stumble(desk: Desk) -> None:
    raise ZeroDivisionError


@operation(needs_plant=False)
async def give_up(desk: Desk) -> None:
    desk.out.print("gone" if await desk.person.agrees("Give up 3 messages?") else "kept")


@operation(needs_plant=False)
async def zone(desk: Desk) -> None:
    desk.out.print(f"{desk.settings.timezone} {desk.settings.port}")


async def test_what_an_operation_shows_arrives_in_order_and_as_wide_as_the_terminal(home: Path):
    async with serving(home, greet):
        code, shown = await asyncio.to_thread(follow, "greet", name="Ida")
    assert code == 0
    assert shown[0] == {"step": "Looking", "share": 0.5}
    lines = printed(shown).splitlines()
    assert lines[0].startswith("Good morning, Ida, and so on"), "without the colours of a terminal"
    assert 40 < len(lines[0]) <= 60


async def test_a_failure_is_its_sentence_and_an_exit_code(home: Path):
    async with serving(home, refuse):
        code, shown = await asyncio.to_thread(follow, "refuse")
    assert (code, printed(shown, "err")) == (1, "✗ There is no such pump.\n")


async def test_a_mistake_in_an_operation_does_not_end_what_is_served(home: Path, caplog: pytest.LogCaptureFixture):
    async with serving(home, stumble, greet):
        code, shown = await asyncio.to_thread(follow, "stumble")
        assert (await asyncio.to_thread(follow, "greet", name="Ida"))[0] == 0
    assert (code, "its log says which" in printed(shown, "err")) == (1, True)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(("answer", "words"), [(True, "gone\n"), (False, "kept\n")])
async def test_a_question_is_asked_where_the_person_is(home: Path, answer: bool, words: str):
    async with serving(home, give_up):
        asked_for: list[tuple[str, str]] = []
        code, shown = await asyncio.to_thread(follow, "give_up", lambda *of: asked_for.append(of) or answer)
    assert (code, printed(shown), asked_for) == (0, words, [("agrees", "Give up 3 messages?")])


async def test_leaving_ends_the_work_in_the_serving_process_too(home: Path):
    ended = asyncio.Event()

    @operation(needs_plant=False)
    async def long(desk: Desk) -> None:
        desk.report("Forecasting")
        try:
            await asyncio.sleep(PATIENCE_S)
        finally:
            ended.set()

    def interrupted() -> None:
        with asked("long", {}, {}) as exchange:
            assert next(exchange.frames) == {"step": "Forecasting", "share": None}
            raise KeyboardInterrupt

    async with serving(home, long):
        with pytest.raises(KeyboardInterrupt):
            await asyncio.to_thread(interrupted)
        await asyncio.wait_for(ended.wait(), PATIENCE_S)


async def test_a_server_that_stops_says_so_to_those_who_wait(home: Path):
    begun = asyncio.Event()

    @operation(needs_plant=False)
    async def long(desk: Desk) -> None:
        begun.set()
        await asyncio.sleep(PATIENCE_S)

    async with serving(home, long) as work:
        waiting = asyncio.create_task(asyncio.to_thread(follow, "long"))
        await asyncio.wait_for(begun.wait(), PATIENCE_S)
        await work.stop()
        try:
            code, shown = await asyncio.wait_for(waiting, PATIENCE_S)
        except Unavailable as error:
            code, shown = 1, [{"err": str(error)}]
    assert code == 1
    assert "serves the plant" in printed(shown, "err")


async def test_another_version_says_so(home: Path):
    async with serving(home, greet, served="9.9"):
        with pytest.raises(OtherVersion, match=r"served by Plantroom 9\.9, and this command is of Plantroom"):
            await asyncio.to_thread(follow, "greet", name="Ida")


async def test_settings_that_a_command_states_are_used_unless_they_mean_another_plant(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    async with serving(home, zone):
        monkeypatch.setenv("PLANTROOM_PORT", "9000")
        monkeypatch.setenv("PLANTROOM_TIMEZONE", "Europe/Berlin")
        assert printed((await asyncio.to_thread(follow, "zone"))[1]) == "Europe/Berlin 9000\n"
        for name, value in (("TIMEZONE", "Europe/Rome"), ("GRAPH_URL", "bolt://elsewhere"), ("PORT", "http")):
            with monkeypatch.context() as other:
                other.setenv(f"PLANTROOM_{name}", value)
                with pytest.raises(NotServed):
                    await asyncio.to_thread(follow, "zone")


async def test_a_mistyped_setting_is_told_beside_a_served_plant_as_well(home: Path, monkeypatch: pytest.MonkeyPatch):
    (home / ".env").write_text("PLANTROOM_PROT=9000\n")
    async with serving(home, zone):
        _, shown = await asyncio.to_thread(follow, "zone")
    assert printed(shown, "err") == "• PLANTROOM_PROT is no setting. Is PLANTROOM_PORT meant?\n"


async def test_nobody_but_its_owner_gets_to_the_socket(home: Path):
    async with serving(home, greet):
        place = place_of(home)
        assert place.socket
        assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(place.socket.stat().st_mode) == 0o600
    assert not place.socket.exists()


async def test_a_home_too_deep_for_a_socket_is_served_on_loopback_with_a_token(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    deep = home / ("d" * LONGEST)
    monkeypatch.setenv("PLANTROOM_HOME", str(deep))
    async with serving(deep, greet):
        file = place_of(deep).loopback
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert (await asyncio.to_thread(follow, "greet", name="Ida"))[0] == 0
        file.write_text(file.read_text().replace('"token": "', '"token": "x'))
        with pytest.raises(NotServed):
            await asyncio.to_thread(follow, "greet", name="Ida")


async def test_the_socket_of_a_killed_server_is_as_good_as_none_and_gives_way_to_the_next(home: Path):
    place = place_of(home)
    prepare(place)
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(place.socket))
    left.listen()
    left.close()
    with pytest.raises(NotServed):
        await asyncio.to_thread(follow, "greet", name="Ida")
    async with serving(home, greet):
        assert (await asyncio.to_thread(follow, "greet", name="Ida"))[0] == 0


def test_where_nothing_was_ever_served_a_command_works_alone(home: Path):
    with pytest.raises(NotServed) as reason:
        follow("greet", name="Ida")
    assert reason.value.why is None, "that is nothing to tell"
    assert not (home / "local").exists()


@pytest.mark.parametrize("name", ["plant.replay", "models.train", "os.system", "../ask.ask", "ask.Reply", "ask"])
def test_only_what_is_marked_is_done_for_commands(name: str):
    with pytest.raises(LookupError):
        served_operation(name)
