"""Interviews and plans for tests, made as clerks make them."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance.interview_workflow import INTERVIEW
from jiuyuan.assistance.models import Interview, Plan
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition


def held(clerk: User, stay: Recognition, **changes: Any) -> Interview:
    """A talk in which somebody turned out to lack skills."""
    said = {
        "on": clock.today(),
        "means": "counter",
        "ability": ["skills"],
        "wishes": {"occupations": ["养老护理员"], "divisions": ["长春市南关区"], "hours": "full", "lowest_pay": 2500},
        "services_wanted": ["training", "vacancies"],
        **changes,
    }
    interview: Interview = engine.act(clerk, INTERVIEW, stay.pk, "interview", said)
    return interview


def content(clerk: User, **changes: Any) -> dict[str, Any]:
    """What a clerk writes into a plan."""
    soon = clock.today() + timedelta(days=30)
    measures = [
        {"kind": "training", "what": "养老护理员初级班", "due_on": soon},
        {"kind": "guidance", "what": "改简历，模拟面试", "due_on": soon},
    ]
    return {"helper": clerk.username, "goal": "三个月内到养老机构就业。", "measures": measures, **changes}


def a_plan(clerk: User, stay: Recognition, status: str = "active", **changes: Any) -> Plan:
    """A plan that really went to a state, after a talk."""
    held(clerk, stay)
    plan: Plan = engine.act(clerk, PLAN, stay.pk, "plan", content(clerk, **changes))
    if status == "active":
        plan = engine.act(clerk, PLAN, plan.pk, "agree", {"how": "signed"})
    return plan
