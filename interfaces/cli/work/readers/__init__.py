"""``plantroom read``: devices that know no broker."""

from interfaces.cli.work.readers.modbus import modbus

__all__ = ["modbus"]
