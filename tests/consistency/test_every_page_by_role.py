"""Every page of the whole project, opened by every role, inside and outside its area. A page that is not listed fails.

Inside: the case stands below the visitor's agency, or is their own. Outside: an agency of the same kind elsewhere, or a
stranger. POSTs are undone, so that each visitor finds the same case. The API has its own table (`test_every_endpoint_by_role`).
"""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications import outreach
from jiuyuan.applications.models import Application, Lead
from jiuyuan.desk import spreadsheets
from jiuyuan.people.sources import services as imports
from jiuyuan.recognitions import visiting
from jiuyuan.recognitions.models import Visit
from jiuyuan.worker.models import Job
from tests import factories
from tests.conftest import ON_POSTGRES
from tests.consistency import (
    accounts_and_offices,
    pages_of_applicants,
    pages_of_help,
    pages_of_payments,
    pages_of_the_desk,
    words_of_pages,
)
from tests.factories import (
    OTHER_COUNTY,
    OTHER_PLATFORM,
    a_case,
    a_photograph,
    act_on,
    an_account,
    an_applicant,
    an_id_number,
    staff,
)
from tests.jobs import work
from tests.recognitions.register import struck_off

pytestmark = pytest.mark.django_db

# What a role's scope adds to a statement is asked of PostgreSQL by one role a kind of scope: a place, a subtree, one's own.
BY_DATABASE = ("clerk", "supervisor", "applicant") if ON_POSTGRES else ()
VISITORS = ("clerk", "reviewer", "supervisor", "province", "auditor", "applicant", "channel", "public")
ELSEWHERE = {
    "clerk": OTHER_PLATFORM,
    "reviewer": OTHER_COUNTY,
    "supervisor": "2202",
    "auditor": "2202",
    "finance": OTHER_COUNTY,
}

# Who pays is answered as an auditor is, beside this: no file of anybody, and nothing of the record.
FINANCE = pages_of_payments.FINANCE

# Where files and settings of the server are named as they are written.
OF_THE_SERVER = frozenset({"GET desk:system"})

