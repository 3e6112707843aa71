"""What will be late is told before it is, to the office that acts and to who asked, once a matter (五(一), 五(三); issue 16)."""

from datetime import timedelta

import pytest

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications.models import Application
from jiuyuan.notifications.models import Message
from jiuyuan.oversight import soon_late_notices
from jiuyuan.oversight.supervision_workflow import SUPERVISION
from jiuyuan.procedures import engine
from tests.factories import PLATFORM, a_case, staff
from tests.oversight.handovers import a_handover
from tests.oversight.inspections import a_finding, answered_finding
from tests.oversight.orders import an_order, answered

pytestmark = pytest.mark.django_db


def _told(to: User) -> list[str]:
    return [one.title for one in Message.objects.to(to.username).order_by("pk")]


def test_who_answers_an_order_and_who_asked_are_told_before_its_day_and_once(log_in, today):
    clerk, supervisor, elsewhere = staff("clerk"), staff("supervisor"), staff("supervisor", at="2202")
    case = a_case("accepted")
    Application.objects.unscoped().update(due_on="2031-01-02")
    an_order(case, by=supervisor, due_on="2026-03-20")
    assert soon_late_notices.tell(clock.today()) == 0
    today("2026-03-17")
    assert [soon_late_notices.tell(clock.today()) for _ in range(2)] == [1, 0]
    assert _told(clerk) == _told(supervisor) == ["快到期：答复督办"]
    assert _told(elsewhere) == []
    [letter] = Message.objects.to(clerk.username)
    assert case.number in letter.body
    assert "3月20日" in letter.body
    assert case.person.name not in letter.body
    page = log_in(clerk).get("/desk/account/").content.decode()
    assert "快到期：答复督办" in page


def test_an_order_that_is_asked_again_by_another_day_is_told_of_again_and_one_that_is_late_or_answered_is_not(today):
    supervisor = staff("supervisor")
    case = a_case("accepted")
    Application.objects.unscoped().update(due_on="2031-01-02")
    order = an_order(case, by=supervisor, due_on="2026-03-20")
    today("2026-03-19")
    assert soon_late_notices.tell(clock.today()) == 1
    answered(order)
    said = {"question": "请写明哪一天公示。", "due_on": "2026-03-27"}
    engine.act(supervisor, SUPERVISION, order.pk, "ask_again", said)
    assert soon_late_notices.tell(clock.today()) == 0
    today("2026-03-26")
    assert soon_late_notices.tell(clock.today()) == 1
    assert _told(supervisor) == ["快到期：答复督办"] * 2
    late = an_order(a_case("accepted"), by=supervisor, due_on="2026-03-27")
    Application.objects.unscoped().update(due_on="2031-01-02")
    today("2026-03-30")
    assert soon_late_notices.tell(clock.today()) == 0
    assert not Message.objects.unscoped().filter(file=late.file).exists()


@pytest.mark.parametrize(
    ("make", "what", "days", "whom"),
    [
        (lambda: a_finding(due_on="2026-03-11"), "答复检查发现的问题", 0, {"clerk", "supervisor"}),
        (answered_finding, "看检查问题的答复", 5, {"supervisor"}),
        (lambda: a_handover("reported"), "决定要不要移送", 0, {"reviewer", "supervisor"}),
        (lambda: a_handover("agreed"), "移送公安机关", 0, {"reviewer", "supervisor"}),
        (lambda: a_handover("received"), "问公安机关的决定", 0, {"reviewer", "supervisor"}),
        (lambda: a_handover("not_filed"), "要不要提出异议", 0, {"reviewer", "supervisor"}),
    ],
)
def test_what_has_a_day_of_its_own_is_told_before_it(make, what, days, whom, today):
    row = make()
    Application.objects.unscoped().update(due_on="2031-01-02")
    today((clock.today() + timedelta(days=days)).isoformat())
    assert soon_late_notices.tell(clock.today()) == 1
    letters = list(Message.objects.unscoped().filter(file=row.file, code=soon_late_notices.MATTER))
    assert {one.title for one in letters} == {f"快到期：{what}"}
    assert {User.objects.get(username=one.recipient).role for one in letters} == whom


def test_cases_are_told_of_by_office_and_day_and_again_only_where_more_came(today):
    clerk, reviewer, supervisor = staff("clerk"), staff("reviewer"), staff("supervisor")
    cases = [a_case("accepted") for _ in range(3)]
    due = clock.today() + timedelta(days=1)
    Application.objects.unscoped().filter(pk__in=[one.pk for one in cases[:2]]).update(due_on=due)
    Application.objects.unscoped().filter(pk=cases[2].pk).update(due_on=clock.today() - timedelta(days=1))
    assert soon_late_notices.tell(clock.today()) == 3
    assert soon_late_notices.tell(clock.today()) == 0
    assert _told(clerk) == _told(reviewer) == _told(supervisor) == ["快到期：2份申请"]
    [letter] = Message.objects.to(supervisor.username)
    assert supervisor.agency is not None
    assert letter.body.startswith(supervisor.agency.name)
    Application.objects.unscoped().update(due_on=due)
    soon_late_notices.tell(clock.today())
    assert _told(clerk)[-1] == "快到期：3份申请"
    Agency.objects.filter(code=PLATFORM).update(name="南关街道平台")
    assert soon_late_notices.tell(clock.today()) == 0
