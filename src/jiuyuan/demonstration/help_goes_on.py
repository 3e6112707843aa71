"""How help goes on in the demonstration: a helper leaves, people who found work are followed up."""

from jiuyuan.agencies.models import User
from jiuyuan.assistance import handing_over
from jiuyuan.assistance.interview_workflow import INTERVIEW
from jiuyuan.assistance.models import Plan
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.help_given import measures, on_the_register
from jiuyuan.demonstration.invented import holder_id_number
from jiuyuan.demonstration.stories import Office, Story
from jiuyuan.people import staff as accounts
from jiuyuan.procedures import engine

_WHILE = 12
_TALK = {
    "ability": ["market"],
    "means": "phone",
    "services_wanted": ["vacancies"],
    "wishes": {"occupations": ["收银员"], "hours": "full"},
}


def a_helper_leaves(office: Office, days: Days, supervisor: User) -> Story:
    """Somebody who helped for a while is called to the county: who they helped goes to the clerk with the closing of the account."""
    yield days.at(_WHILE + 3, first=9.0, last=9.5)
    leaving, _ = accounts.open_account(
        supervisor, "helper", name="崔立新", role="clerk", agency=office.platform.code, id_number=holder_id_number(30)
    )
    yield days.at(_WHILE + 2)
    busy = Plan.objects.unscoped().values("recognition")
    stay = on_the_register(office, before=days.ago(45)).exclude(pk__in=busy).last()
    if stay is None:  # a demonstration of a few people
        return
    engine.act(leaving, INTERVIEW, stay.pk, "interview", {**_TALK, "on": days.ago(_WHILE + 2)})
    content = {
        "helper": leaving.username,
        "goal": "两个月内到附近超市上班。",
        "measures": measures(["market"], days.ago(0)),
    }
    plan = engine.act(leaving, PLAN, stay.pk, "plan", content)
    engine.act(leaving, PLAN, plan.pk, "agree", {"how": "signed"})
    yield days.at(2)
    handing_over.close(supervisor, leaving, "调到区公共就业服务中心工作。", office.clerk.username)
