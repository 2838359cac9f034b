"""What the settings say of Kafka, as its clients are told."""

import sys

import pytest

from graph_schema.errors import InvalidInput
from interfaces.app.kafka import kafka_of
from interfaces.settings import Settings


def test_without_an_address_there_is_no_kafka():
    assert kafka_of(Settings(kafka=None)) is None


def test_the_settings_are_passed_on_and_the_password_is_not_shown():
    settings = Settings(
        kafka="k1:9092,k2:9092", kafka_security="sasl_ssl", kafka_user="plant", kafka_password="hush-hush"
    )
    kafka = kafka_of(settings)
    assert kafka
    assert (kafka.servers, kafka.topic, kafka.group) == ("k1:9092,k2:9092", "plantroom.telemetry", "plantroom-ingest")
    assert kafka.security == {
        "security.protocol": "sasl_ssl",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "plant",
        "sasl.password": "hush-hush",
    }
    assert "hush-hush" not in f"{kafka} {settings}"


def test_a_log_in_needs_a_user():
    with pytest.raises(InvalidInput, match="PLANTROOM_KAFKA_USER"):
        kafka_of(Settings(kafka="k1:9092", kafka_security="sasl_ssl"))


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    monkeypatch.delitem(sys.modules, "ingestion.sources.kafka.cluster", raising=False)
    with pytest.raises(InvalidInput, match=r"pip install plantroom\[kafka\]"):
        kafka_of(Settings(kafka="k1:9092"))
