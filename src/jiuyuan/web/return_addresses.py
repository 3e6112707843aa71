"""Reads and validates `next`, the address to return to."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

_LONGEST = 1500


def onward(request: HttpRequest, otherwise: str) -> str:
    """The path of our page named in `next`; else `otherwise`."""
    there = request.POST.get("next") or request.GET.get("next", "")
    return there if is_ours(request, there) else otherwise


def is_ours(request: HttpRequest, there: str) -> bool:
    """Whether this is the path of one of our pages and not too long for a URL."""
    if not there.startswith("/") or len(there) > _LONGEST:
        return False
    return url_has_allowed_host_and_scheme(there, {request.get_host()}, request.is_secure())
