"""What a region's form asks in addition to facts: its columns, and the order and titles of its pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from jiuyuan.rules.facts import FACTS

#: The page for facts whose own page is not set or not part of this form. Every form has it.
OTHER = "other_facts"


@dataclass(frozen=True, kw_only=True)
class Detail:
    """A column of the form that does not affect the decision. `day`: a date; `choices`: the options, or free text."""

    name: str
    label: str
    hint: str = ""
    long: bool = False
    day: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A page of related facts, with the columns of the form that belong to them."""

    code: str
    title: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Questions:
    """The questions of the form. `wishes`: the columns of the page about the work wanted.

    `words`: words in a clerk's request by which a page or material is recognised.
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
        """The needed facts that a page asks for, in schema order."""
        wanted = set(needed)
        return [name for name in FACTS if name in wanted and self.page_of(name) == topic.code]
