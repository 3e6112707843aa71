"""Fixtures of stories that need no demonstration."""

from tests.journeys.on_the_phone import phone

__all__ = ["phone"]
