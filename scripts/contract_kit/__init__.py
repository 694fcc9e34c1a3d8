"""The command ``scripts/kit``: documents, changelog, vectors, a Postman collection and the clients."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

from client_recipes import lay_out, recipes
from client_recipes.checks import CHECKS
from contract_tools.changes.contract import compare_with_words
from contract_tools.changes.revisions import at_revision
from contract_tools.conversions import as_yaml, to_3_0_3, to_chinese
from contract_tools.document import Document, DocumentError, load
from contract_tools.openapi import follow, mapping, operations, parameters_of, schemas, sequence, text, webhooks
from jsms_client.callbacks import DEFAULT_WINDOW, sign
from jsms_sandbox.conformance import steps
from jsms_sandbox.settings import DEFAULT_PORT, Credentials

ROOT = Path(__file__).resolve().parents[2]
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the same files make the same archive
_README = Path(__file__).with_name("readme.md")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 0 where the kit was made."""
    parser = argparse.ArgumentParser(
        prog="scripts/kit",
        description="Make the contract kit, a folder and a zip: documents, changelog, vectors, collection, clients.",
    )
    parser.add_argument(
        "--output", type=Path, default=ROOT / "dist", metavar="DIR", help="where to (default: dist/ here)"
    )
    output: Path = parser.parse_args(arguments).output
    try:
        made = make(load(ROOT / "openapi.yaml"), output)
    except OSError as error:
        print(f"{error}; the kit was not made", file=sys.stderr)
        return 1
    print(f"{made} and {made.name}.zip")
    return 0


def make(document: Document, output: Path) -> Path:
    """Make the kit of a document in a folder, as a folder and an archive named for its version."""
    output.mkdir(parents=True, exist_ok=True)
    name = f"jsms-contract-{_version(document.data)}"
    with tempfile.TemporaryDirectory(dir=output, prefix=".kit-") as scratch:
        fresh, archive = Path(scratch) / name, Path(scratch) / f"{name}.zip"
        fresh.mkdir()
        _fill(document, fresh)
        _pack(fresh, archive)
        shutil.rmtree(output / name, ignore_errors=True)
        fresh.replace(output / name)
        archive.replace(output / archive.name)
    return output / name


def _fill(document: Document, folder: Path) -> None:
    version, data = _version(document.data), document.data
    editions: dict[str, dict[str, object]] = {"": data}
    chinese = to_chinese(document)
    if chinese is not None:
        editions[".zh-CN"] = chinese
    for edition, content in editions.items():
        for openapi, made in (("3.1", content), ("3.0", to_3_0_3(content))):
            path = folder / f"jsms-{version}-openapi-{openapi}{edition}"
            _write(Path(f"{path}.yaml"), document.text if made is data else as_yaml(made))
            _write_json(Path(f"{path}.json"), made)
    # The address and the keys of a sandbox that is started without options.
    local = {"base_url": f"http://127.0.0.1:{DEFAULT_PORT}/v1", **asdict(Credentials())}
    page = f"{local['base_url'].removesuffix('v1')}_sandbox/"
    readme = _README.read_text(encoding="utf-8").format(
        version=version,
        vectors=len(VECTORS),
        steps=len(steps()),
        variables="\n".join(f"export JSMS_{name.upper()}={value}" for name, value in local.items()),
        inbox=page,
        conformance=f"{page}conformance.html",
    )
    _write(folder / "README.md", readme)
    _write(folder / "CHANGES.md", changelog(document))
    _write_json(folder / "signature-vectors.json", vectors())
    texts = [{key: getattr(step, key) for key in ("id", "title", "title_zh", "task", "task_zh")} for step in steps()]
    checks = [{"id": check.name, "holds": check.holds} for check in CHECKS]
    _write_json(folder / "conformance.json", {"contract": version, "steps": texts, "client_checks": checks})
    _write_json(folder / "jsms.postman_collection.json", _collection(data))
    values = [{"key": key, "value": value, "enabled": True} for key, value in local.items()]
    _write_json(folder / "jsms-sandbox.postman_environment.json", {"name": "JSMS sandbox", "values": values})
    for recipe in recipes().values():
        client = folder / "clients" / recipe.name
        client.mkdir(parents=True)
        lay_out(recipe, client, _tracked)


def _tracked(folder: Path) -> list[Path]:
    """List the files that are part of the project: a build may have left others beside them."""
    listed = subprocess.run(["git", "-C", str(folder), "ls-files", "-z"], capture_output=True, text=True, check=True)
    return [folder / name for name in sorted(listed.stdout.split("\0")) if name]


