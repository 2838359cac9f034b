"""``plantroom read``: devices that know no broker."""

from interfaces.cli.work.readers.bacnet import bacnet, discover
from interfaces.cli.work.readers.modbus import modbus

__all__ = ["bacnet", "discover", "modbus"]
