"""What a region decides of public-interest posts: who comes first, and who may be placed once more when a term is over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PostGroup:
    """People by the category under which they were recognised. `severe`: of them only those whose disability is severe."""

    category: str
    severe: bool = False


@dataclass(frozen=True, kw_only=True)
class PublicPosts:
    """`order`: the groups in the order in which posts are given, whoever is in none of them last. `again`: who may have a second
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
        """Whether the category may be placed once more; None where it turns on a severe disability of which nothing is known."""
        group = next((group for group in self.again if group.category == category), None)
        if group is None:
            return False
        return severe if group.severe else True
