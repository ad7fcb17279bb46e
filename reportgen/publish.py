"""Finished files into their folder, all or none (发布): the old ones stay whole until the new ones are on disk."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from reportgen.package import called, short
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
    errno.ELOOP: "这是一个指向自己的链接",
    errno.ENODEV: "同名的不是普通文件",
}
# So much of a place stands in a message; its end says more than its beginning.
_SHOWN = 120
_STAGE = re.compile(r"\.reportgen-(\d+)-")


def publish(files: Mapping[str, bytes], folder: Path) -> None:
    """Put the files into `folder`, replacing those of the same names; others are left alone.

    All are written and synced beside their places first, and if one cannot take its place the others go back, so
    that a full disk, a locked file or a kill loses nothing that was there. A link stays one: the file that it points
    at is replaced; who may read a file stays, too. Raises `CannotWrite`.
    """
    stages: dict[Path, Path] = {}
    place = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        staged: list[tuple[Path, Path, Path]] = []
        for name, blob in files.items():
            place = folder / name
            real = Path(os.path.realpath(place)) if place.is_symlink() else place
            if real.parent not in stages:
                stages[real.parent] = _stage(real.parent)
            new = stages[real.parent] / f"{len(staged)}.new"
            _write(new, blob)
            _keep_access(real, new)
            staged.append((place, real, new))
        put: list[tuple[Path, Path]] = []
        try:
            for named, real, new in staged:
                place = named
                kept = new.with_suffix(".old")
                _keep_old(real, kept)
                os.replace(new, real)
                put.append((real, kept))
        except OSError:
            for done in put:
                _put_back(*done)
            raise
        for each in stages:
            _sync_folder(each)
    except (OSError, ValueError) as fault:
        raise _cannot_write(place, fault) from None
    finally:
        for each in stages.values():
            shutil.rmtree(each, ignore_errors=True)


def refuse_bad_name(place: Path) -> None:
    """Raise `CannotWrite` for a name that no file can have (文件名不能用), such as one that is too long."""
    try:
        place.lstat()
    except ValueError as fault:  # U+0000
        raise _cannot_write(place, fault) from None
    except OSError as fault:
        if fault.errno in (errno.ENAMETOOLONG, errno.EINVAL):
            raise _cannot_write(place, fault) from None


def refuse_open(place: Path, name: str) -> None:
    """Raise `CannotWrite` for a file that is open in an office program (正在打开), which would save over ours."""
    for each in dict.fromkeys((place, Path(os.path.realpath(place)))):
        for lock in (f"~${each.name}", f".~lock.{each.name}#", f".~{each.name}"):
            if os.path.lexists(each.parent / lock):
                what = f"「{called(name)}」正在 WPS、Excel 或 LibreOffice 里打开着，没有写入"
                fix = f"请先关闭它；如果没有打开，请删去旁边的「{short(lock, 60)}」"
                raise CannotWrite([error("output.open", what, fix, Location(file=name))])


def _cannot_write(place: Path, fault: OSError | ValueError) -> CannotWrite:
    reason = _REASONS.get(getattr(fault, "errno", None) or 0, "写入失败")
    fix = "请检查文件夹的写入权限和磁盘空间；若文件正在 WPS、Word 或阅读器中打开，请先关闭"
    if reason == _REASONS[errno.ENAMETOOLONG]:
        fix = "请换一个短些的文件名（约 80 个汉字以内）"
    text = str(place)
    shown = text if len(text) <= _SHOWN else "…" + text[-_SHOWN:]
    return CannotWrite([error("output.cannot-write", f"无法写入「{shown}」：{reason}", fix, Location(file=text))])


def _stage(folder: Path) -> Path:
    _sweep(folder)
    return Path(tempfile.mkdtemp(prefix=f".reportgen-{os.getpid()}-", dir=folder))


def left_over(files: Mapping[str, bytes], folder: Path, manifest: str) -> list[Problem]:
    """A warning for each file of an earlier run that this run does not replace: it would look like a part of it."""
    try:
        listed = json.loads((folder / manifest).read_text(encoding="utf-8"))["outputs"]
        names = [str(output["file"]) for output in listed]
    except (OSError, ValueError, LookupError, TypeError):
        return []
    stems = {Path(name).stem for name in files}
    old = [name for name in names if name not in files and Path(name).stem in stems and os.path.isfile(folder / name)]
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
    try:
        kind = place.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, "", str(place))
    if stat.S_ISLNK(kind):  # what a link points at stands here, unless it points at itself
        raise OSError(errno.ELOOP, "", str(place))
    if not stat.S_ISREG(kind):
        raise OSError(errno.ENODEV, "", str(place))
    with suppress(FileNotFoundError):
        try:
            os.link(place, kept)
        except OSError:  # file systems without links
            shutil.copy2(place, kept)


def _keep_access(place: Path, new: Path) -> None:
    """Who may read and write the new file (文件权限): whoever might the old one."""
    if place.is_file():
        old = place.stat()
        if (old.st_uid, old.st_gid) != (new.stat().st_uid, new.stat().st_gid):
            with suppress(OSError, AttributeError):  # only the administrator gives files away
                os.chown(new, old.st_uid, old.st_gid)
        new.chmod(stat.S_IMODE(old.st_mode))


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
