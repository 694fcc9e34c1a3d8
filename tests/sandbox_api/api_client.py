"""Calls of the test API; each response is checked against the document."""

from __future__ import annotations

from typing import Any, Self

import httpx

from sandbox.threaded_sandbox import PATIENCE, WITHOUT_TLS

from .document import Document

API_PATH = "/_sandbox/api"
APP_HEADER = "X-Sandbox-App"


class API:
    """The test API of one sandbox; a context manager that closes its connections.

    Args:
        url: Where the sandbox is.
        document: What its responses are held against.
        app_key: The app that calls are about; None for the sandbox as a whole.

    Attributes:
        called: The names of the operations that succeeded.
    """

    def __init__(self, url: str, document: Document, app_key: str | None = None) -> None:
        self.url = url
        self.document = document
        self.called: set[str] = set()
        self.http = httpx.Client(
            base_url=f"{url}{API_PATH}",
            headers={APP_HEADER: app_key} if app_key else {},
            verify=WITHOUT_TLS,
            trust_env=False,
            timeout=PATIENCE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, path: str, **query: Any) -> Any:
        """Ask for something."""
        return self._good("GET", path, None, query)

    def post(self, path: str, body: object = None, **query: Any) -> Any:
        """Do or make something."""
        return self._good("POST", path, body, query)

    def patch(self, path: str, body: object, **query: Any) -> Any:
        """Change something."""
        return self._good("PATCH", path, body, query)

    def delete(self, path: str, **query: Any) -> Any:
        """Delete something."""
        return self._good("DELETE", path, None, query)

    def problem(self, method: str, path: str, body: object = None, **query: Any) -> tuple[int, str, str | None]:
        """Make a call that is a problem; return its status, type and place."""
        response = self.send(method, path, body, query)
        problem = read_problem(response)
        self.document.check(self.document.find(method, path), response.status_code, "application/json", problem)
        return response.status_code, problem["type"], problem["where"]

    def send(self, method: str, path: str, body: object = None, query: dict[str, Any] | None = None) -> httpx.Response:
        """Send a call without checking the response."""
        return self.http.request(method, path, json=body, params=query or {})

    def _good(self, method: str, path: str, body: object, query: dict[str, Any]) -> Any:
        operation = self.document.find(method, path)
        response = self.send(method, path, body, query)
        assert response.status_code == operation.good_status, response.text
        content = response.json() if response.content else None
        media_type = response.headers.get("content-type", "")
        self.document.check(operation, response.status_code, media_type, content)
        self.called.add(operation.name)
        return content


def read_problem(response: httpx.Response) -> dict[str, Any]:
    """Read the problem of a response: one sentence says what is wrong, one what to do; no traceback."""
    problem: dict[str, Any] = response.json()
    assert problem.keys() == {"type", "error", "where", "remedy"}
    for sentence in (problem["error"], problem["remedy"]):
        assert sentence.endswith("."), problem
        assert "\n" not in sentence, problem
        assert "Traceback" not in sentence, problem
    assert response.headers["content-type"] == "application/json"
    return problem
