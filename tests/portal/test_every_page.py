"""Every address of the portal: who may open it, and that it works as plain HTML without scripts."""

import re

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from jiuyuan.agencies.services import issue_token
from jiuyuan.assistance.appointment_workflow import APPOINTMENT
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.oversight.recovery_workflow import RECOVERY
from jiuyuan.people.models import Person
from jiuyuan.portal import urls
from jiuyuan.procedures import engine
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.logic import reads
from tests.assistance.offers import a_counted_refusal, a_refusal, an_offer
from tests.assistance.plans import a_plan
from tests.assistance.posts import asked, placed
from tests.assistance.vacancies import a_vacancy
from tests.factories import a_case, act_on, an_account, does, staff
from tests.jobs import work
from tests.money import employers
from tests.money.claims import a_claim
from tests.oversight.articles import an_article
from tests.oversight.local_rules import published
from tests.oversight.recoveries import a_recovery
from tests.portal.test_light import MOST, weighed
from tests.procedures.specimens.appointments import said
from tests.recognitions.register import found, struck_off, told

pytestmark = pytest.mark.django_db

OF_A_VACANCY = {"employer", "job"}
PUBLIC = {
    "about",
    "rules",
    "rule",
    "schemes",
    "scheme",
    "articles",
    "article",
    "privacy",
    "selfcheck",
    "register",
    "phone_code",
    "apply",
    "notices",
    "notice",
    "post_notices",
    "payment_notices",
    "attendance",
    "employer_claim",
    "object",
    "objected",
    "confirm",
    "confirm_enter",
    "confirm_signature",
    "forgotten",
    "windows",
    *OF_A_VACANCY,
    "employer_thanks",
    "jobs",
}
OWN = {
    "who", "where", "street", "begin", "mine", "information", "entitlements", "claim_new", "claim_withdraw", "scheme_silence", "put_right", "progress", "receipt", "paper", "withdraw", "form",
    "resume", "household_add", "page", "place", "place_street", "material", "picture", "remove", "sign",
    "account", "own_password", "phone", "token_revoke", "address", "close_account", "bank_account", "bank_account_whole",
    "own_data_json", "own_data_pdf",
}  # fmt: skip
# Pages of somebody who has not applied yet, and those of them and of a case that lead on to another page.
BEFORE_A_CASE = {
    "who",
    "where",
    "street",
    "begin",
    "mine",
    "information",
    "account",
    "own_password",
    "close_account",
    "recoveries",
}
BEFORE_A_CASE_LEADS_ON = {
    "helping",
    "entitlements",
    "phone",
    "address",
    "bank_account",
    "own_data_json",
    "own_data_pdf",
}
LEADS_ON = {"where", "begin"}
OF_A_CASE_LEADS_ON = {
    "form",
    "resume",
    "place",
    "place_street",
    "street",
    "household_add",
    "page",
    "material",
    "scheme_silence",
    "remove",
    "sign",
    "token_revoke",
    "bank_account_whole",
    "stay",
    "plan_agree",
    "offer_interested",
}
AFTER_AN_EXIT = {"exit_notice", "object_to_exit", "objection_outcome"}
OF_AN_OFFER = {"offer_decline", "offer_interested", "offer_letter"}
OF_HELP = {"helping", "plan_agree", "wishes", "refusal_answer", "refusal_notice", "excuse_me", "rate"} | OF_AN_OFFER
OF_A_RECOVERY = {"recoveries", "recovery_speak", "recovery_letter"}
OF_A_STAY = AFTER_AN_EXIT | OF_HELP | {"answer_inquiry", "leave", "stay"}
OWN |= OF_A_STAY | OF_A_RECOVERY | {"claim_letter"}
POSTED = {
    "scheme_silence",
    "remove",
    "token_revoke",
    "bank_account_whole",
    "stay",
    "plan_agree",
    "offer_interested",
}


