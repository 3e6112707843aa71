"""The letters of a case as PDF: receipt, correction, refusal, and the notice for the board.

With the `letter` that an act ordered they leave room for its seal (`papers`).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.conf import settings

from jiuyuan import clock, masking
from jiuyuan.agencies.models import Agency
from jiuyuan.applications import refusal_texts
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Letter, PublicNotice
from jiuyuan.people.models import Source
from jiuyuan.printing import letters
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.rules import facts as rule_facts
from jiuyuan.wording import say

OBJECTION = (
    "认为结果不对的，可以持本告知书和凭据，到办理平台当面提出；",
    "也可以向上一级人力资源社会保障部门反映，或依法申请行政复议、提起行政诉讼。",
)

# What somebody can do whose application was not accepted, by its ground.
_REMEDIES = {
    "wrong_place": "带同样的材料，向{name}申请。",
    "already_open": "已有的那份申请或认定继续有效，有变化的，到办理它的平台说明。",
    "identity_not_proven": "带本人居民身份证到窗口，或由本人用自己的账号重新申请。",
    "not_completed": "把缺少的材料补齐后，可以重新申请。",
}


def receipt_pdf(case: Case, letter: Letter | None = None) -> bytes:
    """受理通知书 (二(四)). Raises `NotFound` before the case is accepted."""
    application = case.application
    if application.accepted_on is None or application.due_on is None or application.submitted_on is None:
        raise NotFound(say("受理之后才有受理通知书。"))
    titles = case.policy.titles
    return _render(
        case,
        "receipt",
        letters.ReceiptData(
            letter=_letterhead(case, "receipt"),
            form_number=application.number,
            masked_id=case.person.masked_id_number,
            applied_on=application.submitted_on,
            accepted_on=application.accepted_on,
            due_on=application.due_on,
            provisional=application.due_state == "provisional",
            limit_days=case.place.limit("recognition_working_days", on=application.accepted_on),
            notice_days=case.place.limit_if_any("notice_working_days", on=application.accepted_on),
            categories=tuple(titles[code] for code in application.categories),
            materials=tuple(registry.materials()[material.kind] for material in case.materials),
        ),
        sealable=letter is not None,
    )


def correction_pdf(case: Case, letter: Letter | None = None) -> bytes:
    """补正告知书: everything at once (二(二)). Raises `NotFound` where nothing is to be corrected."""
    missing, until = case.application.corrections, case.application.correct_by
    if letter:
        missing, until = letter.said["items"], _day(letter.said["until"])
    if not missing:
        raise NotFound(say("这份申请没有需要补正的内容。"))
    items = tuple(
        letters.CorrectionItem(text, say("办理认定必需"), say("改正或补交后，在原申请上重新提交")) for text in missing
    )
    return _render(
        case,
        "correction",
        letters.CorrectionData(
            letter=_letterhead(case, "correction"),
            form_number=case.application.number,
            items=items,
            until=until,
        ),
        sealable=letter is not None,
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def rejection_pdf(case: Case, letter: Letter | None = None) -> bytes:
    """不予认定告知书: clause, fact, value, source and what would change it. Raises `NotFound` where nothing was refused."""
    grounds = tuple(_grounds(case))
    if case.application.status not in ("rejected", "declined") or not grounds:
        raise NotFound(say("这份申请没有不予认定的结果。"))
    name = "declined" if case.application.status == "declined" else "rejected"
    return _render(
        case,
        name,
        letters.RejectionData(
            letter=_letterhead(case, name),
            form_number=case.application.number,
            grounds=grounds,
            objection=tuple(say(way) for way in OBJECTION),
        ),
        sealable=letter is not None,
    )


def notice_board_pdf(agency: Agency, notices: Iterable[PublicNotice]) -> bytes:
    """The notice for the board outside, masked as on the public page (二(二)). One period a sheet: notices that run together."""
    running = list(notices)
    if not running:
        raise NotFound(say("现在没有正在公示的申请。"))
    people = [notice.application.person for notice in running]
    paper = registry.papers_of(agency.path).letter("public_notice")
    return letters.render(
        paper.template,
        letters.PublicNoticeData(
            letter=letters.Letterhead(
                title=say(paper.title),
                document=registry.document_of(running[0].application.policy),
                number=f"{agency.code}-{clock.today():%Y%m%d}",
                issued_on=running[0].posted_on,
                agency=agency.name,
                phone=agency.phone,
                address=agency.address,
                url=f"{settings.JIUYUAN.base_url}/notices/?platform={agency.code}",
            ),
            begins_on=min(notice.posted_on for notice in running),
            ends_on=max(notice.ends_on for notice in running),
            entries=tuple(
                letters.NoticeEntry(p.name, p.get_sex_display(), masking.id_number(p.id_number)) for p in people
            ),
        ),
    )


def _render(case: Case, name: str, data: letters.LetterData, *, sealable: bool) -> bytes:
    return letters.render(registry.papers_of(case.application.area).letter(name).template, data, sealable=sealable)


def _letterhead(case: Case, name: str) -> letters.Letterhead:
    application = case.application
    return letters.Letterhead(
        title=say(registry.papers_of(application.area).letter(name).title),
        document=registry.document_of(application.policy),
        number=application.number,
        issued_on=case.today,
        agency=application.agency.name,
        addressee=case.person.name,
        address=application.agency.address,
        phone=application.agency.phone,
        url=f"{settings.JIUYUAN.base_url}/confirm/{application.number}/",
    )


_CHANGES = "情况有变化，或这条记录与事实不符并有凭据的，可以重新申请或提出异议。"


def _grounds(case: Case) -> Iterator[letters.Ground]:
    """What the decision was stored with; of one from before clauses were stored, what the rules answered or was written."""
    procedure = WORKFLOWS["application"].of(case.region)
    refusing = {t.action for t in procedure.transitions if any(procedure.by_state[s].refused for s in t.targets)}
    opinion = next((o for o in reversed(case.opinions) if o.action in refusing), None)
    refusal = opinion.decision.refusal if opinion and opinion.decision else {}
    if clauses := refusal.get("clauses"):
        yield from map(_clause, clauses)
        return
    if opinion and refusal.get("ground"):
        yield letters.Ground(
            clause=say("二(二)"),
            clause_text=say("受理"),
            fact=refusal_texts.ground({"ground": refusal["ground"]}),
            value=opinion.text,
            source=f"{opinion.agency.name} {opinion.officer_name}",
            source_day=opinion.given_on,
            remedy=say(_REMEDIES[refusal["ground"]], **refusal.get("platform", {})),
        )
        return
    yield from _grounds_before(case)


def _clause(clause: dict[str, Any]) -> letters.Ground:
    facts = refusal_texts.behind(clause)
    if not facts:  # a special case: what two reviewers of the county found
        day = date.fromisoformat(clause["settled_on"]) if "settled_on" in clause else None
        source = say("县（市、区）人力资源社会保障部门研究")
        return letters.Ground(
            clause=clause["clause"], clause_text=clause["title"], fact=clause["title"], value=clause["reason"],
            source=source, source_day=day, remedy=say(_CHANGES),
        )  # fmt: skip
    sources = dict.fromkeys(say("{source}，{day:date}", source=fact.source, day=fact.day) for fact in facts)
    return letters.Ground(
        clause=clause["clause"],
        clause_text=clause["title"],
        fact="、".join(fact.label for fact in facts),
        value="；".join(f"{fact.label}：{fact.value}" for fact in facts) + f"。{clause['reason']}",
        source="；".join(sources),
        source_day=None,
        remedy=say(_CHANGES),
    )


def _grounds_before(case: Case) -> Iterator[letters.Ground]:
    """Of a refusal that named no clause: what the rules answered against the person, else what the officer wrote."""
    stored = case.application.decisions.last()
    against, titles = [], dict[str, str]()
    if stored is not None:
        answer, rules = stored.answer, registry.policy(stored.policy)
        titles = {clause.code: clause.title for clause in rules.clauses}
        codes = {clause.code for clause in rules.base}
        against = [c for c in answer["clauses"] if c["code"] in codes and c["status"] is False]
        against += [c for c in answer["clauses"] if c["code"] in answer["exclusions"]]
        against = against or [
            c for c in answer["clauses"] if c["code"] in case.application.categories and not c["status"]
        ]
    for clause in against:
        names = [name for name in clause["facts"] if name in case.known]
        best = case.known[names[0]].best if names else None
        yield letters.Ground(
            clause=clause["clause"],
            clause_text=titles[clause["code"]],
            fact="、".join(rule_facts.fact_label(name) for name in clause["facts"]),
            value=clause["reason"],
            source=Source(best.source).label if best else say("申请材料"),
            source_day=best.observed_on if best else None,
            remedy=say("情况有变化，或这条记录与事实不符并有凭据的，可以重新申请或提出异议。"),
        )
    if not against and (opinion := case.application.opinions.last()):
        yield letters.Ground(
            clause=say("一"),
            clause_text=say("认定条件"),
            fact=say("办理意见"),
            value=opinion.text,
            source=f"{opinion.agency.name} {opinion.officer_name}",
            source_day=opinion.given_on,
            remedy=say("情况有变化，或有新的凭据的，可以重新申请或提出异议。"),
        )
