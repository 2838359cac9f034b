"""Telegraf, the peer: built from its source where Go is present, and set up so that the same reading is stored once.

Its PostgreSQL output copies each batch into the table; the unique index refuses a reading that is there already, and the
plugin then drops the whole batch. The numbers of a message become rows in a script that keeps track of the message, so that
it is acknowledged after it is written; the processor made for this, ``unpivot``, acknowledges it before, and loses what does
not fit into Telegraf's buffer.
"""

import os
import shutil
import subprocess
from pathlib import Path

from ingestion.decoding.messages import TELEMETRY
from ingestion.sources.mqtt.connection import Broker

VERSION = "1.37.2"
CLIENT_ID = "bench-telegraf"
TABLE = "telegraf_reading"
_PARTS = "inputs.mqtt_consumer,outputs.postgresql,outputs.file,parsers.json,parsers.json_v2,processors.starlark"

_ONE = f"create table {TABLE} (time timestamp, device text, values_m0 double precision)"
_MANY = f"create table {TABLE} (time timestamp, device text, name text, value double precision)"

_CONFIGURATION = """
[agent]
  interval = "1s"
  flush_interval = "1s"
  metric_batch_size = 5000
  metric_buffer_limit = 200000
  omit_hostname = true
  quiet = true

[[inputs.mqtt_consumer]]
  servers = ["tcp://{host}:{port}"]
  username = "{user}"
  password = "{password}"
  client_id = "{client_id}"
  topics = ["{telemetry}+"]
  topic_tag = "device"
  qos = 1
  persistent_session = true
  max_undelivered_messages = {undelivered}
  name_override = "{table}"
  data_format = "json"
  json_time_key = "ts"
  json_time_format = "unix_ms"
{processor}
[[outputs.postgresql]]
  connection = "{dsn}"
"""
_A_ROW_A_NUMBER = """
[[processors.starlark]]
  source = '''
def apply(metric):
    numbers = metric.fields.items()
    metric.fields.clear()
    rows = []
    for name, value in numbers:
        row = deepcopy(metric, track=True)
        row.tags["name"] = name
        row.fields["value"] = value
        rows.append(row)
    return rows
'''
"""


def tables(metrics: int) -> list[str]:
    """One row a number, and one of it."""
    if metrics == 1:
        return [f"drop table if exists {TABLE}", _ONE, f"create unique index on {TABLE} (device, time)"]
    return [f"drop table if exists {TABLE}", _MANY, f"create unique index on {TABLE} (device, name, time)"]


def configuration(broker: Broker, dsn: str, metrics: int) -> str:
    return _CONFIGURATION.format(
        host=broker.host,
        port=broker.port,
        user=broker.user,
        password=broker.password,
        client_id=CLIENT_ID,
        telemetry=TELEMETRY,
        table=TABLE,
        undelivered=1000 if metrics >= 100 else 20_000,
        processor="" if metrics == 1 else _A_ROW_A_NUMBER,
        dsn=f"{dsn}{'&' if '?' in dsn else '?'}pool_max_conns=1",
    )


def cache() -> Path:
    return Path(os.environ.get("PLANTROOM_SERVICES_CACHE") or Path.home() / ".cache" / "plantroom-services")


def binary() -> tuple[Path | None, str]:
    """The program, built on first use, or None and the reason."""
    found = cache() / f"telegraf-{VERSION}" / "telegraf"
    if found.exists():
        return found, ""
    if shutil.which("go") is None:
        return None, "Telegraf is left out: there is no Go to build it with."
    command = ["go", "install", "-trimpath", "-ldflags", "-s -w", "-tags", f"custom,{_PARTS}"]
    environment = {**os.environ, "GOFLAGS": "-buildvcs=false -p=1", "GOBIN": str(found.parent)}
    done = subprocess.run(
        [*command, f"github.com/influxdata/telegraf/cmd/telegraf@v{VERSION}"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return None, f"Telegraf is left out: it cannot be built ({done.stderr.strip().splitlines()[-1]})."
    return found, ""
