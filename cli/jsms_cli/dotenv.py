"""A ``.env`` file: the JSMS_* variables in it, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from jsms_client.errors import ConfigurationError

_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>JSMS_[A-Z_]+)\s*=\s*(?P<value>.*?)\s*", re.DOTALL)
_QUOTED = re.compile(r"""(?P<quote>['"])(?P<value>.*?)(?P=quote)\s*(?:#.*)?""")
_COMMENT = re.compile(r"(?:^|\s+)#.*")


def read_dotenv(path: Path) -> dict[str, str]:
    """Read the JSMS_* variables of a file; none where there is no such file.

    Args:
        path: The file.

    Raises:
        ConfigurationError: The file is there and cannot be read, or is a pipe.
    """
    if path.is_fifo():
        # Reading would wait for whoever writes into it, maybe for ever.
        raise ConfigurationError(f"{path} is a pipe and not a file; put a file in its place, or remove it")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read ({_reason(error)})") from error
    found = (_LINE.fullmatch(line) for line in text.splitlines())
    return {each["name"]: _value(each["value"]) for each in found if each is not None}


def _value(written: str) -> str:
    quoted = _QUOTED.fullmatch(written)
    return quoted["value"] if quoted is not None else _COMMENT.sub("", written)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "it is not UTF-8"


__all__ = ["read_dotenv"]
