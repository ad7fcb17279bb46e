"""The files of the service (文件库): each by the SHA-256 of its bytes, whole or not at all.

`files/ab/abcdef…`; a file is written beside, brought to the disk and then renamed. What is there already is not
written again, only made young, so that a sweep at the same time leaves it.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, select, union

from reportgen.problems import EnvironmentLacking, error
from reportgen.service.refusals import TooLarge
from reportgen.service.store.opening import FILES, Store, disk_full, is_full
from reportgen.service.store.tables import JOB_FILES, JOB_INPUTS, JOBS, LEDGERS, RETURNS, SETTING_FILES

_NEW = ".new-"
_PIECE = 1 << 20
# A file that no row names may belong to a row that is just being written.
ORPHAN_SECONDS = 3600.0


class Shelf(Protocol):
    """Whoever knows where the files lie (文件所在): the store, or a worker, who is to know no rows."""

    @property
    def folder(self) -> Path:
        """The folder of all data (数据目录)."""
        ...


@dataclass(frozen=True, slots=True)
class Received:
    """What was taken in (收到的文件)."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed (清理结果)."""

    files: int
    size: int


def put(store: Shelf, data: bytes) -> str:
    """Bytes into the store (存入字节); their SHA-256."""
    return take_in(store, [data], len(data)).sha256


def put_file(store: Shelf, path: Path) -> str:
    """A file's bytes into the store (存入文件); their SHA-256. The file itself stays where it is."""
    with path.open("rb") as file:
        return take_in(store, _pieces(file.fileno()), None).sha256


def _pieces(file: int) -> Iterator[bytes]:
    while piece := os.read(file, _PIECE):
        yield piece


def take_in(store: Shelf, chunks: Iterable[bytes], most: int | None) -> Received:
    """A stream into the store (接收上传), of at most that many bytes; nothing is left of one that breaks off."""
    folder = store.folder / FILES
    digest, size = hashlib.sha256(), 0
    try:
        handle, name = tempfile.mkstemp(prefix=_NEW, dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    size += len(chunk)
                    if most is not None and size > most:
                        raise too_large(most)
                    digest.update(chunk)
                    file.write(chunk)
            sha256 = digest.hexdigest()
            _settle(Path(name), path_of(store, sha256))
        finally:
            with suppress(FileNotFoundError):
                os.unlink(name)
    except OSError as fault:
        if is_full(fault):
            raise disk_full() from fault
        raise
    return Received(sha256, size)


def too_large(most: int) -> TooLarge:
    """The one sentence about it (文件过大)."""
    shown = f"{most / 1048576:.0f} MB" if most >= 1048576 else f"{most / 1024:.0f} KB"
    return TooLarge(
        [error("service.too-large", f"文件超过 {shown}", "去掉不用的图片、工作表后再传；或请信息部门调高上限")]
    )


def _settle(new: Path, place: Path) -> None:
    try:
        os.utime(place)
    except FileNotFoundError:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        with new.open("r+b") as file:
            os.fsync(file.fileno())
        new.replace(place)
        _sync_folder(place.parent)
        _sync_folder(place.parent.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # no folder can be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def path_of(store: Shelf, sha256: str) -> Path:
    """Where a file lies (文件位置); whoever reads it must not write to it."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError(f"no SHA-256: {sha256!r}")
    return store.folder / FILES / sha256[:2] / sha256


def read(store: Shelf, sha256: str) -> bytes:
    """A file's bytes (取出)."""
    try:
        return path_of(store, sha256).read_bytes()
    except FileNotFoundError:
        raise missing() from None


def missing() -> EnvironmentLacking:
    """A file that a row names is not there (文件缺失): somebody has removed it, or a backup was not whole."""
    what = "服务器上缺了这份文件，别的内容不受影响"
    fix = "请告诉信息部门：恢复备份时，数据库和 files 文件夹要一起恢复"
    return EnvironmentLacking([error("service.file-missing", what, fix)])


def used(con: Connection) -> set[str]:
    """The files that some row names (在用的文件)."""
    columns = (
        SETTING_FILES.c.sha256,
        LEDGERS.c.sha256,
        RETURNS.c.sha256,
        JOBS.c.result,
        JOB_INPUTS.c.sha256,
        JOB_FILES.c.sha256,
    )
    named = union(*(select(column.label("sha256")).where(column.is_not(None)) for column in columns))
    return set(con.execute(named).scalars())


def sweep(store: Store, keep: set[str], older_than: float = ORPHAN_SECONDS) -> Swept:
    """Remove what no row names (清理无主文件), and what was cut short, when it is older than that many seconds."""
    before = store.clock().timestamp() - older_than
    files = size = 0
    for path in _all_files(store):
        if path.name in keep:
            continue
        gone = _remove(path, before)
        files, size = files + (gone is not None), size + (gone or 0)
    return Swept(files, size)


def _all_files(store: Shelf) -> Iterator[Path]:
    top = store.folder / FILES
    for path in sorted(top.iterdir()):
        if path.is_dir():
            yield from sorted(path.iterdir())
        else:
            yield path


def _remove(path: Path, before: float) -> int | None:
    """Its size if it was old and is gone. It is put aside first: another process may have made it young meanwhile."""
    try:
        if path.stat().st_mtime >= before:
            return None
        if path.name.startswith(_NEW):
            size = path.stat().st_size
            path.unlink()
            return size
        aside = path.parent / f"{_NEW}{path.name}"
        path.replace(aside)
        state = aside.stat()
        if state.st_mtime >= before:
            aside.replace(path)
            return None
        aside.unlink()
        return state.st_size
    except FileNotFoundError:
        return None


def total_size(store: Shelf) -> int:
    """How many bytes all files have (文件库大小)."""
    total = 0
    for path in _all_files(store):
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total
