"""Readers: what speaks a field protocol to devices that know no broker, and publishes for them. They never write to a device."""
