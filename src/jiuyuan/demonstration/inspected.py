"""Inspections in a demonstration: one with an answered problem; and a doubt that became a recovery."""

from datetime import timedelta

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance.models import PostAttendance
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.stories import OfficeStaff, Story
from jiuyuan.oversight.doubt_finding import raise_doubts
from jiuyuan.oversight.doubt_workflow import DOUBT
from jiuyuan.oversight.finding_workflow import FINDING, INSPECTED_CASE
from jiuyuan.oversight.inspection_workflow import INSPECTION
from jiuyuan.oversight.models import Doubt
from jiuyuan.oversight.populations import CHECKLISTS
from jiuyuan.oversight.recovery_workflow import RECOVERY
from jiuyuan.people import offices
from jiuyuan.people.services import record_facts
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.rules.calendar import add_workdays, month_text

_DRAWN = 3


def an_inspection(supervisor: User, office: OfficeStaff, days: Days) -> Story:
    """An inspection of one street's recognitions: frozen, sealed at night, drawn; one case inspected."""
    yield days.at(9)
    offices.change(supervisor, office.platform, responsible=office.clerk.name)
    rows = Recognition.objects.unscoped().filter(area__begins=office.platform.path)
    last = rows.order_by("-recognised_on").values_list("recognised_on", flat=True)[0]
    count = rows.filter(recognised_on__year=last.year).count()
    said = {"scope": office.platform.code, "kind": "recognitions", "period": str(last.year), "size": min(_DRAWN, count)}
    inspection = engine.act(supervisor, INSPECTION, None, "open", said)
    yield days.at(7)
    inspection = engine.act(supervisor, INSPECTION, inspection.pk, "draw")
    yield days.at(6)
    every = [code for code, _ in CHECKLISTS["recognitions"]]
    looked = {"place": 1, "in_order": every[:-1], "words": "失业登记注销以后没有更新。"}
    case = engine.act(supervisor, INSPECTED_CASE, inspection.pk, "check", looked)
    problem = "认定以后情况有变化，没有及时登记。"
    raised = {
        "to": office.platform.code,
        "problem": problem,
        "due_on": add_workdays(clock.today(), 10).day,
        "silence_days": 10,
    }
    finding = engine.act(supervisor, FINDING, case.pk, "raise", raised)
    yield days.at(4)
    reply = {"put_right": True, "reply": "已上门核实并登记，以后每季度核对一次。"}
    engine.act(office.clerk, FINDING, finding.pk, "answer", reply)


def a_doubt(office: OfficeStaff, days: Days) -> Story:
    """A person on a public-interest post drew a pension in the same month: confirmed, told, waiting for the hearing."""
    yield days.at(6)
    attended = (
        PostAttendance.objects.unscoped().filter(days__gt=0).select_related("placement__recognition__person").first()
    )
    assert attended is not None
    person = attended.placement.recognition.person
    record_facts(
        office.reviewer.actor, person, {"receives_pension": True}, source="shared_data", department="social_insurance",
        observed_on=attended.month, evidence="待遇发放数据",
    )  # fmt: skip
    raise_doubts(clock.today())
    doubt = Doubt.objects.unscoped().get(person=person, check_number=2)
    yield days.at(5)
    engine.act(
        office.reviewer, DOUBT, doubt.pk, "confirm", {"words": "社保局确认当月已发放养老金，岗位补贴多领一个月。"}
    )
    assert doubt.since is not None
    said = {
        "why": "doubt", "doubt": doubt.pk, "facts": "在公益性岗位期间已领取基本养老金（社会保险经办机构数据）。",
        "law": "财政违法行为处罚处分条例第十四条", "months": f"{month_text(doubt.since)} 1000.00",
        "paid_by": "岗位补贴由单位按月申领，本月1000元，见县级资金经办的发放明细。",
    }  # fmt: skip
    recovery = engine.act(office.reviewer, RECOVERY, person.pk, "find", said)
    yield days.at(4)
    engine.act(office.reviewer, RECOVERY, recovery.pk, "intend", {"speak_by": clock.today() + timedelta(days=10)})
