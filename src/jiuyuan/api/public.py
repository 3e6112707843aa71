"""Operations without login: the self-check and public notices."""

from typing import Any

from django.http import HttpRequest
from ninja import Body, Router, Schema

from jiuyuan import clock
from jiuyuan.agencies import pace
from jiuyuan.agencies.queries import platform_for
from jiuyuan.api import paging, shapes
from jiuyuan.api.inputs import QuestionFacts
from jiuyuan.api.shapes import CaseOnNotice
from jiuyuan.applications import public
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.wording import say

router = Router(auth=None, tags=["public"])


class Answer(Schema):
    """The answer of `jiuyuan decide`."""

    id: str | None
    outcome: str
    categories: list[str]
    possible_categories: list[str]
    exclusions: list[str]
    missing: list[str]
    policy: str
    clauses: list[dict[str, Any]]


class NoticesPage(Schema):
    items: list[CaseOnNotice]
    next: str | None


@router.post("/self-check", response=Answer, summary="Can I apply? Nothing is stored")
def self_check(request: HttpRequest, given: Body[QuestionFacts]) -> dict[str, Any]:
    """The facts of one person, as `jiuyuan decide` reads them, bare or as `{"facts": …}`; `as_of` is today if left out.

    The rules are those of the place that `residence_division` names, of the home region where it names none of ours.
    """
    pace.count_unstored("self_check")
    bare = given["facts"] if isinstance(given.get("facts"), dict) and len(given) == 1 else given
    lives = bare.get("residence_division")
    agency = platform_for(lives) if isinstance(lives, str) and lives.isdigit() else None
    rules = registry.policy_of(agency.path if agency else "", clock.today())
    facts = {"as_of": clock.today().isoformat(), **bare}
    return rules.decide(rules.parse(facts)).as_json()


@router.get("/notices", response=NoticesPage, summary="What a platform has on public notice today")
def list_notices(request: HttpRequest, platform: str = "", cursor: str = "") -> dict[str, Any]:
    """By street or township; there is no list for a larger area."""
    agency = platform_for(platform)
    if agency is None:
        code, _ = registry.home().example
        message = say("请写明街道（乡镇）的区划代码，例如{code}；公示按街道（乡镇）查看。", code=code)
        raise BadInput(say("请写明查看哪里的公示。"), [("platform", message)])
    return paging.page(public.listed(agency), "id", cursor, shapes.case_on_notice)