def _pack(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), _EARLIEST)
            entry.external_attr = path.stat().st_mode << 16
            packed.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")


def _write_json(path: Path, content: object) -> None:
    _write(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


_HEAD = """\
# Changes of the contract

What changes for clients from one version to the next. **(Breaking)** marks what can break one that was right before.
"""


def changelog(document: Document) -> str:
    """Write a section for each version of the contract, newest first."""
    versions = [*_released(Path(document.path)), document]
    sections = [_first(versions[0].data)]
    for before, after in pairwise(versions):
        lines = [
            f"- {'**(Breaking)** ' if change.breaking else ''}{change.sentence}"
            for change in compare_with_words(before.data, after.data)
        ]
        if lines:
            sections.append("\n".join([f"## {_version(after.data)}", *lines]))
    return "\n\n".join([_HEAD.rstrip(), *reversed(sections)]) + "\n"


def _released(path: Path) -> Iterator[Document]:
    """Read the document of each release, oldest first."""
    git = ["git", "-C", str(path.resolve().parent)]
    command = [*git, "tag", "--sort=version:refname", "--merged", "HEAD", "--list", "v[0-9]*"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    for tag in done.stdout.split() if done.returncode == 0 else ():
        try:
            yield at_revision(path.resolve(), tag)
        except DocumentError:
            continue  # a release before the contract


def _first(data: Mapping[str, object]) -> str:
    found = len(list(operations(data))), len(webhooks(data)), len(mapping(data.get("x-error-codes")))
    counts = "Operations: {}; callbacks: {}; error codes: {}".format(*found)
    return f"## {_version(data)}\n- The first version. {counts}."


def _version(data: Mapping[str, object]) -> str:
    return text(mapping(data.get("info")).get("version"))


_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_CREDENTIALS = {"appAuth": ("app_key", "master_secret"), "devAuth": ("dev_key", "dev_secret")}


def _collection(data: Mapping[str, object]) -> dict[str, object]:
    """Make the collection: a folder for each tag, a request for each operation with its first example.

    A response that brings an id keeps it in a variable, so that the requests of a folder can be sent one after another.
    """
    info = mapping(data.get("info"))
    folders: dict[str, list[dict[str, object]]] = {}
    variables: dict[str, str] = {}
    for path, method, operation, around in operations(data):
        parameters = parameters_of(data, operation, around)
        for parameter in parameters:
            variables.setdefault(text(parameter.get("name")), str(parameter.get("example", "")))
        tag = str(sequence(operation.get("tags"))[0])
        folders.setdefault(tag, []).append(_item(data, path, method, operation, parameters))
    return {
        "info": {
            "name": f"{text(info.get('title'))} {text(info.get('version'))}",
            "description": text(info.get("description")),
            "schema": _SCHEMA,
        },
        "item": [{"name": tag, "item": items} for tag, items in folders.items()],
        "variable": [{"key": name, "value": value} for name, value in variables.items()],
    }


def _item(
    data: Mapping[str, object],
    path: str,
    method: str,
    operation: Mapping[str, object],
    parameters: list[Mapping[str, object]],
) -> dict[str, object]:
    segments = [f":{part[1:-1]}" if part.startswith("{") else part for part in path.strip("/").split("/")]
    names = [text(parameter.get("name")) for parameter in parameters]
    scheme = next(name for requirement in sequence(operation.get("security")) for name in mapping(requirement))
    pair = zip(("username", "password"), _CREDENTIALS[scheme], strict=True)
    request: dict[str, object] = {
        "method": method.upper(),
        "header": [],
        "auth": {
            "type": "basic",
            "basic": [{"key": key, "value": f"{{{{{name}}}}}", "type": "string"} for key, name in pair],
        },
        "url": {
            "raw": "/".join(["{{base_url}}", *segments]),
            "host": ["{{base_url}}"],
            "path": segments,
            "variable": [{"key": name, "value": f"{{{{{name}}}}}"} for name in names],
        },
        "description": text(operation.get("description")),
    }
    for media_type, content in mapping(follow(data, operation.get("requestBody")).get("content")).items():
        request |= _body(data, media_type, mapping(content))
    made: dict[str, object] = {"name": text(operation.get("summary")), "request": request}
    kept = list(_ids(data, operation))
    if kept:
        lines = ["const found = pm.response.code === 200 ? pm.response.json() : {};"]
        lines += [
            f'if (found.{name} !== undefined) pm.collectionVariables.set("{name}", String(found.{name}));'
            for name in kept
        ]
        made["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": lines}}]
    return made


