"""One tool call: its title and what came of it, for people."""

from agent.evidence.ledger import Ledger
from agent.run.calls import summaries, title_of
from agent.run.tool_groups import MORE_TOOLS, MoreTools
from agent.vocabulary.lexicon import Lexicon
from tools.registry.registry import Registry


def test_a_step_names_things_as_people_do(lexicon: Lexicon, registry: Registry) -> None:
    assert title_of("stop_fan", {"asset": "ahu-2"}, registry, lexicon, "en") == "Stopping AHU-2"
    assert (
        title_of("query_telemetry", {"quantity": "zone_air_temperature"}, registry, lexicon, "en")
        == "Reading zone air temperature"
    )


def test_a_step_without_what_its_title_names_has_the_name_of_its_tool(lexicon: Lexicon, registry: Registry) -> None:
    assert title_of("query_telemetry", {}, registry, lexicon, "en") == "Query telemetry"


def test_a_tool_that_a_model_made_up_is_shown_by_the_name_it_gave(lexicon: Lexicon, registry: Registry) -> None:
    assert title_of("plan_maintenance", {}, registry, lexicon, "en") == "Plan maintenance"
    assert len(title_of("x" * 9999, {}, registry, lexicon, "en")) == 120


def test_tools_that_were_loaded_are_no_evidence_of_a_proposal(registry: Registry) -> None:
    loaded = MoreTools(group="plant", tools=[("notes", "What was written.")])
    assert summaries(Ledger.of([(MORE_TOOLS, loaded)]), registry) == ()
