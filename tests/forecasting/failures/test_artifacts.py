"""Models of failures are stored and come back the same, and nothing but their own types is trusted."""

import io
import re
import zipfile
from importlib import import_module

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from forecasting.failures import classifier, survival
from forecasting.failures.artifacts import TRUSTED
from forecasting.failures.life import remaining_life
from forecasting.failures.life.runs import Run
from forecasting.failures.renewal_intervals import Piece
from forecasting.registry.artifacts import dumped, loaded
from forecasting.registry.renamed import NOW_CALLED
from graph_schema.errors import InvalidInput


def test_a_life_model_comes_back():
    rng = np.random.default_rng(0)
    runs = [Run(f"p-{i}", rng.normal(size=(60, 2)) + np.linspace(0, 5, 60)[:, None]) for i in range(10)]
    model = remaining_life.fit(runs, names=["a", "b"], repeats=1)
    again = loaded(dumped(model), TRUSTED)
    assert again.predict(runs[0]) == model.predict(runs[0])


def test_a_classifier_comes_back():
    rows = np.random.default_rng(0).normal(size=(120, 2))
    model = classifier.fit(rows, rows[:, 0] > 1, [f"p-{i}" for i in range(120)], names=["a", "b"], folds=2)
    again = loaded(dumped(model), TRUSTED)
    np.testing.assert_array_equal(again.probability(rows), model.probability(rows))


def test_a_survival_model_comes_back():
    lives = [Piece(f"p-{i}", 0, 50 + i, i % 2 == 0, {"duty": float(i % 3)}, 0) for i in range(30)]
    model = survival.fit(lives)
    again = loaded(dumped(model), TRUSTED)
    assert again.failing_within(30, 10, {"duty": 2}) == model.failing_within(30, 10, {"duty": 2})


@pytest.mark.parametrize("today", sorted(set(NOW_CALLED.values())))
def test_module_of_an_earlier_name_is_there(today: str):
    import_module(today)


def test_model_file_with_an_earlier_module_name_is_read():
    rng = np.random.default_rng(0)
    runs = [Run(f"p-{i}", rng.normal(size=(60, 2)) + np.linspace(0, 5, 60)[:, None]) for i in range(10)]
    model = remaining_life.fit(runs, names=["a", "b"], repeats=1)
    earlier = _with_earlier_names(dumped(model))
    assert loaded(earlier, TRUSTED).predict(runs[0]) == model.predict(runs[0])


def _with_earlier_names(artifact: bytes) -> bytes:
    earlier = {today: before for before, today in NOW_CALLED.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(artifact)) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            content = given.read(name)
            if name == "schema.json":
                text, count = re.subn(
                    r'"__module__": "([^"]+)"',
                    lambda found: f'"__module__": "{earlier.get(found[1], found[1])}"',
                    content.decode(),
                )
                assert count
                assert '"forecasting.failures.life"' in text
                content = text.encode()
            made.writestr(name, content)
    return out.getvalue()


def test_without_the_list_nothing_is_built():
    model = survival.SurvivalModel([], np.zeros(0), np.zeros(0), np.zeros(0), 4.5, 2.0, 90)
    with pytest.raises(InvalidInput, match="SurvivalModel"):
        loaded(dumped(model), ())
    assert isinstance(loaded(dumped(Ridge()), TRUSTED), Ridge)
