"""Deterministic graders: pure functions from an answer and what was expected to the reasons why it fails."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from evals.cases import Expectation, ExpectedCall, ExpectedNumber
from graph_schema.model import Kind

_NUMBER = re.compile(r"(?<![\w.])[-−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.])[-−]?\d+(?:\.\d+)?")
_CANNOT = re.compile(
    r"\b(?:can(?:no|')t|can not|could not|couldn't|do(?:es)?n't|do(?:es)? not|did not|didn't|is(?:n't| not)|are(?:n't| not)"
    r"|not able|unable|unknown|no (?:readings?|data|such|record|sensor|information|forecast|point|asset|equipment|model)"
    r"|there (?:is|are) no|has no|have no|none of|nothing|not (?:in|know|have|recorded|available|something))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Call:
    tool: str
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn as the graders see it. ``invented`` are numbers and ids that no evidence supports."""

    question: str
    text: str
    calls: Sequence[Call]
    highlight: Sequence[str]
    invented: Sequence[str]


@dataclass(frozen=True, slots=True)
class Named:
    """Something an answer can name."""

    id: str
    kind: Kind
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gold:
    """What the stores say: one value per expected number, and the ids the answer must name."""

    numbers: Sequence[float | None]
    entities: frozenset[str] | None
    plant: Sequence[Named]


def grade(answer: Answer, expected: Expectation, gold: Gold) -> list[str]:
    """The reasons why the answer fails; empty when it passes."""
    return [
        *_grade_calls(answer, expected),
        *_grade_numbers(answer, expected, gold),
        *_grade_words(answer, expected),
        *_grade_entities(answer, gold),
        *_grade_scene(answer, expected),
        *_grade_abstention(answer, expected, gold),
        *(f"invented {thing}" for thing in answer.invented),
    ]


def _grade_calls(answer: Answer, expected: Expectation) -> Iterable[str]:
    for call in expected.calls:
        if not any(_call_matches(call, made) for made in answer.calls):
            yield f"no call {call.tool}({call.args}) among {[(made.tool, dict(made.args)) for made in answer.calls]}"
    for name in expected.forbid_calls:
        if any(made.tool == name for made in answer.calls):
            yield f"called {name}"
    if expected.max_calls is not None and len(answer.calls) > expected.max_calls:
        yield f"{len(answer.calls)} calls, at most {expected.max_calls} expected"
    if expected.proposes is not None:
        yield f"no proposal of {expected.proposes.tool}"


def _call_matches(expected: ExpectedCall, made: Call) -> bool:
    return expected.tool == made.tool and is_subset(expected.args, made.args)


def is_subset(expected: Any, made: Any) -> bool:
    """A mapping matches when each of its keys does; a single value also matches the list of just that value."""
    if isinstance(expected, Mapping):
        wanted = cast(Mapping[str, Any], expected)
        if not isinstance(made, Mapping):
            return False
        given = cast(Mapping[str, Any], made)
        return all(key in given and is_subset(value, given[key]) for key, value in wanted.items())
    if isinstance(expected, list) != isinstance(made, list):
        return is_subset(_listed(expected), _listed(made))
    if isinstance(expected, list):
        left, right = cast(list[Any], expected), cast(list[Any], made)
        return len(left) == len(right) and all(any(is_subset(one, other) for other in right) for one in left)
    return str(expected).casefold() == str(made).casefold()


