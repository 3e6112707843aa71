"""What a household states about its members, and what of it contradicts a family without work (一(一)4)."""

from dataclasses import dataclass
from datetime import datetime

from jiuyuan.people.families import others_of
from jiuyuan.people.models import Person
from jiuyuan.wording import say

RELATIONS = ("配偶", "儿子", "女儿", "父亲", "母亲", "兄弟姐妹", "其他亲属")
STATES = ("在上班", "失业", "上学", "退休", "务农", "没有劳动能力", "其他")
_WORKS = ("上班", "在岗", "在职", "就业", "工作", "经营", "个体", "打工")
_DOES_NOT = ("失业", "未就业", "待业", "无业", "没有", "不", "未", "退休")


@dataclass(frozen=True)
class AtWork:
    """A member who works, as stated by the household or in a file; `since`: the day of the statement."""

    words: str
    since: datetime | None


def says_works(state: str) -> bool:
    """Whether the description of somebody's activity says that they work."""
    return any(word in state for word in _WORKS) and not any(word in state for word in _DOES_NOT)


def at_work(person: Person) -> list[AtWork]:
    """The other household members of working age who work."""
    found = []
    for row, member in others_of(person):
        if member.of_working_age is False:
            continue
        who = f"{row.relation}{row.name}"
        if says_works(row.state):
            found.append(AtWork(say("{who}填的是“{state}”", who=who, state=row.state), row.recorded_at))
        elif member.person is not None and member.without_work is False:
            last = member.person.facts.order_by("-pk").values_list("recorded_at", flat=True).first()
            found.append(AtWork(say("{who}的档案：{why}", who=who, why=member.why), last))
    return found
