"""Schemathesis against the API's own description: whatever it allows to be sent, and whoever sends it, no 5xx."""

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from jiuyuan import clock
from jiuyuan.agencies.services import issue_token
from jiuyuan.wsgi import application
from tests import template
from tests.conftest import SHARED, TODAY
from tests.consistency.test_every_endpoint_by_role import OPERATIONS
from tests.examples import THOROUGH, examples
from tests.factories import a_case, an_account, staff

pytestmark = pytest.mark.django_db

CALLERS = ("clerk", "reviewer", "applicant", "nobody")
# Thousands of boundary cases, which alone take minutes to invent and to send.
MODES = [mode for mode in HypothesisTestMode if THOROUGH or mode is not HypothesisTestMode.COVERAGE]


@cache
def described() -> Any:
    """What the document says of the operations: read in by a worker that tries one of them, not by all to name them."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


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
    "meaning",
    "letter",
    "text",
    "office",
    "other",
    "scheme",
    "department",
}
EXCLUDED = [positive_data_acceptance]


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_every_answer_is_as_the_document_says(operation: str, file: dict[str, Any]) -> None:
    method, path = operation.split()
    assert_every_answer_holds(described()[f"/api/v1{path}"][method], file)


def assert_every_answer_holds(operation: Any, file: dict[str, Any]) -> None:
    @settings(
        max_examples=examples(4),
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answered(case: Any) -> None:
        _validate(case, file)

    config = HypothesisTestConfig(modes=MODES, project=described().config)
    create_test(operation=operation, test_func=answered, config=config)()


def _validate(case: Any, file: dict[str, Any]) -> None:
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
    declared = {one.name for one in case.operation.query}
    # As with most servers, what nobody asked for in a query is passed over.
    passed_over = [negative_data_rejection] if set(case.query or ()) - declared else []
    case.validate_response(response, excluded_checks=EXCLUDED + passed_over, headers=headers)
    problem = response.json() if response.status_code == 422 else {}
    if valid and problem.get("code") == "field":
        refused = {error["field"].split(".")[0].rpartition("-")[2] for error in problem["errors"]}
        assert refused <= JUDGED_BY_THE_TRADE, (case.as_curl_command(), problem)
