"""People on the register, for the tests of what happens there."""

from jiuyuan.applications.models import Application
from jiuyuan.recognitions.models import Recognition
from tests.factories import a_case, an_applicant


def on_the_register(**of_whom: str) -> Recognition:
    """Somebody who was recognised act by act; the day of the test is the day after the notice."""
    case = a_case("recognised", applicant=an_applicant(**of_whom) if of_whom else None)
    recognition = Application.objects.unscoped().get(pk=case.pk).recognition
    assert recognition is not None
    return recognition
