"""People, staff and cases for tests, in the words of the trade. Everything is made through the services.

`an_applicant(born="1985-03-02", sex="female")` is somebody with papers in hand, not yet known to the system;
`a_case(status="publishing")` is a case that really went there, act by act.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from stdnum.cn.ric import calc_check_digit

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import services
from jiuyuan.applications.case import Case
from jiuyuan.applications.lead_workflow import LEAD
from jiuyuan.applications.models import Application
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.encryption import blind_index
from jiuyuan.people.corrections import CORRECTION
from jiuyuan.people.families import FAMILY
from jiuyuan.people.merging import FILE_CHANGE
from jiuyuan.people.models import Person
from jiuyuan.people.sources.workflow import IMPORT
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import Workflow
from jiuyuan.recognitions.models import Recognition
from jiuyuan.recognitions.stay import OnRegister
from jiuyuan.recognitions.workflow import BELOW, RECOGNITION
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.rules.departments import DEPARTMENTS
from jiuyuan.rules.facts import FACTS
from jiuyuan.speed.rows import belonging_to_any

PLATFORM, COUNTY, REGION, PROVINCE = "220102001", "220102", "2201", "22"
OTHER_PLATFORM, OTHER_COUNTY = "220204001", "220204"
SEATS = {
    Role.CLERK: PLATFORM,
    Role.REVIEWER: COUNTY,
    Role.SUPERVISOR: REGION,
    Role.PROVINCE: PROVINCE,
    Role.AUDITOR: PROVINCE,
    Role.FINANCE: COUNTY,
}
_numbers = count(1)

# A townswoman who lost her work nine months before the day of the tests, and nothing that stands against her.
OUT_OF_WORK: dict[str, Any] = {
    "hukou_division": "220102",
    "hukou_kind": "urban",
    "residence_division": "220102001",
    "able_to_work": True,
    "wants_work": True,
    "registered_unemployed": True,
    "unemployed_since": "2025-06-01",
    "in_labour_relationship": False,
    "insured_by_employer": False,
    "business_registered": False,
    "company_office_held": False,
    "income_stable": False,
}


@dataclass(frozen=True)
class Applicant:
    """Somebody who applies: what stands on the ID card and what they say about themselves."""

    name: str
    id_number: str
    phone: str
    address: str = "吉林省长春市南关区民康路1号"
    platform: str = PLATFORM
    categories: tuple[str, ...] = ("older",)
    facts: Mapping[str, Any] = field(default_factory=lambda: OUT_OF_WORK)

    @property
    def id_index(self) -> str:
        return blind_index(self.id_number)

    def form(self, **changes: Any) -> dict[str, Any]:
        """What they fill in, as `services.create` and the API take it."""
        filled = {
            "name": self.name,
            "id_number": self.id_number,
            "phone": self.phone,
            "address": self.address,
            "platform": self.platform,
            "categories": list(self.categories),
            "facts": dict(self.facts),
        }
        if "zero_employment_family" in self.categories:
            filled["household"] = [{"name": "家里人", "relation": "配偶", "state": "失业"}]
        return filled | changes


def an_applicant(born: str = "1985-03-02", sex: str = "female", *, name: str = "", **changes: Any) -> Applicant:
    # One that ends in 000 looks as a spreadsheet leaves it: an import would ask for the name.
    number = next(n for n in _numbers if not an_id_number(born, sex, n).endswith("000"))
    person = Applicant(
        name=name or "张王李赵刘陈杨黄周吴"[number % 10] + "秀英",
        id_number=an_id_number(born, sex, number),
        phone=f"138{number:08d}",
    )
    facts = changes.pop("facts", {})
    return replace(person, facts=OUT_OF_WORK | facts, **changes)


def an_id_number(born: str, sex: str = "female", number: int = 1, division: str = "220102") -> str:
    place_in_day = number % 499 * 2 + (1 if sex == "male" else 2)
    seventeen = f"{division}{born.replace('-', '')}{place_in_day:03d}"
    return seventeen + calc_check_digit(seventeen + "0")


def staff(role: str = "clerk", at: str | None = None, **fields: Any) -> User:
    """Somebody of that role at an agency: by default of the chain 22 → 2201 → 220102 → 220102001."""
    number = next(_numbers)
    agency = Agency.objects.get(code=at or SEATS[Role(role)])
    fields = {"username": f"{role}-{number}", "name": "孙吴郑王冯陈褚卫"[number % 8] + "建国", **fields}
    fields.setdefault("id_index", blind_index(an_id_number(f"{1966 + number % 30}-05-20", "male", number, "220103")))
    return _with_an_account(role=role, agency=agency, **fields)


def an_account(role: str = "applicant", **fields: Any) -> User:
    """The account of an applicant, or of a channel."""
    number = next(_numbers)
    fields = {"username": f"{role}-{number}", "name": "申请人" if role == "applicant" else "网上办事大厅", **fields}
    return _with_an_account(role=role, **fields)


def _with_an_account(**fields: Any) -> User:
    """Saved without a look at each field first, which takes five times as long: the constraints of the database hold."""
    user = User(**fields)
    user.set_unusable_password()
    user.save()
    return user


def a_photograph(colour: str = "white") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG")
    return out.getvalue()


def a_clear_photograph(colour: str = "navy") -> bytes:
    """One that nobody is asked to take again: large, bright, of several colours."""
    out = io.BytesIO()
    picture = Image.new("RGB", (1000, 640), "white")
    picture.paste(colour, (100, 100, 600, 400))
    picture.save(out, "JPEG")
    return out.getvalue()


_HANDED_IN = ("id_card", "hukou_book")
_FOR_CATEGORY = {
    "laid_off": "labour_termination",
    "disabled": "disability_certificate",
    "minimum_allowance": "minimum_allowance_certificate",
    "landless_farmer": "land_requisition_agreement",
    "graduate": "diploma",
}
# The shortest way to each state.
_WAY: dict[str, tuple[str, ...]] = {
    "draft": (),
    "submitted": ("submit",),
    "correction": ("submit", "ask_correction"),
    "declined": ("submit", "decline"),
    "accepted": ("submit", "accept"),
    "publishing": ("submit", "accept", "first_review_pass"),
    "endorsed": ("submit", "accept", "first_review_pass", "endorse"),
    "reported": ("submit", "accept", "first_review_pass", "endorse", "report"),
    "recognised": ("submit", "accept", "first_review_pass", "endorse", "report", "recognise"),
    "returned": ("submit", "accept", "first_review_pass", "endorse", "report", "return"),
    "rejected": ("submit", "accept", "first_review_fail"),
    "withdrawn": ("withdraw",),
}
SAID: dict[str, dict[str, Any]] = {
    "ask_correction": {"missing": ["户口簿首页不清楚"]},
    "decline": {"ground": "wrong_place", "platform": "220204001", "reason": "不在本平台辖区常住"},
    "first_review_fail": {"clauses": ["registered_unemployed"], "reason": "失业登记已注销"},
    "raise_special_case": {"question": "户口正在迁移，户籍如何认定", "clauses": ["jilin_hukou"]},
    "settle_special_case": {"granted": True, "ground": "按实际居住认定"},
    "object": {"ground": "他在开店"},
    "settle_objection": {"upheld": False, "finding": "实地核查，没有开店"},
    "endorse": {"opinion": "公示无异议，同意上报"},
    "recognise": {"opinion": "符合条件，同意认定", "entry": {"category": "older"}},
    "return": {"reason": "解除劳动关系的日期与社保记录不符"},
    "reopen": {"corrected": "已补社保停缴证明"},
    "reject": {"told_how": "电话", "told_on": "2026-03-02"},
    "withdraw": {"reason": "本人3月2日书面申请撤回"},
}


def a_case(
    status: str = "submitted",
    applicant: Applicant | None = None,
    *,
    clerk: User | None = None,
    reviewer: User | None = None,
    by: User | None = None,
    verified: bool = True,
) -> Application:
    """A case in that state. `by` is who hands it in (the clerk, where nobody else); days pass as notices need them.

    The day of the tests stays where `endorse` left it: past the notice.
    """
    clerk, applicant = clerk or staff("clerk"), applicant or an_applicant()
    case = services.create(by or clerk, **applicant.form())
    if status == "draft":
        return case
    hand_in_materials(by or clerk, case)
    for action in _WAY[status]:
        if action == "first_review_pass" and verified:
            verify_facts(clerk, case)
        if action == "first_review_fail":
            found_out(clerk, case)
        if action == "endorse":
            after_the_notice(case)
        who = (reviewer or staff("reviewer")) if action in ("recognise", "return") else clerk
        who = by or clerk if action in ("submit", "withdraw") else who
        case = act(who, case, action)
    return again(case)


def hand_in_materials(user: User, case: Application) -> None:
    kinds = [*_HANDED_IN, *(_FOR_CATEGORY[code] for code in case.categories if code in _FOR_CATEGORY)]
    for kind in kinds:
        services.add_material(user, case.number, kind, a_photograph(), f"{kind}.jpg")


def verify_facts(clerk: User, case: Application, **values: Any) -> Application:
    """Confirm from another department's data what only the applicant said, or `values`."""
    known = Case(again(case), clerk).known
    values = values or {
        name: item.value for name, item in known.items() if not item.verified and item.value is not None
    }
    for where, said in by_who_knows(values).items():
        case = services.save(clerk, case.number, facts=said, evidence="2026年3月2日查询", **dict(where))
    return case


