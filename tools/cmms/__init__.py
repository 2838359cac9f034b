"""Maintenance systems (CMMS) behind one port: their work orders and ours, kept as one."""
