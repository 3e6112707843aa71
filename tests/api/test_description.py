"""The OpenAPI document: valid, complete, and enough for a program that nobody here wrote."""

import json
import subprocess
import sys
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.test import Client
from openapi_spec_validator import validate

from jiuyuan.api import examples
from jiuyuan.api.acts import OPERATIONS
from jiuyuan.api.description import sent_as
from jiuyuan.applications.workflow import APPLICATION

pytestmark = pytest.mark.both_databases


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    answer: dict[str, Any] = Client().get("/api/v1/openapi.json").json()
    return answer


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, said) for path, methods in document["paths"].items() for method, said in methods.items()]


def test_the_document_is_valid_openapi(document):
    validate(document)


def test_each_action_of_the_table_has_a_body_of_its_own(document):
    for transition in APPLICATION.of().transitions:
        said = document["paths"][f"/api/v1/applications/{{number}}/{transition.action}"]["post"]
        reference = said["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        body = document["components"]["schemas"][reference.rsplit("/", 1)[1]]
        names = [sent_as(need) for need in transition.needs]
        assert list(body["properties"]) == ([] if transition.public else ["version"]) + names
        assert body["additionalProperties"] is False


def test_every_body_has_an_example_that_its_schema_takes(document):
    def with_components(schema: dict[str, Any]) -> dict[str, Any]:
        return {**schema, "components": document["components"]}

    for path, method, said in operations(document):
        schema = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        if "$ref" not in schema:
            continue
        body = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        assert body["examples"], (method, path)
        for example in body["examples"]:
            jsonschema.Draft202012Validator(with_components(body)).validate(example)


def test_no_example_is_left_of_an_action_that_is_gone(document):
    told = [*APPLICATION.of().transitions, *(operation.transition for operation in OPERATIONS.values())]
    asked = {(transition.action, sent_as(need)) for transition in told for need in transition.needs}
    assert set(examples.SAID) == asked


def test_what_needs_no_login_says_so_and_everything_else_asks_for_a_token(document):
    security = {said["operationId"]: said["security"] for _, _, said in operations(document)}
    assert security.pop("self_check") == []
    assert security.pop("list_notices") == []
    assert security.pop("object_application") == [{}, {"Bearer": []}]
    assert {json.dumps(asked) for asked in security.values()} == {'[{"Bearer": []}]'}


def test_every_operation_says_what_can_go_wrong(document):
    for path, method, said in operations(document):
        assert {"400", "404", "422", "default"} <= set(said["responses"]), (method, path)
        assert said["description"] and said["summary"] and said["tags"], (method, path)
        if said["security"]:
            assert {"401", "403"} <= set(said["responses"]), (method, path)
        if method == "post":
            assert {"409", "413", "415"} <= set(said["responses"]), (method, path)


def test_nothing_stands_in_the_document_that_nothing_refers_to_and_each_group_of_operations_says_what_it_is(document):
    """What `spectral lint` and `redocly lint` warn of, neither of which a test here can run: both need Node."""
    whole = json.dumps(document)
    assert [name for name in document["components"]["schemas"] if f'"#/components/schemas/{name}"' not in whole] == []
    assert {tag for _, _, said in operations(document) for tag in said["tags"]} == {
        tag["name"] for tag in document["tags"]
    }
    assert all(tag["description"] for tag in document["tags"])
    assert document["servers"] and document["info"]["contact"] and document["info"]["license"]["identifier"]


def test_head_is_answered_where_get_is_and_without_a_body():
    answer = Client().head("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.content == b""
    assert Client().head("/api/v1/people").status_code == 401
    assert Client().head("/api/v1/self-check").status_code == 405


@pytest.fixture(scope="module")
def generated(document: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The package that openapi-python-client makes of the document, importable; its name."""
    folder = tmp_path_factory.mktemp("generated")
    described = folder / "openapi.json"
    described.write_text(json.dumps(document))
    settings = folder / "settings.yml"
    settings.write_text("post_hooks: []\n")
    command = Path(sys.executable).with_name("openapi-python-client")
    done = subprocess.run(
        [command, "generate", "--path", described, "--output-path", folder / "made", "--config", settings],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stdout + done.stderr, done.stdout + done.stderr
    sys.path.insert(0, str(folder / "made"))
    return "jiuyuan_api_client"


MADE = ("create_application", "add_material", "report_batch")


@pytest.mark.django_db
def test_a_generated_client_takes_a_case_to_recognition(generated, one_connection):
    import httpx

    from jiuyuan.agencies.services import issue_token
    from jiuyuan.applications.models import Application
    from jiuyuan.wsgi import application
    from tests import factories

    def client_of(role: str) -> Any:
        transport = httpx.WSGITransport(app=application)
        client = import_module(f"{generated}.client").AuthenticatedClient(
            base_url="http://localhost", token=issue_token(factories.staff(role))
        )
        return client.set_httpx_client(
            httpx.Client(
                base_url="http://localhost", transport=transport, headers={"Authorization": f"Bearer {client.token}"}
            )
        )

    models = import_module(f"{generated}.models")
    types = import_module(f"{generated}.types")

    def call(client: Any, operation: str, *path: Any, body: Any = None) -> Any:
        place = "people" if "recognition" in operation else "applications"
        module = import_module(f"{generated}.api.{place}.{operation}")
        answer = module.sync_detailed(*path, client=client, **({} if body is None else {"body": body}))
        assert answer.status_code == (201 if operation in MADE else 200), answer.content.decode()
        return answer.parsed

    clerk, reviewer = client_of("clerk"), client_of("reviewer")
    person = factories.an_applicant()
    case = call(clerk, "create_application", body=models.NewApplication.from_dict(person.form(channel="window")))
    for kind in ("id_card", "hukou_book"):
        file = types.File(payload=BytesIO(factories.a_photograph()), file_name=f"{kind}.jpg", mime_type="image/jpeg")
        paper = models.AddMaterialMultiPartBodyParams(kind=models.AddMaterialMultiPartBodyParamsKind(kind), file=file)
        call(clerk, "add_material", case.number, body=paper)

    def act(client: Any, action: str, **said: Any) -> Any:
        seen = call(client, "see_application", case.number)
        name = "".join(part.capitalize() for part in action.split("_")) + "Said"
        body = getattr(models, name).from_dict({"version": seen.version, **said})
        return call(client, f"{action}_application", case.number, body=body)

    act(clerk, "submit")
    assert call(clerk, "print_form", case.number).payload.read(5) == b"%PDF-"
    act(clerk, "accept")
    factories.verify_facts(factories.staff(), Application.objects.unscoped().get(number=case.number))
    act(clerk, "first_review_pass")
    factories.after_the_notice(Application.objects.unscoped().get(number=case.number))
    act(clerk, "endorse", opinion="公示无异议，同意上报。")
    call(clerk, "report_batch", body=models.NewBatch(numbers=[case.number]))
    recognised = act(reviewer, "recognise", opinion="符合条件，同意认定。", entry={"category": "older"})
    assert recognised.status == "recognised"
