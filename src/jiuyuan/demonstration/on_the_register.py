"""After recognition: departments' findings, proposed and contested exits, families, lists, files."""

import csv
import io
from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from jiuyuan.agencies.models import User
from jiuyuan.applications import nightly, outreach
from jiuyuan.applications.models import Application
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.invented import Invented
from jiuyuan.demonstration.stories import OfficeStaff, Story, Telling, ended, recognised
from jiuyuan.history import sealing
from jiuyuan.people import corrections, families
from jiuyuan.people import services as people
from jiuyuan.people.correspondence import send_waiting
from jiuyuan.people.models import Person
from jiuyuan.people.sources import recording, running
from jiuyuan.people.sources import services as sources
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import Workflow
from jiuyuan.recognitions import visiting
from jiuyuan.recognitions.models import Investigation, Recognition
from jiuyuan.recognitions.workflow import INVESTIGATION, OBJECTION, PROPOSAL

_LIST = ("姓名", "身份证号码", "联系电话", "常住地", "户籍所在地", "户籍性质", "是否常住城镇", "是否有劳动能力",
         "是否有就业意愿", "是否已办理失业登记", "本次失业起始日期", "是否在用人单位参保")  # fmt: skip
_INSURANCE = ("姓名", "身份证号码", "参保状态", "参保身份", "待遇状态", "数据日期")


def found_out(c: Telling, start: int, by: str, evidence: str, ago: int, facts: dict[str, Any]) -> Story:
    """On the register, until a department reports something that the nightly run finds."""
    yield from recognised(c, start)
    yield c.days.at(ago)
    person = recognition_of(c).person
    people.record_facts(
        c.office.clerk.actor, person, facts, source="shared_data", evidence=evidence, department=by,
        observed_on=c.days.ago(ago),
    )  # fmt: skip


def proposed(c: Telling, start: int) -> Story:
    """The clerk proposes an exit; the county has not decided."""
    yield from recognised(c, start)
    yield c.days.at(1)
    reason = "本人11时到窗口书面说明，随子女去外地生活，自愿退出援助，申请书已收存。"
    _act(c.office.clerk, PROPOSAL, recognition_of(c), "propose", ground="withdrew_or_refused", reason=reason)


def contested(c: Telling, start: int, stay: int) -> Story:
    """The recognition has ended and the person objects; they are on the register until somebody else decides."""
    yield from ended(
        c, start, ground="registration_cancelled", by="公共就业服务机构", stay=stay,
        evidence="失业登记已注销，原因为就业登记",
        fact={"registered_unemployed": False, "registration_cancelled": True},
    )  # fmt: skip
    yield c.days.at(start - 8 - stay - 2)
    reason = "那是别人用我的身份证办的就业登记，我没有上班，已向派出所报案，附报案回执。"
    _act(c.office.clerk, OBJECTION, recognition_of(c), "object", reason=reason)


def investigated(c: Telling, start: int) -> Story:
    """A report that the person works; the clerk has visited and written a finding,
    and a second person has to decide.
    """
    yield from recognised(c, start)
    yield c.days.at(4)
    cause = "群众来电反映此人在建材市场上班，请上门核实。"
    inquiry = _act(c.office.reviewer, INVESTIGATION, recognition_of(c), "investigate", cause=cause)
    yield c.days.at(3)
    visiting.receive(c.office.clerk, _visit(c))
    yield c.days.at(2)
    finding = "两次到建材市场走访，本人是给亲戚送货帮忙，没有劳动合同，没有工资往来，市场管理处出具了说明。"
    _act(c.office.clerk, INVESTIGATION, inquiry, "find", finding=finding, holds=False, fraud=False)
    yield c.days.at(1)
    _act(c.office.clerk, INVESTIGATION, inquiry, "tell", how="在窗口当面告知", proof="本人签收的回执")
    words = "结论属实，我就是帮忙送货，愿意找一份固定的工作。"
    _act(c.office.clerk, INVESTIGATION, inquiry, "respond", words=words)


