"""The API's endpoints of talks, plans, vacancies and follow-ups, in the table of every endpoint by role, and how they are called."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.applications.models import Application
from jiuyuan.assistance.follow_up_workflow import FOLLOW_UP, key_of
from jiuyuan.assistance.models import Enrolment, FollowUp, Interview, JobOffer, Plan, Venture
from jiuyuan.procedures import engine
from jiuyuan.procedures.subjects import moving
from jiuyuan.recognitions.models import Recognition
from tests.api.program import Program
from tests.assistance.offers import INTERESTED, a_fitting_vacancy, a_plan_with_vacancies, an_offer
from tests.assistance.plans import a_plan, content
from tests.assistance.posts import placed
from tests.assistance.vacancies import a_vacancy
from tests.assistance.vacancies import said as said_of_a_vacancy
from tests.factories import staff
from tests.recognitions.register import end

Call = Callable[[Program, Application], Any]
_LIST = "200 200 200 200 403 200 200 401 | 200 200 200 - 403 200 200 401"
_SEEN = "200 200 200 200 404 200 404 401 | 404 404 404 - 404 404 404 401"
_CLERK = "200 403 403 403 404 403 404 401 | 404 404 404 - 404 404 404 401"
_OWN = "403 403 403 403 404 200 404 401 | 404 404 404 - 404 404 404 401"
_OF_A_VACANCY = "200 403 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401"
_MADE = _CLERK.replace("200", "201", 1)

LISTED = {
    **{f"GET /{of}": _LIST for of in ("interviews", "plans", "measures", "offers", "refusals", "follow_ups")},
    **dict.fromkeys(("GET /plans/{pk}", "GET /plans/{pk}/matches"), _SEEN),
    **dict.fromkeys(("GET /interviews/{pk}", "GET /measures/{pk}", "GET /follow_ups/{pk}"), _SEEN),
    "POST /recognitions/{pk}/interviews": _MADE,
    "POST /recognitions/{pk}/wishes": _OWN.replace("200", "201"),
    "POST /recognitions/{pk}/plans": _MADE,
    "POST /interviews/{pk}/complete": _CLERK,
    "POST /interviews/{pk}/change_wishes": _OWN,
    "POST /plans/{pk}/agree": "200 403 403 403 404 200 404 401 | 404 404 404 - 404 404 404 401",
    "POST /plans/{pk}/hand_over": "200 200 200 200 404 403 404 401 | 404 404 404 - 404 404 404 401",
    **{f"POST /plans/{{pk}}/{act}": _CLERK for act in ("start_unsigned", "review", "replace", "end")},
    **{f"POST /measures/{{pk}}/{act}": _CLERK for act in ("start", "finish", "drop")},
    "GET /vacancies": "200 200 200 200 403 403 403 401 | 200 200 200 - 403 403 403 401",
    "GET /vacancies/{pk}": "200 200 200 200 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "POST /vacancies": "201 403 403 403 403 403 403 401 | 201 403 403 - 403 403 403 401",
    "POST /vacancies/{pk}/open_with_ground": "403 200 403 403 404 404 404 401 | 404 404 404 - 404 404 404 401",
    **{f"POST /vacancies/{{pk}}/{act}": _OF_A_VACANCY for act in ("revise", "check", "open", "fill", "withdraw")},
    **{f"POST /{of}/{{pk}}/follow_ups": _MADE for of in ("offers", "placements", "enrolments", "ventures")},
    **{f"POST /{of}/{{pk}}/verify_work": _CLERK for of in ("offers", "placements", "ventures")},
    "POST /follow_ups/{pk}/apply_again": _CLERK,
    "GET /duties/{key}": "200 200 200 200 404 404 404 401 | 404 404 404 - 404 404 404 401",
}


def _wished(stay: Recognition) -> None:
    with moving(Interview):
        Interview.objects.create(recognition=stay, on=clock.today())


def _works(world: Any, stay: Recognition) -> JobOffer:
    """Since five weeks."""
    vacancy = a_fitting_vacancy(world.clerk, f"护理员{stay.pk}")
    taken = (INTERESTED, ("taken_on", {"from": clock.today()}))
    offer = an_offer(world.clerk, a_plan_with_vacancies(world.clerk, stay), vacancy, *taken)
    JobOffer.objects.unscoped().filter(pk=offer.pk).update(begins_on=clock.today() - timedelta(days=35))
    offer.refresh_from_db()
    return offer


def _lost(world: Any, stay: Recognition) -> None:
    offer = _works(world, stay)
    said = {"on": clock.today(), "means": "phone", "working": False}
    engine.act(world.clerk, FOLLOW_UP, key_of(offer), "follow_up", said)
    end(stay, world.reviewer, ground="left_scope")


STATES: dict[str, Callable[[Any, Recognition], object]] = {
    "wished": lambda world, stay: _wished(stay),
    "drafted": lambda world, stay: a_plan(world.clerk, stay, "draft"),
    "in work": _works,
    "lost again": _lost,
}


def _below(things: str, **said: Any) -> Call:
    """A call that begins something below the recognition."""

    def call(program: Program, case: Application) -> Any:
        version = Recognition.objects.unscoped().get(pk=case.recognition_id).version
        return program.post(f"/recognitions/{case.recognition_id}/{things}", {"version": version, **_now(said)})

    return call


def _now(said: dict[str, Any]) -> dict[str, Any]:
    """`plan` is what a clerk writes into one; a day that is said is today."""
    if said.get("plan"):
        rows = [{**one, "due_on": str(one["due_on"])} for one in content(staff("clerk"))["measures"]]
        return {"helper": staff("clerk").username, "goal": "就业。", "measures": rows}
    return {name: str(clock.today()) if value == "today" else value for name, value in said.items()}


def _theirs(model: Any, things: str, action: str = "", **said: Any) -> Call:
    """A call about what hangs on the case's recognition; an action with the version as it stands."""

    def call(program: Program, case: Application) -> Any:
        row = model.objects.unscoped().get(recognition=case.recognition_id)
        if not action:
            return program.get(f"/{things}/{row.pk}")
        return program.post(f"/{things}/{row.pk}/{action}", {"version": row.version, **_now(said)})

    return call


