"""Where credentials come from, and which take precedence."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from jsms_sandbox.pytest_plugin import Sandbox

from .runner import Command, run

ADVICE = "set them in the environment, in .env, or in a profile"


def write_profile(folder: Path, name: str, settings: Mapping[str, str], *, mode: int = 0o600) -> Path:
    path = folder / "config" / "jsms" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join((f"[profiles.{name}]", *(f'{key} = "{value}"' for key, value in settings.items()), "")))
    path.chmod(mode)
    return path


@pytest.fixture
def unset(jsms_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Provide the sandbox's settings, and remove them from the environment."""
    for name in jsms_sandbox.environment:
        monkeypatch.delenv(name)
    return {name: str(value) for name, value in jsms_sandbox.settings.items()}


def test_a_dotenv_file_in_the_working_folder_is_read(unset: dict[str, str], jsms: Command, folder: Path) -> None:
    lines = [f"export JSMS_{name.upper()}='{value}' # ours" for name, value in unset.items()]
    (folder / ".env").write_text("\n".join(("# for development", "PATH=/nowhere", *lines)), encoding="utf-8")
    (folder / ".env").chmod(0o600)
    assert "app_balance" in jsms("balance", "--json").data


def test_quotes_in_the_comment_of_a_dotenv_file_are_none_of_the_value(
    unset: dict[str, str], jsms: Command, folder: Path
) -> None:
    lines = [f'JSMS_{name.upper()}="{value}" # of the "shop"' for name, value in unset.items()]
    (folder / ".env").write_text("\n".join(lines), encoding="utf-8")
    assert jsms("balance").code == 0


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o644, True), (0o640, True)])
def test_a_dotenv_file_with_secrets_that_others_may_read_is_warned_of(
    unset: dict[str, str], jsms: Command, folder: Path, mode: int, warned: bool
) -> None:
    path = folder / ".env"
    path.write_text("\n".join(f"JSMS_{name.upper()}={value}" for name, value in unset.items()), encoding="utf-8")
    path.chmod(mode)

    done = jsms("balance")

    assert done.code == 0
    assert (f"can be read by others; run: chmod 600 {path}" in done.err) is warned


