"""Divisions, the tree of agencies over them, staff with one role at one agency, and who may see what."""
