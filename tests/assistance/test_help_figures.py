"""Figures of help: what was due and when it was done, offers and the work that came of them; each opens whom it counted."""

import re
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.assistance import help_figures
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP, key_of
from jiuyuan.assistance.help_figures import HelpPeriod
from jiuyuan.rules.calendar import add_months
from tests.assistance.offers import DECLINED, INTERESTED, a_fitting_vacancy, a_plan_with_vacancies, an_offer
from tests.assistance.plans import a_plan, held
from tests.desk.reading import words
from tests.factories import OTHER_COUNTY, does, move_to, staff
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


def this_year(user, under=None):
    today = clock.today()
    return HelpPeriod(user, under or user.agency, today.replace(month=1, day=1), today.replace(month=12, day=31), today)


def test_figures_count_what_was_due_in_time_and_late_and_what_came_of_offers_and_open_their_lists(log_in):
    clerk, idle, supervisor = staff("clerk", name="李帮扶"), staff("clerk", name="赵未办"), staff("supervisor")
    begun = clock.today()
    stays = [on_the_register() for _ in range(3)]
    plan = a_plan_with_vacancies(clerk, stays[0])  # in time
    first = an_offer(clerk, plan, a_fitting_vacancy(clerk), INTERESTED, ("taken_on", {"from": clock.today()}))
    an_offer(clerk, plan, a_fitting_vacancy(clerk, "护工"), DECLINED)
    an_offer(clerk, plan, a_fitting_vacancy(clerk, "陪护员"))
    move_to(clock.today() + timedelta(days=25))
    held(clerk, stays[1])  # late, and no plan yet
    move_to(add_months(first.begins_on, 1))
    does(FOLLOW_UP, "follow_up")(clerk, key_of(first), on=clock.today(), means="phone", working=True)
    a_plan(idle, stays[1])
    move_to(add_months(clock.today(), 1))

    period = this_year(supervisor)
    table = help_figures.table(period, "agency")
    whole = {code: count for (part, code), count in table.counts.items() if not part}
    assert (whole["offers"], whole["answers"], whole["declined"], whole["taken_on"], whole["work_1"]) == (3, 2, 1, 1, 1)
    of = {
        key: table.duties.get(key, 0)
        for key in [(d, c) for d in ("interview", "plan") for c in ("due", "in_time", "late")]
    }
    assert list(of.values()) == [3, 1, 2, 3, 1, 2]
    assert sum(count for (part, code), count in table.counts.items() if part and code == "due") == whole["due"]
    for part in ("", *table.lines):
        for code in help_figures.columns(supervisor.area, clock.today()):
            listed = help_figures.behind(period, "agency", part, code)
            assert len(listed) == table.counts.get((part, code), 0), (part, code)
    assert help_figures.behind(period, "agency", "", "late", "interview") == sorted([stays[1].pk, stays[2].pk])

    helpers = help_figures.table(period, "helper")
    assert set(helpers.lines.values()) == {"李帮扶", "赵未办", "还没有帮扶人"}
    assert sum(count for (part, code), count in helpers.counts.items() if part and code == "due") == whole["due"]
    assert help_figures.behind(period, "helper", "none", "late", "interview") == [stays[2].pk]
    assert help_figures.table(period, "category").lines == {"older": "大龄失业人员"}
    narrow = HelpPeriod(supervisor, supervisor.agency, clock.today(), clock.today(), clock.today())
    assert help_figures.idle(narrow) == {clerk.pk: 1, idle.pk: 1}
    assert help_figures.idle(period) == {}
    away = this_year(staff("reviewer", at=OTHER_COUNTY))
    assert list(help_figures.events(away)) == []

    desk, asked = log_in(supervisor), {"since": begun, "until": clock.today(), "by": "helper"}
    page = desk.get(reverse("desk:help_figures"), asked | {"try": "interview", "days": "5"})
    assert "改成5天：今天会产生1条" in words(page)
    assert "没有办理的帮扶人" not in words(page)
    assert "帮扶的统计" in re.search(r"<h1>.*?</h1>", page.content.decode(), re.S).group()
    cells = [url for one in page.context["tables"] for row in one.rows for count, url in row["cells"] if count == 2]
    opened = desk.get(cells[0])
    assert (opened.status_code, opened.context["count"]) == (200, 2)
    assert stays[1].person.name in words(opened)
    assert desk.get(reverse("desk:help_figure_list"), asked | {"figure": "nothing"}).status_code == 404
    book = openpyxl.load_workbook(BytesIO(b"".join(desk.get(reverse("desk:help_workbook"), asked).streaming_content)))
    assert book.sheetnames[:2] == ["要办的事", "帮扶（按帮扶人）"]
