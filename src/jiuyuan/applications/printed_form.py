"""The form of a case: its contents and its seals.

An act orders a seal with its opinion (`order_seal`), and the worker sets it after the act's transaction. Until
then the form is reported as not ready; reading it never seals.
"""

from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from jiuyuan import clock
from jiuyuan.agencies.certificates import certificate_of
from jiuyuan.agencies.queries import county_of, place_name
from jiuyuan.applications import commitment
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application, Opinion, SealedForm
from jiuyuan.applications.refusal_texts import on_the_form
from jiuyuan.people import documents, sealed_papers
from jiuyuan.people.id_numbers import sex_of
from jiuyuan.printing import form
from jiuyuan.regions import registry
from jiuyuan.regions.papers import FormOfRegion
from jiuyuan.wording import say
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind


def form_pdf(case: Case) -> bytes:
    """The form as PDF: sealed once there is an opinion, else with blank lines to fill in by hand.

    Raises `WrongState` while a seal is pending: an unsealed form would suggest that nobody has decided.
    """
    application = case.application
    if waiting := _waiting(application).first():
        raise queue.not_made_yet(say("认定表"), queue.latest(JobKind.SEAL_FORM, waiting.pk))
    if application.status not in ("accepted", "publishing") and (latest := _latest(application)):
        return documents.read(latest.stored_as)
    return form.render_form(form_data(case), _layout(case.application))


def order_seal(opinion: Opinion) -> None:
    """Order the seal of an opinion from the worker, if its act is one that is sealed."""
    application = opinion.application
    if opinion.action in _form(application).cells:
        queue.order(JobKind.SEAL_FORM, opinion.pk, about=application.number, area=application.area)


def seal_application(application: Application) -> int:
    """Set the pending seals of a case, oldest first. Returns how many."""
    return sum(1 for opinion in _waiting(application) if _seal(application, opinion))


def form_data(case: Case) -> form.FormData:
    """The contents of the form today, without opinions, which are added with their seals."""
    application, person, paper = case.application, case.person, _form(case.application)
    signed = application.signed
    titles = case.policy.titles
    known = {name: item.value for name, item in case.known.items() if item.value is not None}
    return form.FormData(
        number=application.number,
        set_on=case.today,
        confirm_url=f"{settings.JIUYUAN.base_url}/confirm/{application.number}/",
        name=person.name,
        sex=person.get_sex_display(),
        id_number=person.id_number,
        phone=case.phone,
        address=case.address,
        household=tuple(
            form.PrintedMember(
                member.name,
                sex=sex_of(member.id_number or ""),
                id_number=member.id_number or "",
                relation=member.relation,
                state=member.state,
            )
            for member in case.household
        ),
        categories=form.choices(tuple(titles.values()), *(titles[code] for code in application.categories)),
        channels=form.choices(tuple(paper.channels.values()), paper.channels[application.channel]),
        own=paper.places(application.details, known, place_name),
        commitment=tuple(signed["text"] if signed else commitment.words(case)),
        signed_by=signed["name"] if signed else "",
        agent=case.agent.name if case.agent and not signed else "",
        signed_by_agent=bool(signed and signed.get("agent")),
        declared_on=date.fromisoformat(signed["at"][:10]) if signed else application.submitted_on,
        remarks=tuple(_remarks(case)),
        notice=_notice(case),
        agencies={
            "platform": application.agency.name,
            "county": (county_of(application.agency) or application.agency).name,
        },
    )


def _waiting(application: Application) -> QuerySet[Opinion]:
    ordered = application.opinions.filter(action__in=_form(application).cells, sealedform=None)
    return ordered.select_related("agency", "decision").order_by("pk")


def _latest(application: Application, before: Opinion | None = None) -> SealedForm | None:
    """The latest sealed form, or the latest before an opinion's, whose seal another worker may have set already."""
    rows = application.sealed_forms.order_by("-opinion_id")
    found: SealedForm | None = (rows.filter(opinion_id__lt=before.pk) if before else rows).first()
    return found


def _seal(application: Application, opinion: Opinion) -> bool:
    cell, layout = _form(application).cells[opinion.action], _layout(application)
    before = None if cell.anew else _latest(application, opinion)
    if before is not None:
        pdf = documents.read(before.stored_as)
    else:
        case = Case(application, None, today=opinion.given_on)
        pdf = form.render_sealable_form(form_data(case), layout)
    words = on_the_form(opinion)
    text = words if cell.passed else ""
    said = form.PrintedOpinion(
        passed=cell.passed,
        text=text,
        reason="" if cell.passed else words,
        officer=opinion.officer_name,
        day=opinion.given_on,
        entry=_entry(application) if opinion.action == "recognise" else "",
    )
    sealed = form.seal_form(pdf, said, certificate_of(opinion.agency), layout, office=cell.office)
    kept = sealed_papers.keep(sealed, opinion.agency)
    try:
        with transaction.atomic():
            SealedForm.objects.create(
                application=application,
                opinion=opinion,
                **kept,
                sealed_at=clock.now(),
            )
    except IntegrityError:  # another worker was first, and its seal counts
        return False
    return True


def _entry(application: Application) -> str:
    titles = Case(application, None).policy.titles
    recognition = application.recognition
    return titles.get(recognition.category, recognition.category) if recognition else ""


def _remarks(case: Case) -> Iterator[form.Remark]:
    """Yield the returns and refusals of earlier rounds, which the form shows with their reasons (二(二), 二(三))."""
    names = {
        "return": say("复核退回"),
        "first_review_fail": say("初审不符合"),
        "decline": say("不予受理"),
        "reject": say("不予认定"),
    }
    for opinion in case.application.opinions.select_related("agency", "decision"):
        earlier = opinion.round < case.application.round or opinion.action == "decline"
        if opinion.action in names and earlier:
            by = f"{opinion.agency.name} {opinion.officer_name}"
            yield form.Remark(names[opinion.action], opinion.given_on, on_the_form(opinion), by)
    special = case.settled_special_case
    if special is not None and special.settled_on is not None:
        agreed = [opinion for opinion in special.opinions.all() if opinion.granted == special.granted]
        grounds = "；".join(opinion.ground for opinion in agreed)
        result = say("同意按符合条件办理") if special.granted else say("不同意按符合条件办理")
        text = f"{result}：{grounds}"
        yield form.Remark(say("特殊情况研究"), special.settled_on, text, say("县（市、区）人力资源社会保障部门"))


def _notice(case: Case) -> form.NoticePeriod | None:
    notice = case.notice
    return form.NoticePeriod(notice.posted_on, notice.ends_on, notice.result) if notice else None


def _form(application: Application) -> FormOfRegion:
    return registry.papers_of(application.area).form


def _layout(application: Application) -> form.Layout:
    """The layout of the region's form, or of the office's own templates."""
    folder = settings.JIUYUAN.data / "forms"
    return _form(application).layout(folder if folder.is_dir() else None)
