"""推荐介绍信 with its counterfoil: for the employer, of the vacancy as it was offered (四(二))."""

from jiuyuan.agencies.queries import place_name
from jiuyuan.assistance.models import JobOffer, Vacancy
from jiuyuan.assistance.vacancy_workflow import pay_of
from jiuyuan.printing import letters
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.wording import say


def referral_pdf(offer: JobOffer) -> bytes:
    """The letter of one offer. Raises `NotFound` where the region has none, and for an offer that was declined or not answered."""
    paper = registry.papers_of(offer.area).letters.get("referral")
    if paper is None or offer.status in (JobOffer.Status.DECLINED, JobOffer.Status.SILENT):
        raise NotFound(say("没有这份介绍信。"))
    stood, then, agency = offer.as_it_stood, offer.vacancy_then, offer.recognition.person.agency
    data = letters.ReferralData(
        letter=letters.Letterhead(
            title=say(paper.title),
            number=f"{agency.code}-{offer.offered_on:%Y}-{offer.pk:06}",
            issued_on=offer.offered_on,
            agency=agency.name,
            addressee=stood["employer"],
            officer=offer.offered_by.name,
            address=agency.address,
            phone=agency.phone,
        ),
        name=offer.recognition.person.name,
        job=then.title,
        place=then.address or place_name(then.division_id),
        pay=pay_of(then),
        time=Vacancy.Time(then.form).label,
        return_by=offer.answer_by,
    )
    return letters.render(paper.template, letters.payload(data))
