"""What waits for a person on the register; announced on the start page, done on 我的帮扶."""

from typing import Any

from django.db.models import Exists, OuterRef

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance.models import Appointment, JobOffer, Plan, ServiceRefusal
from jiuyuan.portal import offers
from jiuyuan.recognitions.models import Recognition
from jiuyuan.wording import say


def anything_waits() -> Any:
    """An annotation telling whether `waiting` has to be called,
    so that the start page needs no further queries otherwise.
    """
    return (
        _there_is(JobOffer, JobOffer.Status.GIVEN)
        | _there_is(Appointment, Appointment.Status.INVITED)
        | _there_is(ServiceRefusal, ServiceRefusal.Status.TOLD)
        | _there_is(Plan, Plan.Status.DRAFT)
    )


def _there_is(model: Any, status: str) -> Any:
    return Exists(model.objects.unscoped().filter(recognition=OuterRef("pk"), status=status))


def waiting(stay: Recognition, user: User) -> list[str]:
    """One sentence for each kind of thing to answer or attend, with its nearest day."""
    found, today = [], clock.today()
    asked = [one["offer"].answer_by for one in offers.shown(stay, user) if one["asks"]]
    if asked:
        found.append(say("有{count}个岗位等您答复，{day:month_day}前", count=len(asked), day=min(asked)))
    invited = Appointment.objects.visible_to(user).filter(recognition=stay, status=Appointment.Status.INVITED)
    for one in invited.filter(on__gte=today).order_by("on", "pk"):
        found.append(say("{day:month_day}{time}约您来：{kind}", day=one.on, time=one.time, kind=one.get_kind_display()))
    told = ServiceRefusal.objects.visible_to(user).filter(recognition=stay, status=ServiceRefusal.Status.TOLD)
    days = list(told.values_list("answer_by", flat=True))
    if days and min(days) >= today:
        found.append(say("请说明没有接受或没有来的原因，{day:month_day}前", day=min(days)))
    elif days:
        found.append(say("没有接受或没有来的原因，现在还可以说明"))
    if Plan.objects.visible_to(user).filter(recognition=stay, status=Plan.Status.DRAFT).exists():
        found.append(say("帮扶计划等您看看，同意就开始"))
    return found
