"""Deterministic graders: pure functions from an answer and what was expected to the reasons why it fails."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

from evals.cases import Expectation, ExpectedCall
from evals.names import Names, Span, named_ids, plain
from evals.notation import in_english
from evals.numbers import numbers_in, says_none, states, without_emphasis, without_moments
from graph_schema.model import PLACE_KINDS, Kind

_CANNOT = re.compile(
    r"\b(?:can(?:not|'t| not)(?! be\b)|could ?n(?:o|')t|unable to|not able to|unknown|not known|no idea|outside what|out of my reach"
    r"|(?:do|does|did)(?: not|n't) (?:know|have|understand|say|see|find|operate|take such|exist|record|measure|cover|contain|include|recogni[sz]e|keep|hold|store|track)"
    r"|(?:i|we|it|which|that|this|model|plant|graph) (?:has|have|had) (?:no|neither|not)\b|ha(?:s|ve) (?:no|not any|never)\b"
    r"|there (?:is|are|was|were|exists?)(?: no|n't| not)|(?:is|are|was|were)(?:n't| not) (?:any\b|a |an |in |known|recorded|available|found|measured|something|part|here|about|able)"
    r"|no (?:readings?|data|such|records?|sensors?|information|forecasts?|predictions?|points?|asset|equipment|models?|history|measurements?|values?|weather|work[- ]orders?)"
    r"|not (?:recorded|available|found|measured|stored|supported|something)|nothing (?:is|called|named|of|about|in|like|by)|neither|only (?:read|answer|look))\b",
    re.IGNORECASE,
)

_QUOTED = re.compile("“[^”]*”|„[^“”]*[“”]|«[^»]*»")
"""Questions that are offered instead: their numbers are not stated."""


@dataclass(frozen=True, slots=True)
class Call:
    tool: str
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn as the graders see it. ``invented`` are numbers and ids that no evidence supports; ``endings`` how its questions end that are
    not answered in their whole, None where the model does not tell."""

    question: str
    text: str
    calls: Sequence[Call]
    highlight: Sequence[str]
    invented: Sequence[str]
    endings: Sequence[str] | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Gold:
    """What the stores say: one value per expected number, and the ids the answer must name."""

    numbers: Sequence[float | None]
    entities: frozenset[str] | None
    names: Names


def grade(answer: Answer, expected: Expectation, gold: Gold) -> list[str]:
    """The reasons why the answer fails; empty when it passes."""
    return [
        *_grade_calls(answer, expected, gold),
        *_grade_numbers(answer, expected, gold),
        *_grade_words(answer, expected),
        *_grade_entities(answer, gold),
        *_grade_scene(answer, expected),
        *_grade_abstention(answer, expected, gold),
        *(f"invented {asset}" for asset in answer.invented),
    ]


# -- calls -----------------------------------------------------------------------------------------------------------


def _grade_calls(answer: Answer, expected: Expectation, gold: Gold) -> Iterable[str]:
    for call in expected.calls:
        if not any(_call_matches(call, made, gold.names) for made in answer.calls):
            made = ", ".join(f"{made.tool}({dict(made.args)})" for made in answer.calls) or "none at all"
            yield f"no call {call.tool}({call.args}) but {made}"
    for name in expected.forbid_calls:
        if any(made.tool == name for made in answer.calls):
            yield f"called {name}"
    if expected.max_calls is not None and len(answer.calls) > expected.max_calls:
        yield f"made {len(answer.calls)} calls, at most {expected.max_calls} are expected"
    if expected.proposes is not None:
        yield f"no proposal of {expected.proposes.tool}: this version proposes no changes"


def _call_matches(expected: ExpectedCall, made: Call, names: Names) -> bool:
    return expected.tool == made.tool and is_subset(expected.args, made.args, names)


def is_subset(expected: Any, made: Any, names: Names) -> bool:
    """Whether what was expected is in what was made.

    A mapping matches when each of its keys does; a single value also matches the list of just that value; an asset may be
    given by its id or by a name that only it has; a moment in any time zone.
    """
    if isinstance(expected, Mapping):
        wanted = cast(Mapping[str, Any], expected)
        given = cast(Mapping[str, Any], made if isinstance(made, Mapping) else {})
        return all(key in given and is_subset(value, given[key], names) for key, value in wanted.items())
    if isinstance(expected, list) or isinstance(made, list):
        left, right = _listed(expected), _listed(made)
        return len(left) == len(right) and all(any(is_subset(one, other, names) for other in right) for one in left)
    return _scalar(expected, names) == _scalar(made, names)


def _listed(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else [value]


def _scalar(value: Any, names: Names) -> Any:
    if isinstance(value, (bool, type(None))):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return _text_value(str(value), names)


def _text_value(text: str, names: Names) -> Any:
    if re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text):
        try:
            return _instant(datetime.fromisoformat(text))
        except ValueError:
            return text
    ids = names.called(text)
    return next(iter(ids)).lower() if len(ids) == 1 else text.lower()


