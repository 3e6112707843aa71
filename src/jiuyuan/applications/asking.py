"""Sends enquiries about a case to the departments whose records can affect its outcome (一(三))."""

from jiuyuan.agencies.models import User
from jiuyuan.applications.case import Case
from jiuyuan.applications.services import open_for_change
from jiuyuan.people.models import Enquiry
from jiuyuan.people.sources import enquiries
from jiuyuan.rules.departments import DEPARTMENTS
from jiuyuan.rules.facts import FACTS


def departments_of(case: Case) -> list[str]:
    """Those departments, in the order of `departments.toml`, including those without an interface."""
    wanted = {FACTS[name].department for name in case.needed}
    return [code for code in DEPARTMENTS if code in wanted]


def ask_departments(user: User, number: str) -> list[Enquiry]:
    """Queue the enquiries of an open case and return the new ones.

    Raises like `open_for_change` and `enquiries.ask`.
    """
    application = open_for_change(user, number, None)
    case = Case(application, user)
    case.needs_the_file()
    return enquiries.ask(user, application.person, departments_of(case), number)
