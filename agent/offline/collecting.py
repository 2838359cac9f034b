"""A sentence from left to right: each rule takes what it understands and notes it down."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

from agent.offline.chunks import ClassWord, Number
from agent.offline.clauses import Sentence
from agent.offline.phrasing import take_phrase, take_turned
from agent.offline.said import is_meaningful
from agent.offline.times import TimeSpan
from agent.offline.words import Extreme, Relation
from agent.planning.assets import Assets as Things
from agent.planning.assets import Test
from agent.vocabulary.quantities import Quantity
from agent.vocabulary.tokens import key
from graph_schema.model import Status
from graph_schema.question import Aggregate, AssetQuery, GroupBy

_FLAGS = (
    "impact", "fail", "risk", "wrong", "where", "when", "why", "highlight", "compare", "rank", "describe", "longest", "often", "count",
    "howmuch", "list", "use", "upstream", "downstream", "path", "will", "greet", "thanks", "help", "which", "how", "setpoint", "read", "not", "there", "or", "limit",
)  # fmt: skip

_PERIODS: dict[str, GroupBy] = {"hour": "hour", "hourly": "hour", "day": "day", "daily": "day"}

_KEEPING = frozenset({"get", "gets", "have", "has", "receive", "receives", "keep", "keeps", "got"})

_SUPPLIES = frozenset(
    ["chilled", "hot", "cold", "fresh", "conditioned", "supplied", "air", "water", "heat", "heating", "cooling", "power", "electricity", "light", "lights", "supply", "service", "ventilation", "gas", "chilled water", "hot water"]
)  # fmt: skip

_FULLY_OPEN = 95.0


def collect(self: Sentence) -> None:
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
        take_turned,
        take_phrase,
        _comparison,
        _measure,
        _flag,
    ):
        after = rule(self, index)
        if after is not None:
            return after
    if not chunk.has("unknown") and not is_meaningful(chunk):
        self.take(index)
    return index + 1


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
    if not tests or tests[-1].value is None or tests[-1].setpoint:
        return False
    if tests[-1].quantity is not None:  # "dampers less than 20% open", where the damper's position is tested already
        return quantity.tokens <= tests[-1].quantity.tokens
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
