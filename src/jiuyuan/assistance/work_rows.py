"""The open rows of duties after somebody has found work (`duties.DUTIES`).

They ask whether the work is verified, whether the person stays on the register, and whether the work was lost.
"""

from typing import Any

from django.db.models import DateField, Exists, Min, OuterRef, Q, QuerySet, Subquery

from jiuyuan.applications.models import Application
from jiuyuan.assistance.duty import AsOf, on_the_register, stays
from jiuyuan.assistance.follow_up_workflow import BEGINS, FOLLOWED
from jiuyuan.assistance.models import FollowUp, JobOffer, Placement, Venture
from jiuyuan.assistance.work_facts import FACTS_OF_WORK
from jiuyuan.people.models import Fact, Source
from jiuyuan.recognitions.models import ExitProposal, Investigation, Recognition

_EVERY_FACT = {name for names in FACTS_OF_WORK.values() for name in names}


def offers_to_verify(asked: AsOf) -> "QuerySet[Any]":
    return _to_verify("offer", asked, Q(status=JobOffer.Status.TAKEN_ON))


def placements_to_verify(asked: AsOf) -> "QuerySet[Any]":
    return _to_verify("placement", asked, Q(status=Placement.Status.ON_POST))


def ventures_to_verify(asked: AsOf) -> "QuerySet[Any]":
    return _to_verify("venture", asked, Q(status=Venture.Status.REGISTERED))


def _to_verify(column: str, asked: AsOf, which: Q) -> "QuerySet[Any]":
    """Recognitions with work not verified by any source since it began."""
    began, [name, *_] = BEGINS[column], FACTS_OF_WORK[column]
    said = _standing().filter(name=name, person=OuterRef("recognition__person"), observed_on__gte=OuterRef(began))
    rows: QuerySet[Any] = FOLLOWED[column].objects.visible_to(asked.user)
    rows = rows.filter(
        which, on_the_register(asked.day, "recognition__"), ~Exists(said), **{f"{began}__lte": asked.day}
    )
    return rows


def _standing() -> "QuerySet[Any]":
    """Standing facts that somebody works, from a source other than the person."""
    facts = Fact.objects.unscoped().filter(name__in=_EVERY_FACT, value=True, superseded_by=None, withdrawn_at=None)
    return facts.exclude(source__in=[Source.DECLARED, Source.COMMITMENT]).order_by()


def to_ask_whether_they_stay(asked: AsOf) -> "QuerySet[Any]":
    """Recognitions with verified work since `since`, not looked into and without a proposed exit since then.

    Public-interest posts are assistance themselves and raise no question.
    """
    works = _standing().exclude(name="assisted_employment").filter(person=OuterRef("person_id"))
    of_the_person = {"recognition__person": OuterRef("person")}
    looked = Investigation.objects.unscoped().filter(opened_on__gte=OuterRef("observed_on"), **of_the_person)
    proposed = ExitProposal.objects.unscoped().filter(found_on__gte=OuterRef("observed_on"), **of_the_person)
    unasked = works.filter(~Exists(looked), ~Exists(proposed))
    first = unasked.values("person").annotate(first=Min("observed_on")).values("first")
    helped = Q(Exists(JobOffer.objects.unscoped().filter(recognition=OuterRef("pk"), status=JobOffer.Status.TAKEN_ON)))
    helped |= Q(Exists(Venture.objects.unscoped().filter(recognition=OuterRef("pk"), registered_on__isnull=False)))
    on_a_post = _standing().filter(name="assisted_employment", person=OuterRef("person_id"))
    rows = stays(asked).filter(helped, ~Exists(on_a_post))
    return rows.annotate(since=Subquery(first, output_field=DateField())).filter(since__isnull=False)


def to_apply_again(asked: AsOf) -> "QuerySet[Any]":
    """People who lost work after leaving the register, without a new application since."""
    over = ("rejected", "withdrawn", "declined", "recognised")
    of_the_person = {"person": OuterRef("recognition__person")}
    going_on = Application.objects.unscoped().filter(**of_the_person).exclude(status__in=over)
    back = Recognition.objects.unscoped().filter(status=Recognition.Status.ACTIVE, **of_the_person)
    rows: QuerySet[Any] = FollowUp.objects.visible_to(asked.user)
    rows = rows.filter(
        status=FollowUp.Status.LOST, on__lte=asked.day, application=None, recognition__status=Recognition.Status.ENDED
    )
    return rows.filter(~Exists(going_on), ~Exists(back))
