"""What the papers of a region are: its form and its letters, each with its template, and the words that stand in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jiuyuan.printing.form import Layout, OfficeWords

#: What a region prints of its own on the form, by the names that its template knows: from the details as people wrote them,
#: the facts that are known, and a function that names a place by its code.
Places = Callable[[Mapping[str, str], Mapping[str, Any], Callable[[str | None], str]], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Where the opinion of an act stands. `passed`: it speaks for the applicant. `anew`: on a form set anew, not on the last sealed one."""

    office: str
    passed: bool
    anew: bool = False


@dataclass(frozen=True, kw_only=True)
class Form:
    """The form. `template` has its `opinion.typ` beside it; `offices` by the name of their signature field, `cells` by act."""

    title: str
    template: Path
    commitment: tuple[str, ...]
    offices: Mapping[str, OfficeWords]
    cells: Mapping[str, Cell]
    channels: Mapping[str, str]
    places: Places

    def layout(self, own: Path | None = None) -> Layout:
        """For the printer; `own` is an office's folder with templates in place of the region's."""
        return Layout(title=self.title, template=self.template, offices=self.offices, own=own)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter: its title, and the template that says the rest."""

    title: str
    template: Path


@dataclass(frozen=True, kw_only=True)
class Papers:
    """All that a region prints. `letters` by the names with which transitions call them (`Transition.letter`)."""

    form: Form
    letters: Mapping[str, Letter]

    def letter(self, name: str) -> Letter:
        """The letter of that name. Raises KeyError: nothing takes the place of one that the region does not have."""
        return self.letters[name]