def _body(data: Mapping[str, object], media_type: str, content: Mapping[str, object]) -> dict[str, object]:
    example = mapping(next(iter(mapping(content.get("examples")).values()), None)).get("value")
    if media_type != "multipart/form-data":
        raw = json.dumps(example, ensure_ascii=False, indent=2)
        return {
            "header": [{"key": "Content-Type", "value": media_type}],
            "body": {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}},
        }
    fields: list[dict[str, object]] = []
    for name, schema in mapping(follow(data, content.get("schema")).get("properties")).items():
        if mapping(schema).get("format") == "binary":
            fields.append({"key": name, "type": "file", "src": [], "disabled": True})
        elif name in mapping(example):
            fields.append({"key": name, "type": "text", "value": str(mapping(example)[name])})
    return {"body": {"mode": "formdata", "formdata": fields}}


def _ids(data: Mapping[str, object], operation: Mapping[str, object]) -> Iterator[str]:
    """Find the fields of a success that are parameters of other operations."""
    names = {
        text(mapping(one).get("name")) for one in mapping(mapping(data.get("components")).get("parameters")).values()
    }
    for content in mapping(mapping(mapping(operation.get("responses")).get("200")).get("content")).values():
        model = text(mapping(mapping(content).get("schema")).get("$ref")).rpartition("/")[2]
        for name in mapping(mapping(schemas(data).get(model)).get("properties")):
            if name in names:
                yield name


# Signature vectors: whole callbacks, and whether a receiver has to accept each.
APP_KEY, MASTER_SECRET = "dev_sample_appKey", "dev_sample_appMasterSecret"
NOW = 1492150800000
_NONCE, _TIMESTAMP = "7659972084945889195", "1492150740274"
_MAX_AHEAD_SECONDS = 300
_HOUR = 3_600_000
_REPORT = {"msgId": "288193860302", "phone": "13800138000", "receiveTime": 1492150741000, "status": 4001}
_REPLY = {"phone": "13800138000", "replyTime": 1492150741000, "content": "退订 👍"}
_TEMPLATE = {"tempId": 1250, "status": 2, "refuseReason": "内容不符"}
_SIGN = {"signId": 4321, "status": 1, "refuseReason": None}

_SIGNED = "appKey={appKey}&appMasterSecret={masterSecret}&nonce={nonce}&timestamp={timestamp}"

_Vector = dict[str, object]


def _vector(name: str, why: str, body: str, reason: str = "", signed: str = "", before: str = "") -> _Vector:
    """Make a callback as it is published.

    The reason says why it is refused, the signed text is what its sender should have signed, and the body before is
    that of a callback that was accepted right before.
    """
    made: _Vector = {"name": name, "why": why, "accepted": not reason, "reason": reason or None, "body": body}
    return made | ({"signed_text": signed} if signed else {}) | ({"accepted_before": before} if before else {})


def _signed(
    name: str,
    why: str,
    reason: str = "",
    *,
    nonce: str = _NONCE,
    timestamp: str = _TIMESTAMP,
    type: str = "SMS_REPORT",
    data: object = _REPORT,
    extra: Sequence[tuple[str, str]] = (),
    change: Mapping[str, str] | None = None,
    credentials: tuple[str, str] = (APP_KEY, MASTER_SECRET),
    before: str = "",
) -> _Vector:
    """Sign a callback, then replace the fields that ``change`` names."""
    fields = {
        "nonce": nonce,
        "timestamp": timestamp,
        "signature": sign(*credentials, nonce, timestamp),
        "type": type,
        "data": data if isinstance(data, str) else json.dumps(data, ensure_ascii=False),
    } | dict(change or {})
    text = f"appKey={APP_KEY}&appMasterSecret={MASTER_SECRET}&nonce={fields['nonce']}&timestamp={fields['timestamp']}"
    return _vector(name, why, urlencode([*fields.items(), *extra]), reason, text, before)


def _without(body: str, field_name: str) -> str:
    return "&".join(pair for pair in body.split("&") if not pair.startswith(f"{field_name}="))


_RIGHT = sign(APP_KEY, MASTER_SECRET, _NONCE, _TIMESTAMP)
_REPORTED = _signed("report", "The worked example of the service's pages.")
_BODY = str(_REPORTED["body"])
_BAD, _OLD, _MALFORMED = "bad_signature", "expired", "malformed"

