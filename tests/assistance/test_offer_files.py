"""What became of many offers at once, as a fair brings it back: each row has a result, by the acts of the window."""

from argparse import Namespace

import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.assistance import offer_files
from jiuyuan.assistance.models import JobOffer, ServiceRefusal, Vacancy
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.cli import CannotStart
from jiuyuan.commands import imports as command
from jiuyuan.people.models import ImportRow
from jiuyuan.people.sources import running, services
from jiuyuan.people.sources.workflow import IMPORT
from jiuyuan.procedures import engine
from jiuyuan.refusals import NotForRole, WrongState
from tests.assistance.offers import INTERESTED, a_fitting_vacancy, a_plan_with_vacancies, an_offer
from tests.desk.reading import words
from tests.factories import OTHER_PLATFORM, staff
from tests.people.sources.files import an_xlsx

pytestmark = pytest.mark.django_db
HEADING = ["姓名", "身份证号码", "岗位编号", "岗位名称", "结果", "原因", "上班日期"]


def a_row(offer, result, *rest, vacancy=None):
    person, vacancy = offer.recognition.person, offer.vacancy_id if vacancy is None else vacancy
    return [person.name, person.id_number, vacancy, "护理员", result, *rest]


def test_each_row_of_a_fair_has_a_result_and_a_faulty_one_says_which_column(log_in, tmp_path, monkeypatch):
    clerk = staff("clerk")
    vacancy = a_fitting_vacancy(clerk, number=9)
    plans = [a_plan_with_vacancies(clerk) for _ in range(5)]  # first, for each recognition takes days
    offers = [an_offer(clerk, plan, vacancy) for plan in plans]
    tried, declined, taken, refused, silent = offers
    engine.act(clerk, OFFER, tried.pk, *INTERESTED)
    rows = [
        a_row(tried, "没有录用", "要有护理证"), a_row(declined, "不合适", "路太远"), a_row(taken, "录用", "", clock.today()),
        a_row(silent, "没有答复"),
    ]  # fmt: skip
    faulty = [
        (a_row(refused, "录用"), "上班", "from"), (a_row(refused, "也许"), "结果应为", "result"),
        (a_row(refused, "想试试", vacancy=vacancy.pk + 99), "没有把这个岗位介绍给这个人", "vacancy"),
        (["某人", "", vacancy.pk, "", "想试试"], "身份证号码", "id_number"), (a_row(taken, "没有答复"), "不能再登记", "vacancy"),
        (a_row(refused, "录用", "", "月底"), "不是日期", "from"),
    ]  # fmt: skip
    content = an_xlsx([HEADING, *rows, *(line for line, *_ in faulty)])
    trial = services.upload(clerk, "offer_results", "招聘会.xlsx", [content], dry=True)
    assert running.run(trial.pk, offer_files.work_for).counts == {"changed": 4, "rejected": len(faulty)}
    assert JobOffer.objects.unscoped().get(pk=taken.pk).status == "given"
    page = words(log_in(clerk).get(reverse("desk:import", args=[trial.pk])))
    assert "已登记：录用。" in page
    found = ImportRow.objects.unscoped().filter(batch=trial, outcome="rejected").order_by("row")
    for one, (_, told, column) in zip(found, faulty, strict=True):
        assert told in one.message
        assert column in one.columns.split(","), one.message
    file = tmp_path / "招聘会.xlsx"
    file.write_bytes(content)
    monkeypatch.setattr(command, "open_installation", lambda: None)
    options = {"file": file, "dry_run": False, "report": None}
    with pytest.raises(CannotStart, match="不是基层经办人"):
        command._results(Namespace(**options, username=staff("reviewer").username))
    command._results(Namespace(**options, username=clerk.username))
    states = [JobOffer.objects.unscoped().get(pk=offer.pk).status for offer in offers]
    assert states == ["not_taken_on", "declined", "taken_on", "given", "silent"]
    assert (Vacancy.objects.unscoped().get(pk=vacancy.pk).taken, ServiceRefusal.objects.unscoped().count()) == (1, 1)
    again = services.upload(clerk, "offer_results", "再来.xlsx", [an_xlsx([HEADING, *rows])], dry=False)
    done = running.run(again.pk, offer_files.work_for)
    assert done.counts == {"matched": 4}
    with pytest.raises(WrongState, match="整批撤回"):
        engine.act(clerk, IMPORT, done.pk, "take_back", {"reason": "弄错了"})
    with pytest.raises(NotForRole):
        services.upload(staff("reviewer"), "offer_results", "结果.xlsx", [content])
    elsewhere = staff("clerk", at=OTHER_PLATFORM)
    theirs = services.upload(elsewhere, "offer_results", "别处.xlsx", [an_xlsx([HEADING, rows[0]])], dry=False)
    assert running.run(theirs.pk, offer_files.work_for).counts == {"rejected": 1}
