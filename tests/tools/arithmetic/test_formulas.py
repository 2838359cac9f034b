"""The formulas: units, zero points, and what is refused."""

import pytest

from graph_schema.errors import InvalidInput
from tools.arithmetic.amounts import Amount, named
from tools.arithmetic.formulas import FORMULAS, Given, Operation, calculated


def of(operation: Operation, *amounts: tuple[float, str | None], to: str | None = None, **more: Amount) -> Amount:
    given = Given(
        [Amount(value, named(unit)) for value, unit in amounts], named(to), more.get("base"), more.get("tariff")
    )
    return calculated(FORMULAS[operation], given)


@pytest.mark.parametrize(
    ("operation", "amounts", "to", "result"),
    [
        ("sum", [(1.5, "kW"), (500, "W")], None, (2.0, "kW")),
        ("sum", [(100, "TR"), (1, "MW")], "kW", (1351.685284, "kW")),
        ("difference", [(21, "°C"), (59, "°F")], None, (6.0, "°C")),
        ("difference", [(21, "°C"), (59, "°F")], "°F", (10.8, "°F")),
        ("ratio", [(350, "kW"), (100, "kW")], None, (3.5, None)),
        ("ratio", [(60, "kW"), (351.685284, "kW")], "kW/TR", (0.6, "kW/TR")),
        ("ratio", [(5000, "kWh"), (250, "m²")], None, (20.0, "kWh/m²")),
        ("ratio", [(10, "kW"), (4, None)], None, (2.5, "kW")),
        ("percent_of", [(250, "kW"), (1, "MW")], None, (25.0, "%")),
        ("percent_change", [(80, "kWh"), (100, "kWh")], None, (25.0, "%")),
        ("mean", [(10, "°C"), (68, "°F")], None, (15.0, "°C")),
        ("min", [(1, "bar"), (90, "kPa")], None, (0.9, "bar")),
        ("max", [(1, "bar"), (90, "kPa")], None, (1.0, "bar")),
        ("convert", [(100, "kPa")], "psi", (14.5037737732, "psi")),
        ("convert", [(1, "USRT")], "BTU/h", (12000.0, "BTU/h")),
        ("convert", [(1, "therm")], "kWh", (29.307107, "kWh")),
        ("convert", [(12, "MBH")], "TR", (1.0, "TR")),
        ("convert", [(50, "°F")], "°C", (10.0, "°C")),
        ("convert_difference", [(9, "°F")], "K", (5.0, "K")),
        ("convert", [(1000, "cubic feet per minute")], "L/s", (471.947447222, "L/s")),
        ("cop", [(100, "TR"), (70.3370568, "kW")], None, (5.0, None)),
        ("heating_degree_days", [(10, "°C"), (20, "°C"), (5, "°C")], None, (21.0, "°C·d")),
        ("cooling_degree_days", [(70, "°F"), (50, "°F")], None, (5.6, "°F·d")),
    ],
)  # fmt: skip
def test_a_result_has_its_unit(
    operation: Operation, amounts: list[tuple[float, str | None]], to: str | None, result: tuple[float, str | None]
) -> None:
    found = of(operation, *amounts, to=to)
    assert (found.value, found.unit) == (pytest.approx(result[0], rel=1e-6), result[1])


def test_a_cost_is_in_the_currency_of_its_tariff() -> None:
    found = of("cost", (1, "MWh"), (500, "kWh"), tariff=Amount(0.25, "EUR/kWh"))
    assert (found.value, found.unit) == (375.0, "EUR")


@pytest.mark.parametrize(
    ("operation", "amounts", "to", "sentence"),
    [
        ("sum", [(1, "kW"), (1, "kWh")], None, "1 kWh cannot be turned into kW: the two measure different things."),
        ("sum", [(1, "kW"), (1, None)], None, "give every number its unit"),
        ("sum", [(1, "°C"), (1, "°C")], None, "take their mean"),
        ("ratio", [(20, "°C"), (10, "°C")], None, "take their difference"),
        ("percent_change", [(20, "°C"), (10, "°C")], None, "take their difference"),
        ("ratio", [(1, "kW"), (0, "kW")], None, "nothing can be divided by it"),
        ("difference", [(1, "kW")], None, "takes 2 operands, and not 1"),
        ("convert", [(1, "kW")], None, "into which unit"),
        ("convert", [(1500, "rpm")], "rad/s", "cannot be turned into rad/s"),
        ("cop", [(5, None), (1, "kW")], None, "needs heat and power with their units"),
        ("cost", [(5, "kWh")], None, "needs a tariff"),
        ("heating_degree_days", [(5, "kW")], None, "mean temperature of each day"),
        ("sum", [(1e308, "kW"), (1e308, "kW")], None, "too large"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused(
    operation: Operation, amounts: list[tuple[float, str | None]], to: str | None, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        of(operation, *amounts, to=to)


def test_another_currency_is_no_unit() -> None:
    with pytest.raises(InvalidInput, match="USD is another currency"):
        of("cost", (1, "kWh"), to="USD", tariff=Amount(0.25, "EUR/kWh"))
