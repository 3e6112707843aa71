"""Measurements, each a script that prints a table; `make bench` runs them."""
