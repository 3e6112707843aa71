"""People and recognitions: files, and what staff add to them."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.decorators import decorate_view
from ninja.responses import Status as Replied

from jiuyuan.api import paging, uploads
from jiuyuan.api.inputs import FactsOfPerson, RecognitionStatus
from jiuyuan.api.shapes import FactShape, PlaceShape, facts, place
from jiuyuan.api.stays import RecognitionShape, stay_in_list
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.applications.models import Application
from jiuyuan.people import facts as standing_facts
from jiuyuan.people import files
from jiuyuan.people import queries as people
from jiuyuan.people.models import Person
from jiuyuan.recognitions import queries as recognitions
from jiuyuan.recognitions.models import Recognition
from jiuyuan.wording import for_record

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
    people.looked_at_list(user, for_record("人员名单（接口）"))
    return paging.page(rows, "name_pinyin", cursor, lambda person: PersonInList(**_person(person)))


@router.get("/people/{int:pk}", response=PersonShape, summary="A person's file")
def see_person(request: HttpRequest, pk: int, unmask: bool = False) -> PersonShape:
    """Facts with their sources, applications and recognitions. `unmask=1`: whole numbers, for those whose work needs them."""
    user = user_of(request)
    person = people.opened(user, pk, for_record("人员档案（接口）"), unmask=unmask)
    cases = Application.objects.visible_to(user).filter(person=person).order_by("id")
    stays = Recognition.objects.visible_to(user).filter(person=person).select_related("person", "agency", "former")
    return PersonShape(
        **_person(person, unmask),
        address=person.address,
        facts=facts(standing_facts.standing(person.facts.all())),
        applications=[CaseOfPerson(number=c.number, status=c.status, status_label=c.state.label) for c in cases],
        recognitions=[stay_in_list(stay) for stay in stays.order_by("id")],
    )


@router.post(
    "/people/{int:pk}/documents",
    response={201: uploads.NewMaterial},
    summary="Put a paper on a person's file",
    openapi_extra=uploads.REQUIRED,
)
@decorate_view(uploads.multipart_only(lambda user, pk: files.begin(user, pk, None)))
def add_document(
    request: HttpRequest,
    pk: int,
    kind: uploads.Kind,
    part: uploads.Part,
    file: uploads.Sent,
) -> Replied[uploads.NewMaterial]:
    """JPEG, PNG, HEIC or PDF, at most 10 MiB, checked by content."""
    kept = files.keep(user_of(request), pk, **uploads.paper(kind, file, part))
    return Replied(201, uploads.taken(kept.pk, kept))


@router.post("/people/{int:pk}/facts", response=PersonShape, summary="Record facts about a person from a source")
def record_facts_of_person(request: HttpRequest, pk: int, given: FactsOfPerson) -> PersonShape:
    """`version` is that of the person."""
    user = user_of(request)
    said = given.said(lambda version: files.begin(user, pk, version))
    files.record(user, pk, said.pop("facts"), **said)
    return see_person(request, pk)


@router.get("/recognitions", response=RecognitionsPage, summary="The register")
def list_recognitions(request: HttpRequest, status: RecognitionStatus = "", cursor: str = "") -> dict[str, Any]:
    user = user_of(request)
    rows = recognitions.listed(user, status)
    people.looked_at_list(user, for_record("认定名册（接口）"))
    return paging.page(rows, "id", cursor, stay_in_list)


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
