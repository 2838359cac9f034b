"""A whole sentence: its phrases are collected from left to right, then what is asked is decided from what was found."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from agent.lexicon import quantity_token
from agent.offline.chunks import Chunk, ClassWord, Number, Quantity
from agent.offline.intents import Intent, Problem, RelatedThings, Test, Things, of_class
from agent.offline.parser import PARTS_OF, Sentence
from agent.offline.resolving import Resolver
from agent.offline.supply import about_route, is_kept, read_media
from agent.offline.times import TimeSpan
from agent.offline.tokens import key
from agent.offline.words import Extreme, Relation
from graph_schema.model import Status
from graph_schema.question import Aggregate, AssetQuery, GroupBy

_FLAGS = (
    "impact", "fail", "risk", "wrong", "where", "when", "why", "highlight", "compare", "rank", "describe", "longest", "often", "count",
    "howmuch", "list", "use", "upstream", "downstream", "path", "will", "greet", "thanks", "help", "which", "how", "setpoint", "read", "not", "there", "or", "limit",
)  # fmt: skip
_PERIODS: dict[str, GroupBy] = {"hour": "hour", "hourly": "hour", "day": "day", "daily": "day"}
_WHOLE = frozenset({"whole", "entire", "throughout", "always", "constantly", "continuously", "all"})
_ABOUT_ONE = frozenset(
    {
        "value",
        "compare",
        "where",
        "describe",
        "state",
        "wrong",
        "loses_service",
        "upstream",
        "downstream",
        "path",
        "points",
    }
)
_LEADING = frozenset(
    [
        "please",
        "can",
        "could",
        "would",
        "you",
        "i",
        "want",
        "need",
        "to",
        "let's",
        "lets",
        "go",
        "ahead",
        "and",
        "now",
        "just",
        "kindly",
        "must",
        "immediately",
        "we",
        "should",
        "hey",
        "ok",
        "okay",
        "me",
        "the",
        "us",
        "that",
        "have",
        "might",
        "like",
        "plantroom",
        "hello",
        "hi",
        ",",
        ".",
        "!",
    ]
)


def read_sentence(self: Sentence) -> Intent:
    read_media(self)
    _complete_heads(self)
    first = _refusal(self)
    if first is not None:
        return first
    _scan(self)
    return _decide(self)


# -- what is out of reach ----------------------------------------------------------------------------------------------


def _refusal(self: Sentence) -> Intent | None:
    content = [c for c in self.chunks if not c.has("sign")]
    if not content:
        return Intent("help")
    for tag in ("help", "greet", "thanks"):
        if any(c.has(tag) for c in content) and all(
            c.has(tag, "polite", "greet", "which", "det", "and") for c in content
        ):
            return Intent(cast(Any, tag))
    if any(c.get("topic") == "injection" for c in content):
        return _refuse("injection")
    if _is_order(self.chunks):
        return _refuse("write")
    impact = any(c.has("impact") for c in content)
    topics = [cast(str, c.get("topic")) for c in content if c.has("topic") and not c.has("ent", "class", "qty")]
    if any(a.lower == "who" and _supplies(b) for a, b in itertools.pairwise(content)):
        topics = [topic for topic in topics if topic != "people"]  # "who supplies chilled water to AHU-2"
    fails = any(c.has("fail") for c in content)
    if impact and fails:
        topics = [topic for topic in topics if topic not in ("people", "forecast")]
    foretold = bool(topics) or any(c.has("will") for c in content)
    of_one = any(c.has("ent", "pron", "class") for c in content)
    if fails and foretold and of_one and not impact and set(topics) <= {"forecast"}:
        self.flags.add("outlook")
        return None
    if topics and not (impact and topics == ["forecast"]):
        return _refuse(topics[0])
    future = any(c.has("time") and cast(TimeSpan, c.get("time")).kind == "future" for c in content)
    if (
        (future or any(c.has("will") for c in content))
        and not impact
        and not any(c.has("fail") for c in content if impact)
    ):
        return _refuse("forecast")
    return None


def _supplies(chunk: Chunk) -> bool:
    relation = cast("Relation | None", chunk.get("rel"))
    return relation is not None and relation.kind == "feed" and relation.active


def _refuse(topic: str) -> Intent:
    return Intent("refuse", problems=(Problem("topic", topic),))


def _is_order(chunks: list[Chunk]) -> bool:
    """A sentence that begins with a verb of action ("Shut down AHU-1", "could you please restart it")."""
    index = 0
    while index < len(chunks) and (
        chunks[index].lower in _LEADING
        or chunks[index].has("sign", "greet")
        or (chunks[index].has("polite") and not chunks[index].has("write"))
    ):
        index += 1
    if index >= len(chunks) or not chunks[index].has("write"):
        return False
    following = chunks[index + 1 : index + 3]
    if chunks[index].has("rank") and any(c.has("by") for c in chunks[index:]):
        return False
    return bool(following) and not (
        chunks[index].lower in ("open", "active", "start") and following[0].has("status", "class")
    )


def _complete_heads(self: Sentence) -> None:
    """“is the mixed air warmer than the return air”: words of quantities without the head that the adjective gives."""
    said = [cast(Quantity, c.get("qty")) for c in self.chunks if c.has("qty")]
    if len(said) == 1 and not said[0].exact and len(said[0].tokens) == 1:
        _spread_quantity(self, said[0])
        return
    adjective = next((a for c in self.chunks if (a := _degree(self, c))), None) or _head_before(self)
    if adjective is None or said:
        return
    runs = [
        list(run) for telling, run in itertools.groupby(self.chunks, key=lambda c: _begins_quantity(self, c)) if telling
    ]
    for run in runs:
        words = [piece for c in run for piece in key(c.text)]
        tokens = frozenset(quantity_token(word) for word in words) | adjective
        if len(words) < 2 or not self.lexicon.quantities_named(tokens, self.lexicon.present_quantities):
            continue
        text = f"{' '.join(words)} {' '.join(adjective)}"
        first = self.chunks.index(run[0])
        whole = Chunk(run[0].first, run[-1].last, text, {"qty": Quantity(tokens, text)})
        self.chunks[first : first + len(run)] = [whole]


def _spread_quantity(self: Sentence, said: Quantity) -> None:
    """“the temperature of the server room's supply air”: the quantity's words in two places."""
    at = next(i for i, c in enumerate(self.chunks) if c.has("qty"))
    for first in range(at + 1, len(self.chunks) - 1):
        run = self.chunks[first : first + 2]
        words = [piece for c in run for piece in key(c.text)]
        tokens = frozenset(quantity_token(word) for word in words) | said.tokens
        present = self.lexicon.quantities_named(tokens, self.lexicon.present_quantities)
        if all(_begins_quantity(self, c) for c in run) and len(words) == 2 and present:
            text = f"{' '.join(words)} {said.text}"
            self.chunks[at] = replace(self.chunks[at], tags={"qty": Quantity(tokens, text)})
            before = first - 1 if self.has(first - 1, "of", "det") else first
            del self.chunks[before : first + 2]
            return


def _head_before(self: Sentence) -> frozenset[str] | None:
    """“and the return air?” after a question about a temperature."""
    before = self.previous
    if before is None or len(before.quantities) != 1 or len(self.chunks) > 7:
        return None
    if any(c.has("ent", "class", "rel") and not _begins_quantity(self, c) for c in self.chunks):
        return None
    tokens = before.quantities[0].tokens
    head = {"temperature", "humidity", "pressure", "flow", "co", "setpoint", "power", "speed", "position"} & tokens
    return frozenset(head) or None


def _degree(self: Sentence, chunk: Chunk) -> frozenset[str] | None:
    """What an adjective measures: “warm”, “warmer than”."""
    if chunk.has("adjective"):
        return cast(frozenset[str], chunk.get("adjective"))
    implied = self.adjective_quantity(chunk) if chunk.has("cmp") else None
    return implied.tokens if implied is not None else None


def _begins_quantity(self: Sentence, chunk: Chunk) -> bool:
    return (
        not chunk.has("ent", "class", "time", "num", "adjective", "cmp", "aux", "in", "and", "det", "pron", "of")
        and all(quantity_token(piece) in self.lexicon.quantity_vocabulary for piece in key(chunk.text))
        and bool(key(chunk.text))
    )


# -- collecting --------------------------------------------------------------------------------------------------------


def _scan(self: Sentence) -> None:
    for index, chunk in enumerate(self.chunks):
        if chunk.has("direct"):
            self.flags.add("direct")
            self.used.add(index)
    index = 0
    while index < len(self.chunks):
        after = _step(self, index)
        index = max(after, index + 1)


def _step(self: Sentence, index: int) -> int:
    chunk = self.chunks[index]
    if index == 0 and chunk.lower in ("has", "have", "had") and self.has(1, "det", "ent", "class", "pron"):
        return self.take(index)
    if chunk.has("time"):
        self.times.append(cast(TimeSpan, chunk.get("time")))
        return self.take(index)
    for rule in (
        _too,
        _day_before,
        _which_bucket,
        _in_which,
        _in_unit,
        _deprived,
        _group,
        _most,
        _turned,
        _phrase,
        _comparison,
        _measure,
        _flag,
    ):
        after = rule(self, index)
        if after is not None:
            return after
    if not chunk.has("unknown") and not _meaningful(chunk):
        self.take(index)
    return index + 1


def _meaningful(chunk: Chunk) -> bool:
    if chunk.has(
        "polite",
        "det",
        "aux",
        "all",
        "and",
        "or",
        "of",
        "in",
        "to",
        "than",
        "that",
        "there",
        "thing",
        "by",
        "kind",
        "pron",
        "time",
    ):
        return chunk.has("ent", "class", "qty") or chunk.lower in ("no", "without")
    return chunk.has("ent", "class", "qty", "num", "cmp", "rel", "status", "sup", "adjective", "except", "state")


def _too(self: Sentence, index: int) -> int | None:
    """“is it too hot anywhere”: no thing is meant by “it”."""
    chunk = self.chunks[index]
    if chunk.lower == "it" and any(c.lower == "too" for c in self.chunks[index : index + 3]):
        return self.take(index)
    return None


def _day_before(self: Sentence, index: int) -> int | None:
    """“was yesterday warmer than the day before”: the same stretch, one day earlier."""
    at = index + 1 if self.has(index, "det") else index
    said = [self.chunks[i].lower for i in range(at, min(at + 3, len(self.chunks)))]
    if len(said) < 2 or said[0] not in ("day", "week") or said[1] != "before" or not self.times:
        return None
    last = self.times[-1]
    step = timedelta(days=7 if said[0] == "week" else 1)
    label = f"the {said[0]} before"
    self.times.append(replace(last, start=last.start - step, end=last.end - step, label=label))
    self.used.update(range(index, at + 2))
    return at + 2


def _which_bucket(self: Sentence, index: int) -> int | None:
    """“on which day was it highest”, “at what hour”: buckets of time, of which the best is asked for."""
    at = index + 1 if self.has(index, "in") else index
    chunk = self.at(at)
    if chunk is None or chunk.lower not in ("which", "what") or self.at(at + 1) is None:
        return None
    period = _PERIODS.get(self.chunks[at + 1].lower)
    if period is None:
        return None
    self.group_by = period
    self.flags.add("bucket")
    self.used.update(range(index, at + 2))
    return at + 2


def _in_which(self: Sentence, index: int) -> int | None:
    """“on which floor is the canteen?”, “in what room do I find it?”"""
    if not (self.has(index, "in") and self.has(index + 1, "which")):
        return None
    word = cast("ClassWord | None", self.chunks[index + 2].get("class")) if self.has(index + 2, "class") else None
    place = self.lexicon.best_class(word.classes) if word is not None else None
    if place is None or not self.place_class(place) or not self.has(index + 3, "aux"):
        return None
    self.flags.add("where")
    self.of_class = place
    self.used.update(range(index, index + 4))
    return index + 4


def _in_unit(self: Sentence, index: int) -> int | None:
    """“in fahrenheit”, “as kilowatts”."""
    at = index + 1 if self.has(index, "in", "than", "to") else index
    if not self.has(at, "unit") or (at == index and len(self.chunks[at].text) < 3):
        return None
    self.unit = cast(str, self.chunks[at].get("unit"))
    self.used.update(range(index, at + 1))
    return at + 1


_KEEPING = frozenset({"get", "gets", "have", "has", "receive", "receives", "keep", "keeps", "got"})
_SUPPLIES = frozenset(
    ["chilled", "hot", "cold", "fresh", "conditioned", "supplied", "air", "water", "heat", "heating", "cooling", "power", "electricity", "light", "lights", "supply", "service", "ventilation", "gas", "chilled water", "hot water"]
)  # fmt: skip


def _deprived(self: Sentence, index: int) -> int | None:
    """“which rooms would be without air if …”, “lose their air”, “still get chilled water”."""
    chunk = self.chunks[index]
    lost = (chunk.has("rel") and cast(Relation, chunk.get("rel")).kind == "lack") or chunk.has("impact")
    kept = chunk.lower in _KEEPING
    if not (lost or kept) or chunk.has("ent", "class") or not any(c.has("fail") for c in self.chunks):
        return None
    after = index + 1
    while self.has(after, "det", "all", "pron"):
        after += 1
    last = after
    while last < len(self.chunks) and self.chunks[last].lower in _SUPPLIES:
        last += 1
    if last == after:
        return None
    self.flags.add("impact")
    if kept:
        self.flags.add("kept")
    self.used.update(range(index, last))
    return last


def _group(self: Sentence, index: int) -> int | None:
    """“per floor”, “by type”, “for each AHU”, “hourly”."""
    chunk = self.chunks[index]
    if chunk.lower in ("hourly", "daily"):
        self.group_by = _PERIODS[chunk.lower]
        return self.take(index)
    if not chunk.has("by") or chunk.has("ent") or (chunk.lower == "by" and self.has(index - 1, "use", "rel")):
        return None
    after = index + 1
    while self.has(after, "det", "all") and not self.has(after, "class", "ent"):
        after += 1
    follower = self.at(after)
    if follower is None:
        return None
    number_of = _number_of(self, after)
    if number_of is not None:
        return number_of
    word = follower.lower.rstrip("s")
    if word in _PERIODS:
        self.group_by = _PERIODS[word]
    elif follower.has("kind"):
        self.group_by = "class"
    elif follower.has("class") and not follower.has("qty"):
        if chunk.lower in ("each", "every") and (index == 0 or (index == 1 and self.has(0, "aux", "rel"))):
            return None
        found = self.things(after)
        if found is None or found[0].point:
            return None
        self.group_of = found[0]
        if chunk.lower in ("each", "every", "for each of", "for each", "for every", "each of"):
            self.flags.add("each")
        self.used.add(index)
        return found[1]
    else:
        return None
    self.used.update(range(index, after + 1))
    return after + 1


def _number_of(self: Sentence, index: int) -> int | None:
    """“rank the floors by number of rooms”."""
    if not self.has(index, "count") or not self.phrases:
        return None
    counted = self.things(self.take(index), nested=True, points=True)
    if counted is None:
        return None
    self.related = self.possession_count(self.phrases[-1][1], counted[0])
    self.flags.add("ranked")
    self.used.add(index - 1)
    return counted[1]


def _most(self: Sentence, index: int) -> int | None:
    """“top 3”, “the 5 hottest”, “the most”."""
    chunk = self.chunks[index]
    if not chunk.has("sup") or chunk.has("ent", "qty"):
        return None
    extreme = cast(Extreme, chunk.get("sup"))
    if extreme.count and self.has(index + 1, "adjective"):
        self.take(index)
        tokens = cast(frozenset[str], self.chunks[index + 1].get("adjective"))
        self.extremes.append(Extreme(extreme.end, _moved(self, tokens)))
        return self.take(index + 1)
    after = self.take(index)
    number = self.at(after)
    if (
        number is not None
        and number.has("num")
        and cast(Number, number.get("num")).unit is None
        and not number.has("ent")
    ):
        self.limit = int(cast(Number, number.get("num")).value)
        after = self.take(after)
    if not extreme.quantity and self.has(after, "sup") and cast(Extreme, self.chunks[after].get("sup")).quantity:
        extreme = cast(Extreme, self.chunks[after].get("sup"))  # "top 3 hottest"
        after = self.take(after)
    self.extremes.append(extreme)
    while self.at(after) is not None and extreme.quantity & set(key(self.chunks[after].text)):
        after = self.take(after)  # the filter of "the dirtiest filter"
    return after


def _turned(self: Sentence, index: int) -> int | None:
    """“AHU 3 feeds how many VAVs”, “room 410 is served by which AHU”: the asked thing comes last."""
    chunk = self.chunks[index]
    if not chunk.has("rel") or not self.phrases or chunk.has("ent", "class", "qty"):
        return None
    after = index + 1
    while self.has(after, "to", "polite") and not self.has(after, "count", "which"):
        after += 1
    if not self.has(after, "count", "which"):
        return None
    asked = self.things(after + 1)
    if asked is None:
        return None
    relation = cast(Relation, chunk.get("rel"))
    owner = self.phrases[-1][1]
    self.used.update(range(index, after + 1))
    self.flags.add("count" if self.has(after, "count") else "which")
    if relation.kind in ("has", "contain"):
        things = self.owned(asked[0], owner)
    else:
        turned = replace(relation, active=not relation.active) if relation.kind == "feed" else relation
        things = self.related_to(asked[0], turned, owner, False)
    self.phrases[-1] = (self.phrases[-1][0], things)
    return asked[1]


def _phrase(self: Sentence, index: int) -> int | None:
    chunk = self.chunks[index]
    if chunk.has("qty") and not _names_points(self, index, chunk):
        return None
    if chunk.has("which", "in") and not chunk.has("ent", "class") and not _open_what(self, index):
        return None
    if (chunk.has("which") or chunk.lower == "who") and _open_what(self, index):
        self.flags.add("which")
        self.take(index)
        things = Things(AssetQuery(), "things")
        restricted = self.restrict(things, index + 1)
        if restricted[0].restricted:
            self.phrases.append((index, restricted[0]))
            return restricted[1]
        self.used.discard(index)
        return None
    parts = chunk.has("rel") and chunk.lower in PARTS_OF
    if not parts and not chunk.has(
        "ent", "class", "thing", "pron", "qty", "num", "status", "state", "sup", "det", "all", "kind", "everything"
    ):
        return None
    if chunk.lower == "it" and _expletive(self, index):
        return self.take(index)  # "how hot is it outside"
    if (
        chunk.has("pron")
        and chunk.lower in ("that", "this", "one", "these", "those")
        and not chunk.has("ent")
        and not _standalone(self, index)
    ):
        return None
    found = self.things(index, points=chunk.has("qty"))
    if found is None:
        return None
    self.phrases.append((index, found[0]))
    return found[1]


def _expletive(self: Sentence, index: int) -> bool:
    return any(c.has("outside") or c.lower == "windy" for c in self.chunks) or (
        self.has(index + 1, "in") and self.noun_follows(index + 2)
    )


def _standalone(self: Sentence, index: int) -> bool:
    follower = self.at(index + 1)
    if self.chunks[index].lower in ("those", "these"):
        return not self.noun_follows(index + 1)
    if follower is not None and follower.lower in ("one",):
        return True
    before = self.at(index - 1)
    return (
        self.chunks[index].lower in ("that", "this")
        and (follower is None or follower.has("sign"))
        and (before is not None and before.has("of", "aux", "in", "describe", "rel"))
    ) or (
        self.chunks[index].lower in ("that", "this")
        and follower is not None
        and follower.has("status", "state", "adjective", "cmp")
        and (before is not None and before.has("aux"))
        and not self.noun_follows(index + 1)
    )


def _open_what(self: Sentence, index: int) -> bool:
    """“what” that stands for things itself, before a verb or a place: “what does AHU 3 feed”, “what is on the roof”."""
    chunk = self.chunks[index]
    if not (chunk.has("which") or chunk.lower == "who") or chunk.lower.split()[0].rstrip("'s") not in (
        "what",
        "which",
        "what'",
        "wha",
        "whatever",
        "who",
    ):
        return False
    after = index + 1
    while self.has(after, "polite", "all", "that") and not self.has(after, "class", "ent", "qty", "rel", "in", "thing"):
        after += 1
    follower = self.at(after)
    if follower is None or follower.has("qty", "class", "kind", "agg"):
        return False
    if follower.has("rel"):
        return follower.lower not in PARTS_OF
    if follower.has("in", "not", "except"):
        return True
    return follower.has("aux", "status") or (
        follower.has("ent") and chunk.lower != "what is" and _later(self, after, "rel")
    )


def _later(self: Sentence, index: int, tag: str) -> bool:
    return any(c.has(tag) for c in self.chunks[index:])


def _names_points(self: Sentence, index: int, chunk: Chunk) -> bool:
    """Whether “temperature sensors” means the points rather than their values."""
    quantity = cast(Quantity, chunk.get("qty"))
    if any(c.has("use") for c in self.chunks) or (
        not quantity.sensor and self.has(index + 1, "of") and self.noun_follows(index + 2)
    ):
        return False  # "how many kWh did the lab use", "the bearing temperatures of the pumps"
    counted = bool(self.flags & {"count"}) and not self.phrases
    if chunk.has("class") and not quantity.sensor and self.has(index - 1, "pron"):
        return False  # "what are their temperatures"
    if chunk.has("class") and not quantity.sensor:
        return (quantity.plural and bool(self.flags & {"count", "list", "which"})) or counted
    if quantity.sensor:
        return quantity.plural or counted or bool(self.flags & {"there"})
    return (counted and quantity.plural) or (quantity.plural and "there" in self.flags)


def _comparison(self: Sentence, index: int) -> int | None:
    chunk = self.chunks[index]
    if not chunk.has("cmp", "between", "qty"):
        return None
    if chunk.has("qty") and not self.has(index + 1, "cmp", "between", "aux", "read", "not"):
        return None
    saved = set(self.used)
    found = self.test(index, None)
    if found is None:
        self.used = saved
        if chunk.has("cmp") and not chunk.has("qty"):
            self.flags.add("compare")
            implied = self.adjective_quantity(chunk)
            if implied is not None:  # "warmer than conference room 5"
                low = chunk.lower.split()[0] in ("colder", "cooler", "slower")
                self.extremes.append(Extreme("min" if low else "max", implied.tokens))
            return self.take(index)
        return None
    tests, after = found
    owner = self.phrases[-1][1] if self.phrases else None
    if owner is None or owner.ids:
        after_owner = _owner_after(self, after)
        if after_owner is not None:
            return _attach(self, tests, after_owner)
    self.tests.extend(tests)
    return after


def _owner_after(self: Sentence, index: int) -> tuple[Things, int] | None:
    return None


def _attach(self: Sentence, tests: list[Test], found: tuple[Things, int]) -> int:
    self.tests.extend(tests)
    return found[1]


def _measure(self: Sentence, index: int) -> int | None:
    chunk = self.chunks[index]
    if chunk.has("qty"):
        quantity = cast(Quantity, chunk.get("qty"))
        self.quantities.append(quantity)
        return self.take(index)
    if chunk.has("agg"):
        self.aggregates.append(cast(Aggregate, chunk.get("agg")))
        return self.take(index)
    if chunk.has("adjective"):
        tokens = cast(frozenset[str], chunk.get("adjective"))
        self.flags.add("adjective")
        if chunk.lower in ("warmer", "hotter", "colder", "cooler"):
            self.flags.add("compare")
            self.extremes.append(Extreme("max" if chunk.lower in ("warmer", "hotter") else "min", tokens))
        else:
            tokens = _moved(self, tokens)
            quantity = Quantity(tokens, " ".join(sorted(tokens)), exact=())
            if _completes(self, quantity):
                return self.take(index)
            opening = _opening(self, index, quantity)
            if opening is not None:
                self.tests.append(opening)
            elif self.quantities and self.quantities[-1].tokens < tokens and not self.quantities[-1].exact:
                self.quantities[-1] = quantity  # "how hot is it blowing"
            else:
                self.quantities.append(quantity)
        return self.take(index)
    if chunk.has("status") and not chunk.has("state"):
        placed = _placed(self, index)
        if placed is not None:
            return placed
        self.statuses.extend(cast(tuple[Status, ...], chunk.get("status")))
        return self.take(index)
    if chunk.has("state") and not (chunk.has("in") and self.noun_follows(index + 1)):
        self.state = "off" if self.has(index - 1, "not") else cast(str, chunk.get("state"))
        return self.take(index)
    return None


def _placed(self: Sentence, index: int) -> int | None:
    """“alarms on the roof”: the things there that are in alarm."""
    if not self.has(index + 1, "in") or not self.noun_follows(index + 2):
        return None
    status = list(cast(tuple[Status, ...], self.chunks[index].get("status")))
    things, after = self.restrict(Things(AssetQuery(status=status), "things"), self.take(index))
    if not things.restricted:
        return None
    self.phrases.append((index, things))
    return after


def _moved(self: Sentence, tokens: frozenset[str]) -> frozenset[str]:
    """“its damper most open”: the position of that part."""
    part = next((t for c in self.chunks for t in ("damper", "valve", "gate") if t in key(c.text)), None)
    if tokens != frozenset({"position"}) or part is None:
        return tokens
    named = self.lexicon.quantities_named(tokens | {part}, self.lexicon.present_quantities)
    return tokens | {part} if named else tokens


_FULLY_OPEN = 95.0


def _opening(self: Sentence, index: int, quantity: Quantity) -> Test | None:
    """“are any valves open”, “is the gate shut”; “fully open” counts from 95 %."""
    word = self.chunks[index].lower
    if word not in ("open", "closed", "shut") or "how" in self.flags:
        return None
    fully = index > 0 and self.chunks[index - 1].lower in ("fully", "wide", "completely", "entirely", "all the way")
    closed = (word != "open") != self.has(index - 1, "not")
    return Test(
        "<=" if closed else ">=" if fully else ">", _FULLY_OPEN if fully and not closed else 0.0, None, quantity
    )


def _completes(self: Sentence, quantity: Quantity) -> bool:
    """“more than 90% open”: the adjective after a test says what is tested."""
    index, things = self.phrases[-1] if self.phrases else (0, None)
    tests = things.tests if things is not None and things.tests else tuple(self.tests)
    if not tests or tests[-1].quantity is not None or tests[-1].value is None or tests[-1].setpoint:
        return False
    done = (*tests[:-1], replace(tests[-1], quantity=quantity))
    if things is not None and things.tests:
        self.phrases[-1] = (index, replace(things, tests=done))
    else:
        self.tests = list(done)
    return True


def _flag(self: Sentence, index: int) -> int | None:
    chunk = self.chunks[index]
    found = [tag for tag in _FLAGS if chunk.has(tag)]
    if chunk.lower in ("more", "less"):
        self.flags.add("compare")
        if self.has(index + 1, "qty", "adjective") and "which" in self.flags:
            self.extremes.append(Extreme("max" if chunk.lower == "more" else "min"))  # "which is more efficient"
        return self.take(index)
    if chunk.lower == "time" and self.has(index + 1, "cmp"):
        self.flags.add("longest")
        return self.take(index)
    if not found:
        return None
    self.flags.update(found)
    if chunk.lower.startswith("show") or chunk.lower in ("let me see",):
        self.flags.add("show")
    if chunk.has("fail"):
        self.flags.add(f"fail@{index}")
    return self.take(index)


# -- deciding ----------------------------------------------------------------------------------------------------------


def _decide(self: Sentence) -> Intent:
    intent = _follow_up(self) or _fresh(self)
    if intent.act in ("refuse", "greet", "help", "thanks"):
        return intent
    missed = [*_missed(self), *_dropped(self, intent)]
    problems = [*self.problems]
    things = intent.things
    if things is not None and things.choices and (things.ids or intent.act in _ABOUT_ONE):
        problems.append(Problem("ambiguous", things.text, things.choices))
    if missed and not any(p.kind == "unknown_name" for p in problems):
        problems.append(Problem("not_understood", ", ".join(f"“{word}”" for word in missed)))
    return replace(intent, problems=(*intent.problems, *problems))


def _missed(self: Sentence) -> list[str]:
    return [c.text for i, c in enumerate(self.chunks) if i not in self.used and (c.has("unknown") or _meaningful(c))]


def _dropped(self: Sentence, intent: Intent) -> list[str]:
    """Names and classes that were read but play no part in what is asked: leaving them out could change the question."""
    if intent.act == "unclear":
        return []
    ids, classes = set[str](), set[str]()
    parts = [t for t in (intent.things, *intent.others) if t is not None]
    for things in parts:
        ids.update(things.ids)
        classes.add(things.class_ or "")
        _mentioned(things.query, ids, classes)
    if intent.related is not None:
        _mentioned(intent.related.query, ids, classes)
    classes.update((intent.of_class or "", (self.group_of.class_ if self.group_of else None) or ""))
    for point in (self.point_class(q) for q in intent.quantities if q.sensor):
        classes.add(point or "")
    lost: list[str] = []
    if intent.act not in _TESTING and (self.tests or any(t.tests for t in parts)):
        lost.append("the condition")
    for _, things in self.phrases:
        own_ids, own_classes = set(things.ids), set[str]()
        _mentioned(things.query, own_ids, own_classes)
        own_ids.discard(self.lexicon.root or "")
        if things.class_ and not things.ids:
            own_classes.add(things.class_)
        if self.is_whole(things):
            continue
        kinds = {c for c in own_classes if c not in _VAGUE} - classes
        if things.query == of_class(things.class_) and ids:  # "which pump, A or B"
            kinds = {c for c in kinds if not all(self.lexicon.is_a(self.lexicon.things[i].class_, c) for i in ids)}
        if not own_ids <= ids or kinds:
            lost.append(f"{things.text or things.label}")
    return lost


_TESTING = frozenset(
    {"count", "list", "check", "value", "compare", "rank", "highlight", "counts", "which", "status", "state", "risk"}
)
_VAGUE = frozenset({"Equipment", "Point", "Location", "Sensor", "System", "Terminal_Unit", "Alarm"})


def _mentioned(query: AssetQuery, ids: set[str], classes: set[str]) -> None:
    ids.update(query.ids or ())
    if query.class_:
        classes.add(query.class_)
    inner = (query.within, query.fed_by, query.feeds, query.part_of, query.has_part, query.excluding, *query.any_of)
    for one in inner:
        if one is not None:
            _mentioned(one, ids, classes)


def _base(self: Sentence) -> Intent:
    """All that the sentence said, before it is decided what is asked."""
    words = {c.lower for c in self.chunks}
    whole = bool(words & _WHOLE) or any(word.startswith(("for the", "throughout")) for word in words)
    return Intent(
        "unclear",
        times=tuple(self.times),
        quantities=tuple(self.quantities),
        aggregate=self.aggregates[0] if self.aggregates else None,
        also=tuple(dict.fromkeys(a for a in self.aggregates[1:] if a != self.aggregates[0])),
        difference=any(c.has("compare") and c.lower.startswith("difference") for c in self.chunks),
        group_by=self.group_by,
        limit=self.limit,
        whole=whole,
        tests=tuple(self.tests),
        state=self.state,
        duration="longest" in self.flags,
        counted="count" in self.flags,
        yes_no=_yes_no(self),
        when="when" in self.flags,
        universal=_yes_no(self) and any(c.lower in ("all", "every", "each") for c in self.chunks[:3]),
        both=any(c.lower == "both" for c in self.chunks),
        each="each" in self.flags,
        trend=any(c.lower in _TRENDS for c in self.chunks),
        best_bucket="bucket" in self.flags,
        unit=self.unit,
    )


_TRENDS = frozenset(
    {"trend", "trended", "history", "historical", "profile", "over time", "course", "development", "evolution", "curve"}
)


def _yes_no(self: Sentence) -> bool:
    first = next(
        (c for c in self.chunks if not c.has("sign") and (not c.has("polite", "follow") or c.has("aux"))), None
    )
    return (
        first is not None
        and (first.has("aux", "there") or (first.has("rel") and first.lower in ("has", "have", "had")))
        and not self.flags & {"which", "count", "list", "where", "howmuch"}
    )


def _main(self: Sentence) -> Things | None:
    found = [things for _, things in self.phrases]
    telling = [t for t in found if t.ids or t.class_ or t.restricted or t.query != AssetQuery()]
    return (telling or found or [None])[0]


def _named(self: Sentence) -> list[Things]:
    return [things for _, things in self.phrases if things.ids or (things.text and things.query.ids == [])]


def _fresh(self: Sentence) -> Intent:
    for decide in (
        _about_limits,
        _about_excess,
        _about_meaning,
        _about_whole,
        _about_outlook,
        about_route,
        _about_failure,
        _about_path,
        _about_risk,
        _about_seen,
        _about_mode,
        _about_where,
        _about_measure,
        _about_condition,
        _about_show,
        _about_state,
        _about_things,
    ):
        intent = decide(self)
        if intent is not None:
            return intent
    return _base(self)


def _about_limits(self: Sentence) -> Intent | None:
    """“is the vibration of CHWP-2 above its limit”, “what are the limits of …”."""
    asked = any(list(cast("tuple[Status, ...]", c.get("status") or ())) == ["normal"] for c in self.chunks)
    normal = asked and bool(self.quantities)  # "what is the level, and is that normal"
    if ("limit" not in self.flags and not normal) or "count" in self.flags:
        return None
    named = [t for t in _named(self) if t.ids]
    before = self.previous
    things = (
        named[0] if named else before.things if before is not None and before.things and before.things.ids else None
    )
    if things is None or not things.ids or self.is_place(things):
        return None
    quantities = tuple(self.quantities) or (before.quantities if before is not None and not named else ())
    self.used.update(i for i, c in enumerate(self.chunks) if c.has("limit", "cmp", "in", "pron", "outside", "of", "by"))
    beyond = any(c.has("cmp", "outside", "deviate") and not c.has("limit") for c in self.chunks) or any(
        c.has("limit") and "out" in c.lower for c in self.chunks
    )
    return replace(
        _base(self), act="limits", things=things, quantities=quantities, state="beyond" if beyond else "within"
    )


def _about_excess(self: Sentence) -> Intent | None:
    """“which rooms are too warm”, “is it too cold anywhere”: what is beyond its own limits."""
    at = next((i for i, c in enumerate(self.chunks) if c.lower == "too"), None)
    degree = (
        next((a for c in self.chunks[at + 1 : at + 3] if (a := _degree(self, c))), None) if at is not None else None
    )
    if at is None or degree is None:
        return None
    low = any(c.lower in ("cold", "cool", "chilly", "freezing", "slow", "empty", "dry") for c in self.chunks[at:])
    main = _main(self)
    if main is not None and main.query.ids == []:
        main = None
    self.problems = [p for p in self.problems if p.kind != "no_referent"]
    place = main is None or self.is_place(main) or (main.class_ is not None and self.place_class(main.class_))
    tokens = degree | {"zone"} if place and "temperature" in degree else degree
    named = self.lexicon.quantities_named(tokens, self.lexicon.present_quantities)
    quantity = Quantity(tokens if named else degree, " ".join(sorted(degree)))
    self.used.update(range(len(self.chunks)))
    return replace(
        _base(self), act="excess", things=main, quantities=(quantity,), tests=(), order="asc" if low else "desc"
    )


def _about_meaning(self: Sentence) -> Intent | None:
    """“what is a VAV”, “what does AHU mean”: the definition of a class."""
    content = [c for c in self.chunks if not c.has("sign")]
    kinds = [c for c in content if c.has("class") and not c.has("ent")]
    if len(kinds) != 1 or not (content[0].lower.startswith("what") or content[0].lower in ("define", "explain")):
        return None
    word = cast(ClassWord, kinds[0].get("class"))
    meant = any(c.lower in _MEANING for c in content)
    articled = len(content) == 3 and content[1].lower in ("a", "an") and content[0].lower in ("what is", "what's")
    if not (meant or articled) or any(c.has("ent", "qty", "time", "rel") for c in content if c is not kinds[0]):
        return None
    class_ = self.lexicon.best_class(word.classes)
    self.used.update(range(len(self.chunks)))
    return Intent("define", things=Things(of_class(class_), word.text, (), class_, text=word.text))


_MEANING = frozenset(
    {"mean", "means", "meaning", "stand for", "stands for", "define", "explain", "stand", "meant", "definition of"}
)


def _about_whole(self: Sentence) -> Intent | None:
    """“what is Supply Fan S16 part of”."""
    content = [(i, c) for i, c in enumerate(self.chunks) if not c.has("sign")]
    if len(content) < 2 or len(self.phrases) != 1 or not self.phrases[0][1].ids or self.quantities:
        return None
    index, last = content[-1]
    relation = cast("Relation | None", last.get("rel"))
    if relation is None or relation.kind != "part":
        return None
    self.used.add(index)
    return replace(_base(self), act="whole", things=self.phrases[0][1])


def _about_outlook(self: Sentence) -> Intent | None:
    """“how likely is chiller 1 to fail”: nobody knows, but its condition says something."""
    if "outlook" not in self.flags:
        return None
    named = _named(self)
    main = named[0] if named else _main(self)
    if main is None or not (main.ids or main.choices):
        return _refuse("forecast")
    self.used.update(range(len(self.chunks)))
    return Intent("wrong", things=main, outlook=True)


def _about_failure(self: Sentence) -> Intent | None:
    fails = any(flag.startswith("fail") for flag in self.flags)
    if not ("impact" in self.flags or (fails and not self.flags & {"adjective"})):
        return None
    kept = is_kept(self)
    named = _named(self)
    if not named:
        return _several_failing(self)
    if "impact" not in self.flags and not self.flags & {"which", "count", "list", "when", "how"}:
        return replace(_base(self), act="state", things=named[0], state="off")
    asked = next((t for _, t in self.phrases if t.class_ is not None and not t.ids), None)
    of_class = asked.class_ if asked is not None and asked.class_ != "Equipment" else None
    failing = _failing(self, named)
    others = tuple(things for things in named if things is not failing)
    return replace(
        _base(self),
        act="loses_service",
        things=failing,
        others=others,
        of_class=of_class,
        kept=kept or "kept" in self.flags,
    )


def _several_failing(self: Sentence) -> Intent | None:
    """“if the chilled water pumps fail”: an outage is worked out for one thing at a time, so one has to be named."""
    kinds = [t for _, t in self.phrases if t.class_ is not None and not t.ids]
    if "impact" not in self.flags or not kinds:
        return None
    ids = self.lexicon.of_class(kinds[-1].class_ or "")
    problem = Problem("ambiguous", kinds[-1].text, self.linker.candidates(ids))
    return replace(
        _base(self),
        act="loses_service",
        things=replace(kinds[-1], choices=self.linker.candidates(ids)),
        problems=(problem,),
    )


def _failing(self: Sentence, named: list[Things]) -> Things:
    """The thing that fails: the subject of the verb, else what follows it ("loss of AHU-3")."""
    verbs = [
        index
        for index, c in enumerate(self.chunks)
        if c.has("fail") and (not c.has("impact") or "fail" not in self.flags)
    ]
    verb = next(
        (i for i, c in enumerate(self.chunks) if c.has("fail") and not c.has("impact")), verbs[0] if verbs else 0
    )
    places = [index for index, things in self.phrases if things in named]
    before = [index for index in places if index < verb]
    chosen = max(before) if before else min(places)
    return next(things for index, things in self.phrases if index == chosen)


def _about_path(self: Sentence) -> Intent | None:
    named = _named(self)
    ids = [id for things in named for id in things.ids]
    if "path" in self.flags and len(ids) == 2:
        first = Things(AssetQuery(ids=[ids[0]]), self.lexicon.things[ids[0]].name, (ids[0],))
        second = Things(AssetQuery(ids=[ids[1]]), self.lexicon.things[ids[1]].name, (ids[1],))
        return replace(_base(self), act="path", things=first, others=(second,))
    main = _main(self)
    if main is not None and main.ids and "how" in self.flags and main.query.any_of:
        other = main.query.any_of[0].fed_by
        if other is not None and other.ids:
            return Intent(
                "path",
                replace(main, query=AssetQuery(ids=list(main.ids))),
                (Things(other, self.lexicon.things[other.ids[0]].name, tuple(other.ids)),),
            )
    for flag in ("upstream", "downstream"):
        if flag in self.flags and len(named) == 1 and named[0].ids:
            return replace(_base(self), act=cast(Any, flag), things=named[0])
    return None


def _about_risk(self: Sentence) -> Intent | None:
    worst = any(c.lower == "worst" and c.has("sup") for c in self.chunks) and not self.related
    if not ("risk" in self.flags or worst) or self.quantities or (worst and any(e.quantity for e in self.extremes)):
        return None
    if worst:
        self.extremes = []
    return replace(_base(self), act="risk", things=_main(self))


def _about_seen(self: Sentence) -> Intent | None:
    """“when did the compressor last report?”"""
    main = _main(self)
    if not any(c.has("seen") for c in self.chunks) or main is None or not main.ids or self.quantities:
        return None
    self.used.update(i for i, c in enumerate(self.chunks) if c.has("seen"))
    return replace(_base(self), act="seen", things=main)


def _about_mode(self: Sentence) -> Intent | None:
    """“what mode is the transfer switch in?”"""
    main = _main(self)
    if "mode" in self.flags and main is not None and main.ids:
        return replace(
            _base(self), act="state", things=replace(main, query=AssetQuery(ids=list(main.ids)), restricted=False)
        )
    if not any(c.has("mode") and not c.has("qty") for c in self.chunks) or main is None or self.quantities:
        return None
    self.used.update(i for i, c in enumerate(self.chunks) if c.has("mode", "in"))
    return replace(_base(self), act="state", things=main, state="mode")


def _about_where(self: Sentence) -> Intent | None:
    if "where" not in self.flags or self.quantities:
        return None
    main = _main(self)
    if main is None:
        return None
    return replace(_base(self), act="where", things=main, of_class=self.of_class)


def _about_measure(self: Sentence) -> Intent | None:
    extreme = next((e for e in self.extremes if not e.count or self.quantities), None)
    if "use" in self.flags and not self.quantities and (medium := _medium_used(self)) is not None:
        self.quantities.append(medium)
    if "use" in self.flags and not self.quantities:
        energy = any(c.lower in ("energy", "electricity", "kwh") for c in self.chunks)
        self.quantities.append(Quantity(frozenset({"energy" if energy else "power"}), "energy" if energy else "power"))
    if extreme is not None and not self.quantities and extreme.quantity:
        self.quantities.append(_extreme_quantity(self, extreme))
    main = _main(self)
    if not self.quantities and self.tests and (main is None or main.ids):
        self.quantities.extend(_tested(self, main))
    if (
        [q.tokens for q in self.quantities] == [frozenset({"setpoint"})]
        and main is not None
        and main.ids
        and _beside_setpoint(self)
    ):
        self.quantities = _setpoint_pair(self, main) or self.quantities
    times = len(self.times) > 1 and "compare" in self.flags and main is None and "which" not in self.flags
    if times and [q.tokens for q in self.quantities] == [frozenset({"temperature"})]:
        self.quantities = [replace(q, tokens=q.tokens | {"outside"}, exact=()) for q in self.quantities]
    if any(c.has("outside") for c in self.chunks):
        self.used.update(i for i, c in enumerate(self.chunks) if c.has("outside"))
        self.quantities = [
            replace(q, tokens=q.tokens | {"outside"}, text=f"outside {q.text}", exact=()) for q in self.quantities
        ]
    if self.quantities and not self.aggregates and extreme is None and _is_total(self):
        self.aggregates.append("sum")
    if not self.quantities:
        if (
            self.previous is not None
            and self.previous.quantities
            and (self.aggregates or self.tests or "longest" in self.flags or extreme)
        ):
            self.quantities.extend(self.previous.quantities)
        else:
            return None
    things = _measured(self)
    if things is None and extreme is not None and "which" in self.flags and self.previous is not None:
        things = _those_before(self, self.previous)
    if _names_a_limit(self, things, extreme):
        return None
    if (
        self.flags & {"count"}
        and things is not None
        and (things.tests or things.query.has_point or things.query.lacks_point)
    ):
        return None
    common = _base(self)
    order = None
    plural = things is None or not things.ids or len(things.ids) > 1
    if extreme is not None:
        order = "desc" if extreme.end == "max" else "asc"
        if not plural and common.aggregate is None:
            common = replace(common, aggregate=extreme.end)
    elif "rank" in self.flags:
        order = "desc"
    if self.group_of is not None and common.group_by is None:
        if things is None and (_owns(self, self.group_of) or self.group_of.class_ == "Building"):
            things, common = self.group_of, replace(common, each=True)  # "the power of each pump"
        else:
            common = replace(common, group_by=_group_name(self))
    if len(common.times) > 1 and "compare" in self.flags and extreme is not None and common.yes_no:
        return replace(common, act="compare", things=things, order=order, aggregate=_settled_aggregate(common))
    act = "rank" if order is not None and plural else "compare" if ("compare" in self.flags and plural) else "value"
    if act == "rank" and "compare" in self.flags and things is not None and things.ids:
        act = "compare"
    return replace(common, act=cast(Any, act), things=things, order=order)


def _extreme_quantity(self: Sentence, extreme: Extreme) -> Quantity:
    """What a superlative is about: “the worst air” is that of the zones, where they have the sensor."""
    if extreme.quantity != frozenset({"co"}):
        return Quantity(extreme.quantity, " ".join(sorted(extreme.quantity)))
    zone = extreme.quantity | {"zone"}
    named = self.lexicon.quantities_named(zone, self.lexicon.present_quantities)
    return Quantity(zone if named else extreme.quantity, "CO2")


def _settled_aggregate(common: Intent) -> Aggregate | None:
    """Days are compared by their averages, moments by what was read then."""
    windows = any(span.kind == "window" for span in common.times)
    return common.aggregate or ("mean" if windows else None)


def _tested(self: Sentence, main: Things | None) -> list[Quantity]:
    """What a test on one thing is about: its quantity, and the setpoint that it is compared with."""
    test = self.tests[0]
    if test.value is not None:
        return [test.quantity] if test.quantity is not None else []
    return _pair(self, test, main)


def _beside_setpoint(self: Sentence) -> bool:
    """“is VAV-304 at its setpoint”, “how far is it from its setpoint”."""
    return (
        _yes_no(self)
        or any(c.has("deviate") and not c.has("of") for c in self.chunks)
        or any(c.lower == "from" for c in self.chunks)
    )


def _setpoint_pair(self: Sentence, main: Things) -> list[Quantity]:
    self.used.update(
        i for i, c in enumerate(self.chunks) if c.has("in", "deviate", "of", "pron") or c.lower in ("far", "close")
    )
    return _pair(self, Test("=", setpoint=True), main)


def _pair(self: Sentence, test: Test, main: Things | None) -> list[Quantity]:
    condition = Resolver(self.lexicon).condition(test, main or Things(AssetQuery(), "things"), None, False)
    if condition is None or condition.than is None:
        return []
    names = (condition.quantity, condition.than)
    return [Quantity(self.lexicon.quantity_tokens.get(name, frozenset()), name, exact=(name,)) for name in names]


def _medium_used(self: Sentence) -> Quantity | None:
    """“how much water did the building use”."""
    for index, chunk in enumerate(self.chunks):
        if chunk.lower in ("water", "gas", "natural gas") and not chunk.has("ent"):
            self.used.add(index)
            return Quantity(frozenset({chunk.lower.split()[-1], "usage"}), f"{chunk.text} usage")
    return None


def _is_total(self: Sentence) -> bool:
    said = any(
        c.lower in ("total", "overall", "combined", "altogether", "in total", "all together", "together", "summed")
        for c in self.chunks
    )
    return said and any(q.tokens & {"power", "energy", "flow", "usage", "current"} for q in self.quantities)


def _owns(self: Sentence, things: Things) -> bool:
    owned = self.lexicon.quantities_of([things.class_])
    return any(
        (q.exact and set(q.exact) & owned) or self.lexicon.quantities_named(q.tokens, owned) for q in self.quantities
    )


def _group_name(self: Sentence) -> GroupBy | None:
    of = self.group_of
    if of is None or of.class_ is None:
        return None
    if of.class_ == "Floor" or self.lexicon.is_a(of.class_, "Floor"):
        return "floor"
    return "parent"


def _measured(self: Sentence) -> Things | None:
    """The things that a measure is about: all the names, else the first class."""
    named = [t for t in _named(self) if t.ids or t.query.ids == []]
    classes = [t for _, t in self.phrases if not t.ids and t.query.ids is None and not _is_empty(t)]
    if classes and not (named and len(named) == len(self.phrases)):
        main = classes[0]
        ids = list(dict.fromkeys(id for t in named for id in t.ids))
        if len(ids) > 1 and not main.restricted and all(_is_one_of(self, id, main) for id in ids):
            return replace(named[0], query=AssetQuery(ids=ids), ids=tuple(ids), plural=True)  # "which pump, A or B"
        for other in named:
            main = self.owned(main, other) if other.ids else other
        return main
    if not named:
        return None
    main = named[0]
    for other in named[1:]:
        if self.is_place(other) and not self.is_place(main):
            main = self.within(main, other) if main.choices else main
        elif not (set(other.ids) <= set(main.ids)):
            main = replace(
                main, query=AssetQuery(ids=[*main.ids, *other.ids]), ids=(*main.ids, *other.ids), label=f"{main.label}, {other.label}", plural=True, choices=main.choices or other.choices,
            )  # fmt: skip
    return main


def _is_one_of(self: Sentence, id: str, kind: Things) -> bool:
    return kind.class_ is not None and self.lexicon.is_a(self.lexicon.things[id].class_, kind.class_)


def _names_a_limit(self: Sentence, things: Things | None, extreme: Extreme | None) -> bool:
    """“which fans vibrate more than 3 mm/s”: a condition on the fans, not their values."""
    if things is None or things.ids or _is_empty(things) or extreme is not None or "longest" in self.flags:
        return False
    loose = [test for test in self.tests if test.value is not None]
    if not loose or self.aggregates:
        return False
    self.tests = [replace(t, quantity=t.quantity or self.quantities[0]) for t in self.tests]
    return True


def _those_before(self: Sentence, before: Intent) -> Things | None:
    """“show me the pumps” – “which has the highest vibration?”"""
    first = next((i for i, c in enumerate(self.chunks) if c.has("which")), None)
    things = before.things
    if first is None or things is None or self.chunks[first].lower not in ("which", "which one", "which of", "who"):
        return None
    after = first + 1
    while self.has(after, "pron", "of") and not self.has(after, "class", "ent"):
        after += 1
    if not self.has(after, "aux", "rel", "use", "read", "with", "adjective", "cmp"):
        return None
    self.used.update(range(first, after))
    return things if things.plural and (things.class_ or len(things.ids) > 1) else None


def _is_empty(things: Things) -> bool:
    """“the plant”, “anything”: says nothing about which things are meant."""
    return things.class_ is None and things.query == AssetQuery() and not things.tests


def _about_condition(self: Sentence) -> Intent | None:
    main = _main(self)
    if main is None or main.ids or not (main.tests or self.tests):
        return None
    act = "count" if "count" in self.flags else "check" if _yes_no(self) else "list"
    things = replace(main, tests=(*main.tests, *self.tests))
    return replace(_base(self), act=cast(Any, act), things=things, tests=())


def _about_show(self: Sentence) -> Intent | None:
    main = _main(self)
    if main is None or not ("highlight" in self.flags or ("show" in self.flags and not main.point)):
        return None
    return replace(_base(self), act="highlight", things=main)


def _about_state(self: Sentence) -> Intent | None:
    main = _main(self)
    if self.state is not None and main is not None:
        return replace(_base(self), act="state", things=main)
    if self.statuses and (main is None or not main.query.status):
        base = main or Things(AssetQuery(), "things")
        statuses = list(dict.fromkeys(self.statuses))
        if statuses == ["normal"] and _yes_no(self) and not (main is not None and main.ids):  # "is everything ok"
            query = base.query.model_copy(update={"status": ["alarm", "warning", "stale"]})
            return replace(_base(self), act="status", things=replace(base, query=query, restricted=True), state="ok")
        if main is not None and main.ids and len(main.ids) == 1:
            return replace(_base(self), act="wrong", things=main)
        query = base.query.model_copy(update={"status": statuses})
        return replace(_base(self), act="status", things=replace(base, query=query, restricted=True))
    if main is not None and main.query.status and not main.query.ids:
        if main.query.status == ["normal"] and _yes_no(self) and main.class_ is None:
            main = replace(main, query=main.query.model_copy(update={"status": ["alarm", "warning", "stale"]}))
            return replace(_base(self), act="status", things=main, state="ok")
        return replace(_base(self), act="status", things=main)
    if main is not None and main.query.status and main.ids:
        return replace(_base(self), act="wrong", things=replace(main, query=AssetQuery(ids=list(main.ids))))
    bad: list[Status] = ["alarm", "warning", "stale"]
    if "wrong" in self.flags and main is not None and main.ids and self.is_place(main) and not main.restricted:
        inside = Things(AssetQuery(within=main.query, status=bad), "things", restricted=True)
        return replace(_base(self), act="status", things=inside)
    if "wrong" in self.flags and main is not None and main.ids:
        return replace(_base(self), act="wrong", things=main)
    if "wrong" in self.flags and (main is None or not main.restricted):
        base = main or Things(AssetQuery(), "things")
        return replace(
            _base(self), act="status", things=replace(base, query=base.query.model_copy(update={"status": bad}))
        )
    return None


def _about_things(self: Sentence) -> Intent | None:
    main = _main(self)
    common = _base(self)
    if main is None:
        return (
            replace(common, act="list", things=Things(AssetQuery(), "equipment")) if self.group_by == "class" else None
        )
    if self.related is not None or self.group_of is not None:
        return _about_counts(self, main, common)
    extreme = next((e for e in self.extremes), None)
    kinds = [t for _, t in self.phrases if t.class_ is not None and not t.ids and not t.point]
    if (
        len(kinds) > 1
        and not self.quantities
        and ("compare" in self.flags or "count" in self.flags or extreme is not None)
    ):
        return replace(common, act="counts", things=kinds[0], others=tuple(kinds[1:]))
    if extreme is not None and extreme.count and len(self.phrases) == 1 and not main.ids:
        return None
    if main.point and "points_of" in self.flags and main.query.part_of is not None and main.query.part_of.ids:
        ids = main.query.part_of.ids
        owner = Things(
            AssetQuery(ids=ids), self.lexicon.things[ids[0]].name, tuple(ids), self.lexicon.things[ids[0]].class_
        )
        if "count" in self.flags or common.yes_no:
            related = RelatedThings(
                "points",
                of_class(main.class_) if main.class_ not in (None, "Point") else AssetQuery(),
                main.label,
            )
            return replace(common, act="count", things=owner, related=related)
        return replace(common, act="points", things=owner, of_class=main.class_)
    if main.ids and not main.restricted:
        return replace(common, act="describe", things=main)
    if self.group_by == "class" and (named := [t for t in _named(self) if t.ids]):
        self.phrases = [(i, t) for i, t in self.phrases if t is named[0]]
        return replace(common, act="describe", things=named[0], group_by=None)  # "what type of equipment is FCU 3"
    if self.group_by == "class":
        return replace(common, act="list", things=main)
    if main.whole_plant and "describe" in self.flags:
        return replace(
            common, act="list", things=Things(of_class("Equipment"), "equipment", (), "Equipment"), group_by="class"
        )
    if "count" in self.flags or "howmuch" in self.flags:
        return replace(common, act="count", things=main)
    if common.yes_no:
        return replace(common, act="check", things=main)
    if "describe" in self.flags and main.definite and not main.plural:
        return replace(common, act="describe", things=main)
    return replace(common, act="list", things=main)


def _about_counts(self: Sentence, main: Things, common: Intent) -> Intent | None:
    """“which AHU feeds the most VAVs”, “number of VAVs per air handler”."""
    related = self.related
    if related is not None:
        common = replace(common, related_test=self.related_test, counted=common.counted or "ranked" in self.flags)
        if self.flags & {"more", "fewer"} and main.ids:
            return _more_than(self, main, related, common)
        if self.related_test is not None:
            fewer = self.related_test.comparison.startswith("<")
            return replace(common, act="which", things=main, related=related, order="asc" if fewer else "desc")
        least = bool(self.extremes) and self.extremes[0].end == "min"
        return replace(common, act="which", things=main, related=related, order="asc" if least else "desc")
    group = self.group_of
    assert group is not None
    if main.class_ is None and main.ids:
        return None
    if (_group_name(self) == "floor" and main.query == of_class(main.class_)) or group.class_ is None:
        return replace(common, act="count", things=main, group_by="floor")
    if main.point:
        related = RelatedThings("points", main.query, main.label)
    elif self.place_class(group.class_):
        related = RelatedThings("contains", main.query, main.label)
    else:
        related = RelatedThings("feeds" if self.is_fed(main) else "parts", main.query, main.label)
    return replace(common, act="which", things=group, related=related, order="desc", counted=True)


def _more_than(self: Sentence, main: Things, related: RelatedThings, common: Intent) -> Intent | None:
    """“does AHU-3 feed more VAVs than AHU-4”: the same count for both."""
    other = next((t for t in _named(self) if t.ids and not set(t.ids) <= set(main.ids)), None)
    if other is None:
        return None
    both = (*main.ids, *other.ids)
    things = replace(main, query=AssetQuery(ids=list(both)), ids=both, restricted=False, plural=True)
    order = "asc" if "fewer" in self.flags else "desc"
    return replace(common, act="which", things=things, others=(other,), related=related, order=order)


# -- follow-ups --------------------------------------------------------------------------------------------------------


def _follow_up(self: Sentence) -> Intent | None:
    """“and yesterday?”, “what about AHU-2?”, “and of AHU-3?”: the last question with one part changed."""
    before = self.previous
    if before is None or before.act in ("greet", "help", "thanks", "refuse", "unclear"):
        return None
    if (
        before.things is not None
        and before.things.query.ids == []
        and (known := [i for i in self.focus if i in self.lexicon.things])
    ):
        one = self.lexicon.things[known[0]]  # an earlier "it", which the focus of the conversation explains
        before = replace(before, things=Things(AssetQuery(ids=[one.id]), one.name, (one.id,), one.class_, False))
    short = _chosen(self, before) or _short(self, before)
    if short is not None:
        return short
    opening = bool(self.chunks) and self.chunks[0].has("follow")
    main = _main(self)
    referring = main is not None and main.text.lower() in _PRONOUNS and not main.restricted
    if (
        self.flags & _ASKING
        or self.related
        or self.group_of
        or ("which" in self.flags and not opening and not (referring and (self.times or self.aggregates)))
        or self.state
        or self.statuses
    ):
        return None
    if main is not None and main.restricted and not opening:
        return None
    changes: dict[str, Any] = {}
    floor = _next_floor(self, before) if opening or len(self.chunks) <= 4 else None
    if floor is not None:
        return replace(before, things=floor, problems=())
    if self.times:
        latest = (
            before.act == "value" and before.aggregate is None and not any(t.kind == "window" for t in before.times)
        )
        changes["times"] = tuple(_moment(self, span) if latest else span for span in self.times)
    if self.aggregates:
        changes["aggregate"] = self.aggregates[0]
    statistic = self.extremes and not self.extremes[0].quantity and not self.quantities
    if statistic and opening and main is None and before.act == "value":
        changes["aggregate"] = self.extremes[0].end  # "and the maximum?"
    if self.extremes and opening and main is None and before.act == "rank" and not self.quantities:
        end = self.extremes[0].end
        changes |= {"order": "desc" if end == "max" else "asc", "limit": self.limit or before.limit}
    if self.tests and opening and main is None and before.things is not None and before.things.tests:
        changes["things"] = replace(before.things, tests=_retested(before.things.tests, self.tests))
    if self.quantities:
        if main is not None or not (opening or len(self.chunks) <= 4):
            return None
        changes["quantities"] = tuple(self.quantities)
    if main is not None and (main.ids or opening or main.query.ids == []):
        changes["things"] = (
            before.things
            if referring and before.things and before.things.ids == main.ids
            else _swapped(self, before, main)
        )
        if before.related is not None and main.ids and before.act == "which":
            return None
    if not changes or (
        not opening
        and main is not None
        and not changes.keys() - {"things"}
        and len(self.phrases) == 1
        and _yes_no(self)
    ):
        return None
    act = (
        "value" if before.quantities and (self.times or self.aggregates) and before.act in _NOT_MEASURED else before.act
    )
    return replace(before, act=act, problems=(), **changes)


_ASKING = frozenset(
    [
        "count", "where", "highlight", "describe", "risk", "impact", "wrong", "howmuch", "upstream", "downstream", "path", "list", "rank",
        "often",
    ]
)  # fmt: skip
_PRONOUNS = frozenset(
    {"it", "its", "they", "them", "their", "that", "this", "those", "these", "that one", "this one", "it's"}
)
_NOT_MEASURED = frozenset({"describe", "wrong", "where", "state", "status", "highlight", "points"})


def _moment(self: Sentence, span: TimeSpan) -> TimeSpan:
    """“and a week ago?” after a reading of now: what was read at this time then."""
    if span.kind != "window" or not span.label.lower().endswith(("ago", "earlier")):
        return span
    then = datetime.combine(span.start.date(), self.now.time(), tzinfo=span.start.tzinfo)
    return replace(span, kind="at", start=then, end=then)


def _next_floor(self: Sentence, before: Intent) -> Things | None:
    """“and the third?” after a question about a floor."""
    at = next((i for i, c in enumerate(self.chunks) if c.has("ordinal") and not c.has("ent")), None)
    things = before.things
    inside = things.query.within if things is not None else None
    floors = inside.ids if inside is not None else things.ids if things is not None else None
    known = [self.lexicon.things[id].kind for id in floors or () if id in self.lexicon.things]
    if at is None or things is None or not known or set(known) != {"Floor"}:
        return None
    link = self.linker.by_ident([], 0, 0, (str(self.chunks[at].get("ordinal")),), ("Floor",))
    floor = self.linked(link, f"{self.chunks[at].text} floor")
    self.used.update(range(len(self.chunks)))
    self.phrases.clear()
    if inside is None:
        return floor
    return replace(things, query=things.query.model_copy(update={"within": floor.query}), restricted=True)


def _chosen(self: Sentence, before: Intent) -> Intent | None:
    """The answer to “which one do you mean”: a name, a word of it, or “the first one”."""
    things = before.things
    choices = next((p.choices for p in before.problems if p.kind == "ambiguous"), ())
    if not choices or things is None or len(self.chunks) > 8:
        return None
    named = {id for _, t in self.phrases for id in t.ids}
    fits = [c for c in choices if c.id in named]
    if len(fits) != 1:
        said = {piece for chunk in self.chunks for piece in key(chunk.text)} - {"the", "one", "in", "of", "on"}
        scores = {c.id: len(said & {piece for name in self.lexicon.keys_of(c.id) for piece in name}) for c in choices}
        best = max(scores.values())
        fits = [c for c in choices if best and scores[c.id] == best]
    ordinal = next((cast(int, c.get("ordinal")) for c in self.chunks if c.has("ordinal")), None)
    if len(fits) != 1 and ordinal is not None and 1 <= ordinal <= len(choices):
        fits = [choices[ordinal - 1]]
    if len(fits) != 1:
        return None
    self.used.update(range(len(self.chunks)))
    self.phrases.clear()
    self.problems.clear()
    everyone = [c.id for c in choices]
    chosen = Things(AssetQuery(ids=[fits[0].id]), fits[0].name, (fits[0].id,), fits[0].class_, text=fits[0].name)
    if list(things.ids) == everyone or (things.choices and not things.ids):
        return replace(before, things=chosen, problems=())
    return replace(
        before, things=replace(things, query=_settled(things.query, everyone, fits[0].id), choices=()), problems=()
    )


def _settled(query: AssetQuery, everyone: list[str], chosen: str) -> AssetQuery:
    """A query in which one of several things is meant."""
    update: dict[str, Any] = {"ids": [chosen]} if query.ids == everyone else {}
    for name in ("within", "fed_by", "feeds", "part_of", "has_part", "excluding"):
        inner = getattr(query, name)
        if inner is not None:
            update[name] = _settled(inner, everyone, chosen)
    if query.any_of:
        update["any_of"] = [_settled(one, everyone, chosen) for one in query.any_of]
    return query.model_copy(update=update)


def _short(self: Sentence, before: Intent) -> Intent | None:
    """“which ones?”, “how many?”, “when was that?”, “which was higher?”."""
    said = " ".join(c.lower for c in self.chunks if not c.has("sign"))
    if len(self.chunks) > 6 or before.things is None:
        return None
    if said in _WHICH_ONES and before.act in ("count", "check", "list", "counts", "status"):
        act = "status" if before.act == "status" else "list"
    elif said in _HOW_MANY and before.act in ("list", "check", "count", "highlight"):
        act = "count"
    elif said in _WHEN_WAS and before.act in ("value", "compare", "rank"):
        self.used.update(range(len(self.chunks)))
        self.phrases.clear()
        self.problems.clear()
        return replace(before, when=True, problems=())
    elif said.removeprefix("and ").removeprefix("what about ") in _DAY_BEFORE and before.times:
        self.used.update(range(len(self.chunks)))
        step = timedelta(days=7 if "week" in said else 1)
        times = tuple(
            replace(t, start=t.start - step, end=t.end - step, label=said.removeprefix("and ")) for t in before.times
        )
        return replace(before, times=times, problems=())
    elif _is_verdict(self) and before.act in ("value", "compare") and len(before.things.ids) != 1:
        self.used.update(range(len(self.chunks)))
        low = any(c.lower in ("lower", "less", "colder", "cooler", "smaller") for c in self.chunks)
        return replace(before, act="compare", order="asc" if low else "desc", problems=())
    else:
        return None
    self.used.update(range(len(self.chunks)))
    self.phrases.clear()
    self.problems.clear()
    return replace(before, act=cast(Any, act), counted=act == "count", yes_no=False, related=None, problems=())


_DAY_BEFORE = frozenset(
    {
        "the day before",
        "day before",
        "the previous day",
        "the week before",
        "week before",
        "the day before that",
        "the previous week",
    }
)
_WHICH_ONES = frozenset(
    {"which ones", "which one", "which", "which are they", "what are they", "name them", "list them", "which ones are they", "who are they",
     "and which ones", "what ones", "can you list them", "which ones are these", "which are those"}
)  # fmt: skip
_HOW_MANY = frozenset(
    {
        "how many",
        "how many are there",
        "how many are they",
        "how many is that",
        "count them",
        "how many of them",
        "and how many",
        "how many of those",
        "how many in total",
    }
)
_WHEN_WAS = frozenset(
    {
        "when",
        "when was that",
        "when was it",
        "at what time",
        "what time",
        "what time was that",
        "when did that happen",
        "when exactly",
        "and when",
        "when did it happen",
    }
)


def _is_verdict(self: Sentence) -> bool:
    return "which" in self.flags and any(
        c.lower
        in (
            "higher",
            "lower",
            "more",
            "less",
            "larger",
            "smaller",
            "hotter",
            "warmer",
            "colder",
            "cooler",
            "bigger",
            "greater",
        )
        for c in self.chunks
    )


def _retested(old: tuple[Test, ...], new: list[Test]) -> tuple[Test, ...]:
    """“and above 23?”: another limit for the same quantity."""
    quantity = old[0].quantity
    return tuple(replace(test, quantity=test.quantity or quantity) for test in new)


def _swapped(self: Sentence, before: Intent, main: Things) -> Things:
    """The new things in the place of the old ones: also inside a restriction ("VAVs that AHU 4 feeds" -> "… AHU 3 …")."""
    old = before.things
    if old is None or not main.ids or old.ids:
        return main
    query = old.query
    alike = [
        name
        for name in ("fed_by", "feeds", "part_of", "has_part")
        if (inner := getattr(query, name)) is not None
        and inner.ids
        and self.is_place(_things_of(self, inner.ids)) == self.is_place(main)
    ]
    if alike:
        return replace(old, query=query.model_copy(update={alike[0]: main.query}))
    if self.is_place(main):
        return replace(old, query=query.model_copy(update={"within": main.query}), restricted=True)
    if query.within is not None:  # "how many VAVs are on floor 4" – "and AHU A1?"
        return self.owned(replace(old, query=query.model_copy(update={"within": None})), main)
    for name in ("fed_by", "feeds", "part_of", "has_part"):
        if getattr(query, name) is not None:
            return replace(old, query=query.model_copy(update={name: main.query}))
    if query.any_of:
        swapped = [
            q.model_copy(
                update={n: main.query for n in ("fed_by", "feeds", "part_of", "has_part") if getattr(q, n) is not None}
            )
            for q in query.any_of
        ]
        return replace(old, query=query.model_copy(update={"any_of": swapped}))
    return main


def _things_of(self: Sentence, ids: list[str]) -> Things:
    known = tuple(id for id in ids if id in self.lexicon.things)
    return Things(AssetQuery(ids=ids), "", known)
