"""A smaller plan of a demonstration, for those that are made only to be compared."""

from jiuyuan.demonstration import plan
from jiuyuan.demonstration.plan import Cast

REACH = 60
_everyone = plan.everyone


def everyone() -> list[Cast]:
    """Who is on the first pages, and of the others in that county enough for the list of thirty that is imported."""
    whole = _everyone()
    near = [cast for cast in whole if not cast.first and cast.office in (0, 4) and cast.start < REACH]
    return [cast for cast in whole if cast.first] + near[::3]
