"""The API and its description. What every operation shares stands here once: problems, and the key for repeated calls."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer

from jiuyuan.api import cases, idempotency, problems, public, register
from jiuyuan.api.bodies import JsonParser

_FIELD = {"type": "object", "properties": {"field": {"type": "string"}, "message": {"type": "string"}}}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "what is wrong, in Chinese"},
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": _FIELD},
        "state": {"type": "string", "description": "409: the state of the case"},
        "actions": {"type": "array", "items": {"type": "string"}, "description": "409: what that state allows"},
    },
}
_KEY = {
    "in": "header",
    "name": idempotency.HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
    "description": "repeated with the same body, the call answers the same and acts once; with another body, 409",
}


class Readable(JSONRenderer):
    """Chinese as it is written, not as \\u escapes."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


class Api(NinjaAPI):
    """ninja, with one way to say what went wrong."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        return problems.answer_to(request, exc)

    def get_openapi_operation_id(self, operation: Any) -> str:
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        schema["components"]["schemas"]["Problem"] = _PROBLEM
        problem = {
            "description": "Problem",
            "content": {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for operations in schema["paths"].values():
            for method, described in operations.items():
                described["responses"]["default"] = problem
                if method == "post" and described["operationId"] not in idempotency.STORES_NOTHING:
                    described["parameters"].append(_KEY)
        return schema


api = Api(
    title="就援 API",
    version="1",
    description="Recognition of people who have difficulty finding work, as 吉人社发〔2022〕10号 describes.",
    urls_namespace="api",
    docs_url=None,
    parser=JsonParser(),
    renderer=Readable(),
)
for router in (cases.router, register.router, public.router):
    api.add_router("", router)
