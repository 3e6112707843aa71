"""Stories: what happens to one person, in order of time. A story yields the time of its next step.

All acts use the services, at the story's time; nothing here writes to tables.
"""

from collections import defaultdict
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications import services
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application
from jiuyuan.applications.workflow import APPLICATION, report_batch
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.invented import Invented
from jiuyuan.demonstration.papers import paper
from jiuyuan.people import services as people
from jiuyuan.procedures import engine
from jiuyuan.recognitions.workflow import PROPOSAL, RECOGNITION
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS

Story = Generator[datetime, None, None]

# The source of facts from departments that share data (一(三)); others come from papers.
_ASKED = {
    "public_security": "户籍信息核验",
    "social_insurance": "参保缴费记录查询",
    "market_regulation": "登记信息查询",
    "public_employment": "失业登记查询",
    "disabled_federation": "残疾人证核验",
    "civil_affairs": "低保待遇核验",
    "education": "学历信息核验",
}


def _source_of(name: str) -> tuple[str, str, str]:
    """The source, evidence and department for verifying a fact."""
    fact = FACTS[name]
    if fact.promised and not fact.department:
        return "commitment", "本人签字的书面承诺", ""
    knowing = [code for code in fact.known_to if code in _ASKED and fact.department in ("", code)]
    return ("shared_data", _ASKED[knowing[0]], knowing[0]) if knowing else ("document", "已核对原件", "")


@dataclass
class OfficeStaff:
    """A platform, its staff, and who decides above it."""

    platform: Agency
    clerk: User
    reviewer: User
    second_reviewer: User
    to_report: list[str] = field(default_factory=list)


@dataclass
class Telling:
    """A person's way through an office. `by`: who fills in the form; `number`: set once it is created."""

    office: OfficeStaff
    person: Invented
    days: Days
    by: User
    channel: str | None = None
    number: str = ""

    def act(self, user: User | None, action: str, **said: Any) -> Application:
        return engine.act(user, APPLICATION, self.number, action, said)

    def clerk(self, action: str, **said: Any) -> Application:
        return self.act(self.office.clerk, action, **said)

    def learn(self, facts: dict[str, Any], source: str, evidence: str, department: str = "") -> None:
        services.save(
            self.office.clerk, self.number, facts=facts, source=source, evidence=evidence, department=department
        )

    def draft(self) -> None:
        self.number = services.create(self.by, **self.person.form(), channel=self.channel).number

    def hand_in(self) -> None:
        for requirement in next(registry.policies()).materials_for(self.person.categories):
            kind = requirement.any_of[0]
            content, name = paper(kind, self.person)
            services.add_material(self.by, self.number, kind, content, name)
        if "zero_employment_family" in self.person.categories:
            spouse = {"name": self.person.name[0] + "家属", "relation": "配偶", "state": "登记失业"}
            services.save(self.by, self.number, household=[spouse])

    def submit(self) -> None:
        signed = {} if self.by.role == "clerk" else {"signature": self.person.name, "consent": True}
        self.act(self.by, "submit", **signed)

    def check(self, **found: Any) -> None:
        """Ask the departments, check the papers, take the commitment. `found`: what differs from the statements."""
        facts = dict(self.person.facts) | found
        by_source: dict[tuple[str, str, str], dict[str, Any]] = defaultdict(dict)
        for name, value in facts.items():
            by_source[_source_of(name)][name] = value
        for (source, evidence, department), values in by_source.items():
            self.learn(values, source, evidence, department)


def draft(c: Telling, start: int) -> Story:
    yield c.days.at(start)
    c.draft()


def submitted(c: Telling, start: int) -> Story:
    yield c.days.at(start, last=15.5)
    c.draft()
    c.hand_in()
    c.submit()


def corrected(c: Telling, start: int, again: int | None = None) -> Story:
    """Sent back for correction the next day; resubmitted `again` days ago, if at all."""
    yield from submitted(c, start)
    yield c.days.at(start - 1)
    c.clerk("ask_correction", missing=["户口簿首页拍得不清楚，请重拍，地址要看得清", "请补填求职意愿"])
    if again is not None:
        yield c.days.at(again)
        c.submit()


def declined(c: Telling, start: int) -> Story:
    yield from submitted(c, start)
    yield c.days.at(start - 1)
    below = Agency.objects.filter(parent=c.office.platform.parent, level=c.office.platform.level)
    right = below.exclude(pk=c.office.platform.pk).order_by("path").first()
    assert right is not None
    c.clerk("decline", ground="wrong_place", platform=right.code, reason="申请人常住地不在本街道；材料已退回。")


