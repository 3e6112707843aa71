"""Caches URLs: `reverse` takes thirty microseconds, and a desk page has eighty links."""

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, reverse


def url_of(name: str, *args: object) -> str:
    """`reverse`, cached. Raises `NoReverseMatch`."""
    return _reversed(get_script_prefix(), name, *args) if settings.JIUYUAN.speed else reverse(name, args=args)


@lru_cache(maxsize=10_000)
def _reversed(prefix: str, name: str, *args: object) -> str:
    return str(reverse(name, args=args))
