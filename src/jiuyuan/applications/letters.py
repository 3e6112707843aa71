"""The contents of a case's letters, by the names in the region's table, and of the notice for the board."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings

from jiuyuan import masking
from jiuyuan.agencies.models import Agency
from jiuyuan.applications import refusal_texts
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import PublicNotice
from jiuyuan.people.heard import ways
from jiuyuan.people.models import Source
from jiuyuan.printing import letters
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from jiuyuan.rules import facts as rule_facts
from jiuyuan.wording import say

# What people can do after an application was not accepted, by ground.
_REMEDIES = {
    "wrong_place": "带同样的材料，向{name}申请。",
    "already_open": "已有的那份申请或认定继续有效，有变化的，到办理它的平台说明。",
    "identity_not_proven": "带本人居民身份证到窗口，或由本人用自己的账号重新申请。",
    "not_completed": "把缺少的材料补齐后，可以重新申请。",
}


def receipt(case: Case, name: str, officer: str) -> letters.ReceiptData:
    """受理通知书 (二(四)). Raises `NotFound` before the case is accepted."""
    application = case.application
    if application.accepted_on is None or application.due_on is None or application.submitted_on is None:
        raise NotFound(say("受理之后才有受理通知书。"))
    titles = case.policy.titles
    names = registry.materials()
    kinds = Counter(material.kind for material in case.materials)
    return letters.ReceiptData(
        letter=_letterhead(case, name, officer),
        masked_id=case.person.masked_id_number,
        applied_on=application.submitted_on,
        accepted_on=application.accepted_on,
        due_on=application.due_on,
        provisional=application.due_state == "provisional",
        limit_days=case.place.limit("recognition_working_days", on=application.accepted_on),
        notice_days=case.place.limit_if_any("notice_working_days", on=application.accepted_on),
        categories=tuple(titles[code] for code in application.categories),
        materials=tuple(
            say("{name}（{count}张）", name=say(names[kind]), count=count) if count > 1 else say(names[kind])
            for kind, count in kinds.items()
        ),
    )


def correction(case: Case, name: str, officer: str) -> letters.CorrectionData:
    """补正告知书, with all corrections at once (二(二)). Raises `NotFound` if nothing is to be corrected."""
    missing, until = case.application.corrections, case.application.correct_by
    if not missing:
        raise NotFound(say("这份申请没有需要补正的内容。"))
    items = tuple(
        letters.CorrectionItem(text, say("办理认定必需"), say("改正或补交后，在原申请上重新提交")) for text in missing
    )
    return letters.CorrectionData(
        letter=_letterhead(case, name, officer), items=items, until=until, objection=_heard(case, name)
    )


def refusal(case: Case, name: str, officer: str) -> letters.RejectionData:
    """The refusal: clause, fact, value, source, and what would change it. Raises `NotFound` if nothing was refused."""
    grounds = tuple(_grounds(case))
    if case.application.status not in ("rejected", "declined") or not grounds:
        raise NotFound(say("这份申请没有不予认定的结果。"))
    return letters.RejectionData(letter=_letterhead(case, name, officer), grounds=grounds, objection=_heard(case, name))


def returned(case: Case, name: str, officer: str) -> letters.ReturnData:
    """复核退回告知书 (二(三)). Raises `NotFound` if the county returned nothing."""
    opinion = next((o for o in reversed(case.opinions) if o.action == "return"), None)
    if opinion is None:
        raise NotFound(say("这份申请没有被复核退回。"))
    clauses = opinion.decision.refusal.get("clauses", ()) if opinion.decision else ()
    return letters.ReturnData(
        letter=_letterhead(case, name, officer, opinion.agency),
        reason=opinion.text,
        grounds=tuple(map(_clause, clauses)),
        objection=_heard(case, name, opinion.agency),
    )


def recognition(case: Case, name: str, officer: str) -> letters.RecognitionData:
    """认定证明, and the sheet for the entry in 《就业创业证》 (二(三)). Raises `NotFound` before the person is recognised."""
    found = case.application.recognition
    if found is None:
        raise NotFound(say("认定之后才有认定证明。"))
    titles = case.policy.titles
    return letters.RecognitionData(
        letter=_letterhead(case, name, officer or found.recognised_by_name, found.agency),
        recognition_number=found.number,
        sex=case.person.get_sex_display(),
        id_number=case.person.id_number,
        category=titles.get(found.category, found.category),
        recognised_on=found.recognised_on,
        certificate_number=case.application.details.get("employment_certificate", ""),
    )


#: The writer of each letter, by its name in the region's papers.
WRITTEN: Mapping[str, Callable[[Case, str, str], letters.LetterData]] = {
    "receipt": receipt,
    "correction": correction,
    "declined": refusal,
    "rejected": refusal,
    "objection_upheld": refusal,
    "not_passed": refusal,
    "returned": returned,
    "proof": recognition,
    "entry": recognition,
}


def notice_board(agency: Agency, running: Sequence[PublicNotice]) -> letters.PublicNoticeData:
    """The sheet for the notice board, masked like the public page (二(二)): all notices of one period."""
    people = [notice.application.person for notice in running]
    return letters.PublicNoticeData(
        letter=letters.Letterhead(
            title=say(registry.papers_of(agency.path).letter("public_notice").title),
            document=registry.document_of(running[0].application.policy),
            number=f"{agency.code}-{running[0].posted_on:%Y%m%d}",
            issued_on=running[0].posted_on,
            agency=agency.name,
            phone=agency.phone,
            address=agency.address,
            url=f"{settings.JIUYUAN.base_url}/notices/?platform={agency.code}",
        ),
        begins_on=min(notice.posted_on for notice in running),
        ends_on=max(notice.ends_on for notice in running),
        entries=tuple(
            letters.PrintedNoticeEntry(p.name, p.get_sex_display(), masking.id_number(p.id_number)) for p in people
        ),
    )


def _heard(case: Case, name: str, agency: Agency | None = None) -> tuple[str, ...]:
    return ways(case.application.area, name, agency or case.application.agency)


def _letterhead(case: Case, name: str, officer: str, agency: Agency | None = None) -> letters.Letterhead:
    application, by = case.application, agency or case.application.agency
    return letters.Letterhead(
        title=say(registry.papers_of(application.area).letter(name).title),
        document=registry.document_of(application.policy),
        number=application.number,
        issued_on=case.today,
        agency=by.name,
        addressee=case.person.name,
        officer=officer,
        address=by.address,
        phone=by.phone,
        url=f"{settings.JIUYUAN.base_url}/confirm/{application.number}/",
    )


_CHANGES = "情况有变化，或这条记录与事实不符并有凭据的，可以重新申请或提出异议。"


def _grounds(case: Case) -> Iterator[letters.RefusalGround]:
    """Yield the stored grounds of a refusal; for decisions older than stored grounds,
    those of the answer or the officer's text.
    """
    procedure = WORKFLOWS["application"].of(case.region)
    refusing = {t.action for t in procedure.transitions if any(procedure.by_state[s].refused for s in t.targets)}
    opinion = next((o for o in reversed(case.opinions) if o.action in refusing), None)
    refusal = opinion.decision.refusal if opinion and opinion.decision else {}
    if clauses := refusal.get("clauses"):
        yield from map(_clause, clauses)
        return
    if opinion and refusal.get("ground"):
        yield letters.RefusalGround(
            clause=procedure.by_action[opinion.action].clause,
            clause_text=say("受理"),
            fact=refusal_texts.ground({"ground": refusal["ground"]}),
            value=opinion.text,
            source=f"{opinion.agency.name} {opinion.officer_name}",
            source_day=opinion.given_on,
            remedy=say(_REMEDIES[refusal["ground"]], **refusal.get("platform", {})),
        )
        return
    yield from _grounds_before(case)


def _clause(clause: dict[str, Any]) -> letters.RefusalGround:
    facts = refusal_texts.behind(clause)
    if not facts:  # a special case: the finding of the two reviewers
        day = date.fromisoformat(clause["settled_on"]) if "settled_on" in clause else None
        source = say("县（市、区）人力资源社会保障部门研究")
        return letters.RefusalGround(
            clause=clause["clause"], clause_text=clause["title"], fact=clause["title"], value=clause["reason"],
            source=source, source_day=day, remedy=say(_CHANGES),
        )  # fmt: skip
    sources = list(dict.fromkeys(say("{source}，{day:date}", source=fact.source, day=fact.day) for fact in facts))
    return letters.RefusalGround(
        clause=clause["clause"],
        clause_text=clause["title"],
        fact=say("{labels}", labels=[fact.label for fact in facts]),
        value=say(
            "{facts:；}。{reason}",
            facts=[say("{label}：{value}", label=fact.label, value=fact.value) for fact in facts],
            reason=clause["reason"],
        ),
        source=say("{sources:；}", sources=sources),
        source_day=None,
        remedy=say(_CHANGES),
    )


def _grounds_before(case: Case) -> Iterator[letters.RefusalGround]:
    """Yield the grounds of a refusal without clauses: what the rules answered against the person,
    else the officer's text.
    """
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
        yield letters.RefusalGround(
            clause=clause["clause"],
            clause_text=titles[clause["code"]],
            fact=say("{labels}", labels=[say(rule_facts.fact_label(name)) for name in clause["facts"]]),
            value=clause["reason"],
            source=Source(best.source).label if best else say("申请材料"),
            source_day=best.observed_on if best else None,
            remedy=say(_CHANGES),
        )
    if not against and (opinion := case.application.opinions.last()):
        yield letters.RefusalGround(
            clause=say("一"),
            clause_text=say("认定条件"),
            fact=say("办理意见"),
            value=opinion.text,
            source=f"{opinion.agency.name} {opinion.officer_name}",
            source_day=opinion.given_on,
            remedy=say("情况有变化，或有新的凭据的，可以重新申请或提出异议。"),
        )
