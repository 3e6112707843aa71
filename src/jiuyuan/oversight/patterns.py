"""Numbers from the record that deserve a look (五(三)), by office and account, with cases to open.

They are not judgements: there may be good reasons, and only a person can tell.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.db.models.functions import Lag

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.assistance.models import FollowUp
from jiuyuan.history.models import Entry, Look
from jiuyuan.people.models import Document
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from jiuyuan.wording import say

_SHOWN, _CASES = 20, 5
_HOLDERS = 8 * _CASES  # more than this means a paper attached to every application
_RECOGNISED = "recognised"


@dataclass(frozen=True)
class PatternRow:
    """An office, account or paper. `cases` and `stays`: some of those behind the number."""

    who: str
    count: int
    words: str
    cases: list[Application] = field(default_factory=list)
    stays: list[Recognition] = field(default_factory=list)


@dataclass(frozen=True)
class Pattern:
    """A kind of pattern: the measure, and the rows, largest first."""

    code: str
    title: str
    measure: str
    rows: list[PatternRow]


@dataclass(frozen=True)
class _Lately:
    """The user and the period; limits are those of the user's place."""

    user: User
    today: date

    def limit(self, name: str) -> int:
        return registry.region_of(self.user.area).limit(name, on=self.today)

    @property
    def since(self) -> datetime:
        first = self.today - timedelta(days=self.limit("pattern_window_days"))
        return datetime.combine(first, time(), clock.CHINA)

    @property
    def entries(self) -> Any:
        return Entry.objects.in_area(self.user.area).filter(at__gte=self.since)

    def cases(self, files: Iterable[str]) -> dict[str, Application]:
        """The applications of these files that the user may see, by file."""
        numbers = [file.partition(":")[2] for file in files if file.startswith("application:")]
        rows = Application.objects.visible_to(self.user).select_related("person").filter(number__in=numbers)
        return {one.file: one for one in rows}


def patterns(user: User, today: date) -> list[Pattern]:
    """All patterns of the user's area, including those without rows."""
    asked = _Lately(user, today)
    return [
        _never_refuses(asked),
        _in_seconds(asked),
        _never_follows_up(asked),
        _looks_without_act(asked),
        _one_proof(asked),
    ]


def _decisions() -> tuple[set[str], set[str]]:
    """The acts, in all regions, that end an application for and against the applicant."""
    for_, against = set(), set()
    for table in APPLICATION.procedures.values():
        for one in table.transitions:
            kept = {table.by_state[code] for code in one.targets}
            if any(state.refused for state in kept) and one.roles:
                against.add(one.record or one.action)
            elif any(state.code == _RECOGNISED for state in kept):
                for_.add(one.record or one.action)
    return for_, against


def _never_refuses(asked: _Lately) -> Pattern:
    for_, against = _decisions()
    least = asked.limit("pattern_decisions")
    groups = asked.entries.filter(action__in=for_ | against).order_by().values("agency")
    counted = groups.annotate(all=Count("pk"), no=Count("pk", filter=Q(action__in=against)))
    found = list(counted.filter(all__gte=least, no=0).order_by("-all")[:_SHOWN])
    rows = []
    for group in found:
        latest = asked.entries.filter(action__in=for_, agency=group["agency"]).order_by("-pk")
        files = list(latest.values_list("file", flat=True)[:_CASES])
        words = say("决定{count}件，没有一件不同意", count=group["all"])
        rows.append(PatternRow(group["agency"], group["all"], words, [*asked.cases(files).values()]))
    measure = say("{days}天内决定{least}件以上，没有一件不同意的机构。", days=_days(asked), least=least)
    return Pattern("never_refuses", say("没有不同意过"), measure, rows)


def _in_seconds(asked: _Lately) -> Pattern:
    for_, against = _decisions()
    seconds = asked.limit("pattern_seconds")
    # A window over each account's own acts: the time before a decision counts from its previous act.
    before = Window(Lag("at"), partition_by=[F("actor")], order_by=[F("at").asc(), F("pk").asc()])
    decided = asked.entries.filter(action__in=for_ | against).order_by().annotate(before=before)
    quick: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    for actor, name, agency, at, last, file in decided.values_list(
        "actor", "actor_name", "agency", "at", "before", "file"
    ).iterator():
        if last is not None and at - last < timedelta(seconds=seconds):
            quick[actor].append(file)
            names[actor] = f"{name} {agency}"
    rows = [
        PatternRow(
            names[actor], len(files), say("{count}件与上一件相隔不到{seconds}秒", count=len(files), seconds=seconds),
            [*asked.cases(files[-_CASES:]).values()],
        )
        for actor, files in sorted(quick.items(), key=lambda one: -len(one[1]))[:_SHOWN]
    ]  # fmt: skip
    measure = say("{days}天内，同一人连着两件决定相隔不到{seconds}秒。", days=_days(asked), seconds=seconds)
    return Pattern("in_seconds", say("几秒钟就决定"), measure, rows)


