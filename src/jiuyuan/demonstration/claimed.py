"""Claims in the demonstration, in every state up to the money: one refused, one taken back, a term that nobody can tell, a post
whose month nobody reported."""

from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance.models import Placement
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.help_given import on_the_register
from jiuyuan.demonstration.stories import OfficeStaff, Story
from jiuyuan.money.claim_workflow import CLAIM, ClaimOf
from jiuyuan.money.claims import filled_in
from jiuyuan.money.models import Claim
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_text

_SCHEME, _OF_A_POST = "flexible_insurance", "public_post"
_GROUND = "看了养老保险缴费凭证原件和灵活就业登记表，复印件存档。"
#: How far each goes, the one who claims first first.
_STATES = (
    "approved",
    "published",
    "reviewed",
    "checked",
    "submitted",
    "draft",
    "refused",
    "withdrawn",
    "approved",
    "checked",
)
_DONE = {
    state: place for place, state in enumerate(("draft", "submitted", "checked", "reviewed", "published", "approved"))
}


def claims(office: OfficeStaff, days: Days) -> Story:
    """Ten who work on their own account, and somebody on a post."""
    yield days.at(12)
    stays = on_the_register(office, before=days.ago(35)).filter(claims=None)
    women_first = stays.order_by("person__sex", "person__birth_date")[: len(_STATES)]
    made = [
        (claim, state)
        for stay, state in zip(women_first, _STATES, strict=False)
        if (claim := _made(office, stay.person, _SCHEME))
    ]
    placed = Placement.objects.visible_to(office.clerk).filter(status=Placement.Status.ON_POST).order_by("pk").first()
    if placed is not None and (claim := _made(office, placed.recognition.person, _OF_A_POST)):
        made.append((claim, "checked"))
    yield days.at(11)
    _each(office.clerk, made, 1, "submit")
    yield days.at(10)
    _each(office.clerk, made, 2, "check")
    yield days.at(9)
    for claim, state in made:
        if state == "refused":
            said = {
                "reason": "查得这几个月由单位参保，不是灵活就业。",
                "clause": registry.scheme(claim.region, claim.scheme).clause,
            }
            _go_on(office.reviewer, claim, "refuse", said)
        elif state == "withdrawn":
            _go_on(office.clerk, claim, "withdraw", {"reason": "本人打电话说找到工作了，不想办了。"})
    _each(office.reviewer, made, 3, "review", {"ground": _GROUND})
    _each(office.reviewer, made, 4, "publish")
    yield days.at(2)
    _each(office.second_reviewer, made, 5, "approve")


def _made(office: OfficeStaff, person: Person, scheme: str) -> Claim | None:
    """A claim of the months that are filled in; None where there are none."""
    months = filled_in(person, registry.scheme(registry.region_of(person.area).code, scheme), clock.today())
    if months is None:
        return None
    said = {"scheme": scheme, **{name: month_text(month) for name, month in months.items()}}
    made: Claim = engine.act(office.clerk, CLAIM, person.pk, "claim", said)
    return made


def _each(
    user: User, made: list[tuple[Claim, str]], reach: int, action: str, said: dict[str, Any] | None = None
) -> None:
    """The act on every claim that goes so far."""
    for claim, state in made:
        if _DONE.get(state, 1) >= reach:
            _go_on(user, claim, action, said or {})


def _go_on(user: User, claim: Claim, action: str, said: dict[str, Any]) -> None:
    """The act, where nothing stands in its way: an invented month may have been stopped."""
    row = Claim.objects.unscoped().select_related("person").get(pk=claim.pk)
    if not engine.why_not(CLAIM, ClaimOf(row, user, row.person), action):
        engine.act(user, CLAIM, claim.pk, action, said)
