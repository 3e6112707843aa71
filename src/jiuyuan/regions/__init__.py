"""What differs by place: policies, limits, wages, divisions and offices, in one folder per region. `registry` finds them."""