def _line(action: str = "", **said: Any) -> Call:
    def call(program: Program, case: Application) -> Any:
        row = Plan.objects.unscoped().get(recognition=case.recognition_id).measures.get(kind="guidance")
        if not action:
            return program.get(f"/measures/{row.pk}")
        return program.post(f"/measures/{row.pk}/{action}", {"version": row.version, **said})

    return call


def _vacancy(status: str, action: str = "", **said: Any) -> Call:
    def call(program: Program, case: Application) -> Any:
        row = a_vacancy(staff("clerk"), status)
        if not action:
            return program.get(f"/vacancies/{row.pk}")
        more = _as_json() if action == "revise" else said
        return program.post(f"/vacancies/{row.pk}/{action}", {"version": row.version, **more})

    return call


def _as_json() -> dict[str, Any]:
    return {name: str(one) if isinstance(one, date) else one for name, one in said_of_a_vacancy().items()}


def _followed(model: Any, things: str, **columns: Any) -> Call:
    """A call that follows somebody up on what began or ended so long ago."""

    def call(program: Program, case: Application) -> Any:
        row = model.objects.unscoped().get(recognition=case.recognition_id)
        model.objects.unscoped().filter(pk=row.pk).update(**{name: days_ago() for name, days_ago in columns.items()})
        sent = {"version": row.version, "on": str(clock.today()), "means": "phone", "working": True}
        return program.post(f"/{things}/{row.pk}/follow_ups", sent)

    return call


def _weeks_ago() -> date:
    return clock.today() - timedelta(days=35)


def _on_a_post(action: str, **said: Any) -> Call:
    def call(program: Program, case: Application) -> Any:
        row = placed(staff("clerk"), "on_post", case.recognition.placements.get())
        type(row).objects.unscoped().filter(pk=row.pk).update(begins_on=_weeks_ago())
        return program.post(f"/placements/{row.pk}/{action}", {"version": row.version, **_now(said)})

    return call


_ASKED = {"on": "today", "means": "phone", "working": True}
_FOUND = {"source": "site_visit", "observed_on": "today", "evidence": "到单位看过。"}
_TALK = {"on": "today", "means": "counter", "ability": ["skills"], "wishes": {"hours": "full"}}

