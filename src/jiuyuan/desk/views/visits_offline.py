"""The offline page for phones, and its requests when online (四(一)).

The page has no names, session or input, so browsers may cache it. Personal data come from `take` and go to
`send`, which are never cached.
"""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jiuyuan import clock, json_once
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.assistance import visit_help
from jiuyuan.characters import impossible_within
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.fact_rows import in_words
from jiuyuan.desk.forms.visit_help import GoesOnForm, OfferAnswerForm, OfferedForm, TalkForm
from jiuyuan.desk.forms.visits import VisitForm
from jiuyuan.desk.views.visits import keys, read
from jiuyuan.recognitions import visiting
from jiuyuan.recognitions.visiting import Brought
from jiuyuan.refusals import BadInput, Refusal
from jiuyuan.rules.facts import FACTS, in_order
from jiuyuan.wording import say

#: The files that the service worker caches beside the page.
FILES = (
    "favicon.svg", "icons.svg", "bootstrap/css/bootstrap-reboot.min.css", "jiuyuan.css", "forms.css", "parts.css",
    "portal.css", "desk/visits.css", "desk/visits/vault.js", "desk/visits/server.js", "desk/visits/photographs.js", "desk/visits/form.js",
    "desk/visits/help.js",    "desk/visits/offline.js",
)  # fmt: skip
DAYS_KEPT = 14
MINUTES_OPEN = 5


@staff(Right.VISIT)
@require_safe
def offline(request: StaffRequest) -> HttpResponseBase:
    """The same page for everybody. The people to take along are in the URL and read only by the script."""
    response = HttpResponse(_shell())
    response["Cache-Control"] = "no-cache"
    return response


@staff(Right.VISIT)
@require_safe
def worker(request: StaffRequest) -> HttpResponseBase:
    """The service worker. It changes with any cached file, which makes browsers fetch everything anew."""
    context = {
        "version": _version(),
        "page": reverse("desk:visits_offline"),
        "files": json.dumps([static(name) for name in FILES]),
    }
    text = render_to_string("desk/visits_worker.js", context)
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _shell() -> str:
    urls = {name: reverse(f"desk:visits_{name}") for name in ("session", "take", "send", "worker", "offline")}
    facts = [(FACTS[name].name, FACTS[name].kind) for name in in_order("findable")]
    context = {
        "form": VisitForm(),
        "talk": TalkForm(prefix=visit_help.TALK),
        "answer": OfferAnswerForm(prefix="NAME"),
        "offered": OfferedForm(prefix="NAME"),
        "goes_on": GoesOnForm(prefix="NAME"),
        "urls": urls,
        "facts": json.dumps(facts),
        "days": DAYS_KEPT,
        "minutes": MINUTES_OPEN,
        "most_photos": visiting.MOST_PHOTOS,
    }
    return render_to_string("desk/visits_offline.html", context)


def _version() -> str:
    return hashlib.sha256((_shell() + _of_files()).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _of_files() -> str:
    found = [finders.find(name) for name in FILES]
    return "".join(hashlib.sha256(Path(str(path)).read_bytes()).hexdigest() for path in found)


@staff(Right.VISIT)
@never_cache
@require_safe
def session(request: StaffRequest) -> HttpResponseBase:
    """The user as a keyed mark, and the CSRF token for the page."""
    return JsonResponse({"account": _mark(request.user), "token": get_token(request)})


def _mark(user: User) -> str:
    """A mark that distinguishes accounts on a device and reveals nothing else."""
    return salted_hmac("jiuyuan.visits", str(user.pk), algorithm="sha256").hexdigest()


@staff(Right.VISIT)
@never_cache
@require_POST
def take(request: StaffRequest) -> HttpResponseBase:
    """The list to take along: the least data needed to find and ask people. Each look is recorded."""
    try:
        taken = visiting.taken_along(request.user, keys(request.POST.getlist("person")))
    except Refusal as refusal:
        return _refused(refusal)
    help = visit_help.carried([person for person, _ in taken])
    listed = [
        {
            "key": person.pk,
            "name": person.name,
            "id_number": person.masked_id_number,
            "phone": person.phone,
            "address": person.address,
            "answers": answers,
            "said": {name: in_words(name, value) for name, value in answers.items()},
            "help": help.get(person.pk),
        }
        for person, answers in taken
    ]
    return JsonResponse(
        {"today": clock.today().isoformat(), "people": listed}, json_dumps_params={"ensure_ascii": False}
    )


@staff(Right.VISIT)
@never_cache
@require_POST
def send(request: StaffRequest) -> HttpResponseBase:
    """Receive a visit. Sent again, the answer is the same."""
    try:
        brought = _brought(request.POST.get("visit", ""))
        visit = visiting.receive(request.user, brought, read(request.FILES.getlist("photo")))
    except Refusal as refusal:
        return _refused(refusal)
    return JsonResponse({"uid": str(visit.uid), "status": visit.status})


def _brought(text: str) -> Brought:
    try:
        sent = json_once.loads(text)
        if impossible_within(sent):
            raise ValueError("half a character")
        said: dict[str, Any] = {
            "uid": str(sent["uid"]),
            "person": int(sent["person"]),
            "visited_on": str(sent["visited_on"]),
            "nobody_home": sent.get("nobody_home") is True,
            "found": dict(sent.get("found") or {}),
            "seen": dict(sent.get("seen") or {}),
            "help": dict(sent.get("help") or {}),
            **{name: str(sent.get(name) or "") for name in ("place", "remarks", "wanted")},
        }
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise BadInput(say("收到的内容不完整。"), [("visit", say("请更新页面后再发送一次，草稿不会丢。"))]) from None
    return Brought(**said)


def _refused(refusal: Refusal) -> JsonResponse:
    return JsonResponse({"title": refusal.title, "errors": refusal.errors}, status=refusal.status)
