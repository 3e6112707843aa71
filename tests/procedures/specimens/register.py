"""The register: recognitions, and what hangs on one; visits at home."""

from typing import Any
from uuid import uuid4

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.people.sources import running
from jiuyuan.procedures.subjects import moving
from jiuyuan.recognitions import importing, visiting, withdrawn_basis
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, Recognition, Visit
from tests.factories import a_case, act, act_on, an_applicant, put_on_the_register, start_import
from tests.people.sources.files import a_csv, uploaded
from tests.procedures.specimens.files import somebody
from tests.procedures.specimens.specimen import Broken, Specimen, Standing, clerk, reviewer
from tests.recognitions.register import bear, found, struck_off, told


def on_the_register() -> Recognition:
    """Somebody on the register, without an application behind it."""
    return put_on_the_register(clerk(), somebody())


def _borne() -> Recognition:
    stay = on_the_register()
    bear(stay)
    return stay


def _ended() -> Recognition:
    return struck_off(on_the_register(), "pension_or_retirement")


def _proposed() -> ExitProposal:
    stay = _borne()
    proposed: ExitProposal = act_on("propose", clerk(), stay, ground="pension_or_retirement", reason="社保数据")
    return proposed


def _objected() -> ExitObjection:
    objected: ExitObjection = act_on("object", clerk(), _ended(), "不该退出")
    return objected


def _investigated(stay: Recognition | None = None) -> Investigation:
    opened: Investigation = act_on("investigate", clerk(), stay or on_the_register(), "有人反映")
    return opened


def _found(*, fraud: bool = False) -> Investigation:
    return found(on_the_register(), fraud=fraud)


def _heard(*, fraud: bool = False) -> Investigation:
    return told(_found(fraud=fraud))


def _decided(inquiry: Investigation, outcome: str = "exit") -> Investigation:
    decided: Investigation = act_on("decide", reviewer(), inquiry, outcome=outcome, reason="属实")
    return decided


def _recovering() -> ExitObjection:
    """An objection to an end that fraud brought about."""
    decided = _decided(_heard(fraud=True))
    objected: ExitObjection = act_on("object", clerk(), decided.recognition, "不该退出")
    return objected


def _settled(objection: ExitObjection, *, upheld: bool) -> Any:
    return act_on("settle", reviewer(), objection, upheld=upheld, finding="核对过")


def _recognised(case: Any) -> Recognition:
    done = act(reviewer(), case, "recognise")
    assert done.recognition is not None
    return Recognition.objects.unscoped().get(pk=done.recognition_id)


def _carried_over(card: Any) -> Recognition:
    heading = ["姓名", "身份证号码", "所属街道", "人员类别", "认定日期"]
    content = a_csv([heading, [card.name, card.id_number, "220102001", "4050人员", "2019-05-06"]])
    batch = uploaded(reviewer(), "earlier_register", content)
    running.run(batch.pk, importing.work_for)
    start_import(reviewer(), batch.pk)
    running.run(batch.pk, importing.work_for)
    return Recognition.objects.unscoped().get(person__id_index=card.id_index)


def _again(row: Any) -> Any:
    return type(row).objects.unscoped().get(pk=row.pk)


def _stay_of(row: Any) -> Recognition:
    return row if isinstance(row, Recognition) else row.recognition


def _off_the_register(row: Any) -> None:
    with moving(Recognition):
        Recognition.objects.unscoped().filter(pk=_stay_of(row).pk).update(**STANDING["recognition", "ended"])


def _an_objection(row: Any) -> None:
    """As one that was made to an earlier end, which it suspends."""
    with moving(ExitObjection):
        ExitObjection(
            recognition=_stay_of(row), reason="不该退出", made_on=clock.today(), ground="imprisoned",
            ended_on=clock.today(), evidence="判决书", ended_by_name="某人",
        ).save()  # fmt: skip


def _objected_in_vain(stay: Recognition) -> None:
    _settled(act_on("object", clerk(), stay, "不该退出"), upheld=False)


def _proposal(stay: Recognition) -> None:
    act_on("propose", clerk(), stay, ground="left_scope", reason="公安数据")


def _without_an_answer(inquiry: Investigation) -> None:
    Investigation.objects.unscoped().filter(pk=inquiry.pk).update(responded_on=None)


def _says_nothing(inquiry: Investigation) -> None:
    Investigation.objects.unscoped().filter(pk=inquiry.pk).update(holds=None)


def _brought(person: Any) -> visiting.Brought:
    return visiting.Brought(uid=str(uuid4()), person=person.pk, visited_on="2026-03-02", remarks="在家。")


def _received(person: Any) -> Visit:
    return visiting.receive(clerk(), _brought(person))


def _who_proposed(row: ExitProposal) -> User:
    assert row.proposed_by is not None
    return row.proposed_by


def _without_its_basis() -> Recognition:
    stay = _ended()
    withdrawn_basis.warn(stay)
    return stay


def _looked_at_again(stay: Recognition) -> None:
    stay.warnings.all().delete()


def _who_ended(stay: Recognition) -> User:
    return stay.ended_by


def _ended_by(row: ExitObjection) -> User:
    return row.ended_by