@pytest.fixture
def address(request):
    """The address of each page for one case, owned by `address.account`: on notice, or long over where it is about that."""
    account, reviewer = an_account(), staff("reviewer")
    name = request.node.callspec.params["name"]
    if name in OF_A_VACANCY:
        clerk = staff("clerk")
        vacancy = does(VACANCY, "ask_employer")(clerk, a_vacancy(clerk).pk)
        args = [vacancy.secret if name == "employer" else vacancy.pk]
        return _with(account, lambda name: reverse(f"portal:{name}", args=args))
    if name in ("rule", "article"):
        args = [(published() if name == "rule" else an_article(published=True)).pk]
        return _with(account, lambda name: reverse(f"portal:{name}", args=args))
    if name == "attendance":
        clerk = staff("clerk")
        secret = asked(clerk, placed(clerk).post).secret
        return _with(account, lambda name: reverse(f"portal:{name}", args=[secret]))
    if name == "employer_claim":
        claim = employers.asked()
        return _with(account, lambda name: reverse(f"portal:{name}", args=[claim.secret]))
    if name == "claim_letter":
        claim = a_claim("checked")
        Person.objects.unscoped().filter(pk=claim.person_id).update(account=account)
        engine.act(reviewer, CLAIM, claim.pk, "refuse", {"reason": "三月没有参保。", "clause": "财社〔2023〕181号"})
        work("make_claim_letter")
        return _with(account, lambda name: reverse(f"portal:{name}", args=[claim.pk]))
    if name in OF_A_RECOVERY:
        row = a_recovery()
        Person.objects.unscoped().filter(pk=row.person_id).update(account=account)
        engine.act(staff("reviewer"), RECOVERY, row.pk, "intend", {"speak_by": "2026-12-31"})
        args = [row.pk] if name == "recovery_speak" else []
        if name == "recovery_letter":
            work("make_recovery_letter")
            args = [row.letters.get().pk]
        return _with(account, lambda name: reverse(f"portal:{name}", args=args))
    if name in OF_A_STAY:
        recognition = a_case("recognised", by=account, reviewer=reviewer).recognition
        if name in AFTER_AN_EXIT:
            struck_off(recognition, "imprisoned", reviewer)
            if name == "objection_outcome":
                objection = act_on("object", staff("clerk"), recognition.pk, "不服。")
                act_on("settle", staff("reviewer"), objection.pk, upheld=False, finding="核实无误。")
            work("make_exit_notice")
        elif name == "answer_inquiry":
            told(found(recognition), heard=False)
        elif name == "stay":
            act_on("propose", account, recognition.pk, ground="withdrew_or_refused", reason="找到工作了")
        args = [recognition.pk]
        if name in OF_HELP:
            plan = a_plan(staff("clerk"), recognition, "draft")
            args = [plan.pk] if name == "plan_agree" else []
        if name == "excuse_me":
            args = [engine.act(staff("clerk"), APPOINTMENT, recognition.pk, "invite", said()).pk]
        if name == "rate":
            args = ["interview", recognition.interviews.get().pk]
        if name in OF_AN_OFFER | {"refusal_answer"}:
            clerk = staff("clerk")
            plan = engine.act(clerk, PLAN, plan.pk, "agree", {"how": "signed"})
            args = [(a_refusal(clerk, plan) if name == "refusal_answer" else an_offer(clerk, plan)).pk]
        if name == "refusal_notice":
            clerk = staff("clerk")
            plan = engine.act(clerk, PLAN, plan.pk, "agree", {"how": "signed"})
            args = [a_counted_refusal(clerk, reviewer, plan).pk]
        return _with(account, lambda name: reverse(f"portal:{name}", args=args))
    case = a_case("publishing", by=account, reviewer=reviewer)
    notice, material = case.notices.get(), case.materials.first()
    issue_token(account)
    arguments = {
        "token_revoke": [account.tokens.get().pk],
        "street": ["220102"],
        "scheme": ["recognition"],
        "post_notices": ["220102001"],
        "payment_notices": ["220102001"],
        "notice": [notice.pk], "object": [notice.pk], "objected": [notice.pk],
        "confirm": [case.number],
        "paper": [case.number, "form"],
        "place_street": [case.number, "220102"],
        "page": [case.number, "contact"],
        "material": [case.number, "id_card"],
        "picture": [case.number, material.pk],
        "remove": [case.number, material.pk],
    }  # fmt: skip

    arguments["claim_new"] = ["startup"]
    if name == "claim_withdraw":
        arguments[name] = [engine.act(staff("clerk"), CLAIM, case.person_id, "claim", {"scheme": "startup"}).pk]

    def of(name: str) -> str:
        try:
            return reverse(f"portal:{name}", args=arguments.get(name, []))
        except NoReverseMatch:
            return reverse(f"portal:{name}", args=[case.number])

    return _with(account, of)


