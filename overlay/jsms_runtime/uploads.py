"""Images of a form, and how form fields and queries are written."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias, cast, runtime_checkable

from jsms_runtime.errors import is_raised_by_handler
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
    if isinstance(image, (str, os.PathLike)):
        return _read_path(cast("str | os.PathLike[str]", image), argument, limit)
    if isinstance(image, (bytes, bytearray)):
        return bytes(image[:limit])
    if isinstance(image, memoryview):
        return image.tobytes()[:limit]
    if isinstance(image, io.TextIOBase):
        raise invalid_argument(argument, "is a file opened in text mode", "open it with mode 'rb'")
    if isinstance(image, _Readable):
        return _read_file(image, argument, limit)
    raise invalid_argument(argument, f"is {kind(image)}", "give a path, bytes or a file opened with mode 'rb'")


def _read_path(path: str | os.PathLike[str], argument: str, limit: int) -> bytes:
    try:
        # Asked first: opening a pipe would wait for its other end.
        mode = Path(path).stat().st_mode
        if stat.S_ISREG(mode):
            with Path(path).open("rb") as file:
                return file.read(limit)
    except (OSError, ValueError) as error:
        if is_raised_by_handler(error):
            raise
        raise invalid_argument(argument, *_why_unreadable(error)) from error
    problem = "is the path of a folder" if stat.S_ISDIR(mode) else "is the path of something that is no ordinary file"
    raise invalid_argument(argument, problem, "give the path of an image")


def _why_unreadable(error: OSError | ValueError) -> tuple[str, str]:
    """Return the problem with a path, and what to do."""
    if isinstance(error, FileNotFoundError):
        return "is the path of a file that does not exist", "check the path"
    if isinstance(error, OSError):
        return f"is the path of a file that cannot be read ({error.strerror})", "check the path and who may read it"
    return "is no path (it has a NUL or half a surrogate pair)", "check the path"


def _why_file_unreadable(error: Exception) -> tuple[str, str]:
    """Return the problem with a file object, and what to do."""
    if isinstance(error, io.UnsupportedOperation):
        return "is a file that is not open for reading", "open it with mode 'rb'"
    if isinstance(error, OSError):
        return f"is a file that cannot be read ({error.strerror})", "check the file"
    if isinstance(error, ValueError):
        return "is a closed file", "give it while it is open"
    # A file object of somebody's own, or of a package: its words may say anything.
    return f"is a file that cannot be read ({type(error).__name__})", "check the file"


def _read_file(file: _Readable, argument: str, limit: int) -> bytes:
    content = bytearray()
    # More than once: a raw file may give less than was asked for.
    while len(content) < limit:
        try:
            part = file.read(limit - len(content))
        except Exception as error:
            if is_raised_by_handler(error):
                raise
            raise invalid_argument(argument, *_why_file_unreadable(error)) from error
        if not isinstance(part, (bytes, bytearray, memoryview)):
            raise invalid_argument(argument, f"gives something {kind(part)} when it is read", "open it with mode 'rb'")
        if not part:
            break
        content += part
    return bytes(content[:limit])


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
