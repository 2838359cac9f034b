"""From a frame to tool calls: what the words of a question mean in this plant, and a function for each intent."""
