"""The section 政策享受 of the 一人一册: claims, their states, and the months drawn."""

from jiuyuan.agencies.models import User
from jiuyuan.assistance import personal_file
from jiuyuan.money.models import Claim
from jiuyuan.people.models import Person
from jiuyuan.wording import say


def policies(user: User, person: Person) -> list[tuple[str, str]]:
    """Each submitted claim, by scheme, latest first."""
    rows = Claim.objects.visible_to(user).filter(person=person).exclude(status=Claim.Status.DRAFT).order_by("-pk")
    found = []
    for claim in rows:
        drawn = sum(line.live for line in claim.lines.all())
        words = say("{months}，{status}", months=claim.months, status=claim.get_status_display())
        if drawn and claim.approved_on:
            words = say("{words}，{count}个月", words=words, count=drawn)
        found.append((claim.title, words))
    return found


personal_file.policies_from(policies)
