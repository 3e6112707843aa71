"""The writers of the register of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.encryption import blind_index
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.people import documents, id_numbers, virus_scan
from jiuyuan.people.accounts import AT_THE_WINDOW
from jiuyuan.people.contact import clean_name, clean_phone, plain_address, same_name
from jiuyuan.people.correspondence import let_go_on
from jiuyuan.people.fact_checks import too_long
from jiuyuan.people.fact_writer import record_facts, refresh_known
from jiuyuan.people.models import Document, Fact, HouseholdMember, Person, Source
from jiuyuan.people.picture_traces import without_traces
from jiuyuan.people.pinyin import initials, pinyin
from jiuyuan.refusals import BadInput, Conflict
from jiuyuan.wording import for_record, say

MOST_MEMBERS = 30


@dataclass(frozen=True, slots=True)
class Checked:
    """A person's identity and contact data, normalised."""

    name: str
    number: id_numbers.IdNumber
    phone: str
    address: str


def checked(*, name: str, id_number: str, phone: str, address: str, phone_needed: bool = True) -> Checked:
    """Check and normalise. Raises `BadInput` with every wrong field.

    Only imports of earlier registers may omit the phone.
    """
    errors: list[tuple[str, str]] = []
    cleaned: dict[str, Any] = {}
    for field, clean in (
        ("name", lambda: clean_name(name)),
        ("id_number", lambda: id_numbers.parse(id_number, clock.today())),
        ("phone", lambda: clean_phone(phone) if phone or phone_needed else ""),
    ):
        try:
            cleaned[field] = clean()
        except BadInput as refusal:
            errors += refusal.errors
    address = plain_address(address)
    if errors := [*errors, *too_long(Person, address=address)]:
        raise BadInput(say("有内容需要改正。"), errors)
    return Checked(cleaned["name"], cleaned["id_number"], cleaned["phone"], address)


@transaction.atomic
def register(
    actor: Actor, *, name: str, id_number: str, phone: str, address: str, agency: Agency, account: User | None = None
) -> Person:
    """Return the person with this ID number: the existing file unchanged, or a new one.

    Raises `BadInput` with every wrong field, also if the number is on file under another name, and `Conflict`.
    """
    said = checked(name=name, id_number=id_number, phone=phone, address=address)
    number = said.number
    rows = Person.objects.unscoped().select_for_update(of=("self",)).select_related("merged_into")
    person = rows.filter(id_index=blind_index(number.number)).first()
    if person is not None and person.merged_into is not None:
        person = person.merged_into  # this number was mistyped once
    if account and _whose(account) not in ("", blind_index(number.number)):
        message = say("与开通账号时的身份证号码不一样。请填您本人的；替家人申请，请用他们自己的账号，或到窗口办理。")
        raise BadInput(say("身份证号码与账号不符。"), [("id_number", message)])
    if account and (account.claimed_index or (person is not None and person.account_id != account.pk)):
        # Typing a number does not prove that it is one's own (docs/decisions/0003-accounts.md).
        raise Conflict(say(AT_THE_WINDOW))
    if person is None:
        return _create(actor, said.name, number, said.phone, said.address, agency, account)
    if not same_name(person.name, said.name):
        raise BadInput(
            say("姓名与登记的不一致。"),
            [
                (
                    "name",
                    say(
                        "这个身份证号码在系统中登记的是另一个姓名，请对照身份证核对姓名和号码；确实改过名的，请到窗口办理。"
                    ),
                )
            ],
        )
    return person


def _whose(account: User) -> str:
    """The blind index of the account's ID number; empty if it is not known yet."""
    if index := account.id_index or account.claimed_index:
        return index
    return Person.objects.unscoped().filter(account=account).values_list("id_index", flat=True).first() or ""


def _create(
    actor: Actor, name: str, number: id_numbers.IdNumber, phone: str, address: str, agency: Agency, account: User | None
) -> Person:
    column = pinyin(name)
    person = Person(
        name=name,
        name_pinyin=column,
        name_initials=initials(column),
        id_number=number.number,
        id_index=blind_index(number.number),
        birth_date=number.birth_date,
        sex=number.sex,
        phone=phone,
        phone_index=blind_index(phone),
        address=address,
        agency=agency,
        area=agency.path,
        account=account,
        created_at=clock.now(),
    )
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        raise Conflict(say("这个身份证号码刚刚由别人登记了，请重新打开后再办。")) from None
    history.append(person.file, actor, "person_registered", {"name": name, "agency": agency.code}, person.area)
    known: dict[str, Any] = {"birth_date": number.birth_date.isoformat(), "sex": number.sex}
    record_facts(actor, person, known, source=Source.DOCUMENT, evidence=for_record("居民身份证号码"))
    return person


