"""Whether the trees of a model that came out of a file can be walked: scikit-learn's compiled code does not check their indices.

A node's children come after it in every tree that scikit-learn builds. Where that holds and every index is within its array, a walk
ends at a leaf and reads nothing that is not the tree's or the row's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor

from graph_schema.errors import InvalidInput

_LEAF = -1
_Tree: Any = import_module("sklearn.tree._tree").Tree
Ints = npt.NDArray[np.int64]


class Unwalkable(InvalidInput):
    """A tree of the model file points outside of itself."""


def check_trees(model: Any) -> None:
    """Raise ``Unwalkable`` unless every tree in the model can be walked for any row that its estimator accepts."""
    seen: set[int] = set()
    left: list[tuple[Any, int | None]] = [(model, None)]
    while left:
        one, features = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, _Tree):
            _check_tree(one, features)
            continue
        if isinstance(one, TreePredictor):
            _check_predictor(one, features)
            continue
        features = _features(one, features)
        _check_bins(one)
        left += [(part, features) for part in _parts(one)]


def _parts(one: Any) -> Iterator[Any]:
    if isinstance(one, Mapping):
        yield from cast("Mapping[Any, Any]", one).values()
    elif isinstance(one, (list, tuple, set, frozenset)):
        yield from cast("list[Any]", one)
    elif isinstance(one, np.ndarray):
        if one.dtype == object:
            yield from cast("npt.NDArray[Any]", one).ravel().tolist()
    elif is_dataclass(one):
        yield from (getattr(one, field.name) for field in fields(one))
    elif hasattr(one, "__dict__") and not isinstance(one, type):
        yield from vars(one).values()


def _features(one: Any, outer: int | None) -> int | None:
    """How many columns a row has: the estimator refuses rows with others."""
    found: Any = getattr(one, "n_features_in_", None)
    if found is None:
        return outer
    if not isinstance(found, int) or found < 1:  # scikit-learn keeps a plain number
        raise Unwalkable(f"An estimator of the model file claims to have {found!r} features.")
    return int(found)


def _check_bins(one: Any) -> None:
    """Categories are bits that are set without a look at their number. No model of ours has any."""
    mapper = getattr(one, "_bin_mapper", None)
    if mapper is not None and np.asarray(getattr(mapper, "is_categorical_", False)).any():
        raise Unwalkable("An estimator of the model file has categories, which no model here has.")


def _check_tree(tree: Any, features: int | None) -> None:
    if not 0 < tree.node_count == tree.capacity:
        raise Unwalkable(f"A tree of the model file claims {tree.node_count} nodes and holds {tree.capacity}.")
    first, second = np.asarray(tree.children_left), np.asarray(tree.children_right)
    inner = (first != _LEAF) | (second != _LEAF)
    most = tree.n_features if features is None else min(features, tree.n_features)
    _check_walk(
        first[inner], second[inner], np.flatnonzero(inner), tree.node_count, np.asarray(tree.feature)[inner], most
    )


def _check_predictor(predictor: Any, features: int | None) -> None:
    nodes: Any = predictor.nodes
    if not hasattr(nodes, "dtype") or nodes.ndim != 1 or nodes.dtype.names is None or not len(nodes):
        raise Unwalkable("A tree of the model file has no table of nodes.")
    if features is None:
        raise Unwalkable("A tree of the model file belongs to no estimator that knows its features.")
    if np.asarray(nodes["is_categorical"]).any():
        raise Unwalkable("A tree of the model file splits by categories, which no model here does.")
    inner = np.flatnonzero(np.asarray(nodes["is_leaf"]) == 0)
    part = nodes[inner]
    left, right = part["left"].astype(np.int64), part["right"].astype(np.int64)
    _check_walk(left, right, inner, len(nodes), part["feature_idx"], features)


def _check_walk(first: Ints, second: Ints, parents: Ints, count: int, feature: Ints, features: int) -> None:
    for children in (first, second):
        if ((children < 0) | (children >= count)).any():
            raise Unwalkable(f"A tree of the model file has {count} nodes and points beyond them.")
        if (children <= parents).any():
            raise Unwalkable("A tree of the model file goes round in circles.")
    if ((feature < 0) | (feature >= features)).any():
        raise Unwalkable(f"A tree of the model file asks for a feature beyond the {features} there are.")