# Statuses in the order of VISITORS: inside | outside. Nobody stands outside the province.
LISTED = accounts_and_offices.LISTED | pages_of_applicants.LISTED | pages_of_help.LISTED | pages_of_the_desk.LISTED | pages_of_payments.LISTED | {
    "GET home":                  "302 302 302 302 302 200 200 200 | 302 302 302 - 302 200 200 200",
    "GET login":                 "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET kept":                  "302 302 302 302 302 302 302 302 | 302 302 302 - 302 302 302 302",
    "POST larger_type":          "302 302 302 302 302 302 302 302 | 302 302 302 - 302 302 302 302",
    "POST move_day":             "302 302 302 302 302 302 302 401 | 302 302 302 - 302 302 302 401",
    "GET desk:home":             "302 302 302 302 302 403 403 302 | 302 302 302 - 302 403 403 302",
    "GET desk:inbox":            "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:export":           "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:case":             "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:case_before":      "302 302 302 302 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:case_after":       "302 302 302 302 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "POST desk:case_unmask":     "200 200 403 403 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "GET desk:act":              "200 403 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:verify_facts":     "200 200 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:household":        "200 200 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:record_facts":     "200 200 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:settle_fact":      "200 200 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:dispute_fact":     "200 200 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:upload":           "200 200 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:document":         "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "POST desk:remove_document": "302 302 403 403 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "GET desk:form_pdf":         "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:letter":           "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:window":           "200 403 403 403 403 403 403 302 | 200 403 403 - 403 403 403 302",
    "GET desk:notices":          "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:board":            "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:register":         "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:register_export":    "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "POST desk:register_save":     "302 302 302 302 403 403 403 401 | 302 302 302 - 403 403 403 401",
    "POST desk:register_forget":   "302 302 302 302 403 403 403 401 | 302 302 302 - 403 403 403 401",
    "GET desk:proposals":          "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:investigations":     "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:objections":         "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:warnings":           "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:recognition":        "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:recognition_act":    "200 200 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:exit_notice":        "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:objection_outcome": "404 404 404 404 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:evidence":           "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:nightly":            "403 403 403 200 403 403 403 302 | 403 403 403 - 403 403 403 302",
    "GET desk:nightly_progress":   "403 403 403 200 403 403 403 302 | 403 403 403 - 403 403 403 302",
    "POST desk:nightly_start":     "403 403 403 302 403 403 403 401 | 403 403 403 - 403 403 403 401",
    "GET desk:person":           "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:one_file":         "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:one_file_pdf":     "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "POST desk:one_file_whole":  "200 200 403 403 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "POST desk:person_unmask":   "200 200 403 403 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "POST desk:binding_code":    "200 200 403 403 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "GET desk:search":           "200 200 200 200 302 403 403 302 | 200 200 200 - 302 403 403 302",
    "GET desk:history":          "403 403 403 403 200 403 403 302 | 403 403 403 - 200 403 403 302",
    "GET desk:export_history":   "403 403 403 403 200 403 403 302 | 403 403 403 - 200 403 403 302",
    "GET desk:looks":            "403 403 403 403 200 403 403 302 | 403 403 403 - 200 403 403 302",
    "GET desk:export_looks":     "403 403 403 403 200 403 403 302 | 403 403 403 - 200 403 403 302",
    "GET desk:verify":           "403 403 403 403 200 403 403 302 | 403 403 403 - 200 403 403 302",
    "GET desk:imports":         "403 200 403 403 403 403 403 302 | 403 200 403 - 403 403 403 302",
    "GET desk:import":          "404 200 403 403 403 403 403 302 | 404 404 403 - 403 403 403 302",
    "GET desk:import_progress": "404 200 403 403 403 403 403 302 | 404 404 403 - 403 403 403 302",
    "GET desk:import_report":   "404 200 403 403 403 403 403 302 | 404 404 403 - 403 403 403 302",
    "GET desk:import_take_back": "404 200 403 403 403 403 403 302 | 404 404 403 - 403 403 403 302",
    "POST desk:import_start":   "404 302 403 403 403 403 403 401 | 404 404 403 - 403 403 403 401",
    "POST desk:import_discard": "404 302 403 403 403 403 403 401 | 404 404 403 - 403 403 403 401",
    "GET desk:import_register": "403 200 403 403 403 403 403 302 | 403 200 403 - 403 403 403 302",
    "GET desk:changes":         "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:families":        "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:merge":           "200 200 403 403 403 403 403 302 | 404 404 403 - 403 403 403 302",
    "GET desk:split":           "200 200 403 403 403 403 403 302 | 404 404 403 - 403 403 403 302",
    "GET desk:correction":      "200 200 403 403 403 403 403 302 | 404 404 403 - 403 403 403 302",
    "GET desk:correction_answer": "200 200 403 403 403 403 403 302 | 404 404 403 - 403 403 403 302",
    "GET desk:change_confirm":  "200 200 403 403 403 403 403 302 | 404 404 403 - 403 403 403 302",
    "GET desk:change_undo":     "200 200 403 403 403 403 403 302 | 404 404 403 - 403 403 403 302",
    "GET desk:person_household": "302 302 403 403 403 403 403 302 | 404 404 403 - 403 403 403 302",
    "GET desk:family_certify":  "403 200 403 403 403 403 403 302 | 403 404 403 - 403 403 403 302",
    "GET desk:family_clear":    "403 200 403 403 403 403 403 302 | 403 404 403 - 403 403 403 302",
    "GET desk:jobs":            "403 200 200 200 403 403 403 302 | 403 200 200 - 403 403 403 302",
    "POST desk:job_retry":      "403 302 302 302 403 403 403 401 | 403 404 404 - 403 403 403 401",
    "GET preparing":             "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET look":                  "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET look_desk":             "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET look_work":             "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET look_confirm":          "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "POST logout":               "302 302 302 302 302 302 302 401 | 302 302 302 - 302 302 302 401",
}  # fmt: skip

