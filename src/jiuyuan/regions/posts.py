"""A region's rules for public-interest posts: who has priority, and who may be placed again after a term."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PostGroup:
    """People by the category under which they were recognised. `severe`: of them only those whose disability is severe."""

    category: str
    severe: bool = False


@dataclass(frozen=True, kw_only=True)
class PublicPosts:
    """`order`: the groups by priority; people in no group come last. `again`: who may have a second
    placement. Each with the document that says so, empty where none does and nothing is asked.
    """

    order: tuple[PostGroup, ...] = ()
    order_source: str = ""
    again: tuple[PostGroup, ...] = ()
    again_source: str = ""

    def rank(self, category: str) -> int:
        """The place of a category in the order, from 0; the last one for those in no group."""
        places = (place for place, group in enumerate(self.order) if group.category == category)
        return next(places, len(self.order))

    def may_again(self, category: str, severe: bool | None) -> bool | None:
        """Whether the category may be placed again; None if that depends on a severe disability that is not known."""
        group = next((group for group in self.again if group.category == category), None)
        if group is None:
            return False
        return severe if group.severe else True
