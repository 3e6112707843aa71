"""A person's phone, address and responsible office: changed by one act,
of which the previous phone and account are told.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.roles import Role
from jiuyuan.encryption import blind_index
from jiuyuan.history import services as history
from jiuyuan.history.models import Entry
from jiuyuan.history.services import Actor
from jiuyuan.notifications import notices
from jiuyuan.people.correspondence import tell
from jiuyuan.people.models import Person

PHONE_CHANGED = notices.declare(
    "account.phone_changed",
    "联系电话改了",
    "您的联系电话改了，以后有事找新的号码。不是您本人改的，请马上到街道（乡镇）窗口说明。",
)
_FILE_MOVED = notices.declare(
    "person.file_moved",
    "您的登记换了办理的地方",
    "您的登记换到{agency}办理，以后有事按新留的电话找您。不是您本人要求的，请马上到街道（乡镇）窗口说明。",
)
_CHANGES = ("contact_changed", "file_moved", "identity_corrected")


@transaction.atomic
def change(actor: Actor, person: Person, *, phone: str, address: str, agency: Agency) -> bool:
    """Update the phone, address (if given) and office of a file. Returns whether anything changed."""
    new = {"phone": phone, "address": address or person.address, "agency_id": agency.pk}
    changed = [field for field, value in new.items() if getattr(person, field) != value]
    if not changed:
        return False
    person.refresh_from_db(from_queryset=Person.objects.unscoped().select_for_update(of=("self",)))
    former, office, moved = person.phone, person.agency.code, "agency_id" in changed
    for field, value in new.items():
        setattr(person, field, value)
    person.phone_index, person.area = blind_index(phone), agency.path
    person.version += 1
    person.save()
    said = {"fields": changed} | ({"from": office, "to": agency.code} if moved else {})
    history.append(person.file, actor, "file_moved" if moved else "contact_changed", said, person.area)
    if moved:
        tell(person, _FILE_MOVED, {"agency": agency.name}, phone=former)
    elif "phone" in changed:
        tell(person, PHONE_CHANGED, phone=former)
    return True


def changed_by_another(person: Person) -> date | None:
    """The last day on which somebody else changed the phone or office of a file; None if never."""
    acts = Entry.objects.of(person.file).filter(action__in=_CHANGES).exclude(role=Role.APPLICANT).order_by("-seq")
    days = (timezone.localdate(act.at) for act in acts if {"phone", "agency_id"} & set(act.payload["fields"]))
    return next(days, None)
