"""The papers of a region: its form and letters, with templates and texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jiuyuan.printing.form import Layout, OfficeWords
from jiuyuan.regions.remedies import Bodies

#: The region's own fields on the form, by the names used in its template. Called with the details as written, the
#: known facts, and a function that names a division by code.
Places = Callable[[Mapping[str, str], Mapping[str, Any], Callable[[str | None], str]], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The cell of the form with the opinion of an act.

    `passed`: the opinion favours the applicant. `anew`: print it on a fresh form, not on the last sealed one.
    """

    office: str
    passed: bool
    anew: bool = False


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """What an applicant promises, in the same words on screen and on paper.

    - `consent`: asked separately: consent to verification by others.
    - `{name}` is the person; `{promised}` lists the statements that only the person can make; `bare` replaces
      that paragraph if there are none.
    - `agent`: precedes the consent if somebody (`{agent}`, `{relation}`) acts for the person.
    """

    text: tuple[str, ...]
    bare: str
    agent: str
    consent: str

    def words(self, name: str, promised: Iterable[str], agent: tuple[str, str] | None = None) -> list[str]:
        """The paragraphs, the consent last. `promised`: the statements; `agent`: name and relation of the agent."""
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
    """The application form.

    `template` has its `opinion.typ` beside it; `offices` are keyed by signature field, `cells` by act.
    """

    title: str
    template: Path
    commitment: Commitment
    offices: Mapping[str, OfficeWords]
    cells: Mapping[str, Cell]
    channels: Mapping[str, str]
    places: Places

    def layout(self, own: Path | None = None) -> Layout:
        """The layout for the printer. `own` is an office's folder with templates that replace the region's."""
        return Layout(title=self.title, template=self.template, offices=self.offices, own=own)


@dataclass(frozen=True, kw_only=True)
class LetterKind:
    """A kind of letter: title and template. `wording`: sentences in an office's own words."""

    title: str
    template: Path
    wording: Mapping[str, str] = field(default_factory=dict)


#: Returns the person's remedies, one sentence each.
Heard = Callable[[Bodies], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Papers:
    """All papers of a region.

    `letters` and `heard` are keyed by the names in `Transition.letter`: the letter, and the remedies it states;
    `heard["decision"]` is for messages without a letter.
    """

    form: FormOfRegion
    letters: Mapping[str, LetterKind]
    heard: Mapping[str, Heard] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := set(self.heard) - set(self.letters) - {"decision"}:
            raise ValueError(f"no letter {'、'.join(sorted(unknown))}")

    def letter(self, name: str) -> LetterKind:
        """The letter with this name. Raises KeyError if the region has none: there is no fallback."""
        return self.letters[name]

    def worded(self, wordings: Mapping[str, Mapping[str, str]]) -> Papers:
        """The same papers with sentences of some letters in an office's own words."""
        own = {
            name: replace(self.letters[name], wording=said) for name, said in wordings.items() if name in self.letters
        }
        return replace(self, letters={**self.letters, **own}) if own else self
