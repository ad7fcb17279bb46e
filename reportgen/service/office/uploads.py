"""What people send up (上传的文件): their names are labels, their bytes go into the store piece by piece."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from reportgen.naming import safe_name
from reportgen.service.office.desk import Desk
from reportgen.service.store.blobs import take_in

_PIECE = 1 << 20
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that somebody sent (上传的文件), its bytes in the store already; `name` is a label that leads nowhere."""

    name: str
    sha256: str
    size: int


def upload_name(said: str, otherwise: str = "文件") -> str:
    """What an uploaded file is called here (上传文件名): its last part, as every system takes it."""
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", said)[-1]).strip()
    found = _SUFFIX.search(last)
    suffix = found[0] if found else ""
    stem = last[: len(last) - len(suffix)]
    return safe_name(stem or otherwise, spare=20 + len(suffix)) + suffix


def taken_in(desk: Desk, said: str, file: BinaryIO, otherwise: str = "文件") -> Upload:
    """A file taken into the store (收下上传), as large as IT allows and no larger."""
    received = take_in(desk.store, _pieces(file), desk.settings.upload_mb * 1024 * 1024)
    return Upload(name=upload_name(said, otherwise), sha256=received.sha256, size=received.size)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece
