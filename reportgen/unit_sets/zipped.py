"""A set as one file (压缩包): the same files in the same order give the same bytes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from reportgen.naming import folded, is_file_name
from reportgen.package import called
from reportgen.problems import CannotWrite, Location, error

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_BLOCK = 1024 * 1024


def write_zip(target: Path, folder: Path, names: Sequence[str]) -> None:
    """Put these files of the folder into a new archive at `target` (打包), one after the other, not through memory.

    They are stored as they are: Word and PDF files are packed already, and nothing depends on a packer's version.
    Raises `CannotWrite` for a name that could lead out of the folder where somebody unpacks it, or that two files have,
    and `OSError` for what the disk refuses; then no archive is there.
    """
    _refuse_names(names)
    try:
        with target.open("xb") as file, ZipFile(file, "w", ZIP_STORED, strict_timestamps=True) as archive:
            for name in names:
                _add(archive, name, folder / name)
    except FileExistsError:
        raise
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _add(archive: ZipFile, name: str, path: Path) -> None:
    part = ZipInfo(name, _EARLIEST)
    # As on Unix, a plain file that its owner may change: nothing of the file that lies here, nor of this system.
    part.create_system, part.external_attr = 3, 0o100644 << 16
    with path.open("rb") as source:
        part.file_size = os.fstat(source.fileno()).st_size
        with archive.open(part, "w") as sink:
            shutil.copyfileobj(source, sink, _BLOCK)


def _refuse_names(names: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    problems = []
    fix = "请检查分送件模板的 file_name 和单位名录里的名称"
    for name in names:
        if not is_file_name(name):
            what = f"「{called(name)}」不能作压缩包里的文件名，没有打包"
            problems.append(error("units.bad-name", what, fix, Location(file=called(name))))
        elif folded(name) in seen:
            what = f"「{called(name)}」与「{called(seen[folded(name)])}」在有的电脑上是同一个文件名，没有打包"
            problems.append(error("units.bad-name", what, fix, Location(file=name)))
        seen.setdefault(folded(name), name)
    if problems:
        raise CannotWrite(problems[:10])
