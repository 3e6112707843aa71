"""Vacancies."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.assistance import nightly
from jiuyuan.assistance.models import Vacancy
from jiuyuan.assistance.vacancy_workflow import VACANCY
from tests.assistance.vacancies import a_vacancy, said
from tests.factories import does
from tests.procedures.specimens.specimen import Broken, Specimen, Standing, clerk


def _set(row: Vacancy, **columns: Any) -> None:
    Vacancy.objects.unscoped().filter(pk=row.pk).update(**columns)


def _asked() -> Vacancy:
    vacancy = a_vacancy(clerk())
    asked: Vacancy = does(VACANCY, "ask_employer")(clerk(), vacancy.pk)
    return asked


def _over() -> Vacancy:
    vacancy = a_vacancy(clerk())
    _set(vacancy, valid_until=clock.today() - timedelta(days=1))
    return vacancy


SPECIMENS = {
    ("vacancy", "create"): Specimen(lambda: None, lambda _: said()),
    ("vacancy", "revise"): Specimen(lambda: a_vacancy(clerk()), lambda _: said(pay_from=2700)),
    ("vacancy", "check"): Specimen(lambda: a_vacancy(clerk(), "draft"), {"how": "打电话问过。"}),
    ("vacancy", "open"): Specimen(lambda: a_vacancy(clerk(), "checked")),
    ("vacancy", "open_with_ground"): Specimen(lambda: a_vacancy(clerk(), "checked"), {"ground": "女浴室。"}),
    ("vacancy", "ask_employer"): Specimen(lambda: a_vacancy(clerk())),
    ("vacancy", "answer_by_employer"): Specimen(_asked, {"answer": "confirm"}, key=lambda row: row.secret),
    ("vacancy", "fill"): Specimen(lambda: a_vacancy(clerk())),
    ("vacancy", "expire"): Specimen(_over, brings=lambda row: _after_the_night(row)),
    ("vacancy", "withdraw"): Specimen(lambda: a_vacancy(clerk()), {"reason": "单位不招了。"}),
}


def _after_the_night(row: Vacancy) -> Vacancy:
    nightly.expire_vacancies(clock.today())
    found: Vacancy = Vacancy.objects.unscoped().get(pk=row.pk)
    return found


BROKEN: dict[tuple[str, str], Broken] = {
    ("vacancy", "is_complete"): lambda row: _set(row, tasks=""),
    ("vacancy", "pays_the_minimum"): lambda row: _set(row, pay_from=900),
    ("vacancy", "discriminates_nobody"): lambda row: _set(row, conditions="限女性"),
    ("vacancy", "is_valid_today"): lambda row: _set(row, valid_until=clock.today() - timedelta(days=1)),
    ("vacancy", "stands_once"): lambda row: a_vacancy(clerk(), "checked"),
}
STANDING: dict[tuple[str, str], Standing] = {}
