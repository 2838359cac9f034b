"""Modbus TCP: registers of a map, read in blocks. Needs the extra ``modbus`` where it connects."""
