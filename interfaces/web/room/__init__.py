"""The 3D room: its model, layout, shapes and feed, and the messages that its client understands."""
