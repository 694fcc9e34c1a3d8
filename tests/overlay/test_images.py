"""Images: from a path, bytes or a file to a checked upload."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from jsms_client.errors import ArgumentError
from jsms_contract import limits
from jsms_runtime.uploads import read_upload

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 100
MAX_BYTES = limits.SIGN_FORM_ID_CARD_IMAGE_MAX_BYTES


class Upload(NamedTuple):
    content: bytes
    file_name: str | None
    media_type: str | None


def read(image: object, max_bytes: int = MAX_BYTES) -> Upload:
    name, (file_name, content, media_type) = read_upload(
        image,
        "id_card_image",
        field="idCardImage",
        max_bytes=max_bytes,
        media_types=limits.SIGN_FORM_ID_CARD_IMAGE_MEDIA_TYPES,
    )
    assert name == "idCardImage"
    return Upload(cast("bytes", content), file_name, media_type)


def refused(image: object, problem: str) -> None:
    with pytest.raises(ArgumentError, match=f"^id_card_image {problem}"):
        read(image)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "张三.gif"
    path.write_bytes(PNG)
    return path


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO])
def test_an_image_is_read_from_what_holds_it(kind: type[bytes]) -> None:
    assert read(kind(PNG)) == Upload(PNG, "idCardImage.png", "image/png")
    assert read(kind(JPEG)) == Upload(JPEG, "idCardImage.jpg", "image/jpeg")


def test_an_image_is_read_from_a_path_as_text_or_object(path: Path) -> None:
    assert read(path) == read(str(path)) == Upload(PNG, "idCardImage.png", "image/png")


def test_nothing_of_the_path_is_sent(path: Path) -> None:
    assert "张三" not in repr(read(path))


def test_an_open_file_is_read_from_where_it_stands_and_left_open(path: Path) -> None:
    path.write_bytes(b"before" + PNG)
    with path.open("rb") as file:
        file.seek(6)
        assert read(file).content == PNG
        assert not file.closed


def test_a_file_that_gives_little_at_a_time_is_read_to_its_end() -> None:
    class Slow:
        def __init__(self) -> None:
            self.rest = PNG

        def read(self, size: int) -> bytes:
            part, self.rest = self.rest[:7], self.rest[7:]
            return part

    assert read(Slow()).content == PNG


def test_an_unbuffered_file_and_a_temporary_one_are_files(path: Path) -> None:
    with path.open("rb", buffering=0) as raw:
        assert read(raw).content == PNG
    with tempfile.SpooledTemporaryFile() as spooled:
        spooled.write(PNG)
        spooled.seek(0)
        assert read(spooled).content == PNG


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO])
def test_the_largest_image_is_exactly_as_large_as_the_contract_says(kind: type[bytes]) -> None:
    assert len(read(kind(PNG.ljust(MAX_BYTES))).content) == MAX_BYTES
    refused(kind(PNG.ljust(MAX_BYTES + 1)), f"is larger than {MAX_BYTES} bytes; make the image smaller")


def test_of_a_file_that_is_too_large_no_more_than_needed_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.write(PNG)
        file.truncate(10**11)
    refused(large, "is larger than")
    with large.open("rb") as file:
        refused(file, "is larger than")
        assert file.tell() <= MAX_BYTES + 1


@pytest.mark.parametrize(
    "content",
    [b"GIF89a....", b"BM....", b"%PDF-1.7", b"<svg/>", b"RIFF....WEBP", b"\x89PN", b"\xff\xd8", b"x" + PNG, b"\x00"],
)
def test_another_format_is_refused_whatever_it_is_called(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    path.write_bytes(content)
    refused(path, "is not a PNG or JPEG image by its content; convert it to PNG or JPEG")


@pytest.mark.parametrize("empty", [b"", bytearray(), memoryview(b""), io.BytesIO()])
def test_an_empty_image_is_refused(empty: object) -> None:
    refused(empty, "is empty")


def test_a_file_that_was_read_before_is_refused_with_a_hint() -> None:
    file = io.BytesIO(PNG)
    file.read()
    refused(file, "is empty; .* is at its end")


def test_a_path_that_leads_to_no_image_is_refused(tmp_path: Path) -> None:
    refused(tmp_path / "missing.png", "is the path of a file that does not exist; check the path")
    refused("", "is the path of a folder|is the path of a file that does not exist")
    refused(tmp_path, "is the path of a folder; give the path of an image")
    refused("a\x00b", "is no path")
    refused(tmp_path / ("x" * 1000), r"is the path of a file that cannot be read \(File name too long\)")


def test_a_pipe_is_refused_without_waiting_for_its_other_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    refused(pipe, "is the path of something that is no ordinary file")


def test_the_path_is_not_in_the_message(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError) as caught:
        read(tmp_path / "张三.png")
    assert "张三" not in str(caught.value)


def test_a_file_in_text_mode_is_refused(path: Path) -> None:
    with path.open(encoding="latin-1") as file:
        refused(file, "is a file opened in text mode; open it with mode 'rb'")
    refused(io.StringIO("x"), "is a file opened in text mode")


def test_a_file_that_gives_no_bytes_is_refused() -> None:
    class Texts:
        def read(self, size: int) -> str:
            return "x"

    class Nothing:
        def read(self, size: int) -> None:
            return None

    refused(Texts(), "gives something of type str when it is read")
    refused(Nothing(), "gives something None when it is read")


def test_a_file_that_cannot_be_read_is_refused(path: Path) -> None:
    with path.open("ab") as writing:
        refused(writing, "is a file that is not open for reading")
    with path.open("rb") as reading:
        pass
    refused(reading, "is a closed file")

    class Broken:
        def read(self, size: int) -> bytes:
            raise OSError(5, "Input/output error")

    refused(Broken(), r"is a file that cannot be read \(Input/output error\)")

    class Foreign:
        def read(self, size: int) -> bytes:
            raise KeyError("13800138000")

    refused(Foreign(), r"is a file that cannot be read \(KeyError\); check the file")


@pytest.mark.parametrize("wrong", [None, 5, object(), [PNG]])
def test_what_holds_no_image_is_refused(wrong: object) -> None:
    refused(wrong, r"is (None|of type \w+); give a path, bytes or a file opened with mode 'rb'")
