"""One tool call: its title and what came of it, for people."""

from agent.run.calls import title_of
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
