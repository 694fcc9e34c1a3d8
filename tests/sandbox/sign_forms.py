"""Signature forms with real images."""

from __future__ import annotations

import struct
import zlib

FileField = tuple[str, bytes, str]
IMAGES = {1: "businessLicenseImage", 3: "icpAppScreenshot", 6: "trademarkImage", 7: "thirdPartyAuthImage"}


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\0"))
    + _chunk(b"IEND", b"")
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\0" * 40 + b"\xff\xd9"


def image(content: bytes = PNG) -> FileField:
    """Make a file field."""
    return ("paper.png", content, "image/png")


def sign_form(kind: int = 1, **changes: str | FileField | None) -> dict[str, str | FileField]:
    """Make a complete form of September 2025; a change to None leaves the field out."""
    form: dict[str, str | FileField | None] = {
        "sign": "极光短信",
        "type": str(kind),
        "legalPersonName": "张三",
        "legalPersonIdNumber": "11010519491231002X",
        "socialCreditCode": "91350100M000100Y43",
        "idCardImage": image(),
        IMAGES.get(kind, "otherImage"): image(),
    }
    form.update(changes)
    return {name: value for name, value in form.items() if value is not None}


def multipart(form: dict[str, str | FileField]) -> list[tuple[str, tuple[str | None, bytes] | FileField]]:
    """Convert a form to what httpx sends as multipart, texts included."""
    return [(name, (None, value.encode()) if isinstance(value, str) else value) for name, value in form.items()]
