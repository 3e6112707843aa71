"""A vacancy is offered only as it really is: written down, checked, open while it is valid, confirmed by its employer."""

from collections import Counter
from datetime import timedelta

import pytest

from jiuyuan import clock
from jiuyuan.assistance import nightly, queries, replay
from jiuyuan.assistance.models import Employer, EmployerLink, Vacancy
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.history.models import Entry
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, NotFound, WrongState
from tests.assistance.vacancies import CREDIT_CODE, OTHER_CODE, a_vacancy, said
from tests.factories import OTHER_PLATFORM, does, move_to, staff

pytestmark = pytest.mark.django_db

create, revise = does(VACANCY, "create"), does(VACANCY, "revise")
check, open_it, withdraw = does(VACANCY, "check", "how"), does(VACANCY, "open"), does(VACANCY, "withdraw", "reason")
open_with_ground = does(VACANCY, "open_with_ground", "ground")
ask_employer, answer = does(VACANCY, "ask_employer"), does(VACANCY, "answer_by_employer", "answer")


def refused(act, *args, **more):
    with pytest.raises(BadInput) as no:
        act(*args, **more)
    return dict(no.value.errors)


def test_vacancy_is_checked_before_it_is_open_and_stands_in_the_record():
    clerk = staff("clerk")
    vacancy = create(clerk, None, **said())
    with pytest.raises(WrongState):
        open_it(clerk, vacancy.pk)
    check(clerk, vacancy.pk, "打电话问过。")
    assert open_it(clerk, vacancy.pk).status == "open"
    acts = Entry.objects.unscoped().filter(file=f"vacancy:{vacancy.pk}").order_by("seq")
    assert [entry.action for entry in acts] == ["vacancy_created", "vacancy_checked", "vacancy_opened"]


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"employer": {"name": "某店", "credit_code": CREDIT_CODE[:-1] + "X"}}, "employer", "校验码"),
        ({"employer": {"name": "某店", "credit_code": CREDIT_CODE[:-1]}}, "employer", "现在是17位"),
        ({"employer": {"name": "", "credit_code": CREDIT_CODE}}, "employer", "单位名称"),
        ({"employer": "某店"}, "employer", "单位名称"),
        ({"pay_from": 3000, "pay_to": 2600}, "pay_to", "不能低于下限"),
        ({"pay_from": None}, "pay_from", "下限也写上"),
        ({"number": 0}, "number", "大于0的整数"),
        ({"number": 2.5}, "number", "大于0的整数"),
        ({"valid_until": "2026-02-30"}, "valid_until", "2026-03-02"),
        ({"valid_until": "2020-01-01"}, "valid_until", "晚于今天"),
        ({"division": "海淀区"}, "division", "县（市、区）"),
        ({"division": "999999"}, "division", "县（市、区）"),
        ({"occupation": "打杂"}, "occupation", "职业分类大典"),
        ({"insurance": ["pension", "dental"]}, "insurance", "pension（养老）"),
        ({"form": "nights"}, "form", "full（全日制）"),
    ],
)
def test_wrong_content_is_named_with_how_to_put_it_right_and_nothing_is_kept(changes, field, told):
    assert told in refused(create, staff("clerk"), None, **said(**changes))[field]
    assert not Vacancy.objects.unscoped().exists()
    assert not Employer.objects.exists()


def test_credit_code_on_file_under_another_name_is_told_until_the_employer_is_said_to_be_renamed():
    clerk = staff("clerk")
    a_vacancy(clerk)
    other = said(employer={"name": "长春市吉顺餐饮有限公司", "credit_code": CREDIT_CODE}, title="洗碗工")
    assert "顺意餐饮" in refused(create, clerk, None, **other)["employer"]
    assert create(clerk, None, renamed=True, **other).employer.name == "长春市吉顺餐饮有限公司"
    assert Employer.objects.count() == 1


def test_nobody_renames_an_employer_on_vacancies_that_another_office_shows():
    a_vacancy(staff("clerk"))
    other = said(employer={"name": "停办了，请打13900000000", "credit_code": CREDIT_CODE}, title="洗碗工")
    assert (
        "由它核实后登记" in refused(create, staff("clerk", at=OTHER_PLATFORM), None, renamed=True, **other)["renamed"]
    )
    assert Employer.objects.get().name == said()["employer"]["name"]


