"""Finished files into their folder, all or none (发布): the old ones stay whole until the new ones are on disk."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from reportgen.problems import CannotWrite, Location, Problem, error, warning

_REASONS = {
    errno.EEXIST: "这个名字已被一个文件占用，不是文件夹",
    errno.ENOTDIR: "路径中有一段是文件，不是文件夹",
    errno.EISDIR: "同名的文件夹占用了文件的位置",
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘空间不足",
    errno.ENAMETOOLONG: "文件名太长",
}
_STAGE = re.compile(r"\.reportgen-(\d+)-")


def publish(files: Mapping[str, bytes], folder: Path) -> None:
    """Put the files into `folder`, replacing those of the same names; others are left alone.

    All are written and synced beside their places first, and if one cannot take its place the others go back, so
    that a full disk, a locked file or a kill loses nothing that was there. Raises `CannotWrite`.
    """
    stage: Path | None = None
    place = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        stage = Path(tempfile.mkdtemp(prefix=f".reportgen-{os.getpid()}-", dir=folder))
        for name, blob in files.items():
            place = folder / name
            _write(stage / name, blob)
        put: list[Path] = []
        try:
            for name in files:
                place = folder / name
                _keep_old(place, stage / f"{name}.old")
                os.replace(stage / name, place)
                put.append(place)
        except OSError:
            for done in put:
                _put_back(done, stage / f"{done.name}.old")
            raise
        _sync_folder(folder)
    except OSError as fault:
        reason = _REASONS.get(fault.errno or 0, "写入失败")
        fix = "请检查文件夹的写入权限和磁盘空间；若文件正在 WPS、Word 或阅读器中打开，请先关闭"
        where = Location(file=str(place))
        raise CannotWrite([error("output.cannot-write", f"无法写入「{place}」：{reason}", fix, where)]) from None
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)


def left_over(files: Mapping[str, bytes], folder: Path, manifest: str) -> list[Problem]:
    """A warning for each file of an earlier run that this run does not replace: it would look like a part of it."""
    try:
        listed = json.loads((folder / manifest).read_text(encoding="utf-8"))["outputs"]
        names = [str(output["file"]) for output in listed]
    except (OSError, ValueError, LookupError, TypeError):
        return []
    stems = {Path(name).stem for name in files}
    old = [name for name in names if name not in files and Path(name).stem in stems and (folder / name).is_file()]
    return [
        warning(
            "output.left-over",
            f"「{folder / name}」是以前生成的，这次没有更新",
            "请删去它，或把这种格式也写进 --format",
            Location(file=str(folder / name)),
        )
        for name in old
    ]


def _keep_old(place: Path, kept: Path) -> None:
    """A second name for the file that stands there, by which it can come back."""
    if place.is_dir():
        raise IsADirectoryError(errno.EISDIR, "", str(place))
    if place.exists():
        try:
            os.link(place, kept)
        except OSError:  # file systems without links
            shutil.copy2(place, kept)


def _put_back(place: Path, kept: Path) -> None:
    if kept.exists():
        os.replace(kept, place)
    else:
        place.unlink(missing_ok=True)


def _write(path: Path, blob: bytes) -> None:
    with path.open("wb") as file:
        file.write(blob)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder for syncing
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Remove the stages of runs that were killed; a run that is still at work keeps its own."""
    for path in folder.iterdir():
        if (match := _STAGE.match(path.name)) and path.is_dir() and not _is_running(int(match[1])):
            shutil.rmtree(path, ignore_errors=True)


def _is_running(process: int) -> bool:
    if os.name == "nt":  # there, signal 0 is Ctrl-C: better leave a stage than stop a program
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