def _visit(c: Telling) -> visiting.Brought:
    """The clerk's notes of a home visit, waiting for confirmation."""
    person = recognition_of(c).person
    return visiting.Brought(
        uid=str(uuid5(NAMESPACE_URL, c.number)), person=person.pk, visited_on=c.days.ago(3).isoformat(),
        place=person.address, found={"wants_work": True, "urban_resident": True, "income_stable": True},
        remarks="本人在家，说给亲戚送货每月能拿一点钱，愿意找一份固定的工作。", wanted="想学叉车，问有没有培训。",
    )  # fmt: skip


def asks_for_correction(c: Telling, start: int) -> Story:
    yield from recognised(c, start)
    yield c.days.at(2)
    said = {
        "what": "unemployed_since", "wanted": "比登记的早三个月",
        "reason": "原单位三个月前就停发工资了，有解除劳动关系证明。",
    }  # fmt: skip
    engine.act(c.office.clerk, corrections.CORRECTION, recognition_of(c).person_id, "ask", said)


def family(c: Telling, start: int, partner: Invented) -> Story:
    """Two people without work, each with a file (the partner's story is told elsewhere);
    the county certifies the family.
    """
    yield from recognised(c, start)
    member = {"name": partner.name, "relation": "配偶", "id_number": partner.id_number}
    yield c.days.at(start - 9)
    person = recognition_of(c).person
    people.set_household(c.office.clerk.actor, person, [member])
    said = {"ground": "社区两次入户，夫妻二人均已登记失业，无经营、无参保。"}
    engine.act(c.office.reviewer, families.FAMILY, person.pk, "certify", said)


def _act(user: User, workflow: Workflow, row: Recognition | Investigation, action: str, **said: object) -> Any:
    return engine.act(user, workflow, row.pk, action, said)


def recognition_of(c: Telling) -> Recognition:
    rows = Application.objects.visible_to(c.office.reviewer).select_related("recognition__person")
    recognition = rows.get(number=c.number).recognition
    assert recognition is not None
    return recognition


def lists(office: OfficeStaff, days: Days, others: Sequence[Invented]) -> Story:
    """The county screens the list of the registered unemployed, and imports a file of the social insurance."""
    yield days.at(1, first=9.0, last=9.5)
    screened = [_in_the_list(one) for one in others]
    extract = outreach.upload(
        office.reviewer, provider="失业登记系统", file_name="登记失业人员.csv", pieces=[_csv(_LIST, screened)],
        observed_on=days.ago(2),
    )  # fmt: skip
    outreach.screen(extract.pk)
    yield days.at(1, first=10.0, last=10.5)
    known = Person.objects.visible_to(office.reviewer).order_by("pk")[:30]
    day = days.ago(2).isoformat()
    insured = [(one.name, one.id_number, "停保", "灵活就业人员", "未领取", day) for one in known]
    insured += [(one.name, one.id_number, "在缴", "单位职工", "未领取", day) for one in others[:3]]
    # An invalid date, for the report to show.
    insured.append(("张三", "220102198013450021", "停保", "单位职工", "未领取", day))
    batch = sources.upload(
        office.reviewer, "social_insurance", "社会保险参保情况.csv", [_csv(_INSURANCE, insured)], dry=False, waits=False
    )
    running.run(batch.pk, recording.work_for)


def _in_the_list(one: Invented) -> tuple[object, ...]:
    told = {True: "是", False: "否"}
    f = one.facts
    return (
        one.name, one.id_number, one.phone, f["residence_division"], f["hukou_division"],
        "城镇户籍" if f["hukou_kind"] == "urban" else "农村户籍", "是", told[f["able_to_work"]], told[f["wants_work"]],
        told[f["registered_unemployed"]], f["unemployed_since"], told[f["insured_by_employer"]],
    )  # fmt: skip


def _csv(heading: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([heading, *rows])
    return text.getvalue().encode()


def evenings(days: Days, first: int) -> Story:
    """Every evening waiting messages are sent."""
    for ago in range(first, 0, -1):
        yield days.at(ago, 22.0, 22.1)
        send_waiting()


def nights(days: Days, first: int) -> Story:
    """Every evening waiting messages are sent and the day is sealed; last night the whole register was checked.

    Today is open.
    """
    for ago in range(first, 0, -1):
        yield days.at(ago, 22.0, 22.1)
        send_waiting()
        if ago > 1:
            sealing.seal(days.ago(ago), settings.JIUYUAN.ledger)
    nightly.run(seals=False)
