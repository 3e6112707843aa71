"""Wishes and abilities in words, for the desk's pages and the printed file."""

from jiuyuan.agencies.queries import place_name
from jiuyuan.assistance import occupations
from jiuyuan.assistance.models import Ability, Interview, Kind, Vacancy
from jiuyuan.wording import say


def of_wishes(interview: Interview) -> list[tuple[str, str]]:
    """The stated wishes with labels (求职意愿)."""
    wished = interview.wishes
    rows = [
        (say("想做的工作"), "、".join(occupations.in_words(one) or one for one in wished.get("occupations", []))),
        (say("愿意去的地区"), "、".join(place_name(code) for code in wished.get("divisions", []))),
        (say("工作时间"), str(Vacancy.Hours(wished["hours"]).label) if "hours" in wished else ""),
        (say("最低报酬"), say("每月{value}元", value=wished["lowest_pay"]) if "lowest_pay" in wished else ""),
        (say("家里要照顾的情况"), wished.get("care", "")),
    ]
    return [(label, value) for label, value in rows if value]


def of_abilities(interview: Interview) -> str:
    return "、".join(Ability(code).label for code in interview.ability)


def of_services(interview: Interview) -> str:
    """The wanted services (服务需求)."""
    return "、".join(Kind(code).label for code in interview.services_wanted)
