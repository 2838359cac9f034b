"""Forecasts by an engineer's own function or ONNX graph, each run in a process of its own with limits on time and memory."""
