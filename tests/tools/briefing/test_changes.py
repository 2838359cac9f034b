"""What is otherwise than yesterday: new and gone risks, and figures that have become others."""

from tools.briefing.briefing import Line, Missing, Section
from tools.briefing.changes import changed


def risks(*ids: str) -> Section:
    line = Line(
        what="at_risk", source="risks", ids=list(ids), names=[id_.upper() for id_ in ids], counts={"count": len(ids)}
    )
    return Section(name="risks", lines=[line] if ids else [])


def alarms(count: int) -> Section:
    return Section(
        name="waiting", lines=[Line(what="alarms", source="alarms", counts={"count": count})] if count else []
    )


def test_risks_that_are_new_and_those_that_are_gone_are_named():
    found = changed([risks("a", "b")], [risks("b", "c")])
    assert [(one.what, one.names) for one in found.lines] == [("risk_new", ["C"]), ("risk_gone", ["A"])]


def test_a_figure_that_came_or_went_is_told_with_both_values():
    assert [dict(one.counts) for one in changed([alarms(0)], [alarms(3)]).lines] == [{"before": 0, "now": 3}]
    assert [dict(one.counts) for one in changed([alarms(2)], [alarms(0)]).lines] == [{"before": 2, "now": 0}]
    assert changed([alarms(2)], [alarms(2)]).lines == []


def test_what_was_not_judged_on_one_of_the_days_has_not_changed():
    unknown = Section(name="waiting", missing=[Missing(why="past", source="alarms")])
    assert changed([unknown], [alarms(3)]).lines == []
    assert changed([Section(name="risks", missing=[Missing(why="past", source="risks")])], [risks("a")]).lines == []


def test_without_an_earlier_briefing_it_says_so():
    assert [one.why for one in changed(None, [alarms(1)]).missing] == ["no_earlier"]
