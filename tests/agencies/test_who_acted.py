"""Who acted is kept in one way everywhere: the account, and the name as it was printed then."""

import pytest
from django.apps import apps
from django.db import models

from jiuyuan import clock
from jiuyuan.agencies.acted import PrintedName
from jiuyuan.agencies.models import User
from tests.factories import staff

#: Whose something is, not who acted.
WHOSE = {
    "agencies.Relative.user", "agencies.Token.user", "agencies.SavedFilter.user", "agencies.SecondFactor.user", "agencies.SignIn.user", "people.Person.account", "assistance.Plan.helper",
    "applications.Application.channel_account", "oversight.Misconduct.concerned",
}  # fmt: skip
#: What reads by itself, whatever becomes of the tables; whom something is for; what an account is.
BY_NAME = {
    "history.Entry.actor_name", "history.Look.actor_name",
}  # fmt: skip
OURS = [model for model in apps.get_models() if model.__module__.startswith("jiuyuan")]


def test_every_account_that_acted_stands_beside_its_name_as_printed_then():
    alone = {
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in model._meta.concrete_fields
        if field.related_model is User and not isinstance(_field(model, f"{field.name}_name"), PrintedName)
    }
    assert alone == WHOSE


def test_every_name_of_somebody_who_acted_stands_beside_the_account():
    alone = {
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in model._meta.concrete_fields
        if field.name.endswith(("by_name", "officer_name", "actor_name")) or isinstance(field, PrintedName)
        if getattr(_field(model, field.name.removesuffix("_name")), "related_model", None) is not User
    }
    assert alone == BY_NAME


def test_no_column_keeps_an_account_by_its_name_in_the_system_alone():
    """But for the record, which reads without the tables, whom a message is for, and which program asked twice."""
    usernames = {
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField) and field.max_length == User._meta.get_field("username").max_length
    }
    assert usernames == {
        "agencies.User.username", "api.IdempotentCall.caller", "history.Entry.actor", "history.Look.actor",
        "notifications.Message.recipient", "notifications.Withheld.recipient",
    }  # fmt: skip


@pytest.mark.django_db
def test_a_row_says_the_name_of_then_although_the_account_has_another_by_now():
    user = staff("supervisor", name="孙建国")
    job = apps.get_model("worker", "Job").objects.create(
        kind="figures", key="1", ordered_by=user, ordered_at=clock.now(), due_at=clock.now()
    )  # fmt: skip
    User.objects.filter(pk=user.pk).update(name="孙卫国")
    job.refresh_from_db()
    assert (job.ordered_by_name, job.ordered_by.name) == ("孙建国", "孙卫国")


def _field(model, name):
    return next((field for field in model._meta.concrete_fields if field.name == name), None)
