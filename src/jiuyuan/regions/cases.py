"""The cases beside a policy (`policy_….cases.yaml`): its document by example, each clause true, false and unknown."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class PolicyCase:
    """One case: what it shows in a line, the clause that decides, the facts as they are parsed, and what is expected."""

    case: str
    clause: str
    facts: Mapping[str, Any]
    answer: Mapping[str, Any]
    exits: bool


@cache
def cases_of(code: str) -> tuple[PolicyCase, ...]:
    """The cases of the policy with this code, in their order; none where its folder has none."""
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
