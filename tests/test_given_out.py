"""What people handed in is given out so that it can do nothing."""

from typing import Any

import pytest
from django.urls import reverse

from jiuyuan.web.given_out import SANDBOX
from tests.factories import a_case, staff

pytestmark = pytest.mark.django_db


def test_papers_are_given_out_without_origin_script_or_anything_to_load(client: Any) -> None:
    case = a_case("submitted")
    client.force_login(staff("clerk"), backend="jiuyuan.agencies.backends.WithAgency")
    paper = client.get(reverse("desk:document", args=[case.number, case.materials.first().pk]))
    form = client.get(reverse("desk:form_pdf", args=[case.number]))
    for answer, kind in ((paper, "image/jpeg"), (form, "application/pdf")):
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer["Content-Security-Policy"] == SANDBOX
        assert answer["X-Content-Type-Options"] == "nosniff"
    page = client.get(reverse("desk:home"))
    assert "sandbox" not in page["Content-Security-Policy"]
