"""The contract kit: complete, the same each time, and every part of it works."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from openapi_spec_validator import validate

from contract_kit import ROOT, changelog, make, vectors
from contract_tools.document import load
from contract_tools.openapi import mapping
from git_repository import git
from jsms_client.callbacks import CallbackReceiver
from jsms_client.errors import CallbackError
from jsms_contract.operations import OPERATIONS
from jsms_sandbox.conformance import steps
from jsms_sandbox.settings import DEFAULT_PORT, Credentials
from sandbox.threaded_sandbox import WITHOUT_TLS, RunningSandbox

VECTORS: dict[str, Any] = json.loads(json.dumps(vectors()))
DOCUMENT = load(ROOT / "openapi.yaml")
_WRONG_REQUESTS = {50001, 50002, 50003, 50007, 50016, 50017, 50018}
"""Codes that say that the request itself is not what the operation reads."""


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(DOCUMENT, tmp_path_factory.mktemp("kit"))


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_it_is_the_same_each_time(kit: Path, tmp_path: Path) -> None:
    again = make(DOCUMENT, tmp_path)
    assert make(DOCUMENT, tmp_path) == again

    first, second = (folder.parent / f"{folder.name}.zip" for folder in (kit, again))

    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [again.name, f"{again.name}.zip"]


def test_its_documents_are_valid_in_every_version_and_language(kit: Path) -> None:
    documents = sorted(kit.glob("jsms-*-openapi-*.yaml"))

    assert [path.name for path in documents] == [
        f"jsms-1.0.0-openapi-{version}.yaml" for version in ("3.0", "3.0.zh-CN", "3.1", "3.1.zh-CN")
    ]
    for path in documents:
        data = load(path).data
        validate(data)
        assert _json(path.with_suffix(".json")) == data


def test_its_readme_names_what_is_in_it(kit: Path) -> None:
    readme = (kit / "README.md").read_text(encoding="utf-8")
    documents = {path.name for path in kit.glob("jsms-1.0.0-openapi-*")}

    assert "{" not in readme
    for path in kit.iterdir():
        assert path.name in readme or path.name in documents | {"README.md"}, path.name


def test_its_readme_says_how_to_run_a_client_against_the_sandbox(kit: Path) -> None:
    readme = (kit / "README.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^export (\w+)=(\S+)$", readme, re.MULTILINE))
    keys = Credentials()

    assert said == {
        "JSMS_BASE_URL": f"http://127.0.0.1:{DEFAULT_PORT}/v1",
        "JSMS_APP_KEY": keys.app_key,
        "JSMS_MASTER_SECRET": keys.master_secret,
        "JSMS_DEV_KEY": keys.dev_key,
        "JSMS_DEV_SECRET": keys.dev_secret,
    }
    assert said["JSMS_BASE_URL"] in [server["url"] for server in _json(kit / "jsms-1.0.0-openapi-3.1.json")["servers"]]
    (client,) = re.findall(r"^cd (\S+)$", readme, re.MULTILINE)
    assert (kit / client / "build.sh").is_file()


def test_every_client_comes_with_its_document_and_commands(kit: Path) -> None:
    clients = sorted((kit / "clients").iterdir())

    assert len(clients) >= 5
    for client in clients:
        assert (client / "recipe.toml").is_file()
        assert load(client / "openapi.yaml").data["paths"]
        for script in ("build.sh", "quickstart.sh"):
            assert os.access(client / script, os.X_OK)
            subprocess.run(["bash", "-n", client / script], check=True)


def test_the_conformance_list_is_the_sandboxs(kit: Path) -> None:
    found = _json(kit / "conformance.json")

    assert [step["id"] for step in found["steps"]] == [step.id for step in steps()]
    assert {check["id"] for check in found["client_checks"]} >= {"code", "once"}


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_a_receiver_does_with_a_vector_what_it_says(vector: dict[str, Any]) -> None:
    receiver = CallbackReceiver(VECTORS["app_key"], VECTORS["master_secret"], clock=lambda: VECTORS["now"] / 1000)
    if "accepted_before" in vector:
        with receiver.accept(vector["accepted_before"]):
            pass

    try:
        with receiver.accept(vector["body"].encode()) as callback:
            assert callback.events
        reason = None
    except CallbackError as error:
        reason = error.reason.value

    assert reason == vector["reason"]
    assert vector["accepted"] == (reason is None)


def test_the_accepted_vectors_are_signed_as_the_page_says() -> None:
    accepted = [vector for vector in VECTORS["vectors"] if vector["accepted"] and "signed_text" in vector]

    assert len(accepted) >= 9
    assert len(VECTORS["vectors"]) - len(accepted) >= 20
    for vector in accepted:
        (signature,) = parse_qs(vector["body"])["signature"]
        assert hashlib.sha1(vector["signed_text"].encode(), usedforsecurity=False).hexdigest() == signature.lower()


def test_every_request_of_the_collection_is_one_that_the_sandbox_reads(kit: Path) -> None:
    collection = _json(kit / "jsms.postman_collection.json")
    variables = {each["key"]: each["value"] for each in collection["variable"]}
    environment = {
        each["key"]: each["value"] for each in _json(kit / "jsms-sandbox.postman_environment.json")["values"]
    }
    requests = [item for folder in collection["item"] for item in folder["item"]]
    assert len(requests) == len(OPERATIONS)

    with RunningSandbox() as sandbox, httpx.Client(verify=WITHOUT_TLS, trust_env=False) as http:
        variables |= environment | {"base_url": f"{sandbox.url}/v1"}
        for item in requests:
            response = _sent(http, item["request"], variables)
            found: Any = response.json() if response.content else None
            assert _code(found) not in _WRONG_REQUESTS, (item["name"], response.text)
            for event in item.get("event", []):
                for name in re.findall(r'set\("(\w+)"', "".join(event["script"]["exec"])):
                    variables[name] = str(found.get(name, variables[name]))


def _code(response: object) -> object:
    return mapping(mapping(response).get("error")).get("code")


def _sent(http: httpx.Client, request: dict[str, Any], variables: dict[str, str]) -> httpx.Response:
    """Return a request of the collection, as Postman sends it."""

    def filled(text: str) -> str:
        return re.sub(r"\{\{(\w+)\}\}", lambda match: variables[match[1]], text)

    url = filled(request["url"]["raw"])
    for part in request["url"]["variable"]:
        url = url.replace(f":{part['key']}", filled(part["value"]))
    user, password = (filled(one["value"]) for one in request["auth"]["basic"])
    body = request.get("body", {})
    content: dict[str, Any] = {}
    if body.get("mode") == "raw":
        content = {"content": body["raw"].encode(), "headers": {one["key"]: one["value"] for one in request["header"]}}
    elif body.get("mode") == "formdata":
        content = {"files": [(one["key"], (None, one["value"])) for one in body["formdata"] if one["type"] == "text"]}
    return http.request(request["method"], url, auth=(user, password), **content)


def test_the_changelog_has_a_section_for_each_version(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    shutil.copy(ROOT / "tests" / "contract" / "documents" / "whole.yaml", path)
    git(tmp_path, "init", "-q")
    assert changelog(load(path)).endswith(
        "## 1.0.0\n- The first version. Operations: 2; callbacks: 1; error codes: 5.\n"
    )
    for version, old, new in (("1.0.0", "", ""), ("2.0.0", "maxLength: 4", "maxLength: 3")):
        source = path.read_text(encoding="utf-8")
        path.write_text(source.replace("version: 1.0.0", f"version: {version}").replace(old, new, 1) if old else source)
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", version)
        git(tmp_path, "tag", f"v{version}")
    path.write_text(
        path.read_text(encoding="utf-8").replace("version: 2.0.0", "version: 2.0.1").replace("A letter.", "One.")
    )

    sections = changelog(load(path)).split("\n## ")[1:]

    assert [section.splitlines()[0] for section in sections] == ["2.0.1", "2.0.0", "1.0.0"]
    assert "- The contract has other descriptions" in sections[0]
    assert "- **(Breaking)** Field LetterRequest.number has maxLength 3 now" in sections[1]
