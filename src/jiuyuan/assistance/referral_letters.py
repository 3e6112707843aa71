"""Papers for employers: 推荐介绍信 with its counterfoil, for the vacancy as offered,
and the contract of a public post (四(二)).
"""

from jiuyuan.agencies.queries import place_name
from jiuyuan.assistance.models import JobOffer, Placement, Vacancy
from jiuyuan.assistance.vacancy_workflow import pay_of
from jiuyuan.printing import letters
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.wording import say


def referral_pdf(offer: JobOffer) -> bytes:
    """The letter of an offer. Raises `NotFound` if the region has none, or the offer was declined or not answered."""
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
            officer=offer.offered_by_name,
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
    return letters.render(paper.template, letters.payload(data), wording=paper.wording)


def contract_pdf(placement: Placement) -> bytes:
    """公益性岗位合同单 of a placement. Raises `NotFound` if the region has none, or the term is not known yet."""
    paper = registry.papers_of(placement.area).letters.get("post_contract")
    if paper is None or placement.begins_on is None or placement.until is None or placement.signed_on is None:
        raise NotFound(say("没有这份合同单。"))
    post, agency = placement.post, placement.recognition.person.agency
    data = letters.PostContractData(
        letter=letters.Letterhead(
            title=say(paper.title),
            number=f"{agency.code}-{placement.signed_on:%Y}-{placement.pk:06}",
            issued_on=placement.signed_on,
            agency=agency.name,
            addressee=post.employer.name,
            address=agency.address,
            phone=agency.phone,
        ),
        name=placement.recognition.person.name,
        job=post.title,
        duties=post.duties,
        place=post.address or place_name(post.division_id),
        time=f"{Vacancy.Time(post.form).label} {post.hours}",
        pay=say("每小时{wage}元", wage=post.wage) if post.by_the_hour else say("每月{wage}元", wage=post.wage),
        begins_on=placement.begins_on,
        until=placement.until,
        report_days=registry.region_of(placement.area).limit("post_vacancy_report_days", on=placement.begins_on),
    )
    return letters.render(paper.template, letters.payload(data), wording=paper.wording)
