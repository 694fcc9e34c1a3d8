"""Edits of every kind: the client, the command and the sandbox follow, or the run refuses with line and remedy."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from contract_tools.client_requirements import unsupported
from contract_tools.conversions import as_yaml
from contract_tools.document import parse
from contract_tools.python_source import IMPORTED, python_name
from sandbox.sandbox_process import Process

from .command import ROOT, run
from .other_edits import ID, NAMES, ORDER, Editor, edited, listed, text

PATHS = ("overlay", "sandbox", "cli", "scripts", "tests")


@dataclass(frozen=True, slots=True)
class Edited:
    """A contract with every edit.

    Attributes:
        made: The folder that it makes.
        added: Its new operations.
    """

    made: Path
    added: list[str]


@cache
def contract() -> str:
    """Return the contract as JSON."""
    loaded = YAML(typ="safe", pure=True).load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - ruamel.yaml gives it no types
    return json.dumps(loaded)


@pytest.fixture(scope="module")
def fork(tmp_path_factory: pytest.TempPathFactory) -> Edited:
    """Generate the contract with every edit."""
    folder = tmp_path_factory.mktemp("edited")
    data = json.loads(contract())
    added = edited(data)
    (folder / "fork.yaml").write_text(as_yaml(data), encoding="utf-8")
    assert run(folder / "fork.yaml", "--output", folder / "made") == 0
    return Edited(folder / "made", added)


def test_both_clients_and_the_command_call_each_new_operation(fork: Edited, tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    document.write_bytes((fork.made / "jsms_contract" / "openapi.json").read_bytes())
    paths = [str(fork.made), *(str(ROOT / name) for name in PATHS)]
    with Process(generated=fork.made) as sandbox:
        done = subprocess.run(
            [
                sys.executable,
                "-B",
                "-m",
                "regenerate.calling",
                document,
                f"{sandbox.url}/v1",
                *sandbox.auth,
                *fork.added,
            ],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            capture_output=True,
            text=True,
            check=False,
        )
        requests = sandbox.http.get(f"{sandbox.url}/_sandbox/api/requests").json()["requests"]
    said = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
    assert said == ["WRONG: nothing else"], done.stdout[-3000:] + done.stderr[-3000:]
    assert {each["operation"] for each in requests} >= {*fork.added}
    assert [each for each in requests if each["refusal"]] == []
    # A list is in the query once for each entry, which may hold a comma.
    searches = [each["path"] for each in requests if each["operation"] == "listSearch"]
    assert all("ids=a%2Cb&ids=c&pages=1&pages=2" in path for path in searches), searches


CALLBACK = """
import json, sys
from jsms_client.callbacks import CallbackReceiver, OrderPaid, sign

order = json.loads(sys.argv[1])
receiver = CallbackReceiver("a", "b")

def read(data):
    fields = {"nonce": "1", "timestamp": "1492150740274", "signature": sign("a", "b", "1", "1492150740274")}
    (event,) = receiver.parse(fields | {"type": "SMS_ORDER", "data": json.dumps(data)}).events
    return event

event = read(order | {"shade": "red", "newer": [1]})
assert isinstance(event, OrderPaid) and event.extra == {"newer": [1]}, event
assert (event.order_id, event.lines[0].name, event.shade.name) == ("1", "a", "SHADE_RED")
assert event.paid_at.isoformat() == "2017-04-14T14:19:01+08:00"
assert "13800138000" not in repr(event) and "a secret" not in repr(event)
assert read(order).shade is None, "one that may be null may be absent"
late = read(order | {"paidAt": "soon", "shade": "blue"})
assert (late.paid_at, late.shade, late.extra) == (None, "blue", {"paidAt": "soon"})
"""


def test_a_new_callback_is_an_event_with_its_fields(fork: Edited) -> None:
    paths = os.pathsep.join((str(fork.made), str(ROOT / "overlay")))
    done = subprocess.run(
        [sys.executable, "-B", "-c", CALLBACK, json.dumps(ORDER)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


POLLED = """
import json, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from jsms_client import JSMS

CLICKS = [
    {"at": 1492150741000, "seen": ["2026-01-02 03:04:05"], "by_day": {"1": 1492150741000}},
    {"at": "soon", "seen": ["2026-01-02 03:04:05", "soon"], "by_day": {"1": "soon"}},
]

class Service(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        body = json.dumps(CLICKS).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

service = HTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=service.serve_forever, daemon=True).start()
with JSMS("a" * 24, "b" * 24, base_url=f"http://127.0.0.1:{service.server_port}/v1") as client:
    good, late = client.short_links.poll_clicks()
