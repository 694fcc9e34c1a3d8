"""Settings: argument, then environment, then default; an error names the wrong one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

import httpx
import pytest

from jsms_client import JSMS, AsyncJSMS, ConfigurationError, RetryPolicy, Timeouts
from jsms_client._config import Config, read_config
from jsms_contract.limits import SERVER_URL

KEY = "0123456789abcdef01234567"
SECRET = "fedcba9876543210fedcba98"


def read(environment: Mapping[str, str] | None = None, /, **changes: object) -> Config:
    settings: dict[str, Any] = {
        "app_key": KEY,
        "master_secret": SECRET,
        "dev_key": None,
        "dev_secret": None,
        "base_url": None,
        "timeout": None,
        "retry": None,
        **changes,
    }
    return read_config(**settings, environment=environment or {})


def test_an_argument_goes_before_the_environment_and_that_before_the_default() -> None:
    environment = {
        "JSMS_APP_KEY": "env-key",
        "JSMS_MASTER_SECRET": "env-secret",
        "JSMS_DEV_KEY": "env-dev",
        "JSMS_DEV_SECRET": "env-dev-secret",
        "JSMS_BASE_URL": "https://example.com/v1",
    }
    config = read(environment, app_key=None, master_secret=None)
    assert (config.app.key, config.app.secret) == ("env-key", "env-secret")
    assert config.dev is not None
    assert (config.dev.key, config.dev.secret) == ("env-dev", "env-dev-secret")
    assert config.base_url == "https://example.com/v1"
    config = read(environment, dev_key="d", dev_secret="e", base_url="http://127.0.0.1:1/v1/")
    assert (config.app.key, config.app.secret) == (KEY, SECRET)
    assert config.dev is not None
    assert (config.dev.key, config.dev.secret) == ("d", "e")
    assert config.base_url == "http://127.0.0.1:1/v1"
    assert read().base_url == SERVER_URL


@pytest.mark.parametrize("given", ["app_key", "master_secret", "dev_key", "dev_secret"])
def test_half_a_pair_is_never_completed_from_the_environment(given: str) -> None:
    names = ("app_key", "master_secret") if given in ("app_key", "master_secret") else ("dev_key", "dev_secret")
    (missing,) = set(names) - {given}
    environment = {f"JSMS_{missing.upper()}": "env-value"}

    with pytest.raises(ConfigurationError, match=f"{given} was given without {missing}.*JSMS_") as caught:
        read(environment, **{given: "given-value", missing: None})

    assert "given-value" not in str(caught.value)
    assert "env-" not in str(caught.value)


def test_the_clients_read_the_environment_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match=r"app_key.*JSMS_APP_KEY"):
        JSMS()
    monkeypatch.setenv("JSMS_APP_KEY", KEY)
    with pytest.raises(ConfigurationError, match=r"master_secret.*JSMS_MASTER_SECRET"):
        AsyncJSMS()
    monkeypatch.setenv("JSMS_MASTER_SECRET", SECRET)
    monkeypatch.setenv("JSMS_BASE_URL", "https://example.com/v1")
    assert repr(JSMS()) == "<JSMS https://example.com/v1>"
    assert repr(AsyncJSMS()) == "<AsyncJSMS https://example.com/v1>"


@pytest.mark.parametrize("value", ["", " ", "a b", "a\n", "\ta", "密钥", "caf\u00e9", "a\x00", 7, b"abc"])
@pytest.mark.parametrize("argument", ["app_key", "master_secret", "dev_key", "dev_secret"])
def test_a_credential_that_cannot_be_one_is_refused_without_being_shown(argument: str, value: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(**{argument: value})
    assert argument in str(caught.value)
    assert f"JSMS_{argument.upper()}" in str(caught.value)
    if isinstance(value, str) and value.strip():
        assert value not in str(caught.value)


@pytest.mark.parametrize("argument", ["app_key", "dev_key"])
def test_a_key_has_no_colon(argument: str) -> None:
    with pytest.raises(ConfigurationError, match="colon"):
        read(**{argument: "a:b"})
    assert read(master_secret="a:b").app.secret == "a:b"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "is empty"),
        ("api.sms.jpush.cn/v1", "does not begin"),
        ("ftp://api.sms.jpush.cn/v1", "does not begin"),
        ("https:///v1", "does not begin"),
        ("https://user:word@api.sms.jpush.cn/v1", "has credentials"),
        ("https://@api.sms.jpush.cn/v1", "has credentials"),
        ("https://api.sms.jpush.cn/v1?a=b", "has a query"),
        ("https://api.sms.jpush.cn/v1?", "has a query"),
        ("https://api.sms.jpush.cn/v1#a", "has a query"),
        ("https://api.sms.jpush.cn/x/../v1", "has . or .."),
        ("https://api.sms.jpush.cn /v1", "has a character"),
        ("https://api.sms.jpush.cn/v1\n", "has a character"),
        ("https://例子.cn/v1", "has a character"),
        ("https://api.sms.jpush.cn:port/v1", "is not a URL"),
        ("https://api.sms.jpush.cn:99999/v1", "is not a URL"),
        ("https://[::1/v1", "is not a URL"),
        (f"https://{'a' * 70}.cn/v1", "is not a URL"),
        (7, "is of type int"),
    ],
)
def test_a_base_url_that_cannot_work_is_refused(url: object, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        read(base_url=url)
    assert "base_url" in str(caught.value)
    assert "JSMS_BASE_URL" in str(caught.value)
    assert "word" not in str(caught.value)


def test_an_empty_variable_is_no_credential_but_not_the_real_service_either() -> None:
    assert read({"JSMS_DEV_KEY": "", "JSMS_DEV_SECRET": ""}).dev is None
    with pytest.raises(ConfigurationError, match="app_key is missing"):
        read({"JSMS_APP_KEY": ""}, app_key=None)
    with pytest.raises(ConfigurationError, match="base_url is empty"):
        read({"JSMS_BASE_URL": ""})


@pytest.mark.parametrize("given", [{}, {"dev_key": "key"}, {"dev_secret": "secret"}])
def test_developer_credentials_are_missed_only_when_they_are_needed(given: dict[str, str]) -> None:
    with (
        JSMS(KEY, SECRET, base_url="http://127.0.0.1:1/v1", **cast("Any", given)) as jsms,
        pytest.raises(ConfigurationError) as caught,
    ):
        jsms.accounts.dev()
    for name in ("dev_key", "JSMS_DEV_KEY", "dev_secret", "JSMS_DEV_SECRET"):
        assert name in str(caught.value)
    assert caught.value.operation == "getDevBalance"


def test_timeouts_have_sensible_defaults_and_many_forms() -> None:
    assert read().timeouts == Timeouts(connect=5, read=30, write=30, pool=5)
    assert not read().timeouts_given
    assert read(timeout=7).timeouts == Timeouts(7, 7, 7, 7)
    assert read(timeout=Timeouts(read=9)).timeouts == Timeouts(read=9)
    assert read(timeout=httpx.Timeout(3, read=None)).timeouts == Timeouts(3, None, 3, 3)
    assert read(timeout=0.5).timeouts_given


@pytest.mark.parametrize("value", [0, -1, True, math.nan, math.inf, "30", (1, 2), httpx.Timeout(0)])
def test_a_time_limit_that_no_clock_can_measure_is_refused(value: object) -> None:
    with pytest.raises(ConfigurationError, match="timeout"):
        read(timeout=value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: RetryPolicy(attempts=0),
        lambda: RetryPolicy(attempts=True),
        lambda: RetryPolicy(attempts=cast("int", 1.5)),
        lambda: RetryPolicy(backoff=-1),
        lambda: RetryPolicy(max_backoff=math.nan),
    ],
)
def test_a_retry_policy_that_cannot_be_followed_is_refused(make: Callable[[], RetryPolicy]) -> None:
    with pytest.raises(ConfigurationError, match="retry"):
        make()


def test_no_repr_shows_a_credential() -> None:
    config = read(dev_key="the-dev-key", dev_secret="the-dev-secret")
    jsms = JSMS(KEY, SECRET, base_url="http://127.0.0.1:1/v1")
    shown = f"{config} {config!r} {jsms} {jsms.api!r} {jsms.codes!r} {vars(jsms)}"
    for secret in (KEY, SECRET, "the-dev-key", "the-dev-secret", config.app.token):
        assert secret not in shown


def test_an_http_client_of_the_other_kind_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"httpx\.Client"):
        JSMS(KEY, SECRET, http_client=cast("httpx.Client", httpx.AsyncClient()))
    with httpx.Client() as client, pytest.raises(ConfigurationError, match=r"httpx\.AsyncClient"):
        AsyncJSMS(KEY, SECRET, http_client=cast("httpx.AsyncClient", client))


@pytest.mark.parametrize("retry", [3, True, "often"])
def test_a_retry_that_is_no_policy_is_refused(retry: object) -> None:
    with pytest.raises(ConfigurationError, match="retry is of type .*: give a RetryPolicy"):
        read(retry=retry)
