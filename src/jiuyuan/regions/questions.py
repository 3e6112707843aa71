"""What a region's form asks besides facts: its columns, the order of its pages, and the titles of pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from jiuyuan.rules.facts import FACTS

#: The page of a fact that names none, or one that this form does not have. Every form has it.
OTHER = "other_facts"


@dataclass(frozen=True, kw_only=True)
class Detail:
    """A column of the form that decides nothing. `day`: a date; `choices`: the options, if it is not free text."""

    name: str
    label: str
    hint: str = ""
    long: bool = False
    day: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A page of facts that belong together, and the columns of the form that go with them."""

    code: str
    title: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Questions:
    """What the form asks. `wishes`: the columns of the page on what somebody wants to do.

    `words`: of pages and materials, by which words a sentence of a clerk is known to speak of them.
    """

    details: tuple[Detail, ...]
    topics: tuple[Topic, ...]
    wishes: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if OTHER not in self.by_code:
            raise ValueError(f"a form has a page “{OTHER}”")
        named = [name for topic in self.topics for name in topic.details] + [*self.wishes]
        if unknown := set(named) - set(self.by_name):
            raise ValueError(f"no column of the form: {sorted(unknown)}")

    @cached_property
    def by_name(self) -> Mapping[str, Detail]:
        return {detail.name: detail for detail in self.details}

    @cached_property
    def by_code(self) -> Mapping[str, Topic]:
        return {topic.code: topic for topic in self.topics}

    def page_of(self, fact: str) -> str:
        """The page on which a fact is asked."""
        page = FACTS[fact].page
        return page if page in self.by_code else OTHER

    def facts(self, topic: Topic, needed: Iterable[str]) -> list[str]:
        """The needed facts that a page asks for, in the order of the schema."""
        wanted = set(needed)
        return [name for name in FACTS if name in wanted and self.page_of(name) == topic.code]
