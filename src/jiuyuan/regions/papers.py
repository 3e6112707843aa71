"""The papers of a region: its form and letters with their templates and texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jiuyuan.printing.form import Layout, OfficeWords
from jiuyuan.regions.remedies import Bodies

#: What a region prints of its own on the form, by the names that its template knows: from the details as people wrote them,
#: the facts that are known, and a function that names a place by its code.
Places = Callable[[Mapping[str, str], Mapping[str, Any], Callable[[str | None], str]], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The cell of the form for the opinion of an act. `passed`: in favour of the applicant. `anew`: printed on a fresh form, not on the last sealed one."""

    office: str
    passed: bool
    anew: bool = False


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """What an applicant promises, word for word on screen and on paper. `consent` is asked on its own: to be verified by others.

    `{name}` is the person; a paragraph with `{promised}` names what only they can say, and `bare` stands for it where there is nothing.
    `agent`: what stands before the consent where somebody (`{agent}`, `{relation}`) acts for the person.
    """

    text: tuple[str, ...]
    bare: str
    agent: str
    consent: str

    def words(self, name: str, promised: Iterable[str], agent: tuple[str, str] | None = None) -> list[str]:
        """The paragraphs, the consent last; `promised`: a statement each; `agent`: name and relation of who acts for the person."""
        said = "；".join(promised)
        lines = [line if said or "{promised}" not in line else self.bare for line in self.text]
        helper, relation = agent or ("", "")
        acting = [self.agent] if agent else []
        return [
            line.format(name=name, promised=said, agent=helper, relation=relation)
            for line in (*lines, *acting, self.consent)
        ]


@dataclass(frozen=True, kw_only=True)
class FormOfRegion:
    """The form. `template` has its `opinion.typ` beside it; `offices` by the name of their signature field, `cells` by act."""

    title: str
    template: Path
    commitment: Commitment
    offices: Mapping[str, OfficeWords]
    cells: Mapping[str, Cell]
    channels: Mapping[str, str]
    places: Places

    def layout(self, own: Path | None = None) -> Layout:
        """For the printer; `own` is an office's folder with templates in place of the region's."""
        return Layout(title=self.title, template=self.template, offices=self.offices, own=own)


@dataclass(frozen=True, kw_only=True)
class LetterKind:
    """A letter: its title, and the template that says the rest. `wording`: sentences of it in an office's own words."""

    title: str
    template: Path
    wording: Mapping[str, str] = field(default_factory=dict)


#: How a person can object, one sentence each.
Heard = Callable[[Bodies], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Papers:
    """All that a region prints. `letters` by the names with which transitions call them (`Transition.letter`); `heard` by the same
    names what a letter says of how to be heard, and under `decision` what a message says that comes without one.
    """

    form: FormOfRegion
    letters: Mapping[str, LetterKind]
    heard: Mapping[str, Heard] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := set(self.heard) - set(self.letters) - {"decision"}:
            raise ValueError(f"no letter {'、'.join(sorted(unknown))}")

    def letter(self, name: str) -> LetterKind:
        """The letter of that name. Raises KeyError if the region has none: there is no fallback."""
        return self.letters[name]

    def worded(self, wordings: Mapping[str, Mapping[str, str]]) -> Papers:
        """The same with sentences of some letters in an office's own words."""
        own = {
            name: replace(self.letters[name], wording=said) for name, said in wordings.items() if name in self.letters
        }
        return replace(self, letters={**self.letters, **own}) if own else self
