"""Assistance for people on the register (四(二), 四(三)):
each kind of object has a table on the engine of procedures.
"""