_WORDS = {"reason": "核对过"}
SPECIMENS: dict[tuple[str, str], Specimen] = {
    (workflow, action): specimen
    for workflow, specimens in {
        "recognition": {
            "open": Specimen(lambda: a_case("reported"), brings=_recognised, told=True),
            "end": Specimen(
                _borne, lambda _: {"ground": "pension_or_retirement", "on": clock.today(), "evidence": "社保数据"}
            ),
            "close": Specimen(
                _proposed, brings=lambda row: act_on("confirm", reviewer(), row, "属实").recognition, told=True
            ),
            "annul": Specimen(
                lambda: _heard(fraud=True), brings=lambda row: _again(_decided(row, "annul").recognition), told=True
            ),
            "carry_over": Specimen(lambda: an_applicant("1966-05-06"), brings=_carried_over),
            "restore": Specimen(_without_its_basis, {"reason": "重新核对过"}, before=_who_ended),
            "stand_by": Specimen(_without_its_basis, {"reason": "重新核对过"}, before=_who_ended, told=True),
            "suspend": Specimen(
                _ended, brings=lambda stay: act_on("object", clerk(), stay, "不该").recognition, told=True
            ),
            "reinstate": Specimen(_objected, brings=lambda row: _settled(row, upheld=False).recognition, told=True),
        },
        "exit_proposal": {
            "propose": Specimen(on_the_register, {"ground": "left_scope", "reason": "公安数据"}),
            "confirm": Specimen(_proposed, _WORDS, before=_who_proposed, told=True),
            "dismiss": Specimen(_proposed, _WORDS, before=_who_proposed, told=False),
            "take_back": Specimen(_proposed, _WORDS, by=_who_proposed),
            "lapse": Specimen(
                _proposed,
                brings=lambda row: _again((_struck(row), row)[1]),
                told=True,
            ),
        },
        "investigation": {
            "investigate": Specimen(on_the_register, {"cause": "有人反映"}),
            "evidence": Specimen(_investigated, {"note": "看过"}),
            "find": Specimen(_investigated, {"holds": True, "fraud": False, "finding": "属实"}),
            "tell": Specimen(_found, {"how": "电话", "proof": "录音"}),
            "respond": Specimen(lambda: told(_found(), heard=False), {"words": "没有"}),
            "send_back": Specimen(_found, {"reason": "再查"}),
            "decide": Specimen(
                _heard, {"outcome": "exit", "reason": "属实"}, before=lambda inquiry: inquiry.found_by, told=True
            ),
            "hand_over": Specimen(lambda: _heard(fraud=True), brings=_decided, told=True),
            "call_off": Specimen(
                _recovering,
                brings=lambda row: Investigation.objects.unscoped().get(
                    recognition=_settled(row, upheld=True).recognition_id
                ),
                told=True,
            ),
        },
        "exit_objection": {
            "object": Specimen(_ended, {"reason": "不该退出"}),
            "settle": Specimen(_objected, {"upheld": True, "finding": "核对过"}, before=_ended_by),
        },
        "visit": {
            "receive": Specimen(
                somebody, carried=lambda person: {"brought": _brought(person), "uid": uuid4(), "photos": ()}
            ),
            "confirm": Specimen(lambda: _received(somebody()), {"choices": {}}),
            "discard": Specimen(lambda: _received(somebody()), {"reason": "走错了门"}),
        },
    }.items()
    for action, specimen in specimens.items()
}


def _struck(row: ExitProposal) -> None:
    """Ended by the decision of an investigation while the proposal waits."""
    _decided(told(found(row.recognition)))


BROKEN: dict[tuple[str, str], Broken] = {
    ("recognition", "no_objection"): _an_objection,
    ("recognition", "no_proposal"): _proposal,
    ("recognition", "basis_withdrawn"): _looked_at_again,
    ("recognition", "not_recognised_again"): lambda stay: put_on_the_register(clerk(), stay.person),
    ("exit_proposal", "on_the_register"): _off_the_register,
    ("exit_proposal", "no_objection"): _an_objection,
    ("investigation", "no_objection"): _an_objection,
    ("investigation", "no_investigation"): _investigated,
    ("investigation", "no_finding"): lambda row: act_on("find", clerk(), row, holds=True, fraud=False, finding="属实"),
    ("investigation", "finding_holds_or_not"): _says_nothing,
    ("investigation", "no_response"): lambda row: act_on("respond", clerk(), row, "没有"),
    ("investigation", "told_and_heard"): _without_an_answer,
    ("exit_objection", "not_objected_to"): _objected_in_vain,
    ("exit_objection", "not_recognised_again"): lambda stay: put_on_the_register(clerk(), stay.person),
}
STANDING: dict[tuple[str, str], Standing] = {
    ("recognition", "active"): {"status": "active", "ground": "", "ended_on": None, "evidence": ""},
    ("recognition", "ended"): {
        "status": "ended", "ground": "imprisoned", "ended_on": "2026-03-02", "evidence": "判决书",
    },
    ("exit_objection", "open"): {"upheld": None},
    ("exit_objection", "settled"): {"upheld": False},
}  # fmt: skip
