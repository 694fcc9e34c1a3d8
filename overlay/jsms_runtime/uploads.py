"""Images of a form, and how form fields and queries are written."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias, cast, runtime_checkable

from jsms_runtime.errors import ArgumentError, is_raised_by_handler
from jsms_runtime.validation import invalid_argument, kind

Image: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO"
"""A path, the content itself, or a file opened in binary mode."""


FormField: TypeAlias = tuple[str, tuple[str | None, object, str | None]]
"""The name of a field, and its file name, content and media type."""


@runtime_checkable
class _Readable(Protocol):
    def read(self, size: int, /) -> object: ...


_LONGEST = 2**31 - 1
# How each format begins, and the ending its file names have. The name that a file came with says nothing.
_FORMATS = {
    "image/png": (b"\x89PNG\r\n\x1a\n", "png"),
    "image/jpeg": (b"\xff\xd8\xff", "jpg"),
}


def read_upload(
    image: object, argument: str, *, field: str, max_bytes: int | None, media_types: tuple[str, ...]
) -> FormField:
    """Read an image, and check its size and its format by its content; none of ``media_types`` is any format.

    A file is read from its current position and left open. The name that it came with is not sent.
    """
    most = _LONGEST if max_bytes is None else max_bytes
    content = _content(image, argument, most + 1)
    if not content:
        raise invalid_argument(argument, "is empty", "give an image (a file that was read before is at its end)")
    if len(content) > most:
        raise invalid_argument(argument, f"is larger than {most} bytes", "make the image smaller")
    if not media_types:
        return field, (field, content, "application/octet-stream")
    for media_type, (beginning, ending) in _FORMATS.items():
        if media_type in media_types and content.startswith(beginning):
            return field, (f"{field}.{ending}", content, media_type)
    formats = " or ".join(media_type.removeprefix("image/").upper() for media_type in media_types)
    raise invalid_argument(argument, f"is not a {formats} image by its content", f"convert it to {formats}")


def _content(image: object, argument: str, limit: int) -> bytes:
    if isinstance(image, (bytes, bytearray, memoryview)):
        return bytes(cast("bytes | bytearray | memoryview", image))[:limit]
    if isinstance(image, io.TextIOBase):
        raise invalid_argument(argument, "is a file opened in text mode", "open it with mode 'rb'")
    is_path = isinstance(image, (str, os.PathLike))
    try:
        if is_path:
            return _read_path(Path(cast("str | os.PathLike[str]", image)), argument, limit)
        if isinstance(image, _Readable):
            return _read_file(image, argument, limit)
    except ArgumentError:
        raise
    except Exception as error:
        if is_raised_by_handler(error):
            raise
        raise invalid_argument(argument, *_why_unreadable(error, is_path=is_path)) from error
    raise invalid_argument(argument, f"is {kind(image)}", "give a path, bytes or a file opened with mode 'rb'")


def _read_path(path: Path, argument: str, limit: int) -> bytes:
    # Asked first: opening a pipe would wait for its other end.
    mode = path.stat().st_mode
    if stat.S_ISREG(mode):
        with path.open("rb") as file:
            return file.read(limit)
    problem = "is the path of a folder" if stat.S_ISDIR(mode) else "is the path of something that is no ordinary file"
    raise invalid_argument(argument, problem, "give the path of an image")


def _read_file(file: _Readable, argument: str, limit: int) -> bytes:
    content = bytearray()
    # More than once: a raw file may give less than was asked for.
    while len(content) < limit:
        part = file.read(limit - len(content))
        if not isinstance(part, (bytes, bytearray, memoryview)):
            raise invalid_argument(argument, f"gives something {kind(part)} when it is read", "open it with mode 'rb'")
        if not part:
            break
        content += part
    return bytes(content[:limit])


def _why_unreadable(error: Exception, *, is_path: bool) -> tuple[str, str]:
    """Return the problem with a path or a file, and what to do."""
    what = "is the path of a file" if is_path else "is a file"
    if isinstance(error, FileNotFoundError):
        return f"{what} that does not exist", "check the path"
    if isinstance(error, io.UnsupportedOperation):
        return f"{what} that is not open for reading", "open it with mode 'rb'"
    if isinstance(error, OSError):
        return f"{what} that cannot be read ({error.strerror})", "check the file and who may read it"
    if isinstance(error, ValueError) and is_path:
        return "is no path (it has a NUL or half a surrogate pair)", "check the path"
    if isinstance(error, ValueError):
        return "is a closed file", "give it while it is open"
    # A file object of somebody's own, or of a package: its words may say anything.
    return f"{what} that cannot be read ({type(error).__name__})", "check the file"


def form_field(name: str, value: str | float) -> FormField:
    """Return a field of a form that is no file."""
    return name, (None, query_text(value).encode(), "text/plain")


def query_text(value: object) -> str:
    """Return a checked value as it is written into a form or a query."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(query_text, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return str(value)
