"""The pages of help, visits at home among them, in the table of every page by role, and what stands behind their addresses."""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.assistance.vacancy_workflow import VACANCY
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.money.employer_claim_workflow import EMPLOYER_CLAIM
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from tests.assistance.courses import a_course
from tests.assistance.offers import a_plan_with_vacancies, an_offer
from tests.assistance.posts import a_post, asked, placed, proposed
from tests.assistance.vacancies import a_vacancy
from tests.factories import does
from tests.money.employers import to_ask

VACANCY_TITLE = "后厨帮工"

LISTED = {
    "GET desk:visits":           "200 200 403 403 403 403 403 302 | 200 200 403 - 403 403 403 302",
    "GET desk:visits_received":  "200 200 403 403 403 403 403 302 | 200 200 403 - 403 403 403 302",
    "GET desk:visits_on_paper":  "200 403 403 403 403 403 403 302 | 200 403 403 - 403 403 403 302",
    "GET desk:visits_offline":   "200 403 403 403 403 403 403 302 | 200 403 403 - 403 403 403 302",
    "GET desk:visits_worker":    "200 403 403 403 403 403 403 302 | 200 403 403 - 403 403 403 302",
    "GET desk:visits_session":   "200 403 403 403 403 403 403 302 | 200 403 403 - 403 403 403 302",
    "POST desk:visits_take":     "200 403 403 403 403 403 403 401 | 200 403 403 - 403 403 403 401",
    "POST desk:visits_send":     "200 403 403 403 403 403 403 401 | 404 403 403 - 403 403 403 401",
    "GET desk:visit":            "200 200 403 403 403 403 403 302 | 404 404 403 - 403 403 403 302",
    "POST desk:visit_discard":   "302 403 403 403 403 403 403 401 | 404 404 403 - 403 403 403 401",
    "GET desk:visit_photo":      "200 200 403 403 403 403 403 302 | 404 404 403 - 403 403 403 302",
    "GET desk:visit_enter":      "200 403 403 403 403 403 403 302 | 404 403 403 - 403 403 403 302",
    "GET desk:today":           "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:helping":         "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:help_figures":     "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:help_workbook":    "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:help_figure_list": "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:help_act":        "200 403 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:matches":         "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:referral":        "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:refusal_notice":  "404 404 404 404 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET portal:refusal_notice": "403 403 403 403 403 404 403 302 | 403 403 403 - 403 404 403 302",
    "GET desk:vacancies":       "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:vacancy":         "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:vacancy_act":     "200 403 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:vacancies_import": "200 403 403 403 403 403 403 302 | 200 403 403 - 403 403 403 302",
    "GET desk:offer_results":  "200 403 403 403 403 403 403 302 | 200 403 403 - 403 403 403 302",
    "GET desk:vacancy_new":     "200 403 403 403 403 403 403 302 | 200 403 403 - 403 403 403 302",
    "GET desk:posts":           "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:post":            "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:post_act":        "200 200 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:post_new":        "200 403 403 403 403 403 403 302 | 200 403 403 - 403 403 403 302",
    "GET desk:post_contract":   "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:placements":      "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:entitlements":    "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:unclaimed":       "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "POST desk:unclaimed_tell": "404 404 404 404 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "POST portal:scheme_silence": "403 403 403 403 403 302 403 401 | 403 403 403 - 403 404 403 401",
    "GET desk:claims":          "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:claim":           "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:claim_act":       "200 403 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:claim_new":       "200 403 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:claim_letter":    "404 404 404 404 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET portal:claim_letter":  "403 403 403 403 403 404 403 302 | 403 403 403 - 403 404 403 302",
    "GET desk:employer_claims": "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:employer_claim":  "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:employer_claim_act": "200 403 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:employer_claim_new": "200 403 403 403 403 403 403 302 | 200 403 403 - 403 403 403 302",
    "GET portal:employer_claim": "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:claim_new":      "403 403 403 403 403 200 403 302 | 403 403 403 - 403 404 403 302",
    "GET portal:claim_withdraw": "403 403 403 403 403 404 403 302 | 403 403 403 - 403 404 403 302",
    "GET portal:entitlements":   "403 403 403 403 403 200 403 302 | 403 403 403 - 403 302 403 302",
    "GET desk:courses":        "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:course":         "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:course_act":     "200 403 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:course_new":     "200 403 403 403 403 403 403 302 | 200 403 403 - 403 403 403 302",
    "GET desk:attendance":     "200 403 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:courses_for":    "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET portal:employer":       "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:employer_thanks": "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:helping":        "403 403 403 403 403 302 403 302 | 403 403 403 - 403 302 403 302",
    "GET portal:wishes":         "403 403 403 403 403 404 403 302 | 403 403 403 - 403 404 403 302",
    "GET portal:offer_decline":  "403 403 403 403 403 404 403 302 | 403 403 403 - 403 404 403 302",
    "GET portal:offer_letter":   "403 403 403 403 403 404 403 302 | 403 403 403 - 403 404 403 302",
    "POST portal:offer_interested": "403 403 403 403 403 404 403 401 | 403 403 403 - 403 404 403 401",
    "GET portal:excuse_me":     "403 403 403 403 403 404 403 302 | 403 403 403 - 403 404 403 302",
    "GET portal:refusal_answer": "403 403 403 403 403 404 403 302 | 403 403 403 - 403 404 403 302",
    "GET portal:recoveries":     "403 403 403 403 403 200 403 302 | 403 403 403 - 403 200 403 302",
    "GET portal:recovery_letter": "403 403 403 403 403 404 403 302 | 403 403 403 - 403 404 403 302",
    "GET portal:recovery_speak": "403 403 403 403 403 404 403 302 | 403 403 403 - 403 404 403 302",
    "GET portal:rate":          "403 403 403 403 403 404 403 302 | 403 403 403 - 403 404 403 302",
    "POST portal:plan_agree":    "403 403 403 403 403 404 403 401 | 403 403 403 - 403 404 403 401",
    "GET portal:job":            "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:attendance":      "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:post_notices":   "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:jobs":           "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
}  # fmt: skip
SHOWS = {"GET desk:vacancies": "vacancy", "GET desk:today": "on the register", "GET desk:helping": "on the register"}


