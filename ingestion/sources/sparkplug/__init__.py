"""Sparkplug B: telemetry whose meaning was agreed at a device's birth."""