def _never_follows_up(asked: _Lately) -> Pattern:
    days = asked.limit("pattern_quiet_days")
    long_ago = asked.today - timedelta(days=days)
    done = FollowUp.objects.unscoped().filter(recognition=OuterRef("pk"), on__gt=long_ago)
    active = Recognition.objects.visible_to(asked.user).filter(
        status=Recognition.Status.ACTIVE, recognised_on__lte=long_ago
    )
    groups = active.annotate(followed=Exists(done)).order_by().values("person__agency", "person__agency__name")
    counted = groups.annotate(all=Count("pk"), kept=Count("pk", filter=Q(followed=True)))
    found = list(counted.filter(kept=0).order_by("-all")[:_SHOWN])
    rows = []
    for group in found:
        stays = active.filter(person__agency=group["person__agency"]).select_related("person")
        words = say("在册满{days}天的{count}人，没有一次回访", days=days, count=group["all"])
        rows.append(
            PatternRow(
                group["person__agency__name"], group["all"], words, stays=list(stays.order_by("recognised_on")[:_CASES])
            )
        )
    measure = say("{days}天以来对在册的人没有一次回访的平台。", days=days)
    return Pattern("never_follows_up", say("没有回访过"), measure, rows)


def _looks_without_act(asked: _Lately) -> Pattern:
    least = asked.limit("pattern_looks")
    acted = Entry.objects.unscoped().filter(file=OuterRef("file"), actor=OuterRef("actor"))
    looks = Look.objects.in_area(asked.user.area).filter(at__gte=asked.since).exclude(file="list")
    idle = looks.filter(~Exists(acted)).order_by().values("actor", "actor_name")
    found = list(idle.annotate(files=Count("file", distinct=True)).filter(files__gte=least).order_by("-files")[:_SHOWN])
    rows = []
    for one in found:
        files = looks.filter(~Exists(acted), actor=one["actor"], file__startswith="application:").order_by("-at")
        cases = asked.cases(dict.fromkeys(files.values_list("file", flat=True)[: 4 * _CASES]))
        words = say("看了{count}份档案，没有在里面办过事", count=one["files"])
        rows.append(PatternRow(one["actor_name"], one["files"], words, [*cases.values()][:_CASES]))
    measure = say("{days}天内看了{least}份以上、没有在里面办过事的账号。", days=_days(asked), least=least)
    return Pattern("looks_without_act", say("看得多、不办理"), measure, rows)


def _one_proof(asked: _Lately) -> Pattern:
    papers = Document.objects.visible_to(asked.user).filter(added_at__gte=asked.since)
    shared = papers.order_by().values("sha256").annotate(people=Count("person", distinct=True)).filter(people__gte=2)
    found = list(shared.order_by("-people")[:_SHOWN])
    of = _people_with(asked, [one["sha256"] for one in found])
    rows = []
    for one in found:
        kind, cases = of[one["sha256"]]
        words = say("同一份文件用在{count}个人的档案里", count=one["people"])
        rows.append(PatternRow(registry.materials().get(kind, kind), one["people"], words, cases[:_CASES]))
    measure = say("{days}天内存入、一模一样的文件在几个人的档案里。一家人共用户口簿也会列出。", days=_days(asked))
    return Pattern("one_proof", say("一份材料用在几个人身上"), measure, rows)


def _people_with(asked: _Lately, digests: Collection[str]) -> dict[str, tuple[str, list[Application]]]:
    """For each digest of a paper, its kind and the latest applications of the first people who have it."""
    found: dict[str, tuple[str, list[Application]]] = {}
    for digest in digests:
        rows = Document.objects.visible_to(asked.user).filter(sha256=digest, added_at__gte=asked.since)
        holders = list(rows.order_by("pk").values_list("kind", "person")[:_HOLDERS])
        people = list(dict.fromkeys(person for _, person in holders))
        cases = Application.objects.visible_to(asked.user).filter(person__in=people).select_related("person")
        newest = {case.person_id: case for case in cases.order_by("pk")}
        found[digest] = holders[0][0], [newest[one] for one in people if one in newest]
    return found


def _days(asked: _Lately) -> int:
    return asked.limit("pattern_window_days")
