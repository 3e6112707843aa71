"""Vacancies for tests, made as a clerk makes them."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance.models import Vacancy
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.procedures import engine

CREDIT_CODE, OTHER_CODE = "91220102MA0Y1A2B3U", "91220102MA0Y1A2C1N"


def said(**changes: Any) -> dict[str, Any]:
    """What a clerk writes down of a vacancy that is in order."""
    return {
        "employer": {"name": "长春市南关区顺意餐饮管理有限公司", "credit_code": CREDIT_CODE},
        "title": "后厨帮工",
        "number": 2,
        "tasks": "洗菜、切配、打扫后厨。",
        "conditions": "身体健康，能倒班。",
        "division": "220102",
        "address": "长春市南关区民康路8号",
        "form": "full",
        "pay_from": 2600,
        "pay_to": 3000,
        "contact": "张经理 0431-85550001",
        "valid_until": clock.today() + timedelta(days=40),
        **changes,
    }


def a_vacancy(clerk: User, status: str = "open", **changes: Any) -> Vacancy:
    """A vacancy that really went to a state."""
    vacancy: Vacancy = engine.act(clerk, VACANCY, None, "create", said(**changes))
    for action, more in (("check", {"how": "看了营业执照，打电话问过人事。"}), ("open", {})):
        if vacancy.status == status:
            break
        vacancy = engine.act(clerk, VACANCY, vacancy.pk, action, more)
    return vacancy
