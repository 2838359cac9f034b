"""What the web app needs of an agent."""

from collections.abc import AsyncIterator
from typing import Protocol

from agent.events import Event


class Agent(Protocol):
    def ask(self, question: str, conversation: str) -> AsyncIterator[Event]: ...
