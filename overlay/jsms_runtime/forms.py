"""Forms and queries: from checked values to what is sent."""

from __future__ import annotations

from jsms_runtime.images import read_image


def form_field(name: str, value: str | float) -> tuple[str, tuple[str | None, object, str | None]]:
    """A field of a form that is no file."""
    return name, (None, query_text(value).encode(), "text/plain")


def read_upload(
    image: object, argument: str, *, field: str, max_bytes: int | None, media_types: tuple[str, ...]
) -> tuple[str, tuple[str | None, object, str | None]]:
    """A field of a form that is an image.

    Raises:
        ArgumentError: It cannot be read, or is not what the form takes.
    """
    upload = read_image(image, argument, field=field, max_bytes=max_bytes, media_types=media_types)
    return field, (upload.file_name, upload.content, upload.media_type)


def query_text(value: object) -> str:
    """A checked value as it is written into a form or a query."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(query_text, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return str(value)


__all__ = ["form_field", "query_text", "read_upload"]
