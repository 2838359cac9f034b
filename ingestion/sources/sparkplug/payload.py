"""The Sparkplug B payload as a protobuf message, described here field by field from the published specification (3.0, chapter 6).

Only what ingestion reads or writes is described; protobuf skips the rest (data sets, templates, metadata).
"""

from typing import Any, cast

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from graph_schema.errors import InvalidInput

_PACKAGE = "plantroom.sparkplug"
_TYPES = {
    "uint32": FieldDescriptorProto.TYPE_UINT32,
    "uint64": FieldDescriptorProto.TYPE_UINT64,
    "float": FieldDescriptorProto.TYPE_FLOAT,
    "double": FieldDescriptorProto.TYPE_DOUBLE,
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "string": FieldDescriptorProto.TYPE_STRING,
}
# name: (number, type); "*" marks a repeated field, and a type of ours is another message.
_MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "PropertyValue": {"type": (1, "uint32"), "is_null": (2, "bool"), "string_value": (8, "string")},
    "PropertySet": {"keys": (1, "string*"), "values": (2, "PropertyValue*")},
    "Metric": {
        "name": (1, "string"),
        "alias": (2, "uint64"),
        "timestamp": (3, "uint64"),
        "datatype": (4, "uint32"),
        "is_historical": (5, "bool"),
        "is_transient": (6, "bool"),
        "is_null": (7, "bool"),
        "properties": (9, "PropertySet"),
        "int_value": (10, "uint32"),
        "long_value": (11, "uint64"),
        "float_value": (12, "float"),
        "double_value": (13, "double"),
        "boolean_value": (14, "bool"),
        "string_value": (15, "string"),
    },
    "Payload": {"timestamp": (1, "uint64"), "metrics": (2, "Metric*"), "seq": (3, "uint64"), "uuid": (4, "string")},
}
_SIGNED_BITS = {1: 8, 2: 16, 3: 32, 4: 64}
_NUMBERS = ("int_value", "long_value", "float_value", "double_value")
BOOLEAN = 11


def _field(name: str, number: int, kind: str) -> FieldDescriptorProto:
    repeated = kind.endswith("*")
    kind = kind.rstrip("*")
    field = FieldDescriptorProto(name=name, number=number)
    field.label = FieldDescriptorProto.LABEL_REPEATED if repeated else FieldDescriptorProto.LABEL_OPTIONAL
    if kind in _TYPES:
        field.type = _TYPES[kind]
    else:
        field.type = FieldDescriptorProto.TYPE_MESSAGE
        field.type_name = f".{_PACKAGE}.{kind}"
    return field


def _payload_class() -> type[Message]:
    messages = [
        DescriptorProto(name=name, field=[_field(field, *spec) for field, spec in fields.items()])
        for name, fields in _MESSAGES.items()
    ]
    pool = DescriptorPool()
    pool.Add(FileDescriptorProto(name="sparkplug.proto", package=_PACKAGE, syntax="proto2", message_type=messages))  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    return GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Payload"))


Payload: Any = _payload_class()
"""The message class: ``timestamp``, ``metrics``, ``seq``. Metrics are ``name``, ``alias``, ``datatype``, values and so on."""


def parse_payload(payload: bytes) -> Any:
    """Raises ``InvalidInput`` for what is no Sparkplug payload."""
    try:
        return Payload.FromString(payload)
    except (DecodeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"The payload is not Sparkplug B: {error}") from error


def metric_value(metric: Any, datatype: int) -> float | bool | str | None:
    """The value by its type; None for null and for types without a scalar (data sets, templates, bytes, arrays)."""
    if metric.is_null:
        return None
    if metric.HasField("boolean_value"):
        return cast(bool, metric.boolean_value)
    if metric.HasField("string_value"):
        return cast(str, metric.string_value)
    for name in _NUMBERS:
        if metric.HasField(name):
            return _number(getattr(metric, name), datatype)
    return None


def _number(number: float, datatype: int) -> float | bool:
    if datatype == BOOLEAN:
        return bool(number)
    bits = _SIGNED_BITS.get(datatype)
    if bits is None or not isinstance(number, int):
        return number
    # Signed integers travel as unsigned ones, in two's complement; some senders extend the sign to 32 or 64 bits.
    number &= (1 << bits) - 1
    return number - (1 << bits) if number >> (bits - 1) else number


def unit_of(metric: Any) -> str | None:
    """The engineering unit that a birth may state, in the property ``engUnit``."""
    for key, value in zip(metric.properties.keys, metric.properties.values, strict=False):
        if key.lower() in ("engunit", "engunits", "unit", "units") and value.HasField("string_value"):
            return cast(str, value.string_value) or None
    return None


def rebirth_request(at: int) -> bytes:
    """The payload of a command, of the moment ``at`` (epoch ms), that asks an edge node for its births."""
    request = Payload(timestamp=at)
    metric = request.metrics.add()
    metric.name, metric.datatype, metric.boolean_value = "Node Control/Rebirth", BOOLEAN, True
    return cast(bytes, request.SerializeToString())
