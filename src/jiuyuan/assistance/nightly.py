"""What happens at night to what help consists of."""

from datetime import date

from jiuyuan.applications import nightly
from jiuyuan.assistance.models import Vacancy
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.procedures import engine


def expire_vacancies(day: date) -> int:
    """End the vacancies whose last day is over. Returns how many; each by itself, so that a run that was killed goes on."""
    over = Vacancy.objects.unscoped().filter(status=Vacancy.Status.OPEN, valid_until__lt=day)
    keys = list(over.order_by("pk").values_list("pk", flat=True))
    for key in keys:
        engine.act(None, VACANCY, key, "expire", machine="night")
    return len(keys)


nightly.also("过期岗位", "vacancies_expired", expire_vacancies)
