"""Schemathesis against the API's own description: whatever it allows to be sent, and whoever sends it, no 5xx."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from jiuyuan import clock
from jiuyuan.agencies.services import issue_token
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.wsgi import application
from tests import template
from tests.conftest import SHARED, TODAY
from tests.examples import THOROUGH, examples
from tests.factories import a_case, an_account, staff

pytestmark = pytest.mark.django_db

CALLERS = ("clerk", "reviewer", "applicant", "nobody")
# Thousands of boundary cases, which alone take minutes to invent and to send.
BOUNDARIES = {"phases": {"coverage": {"enabled": THOROUGH}}}
schema = schemathesis.openapi.from_wsgi(
    "/api/v1/openapi.json", application, config=schemathesis.Config.from_dict(BOUNDARIES)
)


@pytest.fixture(scope="module")
def known(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """A token for each caller, and cases that they really find: made-up numbers would end at 404.

    Committed once for all operations; each test undoes what it does to them, and the database goes back to the template.
    """
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as day:
        day.setenv(clock.VARIABLE, TODAY.isoformat())  # the notice moves it on
        clerk, reviewer, applicant = staff("clerk"), staff("reviewer"), an_account()
        cases = [
            a_case("publishing", by=applicant, clerk=clerk),
            a_case("recognised", clerk=clerk, reviewer=reviewer),
        ]
        tokens = {user.role: issue_token(user) for user in (clerk, reviewer, applicant)}
    yield {
        "tokens": tokens,
        "numbers": [*(case.number for case in cases), None],
        "keys": [cases[-1].person_id, cases[-1].recognition_id, None],
    }
    with django_db_blocker.unblock():
        template.restore(SHARED)


@pytest.fixture
def file(db: None, one_connection: None, known: dict[str, Any]) -> dict[str, Any]:
    """The same callers, numbers, keys and versions in the same order for each operation."""
    return {
        "tokens": known["tokens"],
        "callers": itertools.cycle(CALLERS),
        "numbers": itertools.cycle(known["numbers"]),
        "keys": itertools.cycle(known["keys"]),
        "versions": itertools.cycle([*range(1, 12), None]),
    }


# Whether valid data is accepted is asked in words of our own: a rule of the trade may refuse what no schema can say.
JUDGED_BY_THE_TRADE = {
    "address",
    "cursor",
    "details",
    "document",
    "evidence",
    "facts",
    "file",
    "id_number",
    "name",
    "phone",
    "platform",
    "numbers",
    "request",
    "paid_by",
    "of_finding",
    "doubt",
    "why",
    "months",
    "objection",
    "employer",
    "division",
    "post",
    "signed_on",
    "from",
    "until",
    "month",
    "agency",
    "left_on",
    "reported_on",
    "correct_by",
    "told_on",
    "category",
    "duty",
    "item",
    "occupation",
    "to",
    "hours",
    "hours_a_day",
    "weekdays",
    "seats",
    "plan",
    "on",
    "business",
    "wishes",
    "measures",
    "helper",
    "reasons",
    "limits",
    "limits_consent",
    "conditions",
    "pay_from",
    "pay_to",
    "valid_until",
    "renamed",
    "next_on",
    "source",
    "observed_on",
    "since",
    "registered_on",
}
_OF_PLACEMENTS = ("agree_again", "publish", "contract", "begin", "attend", "end", "drop")
_OF_RECOVERIES = ("intend", "speak", "hear", "decide", "serve", "pay", "correct", "urge", "to_court", "quash")
EXCLUDED = [positive_data_acceptance]


@schema.parametrize()
@settings(
    max_examples=examples(4),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_the_document_says(case: Any, file: dict[str, Any]) -> None:
    caller = next(file["callers"])
    number, key, version = next(file["numbers"]), next(file["keys"]), next(file["versions"])
    valid = case.meta.generation.mode.is_positive
    if valid and number and "number" in case.path_parameters:
        case.path_parameters["number"] = number
    if valid and key and "pk" in case.path_parameters:
        case.path_parameters["pk"] = key
    if valid and version and isinstance(case.body, dict) and "version" in case.body:
        case.body["version"] = version
    token = file["tokens"].get(caller)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = case.call(headers=headers)
    case.validate_response(response, excluded_checks=EXCLUDED, headers=headers)
    problem = response.json() if response.status_code == 422 else {}
    if valid and problem.get("code") == "field":
        refused = {error["field"].split(".")[0].rpartition("-")[2] for error in problem["errors"]}
        assert refused <= JUDGED_BY_THE_TRADE, (case.as_curl_command(), problem)


_THINGS_OF_HELP = (
    *("interviews", "plans", "measures", "vacancies", "offers", "refusals", "appointments", "courses", "enrolments"),
    *("ventures", "posts", "placements", "follow_ups"),
)


def test_every_operation_of_the_contract_is_described() -> None:
    operations = {
        f"{method.upper()} {path}"
        for path, methods in schema.raw_schema["paths"].items()
        for method in methods
        if method in ("get", "post", "put", "patch", "delete")
    }
    assert schema.raw_schema["openapi"].startswith("3.1")
    actions = {
        f"POST /api/v1/applications/{{number}}/{transition.action}" for transition in APPLICATION.of().transitions
    }
    assert operations == actions | {
        "POST /api/v1/self-check",
        "POST /api/v1/applications",
        "GET /api/v1/applications",
        "GET /api/v1/applications/{number}",
        "POST /api/v1/applications/{number}/materials",
        "POST /api/v1/applications/{number}/facts",
        "POST /api/v1/applications/{number}/disputes",
        "POST /api/v1/applications/{number}/household",
        "POST /api/v1/batches",
        "GET /api/v1/applications/{number}/form.pdf",
        "GET /api/v1/notices",
        "GET /api/v1/people",
        "GET /api/v1/people/{pk}",
        "GET /api/v1/people/{pk}/entitlements",
        "POST /api/v1/people/{pk}/claims",
        *(f"GET /api/v1/claims{one}" for one in ("", "/{pk}")),
        *(
            f"POST /api/v1/claims/{{pk}}/{act}"
            for act in (
                "submit",
                "check",
                "review",
                "send_back",
                "publish",
                "approve",
                "refuse",
                "withdraw",
                "confirm_account",
            )
        ),
        "GET /api/v1/recognitions",
        "POST /api/v1/recognitions/{pk}/end",
        "GET /api/v1/recognitions/{pk}/exit-notice.pdf",
        "GET /api/v1/recognitions/{pk}",
        "GET /api/v1/visits",
        "GET /api/v1/visits/{pk}",
        "POST /api/v1/visits/{pk}/confirm",
        "POST /api/v1/visits/{pk}/discard",
        "POST /api/v1/recognitions/{pk}/proposals",
        "POST /api/v1/recognitions/{pk}/investigations",
        "POST /api/v1/recognitions/{pk}/objections",
        "POST /api/v1/exit_objections/{pk}/settle",
        "POST /api/v1/people/{pk}/documents",
        "POST /api/v1/people/{pk}/facts",
        "GET /api/v1/plans/{pk}/matches",
        "POST /api/v1/plans/{pk}/offers",
        *(f"GET /api/v1/{things}{one}" for things in _THINGS_OF_HELP for one in ("", "/{pk}")),
        *(f"GET /api/v1/{things}{one}" for things in ("local_rules", "articles") for one in ("", "/{pk}")),
        "POST /api/v1/local_rules",
        *(
            f"POST /api/v1/local_rules/{{pk}}/{act}"
            for act in ("revise_rule", "set_limit", "leave_limit", "try_rule", "publish_rule", "withdraw_rule")
        ),
        "POST /api/v1/articles",
        *(f"POST /api/v1/articles/{{pk}}/{act}" for act in ("revise_article", "publish_article", "withdraw_article")),
        "POST /api/v1/courses",
        "POST /api/v1/courses/{pk}/enrolments",
        "POST /api/v1/plans/{pk}/ventures",
        *(
            f"POST /api/v1/courses/{{pk}}/{act}"
            for act in ("change", "open", "start", "call_off_day", "finish", "cancel")
        ),
        *(f"POST /api/v1/enrolments/{{pk}}/{act}" for act in ("attend", "finish", "drop", "note_charge", "refund")),
        *(
            f"POST /api/v1/ventures/{{pk}}/{act}"
            for act in ("advise", "train", "refer_loan", "explain", "register", "confirm_alive", "end")
        ),
        *(f"POST /api/v1/offers/{{pk}}/{action}" for action in ("answer", "applied", "taken_on", "not_taken_on")),
        *(f"POST /api/v1/refusals/{{pk}}/{action}" for action in ("tell", "respond", "count", "excuse")),
        "POST /api/v1/inspections",
        *(f"GET /api/v1/{things}{one}" for things in ("inspections", "findings") for one in ("", "/{pk}")),
        *(f"POST /api/v1/inspections/{{pk}}/{action}" for action in ("draw", "widen", "close", "drop", "cases")),
        *(f"POST /api/v1/inspected_cases/{{pk}}/{action}" for action in ("check_again", "findings")),
        *(
            f"GET /api/v1/{things}{one}"
            for things in ("doubts", "recoveries", "handovers", "misconducts")
            for one in ("", "/{pk}")
        ),
        *(f"POST /api/v1/doubts/{{pk}}/{action}" for action in ("explain", "confirm")),
        "POST /api/v1/people/{pk}/recoveries",
        "POST /api/v1/recoveries/{pk}/handovers",
        *(
            f"POST /api/v1/handovers/{{pk}}/{action}"
            for action in ("agree", "keep", "send", "receive", "answered", "contest")
        ),
        "POST /api/v1/misconducts",
        *(f"POST /api/v1/misconducts/{{pk}}/{action}" for action in ("pass_on", "conclude", "drop")),
        *(f"POST /api/v1/recoveries/{{pk}}/{action}" for action in _OF_RECOVERIES),
        *(f"POST /api/v1/findings/{{pk}}/{action}" for action in ("answer", "correct", "confirm", "close")),
        "POST /api/v1/posts",
        "POST /api/v1/posts/{pk}/placements",
        "POST /api/v1/recognitions/{pk}/appointments",
        *(f"POST /api/v1/appointments/{{pk}}/{act}" for act in ("prove", "came", "excuse_me", "stay_away", "cancel")),
        *(f"GET /api/v1/figures{one}" for one in ("", "/{code}", "/{code}/people")),
        *(f"GET /api/v1/{things}{one}" for things in ("periods", "targets") for one in ("", "/{pk}")),
        "POST /api/v1/targets",
        *(f"POST /api/v1/targets/{{pk}}/{action}" for action in ("change", "publish", "withdraw")),
        *(f"POST /api/v1/periods/{{pk}}/{action}" for action in ("approve", "send_back")),
        "GET /api/v1/duties",
        "GET /api/v1/duties/{key}",
        "POST /api/v1/recognitions/{pk}/duties",
        *(
            f"POST /api/v1/posts/{{pk}}/{action}"
            for action in ("revise", "approve", "publish", "open", "revoke_link", "close")
        ),
        *(f"POST /api/v1/placements/{{pk}}/{action}" for action in _OF_PLACEMENTS),
        *(f"POST /api/v1/recognitions/{{pk}}/{things}" for things in ("interviews", "wishes", "plans")),
        *(f"POST /api/v1/interviews/{{pk}}/{act}" for act in ("complete", "change_wishes")),
        *(
            f"POST /api/v1/plans/{{pk}}/{act}"
            for act in ("agree", "start_unsigned", "review", "replace", "hand_over", "end")
        ),
        *(f"POST /api/v1/measures/{{pk}}/{act}" for act in ("start", "finish", "drop")),
        "POST /api/v1/vacancies",
        *(
            f"POST /api/v1/vacancies/{{pk}}/{act}"
            for act in ("revise", "check", "open", "open_with_ground", "fill", "withdraw")
        ),
        *(f"POST /api/v1/{things}/{{pk}}/follow_ups" for things in ("offers", "placements", "enrolments", "ventures")),
        *(f"POST /api/v1/{things}/{{pk}}/verify_work" for things in ("offers", "placements", "ventures")),
        "POST /api/v1/follow_ups/{pk}/apply_again",
        *(f"POST /api/v1/proposals/{{pk}}/{action}" for action in ("confirm", "dismiss", "take_back")),
        *(f"{method} /api/v1/payment_batches" for method in ("GET", "POST")),
        *(f"GET /api/v1/payment_batches/{{pk}}{what}" for what in ("", "/lines", "/list.xlsx")),
        *(
            f"POST /api/v1/payment_batches/{{pk}}/{act}"
            for act in (
                "sign",
                "publish",
                "take_down",
                "send",
                "results",
                "withdraw",
                "report_return",
                "confirm_return",
            )
        ),
        *(f"POST /api/v1/investigations/{{pk}}/{act}" for act in ("find", "tell", "respond", "send_back", "decide")),
    }
