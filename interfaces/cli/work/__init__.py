"""What the commands do, loaded when one of them is run: in this process, or in the one that serves the plant."""