def accepted(c: Telling, start: int) -> Story:
    yield from submitted(c, start)
    yield c.days.at(start - 1, last=11)
    c.clerk("accept")


def checked(c: Telling, start: int) -> Story:
    yield from accepted(c, start)
    yield c.days.at(start - 1, first=11.2, last=12)
    c.check()


def contradicted(c: Telling, start: int) -> Story:
    """The business register says yes, the visit no."""
    yield from accepted(c, start)
    yield c.days.at(start - 1, first=11.2, last=12)
    c.check(business_registered=True)
    yield c.days.at(start - 2)
    c.learn({"business_registered": False}, "site_visit", "实地查看：门市已由他人经营，执照上月已注销，尚未更新")


def disputed(c: Telling, start: int) -> Story:
    """A company is registered in the person's name with a stolen identity card."""
    yield from accepted(c, start)
    yield c.days.at(start - 1, first=11.2, last=12)
    c.check(company_office_held=True)
    yield c.days.at(start - 2)
    evidence = "本人称身份证曾遗失，被他人冒名登记为公司监事；已报案，有公安机关报案回执"
    services.dispute_fact(c.office.clerk, c.number, "company_office_held", evidence)


def special(c: Telling, start: int, voices: int) -> Story:
    """Raised as a special case; so many reviewers have given an opinion."""
    yield from checked(c, start)
    yield c.days.at(start - 2)
    c.clerk(
        "raise_special_case",
        question="申请人户口正由外省迁入本市，准迁证已开、尚未落户，可否按本省户籍办理？",
        clauses=["jilin_hukou"],
    )
    reviewers = (c.office.reviewer, c.office.second_reviewer)
    grounds = ("准迁证和居住情况属实，落户只是时间问题，同意按本省户籍办理。", "经核实准迁手续齐全，同意。")
    for place, (reviewer, ground) in enumerate(zip(reviewers, grounds, strict=True)):
        if place < voices:
            yield c.days.at(start - 3 - place)
            c.act(reviewer, "settle_special_case", granted=True, ground=ground)


def published(c: Telling, start: int) -> Story:
    yield from checked(c, start)
    yield c.days.at(start - 2)
    c.clerk("first_review_pass")


def published_as_special(c: Telling, start: int) -> Story:
    yield from special(c, start, voices=2)
    yield c.days.at(start - 5)
    c.clerk("first_review_pass")


def objected(c: Telling, start: int, settled: bool | None = None) -> Story:
    """Somebody objects on the second day; upheld, dismissed, or not settled yet (None)."""
    yield from published(c, start)
    yield c.days.at(start - 3)
    if settled is None:
        said = {"ground": "他在开发区有个小吃店，天天出摊，不应该算失业。", "name": "", "contact": ""}
    else:
        said = {"ground": "听说她在亲戚的店里上班。", "name": "王先生", "contact": "13900000000"}
    c.act(None, "object", **said)
    if settled is not None:
        yield c.days.at(start - 4)
        finding = (
            "走访店铺并调阅工资表，确已上班领取工资。"
            if settled
            else "走访店铺和社区，只是偶尔帮忙，没有劳动关系和报酬。"
        )
        clauses = {}
        if settled:  # the finding is recorded first, because the refusal is based on the records
            c.learn(
                {"in_labour_relationship": True}, "shared_data", "用工备案已补登，与工资表一致", "public_employment"
            )
            clauses = {"clauses": ["employed"]}
        c.clerk("settle_objection", upheld=settled, finding=finding, **clauses)


def endorsed(c: Telling, start: int, before: Story | None = None) -> Story:
    yield from before or published(c, start)
    yield c.days.at(start - 6, last=14)
    c.clerk("endorse", opinion="经查验，材料齐全属实，公示无异议，符合认定条件，同意上报。")


def reported(c: Telling, start: int, before: Story | None = None) -> Story:
    """Endorsed, and reported in that afternoon's batch (`batches`)."""
    yield from before or endorsed(c, start)
    c.office.to_report.append(c.number)


def recognised(c: Telling, start: int, before: Story | None = None, late: int = 0) -> Story:
    yield from before or reported(c, start)
    yield c.days.at(start - 8 - late)
    reviewer = c.office.reviewer
    case = Case(Application.objects.visible_to(reviewer).select_related("person").get(number=c.number), reviewer)
    c.act(reviewer, "recognise", opinion="经复核，符合认定条件，同意认定。", category=case.verified_categories[0])


def returned(c: Telling, start: int) -> Story:
    yield from reported(c, start)
    yield c.days.at(start - 7)
    c.act(c.office.reviewer, "return", reason="解除劳动关系的日期与参保记录相差两个月，请核实后再报。")


