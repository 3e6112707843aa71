"""Filling in one's own form, page by page, and signing it: each call is one page saved, or nothing of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications import services
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.people.contact import same_name
from jiuyuan.people.facts import Standing
from jiuyuan.people.models import Fact, Source
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, NotFound
from jiuyuan.rules.facts import in_order

_OWN = (Source.DECLARED, Source.COMMITMENT)


def own_answer(standing: Standing | None) -> Fact | None:
    """What the person themselves said last under a name, whatever other sources say."""
    said = [fact for fact in standing.current if fact.source in _OWN] if standing else []
    return max(said, key=lambda fact: fact.pk, default=None)


@transaction.atomic
def save_page(
    user: User,
    number: str,
    *,
    facts: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
    contact: Mapping[str, str] | None = None,
    categories: Sequence[str] | None = None,
    household: Sequence[Mapping[str, str]] | None = None,
) -> Application:
    """Save one page of the form: what it declares and what it writes in the columns. Raises as `services.update_form`."""
    application = services.update_form(
        user, number, categories=categories, details=details, contact=contact, household=household
    )
    known = {name: value for name, value in (facts or {}).items() if value is not None}
    return services.record_facts(user, number, known, source=Source.DECLARED) if known else application


def promises(case: Case) -> dict[str, Any]:
    """The person's own answers that a signature turns into a commitment, by name; those signed already are left out."""
    said = {name: own_answer(case.known.get(name)) for name in in_order("promised")}
    return {name: fact.value for name, fact in said.items() if fact and fact.source == Source.DECLARED}


@transaction.atomic
def sign_and_submit(user: User, number: str, signature: str) -> Application:
    """Sign the written commitment with one's name and hand the application in (二(一)).

    Raises `BadInput` for `signature`, else as `engine.act`.
    """
    rows = Application.objects.visible_to(user).select_related("person", "agency")
    application = rows.filter(number=number).first()
    if application is None:
        raise NotFound("没有这份申请。")
    signed = application.person.name
    if not same_name(signature, signed):
        message = f"请写上您的姓名“{application.person.name}”，和身份证上一样，就是签名。"
        raise BadInput("还没有签名。", [("signature", message)])
    today = clock.today()
    if promised := promises(Case(application, user)):
        evidence = f"书面承诺，{signed}于{today.year}年{today.month}月{today.day}日签名"
        services.record_facts(user, number, promised, source=Source.COMMITMENT, evidence=evidence)
    return engine.act(user, APPLICATION, number, "submit")
