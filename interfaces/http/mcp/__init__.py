"""The tools over the Model Context Protocol (2026-07-28), for language models of other systems."""
