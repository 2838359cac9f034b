"""What a conversation keeps, and what it is about."""

from agent.conversation.turns import LONGEST_RESULT, TURNS, TURNS_WITH_STEPS, Turn, focus_after, remembered, with_turn
from agent.models.chat_model import ChatMessage
from agent.vocabulary.grounding import Candidate, Grounding, Mention
from graph_schema.question import AssetQuery
from tools.results.assets import EntityRef, FoundAssets, RelatedCount
from tools.results.connections import Connected, Connections
from tools.results.telemetry import Telemetry, TelemetryRow


def ref(id_: str) -> EntityRef:
    return EntityRef(id=id_, name=id_.upper(), kind="Asset")


def mention(*ids: str) -> Mention:
    return Mention(0, 1, "x", tuple(Candidate(id_, id_, "Asset", None, 100.0) for id_ in ids))


def steps(text: str = "{}") -> list[ChatMessage]:
    call = {"id": "1", "type": "function", "function": {"name": "find_assets", "arguments": "{}"}}
    return [
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": text, "tool_call_id": "1"},
    ]


def turns(count: int) -> list[Turn]:
    kept: list[Turn] = []
    for index in range(count):
        kept = with_turn(kept, f"q{index}", f"a{index}", steps())
    return kept


def test_turns_are_bounded_and_whole():
    kept = turns(TURNS + 5)
    assert [turn["question"] for turn in kept] == [f"q{i}" for i in range(5, TURNS + 5)]
    messages = remembered(kept)
    assert messages[0] == {"role": "user", "content": "q5"}
    assert messages[-1] == {"role": "assistant", "content": f"a{TURNS + 4}"}


def test_only_the_newest_turns_keep_their_steps():
    kept = turns(6)
    assert [("steps" in turn) for turn in kept] == [False] * (6 - TURNS_WITH_STEPS) + [True] * TURNS_WITH_STEPS
    called = [message for message in remembered(kept) if message.get("tool_calls")]
    told = [message for message in remembered(kept) if message["role"] == "tool"]
    assert len(called) == len(told) == TURNS_WITH_STEPS


def test_results_are_kept_short():
    (turn,) = with_turn([], "q", "a", steps("x" * 10_000))
    assert len(turn.get("steps", [])[1]["content"]) < LONGEST_RESULT + 50


def test_they_are_what_the_last_result_told_about():
    found = FoundAssets(total=2, assets=[ref("a"), ref("b")], query=AssetQuery())
    table = Telemetry(
        quantity="q",
        aggregate="latest",
        rows=[TelemetryRow(entity=ref("c"), quantity="q")],
        total=1,
        no_data=[ref("d")],
    )
    assert focus_after([found, table], Grounding(), ["z"]) == ["c", "d", "a", "b"]


def test_it_is_the_thing_with_the_most():
    related = [RelatedCount(entity=ref(id_), count=count) for id_, count in (("b", 9), ("c", 9), ("a", 1))]
    found = FoundAssets(total=3, assets=[ref("a"), ref("b"), ref("c")], related=related, query=AssetQuery())
    assert focus_after([found], Grounding(), []) == ["b", "c"]


def test_it_is_the_thing_a_trace_starts_from():
    trace = Connections(asset=ref("a"), direction="upstream", total=1, connected=[Connected(entity=ref("b"), hops=1)])
    assert focus_after([trace], Grounding((mention("b"),)), []) == ["a", "b"]


def test_without_results_it_is_what_the_question_names():
    assert focus_after([], Grounding((mention("a"), mention("b", "c"))), ["z"]) == ["a"]
    assert focus_after([], Grounding((mention("b", "c"),)), ["z"]) == ["z"]