def test_what_ran_out_yesterday_is_shown_to_nobody_before_the_night_either():
    a_vacancy(staff("clerk"), valid_until=clock.today() + timedelta(days=1))
    assert queries.open_to_all().count() == 1
    move_to(clock.today() + timedelta(days=2))
    assert queries.open_to_all().count() == 0


def test_what_the_law_wants_in_a_vacancy_is_asked_before_it_is_checked():
    clerk = staff("clerk")
    vacancy = create(clerk, None, **said(tasks="", conditions="", address="", pay_from=None, pay_to=None))
    with pytest.raises(GuardNotMet, match="招聘条件、工作内容、工作地点、报酬") as no:
        check(clerk, vacancy.pk, "打电话问过。")
    assert no.value.code == "incomplete"


def test_pay_below_the_minimum_wage_of_its_place_is_not_opened_and_by_the_hour_another_wage_counts():
    clerk = staff("clerk")
    vacancy = a_vacancy(clerk, "checked", pay_from=900, pay_to=None)
    with pytest.raises(GuardNotMet, match="最低工资标准") as no:
        open_it(clerk, vacancy.pk)
    assert no.value.code == "below_minimum_wage"
    part = a_vacancy(clerk, "checked", title="小时工", form="part", pay_from=22, pay_to=None)
    assert open_it(clerk, part.pk).status == "open"


def test_discriminating_words_stop_the_clerk_and_a_reviewer_may_open_with_a_written_ground():
    clerk, reviewer = staff("clerk"), staff("reviewer")
    vacancy = a_vacancy(clerk, "checked", conditions="限女性，45岁以下")
    with pytest.raises(GuardNotMet, match="“限女性”（性别）") as no:
        open_it(clerk, vacancy.pk)
    assert no.value.code == "discriminating_words"
    with pytest.raises(NotForRole):
        open_with_ground(clerk, vacancy.pk, "单位要求。")
    assert "ground" in refused(open_with_ground, reviewer, vacancy.pk)
    opened = open_with_ground(reviewer, vacancy.pk, "女浴室搓澡，按行业惯例由女性从事。")
    assert (opened.status, opened.ground) == ("open", "女浴室搓澡，按行业惯例由女性从事。")


def test_age_limit_is_shown_and_not_forbidden():
    assert a_vacancy(staff("clerk"), conditions="18至50岁，男女不限").status == "open"


def test_same_post_of_an_employer_at_a_place_is_open_once():
    clerk, neighbour = staff("clerk"), staff("clerk", at=OTHER_PLATFORM)
    first = a_vacancy(clerk)
    twin = create(neighbour, None, **said())
    with pytest.raises(WrongState, match=f"岗位{first.pk}"):
        check(neighbour, twin.pk, "打电话问过。")
    withdraw(clerk, first.pk, "单位不招了。")
    assert check(neighbour, twin.pk, "打电话问过。").status == "checked"


def test_change_is_checked_again_before_it_is_open():
    clerk = staff("clerk")
    vacancy = a_vacancy(clerk)
    assert revise(clerk, vacancy.pk, **said(pay_from=2700)).status == "draft"
    assert Vacancy.objects.unscoped().get().pay_from == 2700


def test_vacancy_of_another_area_is_not_there_for_a_clerk():
    vacancy = a_vacancy(staff("clerk"))
    with pytest.raises(NotFound):
        withdraw(staff("clerk", at=OTHER_PLATFORM), vacancy.pk, "不招了。")


def test_vacancy_is_over_the_day_after_its_last_and_may_be_renewed():
    clerk = staff("clerk")
    vacancy = a_vacancy(clerk, valid_until=clock.today() + timedelta(days=1))
    nightly.expire_vacancies(clock.today() + timedelta(days=1))
    assert Vacancy.objects.unscoped().get().status == "open"
    move_to(clock.today() + timedelta(days=2))
    nightly.expire_vacancies(clock.today())
    assert Vacancy.objects.unscoped().get().status == "expired"
    assert (
        Entry.objects.unscoped().filter(file=vacancy.file, action="vacancy_expired").get().actor_name == "系统夜间核查"
    )
    assert revise(clerk, vacancy.pk, **said()).status == "draft"


