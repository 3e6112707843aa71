"""The API's inputs: names and types only. The services validate values."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Annotated, Any, Self, TypeVar

from django.db import transaction
from ninja.errors import ValidationError as Wrong
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from jiuyuan import clock
from jiuyuan.api.bodies import LARGEST_NUMBER, Unread
from jiuyuan.applications.agents import RELATIONS
from jiuyuan.applications.models import Channel
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.characters import ANY_TEXT
from jiuyuan.people.models import Source
from jiuyuan.procedures.reading import LARGEST_ID
from jiuyuan.recognitions.workflow import RECOGNITION
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS, FactDefinition
from jiuyuan.wording import say


def _day(text: Any) -> date:
    try:
        if isinstance(text, str) and len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(say("应为日历上有的日子，写成“年-月-日”，例如 2026-03-02。"))


@dataclass(frozen=True)
class _Described:
    """Describes facts as a JSON object: the schema's in its own words,
    then the regions' own at the time of the call.
    """

    largest: int
    kept: Callable[[FactDefinition], bool]
    beside: tuple[tuple[str, Any], ...] = ()

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        described = json.loads(files("jiuyuan.rules").joinpath("facts.schema.json").read_text("utf-8"))["properties"]
        properties = {
            name: (described.get(name) or _schema_of(fact))
            | ({"maximum": self.largest} if fact.kind == "number" else {})
            for name, fact in FACTS.items()
            if self.kept(fact)
        }
        return {"type": "object", "properties": {**properties, **dict(self.beside)}, "additionalProperties": False}


def _schema_of(fact: FactDefinition) -> dict[str, Any]:
    """A region's own fact in the format of `facts.schema.json`."""
    if fact.kind == "choice":
        return {"enum": [*fact.choices, None], "description": fact.label}
    of_kind: Mapping[str, dict[str, Any]] = {
        "boolean": {"type": ["boolean", "null"]},
        "number": {"type": ["number", "null"], "exclusiveMinimum" if fact.positive else "minimum": 0},
        "dates": {"type": ["array", "null"], "items": {"type": "string", "format": "date"}},
        "date": {"type": ["string", "null"], "format": "date"},
        "division": {"type": ["string", "null"], "pattern": "^[0-9]{6,12}$"},
    }
    return of_kind.get(fact.kind, {"type": ["string", "null"]}) | {"description": fact.label}


@dataclass(frozen=True)
class OneOf:
    """For the description only, with the codes known at the time; the service refuses other codes with a message."""

    codes: Callable[[], Iterable[str]]
    several: bool = False

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        if self.several:
            return {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(self.codes())}}
        return {"type": "string", "enum": list(self.codes())}


def one_of(codes: Iterable[str]) -> OneOf:
    """Codes that are the same in every installation."""
    return OneOf(lambda: codes)


#: Limits of database columns.
LARGEST_KEY = LARGEST_ID
_LARGEST_SUM = 10**10 - 1
NUMBER = "^[0-9A-Z]+-[0-9]{4}-[0-9]+$"
Words = Annotated[str, Field(json_schema_extra={"pattern": ANY_TEXT})]
Version = Annotated[int, Field(ge=0, le=LARGEST_KEY)]
Day = Annotated[date, BeforeValidator(_day)]
#: The fields of `facts.schema.json`; birth date and sex come from the ID number. Parsed by `rules.facts`.
Facts = Annotated[dict[str, Any], _Described(_LARGEST_SUM, lambda fact: fact.recordable)]
Categories = Annotated[list[str], OneOf(registry.categories, several=True)]
SourceCode = Annotated[str, one_of(Source.values)]
ChannelCode = Annotated[str | None, WithJsonSchema({"enum": [*Channel.values, None]})]
CaseStatus = Annotated[str, OneOf(lambda: ["", *APPLICATION.states])]
RecognitionStatus = Annotated[str, OneOf(lambda: ["", *RECOGNITION.states])]
Key = Annotated[int, Field(ge=1, le=LARGEST_KEY)]
#: Filters of lists: a key out of range matches nothing, a date out of range is the last one within.
AskedKey = Annotated[int, AfterValidator(lambda key: key if 0 <= key <= LARGEST_KEY else -1)]
AskedDay = Annotated[date, AfterValidator(clock.in_reach)]
_ECHOED = {"type": ["string", "null"], "description": "echoed in the answer"}
QuestionFacts = Annotated[dict[str, Any], _Described(LARGEST_NUMBER, lambda fact: True, (("id", _ECHOED),))]


Done = TypeVar("Done")