def second_round(c: Telling, start: int) -> Story:
    yield from returned(c, start)
    yield c.days.at(start - 8)
    c.clerk("reopen", corrected="已向原单位核实，参保记录滞后两个月，补交了停保证明。")


def published_again(c: Telling, start: int) -> Story:
    yield from second_round(c, start)
    yield c.days.at(start - 9)
    c.clerk("first_review_pass")


def recognised_in_the_second_round(c: Telling, start: int) -> Story:
    again = endorsed(c, start - 7, before=published_again(c, start))
    yield from recognised(c, start - 7, before=reported(c, start - 7, before=again))


def rejected(c: Telling, start: int) -> Story:
    """The department's data differ."""
    yield from accepted(c, start)
    yield c.days.at(start - 1, first=11.2, last=12)
    c.check(insured_by_employer=True)
    yield c.days.at(start - 2)
    c.clerk("first_review_fail", clauses=["employed"], reason="停保后可以再申请。")


def rejected_after_return(c: Telling, start: int) -> Story:
    """The county asks the department again; the registration has ended meanwhile."""
    yield from reported(c, start)
    yield c.days.at(start - 7)
    c.learn({"registered_unemployed": False}, "shared_data", "失业登记已注销，原因为就业登记", "public_employment")
    c.act(
        c.office.reviewer,
        "return",
        clauses=["registered_unemployed"],
        reason="失业登记已经注销；再次失业后可以重新申请。",
    )
    yield c.days.at(start - 9)
    c.clerk("reject", told_how="电话和短信", told_on=c.days.ago(start - 9).isoformat())


def withdrawn(c: Telling, start: int) -> Story:
    yield from accepted(c, start)
    yield c.days.at(start - 2)
    content, name = paper("signed_request", c.person)
    request = services.add_material(c.office.clerk, c.number, "signed_request", content, name)
    c.clerk("withdraw", request=request.pk, reason="申请人已找到工作，当天签字书面申请撤回。")


def ended(c: Telling, start: int, ground: str, by: str, evidence: str, fact: dict[str, Any], stay: int) -> Story:
    """On the register for `stay` working days, then off it."""
    yield from recognised(c, start)
    yield c.days.at(start - 8 - stay)
    clerk, reviewer = c.office.clerk, c.office.reviewer
    application = Application.objects.visible_to(reviewer).select_related("recognition", "person").get(number=c.number)
    recognition, person = application.recognition, application.person
    assert recognition is not None
    if ground == "withdrew_or_refused":
        request = people.add_document(clerk.actor, person, "signed_request", *paper("signed_request", c.person))
        wish = {"ground": ground, "reason": evidence, "request": request.pk}
        proposal = engine.act(clerk, PROPOSAL, recognition.pk, "propose", wish)
        engine.act(reviewer, PROPOSAL, proposal.pk, "confirm", {"reason": "申请书由本人签字，已与本人核对"})
        return
    people.record_facts(clerk.actor, person, fact, source="shared_data", evidence=evidence, department=by)
    on = c.days.ago(start - 8 - stay)
    said = {"ground": ground, "on": on, "evidence": evidence}
    engine.act(reviewer, RECOGNITION, recognition.pk, "end", said)


def came_back(c: Telling, start: int) -> Story:
    """Found work, left the register, lost the work and applied again (四(三))."""
    evidence = "失业登记查询：已在超市就业，失业登记已注销"
    yield from ended(
        c, start, "registration_cancelled", "公共就业服务机构", evidence,
        {"registered_unemployed": False, "registration_cancelled": True}, stay=120,
    )  # fmt: skip
    again = start - 8 - 120 - 130
    since = c.days.ago(again + 15).isoformat()
    c.person = replace(c.person, facts={**c.person.facts, "unemployed_since": since})
    yield c.days.at(again + 1)
    rows = Application.objects.visible_to(c.office.clerk).select_related("person")
    people.record_facts(
        c.office.clerk.actor, rows.get(number=c.number).person, {"registration_cancelled": False},
        source="shared_data", department="公共就业服务机构", evidence="失业登记查询：已重新办理失业登记",
    )  # fmt: skip
    yield from recognised(c, again)


def batches(office: OfficeStaff, days: Days, first: int) -> Story:
    """Report the endorsed cases to the county each afternoon, as one batch."""
    for ago in range(first, -1, -1):
        yield days.at(ago, 17.0, 17.2)
        if office.to_report:
            report_batch(office.clerk, office.to_report)
            office.to_report.clear()
