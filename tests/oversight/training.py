"""Courses of questions for staff, answered."""

from jiuyuan.agencies.models import User
from jiuyuan.oversight.models import StaffTraining
from jiuyuan.oversight.staff_training_workflow import STAFF_TRAINING, OfTraining, questions
from jiuyuan.procedures import engine
from tests.factories import staff


def right_answers(user: User) -> list[str]:
    """What is right of the questions that they are asked now."""
    context = OfTraining(None, user)
    return [one.answer for one in questions(context.policy, context.drawn())]


def answered(user: User | None = None, wrong: int = 0) -> StaffTraining:
    """All right, or so many of them wrong."""
    user = user or staff("clerk")
    given = right_answers(user)
    others = {"yes": "no", "no": "yes", "open": "yes"}
    given = [others[one] if place < wrong else one for place, one in enumerate(given)]
    done: StaffTraining = engine.act(user, STAFF_TRAINING, None, "take_course", {"answers": given})
    return done
