"""The template context of every page: day, mode, type size, user and office."""

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
#: Where the form was shown; sent along by the switch for larger type, which shows the form again.
SHOWN_AT = "shown_at"
# The second password and codes are secrets under other names.
_NOT_SENT_AGAIN = frozenset({"csrfmiddlewaretoken", "larger", SHOWN_AT, "again", "code", "phone_code"})


@dataclass(frozen=True)
class Here:
    """The context, computed lazily, so that a page pays only for what it uses."""

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
        """The base template of a page that anybody may meet, such as "not found"."""
        return "desk_base.html" if self.user and self.user.is_staff_member else "portal_base.html"

    @cached_property
    def role(self) -> str:
        return Role(self.user.role).label if self.user else ""

    @property
    def may_search(self) -> bool:
        """Whether the user may search; finance staff have no access to files."""
        return self.user is not None and (self.user.may(Right.SEE_PEOPLE) or self.user.may(Right.READ_HISTORY))

    @property
    def texting(self) -> bool:
        """Whether text messages are sent; otherwise no page promises any."""
        return gateways.configured() is not None

    @property
    def larger_type(self) -> bool:
        """Whether larger type is on: stored with the account, or in a cookie for visitors."""
        return self.user.larger_type if self.user else self.request.COOKIES.get(LARGER_TYPE_COOKIE) == "1"

    @property
    def sent(self) -> list[tuple[str, str]]:
        """The fields sent to this page, to be sent again, without passwords."""
        fields = [(name, value) for name, values in self.request.POST.lists() for value in values]
        return [pair for pair in fields if pair[0] not in _NOT_SENT_AGAIN and "password" not in pair[0]]

    @property
    def sign_on(self) -> tuple[SignOn, ...]:
        """The identity providers with which users can log in."""
        return settings.JIUYUAN.sign_on

    @property
    def institution(self) -> str:
        """The institution that runs the service, shown on every page of the portal as a protection against
        impostors.
        """
        return self.about.institution if self.about else ""

    @property
    def about(self) -> PublicTexts | None:
        """The public texts on the service in this region."""
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
        """The number to call: that of the applicant's platform, otherwise the region's hotline."""
        return self._rung[0]

    @property
    def whose_phone(self) -> str:
        return self._rung[1]


def page(request: HttpRequest) -> dict[str, Here]:
    """Context processor. It adds the one name `here`, so that no view's variable hides part of it."""
    return {"here": Here(request)}
