"""Everything that differs by place: policies, limits, wages, divisions and offices, one folder per region.

See `registry`.
"""
