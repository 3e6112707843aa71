"""The API: its routers, and what every operation shares. `description` says the rest of the OpenAPI document."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer

from jiuyuan.api import (
    acts,
    administration,
    assistance,
    cases,
    claims,
    description,
    duties,
    figures,
    inspections,
    made_known,
    money,
    passed_on,
    payments,
    problems,
    public,
    recoveries,
    register,
    stays,
    visits,
)
from jiuyuan.api.bodies import JsonParser
from jiuyuan.regions import registry


class ReadableJson(JSONRenderer):
    """Renders Chinese characters as they are, without escapes."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


class Api(NinjaAPI):
    """Ninja's API with one format for errors."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        return problems.answer_to(request, exc)

    def get_openapi_operation_id(self, operation: Any) -> str:
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **options: Any) -> Any:
        return description.complete(super().get_openapi_schema(**options))


api = Api(
    title="Jiuyuan API",
    version="1",
    description="就援: recognition of people who have difficulty finding work, as "
    f"{'、'.join(dict.fromkeys(rules.document for rules in registry.policies()))} describes.",
    urls_namespace="api",
    docs_url=None,
    parser=JsonParser(),
    renderer=ReadableJson(),
)
_ROUTED = (
    cases, stays, visits, assistance, inspections, recoveries, passed_on, money, claims, payments, made_known, duties, figures,
    administration, acts, register, public,
)  # fmt: skip
for router in (module.router for module in _ROUTED):
    api.add_router("", router)
