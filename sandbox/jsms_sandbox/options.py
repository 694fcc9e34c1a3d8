"""The options of the command ``jsms-sandbox``, which are environment variables too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from jsms_sandbox.service.access import KEY
from jsms_sandbox.settings import DEFAULT_PORT, Credentials
from jsms_sandbox.simulation.callbacks import url_problem
from jsms_sandbox.state.entities import Review

PREFIX: Final = "JSMS_SANDBOX_"
LAST_PORT: Final = 65_535
COMMANDS: Final[Mapping[str, str]] = {
    "serve": "run the sandbox until Ctrl-C or SIGTERM (the default)",
    "readyz": "exit with 0 if the sandbox with these options is ready, with 1 if not",
    "env": "print the export lines that point clients at the sandbox with these options",
}


class _Option(click.Option):
    """An option with an environment variable of the same name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.show_envvar = True
        self.envvar = PREFIX + self.opts[0].removeprefix("--").replace("-", "_").upper()

    def value_from_envvar(self, ctx: click.Context) -> Any:
        """Read the variable; of an option that can be given several times, all its values."""
        value = super().value_from_envvar(ctx)
        if not self.multiple or value is None:
            return value
        return [part for text in value for part in text.split(",") if part]

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """Name the option or the variable that has the wrong value."""
        given_by_variable = ctx and ctx.get_parameter_source(self.name or "") is ParameterSource.ENVIRONMENT
        return str(self.envvar) if given_by_variable else self.opts[0]


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > LAST_PORT:
        raise click.BadParameter(f"{text!r} is no port: a number from 0 to {LAST_PORT}.")
    return int(text)


def _host(text: str) -> str:
    if not text.strip():
        raise click.BadParameter("an empty host is no address (0.0.0.0 is all of them).")
    return text


def _key(text: str) -> str:
    if not KEY.fullmatch(text):
        raise click.BadParameter(f"{text!r} is no key: 1 to 64 letters, digits, points, hyphens or underscores.")
    return text


def _review(text: str) -> Review:
    if text == "at-once":
        return Review()
    if text == "by-hand":
        return Review("by_hand")
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
        return Review("after", float(text))
    raise click.BadParameter(f"{text!r} is neither at-once, by-hand nor a number of seconds.")


def _code(text: str) -> str:
    if not re.fullmatch("[0-9]{6}", text):
        raise click.BadParameter(f"{text!r} is no code: six digits.")
    return text


def _host_name(text: str) -> str:
    if not re.fullmatch(r"\*|\.?[0-9A-Za-z_:-][0-9A-Za-z_.:-]{0,252}", text, re.ASCII):
        raise click.BadParameter(f"{text!r} is no name of a host (without port).")
    return text.lower().removesuffix(".")


def _url(text: str) -> str:
    problem = url_problem(text)
    if problem is not None:
        raise click.BadParameter(f"{text!r} is no callback URL: {problem[:1].lower()}{problem[1:].rstrip('.')}.")
    return text


def _options() -> list[click.Parameter]:
    keys = Credentials()
    return [
        click.Argument(["command"], type=click.Choice(list(COMMANDS)), default="serve"),
        _Option(
            ["--host"],
            type=_host,
            metavar="ADDRESS",
            default="127.0.0.1",
            show_default=True,
            help="address to listen on; 0.0.0.0 is every one of this machine",
        ),
        _Option(
            ["--port"],
            type=_port,
            metavar="PORT",
            default=str(DEFAULT_PORT),
            show_default=True,
            help="port, 0 for any free one",
        ),
        _Option(
            ["--db"],
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="keep the state in this file; without it in memory only",
        ),
        _Option(["--tls"], is_flag=True, help="serve HTTPS too, with a throw-away certificate"),
        _Option(["--tls-port"], type=_port, metavar="PORT", help="port of HTTPS (the one after --port)"),
        _Option(["--strict"], is_flag=True, help="refuse what is undocumented but sent by existing clients"),
        _Option(["--app-key"], type=_key, metavar="KEY", default=keys.app_key, help="the first app's appKey"),
        _Option(["--master-secret"], type=_key, metavar="KEY", default=keys.master_secret, help="its masterSecret"),
        _Option(["--dev-key"], type=_key, metavar="KEY", default=keys.dev_key, help="the developer account's devKey"),
        _Option(["--dev-secret"], type=_key, metavar="KEY", default=keys.dev_secret, help="its devSecret"),
        _Option(
            ["--review"],
            type=_review,
            metavar="WHEN",
            help="decide on templates and signatures at-once, by-hand or after so many SECONDS (at-once)",
        ),
        _Option(["--code"], type=_code, metavar="DIGITS", help="make every text code this one"),
        _Option(
            ["--allow-host"],
            type=_host_name,
            metavar="NAME",
            multiple=True,
            help="a further name that the page and the test API may be reached under, .NAME for all below it, * for "
            "any; can be given several times",
        ),
        _Option(["--callback-url"], type=_url, metavar="URL", help="where the first app's callbacks go"),
        _Option(
            ["--wait"],
            type=click.FloatRange(0, 3600),
            default=0,
            metavar="SECONDS",
            help="readyz: how long to wait until it is ready (0: ask once)",
        ),
        _Option(["--json", "as_json"], is_flag=True, is_eager=True, help="print JSON, failures too"),
    ]


def command(program: str) -> click.Command:
    """Make the command with its options.

    Args:
        program: What was typed to run it.
    """
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name.ljust(width)}  {text}" for name, text in COMMANDS.items())
    return click.Command(
        program,
        params=_options(),
        help=(
            "A local JSMS to develop and test against: nothing is sent, nothing is billed.\n\n"
            f"\b\nCommands:\n{commands}\n\n"
            f"Each option can be set by an environment variable too; the option comes first."
        ),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100, "show_default": False},
    )
