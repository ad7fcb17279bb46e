"""Where new files wait beside the place that they are for (待换区), how a folder changes places, what killed runs left.

A stage is a folder `.reportgen-<process>-…`. Its run holds a lock in it for as long as it lives, so that a stage whose
lock is free was left by a run that was killed, in this container or in another, and goes at the next start. Before it
goes, an old folder that it holds and that stands nowhere else is put back.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

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
_STAGE = re.compile(r"\.reportgen-(\d+)-")
_TURN = re.compile(r"\.reportgen-lock-")
# In a stage: its run's lock; the old folder while nothing stands in its place; the name of that place.
_LOCK, _OLD, _PLACE = "lock", "old", "place"
# The old folder when it is not needed any more.
_DONE = "done"
# The stages of this process: the system's locks do not keep a process from itself.
_HELD: set[str] = set()
_PATIENCE, _TRIES = 60.0, 100
# Between a lock's making and its taking there is less than this.
_YOUNG = 10.0


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
    stage = Path(tempfile.mkdtemp(prefix=f".reportgen-{os.getpid()}-", dir=folder))
    _HELD.add(stage.name)
    lock = -1
    try:
        lock = os.open(stage / _LOCK, os.O_CREAT | os.O_RDWR)
        for _ in range(_TRIES):  # another run may be looking whether the lock is free
            if _try_lock(lock) is not False:
                break
            time.sleep(0.01)
        yield stage
    finally:
        if lock >= 0 and sys.platform == "win32":  # there, an open file cannot be removed
            os.close(lock)
        _clear(stage)
        if lock >= 0 and sys.platform != "win32":
            os.close(lock)
        _HELD.discard(stage.name)


def is_stage(name: str) -> bool:
    """Whether an entry of a folder is a run's stage or lock (待换区), and nobody's file."""
    return bool(_STAGE.match(name) or _TURN.match(name))


def sweep(folder: Path) -> None:
    """Remove the stages of runs that were killed (清理残留); a run that is still at work keeps its own."""
    for path in sorted(folder.iterdir()):
        if match := _STAGE.match(path.name):
            if path.is_dir() and not path.is_symlink() and _is_abandoned(path, int(match[1])):
                _clear(path)
        elif _TURN.match(path.name) and path.name not in _HELD:
            with suppress(OSError):
                _drop_turn(path)


def _is_abandoned(stage: Path, process: int) -> bool:
    if stage.name in _HELD:
        return False
    if sys.platform == "win32":  # signal 0 is Ctrl-C there; but a file that a program has open cannot be removed
        try:
            (stage / _LOCK).unlink()
        except OSError:
            return False
        return True
    try:
        lock = os.open(stage / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        return not _is_running(process)
    except OSError:
        return False
    try:
        free = _try_lock(lock)
        is_old = time.time() - os.fstat(lock).st_mtime > _YOUNG
        return (bool(free) and is_old) or (free is not False and not _is_running(process))
    finally:
        os.close(lock)


def _try_lock(lock: int) -> bool | None:
    """Whether this process has the lock now; None where files cannot be locked.

    Of this kind of lock a process forked from this one, which may live on for a while, has no part.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        return False if fault.errno in (errno.EACCES, errno.EAGAIN) else None
    return True


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _clear(stage: Path) -> None:
    """Remove a stage; an old folder in it that stands nowhere else goes back to its place, or it all stays."""
    old = stage / _OLD
    try:
        if os.path.lexists(old):
            name = os.fsdecode((stage / _PLACE).read_bytes())
            place = stage.parent / name
            if not name or place.parent != stage.parent:
                return
            if not os.path.lexists(place):
                os.rename(old, place)
            else:  # at once, lest a kill in the midst of the removal leave an old folder of which nobody knows whose
                os.rename(old, stage / _DONE)
    except (OSError, ValueError):
        return
    for folder, inner, _ in os.walk(stage):  # from a folder closed to writing nothing can be removed
        for path in (Path(folder, name) for name in inner):
            with suppress(OSError):
                if not path.is_symlink():
                    path.chmod(0o700)
    shutil.rmtree(stage, ignore_errors=True)


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
    path = place.parent / f".reportgen-lock-{key}"
    end = time.monotonic() + _PATIENCE
    while (lock := _take_turn(path)) is None:
        if time.monotonic() > end:
            raise OSError(errno.EAGAIN, "", str(place))
        time.sleep(0.02)
    _HELD.add(path.name)
    try:
        yield
    finally:
        _HELD.discard(path.name)
        if sys.platform != "win32":
            with suppress(OSError):
                path.unlink()
        os.close(lock)


def _take_turn(path: Path) -> int | None:
    """The open lock, None while another run has it."""
    if sys.platform == "win32":
        try:  # gone with the process that made it
            return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_TEMPORARY)
        except (FileExistsError, PermissionError):
            return None
    import fcntl

    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.stat().st_ino == os.fstat(lock).st_ino:  # else the run before removed it meanwhile
            return lock
    except FileNotFoundError:
        pass
    except OSError as fault:
        if fault.errno not in (errno.EAGAIN, errno.EACCES):  # files cannot be locked here
            return lock
    os.close(lock)
    return None


def _drop_turn(path: Path) -> None:
    """Remove the lock of a run that was killed."""
    if sys.platform == "win32" or path.is_symlink():  # there, it went with its run
        return
    import fcntl

    lock = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    finally:
        os.close(lock)


# ---- files on the disk


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
