"""How many examples the tests invent. Usually few, and the same each time; `JIUYUAN_TEST_EXAMPLES=thorough`: many others."""

import os

from hypothesis import settings

_PROFILE = os.environ.get("JIUYUAN_TEST_EXAMPLES", "usual")
_MORE = {"usual": 1, "thorough": 20}[_PROFILE]
THOROUGH = _PROFILE == "thorough"


def load_profile() -> None:
    """For all of Hypothesis, before a test asks it for an example."""
    settings.register_profile("usual", deadline=None, database=None, derandomize=True, max_examples=50)
    settings.register_profile("thorough", deadline=None, database=None, print_blob=True, max_examples=examples(100))
    settings.load_profile(_PROFILE)


def examples(usual: int) -> int:
    """So many, or twenty times as many under `thorough`."""
    return usual * _MORE
