"""From alarms to messages, tried: floods, and processes that are killed between any two steps."""
