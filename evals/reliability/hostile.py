"""Payloads that no honest device sends, made up by Hypothesis; the same ones in every run."""

import json
import warnings

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning

from ingestion.decoding.messages import MAX_PAYLOAD

_GOOD = st.dictionaries(st.sampled_from("abcdef"), st.floats(allow_nan=False), min_size=1).map(
    lambda values: json.dumps({"values": values}).encode()
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
_MALFORMED = st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
_TRUNCATED = st.tuples(_GOOD, st.integers(1, 12)).map(lambda cut: cut[0][: -cut[1]])
_HOSTILE = (
    st.fixed_dictionaries({"ts": _JSON, "seq": _JSON, "values": st.dictionaries(st.text(), _JSON)}).map(
        lambda document: json.dumps(document).encode()
    )
    | _JSON.map(lambda document: json.dumps(document).encode())
    | st.sampled_from([b"[", b'{"values":{"a":', b'[{"values":']).flatmap(
        lambda piece: st.sampled_from([100, 10_000, 100_000]).map(lambda times: piece * times)
    )
)
_HUGE = st.integers(1, 1000).map(lambda more: b'{"values": {"a": "' + b"x" * (MAX_PAYLOAD + more) + b'"}}') | st.just(
    json.dumps([{"values": {"a": 1}}] * 60_000).encode()
)


def hostile_payloads(count: int) -> list[bytes]:
    """A quarter each malformed, truncated and hostile, and one in fifty larger than any message may be."""
    huge = count // 50
    kinds = [_MALFORMED, _TRUNCATED, _HOSTILE]
    return [payload for kind in kinds for payload in _examples(kind, (count - huge) // len(kinds))] + _examples(
        _HUGE, huge
    )


def _examples(strategy: st.SearchStrategy[bytes], count: int) -> list[bytes]:
    found: list[bytes] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @given(strategy)
    def collect(payload: bytes) -> None:
        found.append(payload)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)
        collect()
    return [found[n % len(found)] for n in range(count)]
