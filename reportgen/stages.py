"""Where new files wait beside the place that they are for (待换区), how a folder changes places, what killed runs left.

A stage is a folder `.reportgen-<process>-…` that its run holds (`locks`); one of a killed run goes at the next start.
Before it goes, an old folder that it holds and that stands nowhere else is put back.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from reportgen import locks
from reportgen.locks import held_folder
from reportgen.problems import CannotWrite, Location, error

_REASONS = {
    errno.ENOENT: "文件夹已被移走或改名",
    errno.EEXIST: "这个名字已被一个文件占用，不是文件夹",
    errno.ENOTDIR: "路径中有一段是文件，不是文件夹",
    errno.EISDIR: "同名的文件夹占用了文件的位置",
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件超过了这里允许的大小",
    errno.EIO: "磁盘读写出错",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ELOOP: "这是一个指向自己的链接",
    errno.ENODEV: "同名的不是普通文件",
    errno.EBUSY: "它是一个磁盘或共享的根，或者正被占用",
    errno.EXDEV: "其中有另一个磁盘或共享",
    errno.ENOTEMPTY: "写入时别的程序占用了这个名字",
    errno.EAGAIN: "另一个程序正在更新它",
}
# So much of a place stands in a message; its end says more than its beginning.
_SHOWN = 120
_STAGE, _TURN = ".reportgen-", ".reportgen-lock-"
# In a stage: the old folder while nothing stands in its place; the name of that place.
_OLD, _PLACE = "old", "place"
NEW, OLD = ".new", ".old"
"""How the names of files in a stage end (待换文件): the new file, and a second name of the one it replaces."""
_PLACES = "places.json"
_PATIENCE = 60.0


def cannot_write(place: Path, fault: OSError | ValueError) -> CannotWrite:
    """The fault of writing there, in words (无法写入)."""
    reason = _REASONS.get(getattr(fault, "errno", None) or 0, "写入失败")
    fix = "请检查文件夹的写入权限和磁盘空间；若文件正在 WPS、Word 或阅读器中打开，请先关闭"
    if reason == _REASONS[errno.ENAMETOOLONG]:
        fix = "请换一个短些的文件名（约 80 个汉字以内）"
    text = str(place)
    what = f"无法写入「{shown_end(text)}」：{reason}"
    return CannotWrite([error("output.cannot-write", what, fix, Location(file=text))])


def shown_end(text: str) -> str:
    """A place as a message shows it (路径): the end of a long one."""
    return text if len(text) <= _SHOWN else "…" + text[-_SHOWN:]


@contextmanager
def stage_in(folder: Path) -> Iterator[Path]:
    """A stage in that folder (待换区), gone at the end; those of killed runs go first."""
    sweep(folder)
    with held_folder(folder, _STAGE, _clear) as stage:
        yield stage


def is_stage(name: str) -> bool:
    """Whether an entry of a folder is a run's stage or lock (待换区), and nobody's file."""
    return bool(re.match(rf"{re.escape(_STAGE)}\d+-", name)) or name.startswith(_TURN)


def sweep(folder: Path) -> None:
    """Remove the stages of runs that were killed (清理残留); a run that is still at work keeps its own."""
    locks.sweep(folder, _STAGE, _clear)
    for path in folder.glob(f"{_TURN}*"):
        locks.drop(path)


def _clear(stage: Path) -> None:
    """Remove a stage; an old folder in it that stands nowhere else goes back to its place, or it all stays."""
    old = stage / _OLD
    try:
        if _is_half_done(stage):
            with turn_in(stage.parent):
                put_back(stage)
        if os.path.lexists(old):
            name = os.fsdecode((stage / _PLACE).read_bytes())
            place = stage.parent / name
            if not name or place.parent != stage.parent:
                return
            # Else it is not needed: that must show in what is left of the stage, if this run is killed now.
            os.rename(old, stage / "gone" if os.path.lexists(place) else place)
    except (OSError, ValueError):
        return
    for folder, inner, _ in os.walk(stage):  # from a folder closed to writing nothing can be removed
        for path in (Path(folder, name) for name in inner):
            with suppress(OSError):
                if not path.is_symlink():
                    path.chmod(0o700)
    shutil.rmtree(stage, ignore_errors=True)


# ---- files in the places of others


def note_places(stage: Path, places: Mapping[str, str]) -> None:
    """Note which new file is for which place beside the stage (记下去处), and as what it will be known there."""
    noted = {}
    for name, place in places.items():
        noted[name] = [place, _mark(stage / name), os.path.lexists(_kept(stage / name))]
    write_synced(stage / _PLACES, json.dumps(noted).encode())
    sync_folder(stage)


def put_back(stage: Path) -> None:
    """Put the old files back (放回) that new ones of this stage have replaced; what somebody wrote since then stays."""
    for name, (file_name, mark, had_old) in _noted(stage).items():
        place = stage.parent / file_name
        with suppress(FileNotFoundError):
            is_ours = not os.path.lexists(stage / name) and _mark(place) == mark
            if is_ours and had_old:
                os.replace(_kept(stage / name), place)
            elif is_ours:
                place.unlink()


def _is_half_done(stage: Path) -> bool:
    """Whether some new files are in their places and some are not."""
    noted = _noted(stage)
    return 0 < sum(os.path.lexists(stage / name) for name in noted) < len(noted)


def _noted(stage: Path) -> dict[str, tuple[str, list[int], bool]]:
    """What was noted; nothing where a run was killed before all was, for then no file was in its place yet."""
    try:
        noted = json.loads((stage / _PLACES).read_bytes())
        rows = {
            str(name): (str(place), [*map(int, mark)], bool(had_old)) for name, (place, mark, had_old) in noted.items()
        }
    except (FileNotFoundError, ValueError, TypeError, LookupError, AttributeError):
        return {}
    # In a folder that all may write to, a note may be a trap of somebody else's.
    names = {*rows, *(place for place, *_ in rows.values())}
    return rows if all(name == os.path.basename(name) for name in names) else {}


def _mark(path: Path) -> list[int]:
    """By which a file is known again under another name, unless somebody has written to it."""
    state = path.lstat()
    return [state.st_ino, state.st_mtime_ns, state.st_size]


def _kept(new: Path) -> Path:
    return new.with_suffix(OLD)


# ---- a folder in another's place


def swap(stage: Path, new: Path, place: Path) -> Path | None:
    """Put the folder `new`, which lies in the stage, into its place (换新); where the one that stood there is now.

    Where the system cannot exchange two names at once, the old one steps aside first; a kill just then leaves the
    place empty until the next start, which puts the old one back.
    """
    if not os.path.lexists(place):
        os.rename(new, place)
        return None
    if _exchanged(new, place):
        return new
    write_synced(stage / _PLACE, os.fsencode(place.name))
    sync_folder(stage)
    _step(place, stage / _OLD, new)
    return stage / _OLD


def swap_back(new: Path, displaced: Path, place: Path) -> None:
    """Undo `swap` (换回)."""
    if displaced == new:
        if not _exchanged(new, place):
            raise OSError(errno.EBUSY, "", str(place))
    else:
        _step(place, new, displaced)


def _step(place: Path, aside: Path, new: Path) -> None:
    os.rename(place, aside)
    try:
        os.rename(new, place)
    except BaseException:
        os.rename(aside, place)
        raise


def _system_exchange() -> Callable[[bytes, bytes], int] | None:
    """Linux's renameat2 with RENAME_EXCHANGE; None on other systems."""
    if sys.platform != "linux":
        return None
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
    call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return lambda one, other: 0 if call(here, one, here, other, exchange) == 0 else ctypes.get_errno()


