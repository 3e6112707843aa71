"""All that a place decides: its policies, limits, wages, divisions and offices. One folder a region; `registry` finds them."""
