"""Words and addresses that are remembered are those of Django."""

import pytest
from django.template import Context, engines
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from jiuyuan.speed.addresses import url_of


def test_words_are_said_in_the_language_of_each_rendering():
    """By a word that Django itself has in both."""
    template = engines["django"].from_string('{% translate "January" %}').template
    said = []
    for language in ("zh-hans", "en", "zh-hans"):
        with translation.override(language):
            said.append(template.render(Context()))
    assert said == ["一月", "January", "一月"]


def test_addresses_are_those_of_django_and_a_wrong_name_is_refused():
    assert url_of("desk:case", "220102001-2026-000001") == reverse("desk:case", args=["220102001-2026-000001"])
    with pytest.raises(NoReverseMatch):
        url_of("desk:nothing")
