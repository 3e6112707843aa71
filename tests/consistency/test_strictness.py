"""That the strictness of the tests bites: a check that cannot fail is none."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from jiuyuan.agencies.models import Agency
from jiuyuan.history import services as history
from jiuyuan.history.models import Look
from tests.strict import Wrote


@login_not_required
def writes(request):
    Agency.objects.filter(code="22").update(phone="0431")
    return HttpResponse("written")


@login_not_required
def locks(request):
    list(Agency.objects.select_for_update().filter(code="22"))
    return HttpResponse("locked")


@login_not_required
def looks(request):
    history.looked(history.SYSTEM, "person:1", "个人档案", "22/")
    return HttpResponse("seen")


@login_not_required
def names_nothing(request):
    template = engines["django"].from_string("{% if known %}{{ known }}{% endif %}{{ unknown }}")
    return HttpResponse(template.render({}, request))


PAGES = (path("writes/", writes), path("locks/", locks), path("looks/", looks), path("names/", names_nothing))


@pytest.fixture
def client(client, settings, db):
    settings.ROOT_URLCONF = PAGES
    settings.MIDDLEWARE = []
    return client


def test_page_that_writes_when_looked_at_fails(client):
    with pytest.raises(Wrote, match="agencies_agency"):
        client.get("/writes/")


def test_page_that_writes_when_asked_to_may(client):
    assert client.post("/writes/").status_code == 200


def test_page_that_locks_when_looked_at_fails(client):
    from django.db import connection

    if not connection.features.has_select_for_update:
        pytest.skip("SQLite has no row locks")
    with pytest.raises(Wrote):
        client.get("/locks/")


def test_look_may_be_recorded(client):
    assert client.get("/looks/").status_code == 200
    assert Look.objects.unscoped().count() == 1


def test_template_that_names_what_it_was_not_given_fails(client):
    with pytest.raises(pytest.fail.Exception, match="unknown"):
        client.get("/names/")


def test_warning_is_an_error():
    import warnings

    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


@pytest.mark.parametrize("_", range(2))
@pytest.mark.django_db(transaction=True)
def test_offices_stand_again_after_a_test_that_commits(_):
    """The second run finds what the first one's flush took away; and the record is guarded again."""
    from django.db import DatabaseError

    assert Agency.objects.count() > 1000
    history.looked(history.SYSTEM, "person:1", "个人档案", "22/")
    with pytest.raises(DatabaseError, match="append-only"):
        Look.objects.unscoped().update(what="x")
