"""Supervision of cases and the register (五(三)): each kind of object has a table on the engine of procedures."""
