"""Each of the eighteen doubts is found from what real files and acts bring (五(三)): departments' files, the months of the social
insurance, what clerks, reviewers and finance did."""

import pytest

from jiuyuan import clock
from jiuyuan.agencies.models import Relative
from jiuyuan.assistance.placement_workflow import PLACEMENT
from jiuyuan.desk.doubt_words import record
from jiuyuan.money.models import Claim
from jiuyuan.money.nightly import find_unclaimed
from jiuyuan.money.results import in_yuan, ref_of
from jiuyuan.oversight.doubt_checks import BY_NUMBER, CHECKS
from jiuyuan.oversight.doubt_finding import raise_doubts
from jiuyuan.oversight.models import Doubt
from jiuyuan.people.models import InsuranceMonth, Person
from jiuyuan.people.sources import insurance_months, running
from jiuyuan.procedures import engine
from jiuyuan.procedures.subjects import moving
from jiuyuan.recognitions.models import Recognition
from tests.assistance.courses import came, in_class
from tests.assistance.plans import a_plan
from tests.assistance.posts import a_post, a_stay, placed, proposed
from tests.factories import staff
from tests.money.batches import JANUARY, a_batch, a_file, approved, does, somebody, with_an_account
from tests.people.sources.files import a_csv, imported, market, outcomes, uploaded
from tests.recognitions.register import learn, on_the_register, struck_off

pytestmark = pytest.mark.django_db
MONTHS = ["姓名", "身份证号码", "费款所属期", "参保身份", "单位名称", "单位类型", "缴费状态"]


def paid(*people: Person) -> None:
    """January, by a batch whose result came back."""
    for person in people:
        approved(with_an_account(person))
    finance = staff("finance")
    batch = a_batch("sent", finance)
    rows = [
        (ref_of(batch, one.number), one.person.name, "", in_yuan(one.amount), "成功", "")
        for one in batch.payments.all()
    ]
    does(finance, batch, "read_result", file=a_file(rows))


def months(*rows: tuple) -> list[str]:
    """A file of the social insurance, read in; what became of each row."""
    content = a_csv([MONTHS, *([person.name, person.id_number, *said] for person, *said in rows)])
    batch = uploaded(staff("reviewer"), "insurance_months", content, "逐月缴费.csv", dry=False)
    running.run(batch.pk, insurance_months.work_for)
    return [outcome for _, outcome, _ in outcomes(batch)]


def found() -> dict[int, set[int]]:
    """Whom each check met."""
    raise_doubts(clock.today())
    met: dict[int, set[int]] = {}
    for number, person in Doubt.objects.unscoped().values_list("check_number", "person"):
        met.setdefault(number, set()).add(person)
    return met


def test_departments_files_and_the_months_of_the_social_insurance_meet_months_that_were_paid():
    """1, 2, 3, 5, 8, 15, each of one person, and nobody else of the same files."""
    reviewer = staff("reviewer")
    dead, pensioner, employed, public, unpaid, short, fine = people = [somebody() for _ in range(7)]
    paid(*people)
    assert found() == {}
    heads = ["姓名", "身份证号码", "户籍状态", "数据日期"]
    imported(reviewer, "public_security", a_csv([heads, [dead.name, dead.id_number, "死亡", "2025-12-20"]]))
    pension = [
        ["姓名", "身份证号码", "待遇状态", "数据日期"],
        [pensioner.name, pensioner.id_number, "正常领取", "2026-01-15"],
    ]
    imported(reviewer, "social_insurance", a_csv(pension))
    firm = ("单位职工", "长春某某公司", "企业")
    spells = [(short, month, *firm, "已缴") for month in ("2024-01", "202405", "2024年9月")]
    outcome = months(
        (employed, "2026-01", *firm, "已缴"), (public, "2026-01", "单位职工", "某局", "机关", "已到账"),
        (unpaid, "2026-01", "灵活就业", "", "", "欠费"), (fine, "2026-01", "灵活就业", "", "", "已缴"), *spells,
        (fine, "2026-02", *firm, "已缴"), (fine, "2026-13", *firm, "已缴"), (fine, "2026-02", "学生", "", "", "已缴"),
    )  # fmt: skip
    assert outcome == ["changed"] * 8 + ["rejected"] * 2
    expected = {
        1: {dead.pk},
        2: {pensioner.pk},
        3: {employed.pk, public.pk},
        5: {public.pk},
        8: {unpaid.pk},
        15: {short.pk},
    }
    assert found() == expected
    doubt = Doubt.objects.unscoped().get(check_number=8)
    assert (doubt.since, record(doubt, doubt.witness)) == (JANUARY, "逐月参保缴费 2026年1月 本人（灵活就业） 未缴")
    assert months((unpaid, "2026-01", "灵活就业", "", "", "已缴"), (employed, "2026-01", *firm, "已缴")) == [
        "changed",
        "matched",
    ]
    assert InsuranceMonth.objects.unscoped().filter(person=unpaid, superseded=False).get().paid  # a later file counts
    assert found() == expected  # what was raised stays until people settle it