class Exact(BaseModel):
    """A JSON object with nothing in it that the API does not know, so that a slip in a name loses nothing silently."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Body(Exact):
    """What a POST sends. A wrong field is refused when it is its turn, after what `said` asks first (contract of the API)."""

    _fault: Exception | None = PrivateAttr(None)
    _seen: int | None = PrivateAttr(None)

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, given: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        return _kept_with_its_fault(cls, given, read)

    def said(self, first: Callable[[int | None], object]) -> dict[str, Any]:
        """The fields as they were sent. Where one is wrong, `first` raises what comes before it, given the version.

        Raises `Problem`, or ninja's `ValidationError` naming every wrong field.
        """
        if self._fault is None:
            return self.model_dump()
        with suppress(BadInput), transaction.atomic():
            first(self._seen)
        raise _in_its_turn(self._fault)


def _kept_with_its_fault(cls: Any, given: Any, read: Callable[[Any], Any]) -> Any:
    fault: Exception
    try:
        if not isinstance(given, Unread):
            return read(given)
        fault = given.fault
    except ValidationError as wrong:
        fault = wrong
    unread = cls.model_construct()
    version = given.get("version") if isinstance(given, dict) else None
    unread._fault = fault
    unread._seen = version if isinstance(version, int) and not isinstance(version, bool) else None
    return unread


def _in_its_turn(fault: Exception) -> Exception:
    if not isinstance(fault, ValidationError):
        return fault
    errors = fault.errors(include_url=False)
    return Wrong([{**error, "loc": ("body", "given", *error["loc"])} for error in errors])


class Member(Exact):
    """Somebody of the household; `state` in words, for example 在上班, 失业, 上学, 退休."""

    name: Words
    relation: Words = ""
    id_number: Words = ""
    state: Words = ""


class NewHousehold(Body):
    """Everybody of the household but the applicant, in the place of those who were named before."""

    version: Version
    members: Annotated[list[Member], Field(max_length=30)]


class NewAgent(Exact):
    """代办: who fills it in for the person; their authorisation is a material (`authorisation`)."""

    name: Words
    relation: Annotated[str, one_of(RELATIONS)]
    id_number: Words
    phone: Words


class NewApplication(Body):
    name: str
    id_number: str
    phone: str
    address: str = ""
    platform: str
    categories: Categories
    facts: Facts = Field(default_factory=dict)
    details: dict[str, Any] = Field(default_factory=dict)
    household: Annotated[list[Member], Field(max_length=30)] = Field(default_factory=list)
    agent: NewAgent | None = None
    channel: ChannelCode = None


class NewFacts(Body):
    """`settlement`: the words that settle a contradiction between two sources; `material`: the paper of this case that shows them."""

    version: Version
    facts: Facts
    source: SourceCode
    evidence: Words = ""
    department: Words = ""
    material: Version | None = None
    observed_on: Day | None = None
    settlement: Words = ""


class NewDispute(Body):
    version: Version
    name: str
    evidence: Words


class Act(BaseModel):
    """`version` of the subject as it was seen, and what the table says the action needs."""

    model_config = ConfigDict(strict=True, extra="allow")

    # The service reports errors in it, in its turn.
    version: Annotated[Any, WithJsonSchema({"type": "integer"})] = None
    _fault: Exception | None = PrivateAttr(None)
    _seen: int | None = PrivateAttr(None)

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, given: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        return _kept_with_its_fault(cls, given, read)

    def done(self, act: Callable[[dict[str, Any], Any], Done]) -> Done:
        """What `act` returns for what was said and the version. Of a body that could not be read it is refused last."""
        if self._fault is None:
            return act(with_whole_numbers(self.model_extra or {}), self.version)
        with suppress(BadInput), transaction.atomic():
            act({"": None}, "")  # no such field or version exists, so that nothing can be done with it
        raise _in_its_turn(self._fault)


def with_whole_numbers(said: Any) -> Any:
    """Convert floats without a fraction to int: 168.0 is an integer in JSON Schema."""
    if isinstance(said, float):
        return int(said) if said.is_integer() else said
    if isinstance(said, dict):
        return {name: with_whole_numbers(value) for name, value in said.items()}
    return [with_whole_numbers(value) for value in said] if isinstance(said, list) else said


class NewBatch(Body):
    numbers: Annotated[
        list[str],
        Field(max_length=500, json_schema_extra={"minItems": 1, "items": {"type": "string", "pattern": NUMBER}}),
    ]


class FactsOfPerson(Body):
    """`document`: the paper on this person's file that shows them. `settlement`: the words that settle a contradiction."""

    version: Version
    facts: Facts
    source: SourceCode
    department: str = ""
    document: Key | None = None
    observed_on: Day | None = None
    evidence: str = ""
    settlement: str = ""
