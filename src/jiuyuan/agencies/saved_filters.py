"""Saved filters of an account for a list, replaced when saved under the same name."""

from jiuyuan.agencies.models import SavedFilter, User
from jiuyuan.refusals import BadInput, GuardNotMet
from jiuyuan.wording import say

MOST = 20


def save(user: User, page: str, name: str, query: str) -> SavedFilter:
    """Save a list's query under a name, replacing an older one. Raises `BadInput`, `GuardNotMet`."""
    name = name.strip()
    longest = SavedFilter._meta.get_field("name").max_length or 0
    if not name:
        raise BadInput(say("请写名称。"), [("name", say("请写一个名称，例如：今年到龄的。"))])
    if len(name) > longest:
        raise BadInput(
            say("名称太长。"),
            [("name", say("名称最多{longest}字，现在有{count}字，请写短一些。", longest=longest, count=len(name)))],
        )
    if not query or len(query) > (SavedFilter._meta.get_field("query").max_length or 0):
        raise BadInput(say("没有可保存的条件。"), [("name", say("请先筛选，再保存。"))])
    kept = user.saved_filters.filter(page=page)
    if kept.count() >= MOST and not kept.filter(name=name).exists():
        raise GuardNotMet(say("一个清单最多保存{most}个筛选，请先删去不用的。", most=MOST))
    saved, _ = SavedFilter.objects.update_or_create(user=user, page=page, name=name, defaults={"query": query})
    return saved


def delete(user: User, page: str, pk: int) -> None:
    """Delete one of one's own filters."""
    user.saved_filters.filter(page=page, pk=pk).delete()
