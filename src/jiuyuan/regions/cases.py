"""Loads the test cases of a policy (`policy_….cases.yaml`): for each clause one that is true,
one false and one unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class PolicyCase:
    """One test case: a description, the deciding clause, the parsed facts and the expected answer."""

    case: str
    clause: str
    facts: Mapping[str, Any]
    answer: Mapping[str, Any]
    exits: bool


@cache
def cases_of(code: str) -> tuple[PolicyCase, ...]:
    """The test cases of the policy with this code, in file order; empty if it has no such file."""
    region, _, version = code.partition("-")
    path = Path(__file__).parent / region / f"policy_{version.replace('-', '_')}.cases.yaml"
    if not path.is_file():
        return ()
    book = yaml.safe_load(path.read_text("utf-8"))
    return tuple(
        PolicyCase(
            one["case"], one["clause"], {**book["start"], **one["facts"]}, one["answer"], one.get("exits", False)
        )
        for one in book["cases"]
    )
