"""A session is known while it lasts, and not a moment longer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiuyuan.session_store import SessionStore

pytestmark = pytest.mark.django_db


def test_what_was_kept_is_there_in_one_query_and_unknown_keys_hold_nothing(django_assert_num_queries):
    session = SessionStore()
    session["seat"] = "220102001"
    session.create()
    with django_assert_num_queries(1):
        found = SessionStore(session.session_key)
        assert found["seat"] == "220102001"
    stranger = SessionStore("x" * 32)
    assert stranger.get("seat") is None
    assert stranger.session_key is None


def test_a_session_that_ran_out_holds_nothing():
    session = SessionStore()
    session["seat"] = "220102001"
    session.create()
    session.model.objects.filter(pk=session.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    late = SessionStore(session.session_key)
    assert late.get("seat") is None
    assert late.session_key is None
