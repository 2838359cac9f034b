"""The first hour: a folder of somebody's own files, looked at, brought in step by step, and served."""
