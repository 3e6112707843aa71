"""Completes the OpenAPI document: one body per action, public operations, possible errors,
and an example for every body.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from jiuyuan.agencies.roles import Role
from jiuyuan.api import acts, examples, idempotency, problems
from jiuyuan.api.inputs import ANY_TEXT, LARGEST_KEY, NUMBER
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.procedures.reading import kind_of
from jiuyuan.procedures.registry import Workflow
from jiuyuan.procedures.table import Need, Transition
from jiuyuan.wording import say

_ACTION = "/{action}"
_JSON = "application/json"

_FIELD = {
    "type": "object",
    "required": ["field", "message"],
    "properties": {"field": {"type": "string"}, "message": {"type": "string", "description": "in Chinese"}},
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "what is wrong, in Chinese"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "what is wrong, for programs: `field`, `state`, `version`, `role` …"},
        "errors": {"type": "array", "items": _FIELD},
        "state": {"type": "string", "description": "409: the state of the case"},
        "actions": {"type": "array", "items": {"type": "string"}, "description": "409: what that state allows"},
        "failing": {"type": "array", "items": {"type": "object"}, "description": "the clauses that do fail"},
        "answer": {"type": "object", "description": "`rules_say_otherwise`: what the rules answer today"},
        "missing": {"type": "array", "items": {"type": "string"}, "description": "the facts that are not known yet"},
        "instead": {"type": "string", "description": "the action that there is instead"},
    },
    "examples": [examples.PROBLEM],
}
_WRONG = {
    "400": "The request cannot be read.",
    "401": "No valid token.",
    "403": "Visible, but not for this role.",
    "404": "Not there, or outside one's area.",
    "409": "The state does not allow it, somebody was faster, or there is one already.",
    "413": "Too large.",
    "415": "Not this kind of content.",
    "422": "A field or a condition is not met; `code` and `errors` say which.",
    "429": "Too often; `Retry-After` says when again.",
}
_TAGS = {
    "applications": "Cases, from the form to the decision (二).",
    "people": "The register of people, recognitions and exits (三).",
    "public": "What needs no login.",
}
_KEY = {
    "in": "header",
    "name": idempotency.HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    "description": "repeated with the same body, the call answers the same and acts once; with another body, 409",
}
_REFERENCE = re.compile(r'"#/components/schemas/(\w+)"')
_PARAMETERS: dict[str, dict[str, Any]] = {
    "q": {"pattern": ANY_TEXT},
    "cursor": {"format": "cursor", "description": "`next` of the page before; nothing for the first page"},
    "pk": {"minimum": 1, "maximum": LARGEST_KEY},
    "number": {"pattern": NUMBER, "examples": [examples.NUMBER]},
}


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Complete the document that ninja made. Raises `KeyError` for an action or need without an example."""
    schema["info"] |= {
        "contact": {"name": say("省级人力资源社会保障部门")},
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    schema["servers"] = [{"url": "/", "description": "this installation"}]
    schema["tags"] = [{"name": name, "description": text} for name, text in _TAGS.items()]
    components = schema["components"]
    components["schemas"]["Problem"] = _PROBLEM
    components["securitySchemes"].pop("BearerOrPublic", None)
    components["responses"] = {f"Problem{status}": _problem(text) for status, text in _WRONG.items()}
    for name, example in examples.BODIES.items():
        components["schemas"][name]["examples"] = [example]
    schema["paths"] = dict(_one_path_an_action(schema["paths"], components["schemas"]))
    for operations in schema["paths"].values():
        for method, described in operations.items():
            _complete_operation(method, described)
    _drop_unused(schema)
    return schema


def _drop_unused(document: dict[str, Any]) -> None:
    """Remove unreferenced schemas: ninja writes those of query parameters twice."""
    schemas = document["components"]["schemas"]
    while unused := set(schemas) - set(_REFERENCE.findall(json.dumps(document, default=str))):
        for name in unused:
            del schemas[name]


def _one_path_an_action(paths: dict[str, Any], schemas: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give each action its own path, name and schema, because the bodies differ."""
    for path, operations in paths.items():
        if not path.endswith(f"/applications/{{number}}{_ACTION}"):
            for described in operations.values():
                if operation := acts.OPERATIONS.get(described["operationId"]):
                    name = "".join(part.capitalize() for part in operation.name.split("_")) + "Said"
                    schemas[name] = _said(operation.workflow, operation.transition)
                    described["description"] = _who_and_when(operation.transition)
                    described["requestBody"] = _sends(name)
            yield path, operations
            continue
        shared = operations["post"]
        for action in dict.fromkeys(transition.action for transition in APPLICATION.every_transition):
            there = APPLICATION.transitions(action)
            transition = there[0]
            name = "".join(part.capitalize() for part in action.split("_")) + "Said"
            schemas[name] = _said(APPLICATION, *there)
            described = {
                **shared,
                "operationId": f"{action}_application",
                "summary": f"{transition.label}（{transition.clause}）",
                "description": " ".join(dict.fromkeys(map(_who_and_when, there))),
                "parameters": [p for p in shared["parameters"] if p["name"] != "action"],
                "security": [{}, {"Bearer": []}] if transition.public else [{"Bearer": []}],
                "requestBody": _sends(name),
            }
            if not transition.public:
                described["responses"] = {"200": _answers_with("CaseShape")}
            yield path.removesuffix(_ACTION) + f"/{action}", {"post": described}
    schemas.pop("Act", None)


def _sends(schema: str) -> dict[str, Any]:
    return {"required": True, "content": {_JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _answers_with(shape: str) -> dict[str, Any]:
    return {"description": "OK", "content": {_JSON: {"schema": {"$ref": f"#/components/schemas/{shape}"}}}}


def _who_and_when(transition: Transition) -> str:
    by = "anyone, without a login" if transition.public else "、".join(r.label for r in Role if r in transition.roles)
    if transition.begins and not transition.while_in:
        return f"By {by}."
    if transition.begins:
        around = ", ".join(f"`{status}`" for status in sorted(transition.while_in))
        return f"While what it hangs on is {around}; by {by}."
    sources = ", ".join(f"`{status}`" for status in sorted(transition.sources))
    return f"From {sources} to {', '.join(f'`{status}`' for status in transition.targets)}; by {by}."


def _said(workflow: Workflow, *transitions: Transition) -> dict[str, Any]:
    """The schema of an action's body: the version, and what the tables of all regions with the action need."""
    version = {"type": "integer", "minimum": 0, "maximum": LARGEST_KEY, "description": "as it was seen"}
    nothing_seen = transitions[0].public or (transitions[0].begins and not workflow.hangs_on)
    said: dict[str, Any] = {} if nothing_seen else {"version": version}
    required = list(said)
    for need in (need for transition in transitions for need in transition.needs):
        said.setdefault(sent_as(need), described_need(workflow, need))
    everywhere = [
        {sent_as(need) for need in transition.needs if need.required and need.roles is None and need.only_if is None}
        for transition in transitions
    ]
    required += [name for name in said if all(name in required_there for required_there in everywhere)]
    action = transitions[0].action
    given = {name: examples.said(workflow.name, action, name) for name in said}
    known = {name: value for name, value in given.items() if value is not None}
    example = {name: 1 if name == "version" else known[name] for name in said if name == "version" or name in known}
    return {
        "type": "object",
        "properties": said,
        "required": required,
        "additionalProperties": False,
        **({"examples": [example]} if set(required) <= set(example) else {}),
    }


def sent_as(need: Need) -> str:
    """The name under which programs send a need;
    the contents for 《就业创业证》 are one `entry` (contract of the API).
    """
    return "entry" if need.kind == "category" else need.name


def described_need(workflow: Workflow, need: Need) -> dict[str, Any]:
    """The JSON Schema of a need."""
    schema = kind_of(workflow, need).schema
    assert schema is not None, need.kind
    described = {"description": f"{need.label}。{need.hint}" if need.hint else f"{need.label}。"}
    if need.roles:
        described["description"] += say("由{label}填写。", label=[r.label for r in Role if r in need.roles])
    if need.only_if:
        described["description"] += say(
            "只在 {only_if} 为 {dumps} 时填写。", only_if=need.only_if[0], dumps=json.dumps(need.only_if[1])
        )
    return {**schema(need), **described}


def _problem(text: str) -> dict[str, Any]:
    return {
        "description": text,
        "content": {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _complete_operation(method: str, described: dict[str, Any]) -> None:
    described.setdefault("security", [])
    described.setdefault("description", described["summary"])
    for parameter in described["parameters"]:
        parameter["schema"] |= _PARAMETERS.get(parameter["name"], {})
        parameter["schema"].pop("title", None)
        if parameter["name"] == "platform":
            parameter["required"] = True
            parameter["schema"] = {"type": "string", "pattern": "^[0-9A-Z]{3,20}$", "examples": [examples.PLATFORM]}
    wrong = ["400", "404", "422", "429"]
    if described["security"]:
        wrong += ["401", "403"]
    if method == "post":
        wrong += ["409", "413", "415"]
        if described["operationId"] not in idempotency.STORES_NOTHING:
            described["parameters"].append(_KEY)
    described["responses"] |= {status: {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(wrong)}
    described["responses"]["default"] = _problem("Anything else that went wrong.")