def arguments(clerk: User, stay: Recognition) -> dict[str, list[Any]]:
    """A vacancy of this clerk's platform, the link that its employer was given, and an offer to somebody on the register."""
    vacancy = a_vacancy(clerk)
    offer = an_offer(clerk, a_plan_with_vacancies(clerk, stay))
    placement = placed(clerk, "on_post", proposed(clerk, offer.plan, a_post(clerk)))
    post = asked(clerk, placement.post)
    course = a_course(clerk)
    claim = engine.act(clerk, CLAIM, stay.person_id, "claim", {"scheme": "startup"})
    asked_for = does(EMPLOYER_CLAIM, "ask")(clerk, None, **to_ask())
    secret = does(VACANCY, "ask_employer")(clerk, vacancy.pk).secret
    return {
        "desk:vacancy": [vacancy.pk],
        "desk:vacancy_act": [vacancy.pk, "withdraw"],
        "desk:post": [post.pk],
        "desk:post_act": [post.pk, "close"],
        "desk:post_contract": [stay.pk, placement.pk],
        "desk:matches": [stay.pk],
        "desk:entitlements": [stay.person_id],
        "desk:unclaimed_tell": [0],
        "desk:claim": [claim.pk],
        "desk:claim_act": [claim.pk, "submit"],
        "desk:claim_new": [stay.person_id],
        "desk:claim_letter": [claim.pk],
        "portal:claim_letter": [0],
        "desk:employer_claim": [asked_for.pk],
        "desk:employer_claim_act": [asked_for.pk, "withdraw"],
        "portal:employer_claim": [asked_for.secret],
        "portal:claim_new": ["startup"],
        "portal:claim_withdraw": [0],
        "desk:course": [course.pk],
        "desk:course_act": [course.pk, "cancel"],
        "desk:attendance": [course.pk],
        "desk:courses_for": [stay.pk],
        "desk:referral": [stay.pk, offer.pk],
        **{f"portal:offer_{name}": [offer.pk] for name in ("interested", "decline", "letter")},
        "portal:plan_agree": [1],
        "portal:refusal_answer": [1],
        "portal:recovery_letter": [0],
        "portal:recovery_speak": [1],
        "portal:refusal_notice": [1],
        "desk:refusal_notice": [stay.pk, 1],
        "portal:excuse_me": [1],
        "portal:rate": ["interview", stay.interviews.get().pk],
        "portal:job": [vacancy.pk],
        "portal:post_notices": ["220102001"],
        "portal:attendance": [post.secret],
        "portal:employer": [secret],
    }
