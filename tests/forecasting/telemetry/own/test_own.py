"""An own model forecasts like any kind of ours, and whatever is wrong with it costs itself alone and is said in a sentence."""

import time
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from forecasting.registry.artifacts import dumped, loaded
from forecasting.series import Series
from forecasting.telemetry.candidates import CandidateFailed
from forecasting.telemetry.comparison import compared
from forecasting.telemetry.conformal import calibrated
from forecasting.telemetry.model import TelemetryModel
from forecasting.telemetry.own.calls import Limits
from forecasting.telemetry.own.checking import started
from forecasting.telemetry.own.model import OwnModel
from forecasting.telemetry.own.signature import Unusable, checked
from forecasting.telemetry.seasonal_naive import SeasonalNaive
from forecasting.telemetry.windows import current
from graph_schema.errors import InvalidInput

_SPEC = spec_from_file_location("own_graphs", Path(__file__).parent / "conftest.py")
assert _SPEC
assert _SPEC.loader
graphs: Any = module_from_spec(_SPEC)
_SPEC.loader.exec_module(graphs)
LIMITS = Limits(call_s=4.0, memory_mb=512)


def series(seed: int = 0, days: int = 60) -> Series:
    rng = np.random.default_rng(seed)
    hours = np.arange(24 * days)
    return Series(1_700_006_400, 3600, 20 + 3 * np.sin(2 * np.pi * hours / 24) + rng.normal(size=len(hours)))


async def own(folder: Path, function: str, **changes: Any) -> OwnModel:
    model = OwnModel(function, "", f"bench_models:{function}", str(folder), limits=LIMITS)
    return await started(replace(model, **changes))


async def test_a_median_gets_intervals_that_hold_what_they_claim(folder: Path):
    model = await own(folder, "usual_day")
    train = [series(seed) for seed in range(4)]
    result = compared({"own": (model, ()), "naive": (SeasonalNaive("day"), ())}, train, 24, 240)
    ours, naive = result.measures["own"], result.measures["naive"]
    assert ours.windows == naive.windows == 240
    assert ours.coverage == pytest.approx(0.8, abs=0.04)
    assert ours.loss < 0.85 * naive.loss
    assert ours.mase < 0.85 * naive.mase
    calibration = calibrated(result.said["own"], result.tried.came)
    whole = TelemetryModel(model, calibration, 24, 3600, ())
    again = loaded(dumped(whole)).forecast(series(9), 24)
    assert again.model == "usual_day"
    assert (np.diff(again.quantiles, axis=1) > 0).all()
    expected = series(9).values[-168:].reshape(7, 24).mean(axis=0)
    np.testing.assert_allclose(again.median, expected, atol=0.4)


async def test_quantiles_give_each_side_its_own_spread(folder: Path):
    model = await own(folder, "with_quantiles")
    said = model.guess(current([series()], 24), 24)
    np.testing.assert_allclose(said.below, 2.0)
    np.testing.assert_allclose(said.above, 1.0)


async def test_regressors_reach_ahead_and_are_not_known_there(folder: Path):
    model = await own(folder, "of_outside", regressors=("outside_air_temperature",))
    outside = Series(series().start_s, 3600, np.full(24 * 60, 7.0))
    said = model.guess(current([series()], 24, [[outside]]), 24)
    np.testing.assert_allclose(said.middle, 7.0)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("raises", r"It raised IndexError: only integers.*\(bench_models.py, line \d+\)"),
        ("leaves", "It raised SystemExit: enough"),
        ("dies", "its process ended by signal 11"),
        ("eats", "more memory than it may have"),
        ("nothing", "It returned nothing: is there a `return`"),
        ("too_short", r"shape \(3,\); what is asked for is \(24,\)"),
        ("not_finite", "not finite at 19 of 24 steps, the first at 5"),
        ("falling", "quantiles do not grow at 24 of 24 steps"),
        ("words", "It raised ValueError: could not convert"),
    ],
)
async def test_what_a_call_does_wrong_is_said(folder: Path, function: str, said: str):
    model = await own(folder, function)
    with pytest.raises(CandidateFailed, match=said):
        model.guess(current([series()], 24), 24)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("absent", "has no attribute 'absent'"),
        ("a_number", "is a int, and no function"),
        ("no_history", "too many positional arguments"),
    ],
)
async def test_what_cannot_start_is_said_at_once(folder: Path, function: str, said: str):
    with pytest.raises(InvalidInput, match=said):
        await own(folder, function)


