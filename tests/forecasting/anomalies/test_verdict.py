import numpy as np
import pytest

from forecasting.anomalies.expectations import EXPECTATIONS
from forecasting.anomalies.verdict import cannot_tell, flagged, sound, span, table, together
from forecasting.series import Series


def test_one_that_is_flagged_outweighs_the_rest_and_the_worst_comes_first():
    verdict = together(
        [sound(0.4), flagged(1.5, ["b"], ["y"]), cannot_tell("c"), flagged(3, ["a"], ["x", "y"])],
    )
    assert (verdict.state, verdict.score) == ("flagged", 3)
    assert verdict.reasons == ("a", "b")
    assert verdict.quantities == ("x", "y")


def test_sound_needs_one_that_could_tell():
    assert together([cannot_tell("a"), sound(0.4)]).state == "sound"
    assert together([cannot_tell("a"), cannot_tell("b"), cannot_tell("a")]).reasons == ("a", "b")
    assert together([]).state == "cannot tell"


def test_series_of_a_window_share_one_grid():
    with pytest.raises(ValueError, match="one grid"):
        table({"a": Series(0, 60, np.zeros(3)), "b": Series(60, 60, np.zeros(3))}, ("a", "b"))


@pytest.mark.parametrize(
    ("seconds", "words"), [(86_400, "1 day"), (5_400, "1.5 hours"), (1_800, "30 minutes"), (30, "30 seconds")]
)
def test_spans_are_told_in_the_unit_that_suits(seconds, words):
    assert span(seconds) == words


def test_expectations_name_classes_and_quantities_that_the_plant_knows(ontology):
    for class_, expected in EXPECTATIONS.items():
        assert ontology.kind_of(class_) is not None
        for one in expected:
            for name in one.needed:
                assert name.rpartition(".")[2].replace("_", "").isalpha()
