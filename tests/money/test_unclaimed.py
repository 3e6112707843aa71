"""政策找人: the night finds who has a right and draws nothing; a person, their clerk and a program read the same answers."""

import pytest
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.agencies.services import issue_token
from jiuyuan.assistance.enrolment_workflow import ENROLMENT
from jiuyuan.history.models import Look
from jiuyuan.money.entitlements import of_person
from jiuyuan.money.models import SchemeNotice, UnclaimedScheme
from jiuyuan.money.nightly import find_unclaimed
from jiuyuan.money.notice_workflow import SCHEME_NOTICE, tell_found
from jiuyuan.notifications.models import Message
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import GuardNotMet
from tests.api.program import Program
from tests.assistance.courses import PASSED, TO_THE_LICENCE, a_venture, came, in_class, start_up
from tests.assistance.plans import a_plan
from tests.assistance.posts import a_stay
from tests.assistance.test_help_pages import browser, text_of
from tests.factories import OTHER_PLATFORM, a_case, an_account, an_applicant, staff
from tests.recognitions.register import learn

pytestmark = pytest.mark.django_db

HIRED = {"in_labour_relationship": True, "insured_by_employer": True}


def found():
    return set(UnclaimedScheme.objects.unscoped().values_list("recognition", "scheme"))


def _missing(stay):
    return set(next(one for one in of_person(stay.person) if one.scheme.code == "employer_insurance").missing)


def test_the_night_finds_who_has_a_right_and_draws_nothing_and_everybody_reads_the_same():
    owner = an_account()
    a_case("recognised", applicant=an_applicant(), by=owner)
    stay = Recognition.objects.unscoped().select_related("person__agency").get()
    find_unclaimed(clock.today())
    assert found() == set()
    flexible = {answer.scheme.code: answer for answer in of_person(stay.person)}["flexible_insurance"]
    assert (flexible.outcome, "flexible_registered" in flexible.missing) == ("unknown", True)
    assert not {"deceased", "imprisoned", "receives_pension"} & {
        name for one in of_person(stay.person) for name in one.missing
    }
    learn(stay, **HIRED)
    for _ in range(2):  # made anew each night
        assert find_unclaimed(clock.today()) == 1
        assert found() == {(stay.pk, "employer_insurance")}
    learn(stay, assisted_employment=True)  # on a post of before, or subsidised otherwise: nobody knows
    assert (find_unclaimed(clock.today()), _missing(stay)) == (0, {"on_public_post"})
    learn(stay, assisted_employment=False)
    find_unclaimed(clock.today())
    assert {answer.scheme.code for answer in of_person(stay.person) if answer.outcome == "may"} == {
        "employer_insurance"
    }

    clerk, stranger, person = staff("clerk"), staff("clerk", at=OTHER_PLATFORM), stay.person
    page = text_of(browser(clerk).get(reverse("desk:unclaimed")))
    assert person.name in page
    assert "用人单位社会保险补贴" in page
    assert person.name not in text_of(browser(stranger).get(reverse("desk:unclaimed")))
    assert person.name not in text_of(browser(clerk).get(reverse("desk:unclaimed"), {"scheme": "tax_relief"}))

    near = {"near": "", "scheme": "training", "platform": person.agency.code}
    assert "还差1项：是否培训合格并取得证书" in text_of(browser(clerk).get(reverse("desk:unclaimed"), near))
    for who, narrowed in ((stranger, {}), (clerk, {"scheme": "employer_insurance"})):
        assert person.name not in text_of(browser(who).get(reverse("desk:unclaimed"), {"near": ""} | narrowed))

    path = f"/people/{person.pk}/entitlements"
    answers = Program(issue_token(clerk)).get(path).json()
    hired = next(one for one in answers if one["scheme"] == "employer_insurance")
    assert (len(answers), hired["answer"], hired["months_used"], hired["months_left"]) == (8, "may", 0, 36)
    assert Look.objects.of(person.file).filter(what="可享受的政策（接口）").exists()
    assert Program(issue_token(stranger)).get(path).status_code == 404
    assert Program(issue_token(owner)).get(path).json() == answers
    assert "还不知道：是否培训合格并取得证书" in text_of(
        browser(clerk).get(reverse("desk:entitlements", args=[person.pk]))
    )
    phone = text_of(browser(owner).get(reverse("portal:entitlements")))
    assert phone.index("用人单位社会保险补贴") < phone.index("职业培训补贴") < phone.index("灵活就业社会保险补贴")
    assert "没有查到公开规定的：享受的具体条件、本省的补贴比例" in phone

    for against in ("deceased", "imprisoned", "receives_pension"):  # until a record says otherwise
        learn(stay, **{against: True})
        assert "employer_insurance" not in may(stay), against
        learn(stay, **{against: False})
        assert "employer_insurance" in may(stay)
    learn(stay, assistance_granted=True)
    assert find_unclaimed(clock.today()) == 0
    assert found() == set()


def may(stay):
    """The schemes that one person may have, which are those that the night finds."""
    answered = {answer.scheme.code for answer in of_person(stay.person) if answer.outcome == "may"}
    find_unclaimed(clock.today())
    assert {scheme for _, scheme in found()} == answered
    return answered


def test_courses_and_ventures_are_known_to_one_person_and_to_the_night_alike():
    clerk = staff("clerk")
    stay = a_stay(clerk)
    plan = a_plan(clerk, stay, measures=start_up())
    assert may(stay) == set()
    row = in_class(clerk, came(), plan=plan)
    assert may(stay) == {"training_living"}
    engine.act(clerk, ENROLMENT, row.pk, *PASSED)
    assert may(stay) == {"training"}
    a_venture(clerk, *TO_THE_LICENCE, plan=plan)
    learn(stay, business_registered=True)
    assert may(stay) == {"training", "startup_loan"}


def test_who_is_found_is_told_once_in_neutral_words_and_not_again_once_they_say_so():
    clerk, owner = staff("clerk"), an_account()
    a_case("recognised", applicant=an_applicant(), by=owner)
    stay = Recognition.objects.unscoped().select_related("person__agency").get()
    plan = a_plan(clerk, stay, measures=start_up())
    in_class(clerk, came(), plan=plan)
    assert may(stay) == {"training_living"}
    assert [tell_found(clock.today()) for _ in range(2)] == [1, 0]
    told = Message.objects.unscoped().latest("pk")
    assert "有一项服务与您有关" in told.body
    assert not [word for word in ("培训", "补贴", "困难", "认定", stay.person.name) if word in told.body + told.title]

    engine.act(owner, SCHEME_NOTICE, SchemeNotice.objects.unscoped().get().pk, "silence", {})
    a_venture(clerk, *TO_THE_LICENCE, plan=plan)
    learn(stay, business_registered=True)
    assert may(stay) == {"training_living", "startup_loan"}
    assert tell_found(clock.today()) == 0
    loan = UnclaimedScheme.objects.unscoped().get(scheme="startup_loan")
    with pytest.raises(GuardNotMet, match="不再联系"):
        engine.act(clerk, SCHEME_NOTICE, loan.pk, "tell", {})
