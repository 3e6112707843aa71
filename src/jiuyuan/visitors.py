"""The client's address behind the proxy: one answer for every rate limit and every lock."""

from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_here: ContextVar[str | None] = ContextVar("jiuyuan_visitor", default=None)
# One that a proxy adds, or passes on: anyone who is on the loopback then is that proxy, and no visitor.
_TELL_OF_A_PROXY = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")


def here() -> str | None:
    """The address from which the present request comes; None where it is not known, and for commands and runs."""
    return _here.get()


def address_of(request: HttpRequest) -> str | None:
    """The visitor's address, of IPv6 the /64; None where only a proxy's is known."""
    header, hops = settings.JIUYUAN.address_header, settings.JIUYUAN.address_hops
    if header and (said := request.headers.get(header)):
        # Our own proxies wrote the last ones; whatever stands before them the visitor may have written.
        entries = said.split(",")
        return _plain(entries[-hops]) if len(entries) >= hops else None
    address = _plain(request.META.get("REMOTE_ADDR", ""))
    if address is None or not ip_address(address.partition("/")[0]).is_loopback:
        return address
    in_between = header or settings.JIUYUAN.mode == "production"
    return None if in_between or any(name in request.headers for name in _TELL_OF_A_PROXY) else address


def is_this_machine(request: HttpRequest) -> bool:
    """Whether a program on this very machine asks, and no proxy for somebody else."""
    names = (settings.JIUYUAN.address_header, *_TELL_OF_A_PROXY)
    address = _plain(request.META.get("REMOTE_ADDR", ""))
    if address is None or any(name and name in request.headers for name in names):
        return False
    return ip_address(address.partition("/")[0]).is_loopback


def _plain(text: str) -> str | None:
    """An address as one of many ways to write it: without port, brackets and zone, IPv4 in IPv6 as IPv4."""
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
    """Lets services ask for the visitor (`here`) without every view passing it on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _here.set(address_of(request))
        try:
            return self.get_response(request)
        finally:
            _here.reset(token)