def test_a_key_and_a_secret_of_two_places_are_never_put_together(
    unset: dict[str, str], jsms: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("\n".join(f"JSMS_{name.upper()}={value}" for name, value in unset.items()))
    monkeypatch.setenv("JSMS_APP_KEY", "another")

    done = jsms("balance")

    assert done.code == 3
    assert "JSMS_APP_KEY is from the environment, JSMS_MASTER_SECRET from" in done.err
    assert unset["master_secret"] not in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe with a name is a thing of POSIX")
def test_a_pipe_is_no_dotenv_file_and_is_not_waited_for(unset: dict[str, str], folder: Path) -> None:
    os.mkfifo(folder / ".env")
    done = run("balance")
    assert (done.code, done.out) == (3, "")
    assert ".env is a pipe and not a file" in done.err


def test_a_dotenv_file_cannot_set_anything_else(unset: dict[str, str], jsms: Command, folder: Path) -> None:
    lines = [f"JSMS_{name.upper()}={value}" for name, value in unset.items()]
    (folder / ".env").write_text("\n".join(("HTTP_PROXY=http://127.0.0.1:1", *lines)), encoding="utf-8")
    assert jsms("balance").code == 0


def test_the_environment_comes_before_a_dotenv_file(jsms_sandbox: Sandbox, jsms: Command, folder: Path) -> None:
    (folder / ".env").write_text("JSMS_MASTER_SECRET=wrong", encoding="utf-8")
    assert jsms("balance").code == 0


def test_the_default_profile_is_taken_where_nothing_else_has_credentials(
    unset: dict[str, str], jsms: Command, folder: Path
) -> None:
    write_profile(folder, "default", unset)
    assert jsms("balance").code == 0


def test_a_named_profile_comes_before_the_environment(
    jsms_sandbox: Sandbox, jsms: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_profile(folder, "test", {name: str(value) for name, value in jsms_sandbox.settings.items()})
    monkeypatch.setenv("JSMS_MASTER_SECRET", "wrong")
    assert jsms("balance").code == 4
    assert jsms("balance", "--profile", "test").code == 0
    assert jsms("--profile", "test", "balance").code == 0
    monkeypatch.setenv("JSMS_PROFILE", "test")
    assert jsms("balance").code == 0


def test_a_named_profile_is_never_mixed_with_other_credentials(
    jsms_sandbox: Sandbox, jsms: Command, folder: Path
) -> None:
    write_profile(folder, "half", {"app_key": "5a4db0c39e8f7a6b5c4d3e2f"})
    done = jsms("balance", "--profile", "half")
    assert done.code == 3
    assert done.err.startswith("jsms: JSMS_MASTER_SECRET is missing")


def test_the_address_of_the_environment_holds_for_a_profile_without_one(
    jsms_sandbox: Sandbox, jsms: Command, folder: Path
) -> None:
    settings = {name: str(value) for name, value in jsms_sandbox.settings.items() if name != "base_url"}
    write_profile(folder, "test", settings)
    assert jsms("balance", "--profile", "test").code == 0


@pytest.mark.parametrize("from_profile", [False, True])
def test_a_folder_cannot_have_credentials_of_another_place_sent_to_its_own_server(
    from_profile: bool, unset: dict[str, str], jsms: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("JSMS_BASE_URL=http://sms.example/v1", encoding="utf-8")
    if from_profile:
        write_profile(folder, "default", {name: value for name, value in unset.items() if name != "base_url"})
    else:
        monkeypatch.setenv("JSMS_APP_KEY", unset["app_key"])
        monkeypatch.setenv("JSMS_MASTER_SECRET", unset["master_secret"])
    done = jsms("balance")
    assert (done.code, done.out) == (3, "")
    assert "has the address http://sms.example/v1, but the credentials are from " in done.err


def test_a_folder_can_lead_them_to_a_sandbox_on_this_machine(
    unset: dict[str, str], jsms: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text(f"JSMS_BASE_URL={unset['base_url']}", encoding="utf-8")
    monkeypatch.setenv("JSMS_APP_KEY", unset["app_key"])
    monkeypatch.setenv("JSMS_MASTER_SECRET", unset["master_secret"])
    assert jsms("balance").code == 0


def test_a_profile_that_is_not_there_is_named(jsms: Command, folder: Path) -> None:
    path = write_profile(folder, "test", {"app_key": "a"})
    done = jsms("balance", "--profile", "tset")
    assert (done.code, done.err) == (3, f"jsms: there is no profile 'tset' in {path} (there: test).\n")


def test_a_file_that_others_may_read_is_warned_of(unset: dict[str, str], jsms: Command, folder: Path) -> None:
    path = write_profile(folder, "default", unset, mode=0o644)
    done = jsms("balance", "--json")
    assert (done.code, len(done.lines)) == (0, 1)
    assert json.loads(done.err) == {"note": f"{path} holds secrets and can be read by others; run: chmod 600 {path}"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("profiles = 1", "'profiles': it takes tables such as [profiles.default]"),
        ("app_key = 'a'", "'app_key': it takes tables such as [profiles.default]"),
        ("[profiles.test]\nsecret = 'x'", "there is no setting 'secret'"),
        ("[profiles.test]\napp_key = 1", "app_key must be a text in quotes"),
        ("[profiles", "is not TOML"),
    ],
)
def test_a_file_that_cannot_be_understood_says_what_is_wrong(
    text: str, problem: str, jsms: Command, folder: Path
) -> None:
    path = folder / "config" / "jsms" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    done = jsms("balance", "--profile", "test")
    assert (done.code, done.out) == (3, "")
    assert problem in done.err


def test_without_credentials_and_terminal_it_says_where_to_put_them(jsms: Command, folder: Path) -> None:
    done = jsms("code", "send", "13800138000")
    assert (done.code, done.out) == (3, "")
    assert done.err.splitlines() == [
        f"jsms: JSMS_APP_KEY and JSMS_MASTER_SECRET are missing: {ADVICE} in {folder}/config/jsms/config.toml."
    ]


def test_no_option_takes_a_secret(jsms: Command) -> None:
    for name in ("--app-key", "--master-secret", "--dev-key", "--dev-secret"):
        assert jsms("balance", name, "x").code == 2


def test_an_empty_address_never_leads_to_the_real_service(
    jsms_sandbox: Sandbox, jsms: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JSMS_BASE_URL", "")
    done = jsms("balance")
    assert done.code == 3
    assert "base_url is empty" in done.err
