from datetime import UTC, datetime, timedelta

from agent.events import Answered, TextDelta, ToolFinished, ToolStarted
from interfaces.web.chat.transcript import Transcript, foldout
from tools.results.result import Evidence

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def transcript(clock: Clock | None = None) -> Transcript:
    return Transcript(clock or Clock(), {"ahu-2": "AHU-2"}, NOW_MS)


def test_a_step_is_pending_until_it_is_done():
    clock = Clock()
    script = transcript(clock)
    script.apply(ToolStarted("1", "describe_asset", {"asset": "ahu-2"}, "Looking at AHU-2"))
    assert script.rows()[0]["metadata"] == {"title": "Looking at AHU-2", "status": "pending"}
    clock.now = 2.25
    script.apply(ToolFinished("1", "Found it."))
    assert script.rows()[0]["metadata"] == {"title": "Looking at AHU-2", "status": "done", "duration": 2.2}
    assert "Found it." in script.rows()[0]["content"]


def test_parallel_steps_finish_in_any_order():
    script = transcript()
    for id_ in ("1", "2"):
        script.apply(ToolStarted(id_, "rank_risks", {}))
    script.apply(ToolFinished("2", ""))
    assert [row["metadata"]["status"] for row in script.rows()] == ["pending", "done"]


def test_a_step_that_did_not_work_says_so():
    script = transcript()
    script.apply(ToolStarted("1", "rank_risks", {}, "Weighing risks"))
    script.apply(ToolFinished("1", "The graph does not answer.", ok=False))
    assert script.rows()[0]["metadata"]["title"] == "Weighing risks (did not work)"


def test_the_answer_grows_and_the_final_text_wins():
    script = transcript()
    script.apply(TextDelta("It is "))
    script.apply(TextDelta("12 °C"))
    assert script.rows() == [{"role": "assistant", "content": "It is 12 °C"}]
    script.apply(Answered("It is 13 °C."))
    assert script.rows() == [{"role": "assistant", "content": "It is 13 °C."}]


def test_a_failure_keeps_what_was_said_and_ends_the_steps():
    script = transcript()
    script.apply(ToolStarted("1", "rank_risks", {}, "Weighing risks"))
    script.apply(TextDelta("So far"))
    script.fail("The graph does not answer.")
    assert script.rows()[0]["metadata"]["status"] == "done"
    assert script.rows()[1]["content"] == "So far\n\nThe graph does not answer."


def test_evidence_names_point_window_and_age():
    window = {"start": NOW - timedelta(hours=2), "end": NOW}
    evidence = Evidence(
        store="history", statement="select", points=["p"], window=window, as_of=NOW - timedelta(minutes=5)
    )
    row = foldout([evidence, evidence], {"p": "Supply temperature"}, NOW_MS)
    assert row is not None
    assert row["content"] == (
        "- **Recorded readings** · Supply temperature · from 2026-03-01 10:00 UTC to 2026-03-01 12:00 UTC"
        " · read 2026-03-01 11:55 UTC (5 min ago)"
    )
    assert row["metadata"]["status"] == "done"


def test_names_from_other_systems_are_no_markup():
    row = foldout([Evidence(store="graph", statement="s", entities=["x"])], {"x": "[click](javascript:1)<img>"}, NOW_MS)
    assert row is not None
    assert "\\[click\\]\\(javascript:1\\)\\<img\\>" in row["content"]


def test_without_evidence_there_is_no_foldout():
    assert foldout([], {}, NOW_MS) is None


def test_much_evidence_is_cut_short():
    row = foldout([Evidence(store="graph", statement="s", entities=[f"e{i}"]) for i in range(30)], {}, NOW_MS)
    assert row is not None
    assert row["content"].endswith("- and 18 more")


def test_a_title_with_a_name_from_another_system_is_no_markup():
    script = transcript()
    script.apply(ToolStarted("1", "describe_asset", {"asset": "fan-9"}, "Looking at **Loud** [fan](javascript:x)"))
    assert script.rows()[0]["metadata"]["title"] == r"Looking at \*\*Loud\*\* \[fan\]\(javascript:x\)"


def test_the_panel_says_how_the_question_was_read_in_the_language_of_the_answer():
    script = transcript()
    also = [{"read_back": "Al\n- arme", "said_in": "de"}, {"read_back": None}]
    reading = {"read_back": "Ein Wert: Zulufttemperatur, AHU-2", "said_in": "de", "also": also}
    evidence = Evidence(store="graph", statement="s", entities=[f"e{i}" for i in range(6)])
    script.apply(Answered("12 °C", evidence=[evidence], reading=reading))
    panel = script.rows()[-1]
    assert panel["metadata"]["title"] == "Woher das kommt"
    assert panel["content"] == (
        "- **Gelesen als** · Ein Wert: Zulufttemperatur, AHU-2\n- **Gelesen als** · Al - arme\n"
        "- **Das Modell der Anlage** · e0, e1, e2, e3 und 2 weitere"
    )


def test_what_was_asked_is_no_markup():
    row = foldout([], {}, NOW_MS, read=["A list: [x](javascript:1)"])
    assert row is not None
    assert row["content"] == "- **Read as** · A list: \\[x\\]\\(javascript:1\\)"