def _with(account, of):
    of.account = account
    return of


def test_every_address_is_listed_here():
    assert {pattern.name for pattern in urls.urlpatterns} == PUBLIC | OWN


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_pages_open_for_everybody(client, log_in, address, name):
    owner = log_in(address.account)
    for visitor in (client, log_in(staff("clerk")), log_in(staff("auditor")), owner):
        answer = visitor.get(address(name))
        registered = name == "phone_code" or (name == "register" and visitor is owner)
        assert answer.status_code == (302 if registered else 200)


@pytest.mark.parametrize("name", sorted(OWN))
def test_ones_own_pages_ask_for_a_login_refuse_staff_and_are_not_there_for_others(client, log_in, address, name):
    def opened(visitor):
        return (visitor.post if name in POSTED else visitor.get)(address(name))

    anonymous = opened(client)
    if name in POSTED:
        assert anonymous.status_code == 401
    else:
        assert anonymous["Location"].startswith("/login/?next=")
    for role in ("clerk", "reviewer", "supervisor", "province", "auditor"):
        assert opened(log_in(staff(role))).status_code == 403
    assert opened(log_in(an_account("channel"))).status_code == 403
    stranger = opened(log_in(an_account())).status_code
    assert stranger == (302 if name in LEADS_ON | BEFORE_A_CASE_LEADS_ON else 200 if name in BEFORE_A_CASE else 404)
    own = opened(log_in(address.account)).status_code
    assert own == (302 if name in LEADS_ON | OF_A_CASE_LEADS_ON else 200)


PAPERS = {
    "paper", "picture", "own_data_json", "own_data_pdf", "exit_notice", "objection_outcome", "offer_letter", "refusal_notice",
    "claim_letter", "recovery_letter",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted((PUBLIC | OWN) - POSTED - PAPERS))
def test_a_page_needs_no_script_and_names_what_it_asks(log_in, address, name):
    answer = log_in(address.account).get(address(name), follow=True)
    html = answer.content.decode()
    assert len(re.findall(r"<h1\b", html)) == 1
    assert not re.search(r"\bon(click|change|submit)=|<a[^>]+href=\"#\"|javascript:", html)
    main = html[html.index("<main") : html.index("</main>")]
    assert "hx-" not in main, "the portal works with plain links and forms"
    assert all('width="' in image for image in re.findall(r"<img\b[^>]*>", html)), (
        "room is kept for what is still loading"
    )
    for section in re.findall(r"<section\b.*?</section>", html, flags=re.S):
        assert re.search(r"<h\d|^<section[^>]* aria-label", section), section[:200]
    sizes = weighed(Client(), answer)
    assert sum(sizes.values()) <= MOST, sizes
    for box in re.findall(r"<(?:select|textarea|input)\b[^>]*>", main):
        identity = re.search(r'\bid="([^"]+)"', box)
        if 'type="hidden"' not in box:
            assert identity, box
            if "aria-label=" not in box:
                assert f'for="{identity.group(1)}"' in main, box
    if name in ("attendance", "employer_claim", "bank_account"):  # each box here decides
        assert "（选填）" not in main


def test_every_category_is_explained_and_every_fact_has_a_page():
    rules = next(registry.policies())
    assert all(category.plain for category in rules.categories)
    asked = {name for name, fact in FACTS.items() if fact.page in set(registry.questions_of("").by_code)}
    read = {name for clause in (*rules.base, *rules.categories, *rules.exclusions) for name in reads(clause.when)}
    assert read <= asked | {name for name, fact in FACTS.items() if fact.origin}
    assert asked <= read