def by_who_knows(values: Mapping[str, Any]) -> dict[tuple[tuple[str, str], ...], dict[str, Any]]:
    """Facts by a source that can know them: a department where there is one, else a paper, else the person's promise."""
    found: dict[tuple[tuple[str, str], ...], dict[str, Any]] = {}
    for name, value in values.items():
        known_to = FACTS[name].known_to
        department = next((code for code in known_to if code in DEPARTMENTS), None)
        if department:
            where: tuple[tuple[str, str], ...] = (("source", "shared_data"), ("department", department))
        else:
            where = (("source", "commitment" if "commitment" in known_to else "document"),)
        found.setdefault(where, {})[name] = value
    return found


def found_out(clerk: User, case: Application, **facts: Any) -> Application:
    """What a department says of somebody: by default that the registration of unemployment has ended, so that a clause fails."""
    return verify_facts(clerk, case, **(facts or {"registered_unemployed": False}))


def returned_as_failing(clerk: User, reviewer: User, *, by: User | None = None) -> Application:
    """A case that the county returned because a clause fails (复审未通过)."""
    case = a_case("reported", clerk=clerk, by=by)
    found_out(clerk, case)
    return act(reviewer, case, "return", clauses=["registered_unemployed"])


def a_signed_request(clerk: User, case: Application) -> int:
    """The id of the paper with which somebody asked for their application back."""
    return services.add_material(clerk, case.number, "signed_request", a_photograph("grey"), "request.jpg").pk


