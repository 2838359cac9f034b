"""Manuals and procedures of the plant: files of a folder, read in passages and ranked by words."""