# What a page of many shows to those inside and to nobody outside: the case on notice, or the one on the register.
SHOWS = (
    accounts_and_offices.SHOWS
    | pages_of_help.SHOWS
    | {
        "GET desk:inbox": "number",
        "GET desk:export": "number",
        "GET desk:search": "number",
        "GET desk:batches": "batch",
        "GET desk:notices": "name",
        "GET desk:register": "recognition",
        "GET desk:register_export": "recognition",
        "GET desk:proposals": "on the register",
        "GET desk:investigations": "on the register",
        "GET desk:objections": "once on the register",
        "GET desk:warnings": "on the register",
        "GET desk:leads": "lead",
        "GET desk:visits": "on the register",
        "GET desk:visits_received": "on the register",
        "GET desk:visits_on_paper": "on the register",
        "POST desk:visits_take": "on the register",
        "GET desk:changes": "name",
        "GET desk:families": "name",
        "GET desk:history": "number",
        "GET desk:export_history": "number",
        "GET desk:looks": "number",
        "GET desk:export_looks": "number",
    }
)
_API = "api:"


def the_pages() -> set[str]:
    return {name for name in _names(get_resolver()) if not name.startswith(_API)}


def _names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            yield from _names(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)


def test_every_page_is_listed_here() -> None:
    assert the_pages() == {operation.split()[1] for operation in LISTED}
    assert set(SHOWS) | set(FINANCE) <= set(LISTED)


