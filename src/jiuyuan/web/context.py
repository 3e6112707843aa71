"""The template context of every page: the day, the mode, the type size, the user and their office."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property

from jiuyuan import clock, demonstration_progress
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.config import SignOn
from jiuyuan.notifications import gateways
from jiuyuan.regions import registry
from jiuyuan.regions.region import PublicTexts
from jiuyuan.wording import say

LARGER_TYPE_COOKIE = "larger_type"
#: What the switch for larger type sends along with a form that is shown again.
SHOWN_AT = "shown_at"
# The password typed a second time, and codes, are secrets under other names.
_NOT_SENT_AGAIN = frozenset({"csrfmiddlewaretoken", "larger", SHOWN_AT, "again", "code", "phone_code"})


@dataclass(frozen=True)
class Here:
    """Asked only as far as a template asks, so that a page without these costs no query."""

    request: HttpRequest

    @property
    def today(self) -> date:
        return clock.today()

    @property
    def time_can_move(self) -> bool:
        return bool(settings.JIUYUAN.time_can_move)

    @cached_property
    def preparing(self) -> demonstration_progress.Progress | None:
        return demonstration_progress.progress(settings.JIUYUAN)

    @cached_property
    def user(self) -> User | None:
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def agency(self) -> Agency | None:
        return self.user.agency if self.user else None

    @property
    def frame(self) -> str:
        """The template around a page that anybody may meet, as one that was not found."""
        return "desk_base.html" if self.user and self.user.is_staff_member else "portal_base.html"

    @cached_property
    def role(self) -> str:
        return Role(self.user.role).label if self.user else ""

    @property
    def may_search(self) -> bool:
        """Who pays sees no files and looks for none."""
        return self.user is not None and (self.user.may(Right.SEE_PEOPLE) or self.user.may(Right.READ_HISTORY))

    @property
    def texting(self) -> bool:
        """Whether text messages are sent; no page promises them where they are not."""
        return gateways.configured() is not None

    @property
    def larger_type(self) -> bool:
        """An account keeps the switch wherever it logs in; a visitor's browser keeps it in a cookie."""
        return self.user.larger_type if self.user else self.request.COOKIES.get(LARGER_TYPE_COOKIE) == "1"

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What was sent to this page, field by field, to be sent once more; no password, which no page repeats."""
        fields = [(name, value) for name, values in self.request.POST.lists() for value in values]
        return [pair for pair in fields if pair[0] not in _NOT_SENT_AGAIN and "password" not in pair[0]]

    @property
    def sign_on(self) -> tuple[SignOn, ...]:
        """The providers that somebody may log in with, beside the password."""
        return settings.JIUYUAN.sign_on

    @property
    def institution(self) -> str:
        """Whose service this is: it stands on every page of the portal, against impostors."""
        return self.about.institution if self.about else ""

    @property
    def about(self) -> PublicTexts | None:
        """What people read of the service of this region."""
        return registry.home().about

    @cached_property
    def _rung(self) -> tuple[str, str]:
        person = getattr(self.user, "person", None) if self.user and not self.user.agency_id else None
        if person is not None and person.agency.phone:
            return person.agency.phone, person.agency.name
        region = registry.region_of(person.area) if person is not None else registry.home()
        return region.hotline, say("人社服务热线")

    @property
    def phone(self) -> str:
        """Whom to ring: an applicant's own platform, otherwise the region's service line."""
        return self._rung[0]

    @property
    def whose_phone(self) -> str:
        return self._rung[1]


def page(request: HttpRequest) -> dict[str, Here]:
    """Context processor. One name, `here`, so that no view's own variable can hide part of the frame."""
    return {"here": Here(request)}
