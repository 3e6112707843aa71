"""Cached translations: Django searches seven catalogues per text, and a desk page has five hundred."""

from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext


def said(text: str) -> str:
    """`gettext`, cached if the installation has one language."""
    return _remembered(text) if len(settings.LANGUAGES) == 1 and settings.JIUYUAN.speed else gettext(text)


@lru_cache(maxsize=20_000)
def _remembered(text: str) -> str:
    return gettext(text)
