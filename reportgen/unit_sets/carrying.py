"""Other people's files beside a set go with the folder (旁置文件): by a second name, so that they are never away."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from reportgen.stages import keep_access, sync_file, sync_folder

# What systems answer where a file cannot have a second name; Windows' "invalid function" is EINVAL.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
_NO_LINKS |= {errno.EINVAL} if os.name == "nt" else set()


def link_or_copy(source: Path, target: Path) -> None:
    """The file under a second name (硬链接), a copy of it where files have one name only."""
    try:
        os.link(source, target, follow_symlinks=False)
    except NotImplementedError:  # systems that cannot but follow a link
        _copy(source, target)
    except OSError as fault:
        if fault.errno not in _NO_LINKS:
            raise
        _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    kind = source.lstat().st_mode
    if stat.S_ISLNK(kind):
        os.symlink(os.readlink(source), target)
        return
    if not stat.S_ISREG(kind):  # reading it might never end
        raise OSError(errno.ENODEV, "", str(source))
    shutil.copyfile(source, target)
    sync_file(target)
    look_like(source, target)


def look_like(old: Path, new: Path) -> None:
    """Owner, rights and dates (权限和日期) as those of the old one, as far as this user may give them."""
    keep_access(old, new)
    with suppress(OSError):
        shutil.copystat(old, new)


def carry(source: Path, target: Path) -> None:
    """A file or a folder with all that is in it under a second name (随整套移动)."""
    info = source.lstat()
    if not stat.S_ISDIR(info.st_mode):
        link_or_copy(source, target)
        return
    if info.st_dev != source.parent.lstat().st_dev:
        raise OSError(errno.EXDEV, "", str(source))
    target.mkdir()
    for name in os.listdir(source):
        carry(source / name, target / name)
    look_like(source, target)
    sync_folder(target)


def carry_late(source: Path, target: Path, aside: Path) -> None:
    """What was put there, or replaced, while all else was carried already (后放入的文件); `aside` is a free name."""
    info = source.lstat()
    if not os.path.lexists(target):
        carry(source, target)
    elif stat.S_ISDIR(info.st_mode):
        for name in os.listdir(source):
            carry_late(source / name, target / name, aside)
    elif not _are_same(info, target.lstat()):
        link_or_copy(source, aside)
        os.replace(aside, target)


def _are_same(one: os.stat_result, other: os.stat_result) -> bool:
    if (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino):
        return True
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)
