"""The nightly steps of assistance."""

from datetime import date, timedelta

from jiuyuan.applications import nightly
from jiuyuan.assistance import duty_index
from jiuyuan.assistance.models import JobOffer, Placement, Plan, Vacancy
from jiuyuan.assistance.nightly_matching import match_everybody
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.assistance.placement_workflow import PLACEMENT
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from jiuyuan.wording import say


def expire_vacancies(day: date) -> int:
    """End vacancies after their last day, one transaction each. Returns how many."""
    over = Vacancy.objects.unscoped().filter(status=Vacancy.Status.OPEN, valid_until__lt=day)
    keys = list(over.order_by("pk").values_list("pk", flat=True))
    for key in keys:
        engine.act(None, VACANCY, key, "expire", machine="night")
    return len(keys)


def end_plans(day: date) -> int:
    """End the plans of people no longer on the register. Returns how many."""
    open_ones = Plan.objects.unscoped().filter(status__in=[Plan.Status.DRAFT, Plan.Status.ACTIVE])
    keys = list(open_ones.filter(recognition__status=Recognition.Status.ENDED).values_list("pk", flat=True))
    for key in keys:
        engine.act(None, PLAN, key, "end", {"result": say("已退出，不再在册")}, machine="night")
    return len(keys)


def end_unanswered_offers(day: date) -> int:
    """End offers not answered by their last day; silence is not held against anybody. Returns how many."""
    waiting = JobOffer.objects.unscoped().filter(status=JobOffer.Status.GIVEN, answer_by__lt=day)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    for key in keys:
        engine.act(None, OFFER, key, "fall_silent", machine="night")
    return len(keys)


def warn_of_ending_posts(day: date) -> int:
    """Tell people, once, that their term on a public-interest post ends soon. Returns how many."""
    told = 0
    waiting = Placement.objects.unscoped().filter(status=Placement.Status.ON_POST, warned_on=None)
    for key, area, until in list(waiting.order_by("pk").values_list("pk", "recognition__area", "until")):
        if until <= day + timedelta(days=registry.region_of(area).limit("post_end_warn_days", on=day)):
            engine.act(None, PLACEMENT, key, "warn", machine="night")
            told += 1
    return told


def put_duties_right(_day: date) -> int:
    """Rebuild the index of duties. Returns how many rows were wrong, normally none."""
    duty_index.keep_up()
    return duty_index.rebuild()


nightly.also("过期岗位", "vacancies_expired", expire_vacancies)
nightly.also("结束帮扶计划", "plans_ended", end_plans)
nightly.also("到期没有答复的岗位介绍", "offers_unanswered", end_unanswered_offers)
nightly.also("公益性岗位期满提醒", "posts_ending", warn_of_ending_posts)
nightly.also("匹配岗位", "matches", lambda _day: match_everybody())
nightly.also("核对要办的事", "duties_put_right", put_duties_right)
