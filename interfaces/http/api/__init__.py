"""The product's API over HTTP: every tool by its name, the plant's resources in pages, chat, and problems that say what to do."""