VECTORS: Sequence[_Vector] = (
    _REPORTED,
    _signed("reply", "Chinese text and an emoji in data.", type="SMS_REPLY", data=_REPLY),
    _signed("template", "A decision on a template.", type="SMS_TEMPLATE", data=_TEMPLATE),
    _signed("sign", "A decision on a signature; refuseReason is null.", type="SMS_SIGN", data=_SIGN),
    _signed("upper_case", "Hexadecimal digits may be upper case.", change={"signature": _RIGHT.upper()}),
    _signed("negative_nonce", "A nonce may be negative.", nonce="-7659972084945889195"),
    _signed(
        "large_nonce", "A nonce exceeds what a double keeps: sign the digits as they came.", nonce="9007199254740993"
    ),
    _signed("leading_zeros", "The digits are signed as they came, not as a number.", nonce="000123"),
    _signed("new_field", "A field that is not known does no harm.", extra=[("region", "cn")]),
    _vector("other_order", "The order of the fields says nothing.", "&".join(reversed(_BODY.split("&")))),
    _signed(
        "other_data",
        "The signature does not cover data: data that was changed is accepted. Treat it as untrusted.",
        data={**_REPORT, "status": 4002},
    ),
    _signed("other_secret", "Signed with another secret.", _BAD, credentials=(APP_KEY, "another_secret")),
    _signed("other_key", "Signed for another app.", _BAD, credentials=("another_key", MASTER_SECRET)),
    _signed("swapped", "Key and secret in each other's place.", _BAD, credentials=(MASTER_SECRET, APP_KEY)),
    _signed("changed_nonce", "Another nonce than the signed one.", _BAD, change={"nonce": "7659972084945889196"}),
    _signed("changed_timestamp", "Another timestamp than the signed one.", _BAD, change={"timestamp": "1492150740275"}),
    _signed("short", "A signature without its last digit.", _BAD, change={"signature": _RIGHT[:-1]}),
    _signed("long", "A signature with one more digit.", _BAD, change={"signature": f"{_RIGHT}0"}),
    _signed("padded", "A signature with a space in front.", _BAD, change={"signature": f" {_RIGHT}"}),
    _signed("line_break", "A signature with a line break behind it.", _BAD, change={"signature": f"{_RIGHT}\n"}),
    _signed("zeros", "A signature of zeros.", _BAD, change={"signature": "0" * 40}),
    _signed("empty", "An empty signature.", _BAD, change={"signature": ""}),
    _signed("full_width", "A full-width digit in the signature.", _BAD, change={"signature": f"５{_RIGHT[1:]}"}),
    _signed("not_ascii", "A signature that is no hexadecimal.", _BAD, change={"signature": "é" * 40}),
    _signed("too_old", "Signed 15 hours ago.", _OLD, timestamp=str(NOW - 15 * _HOUR)),
    _signed("too_early", "Signed for a time that is an hour ahead.", _OLD, timestamp=str(NOW + _HOUR)),
    _signed("seconds", "A timestamp in seconds is a time of 1970.", _OLD, timestamp=str(NOW // 1000)),
    _signed("injected", "A nonce that brings a timestamp of its own.", _MALFORMED, nonce="1&timestamp=1492150740274"),
    _signed("exponent", "A nonce that is no row of digits.", _MALFORMED, nonce="1e3"),
    _signed("other_digits", "A nonce in Arabic digits.", _MALFORMED, nonce="١٢٣"),
    _signed("two_nonces", "A field that is there twice.", _MALFORMED, extra=[("nonce", "1")]),
    _signed("two_signatures", "A second signature.", _MALFORMED, extra=[("signature", "0" * 40)]),
    _vector("no_signature", "Without a signature.", _without(_BODY, "signature"), _MALFORMED),
    _vector("no_nonce", "Without a nonce.", _without(_BODY, "nonce"), _MALFORMED),
    _signed("not_json", "Signed right, but data is no JSON.", _MALFORMED, data="{"),
    _signed("unknown_type", "Signed right, of a type that is not known.", "unknown_type", type="SMS_OTHER"),
    _signed(
        "replayed",
        "A nonce that was used before, with other data: an attacker's.",
        "replayed",
        data={**_REPORT, "status": 4002},
        before=_BODY,
    ),
    _signed(
        "same_again",
        "The same callback once more: the response to it was lost. Respond 200 and do nothing.",
        "already_handled",
        before=_BODY,
    ),
)


def vectors() -> dict[str, object]:
    """Return all vectors as they are published."""
    return {
        "algorithm": f"hexadecimal SHA-1 of {_SIGNED}",
        "app_key": APP_KEY,
        "master_secret": MASTER_SECRET,
        "now": NOW,
        "max_age_seconds": int(DEFAULT_WINDOW.total_seconds()),
        "max_ahead_seconds": _MAX_AHEAD_SECONDS,
        "vectors": VECTORS,
    }