CALLS: dict[str, tuple[str, Call]] = {
    "GET /interviews": ("wished", lambda p, c: p.get("/interviews", status="wishes")),
    "GET /interviews/{pk}": ("wished", _theirs(Interview, "interviews")),
    "POST /recognitions/{pk}/interviews": ("wished", _below("interviews", **_TALK)),
    "POST /recognitions/{pk}/wishes": ("wished", _below("wishes", wishes={"hours": "part"})),
    "POST /interviews/{pk}/complete": ("wished", _theirs(Interview, "interviews", "complete", **_TALK)),
    "POST /interviews/{pk}/change_wishes": (
        "wished", _theirs(Interview, "interviews", "change_wishes", wishes={"hours": "part"}),
    ),
    "POST /recognitions/{pk}/plans": ("wished", _below("plans", plan=True)),
    "GET /duties/{key}": ("wished", lambda p, c: p.get(f"/duties/interview-{c.recognition_id}")),
    "GET /plans": ("drafted", lambda p, c: p.get("/plans", status="draft", due_by="2030-01-01")),
    "GET /plans/{pk}": ("offered", _theirs(Plan, "plans")),
    "GET /plans/{pk}/matches": ("offered", lambda p, c: p.get(f"/plans/{c.recognition.plans.get().pk}/matches")),
    "GET /offers": ("offered", lambda p, c: p.get("/offers", status="given", due_by="2030-01-01")),
    "GET /refusals": ("declined", lambda p, c: p.get("/refusals", status="noted")),
    "POST /plans/{pk}/agree": ("drafted", _theirs(Plan, "plans", "agree", how="signed")),
    "POST /plans/{pk}/start_unsigned": ("drafted", _theirs(Plan, "plans", "start_unsigned", reason="联系不上。")),
    "POST /plans/{pk}/review": ("planned", _theirs(Plan, "plans", "review", result="照旧。", next_on="2026-06-01")),
    "POST /plans/{pk}/replace": ("planned", _theirs(Plan, "plans", "replace", plan=True)),
    "POST /plans/{pk}/hand_over": (
        "planned", lambda p, c: _theirs(Plan, "plans", "hand_over", helper=staff("clerk").username)(p, c),
    ),
    "POST /plans/{pk}/end": ("planned", _theirs(Plan, "plans", "end", result="已就业。")),
    "GET /measures": ("planned", lambda p, c: p.get("/measures", status="planned", due_by="2030-01-01")),
    "GET /measures/{pk}": ("planned", _line()),
    "POST /measures/{pk}/start": ("planned", _line("start")),
    "POST /measures/{pk}/finish": ("planned", _line("finish", result="改了简历。")),
    "POST /measures/{pk}/drop": ("planned", _line("drop", reason="不做了。")),
    "GET /vacancies": ("", lambda p, c: p.get("/vacancies", status="open", due_by="2030-01-01")),
    "POST /vacancies": ("", lambda p, c: p.post("/vacancies", _as_json())),
    "GET /vacancies/{pk}": ("planned", _vacancy("open")),
    "POST /vacancies/{pk}/revise": ("planned", _vacancy("open", "revise")),
    "POST /vacancies/{pk}/check": ("planned", _vacancy("draft", "check", how="看了执照。")),
    "POST /vacancies/{pk}/open": ("planned", _vacancy("checked", "open")),
    "POST /vacancies/{pk}/open_with_ground": ("planned", _vacancy("checked", "open_with_ground", ground="有规定。")),
    "POST /vacancies/{pk}/fill": ("planned", _vacancy("open", "fill")),
    "POST /vacancies/{pk}/withdraw": ("planned", _vacancy("open", "withdraw", reason="不招了。")),
    "POST /offers/{pk}/follow_ups": ("in work", _theirs(JobOffer, "offers", "follow_ups", **_ASKED)),
    "POST /offers/{pk}/verify_work": ("in work", _theirs(JobOffer, "offers", "verify_work", **_FOUND)),
    "POST /placements/{pk}/follow_ups": ("to be placed", _on_a_post("follow_ups", **_ASKED)),
    "POST /placements/{pk}/verify_work": ("to be placed", _on_a_post("verify_work", **_FOUND)),
    "POST /enrolments/{pk}/follow_ups": ("over", _followed(Enrolment, "enrolments", ended_on=_weeks_ago)),
    "POST /ventures/{pk}/follow_ups": ("licence", _followed(Venture, "ventures", registered_on=_weeks_ago)),
    "POST /ventures/{pk}/verify_work": ("licence", _theirs(Venture, "ventures", "verify_work", **_FOUND)),
    "GET /follow_ups": ("lost again", lambda p, c: p.get("/follow_ups", status="lost")),
    "GET /follow_ups/{pk}": ("lost again", _theirs(FollowUp, "follow_ups")),
    "POST /follow_ups/{pk}/apply_again": (
        "lost again",
        _theirs(FollowUp, "follow_ups", "apply_again", since="today", registered_on="today", registration="220102-1"),
    ),
}  # fmt: skip