def _instant(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


# -- numbers and words -----------------------------------------------------------------------------------------------


def _grade_numbers(answer: Answer, expected: Expectation, gold: Gold) -> Iterable[str]:
    text = _figures(answer.text, answer.language, gold.names)
    for wanted, value in zip(expected.numbers, gold.numbers, strict=True):
        if value is None:
            yield f"the stores give no value for {wanted.sql or wanted.cypher}"
        elif not states(text, value, wanted.tolerance, wanted.unit):
            yield f"the number {value:.10g}{' ' + wanted.unit if wanted.unit else ''} is not in the answer"


def _figures(text: str, language: str, names: Names) -> str:
    """What is left of a text for its numbers to be read: no names, no dates, no emphasis."""
    return without_moments(in_english(names.blanked(without_emphasis(text)), language))


def _grade_words(answer: Answer, expected: Expectation) -> Iterable[str]:
    for word in expected.mentions:
        if not mentions(answer.text, word):
            yield f"does not mention “{word}”"
    for words in expected.any_mention:
        if not any(mentions(answer.text, word) for word in words):
            yield f"mentions none of {', '.join(words)}"
    for word in expected.not_mentions:
        if mentions(answer.text, word):
            yield f"mentions “{word}”"


def mentions(text: str, word: str) -> bool:
    """Whether a text has the words: not inside another word, nor a number inside a longer one; endings are free from four letters on."""
    wanted, given = _comparable(word), _comparable(text)
    before = r"(?<![^\W_])" if wanted[:1].isalnum() else ""
    after = ""
    if wanted[-1:].isdigit():
        after = r"(?!\d|\.\d)"
    elif wanted[-1:].isalpha():
        after = "" if len(wanted) > 3 else r"(?!(?!s\b)[^\W\d_])"
    return re.search(before + re.escape(wanted) + after, given) is not None


def _comparable(text: str) -> str:
    ungrouped = re.sub("(?<=\\d)[,\u2009\u202f](?=\\d{3}(?!\\d))", "", without_emphasis(text))
    return re.sub(r"\s+", " ", plain(ungrouped).replace("’", "'")).strip()


# -- assets ----------------------------------------------------------------------------------------------------------


def _grade_entities(answer: Answer, gold: Gold) -> Iterable[str]:
    if gold.entities is None:
        return
    kinds: set[Kind] = {gold.names.kinds[id] for id in gold.entities if id in gold.names.kinds}
    counts = _counting(kinds)
    spans = list(gold.names.spans(answer.text, counts))
    said = in_english(answer.text, answer.language)
    if not gold.entities and not (says_none(said) or _says_cannot(said)):
        yield "does not say that there are none"
    if missing := sorted(gold.entities - named_ids(spans)):
        yield f"does not name {_some(missing)}"
    asked = named_ids(list(gold.names.spans(answer.question))) | subjects(answer.calls, gold.names)
    if extra := sorted(_extra(spans, gold.entities | asked, kinds, gold.names)):
        yield f"names {_some(extra)} as well"


_ABOUT = ("asset", "to")
_RELATED = ("fed_by", "feeds", "within", "part_of", "has_part")


def subjects(calls: Iterable[Call], names: Names) -> set[str]:
    """The assets that calls are about, as the question names them in its own way: "AHU 5" for AHU A5, "it"."""
    found: set[str] = set()
    for call in calls:
        if call.tool in ("trace_connections", "describe_asset"):
            found.update(id for key in _ABOUT for id in names.called(str(call.args.get(key, ""))))
        found.update(_related_ids(call.args))
    return found


def _related_ids(value: Any, *, inside: bool = False) -> Iterable[str]:
    """The ids of a query's other ends: of "VAVs fed by AHU-3" the AHU, not the VAVs."""
    if isinstance(value, list):
        for part in cast(list[Any], value):
            yield from _related_ids(part, inside=inside)
    elif isinstance(value, Mapping):
        for key, part in cast(Mapping[str, Any], value).items():
            if key == "ids" and inside:
                yield from map(str, _listed(part))
            else:
                yield from _related_ids(part, inside=inside or key in _RELATED)


def _counting(kinds: set[Kind]) -> Callable[[Kind], bool]:
    """Points are often called like what they belong to, so they count as named only where points are asked for."""
    return lambda kind: kind != "Point" or "Point" in kinds


def _extra(spans: Sequence[Span], allowed: frozenset[str], kinds: set[Kind], names: Names) -> Iterable[str]:
    for id in {min(span.ids) for span in spans if not span.ids & allowed}:
        if names.kinds[id] in kinds or (not kinds and names.kinds[id] not in PLACE_KINDS):
            yield id


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:8]) + (f" and {len(ids) - 8} more" if len(ids) > 8 else "")


def _grade_scene(answer: Answer, expected: Expectation) -> Iterable[str]:
    if expected.scene is not None and (missing := set(expected.scene.highlight) - set(answer.highlight)):
        yield f"does not highlight {_some(sorted(missing))}"


# -- abstention ------------------------------------------------------------------------------------------------------


def _says_cannot(text: str) -> bool:
    return _CANNOT.search(text.replace("’", "'")) is not None


def _grade_abstention(answer: Answer, expected: Expectation, gold: Gold) -> Iterable[str]:
    if not (expected.abstains or expected.asks_back):
        return
    if expected.asks_back and not _asks_back(answer):
        yield "neither asks back nor says what is missing"
    if expected.abstains and not (answer.endings or _says_cannot(in_english(answer.text, answer.language))):
        yield "does not say that it cannot know"
    text = _QUOTED.sub(" ", answer.text) if expected.asks_back else answer.text
    asked = {abs(stated.value) for stated in numbers_in(in_english(answer.question, answer.language))}
    stated = [
        one.value for one in numbers_in(_figures(text, answer.language, gold.names)) if abs(one.value) not in asked
    ]
    if stated:
        yield f"states the number {stated[0]:g} although it cannot know"


def _asks_back(answer: Answer) -> bool:
    """As the model tells; of one that does not, by its words."""
    if answer.endings is not None:
        return bool(answer.endings)
    return "?" in answer.text or _says_cannot(in_english(answer.text, answer.language))
