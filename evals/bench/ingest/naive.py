"""The pipeline that everybody writes first: JSON, one INSERT and one commit for each message, acknowledged after it."""

import json
import sys
from typing import Any

import psycopg
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

CLIENT_ID = "bench-naive"
TABLE = "naive_reading"
CREATE = f"create table {TABLE} (device text, name text, at timestamptz, value double precision, primary key (device, name, at))"
_INSERT = "insert into naive_reading values (%s, %s, to_timestamp(%s / 1000.0), %s) on conflict do nothing"


def main() -> None:
    job: dict[str, Any] = json.loads(sys.stdin.readline())
    broker = job["broker"]
    with psycopg.connect(job["dsn"]) as connection:
        client = Client(CallbackAPIVersion.VERSION2, CLIENT_ID, clean_session=False, manual_ack=True)
        client.username_pw_set(broker["user"], broker["password"])

        def heard(client: Client, _data: Any, message: MQTTMessage) -> None:
            _store(connection, client, message)

        client.on_message = heard
        client.connect(broker["host"], broker["port"])
        client.loop_forever()


def _store(connection: psycopg.Connection, client: Client, message: MQTTMessage) -> None:
    sample = json.loads(message.payload)
    device = message.topic.rpartition("/")[2]
    for name, value in sample["values"].items():
        connection.execute(_INSERT, (device, name, sample["ts"], value))
    connection.commit()
    client.ack(message.mid, message.qos)


if __name__ == "__main__":
    main()
