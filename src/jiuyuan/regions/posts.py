"""A region's rules for public-interest posts: priority, and second placements."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PostGroup:
    """People recognised in these categories; with `severe` only those with a severe disability."""

    category: str
    severe: bool = False


@dataclass(frozen=True, kw_only=True)
class PublicPosts:
    """The rules for posts, each with its source; empty if no document states them.

    `order`: groups by priority; everybody else comes last. `again`: who may have a second placement.
    """

    order: tuple[PostGroup, ...] = ()
    order_source: str = ""
    again: tuple[PostGroup, ...] = ()
    again_source: str = ""

    def rank(self, category: str) -> int:
        """The priority of a category, 0 for the highest; people in no group come last."""
        places = (place for place, group in enumerate(self.order) if group.category == category)
        return next(places, len(self.order))

    def may_again(self, category: str, severe: bool | None) -> bool | None:
        """Whether the category may be placed a second time; None if that depends on an unknown severe disability."""
        group = next((group for group in self.again if group.category == category), None)
        if group is None:
            return False
        return severe if group.severe else True
