"""A tariff says what a kWh costs and when; what nobody has stated is unknown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from graph_schema.errors import InvalidInput
from tools.load.tariff import read_tariff, tariff_of, unknown_costs

BERLIN = ZoneInfo("Europe/Berlin")
TOLD = {
    "currency": "EUR",
    "timezone": "Europe/Berlin",
    "valid": {"from": "2026-01-01", "to": "2026-12-31"},
    "electricity": {
        "price": 0.2,
        "periods": [
            {
                "name": "winter evening",
                "price": 0.5,
                "days": "mon-fri",
                "hours": "17:00-20:00",
                "months": [11, 12, 1, 2],
            },
            {"name": "day", "price": 0.3, "days": "mon-fri", "hours": "08:00-20:00"},
        ],
        "demand": {"price_per_kw": 12, "reached_kw": 100},
        "co2_kg_per_kwh": 0.35,
    },
}


def _price(moment: datetime) -> float | None:
    found = tariff_of(TOLD).prices("electricity", [moment], [0.25], BERLIN)
    return found[0] if found else None


def test_the_first_period_that_holds_counts_in_the_tariffs_own_time():
    assert _price(datetime(2026, 7, 1, 6, 0, tzinfo=UTC)) == 0.3  # 8:00 in Berlin
    assert _price(datetime(2026, 7, 1, 5, 45, tzinfo=UTC)) == 0.2
    assert _price(datetime(2026, 12, 1, 16, 0, tzinfo=UTC)) == 0.5
    assert _price(datetime(2026, 12, 5, 16, 0, tzinfo=UTC)) == 0.2  # a Saturday


def test_a_long_step_costs_the_mean_of_its_quarters():
    (price,) = tariff_of(TOLD).prices("electricity", [datetime(2026, 7, 1, 5, 30, tzinfo=UTC)], [1.0], BERLIN) or []
    assert price == pytest.approx(0.25)


def test_what_is_not_stated_is_unknown_and_said():
    nothing = tariff_of({})
    assert nothing.prices("electricity", [datetime(2026, 7, 1, tzinfo=UTC)], [1.0], BERLIN) is None
    said = " ".join(unknown_costs(nothing, uses_gas=True))
    assert "what a kWh of gas costs" in said
    assert "CO2 factor of electricity" in said
    assert "peak costs nothing" in said
    assert "gas" not in " ".join(unknown_costs(nothing, uses_gas=False))


def test_beyond_its_validity_a_price_is_asked_for():
    with pytest.raises(InvalidInput, match=r"valid from 2026-01-01 to 2026-12-31, and the plan reaches 2027-01-01"):
        _price(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"electricity": {"prise": 1}}, "electricity.prise"),
        ({"electricity": {"price": 0.2, "export": 0.3}}, "export earns more"),
        ({"timezone": "Mars/Base"}, "no time zone “Mars/Base”"),
        ({"electricity": {"periods": [{"price": 1, "hours": "20:00-08:00"}]}}, "does not end after it begins"),
        ({"electricity": {"periods": [{"price": 1, "months": [13]}]}}, "months are numbers"),
        ({"gas": {"demand": {"price_per_kw": 1}}}, "gas has no demand charge"),
        ({"valid": {"from": "2026-02-01", "to": "2026-01-01"}}, "ends before it begins"),
    ],
)
def test_a_mistake_is_told_with_its_place(told: dict[str, object], said: str):
    with pytest.raises(InvalidInput, match=r"tariff\.yaml cannot be used") as refused:
        tariff_of(told)
    assert said in str(refused.value)


def test_events_do_not_overlap_and_state_their_zone():
    start = datetime(2026, 7, 1, 15, tzinfo=UTC)
    one = {"from": start, "to": start + timedelta(hours=2), "limit_kw": 50}
    with pytest.raises(InvalidInput, match="overlap"):
        tariff_of({"events": [one, one]})
    with pytest.raises(InvalidInput, match=r"events\.0\.from"):
        tariff_of({"events": [one | {"from": "2026-07-01 15:00"}]})


def test_no_file_states_nothing(tmp_path: Path):
    assert read_tariff(tmp_path / "tariff.yaml").electricity.price is None
    (tmp_path / "tariff.yaml").write_text("currency: [")
    with pytest.raises(InvalidInput, match=r"tariff\.yaml cannot be read"):
        read_tariff(tmp_path / "tariff.yaml")