@transaction.atomic
def dispute(actor: Actor, person: Person, name: str, evidence: str) -> list[Fact]:
    """Record that the person disputes the facts under a name, and why. They then count as unknown."""
    if not evidence.strip():
        raise BadInput(
            say("请写明理由。"),
            [("evidence", say("请写明为什么这条记录不对，有什么凭据，例如报案回执、解除劳动关系证明。"))],
        )
    if errors := too_long(Fact, evidence=evidence):
        raise BadInput(say("有内容需要改正。"), errors)
    current = [fact for fact in person.facts.select_for_update() if fact.name == name and fact.stands]
    if not current:
        raise BadInput(say("没有这条记录。"), [("name", say("系统中没有这一项记录，无需提出异议。"))])
    for fact in current:
        fact.disputed, fact.dispute = True, evidence.strip()
        fact.save(update_fields=["disputed", "dispute"])
    refresh_known(person)
    said = {"name": name, "evidence": evidence, "disputed": [fact.pk for fact in current]}
    history.append(person.file, actor, "fact_disputed", said, person.area)
    if name == "deceased":
        let_go_on(person)
    return current


@transaction.atomic
def add_document(actor: Actor, person: Person, kind: str, content: bytes, file_name: str, part: str = "") -> Document:
    """Store a photograph or PDF. Raises `BadInput` for the field `file`, with the reason."""
    content = documents.with_its_end(content)
    checked = documents.check(content, file_name)
    virus_scan.refuse_infected(content, file_name)
    if (clean := without_traces(content, checked.content_type)) != content:
        content, checked = clean, replace(checked, sha256=documents.digest_of(clean))
    document = Document(
        person=person,
        kind=kind,
        content_type=checked.content_type,
        pages=checked.pages,
        size=len(content),
        sha256=checked.sha256,
        stored_as=documents.store(content),
        file_name=file_name[:200],
        added_at=clock.now(),
        added_by_id=actor.account,
        added_by_name=actor.name,
        part=part,
        warnings=list(checked.warnings),
    )
    document.save(force_insert=True)
    payload = {"kind": kind, "pages": checked.pages, "sha256": checked.sha256}
    history.append(person.file, actor, "document_added", payload, person.area)
    return document


@transaction.atomic
def set_household(actor: Actor, person: Person, members: Sequence[Mapping[str, str]]) -> bool:
    """Save the household as listed on the form. Returns whether it changed. Raises `BadInput` for the member's row."""
    rows = members_of(person, members)
    before = [(m.name, m.id_number, m.relation, m.state) for m in person.household.all()]
    if before == [(m.name, m.id_number, m.relation, m.state) for m in rows]:
        return False
    person.household.all().delete()
    for row in rows:
        row.save(force_insert=True)
    payload = {"members": [{"name": m.name, "relation": m.relation, "state": m.state} for m in rows]}
    history.append(person.file, actor, "household_recorded", payload, person.area)
    return True


def members_of(person: Person, members: Sequence[Mapping[str, str]]) -> list[HouseholdMember]:
    """The household without saving it. Raises like `set_household`."""
    if len(members) > MOST_MEMBERS:
        raise BadInput(
            say("家庭成员太多。"), [("household", say("家庭成员最多{most_members}位。", most_members=MOST_MEMBERS))]
        )
    rows = []
    for place, member in enumerate(members, 1):
        number, texts = "", {"relation": member.get("relation") or "", "state": member.get("state") or ""}
        try:
            name = clean_name(member.get("name") or "")
            if errors := too_long(HouseholdMember, **texts):
                raise BadInput(say("太长。"), errors)
            if member.get("id_number"):
                number = id_numbers.parse(member["id_number"], clock.today()).number
        except BadInput as refusal:
            told = [
                (f"household-{place}-{f}", say("第{place}位家庭成员：{message}", place=place, message=message))
                for f, message in refusal.errors
            ]
            raise BadInput(say("家庭成员有误。"), told) from None
        rows.append(
            HouseholdMember(
                person=person,
                name=name,
                id_number=number or None,
                id_index=blind_index(number),
                **texts,
                recorded_at=clock.now(),
            )
        )
    return rows