class World:
    """A case on notice and one on the register, both of the same platform and applicant's kind, with papers and a batch."""

    def __init__(self) -> None:
        self.clerk, self.reviewer, self.owner = staff("clerk"), staff("reviewer"), an_account()
        self.recognised = self._on_the_register(name="司徒秀兰")
        objected = self._ended(self._on_the_register(name="诸葛秀兰"))
        act_on("object", self.clerk, objected, "不该退出")
        # The owner was on the register once and applies again (四(三)).
        again = an_applicant(name="欧阳秀英")
        gone = self._ended(a_case("recognised", again, by=self.owner, clerk=self.clerk, reviewer=self.reviewer))
        self.case = a_case("publishing", again, by=self.owner, clerk=self.clerk)
        stay = [self.recognised.recognition_id]
        act_on("propose", self.clerk, *stay, ground="left_scope", reason="公安数据")
        investigation = act_on("investigate", self.clerk, *stay, cause="有人反映")
        act_on("evidence", self.clerk, investigation.pk, note="在场", content=a_photograph(), file_name="现场.jpg")
        [evidence] = investigation.evidence.all()
        self.recognised.recognition.warnings.create(kind="age", due_on=clock.today())
        work("seal_form", "make_letter", "make_exit_notice", "make_sheets")
        batch = imports.upload(self.reviewer, "social_insurance", "社保.csv", ["姓名,身份证号码\n".encode()])
        extract, lead = self._a_lead()
        notice, material = self.case.notices.get(), self.case.materials.first()
        case, person = [self.case.number], [self.case.person_id]
        self.arguments: dict[str, list[Any]] = {
            "desk:act": [*case, "withdraw"],
            "desk:settle_fact": [*case, "hukou_kind"],
            "desk:dispute_fact": [*case, "hukou_kind"],
            "desk:document": [*case, material.pk],
            "desk:remove_document": [*case, material.pk],
            "desk:letter": [*case, "receipt"],
            "desk:board": [f"{self.case.agency.code}:{notice.posted_on}:{notice.ends_on}"],
            "portal:street": ["220102"],
            "portal:paper": [*case, "form"],
            "portal:place_street": [*case, "220102"],
            "portal:page": [*case, "contact"],
            "portal:material": [*case, "id_card"],
            "portal:picture": [*case, material.pk],
            "portal:remove": [*case, material.pk],
        }
        self.arguments |= {
            "desk:recognition": stay,
            "desk:recognition_act": [*stay, "propose", 0],
            "desk:helping": stay,
            "desk:help_act": [*stay, "interview", "interview", 0],
            "desk:evidence": [*stay, evidence.pk],
            **{key: [gone] for key in ("desk:exit_notice", "desk:objection_outcome")},  # nobody objected
            "desk:register_forget": [1],
            "desk:cases_forget": [1],
        }
        for name in ("exit_notice", "objection_outcome", "object_to_exit", "answer_inquiry", "leave", "stay"):
            self.arguments[f"portal:{name}"] = [gone]
        for name in ("notice", "object", "objected"):
            self.arguments[f"portal:{name}"] = [notice.pk]
        for name in ("person", "person_unmask", "binding_code", "one_file", "one_file_pdf", "one_file_whole"):
            self.arguments[f"desk:{name}"] = person
        for name in ("", "_progress", "_report", "_take_back", "_start", "_discard"):
            self.arguments[f"desk:import{name}"] = [batch.pk]
        Job.objects.unscoped().filter(kind="screen_list").update(failure="没有证书。")
        self.arguments["desk:job_retry"] = [Job.objects.unscoped().get(kind="screen_list").pk]
        self.arguments |= {"desk:extract": [extract], "desk:extract_progress": [extract], "desk:lead": [lead]}
        visit, to_send = self._a_visit(self.recognised.person_id)
        self.arguments |= {"desk:visit": [visit.pk], "desk:visit_discard": [visit.pk]}
        self.arguments |= {"desk:visit_photo": [visit.pk, visit.photos.get().pk], "desk:visit_enter": person}
        asked, change, family = self._a_changed_file()
        self.arguments |= {"desk:correction_answer": [asked], "desk:family_clear": [family]}
        self.arguments |= {key: [change] for key in ("desk:change_confirm", "desk:change_undo")}
        for name in ("merge", "split", "correction", "family_certify", "person_household"):
            self.arguments[f"desk:{name}"] = person
        of_a_case = ["case", "case_before", "case_after", "case_unmask", "verify_facts", "record_facts"]
        of_a_case += ["household", "upload", "form_pdf", "ask", "asked", "edit_form"]
        of_ones_own = ["progress", "place", "receipt", "withdraw", "form", "resume", "household_add", "sign", "confirm"]
        of_a_case += pages_of_the_desk.OF_A_CASE
        self.arguments |= pages_of_the_desk.arguments(self.case, self.recognised)
        for name in (*(f"desk:{n}" for n in of_a_case), *(f"portal:{n}" for n in of_ones_own)):
            self.arguments[name] = case
        self.arguments |= pages_of_help.arguments(self.clerk, self.recognised.recognition)
        self.arguments |= pages_of_payments.arguments(self.case.person_id)
        self.arguments |= accounts_and_offices.arguments(self.owner, self.case.agency)
        self.queries = pages_of_the_desk.QUERIES | {
            "desk:search": {"q": "欧阳秀英"},
            "desk:history": {"role": "clerk"},
            "desk:batch": {"action": "accept"},
            "portal:notices": {"platform": self.case.agency.code},
            "desk:visits_on_paper": {"person": self.recognised.person_id},
            "desk:visits_take": {"person": self.recognised.person_id},
            "desk:visits_send": to_send,
            "desk:visit_discard": {"reason": "走错了门。"},
        }
        self.words = {
            "number": self.case.number,
            "name": "欧阳秀英",
            "batch": self.recognised.batch.number,
            "recognition": self.recognised.recognition.number,
            "on the register": "司徒秀兰",
            "once on the register": "诸葛秀兰",
            "lead": "司空见秀",
            "vacancy": pages_of_help.VACANCY_TITLE,
            "account": accounts_and_offices.USERNAME,
            "office": self.case.agency.name,
        }

    def _a_changed_file(self) -> tuple[int, int, int]:
        """A request for correction, one for a merge, and a family that was certified."""
        person = self.case.person_id
        asked = factories.ask_to_correct(self.clerk, person, what="income_stable", wanted="否", reason="租约已止。")
        change = factories.request_merge(self.clerk, person, self.recognised.person_id, "疑为同一人。")
        family = factories.certify_family(self.reviewer, person, ground="入户核实。")
        return asked.pk, change.pk, family.pk

    def _a_visit(self, person: int) -> tuple[Visit, dict[str, str]]:
        """A visit that waits to be confirmed, and another as a device sends it."""
        brought = {"person": person, "visited_on": clock.today().isoformat(), "found": {"wants_work": True}}
        photos = [("门口.jpg", a_photograph())]
        visit = visiting.receive(self.clerk, visiting.Brought(uid=str(uuid4()), **brought), photos)
        return visit, {"visit": json.dumps({"uid": str(uuid4()), **brought})}

    def _a_lead(self) -> tuple[int, int]:
        """A list with one townswoman of the same platform who has not applied."""
        headings = "姓名,身份证号码,常住地,户籍性质,本次失业起始日期"
        row = f"司空见秀,{an_id_number('1980-05-06', number=77)},{self.case.agency.code},城镇,2025-01-10"
        pieces = [f"{headings}\n{row}\n".encode()]
        extract = outreach.upload(self.reviewer, provider="失业登记", file_name="失业登记.csv", pieces=pieces)
        work("screen_list")
        return extract.pk, Lead.objects.unscoped().get(extract=extract).pk

    def _on_the_register(self, **of_whom: Any) -> Application:
        return a_case("recognised", an_applicant(**of_whom), clerk=self.clerk, reviewer=self.reviewer)

    def _ended(self, case: Application) -> int:
        return struck_off(case.recognition, "imprisoned", self.reviewer).pk  # type: ignore[arg-type]

    def visitor(self, role: str, inside: bool) -> User | None:
        if role == "public":
            return None
        if role == "applicant":
            return self.owner if inside else an_account()
        if role == "channel":
            return an_account("channel")
        return staff(role, at=None if inside else ELSEWHERE[role])


