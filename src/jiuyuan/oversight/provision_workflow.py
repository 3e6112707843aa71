"""Shared by the workflows of provisions: drafted by an office, tried, put in force by a second person,
ended with a reason.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.db import transaction

from jiuyuan.agencies.models import Agency, User
from jiuyuan.oversight.models.provision import Provision
from jiuyuan.oversight.provisions_in_force import read_again
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.table import Transition

Said = dict[str, Any]
Trial = Callable[[Any, date], list[str]]
Row = TypeVar("Row", bound=Provision)


class OfProvision(Context):
    """The context of a provision, which is locked.

    It concerns everybody below an agency, so it is nobody's own matter.
    """

    @property
    def concerned(self) -> list[Concerned]:
        return []

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        # The columns already state the contents of the draft.
        return super().payload(
            transition, {} if transition.begins or transition.effect == "write" else said, more, moved
        )


def new_draft(context: OfProvision, model: type[Row]) -> Row:
    """Create a draft of the user's office."""
    assert context.user is not None
    agency = context.user.agency
    assert agency is not None
    context.subject = row = model(agency=agency, area=agency.path)
    return row


def try_with(trial: Trial) -> Callable[[OfProvision, Said], None]:
    """The effect that stores whom a draft would affect."""

    def effect(context: OfProvision, _said: Said) -> None:
        context.subject.trial, context.subject.tried_on = trial(context.subject, context.today), context.today

    return effect


def end(context: OfProvision, said: Said) -> None:
    context.subject.reason, context.subject.ended_on = said["reason"], context.today


def known_at_once(_context: OfProvision, _said: Said) -> None:
    transaction.on_commit(read_again)


def door_to(
    model: type[Provision], hold: Callable[[Any, User | None], OfProvision], missing: str
) -> Callable[[User | None, Any, Transition], OfProvision]:
    """A door that locks the row and its office, so that an office puts provisions in force one after another."""

    def door(user: User | None, pk: Any, transition: Transition) -> OfProvision:
        if transition.begins:
            return hold(None, user)
        row = locked(in_sight(model, user).select_related("agency"), pk, missing)
        Agency.objects.select_for_update(no_key=True).get(pk=row.agency_id)
        return hold(row, user)

    return door
