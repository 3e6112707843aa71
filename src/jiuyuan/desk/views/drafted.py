"""The pages of drafted, published and withdrawn objects (articles, local rules), and of their acts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from jiuyuan.desk import timeline
from jiuyuan.desk.access import StaffRequest
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.one_act import buttons, one_act, transition_for
from jiuyuan.history.models import Entry
from jiuyuan.procedures.registry import Workflow
from jiuyuan.refusals import NotFound
from jiuyuan.wording import say, spoken


@spoken("plural", "single", "missing")
@dataclass(frozen=True)
class Drafted:
    """`name`: URL name and template of the page, with `_act` of an act's page; `at`: of the list.

    `beside`: foreign keys to load.
    """

    workflow: Workflow
    name: str
    at: str
    plural: str
    single: str
    missing: str
    beside: tuple[str, ...]

    def shown(
        self, request: StaffRequest, pk: int, more: Callable[[Any], Mapping[str, Any]] = lambda found: {}
    ) -> HttpResponseBase:
        """The page of an object: template variable `name`, possible acts, and its record."""
        found = self._found(request, pk)
        context = {
            self.name: found,
            "actions": buttons(self.workflow, self.workflow.hold(found, request.user), f"desk:{self.name}_act", pk),
            "history": timeline.tell(Entry.objects.of(found.file).order_by("-seq")),
            "crumbs": self._crumbs(found.title),
            **more(found),
        }
        return page(request, f"{self.name}.html", context, at=self.at)

    def act(self, request: StaffRequest, pk: int | None, action: str) -> HttpResponseBase:
        """The form of an act; without a key, of the one that creates a draft."""
        found = None if pk is None else self._found(request, pk)
        context = self.workflow.hold(found, request.user)
        transition = transition_for(request, self.workflow, context.region, action)
        if transition.begins != (found is None):
            raise NotFound(say("没有这个办理事项。"))
        return one_act(
            request, self.workflow, context, transition, pk,
            caption=found.title if found else self.single,
            back=reverse(f"desk:{self.name}", args=[pk]) if found else reverse(f"desk:{self.at}"),
            crumbs=self._crumbs(transition.label, found), at=self.at,
            after=None if found else lambda done: redirect(f"desk:{self.name}", done.pk),
        )  # fmt: skip

    def _found(self, request: StaffRequest, pk: int) -> Any:
        model: Any = self.workflow.model
        rows = model.objects.visible_to(request.user)
        found = rows.select_related("agency", *self.beside).filter(pk=pk).first()
        if found is None:
            raise NotFound(self.missing)
        return found

    def _crumbs(self, here: str, found: Any = None) -> list[dict[str, Any]]:
        above = [{"label": self.plural, "url": reverse(f"desk:{self.at}")}]
        if found is not None:
            above.append({"label": found.title, "url": reverse(f"desk:{self.name}", args=[found.pk])})
        return [*above, {"label": here}]