service.shutdown()
assert [good.at.year, good.seen[0].year, good.by_day["1"].year] == [2017, 2026, 2017], good
assert (late.at, late.seen, late.by_day) == (None, None, None)
assert late.extra == CLICKS[1], late.extra
"""


def test_a_record_that_comes_once_is_kept_whatever_its_times_are(fork: Edited) -> None:
    paths = os.pathsep.join((str(fork.made), str(ROOT / "overlay")))
    done = subprocess.run(
        [sys.executable, "-B", "-c", POLLED],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_mypy_and_pyright_find_nothing_in_what_is_made(fork: Edited, tmp_path: Path) -> None:
    packages = [argument for name in ("jsms_api", "jsms_contract", "jsms_surface") for argument in ("-p", name)]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", tmp_path / "cache", *packages],
        cwd=fork.made,
        env={"MYPYPATH": f"{fork.made}:{ROOT / 'overlay'}", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.stdout.startswith("Success: no issues found"), checked.stdout + checked.stderr
    settings = {
        "include": ["jsms_surface", "jsms_contract"],
        "extraPaths": [".", str(ROOT / "overlay")],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
    }
    project = fork.made / "pyrightconfig.json"
    project.write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    checked = subprocess.run(command, cwd=project.parent, capture_output=True, text=True, check=False)
    found = json.loads(checked.stdout)
    assert found["summary"]["filesAnalyzed"] > 30
    assert found["generalDiagnostics"] == []


def test_no_field_is_called_as_something_that_the_source_says_itself() -> None:
    taken = {*(name for name in IMPORTED if name.islower()), "once", "extra", "self"}
    assert {name for name in taken if python_name(name) == name} == set()
    assert len({python_name(name) for name in NAMES}) == len(NAMES)


def _operation(**more: Any) -> Callable[[dict[str, Any]], object]:
    return lambda data: Editor(data).operation("get /more", "getMore", **more)


def _header(data: dict[str, Any]) -> None:
    _operation(parameters=(("?region", {"type": "string"}, "a"),))(data)
    data["paths"]["/more"]["get"]["parameters"][0]["in"] = "header"


def _media_type(media_type: str, at: str) -> Callable[[dict[str, Any]], object]:
    def change(data: dict[str, Any]) -> None:
        _operation(responds=(text(), "a"), takes=(text(), "a"))(data)
        operation = data["paths"]["/more"]["get"]
        owner = operation["responses"]["200"] if at == "responses" else operation["requestBody"]
        owner["content"] = {media_type: next(iter(owner["content"].values()))}

    return change


def _list_in_form(data: dict[str, Any]) -> None:
    form = Editor(data).record("MoreForm", "", more=listed(text()))
    _operation(takes=(form, {"more": ["a"]}), form="multipart/form-data")(data)


def _optional_first(data: dict[str, Any]) -> None:
    data["paths"]["/messages"]["post"]["x-positional"] = ["sign_id", "mobile"]


def _resource(name: str) -> Callable[[dict[str, Any]], object]:
    return _operation(also={"x-resource": name})


def _schema(name: str) -> Callable[[dict[str, Any]], object]:
    def change(data: dict[str, Any]) -> None:
        schemas = data["components"]["schemas"]
        schemas.setdefault(name, copy.deepcopy(schemas["SentMessage"]))
        _operation(responds=({"$ref": f"#/components/schemas/{name}"}, {}))(data)

    return change


def _code(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda data: data["x-error-codes"]["50009"].update(name=name)


REFUSED: Mapping[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "header": (_header, "/paths/~1more/get/parameters/0", "in a header, which the typed client does not send"),
    "text": (_media_type("text/plain", "responses"), "/responses/200/content", "responds with text/plain"),
    "body": (_media_type("text/csv", "requestBody"), "/requestBody/content", "takes text/csv"),
    "list in a form": (_list_in_form, "/MoreForm/properties/more", "is a list or an object in a form"),
    "optional first": (_optional_first, "~1messages/post/x-positional", "need not be given, and mobile after it must"),
    "method of the client": (_resource("with_options"), "~1more/get/x-resource", "a name of the client's own"),
    "attribute of the client": (_resource("campaigns"), "~1more/get/x-resource", "a name of the client's own"),
    "closing": (_resource("close"), "~1more/get/x-resource", "a name of the client's own"),
    "class of the runtime": (_schema("Records"), "/schemas/Records", "a class of the client's own"),
    "class that annotations use": (_schema("Mapping"), "/schemas/Mapping", "a class of the client's own"),
    "class of the client": (_schema("Recipient"), "/schemas/Recipient", "a class of the client's own"),
    "exception of the client": (_code("ARGUMENT"), "/x-error-codes/50009/name", "would be ArgumentError"),
    "exception of Python": (_code("TIMEOUT"), "/x-error-codes/50009/name", "would be TimeoutError"),
}


@pytest.mark.parametrize(("change", "place", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_the_client_cannot_express_is_refused_with_its_place(
    change: Callable[[dict[str, Any]], object], place: str, problem: str
) -> None:
    data = json.loads(contract())
    change(data)
    (found,) = unsupported(parse(json.dumps(data, indent=1), "openapi.json"))
    assert found.pointer.endswith(place)
    assert problem in found.message
    assert found.line > 1
    assert found.remedy


def test_a_run_refuses_it_and_says_the_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(contract())
    Editor(data).operation("get /logs/{log}", "getLog", parameters=(("log", ID, "1"),))
    content = {"text/csv": {"schema": {"type": "string"}, "examples": {"one": {"value": "a"}}}}
    data["paths"]["/logs/{log}"]["get"]["responses"]["200"]["content"] = content
    path = tmp_path / "openapi.yaml"
    path.write_text(as_yaml(data), encoding="utf-8")
    assert run(path, "--output", tmp_path / "made") == 1
    said = capsys.readouterr().err
    line = path.read_text(encoding="utf-8").splitlines().index("            text/csv:") + 1
    assert f"openapi.yaml:{line - 1}: #/paths/~1logs~1{{log}}/get/responses/200/content: getLog responds with" in said
    assert not (tmp_path / "made").exists()
