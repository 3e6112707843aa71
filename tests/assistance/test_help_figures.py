"""Figures of help: what was due and when it was done, offers and the work that came of them; each opens whom it counted."""

import re
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.assistance import duties
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP, key_of
from jiuyuan.oversight.figures import help_tables, upkeep
from jiuyuan.oversight.figures.help_tables import HelpAsked, columns
from jiuyuan.oversight.figures.registry import Span
from jiuyuan.rules.calendar import add_months
from tests.assistance.offers import DECLINED, INTERESTED, a_fitting_vacancy, a_plan_with_vacancies, an_offer
from tests.assistance.plans import a_plan, held
from tests.desk.reading import words
from tests.factories import COUNTY, OTHER_COUNTY, does, move_to, staff
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


def this_year(user, by="agency", days=None):
    year = clock.today().year
    under = Agency.objects.get(code=COUNTY) if by == "helper" else user.agency
    return HelpAsked(user, under, days or Span(date(year, 1, 1), date(year, 12, 31)), by)


def behind(asked, part, key, duty=""):
    """All whom a number counted, page by page."""
    column = next(one for one in columns(asked.under.path, clock.today()) if one.key == key)
    found, start, size = [], 0, 50 if part else 2
    while (page := help_tables.listed(asked, column, part, duty, start, size)).count > start:
        found, start = found + page.stays, start + size
    assert len(found) == page.count
    return found


def has_its_lists(asked):
    """Every number of a table is its list."""
    table = help_tables.table(asked)
    for (part, key), count in table.counts.items():
        assert len(behind(asked, part, key)) == count, (part, key)
    return table


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

    for kept in (False, True):
        if kept:
            upkeep.keep_up()
        table = has_its_lists(this_year(supervisor))
        whole = {code: count for (part, code), count in table.counts.items() if not part}
        assert [whole[code] for code in ("offered", "answered", "turned_down", "taken_on", "working_1")] == [
            3,
            2,
            1,
            1,
            1,
        ]
        of = [
            table.duties.get((duty, f"help_{code}"), 0)
            for duty in ("interview", "plan")
            for code in ("due", "in_time", "late")
        ]
        assert of == [3, 1, 2, 3, 1, 2]
        assert (
            sum(count for (part, code), count in table.counts.items() if part and code == "help_due")
            == whole["help_due"]
        )
        assert sorted(behind(this_year(supervisor), "", "help_late", "interview")) == sorted([stays[1].pk, stays[2].pk])

        if not kept:
            continue  # the other ways are reckoned by the same
        helpers = has_its_lists(this_year(supervisor, "helper"))
        assert set(helpers.lines.values()) == {"李帮扶", "赵未办", "还没有帮扶人"}
        assert (
            sum(count for (part, code), count in helpers.counts.items() if part and code == "help_due")
            == whole["help_due"]
        )
        assert behind(this_year(supervisor, "helper"), "none", "help_late", "interview") == [stays[2].pk]
        assert has_its_lists(this_year(supervisor, "category")).lines == {"older": "大龄失业人员"}
        today = Span(clock.today(), clock.today())
        assert help_tables.table(this_year(supervisor, days=today)).idle == {clerk.pk: 1, idle.pk: 1}
        assert table.idle == {}
        away = help_tables.table(this_year(staff("reviewer", at=OTHER_COUNTY)))
        assert (dict(away.counts), dict(away.duties), away.idle) == ({}, {}, {})
    assert "helper" not in help_tables.dimensions(staff("province").agency)

    desk, asked = log_in(supervisor), {"since": begun, "until": clock.today(), "by": "helper", "under": COUNTY}
    page = desk.get(reverse("desk:help_figures"), asked | {"try": "interview", "days": "5"})
    assert "改成5天：今天会产生1条" in words(page)
    assert dict(page.context["trials"]).keys() == duties.BY_CODE.keys()
    for said, answer in (
        ({"try": "interview"}, "访谈：今天会产生"),
        ({"try": "appointment", "days": "5"}, "没有期限可改"),
        ({"try": "interview", "days": "3661"}, "天数应为0至3660的整数"),
        ({"try": "interview", "days": "五"}, "天数应为0至3660的整数"),
        ({"try": "nothing", "days": "5"}, "试算"),
    ):
        assert answer in words(desk.get(reverse("desk:help_figures"), asked | said)), said
    for duty in [one for one in duties.DUTIES if not one.limit][:2]:
        found = duties.tried(supervisor, duty, clock.today()).in_words
        assert found in words(desk.get(reverse("desk:help_figures"), asked | {"try": duty.code})), duty.code
    assert "没有办理的帮扶人" not in words(page)
    assert "帮扶的统计" in re.search(r"<h1>.*?</h1>", page.content.decode(), re.S).group()
    cells = [url for one in page.context["tables"] for row in one.rows for count, url in row["cells"] if count == 2]
    opened = desk.get(cells[0])
    assert (opened.status_code, opened.context["count"]) == (200, 2)
    assert stays[1].person.name in words(opened)
    assert desk.get(reverse("desk:help_figure_list"), asked | {"figure": "nothing"}).status_code == 404
    book = openpyxl.load_workbook(BytesIO(b"".join(desk.get(reverse("desk:help_workbook"), asked).streaming_content)))
    assert book.sheetnames[:2] == ["要办的事", "帮扶（按帮扶人）"]
