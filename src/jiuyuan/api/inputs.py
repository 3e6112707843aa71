"""What the API takes in: names and types only. What the values must be is for the services to say."""

import json
from datetime import date
from importlib.resources import files
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from jiuyuan.applications.transitions import BY_ACTION


def _day(text: Any) -> date:
    try:
        if isinstance(text, str) and len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError("应为日历上有的日子，写成“年-月-日”，例如 2026-03-02。")


def _facts_schema(*left_out: str) -> dict[str, Any]:
    properties = json.loads(files("jiuyuan.rules").joinpath("facts.schema.json").read_text("utf-8"))["properties"]
    kept = {name: described for name, described in properties.items() if name not in left_out}
    return {"type": "object", "properties": kept, "additionalProperties": False}


Day = Annotated[date, BeforeValidator(_day)]
#: The fields of `facts.schema.json`; birth date and sex come from the ID number. Read by `rules.facts`, described here.
Facts = Annotated[dict[str, Any], WithJsonSchema(_facts_schema("id", "as_of", "birth_date", "sex"))]
#: Only for the description: an action that is not in the table is refused by the service.
Action = Annotated[str, WithJsonSchema({"type": "string", "enum": list(BY_ACTION)})]
QuestionFacts = Annotated[dict[str, Any], WithJsonSchema(_facts_schema())]


class Body(BaseModel):
    """A JSON object with nothing in it that the API does not know, so that a slip in a name loses nothing silently."""

    model_config = ConfigDict(strict=True, extra="forbid")


class NewApplication(Body):
    name: str
    id_number: str
    phone: str
    address: str = ""
    platform: str
    categories: list[str]
    facts: Facts = Field(default_factory=dict)
    details: dict[str, Any] = Field(default_factory=dict)
    channel: str | None = None


class NewFacts(Body):
    """`settlement`: the words that settle a contradiction between two sources."""

    version: int
    facts: Facts
    source: str
    evidence: str = ""
    department: str = ""
    settlement: str = ""


class NewDispute(Body):
    version: int
    name: str
    evidence: str


class Act(BaseModel):
    """`version` of the case as it was seen, and what the table says the action needs."""

    model_config = ConfigDict(strict=True, extra="allow")

    version: int | None = None

    @property
    def said(self) -> dict[str, Any]:
        return self.model_extra or {}


class NewBatch(Body):
    numbers: list[str] = Field(max_length=500)


class End(Body):
    version: int
    ground: str
    on: Day
    evidence: str
