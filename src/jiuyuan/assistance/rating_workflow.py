"""The workflow of a rating (五(四)): by the person only, once for each finished act of assistance,
changeable for some days.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.helped import Helped, Said, recognition_of
from jiuyuan.assistance.models import Enrolment, Interview, JobOffer, Measure, ServiceRating
from jiuyuan.characters import impossible
from jiuyuan.labels import texts
from jiuyuan.procedures.reading import key
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Guard, Need, Procedure, State, Transition, Vocabulary
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

Rated = Interview | JobOffer | Enrolment | Measure
#: What may be rated, by its foreign key and workflow.
RATED: Mapping[str, type[Rated]] = {
    "interview": Interview, "offer": JobOffer, "enrolment": Enrolment, "measure": Measure,
}  # fmt: skip
_COLUMN = {model: name for name, model in RATED.items()}
#: The states in which each is finished and can be rated.
OVER: Mapping[str, frozenset[str]] = {
    "interview": frozenset({"held"}),
    "offer": frozenset({"interested", "declined", "applied", "taken_on", "not_taken_on"}),
    "enrolment": frozenset({"finished"}),
    "measure": frozenset({"done"}),
}

_APPLICANT = frozenset({Role.APPLICANT})
_NEEDS = (
    Need("mark", "满意程度", "choice", choices=tuple(texts(ServiceRating.Mark)), empty="请选满意不满意。"),
    Need(
        "knows", "知不知道可以享受哪些政策", "choice", choices=tuple(texts(ServiceRating.Knows)),
        empty="请选知道不知道可以享受哪些政策。",
    ),
    Need("words", "想说的", required=False, shortest=5, longest=500),
)  # fmt: skip

TABLE = Procedure(
    tuple(State(code, label) for code, label in texts(ServiceRating.Status)),
    (
        Transition(
            "rate", "评价帮扶", frozenset(), ("rated",), _APPLICANT, needs=_NEEDS, while_in=frozenset().union(*OVER.values()),
            blocks=("not_rated_yet",), record="help_rated", done="本人评价了帮扶", result="谢谢，已记下。",
            not_now="这件事还没有办完，办完了再评价。",
        ),
        Transition(
            "change", "修改评价", frozenset({"rated"}), ("rated",), _APPLICANT, needs=_NEEDS,
            blocks=("can_still_be_changed",), record="rating_changed", done="本人修改了对帮扶的评价", result="已改好。",
        ),
    ),
)  # fmt: skip


def stay_of(rated: Rated) -> Recognition:
    """The recognition it belongs to."""
    found: Recognition = rated.plan.recognition if isinstance(rated, Measure) else rated.recognition
    return found


def key_of(rated: Rated) -> tuple[str, int]:
    """The key for the workflow's door."""
    return _COLUMN[type(rated)], rated.pk


class RatingOf(Helped):
    """The context of a rating; `rated` is the act of assistance."""

    model = ServiceRating
    twice = "这次帮扶刚刚已经评价过了，请重新打开看看。"

    def __init__(self, rated: Rated, user: User | None, rating: ServiceRating | None = None) -> None:
        super().__init__(stay_of(rated), user, rating)
        self.rated = rated

    @property
    def around(self) -> str:
        return str(self.rated.status)

    @property
    def versioned(self) -> Any:
        return self.subject if self.subject is not None else self.rated

    @property
    def changes_until(self) -> date:
        """The last day on which the rating may be changed."""
        last: date = self.subject.rated_on + timedelta(days=self.limit("rating_change_days"))
        return last


def _not_rated_yet(context: RatingOf) -> str | None:
    there = ServiceRating.objects.unscoped().filter(**{_COLUMN[type(context.rated)]: context.rated}).exists()
    return say("您已经评价过了。") if there else None


def _can_still_be_changed(context: RatingOf) -> str | None:
    if context.today <= context.changes_until:
        return None
    return say("{day:date}以后不能再改了。", day=context.changes_until)


def _is_readable(_context: RatingOf, said: Said) -> None:
    if impossible(said.get("words", "")):
        raise BadInput(say("有内容需要改正。"), [("words", say("里面有不能存的字符，请删掉再写。"))])


def _rate(context: RatingOf, said: Said) -> Said:
    context.subject = ServiceRating(
        **{_COLUMN[type(context.rated)]: context.rated}, recognition=context.recognition, rated_on=context.today, version=0,
    )  # fmt: skip
    return _set(context, said)


def _change(context: RatingOf, said: Said) -> Said:
    context.subject.changed_on = context.today
    return _set(context, said)


def _set(context: RatingOf, said: Said) -> Said:
    rating = context.subject
    rating.mark, rating.knows, rating.words = said["mark"], said["knows"], said.get("words", "")
    return {}


def rated_of(rating: ServiceRating) -> Rated:
    """The rated act of assistance."""
    found: Rated = next(one for name in RATED if (one := getattr(rating, name)) is not None)
    return found


def _door(user: User | None, at: Any, transition: Transition) -> RatingOf:
    """Find a rating by its key; for a new one the rated object (`key_of`). Locks it and the recognition."""
    if not transition.begins:
        recognition = recognition_of(ServiceRating, user, at, "没有这次评价。")
        row: ServiceRating = ServiceRating.objects.unscoped().select_for_update(of=("self",)).get(pk=key(at))
        row.recognition = recognition
        return RatingOf(_on(rated_of(row), recognition), user, row)
    column, pk = at if isinstance(at, tuple) else ("", 0)
    model: Any = RATED.get(column, Interview)
    way = "plan__recognition" if model is Measure else "recognition"
    recognition = recognition_of(model, user, pk, "没有可以评价的这次帮扶。", way)
    rated: Rated = model.objects.unscoped().select_for_update(of=("self",)).get(pk=key(pk))
    return RatingOf(_on(rated, recognition), user)


def _on(rated: Rated, recognition: Recognition) -> Rated:
    (rated.plan if isinstance(rated, Measure) else rated).recognition = recognition
    return rated


def _hold(row: Any, user: User | None) -> RatingOf:
    return RatingOf(rated_of(row), user, row) if isinstance(row, ServiceRating) else RatingOf(row, user)


RATING = register(
    Workflow(
        "rating", "这次评价", ServiceRating, _door, _hold,
        Vocabulary(
            {"rate": _rate, "change": _change},
            {
                guard.name: guard
                for guard in (
                    Guard("not_rated_yet", "state", _not_rated_yet),
                    Guard("can_still_be_changed", "state", _can_still_be_changed),
                )
            },
            checks={"rate": _is_readable, "change": _is_readable},
        ),
        hangs_on="interview", or_on=("offer", "enrolment", "measure"),
    )
)  # fmt: skip
RATING.add(TABLE)
