"""Without the extra, one error says what to install."""

from __future__ import annotations

import importlib
import sys

import pytest

from jsms_client.errors import MissingDependencyError


def test_the_import_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic", None)
    monkeypatch.delitem(sys.modules, "jsms_client.callbacks")

    with pytest.raises(MissingDependencyError, match=r'pip install "jsms-client\[callbacks\]"'):
        importlib.import_module("jsms_client.callbacks")
