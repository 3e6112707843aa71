"""Courses and ventures as the person sees them."""

from typing import Any

from jiuyuan.assistance.models import Enrolment, Venture
from jiuyuan.recognitions.models import Recognition
from jiuyuan.wording import say

#: The states of a venture in words for the person.
_STANDS = {
    Venture.Status.IDEA: "您想自己做点事，帮您的人会和您商量。",
    Venture.Status.ADVISED: "已经帮您出过主意。",
    Venture.Status.TRAINED: "您上完了创业培训。",
    Venture.Status.LOAN_REFERRED: "已经把您推荐给银行，批不批由银行决定。",
    Venture.Status.REGISTERED: "您已经开业。创业的扶持政策可以申请了。",
    Venture.Status.ALIVE_HALF_YEAR: "您的生意做满半年了。",
    Venture.Status.ALIVE_YEAR: "您的生意做满一年了。",
    Venture.Status.ENDED: "已经结束。",
}


def courses(stay: Recognition, user: Any) -> list[dict[str, Any]]:
    """The courses of the present recognition, newest first."""
    rows = Enrolment.objects.visible_to(user).filter(recognition=stay).select_related("course")
    return [{"row": row, "course": row.course, "stands": _result(row)} for row in rows.prefetch_related("attendance")]


def ventures(stay: Recognition, user: Any) -> list[dict[str, Any]]:
    """The ventures. `before`: there is no licence yet, and the person should know what one means."""
    rows = Venture.objects.visible_to(user).filter(recognition=stay)
    return [
        {"row": row, "stands": say(_STANDS[row.status]), "before": row.registered_on is None and row.status != "ended"}
        for row in rows
    ]


def _result(row: Enrolment) -> str:
    if row.status == Enrolment.Status.DROPPED:
        return say("您不再参加：{why}", why=row.dropped_because)
    if row.passed:
        return say("您考过了，证书编号{no}。", no=row.certificate_no)
    if row.passed is False:
        return say("这次没有考过。下一步怎么办，帮您的人会和您商量。")
    return say("一共{whole}课时，您上了{hours}课时。", whole=row.course.hours, hours=row.hours_come)