_EXCHANGE = _system_exchange()
# What kernels, file systems and sandboxes answer that do not know it.
_UNKNOWN = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether the two names have been exchanged; False where that is not possible."""
    if _EXCHANGE is None:
        return False
    fault = _EXCHANGE(os.fsencode(one), os.fsencode(other))
    if fault and fault not in _UNKNOWN:
        raise OSError(fault, "", str(other))
    return not fault


# ---- one at a time


@contextmanager
def turn(place: Path) -> Iterator[None]:
    """One run at a time at that place (轮流); raises OSError if the others take too long."""
    key = hashlib.sha256(os.fsencode(place.name)).hexdigest()[:12]
    with _turn_by(place.parent / f"{_TURN}{key}", place):
        yield


@contextmanager
def turn_in(folder: Path) -> Iterator[None]:
    """One run at a time that puts files into that folder (轮流), likewise."""
    with _turn_by(folder / f"{_TURN}files", folder):
        yield


@contextmanager
def _turn_by(path: Path, place: Path) -> Iterator[None]:
    end = time.monotonic() + _PATIENCE
    while (lock := locks.take(path)) is None:
        if time.monotonic() > end:
            raise OSError(errno.EAGAIN, "", str(place))
        time.sleep(0.02)
    try:
        yield
    finally:
        locks.give_back(path, lock)


# ---- files on the disk


@contextmanager
def folders_for(folder: Path) -> Iterator[None]:
    """That folder and those above it, made if they are missing (建文件夹); those that stay empty go again."""
    made: list[Path] = []
    try:
        missing = [each for each in (folder, *folder.parents) if not os.path.lexists(each)]
        for each in reversed(missing):
            with suppress(FileExistsError):  # another run was quicker
                each.mkdir()
                made.append(each)
        for each in missing:
            sync_folder(each.parent)
        yield
    finally:
        for each in reversed(made):
            with suppress(OSError):
                each.rmdir()


def write_synced(path: Path, blob: bytes) -> None:
    """Write a file that is on the disk (落盘) when this returns."""
    with path.open("wb") as file:
        file.write(blob)
        file.flush()
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Bring a file that somebody else wrote to the disk (落盘)."""
    with path.open("rb+" if os.name == "nt" else "rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk (落盘)."""
    if os.name == "nt":  # Windows cannot open a folder for syncing
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as fault:
        if fault.errno not in (errno.EINVAL, errno.ENOTSUP):  # file systems that keep no such promise
            raise
    finally:
        os.close(descriptor)


def keep_access(place: Path, new: Path) -> None:
    """Who may read and write the new file or folder (权限): whoever might the old one."""
    try:
        old = place.stat()
    except OSError:
        return
    if stat.S_IFMT(old.st_mode) != stat.S_IFMT(new.stat().st_mode):
        return
    if (old.st_uid, old.st_gid) != (new.stat().st_uid, new.stat().st_gid):
        with suppress(OSError, AttributeError):  # only the administrator gives files away
            os.chown(new, old.st_uid, old.st_gid)
    new.chmod(stat.S_IMODE(old.st_mode))
