"""One command's work in the serving process: what it prints goes to the command's terminal, and its questions come back answered."""

import asyncio
import io
import secrets
from typing import Any

from rich.console import Console

from interfaces.local.request import TerminalRequest

_USUAL_SIZE = (80, 25)


class Exchange:
    """``frames`` are what the command shows, in order."""

    def __init__(self, terminal: TerminalRequest) -> None:
        self.number = secrets.token_hex(8)
        self.frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._answers: asyncio.Queue[Any] = asyncio.Queue()
        self.out = console(terminal, _Stream(self, "out", terminal.encoding, terminal.out_is_terminal))
        self.err = console(terminal, _Stream(self, "err", terminal.encoding, terminal.err_is_terminal))
        self.show(begun=self.number)

    def show(self, **frame: Any) -> None:
        self.frames.put_nowait(frame)

    def report(self, sentence: str, share: float | None = None) -> None:
        self.show(step=sentence, share=share)

    async def ask(self, kind: str, content: str) -> Any:
        """Raises ``asyncio.CancelledError`` when the command is gone: then nobody answers."""
        self.show(ask=kind, content=content)
        return await self._answers.get()

    def answer(self, value: Any) -> None:
        self._answers.put_nowait(value)


class _Stream(io.TextIOBase):
    """One of the command's two outputs."""

    def __init__(self, exchange: Exchange, name: str, encoding: str, is_terminal: bool) -> None:
        self._exchange = exchange
        self._name = name
        self._encoding = encoding
        self._is_terminal = is_terminal

    @property
    def encoding(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._encoding

    def isatty(self) -> bool:
        return self._is_terminal

    def write(self, s: str) -> int:
        self._exchange.show(**{self._name: s})
        return len(s)


def console(terminal: TerminalRequest, stream: _Stream) -> Console:
    """Prints as a console of the command's own process would."""
    columns, lines = terminal.size or _USUAL_SIZE
    stated = terminal.environment.get("COLUMNS", "").isdigit()
    return Console(
        file=stream,  # pyright: ignore[reportArgumentType]
        highlight=False,
        width=None if stated else columns,
        height=lines,
        _environ=terminal.environment,
    )
