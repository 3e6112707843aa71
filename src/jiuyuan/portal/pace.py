"""Pages without a login, held to a pace: by network address, and by ID number where one is typed."""

from ipaddress import ip_address, ip_network

from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse

from jiuyuan.agencies import pace
from jiuyuan.agencies.pace import TooOften

#: Within an hour. Many people share an address (a street's window, a telephone network), few an ID number.
FROM_AN_ADDRESS = {"register": 60, "objection": 20, "confirm": 120}
OF_AN_ID_NUMBER = {"register": 10}
_CODE = "too_often"


def address_of(request: HttpRequest) -> str | None:
    """The visitor's address; None where it is not known, as behind a proxy whose header is not configured."""
    header = settings.JIUYUAN.address_header
    # The last is what our own proxy saw; whatever stands before it the visitor may have written.
    said = request.headers.get(header, "").split(",")[-1] if header else request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(said.strip())
    except ValueError:
        return None
    if address.is_loopback:
        return None
    return str(ip_network(f"{address}/64", strict=False) if address.version == 6 else address)


def count(request: HttpRequest, what: str, id_number: str = "") -> None:
    """Raises `TooOften`."""
    if id_number:
        pace.count(what, id_number, OF_AN_ID_NUMBER[what])
    if address := address_of(request):
        pace.count(what, address, FROM_AN_ADDRESS[what])


def kept(request: HttpRequest, form: forms.Form, what: str, id_number: str = "") -> bool:
    """Whether a form may go on; if not, it says when to try again, with everything typed still in it."""
    try:
        count(request, what, id_number)
    except TooOften as refusal:
        form.add_error(None, ValidationError(refusal.title, code=_CODE))
        return False
    return True


def with_status(page: HttpResponse, form: forms.Form) -> HttpResponse:
    if form.is_bound and form.has_error(NON_FIELD_ERRORS, _CODE):
        page.status_code = TooOften.status
    return page
