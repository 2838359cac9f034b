"""Who subscribed to what: paho's matcher, with what it found for a topic kept for the next message."""

from collections.abc import Iterable, Mapping
from typing import cast

from paho.mqtt.matcher import MQTTMatcher

from interfaces.broker.packets import Message, Subscription
from interfaces.broker.session import Session

_KNOWN_TOPICS = 50_000

Targets = Mapping[Session, Subscription]


class Subscriptions:
    def __init__(self) -> None:
        self._matcher = MQTTMatcher()
        self._filters: dict[str, dict[Session, Subscription]] = {}
        self._found: dict[str, Targets] = {}

    def add(self, session: Session, text: str, subscription: Subscription) -> None:
        session.subscriptions[text] = subscription
        sessions = self._filters.setdefault(text, {})
        sessions[session] = subscription
        self._matcher[text] = sessions
        self._found.clear()

    def remove(self, session: Session, text: str) -> bool:
        """Whether there was such a subscription."""
        if session.subscriptions.pop(text, None) is None:
            return False
        sessions = self._filters[text]
        sessions.pop(session)
        if not sessions:
            del self._filters[text], self._matcher[text]
        self._found.clear()
        return True

    def of(self, topic: str) -> Targets:
        """Each session once, with the highest QoS of its subscriptions that match."""
        found = self._found.get(topic)
        if found is None:
            if len(self._found) >= _KNOWN_TOPICS:
                self._found.clear()
            found = self._found[topic] = self._match(topic)
        return found

    def _match(self, topic: str) -> Targets:
        found: dict[Session, Subscription] = {}
        for sessions in cast(Iterable[dict[Session, Subscription]], self._matcher.iter_match(topic)):
            for session, subscription in sessions.items():
                if session not in found or subscription.qos > found[session].qos:
                    found[session] = subscription
        return found


def matching(text: str, messages: Mapping[str, Message]) -> list[Message]:
    """The retained messages that a filter finds."""
    if not ("+" in text or "#" in text):
        return [messages[text]] if text in messages else []
    matcher = MQTTMatcher()
    matcher[text] = True
    return [message for topic, message in messages.items() if any(cast(Iterable[bool], matcher.iter_match(topic)))]
