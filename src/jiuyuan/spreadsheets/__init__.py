"""Reads and writes files of rows and columns as people send them. Pure Python, independent of the domain."""
