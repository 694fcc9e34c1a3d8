"""Clients in any language: what each language's own HTTP client sends reaches the operation whole."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .threaded_sandbox import PATIENCE, AppUnderTest

BODY = json.dumps({"mobile": "13800138000", "temp_id": 1})

JAVA = """
import java.net.URI;
import java.net.http.*;

public class Send {
    public static void main(String[] args) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        for (HttpClient.Version version : HttpClient.Version.values()) {
            for (boolean expectContinue : new boolean[] {false, true}) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(args[0]))
                    .header("Authorization", args[1]).header("Content-Type", "application/json")
                    .version(version).expectContinue(expectContinue)
                    .POST(HttpRequest.BodyPublishers.ofString(args[2])).build();
                System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
            }
        }
    }
}
"""
NODE = """
const [url, authorization, body] = process.argv.slice(2);
const headers = {Authorization: authorization, "Content-Type": "application/json"};
const stream = new ReadableStream({start(to) { to.enqueue(new TextEncoder().encode(body)); to.close(); }});
for (const sent of [{body}, {body: stream, duplex: "half"}]) {
  console.log(await (await fetch(url, {method: "POST", headers, ...sent})).text());
}
"""
GO = """
package main

import ("fmt"; "io"; "net/http"; "os"; "strings")

func main() {
	for _, expect := range []string{"", "100-continue"} {
		request, _ := http.NewRequest("POST", os.Args[1], io.MultiReader(strings.NewReader(os.Args[3])))
		request.Header.Set("Authorization", os.Args[2])
		request.Header.Set("Content-Type", "application/json")
		if expect != "" { request.Header.Set("Expect", expect) }
		response, err := http.DefaultClient.Do(request)
		if err != nil { panic(err) }
		body, _ := io.ReadAll(response.Body)
		fmt.Println(string(body))
	}
}
"""
CURL = [
    ["--http1.0"], ["--http1.1"], ["--http2"], ["-H", "Expect: 100-continue"], ["-H", "Transfer-Encoding: chunked"],
]  # fmt: skip


def _authorization(app: AppUnderTest) -> str:
    return "Basic " + base64.b64encode(":".join(app.auth).encode()).decode()


def _run(tool: str, *arguments: str, folder: Path) -> list[str]:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    done = subprocess.run([tool, *arguments], capture_output=True, text=True, timeout=120, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _assert_all_sent(app: AppUnderTest, responses: list[str]) -> None:
    sent = [json.loads(response)["msg_id"] for response in responses]
    assert sent
    assert len({app.message(msg_id).msg_id for msg_id in sent}) == len(responses)


@pytest.mark.parametrize(
    ("tool", "name", "program"),
    [("java", "Send.java", JAVA), ("node", "send.mjs", NODE), ("go", "send.go", GO)],
    ids=["java", "node", "go"],
)
def test_the_standard_client_of_a_language(
    app: AppUnderTest, tmp_path: Path, capfd: pytest.CaptureFixture[str], tool: str, name: str, program: str
) -> None:
    (tmp_path / name).write_text(program)
    arguments = ["run", name] if tool == "go" else [name]
    url = f"{app.sandbox.url}/v1/codes"
    _assert_all_sent(app, _run(tool, *arguments, url, _authorization(app), BODY, folder=tmp_path))
    assert "upgrade" not in capfd.readouterr().err.lower()


@pytest.mark.parametrize("options", CURL, ids=lambda options: options[-1])
def test_curl_in_each_way_of_sending_a_body(app: AppUnderTest, tmp_path: Path, options: list[str]) -> None:
    headers = ["-H", "Content-Type: application/json", "-H", f"Authorization: {_authorization(app)}"]
    url = f"{app.sandbox.url}/v1/codes"
    _assert_all_sent(app, _run("curl", "-sS", *options, *headers, "-d", BODY, url, folder=tmp_path))


def test_curl_through_the_sandbox_as_a_proxy(app: AppUnderTest, tmp_path: Path) -> None:
    headers = ["-H", "Content-Type: application/json", "-H", f"Authorization: {_authorization(app)}"]
    url = "http://api.sms.jpush.cn/v1/codes"
    _assert_all_sent(app, _run("curl", "-sS", "--proxy", app.sandbox.url, *headers, "-d", BODY, url, folder=tmp_path))


def _whole(body: str) -> str:
    return f"Content-Length: {len(body)}\r\n\r\n{body}"


def _chunked(body: str) -> str:
    chunks = "".join(f"{len(part):x};name=value\r\n{part}\r\n" for part in (body[:1], body[1:]))
    return f"Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\nTrailer: value\r\n\r\n"


@pytest.mark.parametrize("framing", [_whole, _chunked], ids=["whole", "chunked"])
@pytest.mark.parametrize(
    "extra",
    [
        "Connection: close\r\n",
        "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n",
        "Connection: Upgrade, close\r\nUpgrade: websocket\r\n",
        "Connection: Upgrade, close\r\nUpgrade: TLS/1.2\r\n",
        "Connection: close\r\nExpect: 100-continue\r\n",
    ],
    ids=["plain", "h2c", "websocket", "tls", "expect"],
)
@pytest.mark.parametrize(
    "target", ["/v1/codes", "http://api.sms.jpush.cn/v1/codes", "HTTPS://api.sms.jpush.cn:443/v1/codes"]
)
def test_every_framing_offer_and_target(
    app: AppUnderTest, framing: Callable[[str], str], extra: str, target: str
) -> None:
    head = f"POST {target} HTTP/1.1\r\nHost: api.sms.jpush.cn\r\nAuthorization: {_authorization(app)}\r\n"
    received = _raw(app, f"{head}Content-Type: application/json\r\n{extra}{framing(BODY)}")
    assert '{"msg_id":"' in received, received


def test_http_1_0(app: AppUnderTest) -> None:
    head = f"POST /v1/codes HTTP/1.0\r\nAuthorization: {_authorization(app)}\r\nContent-Type: application/json\r\n"
    assert '{"msg_id":"' in _raw(app, head + _whole(BODY))


def _raw(app: AppUnderTest, request: str) -> str:
    host, port = app.sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(request.encode())
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received.decode()
