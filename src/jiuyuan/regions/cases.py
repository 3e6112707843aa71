"""The test cases of a policy (`policy_….cases.yaml`): for each clause of its document one that is true, false and unknown."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class PolicyCase:
    """One test case: a line that describes it, the clause that decides, the parsed facts and the expected answer."""

    case: str
    clause: str
    facts: Mapping[str, Any]
    answer: Mapping[str, Any]
    exits: bool


@cache
def cases_of(code: str) -> tuple[PolicyCase, ...]:
    """The test cases of the policy with this code, in the order of the file; empty if its folder has no such file."""
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
