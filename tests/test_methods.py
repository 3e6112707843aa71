"""What is asked with other methods than GET and POST, of pages and of the API."""

import pytest
from django.test import Client

from jiuyuan.agencies.services import issue_token
from tests.factories import a_case, staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/", "/desk/cases/", "/login/", "/api/v1/openapi.json", "/api/v1/people", "/nothing/"]
)
def test_trace_is_refused_everywhere(path):
    refused = Client().generic("TRACE", path)
    assert refused.status_code == 405
    assert "TRACE" not in refused["Allow"]
    assert ("application/problem+json" in refused["Content-Type"]) == path.startswith("/api/")


@pytest.mark.parametrize("path", ["/", "/desk/cases/", "/login/", "/self-check/"])
def test_options_of_a_page_names_the_methods_and_gives_no_page(path):
    answer = Client().options(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("people", "GET, HEAD, OPTIONS"),
        ("applications", "GET, HEAD, OPTIONS, POST"),
        ("applications/x/accept", "OPTIONS, POST"),
        ("self-check", "OPTIONS, POST"),
        ("openapi.json", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_of_an_operation_names_its_methods_without_a_login(path, methods):
    answer = Client().options(f"/api/v1/{path}")
    assert (answer.status_code, answer.content, answer["Allow"]) == (204, b"", methods)


def test_options_of_what_is_not_there_is_404():
    assert Client().options("/nothing/").status_code == 404
    assert Client().options("/api/v1/nothing").status_code == 404


def test_the_description_of_the_api_may_be_kept_and_is_asked_after_by_its_etag():
    answer = Client().get("/api/v1/openapi.json")
    again = Client().get("/api/v1/openapi.json", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert {answer["Cache-Control"], again["Cache-Control"]} == {"public, max-age=300"}
    assert Client().post("/api/v1/openapi.json").status_code == 405


@pytest.mark.parametrize("path", ["people", "applications", "applications/{number}", "policy", "openapi.json"])
def test_head_of_an_operation_is_answered_as_get_without_the_body(path):
    """RFC 9110: who may GET may HEAD (T21)."""
    clerk = staff("clerk")
    path = f"/api/v1/{path.format(number=a_case('draft', clerk=clerk).number)}"
    headers = {"Authorization": f"Bearer {issue_token(clerk)}"}
    asked, got = (getattr(Client(), method)(path, headers=headers) for method in ("head", "get"))
    assert (asked.status_code, asked.content, got.content == b"") == (got.status_code, b"", False)
    assert asked["Content-Type"] == got["Content-Type"]
