"""What the births of edge nodes agreed on: aliases, types, the order of messages, and who is alive.

Pure values; the decoder feeds them. An edge node's session begins with its NBIRTH and ends with the NDEATH of the same ``bdSeq``.
"""

from dataclasses import dataclass, field

_SEQ = 256
_ASK_AGAIN_MS = 10_000


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge node's address. ``command`` is the topic that it listens to."""

    group: str
    node: str

    @property
    def command(self) -> str:
        return f"spBv1.0/{self.group}/NCMD/{self.node}"

    def __str__(self) -> str:
        return f"{self.group}/{self.node}"

    def device(self, name: str | None) -> str:
        """The device's name in telemetry addresses: ``group:node``, or ``group:node:device``."""
        return f"{self.group}:{self.node}:{name}" if name else f"{self.group}:{self.node}"


@dataclass(frozen=True, slots=True)
class Agreed:
    """A metric as its birth described it."""

    device: str
    name: str
    datatype: int


@dataclass(slots=True)
class Session:
    """From an NBIRTH to its end. ``expected`` is the next message's sequence number; None: not known.

    A session is ``resumed`` from kept births until the first message after them: how many came between is not known.
    """

    bd_seq: int | None = None
    expected: int | None = None
    resumed: bool = False
    aliases: dict[tuple[str, int], Agreed] = field(default_factory=dict[tuple[str, int], Agreed])
    names: dict[tuple[str, str], Agreed] = field(default_factory=dict[tuple[str, str], Agreed])
    devices: set[str] = field(default_factory=set[str])

    def agree(self, metric: Agreed, alias: int | None) -> None:
        self.names[metric.device, metric.name] = metric
        if alias is not None:
            self.aliases[metric.device, alias] = metric

    def forget(self, device: str) -> None:
        """A device's new birth, or its death, ends what its last birth said."""
        self.devices.discard(device)
        self.aliases = {key: metric for key, metric in self.aliases.items() if metric.device != device}
        self.names = {key: metric for key, metric in self.names.items() if metric.device != device}

    def follows(self, seq: int | None, birth: bool) -> bool:
        """Take note of a message's number; False where messages before it are missing.

        Numbers wrap at 256. One that lies behind is a message delivered again, after which the count goes on from there.
        """
        if self.resumed and not birth:
            self.expected, self.resumed = None, False
        if seq is None:
            return True
        ahead = 0 if self.expected is None else (seq - self.expected) % _SEQ
        self.expected = (seq + 1) % _SEQ
        return ahead == 0 or ahead >= _SEQ // 2


class Sessions:
    """The sessions of all edge nodes, and when each was last asked for its births."""

    def __init__(self) -> None:
        self._open: dict[Edge, Session] = {}
        self._asked: dict[Edge, int] = {}
        self._recalled: set[Edge] = set()

    def of(self, edge: Edge) -> Session | None:
        return self._open.get(edge)

    def begin(self, edge: Edge, bd_seq: int | None, seq: int | None) -> None:
        self._open[edge] = Session(bd_seq, seq, edge in self._recalled)
        self._recalled.discard(edge)

    def end(self, edge: Edge, bd_seq: int | None) -> Session | None:
        """The session that a death ends; None where the death belongs to an earlier session, or to none."""
        session = self._open.get(edge)
        if session is None or (bd_seq is not None and session.bd_seq is not None and bd_seq != session.bd_seq):
            return None
        return self._open.pop(edge)

    def recall(self, edge: Edge) -> bool:
        """Whether kept births are worth a look: once for each time that a node is not known."""
        first = edge not in self._recalled
        self._recalled.add(edge)
        return first

    def ask(self, edge: Edge, now: int) -> bool:
        """Whether to ask for births now (epoch ms): at most every ten seconds, since births are large."""
        if now - self._asked.get(edge, 0) < _ASK_AGAIN_MS:
            return False
        self._asked[edge] = now
        return True
