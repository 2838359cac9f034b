"""From the sensor to the record: sources, decoding, the pipeline, history, the simulator and replay."""