def act(user: User | None, case: Application, action: str, **said: Any) -> Application:
    """One action of the table, with something sensible said where the test does not say it."""
    if action == "withdraw" and user is not None and user.role == Role.CLERK and "request" not in said:
        said["request"] = a_signed_request(user, case)
    if action == "submit" and user is not None and user.role != Role.CLERK:
        said = {"signature": case.person.name, "consent": True} | said
    if action == "recognise":
        said = {"entry": {"category": case.categories[0]}} | said
    return engine.act(user, APPLICATION, case.number, action, SAID.get(action, {}) | said)


def act_on(
    action: str, user: User | None, row: Any, words: str = "", /, *, version: object = engine.UNSEEN, **said: Any
) -> Any:
    """One action of the tables of the register. `row`: it, or its key; of what begins, what it hangs on.

    `words` is what the first need asks for; `content` with `file_name` is a file that comes with the act.
    """
    workflow = next(one for one in (RECOGNITION, *BELOW) if action in one.of().by_action)
    if words:
        said[workflow.of().by_action[action].needs[0].name] = words
    if "content" in said:
        said["file"] = SimpleUploadedFile(said.pop("file_name", "x.jpg"), said.pop("content"))
    return engine.act(user, workflow, getattr(row, "pk", row), action, said, version=version)


def put_on_the_register(by: User, person: Person, *, area: str = "", category: str = "older") -> Recognition:
    """On the register without an application behind it. Call inside a transaction."""
    opened = {
        "agency": by.agency,
        "area": area or person.area,
        "category": category,
        "rules": registry.policy("jilin-2022-10"),
    }
    found: Recognition = engine.follow(OnRegister(None, by, person=person), RECOGNITION, person, "open", opened)
    return found


def again(case: Application) -> Application:
    """The case as it stands now."""
    return belonging_to_any(Application, "id", [case.pk], "person", "person__account", "agency")[0]


def seen_by(user: User | None, case: Application) -> Case:
    return Case(again(case), user)


def move_to(day: date) -> None:
    clock.move_to(day)


def after_the_notice(case: Application) -> date:
    """Let time pass to the first day on which the case can be endorsed."""
    notice = seen_by(None, case).notice
    assert notice is not None, "there is no notice"
    day = calendar.day_after(notice.ends_on)
    if day > clock.today():
        move_to(day)
    return day


OPEN_STATES = [status for status in _WAY if status not in ("declined", "recognised", "rejected", "withdrawn")]
assert set(_WAY) == set(APPLICATION.states)


def does(workflow: Workflow, action: str, *named: str) -> Any:
    """`does(CORRECTION, "ask")(user, key, what=…)`: an act of a workflow; what is said may come in the order of `named`."""

    def act_on(user: User | None, key: object, *said: object, version: object = engine.UNSEEN, **more: object) -> Any:
        return engine.act(
            user, workflow, key, action, {**dict(zip(named, said, strict=False)), **more}, version=version
        )

    return act_on


ask_to_correct, answer_correction = does(CORRECTION, "ask"), does(CORRECTION, "answer")
request_merge = does(FILE_CHANGE, "request_merge", "other", "reason")
request_split, confirm_change = does(FILE_CHANGE, "request_split"), does(FILE_CHANGE, "confirm")
undo_change = does(FILE_CHANGE, "undo", "reason")
certify_family, clear_family = does(FAMILY, "certify"), does(FAMILY, "clear")
call_lead = does(LEAD, "call", "result")
draft_lead, dismiss_lead = does(LEAD, "draft"), does(LEAD, "dismiss", "because")
start_import, discard_import = does(IMPORT, "start"), does(IMPORT, "discard")
take_import_back = does(IMPORT, "take_back", "reason")
