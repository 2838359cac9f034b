"""The tools about alarms, one file a tool."""
