"""Supervision orders of the city in a demonstration: one waiting, one answered, one closed."""

from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.stories import OfficeStaff, Story
from jiuyuan.oversight.supervision_workflow import SUPERVISION
from jiuyuan.procedures import engine
from jiuyuan.rules.calendar import add_workdays

#: So many working days ago: what is asked, the answer, and the supervisor's opinion.
_ORDERS = (
    (9, "explain", "这一件要求补正后很久没有动静，是否联系过申请人？", "已打两次电话，本人说下周补齐。", "继续跟进，按期办结。"),
    (4, "hasten", "办结期限将到，请尽快公示。", "今天已经核实完，明天公示。", ""),
    (2, "correct", "初审意见没有写清依据的材料，请补充说明。", "", ""),
)  # fmt: skip


def orders(supervisor: User, office: OfficeStaff, days: Days) -> Story:
    """The latest open cases of the office, one order each."""
    for ago, kind, question, answer, opinion in _ORDERS:
        yield days.at(ago)
        open_cases = Application.objects.visible_to(office.clerk).filter(finished_on=None, supervision_orders=None)
        case = open_cases.exclude(status="draft").order_by("-pk").first()
        assert case is not None
        due_on = add_workdays(days.ago(ago), 4).day
        words = {"kind": kind, "to": office.platform.code, "question": question, "due_on": due_on}
        order = engine.act(supervisor, SUPERVISION, f"application:{case.pk}", "supervise", words)
        if answer:
            yield days.at(ago - 1)
            order = engine.act(office.clerk, SUPERVISION, order.pk, "answer_supervision", {"answer": answer})
        if opinion:
            yield days.at(ago - 2)
            engine.act(supervisor, SUPERVISION, order.pk, "close_supervision", {"opinion": opinion})
