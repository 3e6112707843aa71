"""How long a browser may keep a static file without asking. Read by the settings, so it imports nothing."""

from typing import Any

#: Scripts that import each other, and that a device keeps for days without a network, are known by their plain names.
BY_NAME = "desk/visits/"
_A_YEAR = "public, max-age=31536000, immutable"


def kept_for_a_year(headers: Any, path: str, url: str) -> None:
    """For WhiteNoise: every file whose address carries a hash."""
    if BY_NAME not in url:
        headers["Cache-Control"] = _A_YEAR
