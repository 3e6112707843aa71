"""The client's address behind proxies, for all rate limits and locks."""

from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_here: ContextVar[str | None] = ContextVar("jiuyuan_visitor", default=None)
# Headers added by proxies: then a client on the loopback interface is the proxy, not a visitor.
_TELL_OF_A_PROXY = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")


def here() -> str | None:
    """The address of the current request; None if unknown, and for commands and system runs."""
    return _here.get()


def address_of(request: HttpRequest) -> str | None:
    """The visitor's address (the /64 for IPv6); None if only a proxy's is known."""
    header, hops = settings.JIUYUAN.address_header, settings.JIUYUAN.address_hops
    if header and (said := request.headers.get(header)):
        # Our proxies appended the last entries; the visitor may have written the earlier ones.
        entries = said.split(",")
        return _plain(entries[-hops]) if len(entries) >= hops else None
    address = _plain(request.META.get("REMOTE_ADDR", ""))
    if address is None or not ip_address(address.partition("/")[0]).is_loopback:
        return address
    in_between = header or settings.JIUYUAN.mode == "production"
    return None if in_between or any(name in request.headers for name in _TELL_OF_A_PROXY) else address


def is_this_machine(request: HttpRequest) -> bool:
    """Whether a program on this machine sends the request itself, not as a proxy."""
    names = (settings.JIUYUAN.address_header, *_TELL_OF_A_PROXY)
    address = _plain(request.META.get("REMOTE_ADDR", ""))
    if address is None or any(name and name in request.headers for name in names):
        return False
    return ip_address(address.partition("/")[0]).is_loopback


def _plain(text: str) -> str | None:
    """Normalise an address: no port, brackets or zone; IPv4-mapped IPv6 as IPv4."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(address) if address.is_loopback else str(ip_network(f"{address}/64", strict=False))
    return str(address)


class VisitorMiddleware:
    """Makes the visitor available to services (`here`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _here.set(address_of(request))
        try:
            return self.get_response(request)
        finally:
            _here.reset(token)