class TestAnEmployerAnswersByALink:
    @pytest.fixture
    def asked(self):
        clerk = staff("clerk")
        vacancy = a_vacancy(clerk)
        return clerk, vacancy, ask_employer(clerk, vacancy.pk).secret

    def test_that_it_still_holds(self, asked):
        _, vacancy, secret = asked
        answered = answer(None, secret, "confirm")
        assert (answered.status, answered.confirmed_on) == ("open", clock.today())
        entry = Entry.objects.unscoped().filter(file=vacancy.file, action="vacancy_answered").get()
        assert entry.payload["answer"] == "confirm"

    def test_not_that_it_holds_for_more_people_than_the_office_has_seen(self, asked):
        _, vacancy, secret = asked
        with pytest.raises(BadInput):
            answer(None, secret, "confirm", number=vacancy.number + 1)
        assert answer(None, secret, "confirm", number=1).number == 1

    def test_once(self, asked):
        _, _, secret = asked
        answer(None, secret, "confirm")
        with pytest.raises(NotFound, match="已经用过"):
            answer(None, secret, "close")
        assert Vacancy.objects.unscoped().get().status == "open"

    def test_within_eight_days(self, asked):
        _, _, secret = asked
        move_to(clock.today() + timedelta(days=8))
        assert answer(None, secret, "confirm").confirmed_on == clock.today()

    def test_and_no_longer(self, asked):
        _, _, secret = asked
        move_to(clock.today() + timedelta(days=9))
        with pytest.raises(NotFound, match="过期"):
            answer(None, secret, "confirm")

    def test_by_the_newest_link_alone(self, asked):
        clerk, vacancy, secret = asked
        again = ask_employer(clerk, vacancy.pk).secret
        with pytest.raises(NotFound):
            answer(None, secret, "confirm")
        assert answer(None, again, "confirm").status == "open"

    def test_that_it_is_over(self, asked):
        _, _, secret = asked
        closed = answer(None, secret, "close")
        assert (closed.status, closed.reason) == ("withdrawn", "单位答复：不招了")

    def test_with_another_number_and_day(self, asked):
        _, _, secret = asked
        until = clock.today() + timedelta(days=60)
        answered = answer(None, secret, "correct", number=5, valid_until=until)
        assert (answered.number, answered.valid_until, answered.status) == (5, until, "open")

    def test_with_other_words_which_the_clerk_checks_first(self, asked):
        _, _, secret = asked
        answered = answer(None, secret, "correct", change="工资改为每月2300元。")
        assert (answered.status, answered.employer_said) == ("draft", "工资改为每月2300元。")

    def test_and_says_what_is_to_be_corrected(self, asked):
        assert "change" in refused(answer, None, asked[2], "correct")

    def test_of_which_only_a_digest_is_kept(self, asked):
        _, vacancy, secret = asked
        assert secret not in str(list(EmployerLink.objects.values()))
        assert all(secret not in str(entry.payload) for entry in Entry.objects.unscoped().filter(file=vacancy.file))

    def test_never_by_one_that_was_guessed(self, asked):
        with pytest.raises(NotFound):
            answer(None, "guess", "close")


def test_places_of_a_vacancy_are_never_oversold():
    vacancy = a_vacancy(staff("clerk"), number=1)
    assert vacancy.left == 1
    with pytest.raises(engine.BadInput):
        revise(staff("clerk"), vacancy.pk, **said(number=0))


def test_another_employer_may_have_the_same_post():
    clerk = staff("clerk")
    a_vacancy(clerk)
    other = a_vacancy(clerk, employer={"name": "长春市宽城区鸿运饭店", "credit_code": OTHER_CODE})
    assert other.status == "open"


def test_version_that_somebody_else_changed_is_told():
    clerk = staff("clerk")
    vacancy = a_vacancy(clerk)
    stale = vacancy.version - 1
    with pytest.raises(engine.OlderVersion):
        engine.act(clerk, VACANCY, vacancy.pk, "withdraw", {"reason": "不招了。"}, version=stale)


def test_record_replayed_is_what_the_tables_hold_and_a_row_that_was_changed_is_named():
    clerk = staff("clerk")
    vacancy = a_vacancy(clerk)
    ask_employer(clerk, vacancy.pk)
    answer(None, ask_employer(clerk, vacancy.pk).secret, "correct", number=3)
    a_vacancy(clerk, title="洗碗工")
    assert list(replay.verify_state(lambda done: None, Counter())) == []
    Vacancy.objects.unscoped().filter(pk=vacancy.pk).update(pay_from=900)
    [fault] = replay.verify_state(lambda done: None, Counter())
    assert "报酬下限" in fault