def test_what_happened_on_public_interest_posts_is_met():
    """4, 9, 11, 12, 17."""
    clerk, reviewer = staff("clerk"), staff("reviewer")
    post = a_post(clerk, number=3)
    three = [placed(clerk, placement=proposed(clerk, post=post)) for _ in range(3)]
    for placement in three:
        engine.act(clerk, PLACEMENT, placement.pk, "attend", {"month": f"{clock.today():%Y-%m}", "days": 1})
    holder, unpaid, relative = [placement.recognition.person for placement in three]
    imported(reviewer, "market_regulation", market((holder, "92220102MA0Y1A2B3U", "经营者", "存续", "2026-01-05")))
    months((unpaid, f"{clock.today():%Y-%m}", "单位职工", "顺意社区服务中心", "企业", "欠费"))
    Relative.objects.create(user=clerk, name="弟弟", relation="弟弟", id_index=relative.id_index)
    assert found() == {
        4: {holder.pk}, 11: {unpaid.pk}, 12: {holder.pk, unpaid.pk, relative.pk}, 17: {relative.pk},
    }  # fmt: skip
    struck_off(three[0].recognition, "imprisoned", reviewer)
    with moving(Recognition):  # as if it had ended before the month
        Recognition.objects.unscoped().filter(pk=three[0].recognition_id).update(ended_on="2026-01-31")
    assert found()[9] == {holder.pk}


def test_what_people_share_learn_twice_or_never_draw_is_met():
    """7, 10, 13, 14, 16, 18."""
    clerk = staff("clerk")
    one, two, three = [a_stay(clerk) for _ in range(3)]
    with_an_account(one.person, 4711)
    with_an_account(two.person, 4711)
    Person.objects.unscoped().filter(pk__in=[row.person_id for row in (one, two, three)]).update(phone_index="same")
    plan = a_plan(clerk, on_the_register())
    for number in (1, 2):
        in_class(clerk, came(), ("finish", {"passed": True, "certificate_no": f"2201-2026-00000{number}"}), plan=plan)
    learner = plan.recognition.person_id
    paid(three.person)
    learn(three, assistance_granted=True, assistance_ends_on="2025-11-30")
    long = with_an_account(somebody())
    claim = approved(long, months=range(JANUARY - 40, JANUARY - 3))
    claim.lines.update(status="paid")
    with moving(Claim):
        Claim.objects.unscoped().filter(pk=claim.pk).update(first=True, basis={"extended": False})
    find_unclaimed(clock.today())
    met = found()
    assert met[7] == {three.person_id, long.pk}
    [over] = Doubt.objects.unscoped().filter(check_number=7, person=long)
    assert (over.since, over.witness) == (JANUARY - 4, f"claim:{claim.pk}")  # the 37th of 36
    assert (met[10], met[16]) == ({one.person_id, two.person_id}, {two.person_id, three.person_id})
    assert (met[13], met[14]) == ({learner}, {learner})
    assert met[18]


def test_what_still_has_no_source_is_named_on_the_page_with_what_would_bring_it(log_in):
    """6 is met where two files were paid for one month and merged (`tests/money/test_files_put_right.py`)."""
    assert all(check.rows for check in CHECKS)
    page = log_in(staff("reviewer")).get("/desk/doubts/").content.decode()
    assert all(check.lacks in page for check in CHECKS if check.lacks)
    assert {number for number, check in BY_NUMBER.items() if check.lacks.startswith("没有数据来源")} == {10, 13, 16}
