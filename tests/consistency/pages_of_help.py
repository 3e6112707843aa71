"""The pages of help in the table of every page by role, and what stands behind their addresses."""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.assistance.vacancy_workflow import VACANCY
from tests.assistance.vacancies import a_vacancy
from tests.factories import does

VACANCY_TITLE = "后厨帮工"

LISTED = {
    "GET desk:vacancies":       "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:vacancies": "vacancy",
    "GET desk:vacancy":         "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:vacancy_act":     "200 403 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:vacancy_new":     "200 403 403 403 403 403 403 302 | 200 403 403 - 403 403 403 302",
    "GET portal:employer":       "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:employer_thanks": "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:job":            "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:jobs":           "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
}  # fmt: skip
SHOWS = {"GET desk:vacancies": "vacancy"}


def arguments(clerk: User) -> dict[str, list[Any]]:
    """A vacancy of this clerk's platform, and the link that its employer was given."""
    vacancy = a_vacancy(clerk)
    secret = does(VACANCY, "ask_employer")(clerk, vacancy.pk).secret
    return {
        "desk:vacancy": [vacancy.pk],
        "desk:vacancy_act": [vacancy.pk, "withdraw"],
        "portal:job": [vacancy.pk],
        "portal:employer": [secret],
    }
