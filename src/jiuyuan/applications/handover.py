"""Handing over when an account or an office is closed: what is open, and who takes over.

Work belongs to a post, not a person.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications.models import Application, Lead, SpecialCaseOpinion
from jiuyuan.history.services import Actor
from jiuyuan.people import offices, staff
from jiuyuan.people.models import FileChange
from jiuyuan.recognitions.models import ExitProposal, Investigation, Recognition, Visit
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say


@dataclass(frozen=True)
class Left:
    """A piece of open work: its kind, its number, and who takes over."""

    what: str
    number: str
    falls_to: str

    def __str__(self) -> str:
        return say("{what} {number}，由{falls_to}接着办", what=self.what, number=self.number, falls_to=self.falls_to)


_further: list[Callable[[User], list[Left]]] = []


def also(further: Callable[[User], list[Left]]) -> None:
    """Let an app above this one add the open work of an account."""
    _further.append(further)


def open_work(account: User) -> list[Left]:
    """What this account began or vouched for and nobody has finished, by kind, oldest first."""
    if account.agency is None:
        return []
    clerks = say("{name}的其他经办人", name=account.agency.name)
    found = []
    endorsed = Application.objects.unscoped().filter(endorsed_by=account, status__in=["endorsed", "reported"])
    for case in endorsed.select_related("agency").order_by("pk"):
        reported = case.status == "reported"
        found.append(Left(say("签署了初审意见的申请"), case.number, _county(case.agency) if reported else clerks))
    for opinion in SpecialCaseOpinion.objects.filter(reviewer=account, special_case__granted=None).select_related(
        "special_case__application__agency"
    ):
        case = opinion.special_case.application
        found.append(
            Left(
                say("已提出一个意见的特殊情况"),
                case.number,
                say("{agency}（意见照算，还要另一人）", agency=_county(case.agency)),
            )
        )
    # Older proposals have only a name, no account.
    named = Q(proposed_by=None, proposed_by_name=account.name, recognition__area__begins=account.area)
    waiting = ExitProposal.objects.unscoped().filter(status=ExitProposal.Status.OPEN)
    proposals = waiting.filter(Q(proposed_by=account) | named)
    for proposal in proposals.select_related("recognition__agency"):
        found.append(Left(say("提出的退出建议"), proposal.recognition.number, _county(proposal.recognition.agency)))
    undecided = [Investigation.Status.FOUND, Investigation.Status.TOLD]
    investigations = Investigation.objects.unscoped().filter(found_by=account, status__in=undecided)
    for investigation in investigations.select_related("recognition__agency"):
        number, county = investigation.recognition.number, _county(investigation.recognition.agency)
        found.append(Left(say("写了结论的调查"), number, county))
    visits = Visit.objects.unscoped().filter(by=account, status=Visit.Status.DRAFT).select_related("person")
    found += [Left(say("待确认的入户走访"), f"{visit.visited_on} {visit.person.name}", clerks) for visit in visits]
    changes = FileChange.objects.unscoped().filter(requested_by=account, status=FileChange.Status.REQUESTED)
    found += [
        Left(say("提出的档案更正"), change.source.name, say("{clerks}或复核人", clerks=clerks))
        for change in changes.select_related("source")
    ]
    return [*found, *(left for further in _further for left in further(account))]


def _county(agency: Agency) -> str:
    county = agency.ancestor(Agency.Level.COUNTY)
    return say("{name}的复核人", name=county.name if county else agency.name)


@transaction.atomic
def close(by: User | Actor, account: User, reason: str) -> list[Left]:
    """Close the account and return its open work, which is also recorded. Raises like `people.staff.close`."""
    left = open_work(account)
    staff.close(by, account, reason, [str(one) for one in left])
    return left


@transaction.atomic
def close_own(account: User, password: str, *, open_seen: bool = False) -> None:
    """Close an applicant's own account.

    Open applications continue without it, so they must have been seen (`open_seen`). Raises `BadInput` for
    `password` and `open_seen`.
    """
    going_on = under_way(account)
    if going_on and not open_seen:
        raise BadInput(
            say("还有事情没有办完。"), [("open_seen", say("{going_on}：请先看清上面的话，再勾选。", going_on=going_on))]
        )
    staff.close_own(account, password, going_on)


def under_way(account: User) -> list[str]:
    """What is open about the holder of an applicant's account: applications and recognition."""
    cases = Application.objects.visible_to(account).filter(finished_on=None).order_by("pk")
    stays = Recognition.objects.visible_to(account).filter(status=Recognition.Status.ACTIVE)
    return [say("正在办理的申请{number}", number=case.number) for case in cases] + [
        say("在册的认定{number}", number=stay.number) for stay in stays
    ]


def open_work_of(agency: Agency) -> list[str]:
    """What prevents an agency from being closed, by kind with numbers."""
    counted = (
        (say("份申请没有办完"), Application.objects.unscoped().filter(agency=agency, finished_on=None).count()),
        (say("人在册"), Recognition.objects.unscoped().filter(person__agency=agency, status="active").count()),
        (
            say("项调查没有办完"),
            Investigation.objects.unscoped().filter(agency=agency).exclude(status="decided").count(),
        ),
        (say("人待联系"), Lead.objects.unscoped().filter(agency=agency, status=Lead.Status.NEW).count()),
    )
    return [f"{count}{what}" for what, count in counted if count]


@transaction.atomic
def close_agency(by: User | Actor, agency: Agency, reason: str) -> Agency:
    """Close an agency without open work. Raises like `people.offices.close`."""
    return offices.close(by, agency, reason, open_work_of(agency))
