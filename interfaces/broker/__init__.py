"""The embedded MQTT broker: a process of its own that acknowledges a message only once the disk holds it.

It imports nothing of the product but the loader of named statements, so that it starts at once and stays small.
"""