def _listed(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else [value]


def numbers_in(text: str) -> list[tuple[float, int, int]]:
    """Each number in a text with its decimals and where it ends."""
    found: list[tuple[float, int, int]] = []
    for match in _NUMBER.finditer(text):
        plain = match[0].replace(",", "").replace("−", "-")
        found.append((float(plain), len(plain.partition(".")[2]), match.end()))
    return found


def _grade_numbers(answer: Answer, expected: Expectation, gold: Gold) -> Iterable[str]:
    for wanted, value in zip(expected.numbers, gold.numbers, strict=True):
        if value is None:
            yield f"the stores give no value for {wanted.sql or wanted.cypher}"
        elif not any(_is_number(found, wanted, value, answer.text) for found in numbers_in(answer.text)):
            yield f"the number {value:g}{' ' + wanted.unit if wanted.unit else ''} is not in the answer"


def _is_number(found: tuple[float, int, int], wanted: ExpectedNumber, value: float, text: str) -> bool:
    stated, decimals, end = found
    tolerance = wanted.tolerance if wanted.tolerance is not None else 0.5000001 * 10**-decimals
    if abs(stated - value) > tolerance + 1e-9 and abs(abs(stated) - abs(value)) > tolerance + 1e-9:
        return False
    return wanted.unit is None or text[end : end + 2 + len(wanted.unit)].lstrip().startswith(wanted.unit)


def _grade_words(answer: Answer, expected: Expectation) -> Iterable[str]:
    text = answer.text.casefold()
    for word in expected.mentions:
        if word.casefold() not in text:
            yield f"does not mention “{word}”"
    for words in expected.any_mention:
        if not any(word.casefold() in text for word in words):
            yield f"mentions none of {words}"
    for word in expected.not_mentions:
        if word.casefold() in text:
            yield f"mentions “{word}”"


def entities_in(text: str, plant: Sequence[Named]) -> set[str]:
    """The ids of the things a text names; the longest name wins where names overlap ("Zone 101" in "VAV Zone 101")."""
    by_name: dict[str, set[str]] = {}
    for thing in plant:
        for name in {thing.id, *thing.names}:
            by_name.setdefault(name.casefold(), set()).add(thing.id)
    lowered = text.casefold()
    starts = [match.start() for match in re.finditer(r"(?<![\w])\S", lowered)]
    longest = max((len(name) for name in by_name), default=0)
    ends = sorted({match.end() for match in re.finditer(r"\w(?!\w)|[^\w\s]", lowered)})
    found: set[str] = set()
    done = 0
    for start in starts:
        if start < done:
            continue
        for end in reversed([end for end in ends if start < end <= start + longest]):
            if ids := by_name.get(lowered[start:end]):
                found |= ids
                done = end
                break
    return found


def _grade_entities(answer: Answer, gold: Gold) -> Iterable[str]:
    if gold.entities is None:
        return
    kinds = {thing.kind for thing in gold.plant if thing.id in gold.entities}
    named = entities_in(answer.text, gold.plant)
    asked = entities_in(answer.question, gold.plant)
    if missing := sorted(gold.entities - named):
        yield f"does not name {', '.join(missing[:8])}{' …' if len(missing) > 8 else ''}"
    places = {thing.id for thing in gold.plant if thing.kind not in kinds}
    if extra := sorted(named - gold.entities - asked - places):
        yield f"names {', '.join(extra[:8])}{' …' if len(extra) > 8 else ''} as well"


def _grade_scene(answer: Answer, expected: Expectation) -> Iterable[str]:
    if expected.scene is not None and (missing := set(expected.scene.highlight) - set(answer.highlight)):
        yield f"does not highlight {', '.join(sorted(missing))}"


def _grade_abstention(answer: Answer, expected: Expectation, gold: Gold) -> Iterable[str]:
    if not expected.abstains:
        return
    if not _CANNOT.search(answer.text.replace("’", "'")):
        yield "does not say that it cannot know"
    rest = answer.text
    for thing in gold.plant:
        for name in sorted({thing.id, *thing.names}, key=len, reverse=True):
            if re.search(r"\d", name):
                rest = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", rest, flags=re.IGNORECASE)
    asked = {value for value, _, _ in numbers_in(answer.question)}
    if stated := [value for value, _, _ in numbers_in(rest) if value not in asked]:
        yield f"states the number {stated[0]:g} although it cannot know"
