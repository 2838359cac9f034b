"""Readings as rows: sorted, once each, and the hours that they touch."""

from hypothesis import given
from hypothesis import strategies as st

from ingestion.history.rows import rows_of
from ingestion.reading import Reading

HOUR = 3_600_000

readings = st.lists(
    st.builds(
        Reading,
        st.sampled_from(["a/x", "a/y", "b/x"]),
        st.integers(0, 5).map(lambda n: n * HOUR // 2),
        st.one_of(st.none(), st.floats()),
        st.none(),
    ).map(lambda r: r if r.value is not None else Reading(r.source, r.at, None, "text")),
    max_size=40,
)
IDS = {"a/x": 7, "a/y": 3, "b/x": 12}


@given(readings)
def test_rows_are_those_of_a_dictionary_in_the_order_of_the_key(given_readings: list[Reading]):
    latest = {(IDS[r.source], r.at): r for r in given_readings}
    rows = rows_of(given_readings, IDS)
    assert list(zip(rows.series.tolist(), rows.at.tolist(), strict=True)) == sorted(latest)
    for place, key in enumerate(sorted(latest)):
        wanted = latest[key]
        if wanted.value is None:
            assert rows.texts[place] is wanted
        else:
            assert place not in rows.texts
            assert repr(float(rows.value[place])) == repr(wanted.value)


@given(readings)
def test_each_hour_of_a_series_is_told_once(given_readings: list[Reading]):
    touched = rows_of(given_readings, IDS).hours()
    series, hours = touched.series.tolist(), touched.hour.tolist()
    told = list(zip(series, hours, strict=True))
    assert told == sorted({(IDS[r.source], r.at // HOUR * HOUR) for r in given_readings})


def test_days_are_those_of_the_readings():
    day = 86_400_000
    rows = rows_of([Reading("a/x", at, 1.0) for at in (5 * day + 1, 5 * day + 2, 9 * day, -1)], IDS)
    assert rows.days() == [-day, 5 * day, 9 * day]
