"""A state moves inside the engine and nowhere else."""

import pytest
from django.apps import apps

from jiuyuan import loading
from jiuyuan.applications.models import Application
from jiuyuan.procedures.registry import WORKFLOWS
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
    with pytest.raises(MovedOutside):
        loading.insert(model, [model.moved_by], [])
    with pytest.raises(MovedOutside):
        loading.update(model, "id", [model.moved_by], [])
    with pytest.raises(MovedOutside):
        loading.upsert(model, "id", [model.moved_by], [])
    with moving(model):
        assert rows.none().update(**{model.moved_by: None}) == 0


@pytest.mark.parametrize("model", SUBJECTS, ids=lambda model: model.__name__)
def test_no_subject_saves_a_state_that_the_engine_did_not_set(model):
    """Nothing reaches the database: this test has none."""
    row = model.from_db("default", ["id", model.moved_by], [1, "one"])
    setattr(row, model.moved_by, "another")
    with pytest.raises(MovedOutside):
        row.save()
    with pytest.raises(MovedOutside):
        row.save(update_fields=[model.moved_by])
    with pytest.raises(MovedOutside):
        model().save()


def test_what_moves_by_a_table_is_a_subject():
    assert {workflow.model for workflow in WORKFLOWS.values()} == set(SUBJECTS)


def test_an_application_is_among_the_subjects():
    assert Application in SUBJECTS
