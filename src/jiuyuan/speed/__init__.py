"""What stands in for a part of Django because pages gain a tenth or more by it: `bench/speed.py` says how much.

With `JIUYUAN_SPEED=off` in the environment every page is made by Django alone, and says the same.
"""
