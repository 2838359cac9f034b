"""The payload's description against bytes that an independent implementation wrote."""

import pytest

from graph_schema.errors import InvalidInput
from ingestion.sources.sparkplug.payload import metric_value, parse_payload, rebirth_request, unit_of

# A birth with a metric of each kind, written by an encoder generated from the specification's own protobuf file.
FOREIGN = bytes.fromhex(
    "088092f6efca3312120a056264536571188092f6efca332004580712380a12537570706c792f54656d70657261747572651001188092f6"
    "efca3320094a120a07656e67556e69741207080c4203c2b043650000584112190a064f66667365741002188092f6efca33200350d8ffff"
    "ff0f12180a05536d616c6c1003188092f6efca33200150fbffffff0f12190a05436f756e741004188092f6efca33200858808080808020"
    "12160a0752756e6e696e671005188092f6efca33200b700112170a044d6f64651006188092f6efca33200c7a046175746f12170a055461"
    "626c651007188092f6efca3320108a0102080112140a05456d7074791008188092f6efca33200a38011800"
)


def test_a_foreign_birth_is_read_in_full():
    message = parse_payload(FOREIGN)
    assert (message.timestamp, message.seq) == (1_772_445_600_000, 0)
    assert {m.name: metric_value(m, m.datatype) for m in message.metrics} == {
        "bdSeq": 7,
        "Supply/Temperature": 13.5,
        "Offset": -40,
        "Small": -5,
        "Count": 2**40,
        "Running": True,
        "Mode": "auto",
        "Table": None,
        "Empty": None,
    }
    assert [unit_of(m) for m in message.metrics][:3] == [None, "°C", None]


def test_a_rebirth_request_is_a_command_with_a_time():
    request = parse_payload(rebirth_request(1_772_445_600_000))
    assert request.timestamp == 1_772_445_600_000
    assert [(m.name, m.datatype, m.boolean_value) for m in request.metrics] == [("Node Control/Rebirth", 11, True)]


@pytest.mark.parametrize("payload", [b"\xff\x00garbage", b"\x12\xff\xff\xff\xff\x0f", b'{"ts": 1}'])
def test_what_is_no_payload_is_refused_with_a_sentence(payload: bytes):
    with pytest.raises(InvalidInput, match="not Sparkplug B"):
        parse_payload(payload)
