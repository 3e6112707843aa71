"""Which pages of a form this browser has shown: what may stay empty is shown once, and not again and again."""

from collections.abc import Collection

from django.http import HttpRequest

_KEY = "shown_pages"
_MOST = 80


def shown(request: HttpRequest, number: str) -> Collection[str]:
    """The codes of the pages of one application that were shown."""
    begins = f"{number}/"
    return {page.removeprefix(begins) for page in request.session.get(_KEY, []) if page.startswith(begins)}


def show(request: HttpRequest, number: str, code: str) -> None:
    pages = request.session.get(_KEY, [])
    if (page := f"{number}/{code}") not in pages:
        request.session[_KEY] = [*pages, page][-_MOST:]
