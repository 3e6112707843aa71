"""Bad input that the issues about money and oversight name: refused in the same words by pages and by programs, and nothing changes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from jiuyuan.agencies.services import issue_token
from jiuyuan.money.models import Claim
from jiuyuan.oversight.models import Handover, Inspection, LocalRule, Recovery, Target
from tests.api.program import Program
from tests.desk.reading import words
from tests.factories import COUNTY, PROVINCE, REGION, staff
from tests.money.batches import a_batch, a_file, approved
from tests.money.claims import hired, in_boxes
from tests.oversight.handovers import a_handover, papers_of
from tests.oversight.inspections import OPENED
from tests.oversight.local_rules import a_rule
from tests.oversight.recoveries import DECIDED, a_recovery
from tests.oversight.targets import a_target
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db
Case = tuple[
    str, str, str, dict[str, Any], str
]  # whose role, address of the API, address of the page, what is said, the field


def an_inspection_of_nobody() -> Case:
    on_the_register()
    said = OPENED | {"period": "1999"}
    return (
        "supervisor",
        "/inspections",
        reverse("desk:oversight_begin", args=["inspections", 0, "open"]),
        said,
        "period",
    )


def a_recovery_without_its_remedies() -> Case:
    row = a_recovery("heard")
    page = reverse("desk:oversight_act", args=["recoveries", row.pk, "decide"])
    said = DECIDED | {"pay_by": "2026-12-31", "remedies": "可以向上级反映。", "version": row.version}
    return "reviewer", f"/recoveries/{row.pk}/decide", page, said, "remedies"


def a_handover_with_four_papers() -> Case:
    row = a_handover("agreed")
    said = {"police": "南关分局", **papers_of(row.person), "expert_opinion": "", "version": row.version}
    page = reverse("desk:oversight_act", args=["handovers", row.pk, "send"])
    return "reviewer", f"/handovers/{row.pk}/send", page, said, "expert_opinion"


def a_laxer_local_rule() -> Case:
    row = a_rule()
    said = {"limit": "recognition_working_days", "value": 11, "version": row.version}
    page = reverse("desk:local_rule_act", args=[row.pk, "set_limit"])
    return "supervisor", f"/local_rules/{row.pk}/set_limit", page, said, "value"


def a_target_that_does_not_add_up() -> Case:
    whole = a_target(PROVINCE, 300)
    a_target(REGION, 200)
    said = {"version": whole.version}
    return (
        "province",
        f"/targets/{whole.pk}/publish",
        reverse("desk:target_act", args=[whole.pk, "publish"]),
        said,
        "why",
    )


def a_month_in_the_future() -> Case:
    person = hired()
    said = {"scheme": "employer_insurance", "from": "2026-03", "to": "2027-03"}
    return "clerk", f"/people/{person.pk}/claims", reverse("desk:claim_new", args=[person.pk]), said, "to"


@pytest.mark.parametrize(
    "named",
    [
        an_inspection_of_nobody, a_recovery_without_its_remedies, a_handover_with_four_papers, a_laxer_local_rule,
        a_target_that_does_not_add_up, a_month_in_the_future,
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_page_and_by_program(log_in: Any, named: Callable[[], Case]) -> None:
    role, path, page, said, field = named()
    models = (Claim, Handover, Inspection, LocalRule, Recovery, Target)
    before = [sorted(model.objects.unscoped().values_list("pk", "status")) for model in models]
    user = staff(role)
    answer = Program(issue_token(user)).post(path, said)
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, [field])
    typed = in_boxes({name: value for name, value in said.items() if value is not None})
    shown = log_in(user).post(page, typed)
    assert shown.status_code == 422
    assert answer.json()["errors"][0]["message"] in shown.content.decode()
    assert [sorted(model.objects.unscoped().values_list("pk", "status")) for model in models] == before


def test_a_result_file_with_unknown_doubled_and_changed_rows_settles_none_of_them_by_page_and_by_program(
    log_in: Any,
) -> None:
    finance = staff("finance")
    for _ in range(3):
        approved()
    batch = a_batch("sent", finance)
    one, two, three = batch.payments.select_related("person").order_by("number")
    ref = f"{batch.number}-{{:06d}}".format
    rows = [
        (ref(99), "某某", "", "500.00", "成功", ""), (ref(one.number), one.person.name, "", "500.00", "成功", ""),
        (ref(one.number), one.person.name, "", "500.00", "退回", "户名不符"), (ref(two.number), two.person.name, "", "500.01", "成功", ""),
        (ref(three.number), "张三丰", "", "500.00", "成功", ""),
    ]  # fmt: skip
    page = log_in(finance).post(
        reverse("desk:payment_act", args=[batch.pk, "read_result"]), {"file": a_file(rows), "version": batch.version}
    )
    assert page.status_code == 302
    shown = words(log_in(finance).get(reverse("desk:payment", args=[batch.pk])))
    assert [said for said in ("没有发放编号", "重复出现", "差0.01元", "与名单不一致") if said not in shown] == []
    assert set(batch.payments.values_list("status", flat=True)) == {"waiting"}


def test_a_figure_is_not_told_to_who_may_not_see_its_list(log_in: Any) -> None:
    auditor, elsewhere = staff("auditor"), staff("reviewer", at="220204")
    on_the_register()
    for path in ("/figures/entered", "/figures/entered/people"):
        assert Program(issue_token(auditor)).get(path).status_code == 403
        assert Program(issue_token(elsewhere)).get(path, under=COUNTY).status_code == 404
    assert log_in(auditor).get(reverse("desk:months")).status_code == 403
    assert log_in(elsewhere).get(reverse("desk:month_list"), {"figure": "entered", "under": COUNTY}).status_code == 404