def test_every_page_answers_every_role_as_listed(client: Any, log_in: Any) -> None:
    world = World()
    wrong = [fault for inside in (True, False) for fault in _wrong(world, inside, client, log_in)]
    assert not wrong, "\n".join(wrong)


def _wrong(world: World, inside: bool, client: Any, log_in: Any) -> list[str]:
    wrong = []
    visitors = {
        role: (log_in(user) if (user := world.visitor(role, inside)) else client)
        for role in BY_DATABASE or (*VISITORS, "finance")
        if inside or role != "province"
    }
    for operation, listed in LISTED.items():
        answers = {role: _answer(world, operation, visitor) for role, visitor in visitors.items()}
        wanted = dict(zip(VISITORS, listed.split(" | ")[0 if inside else 1].split(), strict=True))
        wanted["finance"] = FINANCE.get(operation, f"{wanted['auditor']} {wanted['auditor']}").split()[
            0 if inside else 1
        ]
        found = {role: str(answer.status_code) for role, answer in answers.items()}
        if found != {role: wanted[role] for role in found}:
            wrong.append(f"{operation}: {found}")
        for role, answer in answers.items():
            if role != "public" and answer["Cache-Control"] != "private, no-store":
                wrong.append(f"{operation}: {role} gets it with Cache-Control {answer['Cache-Control']}")
            read = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
            if read and operation not in OF_THE_SERVER:
                wrong += [f"{operation}: {role} reads {fault}" for fault in words_of_pages.faults(_content(answer))]
        for role in ("clerk", "reviewer", "supervisor", "auditor"):
            answer = answers.get(role)
            if operation in SHOWS and answer and answer.status_code == 200:
                shown = world.words[SHOWS[operation]] in _content(answer)
                if shown != inside:
                    wrong.append(f"{operation}: {role} {'sees' if shown else 'does not see'} {SHOWS[operation]}")
    return wrong


def _answer(world: World, operation: str, client: Any) -> Any:
    method, name = operation.split()
    url = reverse(name, args=world.arguments.get(name, []))
    with transaction.atomic():
        send = client.post if method == "POST" else client.get
        answer = send(url, world.queries.get(name, {}))
        if answer.streaming:
            answer.content_kept = answer.getvalue()
        transaction.set_rollback(method == "POST")
    return answer


def _content(answer: Any) -> str:
    content: bytes = answer.content_kept if answer.streaming else answer.content
    if answer["Content-Type"] == spreadsheets.XLSX:
        with ZipFile(BytesIO(content)) as book:
            content = book.read("xl/worksheets/sheet1.xml")
    return content.decode(errors="replace")
