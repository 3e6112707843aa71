"""Operations of one kind of object (contract: assistance): a page of those the user may see, and one of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, create_model

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.api import paging, things
from jiuyuan.api.inputs import AskedDay, AskedKey, one_of
from jiuyuan.api.things import Columns, ThingInList, ThingShape
from jiuyuan.api.tokens import user_of
from jiuyuan.people.queries import looked_at_list
from jiuyuan.procedures.registry import Workflow
from jiuyuan.recognitions import queries
from jiuyuan.refusals import NotForRole, NotFound
from jiuyuan.wording import for_record, say

_KEYS = ("recognition", "plan", "course", "person")
_MOST = 40
_NOBODYS = "您的角色不能查看在册人员。"


@dataclass(frozen=True)
class Thing:
    """A kind of object: its workflow, its `columns`, and the filters of its list (`asked`: name to lookup).

    - `called`: the singular, used in the names of schemas and operations.
    - `summaries`, `texts`: of the list and of one object, for the description.
    - `more`: fields of a single object only, with type and function of user and row.
    - `way`: the path to the recognition, a look at which is recorded.
    - `rows`: for objects without a recognition, those a user sees; raises `NotForRole`. `seen`: for one object,
      if more are visible than listed.
    - `look`: the list names people, so that the look is recorded. `door`: loads one object instead of `rows`.
    - `beside`: fields of a single object and of list rows, independent of the user. `says`: the schema's
      description.
    """

    workflow: Workflow
    called: str
    columns: Columns
    asked: Mapping[str, str]
    summaries: tuple[str, str]
    texts: tuple[str, str]
    more: Mapping[str, tuple[Any, Callable[[User, Any], Any]]] = field(default_factory=dict)
    way: str = "recognition"
    with_it: tuple[str, ...] = ()
    rows: Callable[[User], Any] | None = None
    seen: Callable[[User], Any] | None = None
    look: bool = False
    door: Callable[[User, int], Any] | None = None
    beside: Mapping[str, tuple[Any, Callable[[Any], Any]]] = field(default_factory=dict)
    says: str | None = None

    @property
    def _name(self) -> str:
        return "".join(part.capitalize() for part in self.called.split("_"))

    @property
    def things(self) -> str:
        return self.workflow.things

    def shapes(self) -> tuple[Any, Any]:
        """The schemas of one object and of a list row."""
        model = self.workflow.model
        in_list = things.shape_of(f"{self._name}Row", model, self.columns, ThingInList)
        columns = things.shape_of(f"{self._name}Columns", model, self.columns, ThingShape)
        beside: dict[str, Any] = {name: (kind, ...) for name, (kind, _) in self.beside.items()}
        more: dict[str, Any] = {name: (kind, ...) for name, (kind, _) in self.more.items()}
        shape = create_model(f"{self._name}Shape", __base__=columns, __doc__=self.says, **beside, **more)
        return shape, create_model(f"{self._name}InList", __base__=in_list, **beside)

    def shown(self, user: User, row: Any) -> dict[str, Any]:
        """One object as this user sees it."""
        own = {name: made(user, row) for name, (_, made) in self.more.items()}
        return {**things.shown(user, self.workflow, row, self.columns), **self._beside(row), **own}

    def in_list(self, row: Any) -> dict[str, Any]:
        return {**things.in_list(row, self.columns), **self._beside(row)}

    def _beside(self, row: Any) -> dict[str, Any]:
        return {name: made(row) for name, (_, made) in self.beside.items()}

    def listed(self, user: User, wanted: Mapping[str, Any]) -> Any:
        """The objects visible to the user that match `wanted`; a look at a list of people is recorded.

        Raises `NotForRole`.
        """
        if self.rows is not None:
            found = self.rows(user)
        else:
            if user.is_staff_member and not user.may(Right.SEE_PEOPLE):
                raise NotForRole(say(_NOBODYS))
            found = self.workflow.model.objects.visible_to(user)  # type: ignore[attr-defined]
        if self.rows is None or self.look:
            looked_at_list(user, for_record("{what}名单（接口）", what=str(self.workflow.model._meta.verbose_name)))
        found = found.filter(**{self.asked[name]: value for name, value in wanted.items() if value})
        return found.select_related(*self.with_it) if self.with_it else found

    def one(self, user: User, pk: int) -> Any:
        """One object; the look at the person's file is recorded. Raises `NotFound`, `NotForRole`."""
        if self.door is not None:
            return self.door(user, pk)
        among = (self.seen or self.rows or self.workflow.model.objects.visible_to)(user)  # type: ignore[attr-defined]
        found = among.filter(pk=pk).first()
        if found is None:
            raise NotFound(say("没有{noun}。", noun=self.workflow.noun))
        if self.rows is None:
            about = found.plan if self.way == "plan" else found
            about.recognition = queries.seen(user, about.recognition_id, for_record("帮扶（接口）"))
        return found


def route(router: Router, thing: Thing) -> tuple[type[Schema], Callable[[User, Any], Schema]]:
    """Add both operations. Returns the schema and the serializer, for the answers of acts."""
    shape, in_list = thing.shapes()
    page = create_model(f"{_plural(thing)}Page", __base__=Schema, items=(list[in_list], ...), next=(str | None, ...))  # type: ignore[valid-type]
    asked = _asked(thing)

    def list_things(request: HttpRequest, asked: Any = Query(...)) -> dict[str, Any]:  # noqa: B008
        wanted = asked.dict()
        cursor, user = wanted.pop("cursor"), user_of(request)
        rows = thing.listed(user, wanted)
        return paging.page(rows, "id", cursor, lambda row: in_list(**thing.in_list(row)))

    def see_thing(request: HttpRequest, pk: int) -> Any:
        user = user_of(request)
        return shape(**thing.shown(user, thing.one(user, pk)))

    list_things.__annotations__["asked"] = asked
    list_things.__name__, see_thing.__name__ = f"list_{thing.things}", f"see_{thing.called}"
    list_things.__doc__, see_thing.__doc__ = thing.texts
    router.get(f"/{thing.things}", response=page, summary=thing.summaries[0])(list_things)
    router.get(f"/{thing.things}/{{int:pk}}", response=shape, summary=thing.summaries[1])(see_thing)
    return shape, lambda user, row: shape(**thing.shown(user, row))


def _plural(thing: Thing) -> str:
    return "".join(part.capitalize() for part in thing.things.split("_"))


def _asked(thing: Thing) -> Any:
    """The query parameters of a list. Unknown states, keys and dates match nothing, or are refused by the schema."""
    kinds: dict[str, Any] = {"status": (Annotated[str, one_of(["", *thing.workflow.states])], "")}
    for name in thing.asked:
        if name in _KEYS:
            kinds[name] = (AskedKey | None, None)
        elif name == "due_by":
            kinds[name] = (AskedDay | None, None)
        elif name != "status":
            kinds[name] = (Annotated[str, Field(max_length=_MOST)], "")
    return create_model(f"{_plural(thing)}Asked", __base__=Schema, **kinds, cursor=(str, ""))


def lookups(way: str = "", due: str = "", *names: str) -> dict[str, str]:
    """The filters of a list: always the state, then keys, and the last day of the column `due`."""
    found = {"status": "status", **{name: f"{way}{name}" for name in names}}
    return {**found, "due_by": f"{due}__lte"} if due else found


def routes(router: Router, every: Iterable[Thing]) -> dict[str, tuple[type[Schema], Callable[[User, Any], Schema]]]:
    """The schema and serializer of each workflow, by name."""
    return {thing.workflow.name: route(router, thing) for thing in every}
