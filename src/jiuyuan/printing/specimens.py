"""Specimens of all letters with invented people, for previews of wording and for tests."""

from datetime import date

from jiuyuan.printing.letters import (
    ClaimRefusalData,
    CorrectionData,
    CorrectionItem,
    Evidence,
    ExitNoticeData,
    LetterData,
    Letterhead,
    OutcomeData,
    PostContractData,
    PrintedNoticeEntry,
    PublicNoticeData,
    ReceiptData,
    RecognitionData,
    RecoveryData,
    ReferralData,
    RefusalGround,
    RefusalNoticeData,
    RejectionData,
    ReturnData,
)

_DAY = date(2026, 11, 25)


def specimen(name: str, letter: Letterhead, heard: tuple[str, ...], words: str) -> LetterData:
    """A specimen of a letter. `words` replaces officers' texts; `heard`: the remedies."""
    ground = RefusalGround(
        clause="第二条", clause_text="从事经营", fact="是否有营业执照", value=words, source="市场监督管理部门", source_day=_DAY,
        remedy="注销后再申请。",
    )  # fmt: skip
    if name == "receipt":
        return ReceiptData(
            letter=letter, masked_id="110101**********28", applied_on=_DAY, accepted_on=_DAY, due_on=_DAY, limit_days=20,
            notice_days=3, materials=(words,),
        )  # fmt: skip
    if name == "correction":
        item = CorrectionItem(words, "办理认定必需", "补交")
        return CorrectionData(letter=letter, items=(item,), until=_DAY, objection=heard)
    if name == "returned":
        return ReturnData(letter=letter, reason=words, grounds=(), objection=heard)
    if name in ("proof", "entry"):
        return RecognitionData(
            letter=letter, recognition_number="R110101-2026-000001", sex="女", id_number="110101198503021228",
            category=words[:30], recognised_on=_DAY,
        )  # fmt: skip
    if name == "objection_outcome":
        return OutcomeData(
            letter=letter, recognition_number="R110101-2026-000001", exit_on=_DAY, exit_ground="第三条", upheld=False,
            finding=words, objection=heard,
        )  # fmt: skip
    if name == "refusal_counted":
        return RefusalNoticeData(
            letter=letter, recognition_number="R110101-2026-000001", refused_on=_DAY, what="护理员", came=False, told_on=_DAY,
            told="当面，本人签字", response=words, ground=words, objection=heard,
        )  # fmt: skip
    if name == "claim_refused":
        return ClaimRefusalData(
            letter=letter, scheme="灵活就业社会保险补贴", months="2026-01至2026-03", claimed_on=_DAY, reason=words,
            clause="第四条", objection=heard,
        )  # fmt: skip
    if name.startswith("recovery_"):
        return RecoveryData(
            letter=letter, facts=words, law="财政违法行为处罚处分条例第十四条", months=(("2026-01", "500.00"), ("2026-02", "500.50")),
            sum="1000.50", speak_by=_DAY, reason="" if name != "recovery_decided" else words, pay_by=_DAY, account="就业补助资金专户",
            decision="南人社责退〔2026〕1号" if name != "recovery_urged" else words, objection=heard,
        )  # fmt: skip
    if name in ("exit", "annulment"):
        return ExitNoticeData(
            letter=letter, recognition_number="R110101-2026-000001", recognised_on=_DAY, ended_on=_DAY, clause="第三条",
            clause_text="达到法定退休年龄", facts=(Evidence(fact="依据", value=words, source="社保", source_day=_DAY),),
            objection=heard,
        )  # fmt: skip
    if name == "referral":
        return ReferralData(
            letter=letter, name="王秀兰", job=words, place="本市某区", pay="每月2600元", time="全日制", return_by=_DAY,
        )  # fmt: skip
    if name == "post_contract":
        return PostContractData(
            letter=letter, name="王秀兰", job="社区送餐员", duties=words, place="本市某区", time="全日制", pay="每月2600元",
            begins_on=_DAY, until=_DAY, report_days=5,
        )  # fmt: skip
    if name == "public_notice":
        entries = tuple(PrintedNoticeEntry(f"王{n}", "男", "110101**********28") for n in range(1 + len(words) // 12))
        return PublicNoticeData(letter=letter, begins_on=_DAY, ends_on=_DAY, entries=entries)
    return RejectionData(letter=letter, grounds=(ground,), objection=heard)
