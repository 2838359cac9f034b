"""The answer to one question: at once, or from what its calls gave, after more calls where one leads to another."""

from collections.abc import Sequence
from datetime import datetime

from agent.offline.answers.acts import ACTS
from agent.offline.answers.more_calls import more_calls
from agent.offline.answers.outcomes import Outcome
from agent.offline.intents import Intent, Problem
from agent.offline.phrases import Speaker, in_order, joined
from agent.offline.planner import Call, Planner
from agent.offline.words import TOPICS
from agent.vocabulary.lexicon import Lexicon

HELP = (
    "I answer questions about this plant: what a sensor reads now or read in the past, averages, peaks and rankings, what feeds or supplies what, "
    "what loses service when something stops, how many things there are and which ones, where something is, what is in alarm or stale, and what needs attention. "
    "Ask for example “which AHU feeds the most VAVs” or “what was the average supply air temperature yesterday”."
)
UNCLEAR = "I do not understand what is asked. Name a thing or a kind of equipment and what you want to know of it: a measurement, a count, what feeds it, where it is, or its status."


class Answerer:
    """Says what the results of one question say."""

    def __init__(self, lexicon: Lexicon, now: datetime) -> None:
        self.lexicon = lexicon
        self.speaker = Speaker(lexicon, now)
        self.planner = Planner(lexicon, now)

    def at_once(self, intent: Intent) -> str | None:
        """The answer that needs no tool: a greeting, a refusal, a question back."""
        if intent.act == "greet":
            return f"Hello. {HELP}"
        if intent.act == "thanks":
            return "You are welcome."
        if intent.act == "help":
            return HELP
        if intent.problems:
            return self._problem(intent.problems)
        return UNCLEAR if intent.act == "unclear" else None

    def _problem(self, problems: Sequence[Problem]) -> str:
        order = ["topic", "unknown_name", "ambiguous", "no_referent", "not_understood", "incomplete"]
        first = min(problems, key=lambda problem: order.index(problem.kind))
        if first.kind == "topic":
            return TOPICS[first.text].says
        if first.kind == "unknown_name":
            near = joined([choice.name for choice in first.choices], "or")
            return f"There is no “{first.text}” in this plant." + (f" There are for example {near}." if near else "")
        if first.kind == "ambiguous":
            choices = sorted(first.choices, key=lambda one: in_order(one.name))
            names = [self._choice(choice.id, choice.name) for choice in choices[:12]]
            more = " or another one" if len(first.choices) > 12 else ""
            return (
                f"Which one do you mean by “{first.text}”: {', '.join(names) + more if more else joined(names, 'or')}?"
            )
        if first.kind == "no_referent":
            return f"I do not know what “{first.text}” refers to. Please name it."
        if first.kind == "not_understood":
            return f"I did not understand {first.text}, and leaving that out could change the question. Please put it in other words."
        return first.text

    def _choice(self, id: str, name: str) -> str:
        return (
            name
            if len({other for key in self.lexicon.keys_of(id) for other in self.lexicon.names.get(key, ())}) < 2
            else f"{name} ({id})"
        )

    def calls(self, intent: Intent) -> list[Call]:
        """The calls that answer the question; empty where it needs none."""
        act = ACTS.get(intent.act)
        return act.plan(self.planner, intent) if act is not None else []

    def next(self, intent: Intent, rounds: Sequence[Sequence[Outcome]]) -> list[Call] | str:
        """More calls, or the answer."""
        errors = [one.error for one in rounds[-1] if one.error]
        if errors and not any(one.result for one in rounds[-1]):
            return " ".join(dict.fromkeys(errors))
        more = more_calls(self.planner, intent, rounds)
        if more:
            return more
        known = [one for round in rounds for one in round if one.result is not None]
        said = ACTS[intent.act].say(self.speaker, intent, known)
        notes = [note for one in known if one.result for note in one.result.notes]
        return " ".join([said, *(note for note in dict.fromkeys(notes) if note not in said)]).strip()
