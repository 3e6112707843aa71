"""The register of people, and who is on it and who has left."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from jiuyuan.api import paging, papers
from jiuyuan.api.inputs import End, RecognitionStatus
from jiuyuan.api.shapes import FactShape, PlaceShape, facts, place
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.applications.models import Application, Status
from jiuyuan.people import facts as standing_facts
from jiuyuan.people import queries as people
from jiuyuan.people.models import Person
from jiuyuan.recognitions import queries as recognitions
from jiuyuan.recognitions import services
from jiuyuan.recognitions.letters import exit_notice_pdf
from jiuyuan.recognitions.models import Recognition

router = Router(auth=Bearer(), tags=["people"])


class PersonInList(Schema):
    id: int
    name: str
    sex: str
    birth_date: date
    id_number: str
    phone: str
    platform: PlaceShape
    version: int


class RecognitionShape(Schema):
    id: int
    number: str
    status: str
    status_label: str
    version: int
    person: int
    name: str
    id_number: str
    category: str
    agency: PlaceShape
    recognised_on: date
    recognised_by: str
    carried_over: bool
    former: str | None
    ground: str
    ended_on: date | None
    evidence: str
    ended_by: str


class CaseOfPerson(Schema):
    number: str
    status: str
    status_label: str


class PersonShape(PersonInList):
    address: str
    facts: list[FactShape]
    applications: list[CaseOfPerson]
    recognitions: list[RecognitionShape]


class PeoplePage(Schema):
    items: list[PersonInList]
    next: str | None


class RecognitionsPage(Schema):
    items: list[RecognitionShape]
    next: str | None


@router.get("/people", response=PeoplePage, summary="Look people up")
def list_people(request: HttpRequest, q: str = "", cursor: str = "") -> dict[str, Any]:
    """`q`: a whole ID number, a whole telephone number, or the beginning of a name."""
    user = user_of(request)
    rows = people.listed(user, q)
    people.looked_at_list(user, "人员名单（接口）")
    return paging.page(rows, "name_pinyin", cursor, lambda person: PersonInList(**_person(person)))


@router.get("/people/{int:pk}", response=PersonShape, summary="A person's file")
def see_person(request: HttpRequest, pk: int, unmask: bool = False) -> PersonShape:
    """Facts with their sources, applications and recognitions. `unmask=1`: whole numbers, for those whose work needs them."""
    user = user_of(request)
    person = people.opened(user, pk, "人员档案（接口）", unmask=unmask)
    cases = Application.objects.visible_to(user).filter(person=person).order_by("id")
    stays = Recognition.objects.visible_to(user).filter(person=person).select_related("person", "agency", "former")
    return PersonShape(
        **_person(person, unmask),
        address=person.address,
        facts=facts(standing_facts.standing(person.facts.all())),
        applications=[
            CaseOfPerson(number=c.number, status=c.status, status_label=Status(c.status).label) for c in cases
        ],
        recognitions=[_recognition(stay) for stay in stays.order_by("id")],
    )


@router.get("/recognitions", response=RecognitionsPage, summary="The register")
def list_recognitions(request: HttpRequest, status: RecognitionStatus = "", cursor: str = "") -> dict[str, Any]:
    user = user_of(request)
    rows = recognitions.listed(user, status)
    people.looked_at_list(user, "认定名册（接口）")
    return paging.page(rows, "id", cursor, _recognition)


@router.post("/recognitions/{int:pk}/end", response=RecognitionShape, summary="End a recognition (三)")
def end_recognition(request: HttpRequest, pk: int, given: End) -> RecognitionShape:
    ended = services.end(
        user_of(request), pk, version=given.version, ground=given.ground, on=given.on, evidence=given.evidence
    )
    return _recognition(ended)


@router.get(
    "/recognitions/{int:pk}/exit-notice.pdf", summary="The notice of an exit, sealed (三)", openapi_extra=papers.ANSWER
)
def print_exit_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Ground, fact, source, day and how to object. 404 while the recognition is active."""
    found = recognitions.seen(user_of(request), pk, "退出告知书（接口）")
    return papers.answer(request, exit_notice_pdf(found), found.number)


def _person(person: Person, unmask: bool = False) -> dict[str, Any]:
    return {
        "id": person.pk,
        "name": person.name,
        "sex": person.sex,
        "birth_date": person.birth_date,
        "id_number": person.id_number if unmask else person.masked_id_number,
        "phone": person.phone if unmask else person.masked_phone,
        "platform": place(person.agency),
        "version": person.version,
    }


def _recognition(stay: Recognition) -> RecognitionShape:
    return RecognitionShape(
        id=stay.pk,
        number=stay.number,
        status=stay.status,
        status_label=Recognition.Status(stay.status).label,
        version=stay.version,
        person=stay.person_id,
        name=stay.person.name,
        id_number=stay.person.masked_id_number,
        category=stay.category,
        agency=place(stay.agency),
        recognised_on=stay.recognised_on,
        recognised_by=stay.recognised_by_name,
        carried_over=stay.carried_over,
        former=stay.former.number if stay.former else None,
        ground=stay.ground,
        ended_on=stay.ended_on,
        evidence=stay.evidence,
        ended_by=stay.ended_by_name,
    )
