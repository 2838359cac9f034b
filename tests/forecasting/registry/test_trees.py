"""Model files with crafted trees are refused before compiled code walks them; sound ones pass."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor, IsolationForest

from forecasting.failures.artifacts import TRUSTED as FAILURES
from forecasting.registry.artifacts import TRUSTED, dumped, loaded
from forecasting.registry.trees import Unwalkable, check_trees
from graph_schema.errors import InvalidInput

RNG = np.random.default_rng(1)
X, Y = RNG.normal(size=(300, 3)), RNG.normal(size=300)
FOREST_TYPES = (*FAILURES, "sklearn.ensemble._iforest.IsolationForest")


def boosted() -> Any:
    return HistGradientBoostingRegressor(max_iter=3, random_state=1).fit(X, Y)


def nodes_of(model: Any) -> np.ndarray:
    return model._predictors[1][0].nodes


def child(name: str, value: int) -> Callable[[np.ndarray], None]:
    def craft(nodes: np.ndarray) -> None:
        inner = int(np.flatnonzero(nodes["is_leaf"] == 0)[-1])
        nodes[name][inner] = value

    return craft


@pytest.mark.parametrize(
    ("craft", "said"),
    [
        (child("left", 4_000_000_000), "points beyond"),
        (child("right", 500), "points beyond"),
        (child("left", 0), "round in circles"),
        (child("right", 1), "round in circles"),
        (child("feature_idx", 3), "feature beyond the 3"),
        (child("feature_idx", -1), "feature beyond the 3"),
        (child("feature_idx", 1 << 40), "feature beyond the 3"),
        (child("is_categorical", 1), "splits by categories"),
        (lambda nodes: nodes["is_leaf"].fill(0), "round in circles"),
    ],
)
def test_a_boosted_tree_that_leads_astray_is_refused(craft: Callable[[np.ndarray], None], said: str):
    model = boosted()
    craft(nodes_of(model))
    with pytest.raises(Unwalkable, match=said):
        loaded(dumped(model), TRUSTED)


def test_boosted_trees_without_nodes_or_features_and_with_categories_are_refused():
    empty, featureless, categories = boosted(), boosted(), boosted()
    empty._predictors[0][0].nodes = nodes_of(empty)[:0]
    del featureless.n_features_in_
    categories._bin_mapper.is_categorical_ = np.array([1, 0, 0], dtype=np.uint8)
    for model, said in ((empty, "no table of nodes"), (featureless, "knows its features"), (categories, "categories")):
        with pytest.raises(Unwalkable, match=said):
            loaded(dumped(model), TRUSTED)


def test_more_features_than_there_are_cannot_be_claimed_by_a_crafted_number():
    model = boosted()
    model.n_features_in_ = 9
    child("feature_idx", 8)(nodes_of(model))
    again = loaded(dumped(model), TRUSTED)
    with pytest.raises(ValueError, match="expecting 9 features"):
        again.predict(X)


def forest(change: Callable[[dict[str, Any]], None]) -> Any:
    """A forest, the first tree of which was given another state, as a crafted file would."""
    model = IsolationForest(n_estimators=2, random_state=1).fit(X)
    tree = model.estimators_[0].tree_
    state = tree.__getstate__()
    state["nodes"] = state["nodes"].copy()
    change(state)
    tree.__setstate__(state)
    return model


def node(name: str, value: int) -> Callable[[dict[str, Any]], None]:
    def change(state: dict[str, Any]) -> None:
        inner = int(np.flatnonzero(state["nodes"]["left_child"] >= 0)[-1])
        state["nodes"][name][inner] = value

    return change


def claimed(state: dict[str, Any]) -> None:
    state["node_count"] += 100_000


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (node("left_child", 1 << 40), "points beyond"),
        (node("right_child", -7), "points beyond"),
        (node("left_child", 0), "round in circles"),
        (node("feature", 3), "feature beyond the 3"),
        (node("feature", -2), "feature beyond the 3"),
        (claimed, "claims"),
    ],
)
def test_a_tree_of_a_forest_that_leads_astray_is_refused(change: Callable[[dict[str, Any]], None], said: str):
    with pytest.raises(Unwalkable, match=said):
        check_trees(forest(change))


def test_sound_models_come_back_the_same():
    model = boosted()
    np.testing.assert_array_equal(loaded(dumped(model), TRUSTED).predict(X), model.predict(X))
    whole = IsolationForest(n_estimators=5, random_state=1).fit(X)
    again = loaded(dumped(whole), FOREST_TYPES)
    np.testing.assert_array_equal(again.score_samples(X), whole.score_samples(X))
    with pytest.raises(Unwalkable):
        loaded(dumped(forest(node("feature", 77))), FOREST_TYPES)


def test_a_file_cut_short_or_with_a_changed_byte_is_no_model():
    artifact = dumped(boosted())
    at = artifact.index(b"NUMPY") + 60
    changed = artifact[:at] + bytes([artifact[at] ^ 255]) + artifact[at + 1 :]
    for part in (artifact[: len(artifact) // 2], changed):
        with pytest.raises(InvalidInput, match="no model file"):
            loaded(part, TRUSTED)
