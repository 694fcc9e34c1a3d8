"""The command line: its output, its stop, and one clear sentence for each error."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import re
import resource
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import click
import httpx
import pytest

from jsms_cli.commands import callbacks
from jsms_sandbox.cli import main
from jsms_sandbox.options import command
from jsms_sandbox.server import Server, bind
from jsms_sandbox.settings import DEFAULT_PORT
from jsms_sandbox.state.state import State
from jsms_sandbox.state.storage import SQLiteFile, StorageError

from .sandbox_process import STOPS, Process, environment, run
from .threaded_sandbox import PATIENCE


def test_it_says_where_it_is_and_with_which_credentials_and_stops_at_once() -> None:
    keys = ["--app-key", "dev_sample_appKey", "--master-secret", "s", "--dev-key", "d", "--dev-secret", "e"]
    with Process(*keys) as process:
        assert process.auth == ("dev_sample_appKey", "s")
        assert re.search(r"Page +http://127\.0\.0\.1:[0-9]+/_sandbox/", process.welcome)
        assert "devKey d, devSecret e" in process.welcome
        assert process.http.get("/accounts/app").status_code == 200
        assert process.http.get("/accounts/dev", auth=("d", "e")).status_code == 200
        assert httpx.get(f"{process.url}/_sandbox/readyz", trust_env=False).status_code == 200
        process.popen.send_signal(signal.SIGINT)
        out, err = process.popen.communicate(timeout=STOPS)
        assert (process.popen.returncode, out, err) == (0, "", "")


def test_it_is_ready_after_less_than_a_second_of_work() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Process():
        pass
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2  # far below on a usual machine


def test_https_stands_beside_http_with_a_certificate_to_trust() -> None:
    with Process("--tls") as process:
        match = re.search(r"HTTPS +(\S+)/v1 \(certificate: (\S+)\)", process.welcome)
        assert match is not None
        trust = ssl.create_default_context(cafile=match[2])
        with httpx.Client(verify=trust, auth=process.auth, trust_env=False) as http:
            assert http.get(f"{match[1]}/v1/accounts/app").status_code == 200
        assert process.http.get("/accounts/app").status_code == 200
        assert list(Path(match[2]).parent.iterdir()) == [Path(match[2])]
        process.popen.send_signal(signal.SIGTERM)
        process.popen.communicate(timeout=STOPS)
        assert process.popen.returncode == 0
        assert not Path(match[2]).exists()


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["--nope"], "--nope", 2),
        (["extra"], "extra", 2),
        (["--port", "65536"], "'65536' is no port", 2),
        (["--port", "eighty"], "'eighty' is no port", 2),
        (["--app-key", "with:colon"], "'with:colon' is no key", 2),
        (["--app-key", ""], "'' is no key", 2),
        (["--master-secret", "ключ"], "'ключ' is no key", 2),
        (["--review", "never"], "'never' is neither", 2),
        (["--code", "12345"], "'12345' is no code", 2),
        (["--callback-url", "ftp://x"], "'ftp://x' is no callback URL: it must begin with http", 2),
        (["--callback-url", "http://x:99999/"], "'http://x:99999/' is no callback URL: it is no URL", 2),
        (["--callback-url", "http://a:b@x/"], "it must have no fragment, user name", 2),
        (["--tls-port", "0"], "--tls-port needs --tls", 2),
        (["--host", "203.0.113.7"], "Cannot listen on 203.0.113.7", 1),
        (["--host", "no such host"], "Cannot listen on no such host", 1),
        (["--db", "/dev/null/x"], "Cannot open /dev/null/x", 1),
        (["--db", "/"], "/ is a folder", 1),
        (["--db", "/no/such/folder/x"], "Cannot open /no/such/folder/x", 1),
        (["--port", "-1"], "'-1' is no port", 2),
        (["--port"], "requires an argument", 2),
        (["--host", ""], "an empty host is no address", 2),
        (["--port", "65535", "--tls"], "name one with --tls-port", 2),
        (["--dev-secret", "x" * 65], "is no key", 2),
        (["--allow-host", "a/b"], "'a/b' is no name of a host", 2),
        (["--tls", "--tls-port", "no"], "'no' is no port", 2),
        (["--allow-host", "*.example"], "'*.example' is no name of a host", 2),
        (["readyz"], "name the sandbox's own with --port", 2),
        (["env"], "name the sandbox's own with --port", 2),
        (["--wait", "-1"], "-1.0 is not in the range", 2),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence(
    arguments: list[str], said: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--port", "0", *arguments]) == code
    output = capsys.readouterr()
    assert output.out == ""
    assert said in output.err
    assert len(output.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["--nope"], "--nope", 2),
        (["--port", "eighty"], "'eighty' is no port", 2),
        (["--host", "203.0.113.7"], "Cannot listen on 203.0.113.7", 1),
        (["--db", "/"], "/ is a folder", 1),
        (["readyz"], "name the sandbox's own with --port", 2),
    ],
)
def test_what_is_wrong_is_said_in_json(
    arguments: list[str], said: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--json", "--port", "0", *arguments]) == code
    output = capsys.readouterr()
    assert output.out == ""
    error = json.loads(output.err)["error"]
    assert said in error["message"]
    assert error["exit_code"] == code


def variable(option: click.Parameter) -> str:
    return f"JSMS_SANDBOX_{option.opts[0].removeprefix('--').replace('-', '_').upper()}"


OPTIONS = [each for each in command("jsms-sandbox").params if isinstance(each, click.Option)]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_is_an_environment_variable(
    option: click.Option, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JSMS_SANDBOX_PORT", "0")
    monkeypatch.setenv(variable(option), "a/b c")  # wrong for every one of them
    assert main([]) in (1, 2)
    output = capsys.readouterr().err
    assert variable(option) in output or output.startswith(
        ("jsms-sandbox: Cannot listen on a/b c", "jsms-sandbox: Cannot open a/b c")
    )


def test_the_help_names_every_environment_variable(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    output = " ".join(capsys.readouterr().out.split())
    assert [variable(option) for option in OPTIONS if f"env var: {variable(option)}" not in output] == []


def test_the_environment_reaches_the_sandbox(tmp_path: Path) -> None:
    settings = {
        "HOST": "127.0.0.1",
        "PORT": "0",
        "DB": str(tmp_path / "state.db"),
        "STRICT": "true",
        "APP_KEY": "from_environment",
        "MASTER_SECRET": "secret",
        "CODE": "123456",
        "ALLOW_HOST": "one.example, two.example",
        "REVIEW": "",
    }
    with Process(settings={f"JSMS_SANDBOX_{name}": value for name, value in settings.items()}) as process:
        assert process.auth == ("from_environment", "secret")
        assert f"kept in {tmp_path / 'state.db'}" in process.welcome
        assert process.http.post("/codes", json={"mobile": 13800138000, "temp_id": 1}).status_code == 403
        for host, status in (("one.example", 200), ("two.example", 200), ("three.example", 403)):
            response = httpx.get(f"{process.url}/_sandbox/api/clock", headers={"host": host}, trust_env=False)
            assert response.status_code == status


def test_an_argument_comes_before_the_environment() -> None:
    with Process("--app-key", "argument", settings={"JSMS_SANDBOX_APP_KEY": "environment"}) as process:
        assert process.auth[0] == "argument"


def test_readyz_asks_the_sandbox_with_these_options() -> None:
    with Process("--host", "0.0.0.0") as process:
        port = str(urlsplit(process.url).port)
        ready = run("readyz", settings={"JSMS_SANDBOX_PORT": port, "HTTP_PROXY": "http://127.0.0.1:9"})
        assert (ready.returncode, ready.stdout, ready.stderr) == (0, f"http://127.0.0.1:{port} is ready.\n", "")
        asked = run("--host", "0.0.0.0", "readyz", "--port", port, "--json")
        assert json.loads(asked.stdout) == {"ready": True, "url": f"http://127.0.0.1:{port}"}
    gone = run("readyz", "--port", port)
    assert (gone.returncode, gone.stdout) == (1, "")
    assert gone.stderr == f"jsms-sandbox: The sandbox at http://127.0.0.1:{port} is not ready: connection refused.\n"


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{",
        b"SSH-2.0-x\r\n",
    ],
)
def test_another_program_on_the_port_is_not_ready(response: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        responding = threading.Thread(target=respond, args=(other, response))
        responding.start()
        assert main(["readyz", "--port", str(other.getsockname()[1])]) == 1
        responding.join(PATIENCE)
    assert "another program responded" in capsys.readouterr().err


def respond(server: socket.socket, response: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(9999)
        connection.sendall(response)


def test_readyz_waits_for_a_sandbox_that_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    asking = subprocess.Popen(
        [sys.executable, "-m", "jsms_sandbox", "readyz", "--port", port, "--wait", "30"], env=environment()
    )
    with Process("--port", port):
        assert asking.wait(PATIENCE) == 0


def test_env_prints_what_a_client_needs() -> None:
    with Process("--app-key", "mine") as process:
        done = run("env", "--app-key", "mine", "--port", str(urlsplit(process.url).port))
        assert (done.returncode, done.stderr) == (0, "")
        program = "from jsms_client import JSMS; print(JSMS().codes.send('13800138000', temp_id=1).msg_id)"
        used = subprocess.run(
            ["bash", "-euc", f'{done.stdout}\n"$0" -c "$1"', sys.executable, program],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (used.returncode, used.stderr) == (0, "")
        assert used.stdout.strip().isdigit()


def test_env_in_json_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env"]) == 0
    lines = [line.removeprefix("export ").partition("=") for line in capsys.readouterr().out.splitlines()]
    assert main(["env", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {name: value for name, _, value in lines}


def test_it_says_in_json_where_it_is() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "jsms_sandbox", "--port", "0", "--tls", "--json"],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        facts = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
    assert facts["base_url"].endswith("/v1")
    assert facts["https_base_url"].startswith("https://")
    assert facts["certificate"].endswith(".pem")
    assert set(facts) >= {"page", "app_key", "master_secret", "dev_key", "dev_secret", "db"}


def test_the_ports_of_the_project_do_not_collide() -> None:
    listen = inspect.signature(callbacks.listen).parameters["port"].default
    https = DEFAULT_PORT + 1
    mailpit = {1025, 8025}
    assert len({DEFAULT_PORT, https, listen} | mailpit) == 3 + len(mailpit)


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--port", str(port))
    assert done.returncode == 1
    assert done.stderr.strip() == f"jsms-sandbox: Cannot listen on 127.0.0.1 port {port}: address already in use."


def test_one_port_for_http_and_https_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    done = run("--port", port, "--tls", "--tls-port", port)
    assert done.returncode == 1
    assert done.stderr.strip() == f"jsms-sandbox: Cannot listen on 127.0.0.1 port {port}: address already in use."


def test_a_socket_that_cannot_be_served_on_ends_it() -> None:
    bound = bind("127.0.0.1", 0)
    server = Server(State(), bound)
    bound.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        asyncio.run(asyncio.wait_for(server.run(), PATIENCE))


def test_it_says_when_it_listens_on_all_addresses() -> None:
    with Process("--host", "0.0.0.0") as process:  # what is tested
        assert re.search(r"Base URL +http://127\.0\.0\.1:[0-9]+/v1 \(and on all other addresses", process.welcome)


def test_a_file_of_another_kind_program_or_version_is_left_alone(tmp_path: Path) -> None:
    text, other, newer = tmp_path / "notes.txt", tmp_path / "other.db", tmp_path / "newer.db"
    text.write_text("not a database, but long enough to be looked at " * 100)
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE t (x)")
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("PRAGMA application_id = 0x4A534D53")
        connection.execute("PRAGMA user_version = 99")
    for file, said in (
        (text, "not a database of this sandbox"),
        (other, "another program"),
        (newer, "another version"),
    ):
        before = file.read_bytes()
        done = run("--port", "0", "--db", str(file))
        assert done.returncode == 1
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert file.read_bytes() == before


def test_a_file_that_cannot_be_written_or_is_in_use_is_said(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with Process("--db", str(file)):
        done = run("--port", "0", "--db", str(file))
    assert done.returncode == 1
    assert "in use by another sandbox" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_damaged_state_is_said(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with Process("--db", str(file)) as process:
        process.popen.send_signal(signal.SIGTERM)
        process.popen.communicate(timeout=STOPS)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE entity SET data = '{}' WHERE kind = 'app'")
    done = run("--port", "0", "--db", str(file))
    assert done.returncode == 1
    assert "is damaged" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def overwritten(file: bytes) -> bytes:
    return file[:4096] + b"x" * (len(file) - 4096)


def cut(file: bytes) -> bytes:
    return file[:-4096]


@pytest.mark.parametrize("damage", [overwritten, cut])
def test_a_damaged_file_is_said(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    file = tmp_path / "state.db"
    SQLiteFile(file).close()
    damaged = damage(file.read_bytes())
    file.write_bytes(damaged)
    with pytest.raises(StorageError, match=r"state\.db is damaged \(.*\); name another file\.$"):
        SQLiteFile(file)


def test_it_stops_at_once_with_pages_open() -> None:
    with (
        Process() as process,
        httpx.Client(base_url=process.url, trust_env=False, timeout=30) as http,
        http.stream("GET", "/_sandbox/api/events") as page,
        http.stream("GET", "/_sandbox/api/events"),  # never read
    ):
        lines = page.iter_lines()
        assert next(lines).startswith("retry: ")
        process.popen.send_signal(signal.SIGINT)
        out, err = process.popen.communicate(timeout=STOPS)
        # Where uvicorn has to wait for a page until its time is up, it says so.
        assert (process.popen.returncode, out, err) == (0, "", "")
        assert list(lines)[-1] == ""


@pytest.mark.parametrize("module", ["click", "uvicorn"])
def test_it_stops_without_a_word_while_it_still_imports(tmp_path: Path, module: str) -> None:
    (tmp_path / f"{module}.py").write_text("import time\nprint('importing', flush=True)\ntime.sleep(60)\n")
    there = environment()
    there["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{there['PYTHONPATH']}"
    with subprocess.Popen(
        [sys.executable, "-m", "jsms_sandbox"], env=there, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as starting:
        assert starting.stdout is not None
        assert starting.stdout.readline() == "importing\n"
        starting.send_signal(signal.SIGINT)
        out, err = starting.communicate(timeout=STOPS)
    assert (starting.returncode, out, err) == (0, "", "")


def test_a_stop_before_it_serves_is_heeded() -> None:
    server = Server(State(), bind("127.0.0.1", 0))
    server.stop()
    asyncio.run(asyncio.wait_for(server.run(), PATIENCE))


def test_a_callback_url_is_asked_for_its_echostr_once_it_is_ready() -> None:
    with socket.create_server(("127.0.0.1", 0)) as app:
        app.settimeout(PATIENCE)
        url = f"http://127.0.0.1:{app.getsockname()[1]}/jsms"
        with Process("--callback-url", url) as process:
            connection, _ = app.accept()
            with connection:
                assert connection.recv(9999).startswith(b"GET /jsms?echostr=")
                connection.sendall(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
            assert process.popen.stderr is not None
            assert "takes no port in the callback URL" in process.popen.stderr.readline()
            assert "returned 404; it must be 200" in process.popen.stderr.readline()
            assert httpx.get(f"{process.url}/_sandbox/api/info", trust_env=False).status_code == 200


def test_switches_reach_the_first_app() -> None:
    with Process("--code", "123456", "--review", "by-hand", "--strict") as process:
        msg_id = process.http.post("/codes", json={"mobile": "13800138000", "temp_id": 1}).json()["msg_id"]
        assert process.http.post(f"/codes/{msg_id}/valid", json={"code": "123456"}).json() == {"is_valid": True}
        temp_id = process.http.post("/templates", json={"template": "您好。", "type": 2}).json()["temp_id"]
        assert process.http.get(f"/templates/{temp_id}").json()["status"] == 0
        assert process.http.post("/codes", json={"mobile": 13800138000, "temp_id": 1}).status_code == 403


def test_switches_reach_the_first_app_of_a_kept_state_where_they_are_named(tmp_path: Path) -> None:
    def first(*switches: str) -> object:
        with Process("--db", str(tmp_path / "state.db"), *switches) as process:
            (app,) = httpx.get(f"{process.url}/_sandbox/api/apps", trust_env=False).json()["apps"]
            return app["fixed_code"], app["callback_url"], app["review"]["mode"]

    assert first() == (None, None, "at_once")
    named = ("--code", "123456", "--review", "by-hand", "--callback-url", "http://127.0.0.1:9/")
    assert first(*named) == ("123456", "http://127.0.0.1:9/", "by_hand")
    assert first() == ("123456", "http://127.0.0.1:9/", "by_hand")
    assert first("--review", "at-once") == ("123456", "http://127.0.0.1:9/", "at_once")
