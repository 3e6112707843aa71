"""The departments whose records can show facts (一(三)): codes, names, and matching of typed names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Department:
    """A department. `also` are words that occur in other names for it."""

    code: str
    label: str
    also: tuple[str, ...]


def _read() -> dict[str, Department]:
    table = tomllib.loads(Path(__file__).with_name("departments.toml").read_text("utf-8"))
    return {code: Department(code, entry["label"], tuple(entry["also"])) for code, entry in table.items()}


DEPARTMENTS: Mapping[str, Department] = MappingProxyType(_read())


@lru_cache(maxsize=4096)
def department_of(said: str) -> Department | None:
    """The department with this code or name, or None."""
    if said in DEPARTMENTS:
        return DEPARTMENTS[said]
    words = ((department, word) for department in DEPARTMENTS.values() for word in (department.label, *department.also))
    return next((department for department, word in words if word in said), None)


def code_of(said: str) -> str:
    """The code of a department given by code or name; an unknown name is returned as it is."""
    department = department_of(said)
    return department.code if department else said


def label_of(said: str) -> str:
    """The name of a department given by code or name; an unknown name is returned as it is."""
    department = department_of(said)
    return department.label if department else said
