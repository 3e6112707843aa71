"""Claims in a demonstration, in every state: refused, withdrawn, with an unknown term,
for a post without attendance, and by an employer's link.
"""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance import link_codes
from jiuyuan.assistance.models import Placement
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.help_given import on_the_register
from jiuyuan.demonstration.stories import OfficeStaff, Story
from jiuyuan.money.claim_workflow import CLAIM, ClaimOf
from jiuyuan.money.claims import filled_in
from jiuyuan.money.employer_claim_workflow import EMPLOYER_CLAIM, open_with
from jiuyuan.money.models import Claim
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_of, month_text

_SCHEME, _OF_A_POST, _OF_AN_EMPLOYER = "flexible_insurance", "public_post", "employer_insurance"
_EMPLOYERS = (
    ("长春市南关区吉祥物业有限公司", "91220102MA0Y12345N", "13843110000"), ("长春市南关区顺达食品有限公司", "91220102MA17RD8Q6Y", "13843110001"),
)  # fmt: skip
_GROUND = "看了养老保险缴费凭证原件和灵活就业登记表，复印件存档。"
#: How far each claim gets, in order of the claimants.
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
    """Ten people in flexible employment, and one on a post."""
    yield days.at(12)
    stays = on_the_register(office, before=days.ago(35)).filter(claims=None)
    women_first = stays.order_by("person__sex", "person__birth_date")[: len(_STATES)]
    made = [
        (claim, state)
        for stay, state in zip(women_first, _STATES, strict=False)
        if (claim := _made(office, stay.person, _SCHEME))
    ]
    if entry := stays.exclude(pk__in=[stay.pk for stay in women_first]).order_by("pk").first():
        # No money is paid: the office makes the entry in the certificate, which closes the claim.
        made.append((engine.act(office.clerk, CLAIM, entry.person.pk, "claim", {"scheme": "tax_relief"}), "approved"))
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


def an_employer_claims(office: OfficeStaff, days: Days) -> Story:
    """An employer has claimed for a recognised person and an unknown one; another was asked and has not answered."""
    yield days.at(8)
    stay = on_the_register(office, before=days.ago(35)).filter(person__claims=None).order_by("-pk").first()
    if stay is None:  # a demonstration with few people
        return
    month = month_text(month_of(clock.today()))
    asked = []
    for name, code, phone in _EMPLOYERS:
        said = {
            "employer": name, "credit_code": code, "scheme": _OF_AN_EMPLOYER, "from": month, "to": month, "phone": phone,
            "how": "按合同上的座机打过去，人事说是这个号码。",
        }  # fmt: skip
        asked.append(engine.act(office.clerk, EMPLOYER_CLAIM, None, "ask", said))
    yield days.at(5)
    link = engine.act(office.clerk, EMPLOYER_CLAIM, asked[0].pk, "renew")
    code = link_codes.make_code(link, clock.now() + timedelta(hours=1))  # as sent to the employer's phone
    mark = open_with(link.secret, code)
    handed_in = {
        "people": f"{stay.person.name} {stay.person.id_number}\n毕常青 220104197904163042", "number": "0710 1234 5678 9012",
        "holder": asked[0].employer.name, "bank": "吉林银行南关支行",
    }  # fmt: skip
    engine.act(None, EMPLOYER_CLAIM, f"{link.secret}.{mark}", "hand_in", handed_in)
    yield days.at(4)
    engine.act(office.clerk, EMPLOYER_CLAIM, asked[0].pk, "take_over")


def _made(office: OfficeStaff, person: Person, scheme: str) -> Claim | None:
    """A claim for the months filled in; None if there are none."""
    months = filled_in(person, registry.scheme(registry.region_of(person.area).code, scheme), clock.today())
    if months is None:
        return None
    said = {"scheme": scheme, **{name: month_text(month) for name, month in months.items()}}
    made: Claim = engine.act(office.clerk, CLAIM, person.pk, "claim", said)
    return made


def _each(
    user: User, made: list[tuple[Claim, str]], reach: int, action: str, said: dict[str, Any] | None = None
) -> None:
    """Perform the act on every claim that gets that far."""
    for claim, state in made:
        if _DONE.get(state, 1) >= reach:
            _go_on(user, claim, action, said or {})


def _go_on(user: User, claim: Claim, action: str, said: dict[str, Any]) -> None:
    """Perform the act if possible: an invented month may be stopped."""
    row = Claim.objects.unscoped().select_related("person").get(pk=claim.pk)
    if not engine.why_not(CLAIM, ClaimOf(row, user, row.person), action):
        engine.act(user, CLAIM, claim.pk, action, said)
