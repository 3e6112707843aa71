"""A state moves inside the engine and nowhere else."""

import pytest
from django.apps import apps

from jiuyuan.applications.models import Application
from jiuyuan.procedures.subjects import MovedOutside, Subject, moving
from tests.factories import a_case, again

SUBJECTS = [model for model in apps.get_models() if issubclass(model, Subject)]


@pytest.mark.django_db
def test_a_state_that_is_saved_outside_the_engine_raises():
    case = again(a_case("submitted"))
    case.status = "recognised"
    with pytest.raises(MovedOutside):
        case.save()
    with pytest.raises(MovedOutside):
        case.save(update_fields=["status"])
    case.save(update_fields=["sort_on"])
    assert again(case).status == "submitted"


@pytest.mark.django_db
def test_a_case_made_outside_the_engine_raises():
    case = again(a_case("submitted"))
    case.pk, case.number = None, "twin"
    with pytest.raises(MovedOutside):
        case.save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.parametrize("model", SUBJECTS, ids=lambda model: model.__name__)
def test_no_state_moves_in_bulk_outside_the_engine(model):
    rows = model.objects.unscoped()
    with pytest.raises(MovedOutside):
        rows.update(**{model.moved_by: None})
    with pytest.raises(MovedOutside):
        rows.bulk_update([], [model.moved_by])
    with pytest.raises(MovedOutside):
        rows.bulk_create([])
    with moving(model):
        assert rows.none().update(**{model.moved_by: None}) == 0


def test_an_application_is_among_the_subjects():
    assert Application in SUBJECTS
