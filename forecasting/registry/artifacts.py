"""Models as bytes, and back, without running what the bytes say.

skops names every type in a file before it builds one; what is neither its own nor in ``TRUSTED`` is refused, and so is a tree whose
indices lead outside of it. A model that an
engineer brings is an ONNX graph, which is data, or the name of a function in a package that the engineer installed.
"""

from __future__ import annotations

from typing import Any

import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from forecasting.failures import artifacts as failure_artifacts
from forecasting.registry.renamed import with_todays_names
from forecasting.registry.trees import check_trees
from graph_schema.errors import InvalidInput

# The types of our own models.
TRUSTED: tuple[str, ...] = (
    *failure_artifacts.TRUSTED,
    "forecasting.telemetry.boosting.BoostedQuantiles",
    "forecasting.telemetry.conformal.Calibration",
    "forecasting.telemetry.plausibility.continuity.Continuity",
    "forecasting.telemetry.model.Score",
    "forecasting.telemetry.model.TelemetryModel",
    "forecasting.telemetry.own.calls.Limits",
    "forecasting.telemetry.own.model.OwnModel",
    "forecasting.telemetry.prophet_model.FlatProphet",
    "forecasting.telemetry.seasonal_naive.SeasonalNaive",
)


def dumped(model: Any) -> bytes:
    """The bytes of a fitted model."""
    return skops.io.dumps(model)


def loaded(artifact: bytes, trusted: tuple[str, ...] = TRUSTED) -> Any:
    """The model of these bytes. Raises ``InvalidInput`` where they hold anything that is not trusted, and builds nothing."""
    try:
        artifact = with_todays_names(artifact)
        unknown = sorted(set(skops.io.get_untrusted_types(data=artifact)) - set(trusted))
    except Exception as error:  # whatever a broken file makes the reader stumble over
        raise InvalidInput(f"This is no model file: {error}") from error
    if unknown:
        raise InvalidInput(
            f"The model file asks for types that are not trusted: {', '.join(unknown)}. It is not loaded."
        )
    try:
        model = skops.io.loads(artifact, trusted=list(trusted))
    except UntrustedTypesFoundException as error:
        raise InvalidInput(f"The model file asks for types that are not trusted: {error}. It is not loaded.") from error
    except Exception as error:  # a file that names sound types may still hold nonsense for them
        raise InvalidInput(f"This is no model file: {error}") from error
    check_trees(model)
    return model