async def test_a_module_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(InvalidInput, match="No module named 'bench_models'"):
        await started(OwnModel("x", "", "bench_models:usual_day", str(tmp_path)))


@pytest.mark.parametrize("function", ["hangs", "hangs_deaf"])
async def test_a_call_that_hangs_ends_with_all_its_processes(folder: Path, function: str):
    model = await own(folder, function, limits=Limits(call_s=1.5))
    began = time.monotonic()
    with pytest.raises(CandidateFailed, match=r"longer than 1.5 s for one call"):
        model.guess(current([series()], 24), 24)
    assert time.monotonic() - began < 30
    left = [one for one in psutil.Process().children(recursive=True) if "own.process" in " ".join(one.cmdline())]
    orphans = [one for one in psutil.process_iter(["cmdline"]) if "time.sleep(77.25)" in str(one.info["cmdline"])]
    assert (left, orphans) == ([], [])


async def test_calls_that_take_too_long_together_end(folder: Path):
    model = await own(folder, "usual_day", limits=Limits(batch_s=0.0))
    with pytest.raises(CandidateFailed, match="longer than 0 s together"):
        model.guess(current([series()], 24), 24)


async def test_code_that_changed_since_it_was_registered_is_not_run(tmp_path: Path):
    source = tmp_path / "later.py"
    source.write_text("import numpy as np\ndef f(history, horizon): return np.zeros(horizon)\n")
    model = await started(OwnModel("f", "", "later:f", str(tmp_path), limits=LIMITS))
    model.guess(current([series()], 24), 24)
    source.write_text("import numpy as np\ndef f(history, horizon): return np.ones(horizon)\n")
    with pytest.raises(CandidateFailed, match="changed since it was registered"):
        model.guess(current([series()], 24), 24)


async def test_settings_and_passwords_do_not_reach_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PLANTROOM_GRAPH_PASSWORD", "secret")
    (tmp_path / "curious.py").write_text(
        "import os, numpy as np\n"
        "def f(history, horizon):\n    return np.full(horizon, float('PLANTROOM_GRAPH_PASSWORD' in os.environ))\n"
    )
    model = await started(OwnModel("f", "", "curious:f", str(tmp_path), limits=LIMITS))
    assert model.guess(current([series()], 24), 24).middle.max() == 0


async def test_a_graph_forecasts_and_only_as_it_was_registered():
    pytest.importorskip("onnxruntime")
    graph = graphs.linear_graph(graphs.usual_day())
    model = await started(OwnModel("graph", "", graph=graph))
    assert len(model.checksum) == 64
    said = model.guess(current([series()], 24), 24)
    np.testing.assert_allclose(said.middle[0], series().values[-168:].reshape(7, 24).mean(axis=0), rtol=1e-5)
    changed = replace(model, graph=graphs.linear_graph(graphs.usual_day() * 2))
    with pytest.raises(CandidateFailed, match="not the one that was registered"):
        changed.guess(current([series()], 24), 24)


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        (b"no graph", "It raised InvalidProtobuf"),
        (graphs.linear_graph(np.ones((840, 24)), input_name="x"), "has the inputs x; it has to have `values`"),
    ],
)
async def test_a_file_that_is_no_graph_of_ours_is_told(graph: bytes, said: str):
    pytest.importorskip("onnxruntime")
    with pytest.raises(InvalidInput, match=said):
        await started(OwnModel("graph", "", graph=graph))


async def test_a_graph_for_other_histories_says_so():
    pytest.importorskip("onnxruntime")
    model = await started(OwnModel("graph", "", graph=graphs.linear_graph(np.ones((100, 24)))))
    with pytest.raises(CandidateFailed, match="It raised InvalidArgument"):
        model.guess(current([series()], 24), 24)


def test_an_answer_is_checked_for_shape_and_order():
    assert checked(np.zeros(24), 24).shape == (24,)
    nearly = np.tile([1.0, 1.0 - 1e-12, 2.0], (24, 1))
    assert (np.diff(checked(nearly, 24), axis=1) >= 0).all()
    for answer in (np.zeros((24, 2)), np.zeros((3, 24)), 1.0):
        with pytest.raises(Unusable, match="of shape"):
            checked(answer, 24)
