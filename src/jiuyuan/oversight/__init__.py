"""Supervision of how cases and the register are handled (五(三)): each thing a table on the engine of procedures."""
