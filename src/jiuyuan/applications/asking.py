"""Asking the departments about a case: those whose records its outcome can rest on (一(三))."""

from jiuyuan.agencies.models import User
from jiuyuan.applications.case import Case
from jiuyuan.applications.services import open_for_change
from jiuyuan.people.models import Enquiry
from jiuyuan.people.sources import enquiries
from jiuyuan.rules.departments import DEPARTMENTS
from jiuyuan.rules.facts import FACTS


def departments_of(case: Case) -> list[str]:
    """In the order of the table of departments, whether or not they can be asked by an interface."""
    wanted = {FACTS[name].department for name in case.needed}
    return [code for code in DEPARTMENTS if code in wanted]


def ask_departments(user: User, number: str) -> list[Enquiry]:
    """Order the questions of an open case. Returns the new ones. Raises as `open_for_change` and `enquiries.ask`."""
    application = open_for_change(user, number, None)
    case = Case(application, user)
    case.needs_the_file()
    return enquiries.ask(user, application.person, departments_of(case), number)
