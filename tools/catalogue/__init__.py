"""The tools of the product, one file a tool."""
