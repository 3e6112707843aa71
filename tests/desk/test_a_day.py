"""A clerk's day: forty cases from received to endorsed, with every click, typed text and page counted and printed."""

import re
import time

import pytest

from jiuyuan import clock
from jiuyuan.people.sources import http
from tests import factories
from tests.jobs import work

pytestmark = pytest.mark.django_db
CASES = 40
_ANSWERS = {
    "social_insurance": [{"参保状态": "停保", "参保身份": "单位职工", "待遇状态": "未领取"}],
    "market_regulation": [{"登记状态": "无"}],
    "public_security": [{"户籍地行政区划代码": "220102", "户籍性质": "城镇", "户籍状态": "正常", "服刑状态": "无"}],
}


class Day:
    """A browser whose use is counted: `clicks` are buttons, links and ticks, `typed` are texts."""

    def __init__(self, client):
        self.client, self.clicks, self.typed, self.loads, self.began = client, 0, 0, 0, time.monotonic()

    def get(self, url, data=None, clicks=1):
        self.clicks += clicks
        return self._loaded(self.client.get(url, data, follow=True))

    def post(self, url, data, clicks=1, typed=0):
        self.clicks, self.typed = self.clicks + clicks, self.typed + typed
        return self._loaded(self.client.post(url, data, follow=True))

    def _loaded(self, answer):
        self.loads += 1
        assert answer.status_code == 200, answer.content.decode()[:2000]
        return answer

    def everything(self, page, label):
        """The link that chooses a whole list for an act."""
        found = re.search(rf'href="([^"]+)">{label}全部\d+份', page.content.decode())
        assert found, label
        return self.get(found[1].replace("&amp;", "&"))

    def do_all(self, page, **said):
        """The button of a preview: everything that can be done is ticked, and what is said stands there beforehand."""
        lines = page.context["able"]
        given = {"action": page.context["transition"].action, **said}
        given["chosen"] = [f"{line.application.number}:{line.application.version}" for line in lines]
        for line in lines:
            given |= {line.form.add_prefix(need.name): line.form[need.name].value() for need in line.form.asked}
        return self.post("/desk/cases/batch/", given)


@pytest.fixture
def departments(monkeypatch):
    def ask(kind, id_number, name):
        return {"id_number": id_number, "observed_on": clock.today().isoformat(), "records": _ANSWERS[kind]}

    monkeypatch.setattr(http, "interfaces", lambda: dict.fromkeys(_ANSWERS))
    monkeypatch.setattr(http, "ask", ask)


@pytest.mark.slow
def test_forty_cases_take_a_clerk_ten_clicks_each_at_most_and_one_text(log_in, departments, capsys):
    clerk = factories.staff("clerk")
    cases = [factories.a_case("submitted", clerk=clerk) for _ in range(CASES)]
    day = Day(log_in(clerk))
    page = day.get("/desk/")
    day.do_all(day.everything(page, "批量受理"))
    numbers = [case.number for case in cases]
    day.get("/desk/cases/ask/", {"numbers": numbers}, clicks=1 + CASES)  # each ticked in the list
    day.post("/desk/cases/ask/", {"chosen": numbers})
    work("ask_department")
    page = day.get("/desk/cases/?state=accepted")
    page = day.get(f"/desk/cases/{numbers[0]}/?list=state%3Daccepted")
    for place, number in enumerate(numbers):
        here = f"/desk/cases/{number}/"
        while groups := page.context["sheet"].groups:
            [group, *_] = groups
            way = next((way for way in group.ways if not way.typed), group.ways[0])
            evidence = {"evidence": "失业登记系统"} if way.typed else {}
            said = {
                "version": page.context["application"].version,
                "by": way.code,
                "fact": [row.name for row in group.rows],
            }
            page = day.post(  # one tick takes the whole group, the button says the source
                f"{here}facts/verify/", {**said, **evidence, "list": "state=accepted"}, clicks=2, typed=len(evidence)
            )
        version = page.context["application"].version
        said = {"version": version, "list": "state=accepted", "then": "next"}
        page = day.post(f"{here}do/first_review_pass/", said)
        if place + 1 < CASES:
            assert page.context["application"].number == numbers[place + 1]
    factories.after_the_notice(cases[0])
    page = day.get("/desk/cases/?state=notice_over")
    day.do_all(day.everything(page, "签署初审意见并盖章"))
    assert {factories.again(case).status for case in cases} == {"endorsed"}
    seconds = time.monotonic() - day.began
    with capsys.disabled():
        print(
            f"\n{CASES} cases from received to endorsed: {day.clicks} clicks ({day.clicks / CASES:.1f} each), "
            f"{day.typed} texts ({day.typed / CASES:.1f}), {day.loads} loads ({day.loads / CASES:.1f}), "
            f"{seconds:.0f} s ({seconds / day.loads * 1000:.0f} ms a page)"
        )
    assert day.clicks <= 10 * CASES
    assert day.typed <= CASES
