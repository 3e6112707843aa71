"""How long browsers may cache a static file without asking. Imported by the settings, so it imports nothing."""

from typing import Any

#: Scripts that import each other, and are kept offline on devices, use names without a hash.
BY_NAME = "desk/visits/"
_A_YEAR = "public, max-age=31536000, immutable"


def kept_for_a_year(headers: Any, path: str, url: str) -> None:
    """Let WhiteNoise mark every file with a hash in its URL as immutable."""
    if BY_NAME not in url:
        headers["Cache-Control"] = _A_YEAR
