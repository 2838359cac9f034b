"""How things, quantities, values and times are said: an operator's English."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.tokens import key
from graph_schema.question import AssetQuery, Condition
from tools.results.assets import EntityRef, PointNow
from tools.results.telemetry import TelemetryRow
from tools.sentences.language import language
from tools.sentences.notation import ACRONYMS, number, words

_STATUS = {
    "alarm": "in alarm",
    "warning": "in warning",
    "stale": "stale",
    "normal": "normal",
    "unknown": "without a known status",
}


_ENGLISH = language("en")
plural, joined, listed, age, with_unit = (
    _ENGLISH.plural, _ENGLISH.joined, _ENGLISH.listed, _ENGLISH.age, _ENGLISH.with_unit,
)  # fmt: skip


def clock(moment: datetime | None, zone: datetime) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(zone.tzinfo)
    return local.strftime("%H:%M") if local.date() == zone.date() else f"{local.day} {local.strftime('%B %H:%M')}"


_DIGITS = re.compile(r"(\d+)")


def in_order(name: str) -> list[tuple[int, str]]:
    """A key that sorts names as people do: VAV-9 before VAV-10."""
    return [(int(part), "") if part.isdigit() else (-1, part.lower()) for part in _DIGITS.split(name)]


_PARTS = re.compile(r"^((?:sub)?(?:parts?|components?|systems?)) part of ")


def _relations(query: AssetQuery) -> list[tuple[str, AssetQuery]]:
    """The one relation that a query consists of."""
    named = ("fed_by", "feeds", "part_of", "has_part", "within")
    found = [(name, getattr(query, name)) for name in named if getattr(query, name) is not None]
    plain = query.model_copy(update={"direct": False})
    return found if len(found) == 1 and plain == AssetQuery(**{found[0][0]: found[0][1]}) else []


class Speaker:
    """Says things by the names that this plant's lexicon has."""

    def __init__(self, lexicon: Lexicon, now: datetime) -> None:
        self.lexicon = lexicon
        self.now = now

    def name(self, ref: EntityRef) -> str:
        """The name, with the id where several things have it."""
        same = (
            self.lexicon.names.get(next(iter(self.lexicon.things[ref.id].keys), ()), ())
            if ref.id in self.lexicon.things
            else ()
        )
        return f"{ref.name} ({ref.id})" if len(same) > 1 and ref.name != ref.id else ref.name

    def names(self, refs: Iterable[EntityRef]) -> list[str]:
        return [self.name(ref) for ref in refs]

    def kinds(self, refs: Iterable[EntityRef]) -> str:
        """The classes of things: “VAVs and FCUs”."""
        return joined([plural(label) for label in dict.fromkeys(self.label(ref.class_) for ref in refs)][:4])

    def called(self, ids: Sequence[str] | None) -> str:
        return joined([self.lexicon.things[id].name if id in self.lexicon.things else id for id in ids or ()], "or")

    def label(self, class_: str | None) -> str:
        if class_ is None:
            return "thing"
        label = self.lexicon.label(class_)
        parts = [part if part.lower() in ACRONYMS or part.isupper() else part.lower() for part in label.split()]
        return " ".join(parts)

    def is_(self, rest: str, positive: bool = True, plural: bool = False) -> str:
        """A restriction as a verb: “is on Floor 4”, “has a filter”, “feeds the library”."""
        rest = rest.removeprefix("that are ")
        if rest.startswith("directly "):
            verb, _, other = self.is_(rest.removeprefix("directly "), positive, plural).partition(" ")
            return f"{verb} directly {other}" if verb in ("is", "are") else f"directly {verb} {other}"
        for lead, verb, base in (
            ("with ", "has", "have"),
            ("feeding ", "feeds", "feed"),
            ("without ", "lacks", "lack"),
            ("not feeding ", "does not feed", "do not feed"),
            ("belonging to ", "belongs to", "belong to"),
        ):
            if rest.startswith(lead):
                negative = f"{'do' if plural else 'does'} not {base}"
                return f"{(base if plural else verb) if positive else negative} {rest.removeprefix(lead)}"
        verb = "are" if plural else "is"
        return f"{verb if positive else f'{verb} not'} {rest}"

    def only(self, query: AssetQuery) -> str | None:
        """The name, where a query is one named thing and nothing else; a floor where what is served there is meant."""
        if query.class_ == "Location" and query.within is not None and not query.ids:
            query = query.within
        return (
            self.called(query.ids) if query.ids and len(query.ids) == 1 and query == AssetQuery(ids=query.ids) else None
        )

    # -- queries in words --------------------------------------------------------------------------------------------

    def described(self, query: AssetQuery, count: int = 2, fallback: str = "thing") -> str:
        """A query as a noun phrase: “VAVs fed by AHU A3 without zone air temperature”."""
        if query.ids:
            base = self.called(query.ids)
        else:
            base = plural(self.label(query.class_) if query.class_ else fallback, count)
            kinds = [one.class_ for one in query.any_of if one == AssetQuery.model_validate({"class": one.class_})]
            if query.class_ is None and kinds and len(kinds) == len(query.any_of):  # "chillers or boilers"
                names = [plural(self.label(class_)) for class_ in kinds]
                return " ".join(
                    [
                        joined(names, "or" if count < 3 else "and"),
                        *self.restrictions(query.model_copy(update={"any_of": []})),
                    ]
                )
        said = " ".join([base, *self.restrictions(query)])
        return _PARTS.sub(r"\1 of ", said)

    def restrictions(self, query: AssetQuery) -> list[str]:
        found: list[str] = [f"called “{query.name}”"] if query.name else []
        if query.status:
            found.append("that are " + joined([_STATUS[s] for s in query.status], "or"))
        for word, inner in (
            ("fed by", query.fed_by),
            ("feeding", query.feeds),
            (self.place_word(query.within), query.within),
            ("part of", query.part_of),
            ("with", query.has_part),
        ):
            if inner is not None:
                found.append(self._related(word, inner, query.direct))
        if query.has_point and not query.where:
            found.append(f"with {joined([words(q) for q in query.has_point])}")
        if query.lacks_point:
            found.append(f"without {joined([words(q) for q in query.lacks_point])}")
        found.extend(self.condition(one) for one in query.where)
        if query.any_of:
            joint = "and " if len(query.any_of) == 1 and found else ""
            more = self._alternatives(query.any_of)
            alone = len(query.any_of) == 1 and len(found) == 1 and found[0].startswith("fed by ")
            if alone and more.startswith("fed by ") and " or " not in more:
                found = [f"fed by both {found[0].removeprefix('fed by ')} and {more.removeprefix('fed by ')}"]
            else:
                found.append(joint + more)
        if query.excluding is not None:
            found.append(self._without(query.excluding))
        return [part for part in found if part]

    def _related(self, word: str, inner: AssetQuery, direct: bool) -> str:
        if word == "fed by" and inner.class_ == "Terminal_Unit" and not inner.ids and (inner.where or inner.has_point):
            return " ".join(self.restrictions(inner))  # the box that measures a room is not what was asked for
        if word == "with" and inner.class_ == "Location" and inner.fed_by is not None:
            return " ".join(self.restrictions(inner))  # a floor is fed by what feeds the rooms on it
        lead = "directly " if direct and word in ("fed by", "feeding") else ""
        return f"{lead}{word} {self._inner(inner)}"

    def place_word(self, place: AssetQuery | None) -> str:
        """“on Floor 4”, “in Room C300”."""
        if place is None:
            return "in"
        named = [self.lexicon.things[id] for id in place.ids or () if id in self.lexicon.things]
        kinds = {"Basement" if one.class_ == "Basement" else one.kind for one in named}
        level = place.class_ is not None and self.lexicon.is_a(place.class_, "Floor")
        return "on" if kinds == {"Floor"} or (not kinds and (level or place.class_ == "Rooftop")) else "in"

    def at(self, place: str) -> str:
        """“on Floor 4”, “in the library”, by the name of the place."""
        found = [self.lexicon.things[id] for id in self.lexicon.names.get(key(place), ())]
        floor = bool(found) and all(one.kind == "Floor" and one.class_ != "Basement" for one in found)
        return f"{'on' if floor else 'in'} {place}"

    def _alternatives(self, queries: Sequence[AssetQuery]) -> str:
        """Several ways to belong together are one to who asks: “of AHU-2”, “with a filter”."""
        related = [one for query in queries for one in _relations(query)]
        inner = [one for _, one in related]
        if len(related) == len(queries) and all(one == inner[0] for one in inner):
            ways = {name for name, _ in related}
            if ways == {"part_of", "fed_by"}:
                return f"belonging to {self._inner(inner[0])}"
            if "has_part" in ways:
                return f"with {self._inner(inner[0])}"
        points = [list(self._pointed(query)) for query in queries]
        if all(points) and all(one == points[0] for one in points):
            return f"with {joined([words(q) for q in points[0]])}"
        parts = dict.fromkeys(self._alternative(one) for one in queries)
        return joined([part for part in parts if part], "or")

    def _pointed(self, query: AssetQuery) -> Sequence[str]:
        """The points that a thing, a part of it or its terminal unit has, where nothing else is asked of it."""
        for inner in (query, query.has_part, query.fed_by):
            if inner is not None and inner.has_point and not inner.where:
                return inner.has_point
        return ()

    def _without(self, query: AssetQuery) -> str:
        said = " ".join(self.restrictions(query)) or self._inner(query)
        return f"without {said.removeprefix('with ')}" if said.startswith("with ") else f"not {said}"

    def _alternative(self, query: AssetQuery) -> str:
        return " ".join(self.restrictions(query)) or self.described(query)

    def _inner(self, query: AssetQuery) -> str:
        if query.ids and query == AssetQuery(ids=query.ids):
            return self.called(query.ids)
        if query.class_ == "Location" and query.within is not None and not query.ids:
            return self._inner(query.within)  # what is served there
        noun = self.described(query, 1)
        if query == AssetQuery():
            return "anything"
        return (
            noun if query.ids else f"{'an' if noun[:1].lower() in 'aeiou' or noun.startswith('HVAC') else 'a'} {noun}"
        )

    def compared(self, comparison: str) -> str:
        return {">": "more than", "<": "fewer than", ">=": "at least", "<=": "at most", "=": "exactly", "!=": "not"}[
            comparison
        ]

    def condition(self, one: Condition) -> str:
        sign = {
            ">": "above",
            "<": "below",
            ">=": "at or above",
            "<=": "at or below",
            "=": "equal to",
            "!=": "other than",
        }[one.comparison]
        if one.than is not None:
            offset = (
                f" plus {number(one.offset)}"
                if one.offset > 0
                else f" minus {number(-one.offset)}"
                if one.offset < 0
                else ""
            )
            right = words(one.than) + offset
        else:
            right = number(one.value) if isinstance(one.value, float) else str(one.value)
            right += f" {one.unit or self._unit(one.quantity)}".rstrip()
        lead = {"latest": "", "max": "at any time ", "min": "all the time "}.get(one.aggregate, "")
        return f"with {words(one.quantity)} {lead}{sign} {right}"

    def _unit(self, quantity: str) -> str:
        term = self.lexicon.vocabulary.quantities.get(quantity)
        return (term.unit if term else None) or ""

    # -- readings ----------------------------------------------------------------------------------------------------

    def reading(self, row: TelemetryRow) -> str:
        """“18.2 °C, read 12 s ago”, with a word when it is stale."""
        said = with_unit(row.value, row.text, row.unit)
        if row.age_s is not None:
            said += f", read {age(row.age_s)}"
            if row.at is not None and row.age_s >= 90:
                said += f" at {clock(row.at, self.now)}"
        return f"{said} (stale: no newer reading)" if row.stale else said

    def point(self, point: PointNow) -> str:
        said = with_unit(point.value, point.text, point.unit) if point.value is not None or point.text else "no reading"
        status = {"alarm": "in alarm", "warning": "warning", "stale": "stale"}.get(point.status)
        since = f" since {clock(point.since, self.now)}" if point.since else ""
        return f"{words(point.quantity)} {said}" + (f" ({status}{since})" if status else "")
