"""Replacements for parts of Django that make pages at least a tenth faster (see `bench/speed.py`).

With `JIUYUAN_SPEED=off` in the environment Django's own are used, with the same result.
"""
