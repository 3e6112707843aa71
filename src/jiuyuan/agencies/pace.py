"""How often the public may do what needs no login. Counted in the database, so that every process counts the same."""

from datetime import timedelta

from jiuyuan import clock
from jiuyuan.agencies.models import Try
from jiuyuan.encryption import blind_index
from jiuyuan.refusals import Refusal

WINDOW = timedelta(hours=1)


class TooOften(Refusal):
    """So much was tried from here that it has to wait (429)."""

    status = 429


def count(what: str, who: str, limit: int) -> None:
    """Count one try of `who`. Raises `TooOften` after `limit` of them within an hour; a refused try is not counted.

    Tries at the very same moment may pass by as many as there are processes: a guard, no ledger.
    """
    now, mark = clock.now(), blind_index(f"try:{what}:{who}")
    Try.objects.filter(at__lte=now - WINDOW).delete()
    recent = list(Try.objects.filter(mark=mark).order_by("-at").values_list("at", flat=True)[:limit])
    if len(recent) >= limit:
        again = (recent[-1] + WINDOW + timedelta(minutes=1)).astimezone(clock.CHINA)
        raise TooOften(f"试得太多了，请在{again.hour}时{again.minute:02}分以后再试，或到窗口办理。")
    Try.objects.create(mark=mark, at=now)
