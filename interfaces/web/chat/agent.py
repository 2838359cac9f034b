"""What the web app needs of an agent."""

from collections.abc import AsyncIterator
from typing import Protocol

from agent.events import Event
from tools.context import Caller


class Agent(Protocol):
    def ask(self, question: str, conversation: str, caller: Caller) -> AsyncIterator[Event]: ...
