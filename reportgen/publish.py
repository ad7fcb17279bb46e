"""Finished files into their folder, all or none (发布): the old ones stay whole until the new ones are on disk."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from reportgen.package import called, short
from reportgen.problems import CannotWrite, Location, Problem, error, warning
from reportgen.stages import (
    NEW,
    OLD,
    cannot_write,
    folders_for,
    keep_access,
    note_places,
    put_back,
    shown_end,
    stage_in,
    sync_folder,
    turn_in,
    write_synced,
)


def publish(files: Mapping[str, bytes], folder: Path, unless: Callable[[], object] = lambda: None) -> None:
    """Put the files into `folder` (写入文件夹), replacing those of the same names; others are left alone."""
    publish_at({folder / name: blob for name, blob in files.items()}, unless)


def publish_at(files: Mapping[Path, bytes], unless: Callable[[], object] = lambda: None) -> None:
    """Put each file into its place (写入各处), all or none.

    All are written and synced beside their places first, and if one cannot take its place the others go back, so
    that a full disk, a locked file, Ctrl-C or a kill loses nothing that was there: what a kill left half done the next
    run puts back. A link stays one: the file that it points at is replaced; who may read a file stays, too. Another run
    waits for its turn; then `unless` is asked once more, and raises if it finds what must not be replaced. Raises
    `CannotWrite`.
    """
    stages: dict[Path, Path] = {}
    place = Path()
    try:
        with ExitStack() as until_done:
            staged: list[tuple[Path, Path, Path]] = []
            for place, blob in files.items():
                refuse_open(place, shown_end(str(place)))
                until_done.enter_context(folders_for(place.parent))
                real = Path(os.path.realpath(place)) if place.is_symlink() else place
                if real.parent not in stages:
                    stages[real.parent] = until_done.enter_context(stage_in(real.parent))
                new = stages[real.parent] / f"{len(staged)}{NEW}"
                write_synced(new, blob)
                keep_access(real, new)
                staged.append((place, real, new))
            for folder in sorted(stages):
                until_done.enter_context(turn_in(folder))
            unless()
            for place, real, new in staged:  # noqa: B007 — the fault tells it
                _keep_old(real, new.with_suffix(OLD))
            for stage in stages.values():
                note_places(stage, {new.name: real.name for _, real, new in staged if new.parent == stage})
            try:
                for place, real, new in staged:  # noqa: B007
                    os.replace(new, real)
                for each in stages:
                    sync_folder(each)
            except BaseException:  # Ctrl-C, too: whoever presses it is told that all is as it was
                for stage in stages.values():
                    put_back(stage)
                raise
    except (OSError, ValueError) as fault:
        raise cannot_write(place, fault) from None


def refuse_bad_name(place: Path) -> None:
    """Raise `CannotWrite` for a name that no file can have (文件名不能用), such as one that is too long."""
    try:
        place.lstat()
    except ValueError as fault:  # U+0000
        raise cannot_write(place, fault) from None
    except OSError as fault:
        if fault.errno in (errno.ENAMETOOLONG, errno.EINVAL):
            raise cannot_write(place, fault) from None


def refuse_open(place: Path, name: str) -> None:
    """Raise `CannotWrite` for a file that is open in an office program (正在打开), which would save over ours."""
    for each in dict.fromkeys((place, Path(os.path.realpath(place)))):
        locks = [f"~${each.name}", f".~lock.{each.name}#", f".~{each.name}"]
        if each.suffix.casefold() == ".docx":  # of a name longer than six, Word's own lock lacks the first one or two
            locks.append(f"~${each.name[min(max(len(each.stem) - 6, 0), 2) :]}")
        for lock in locks:
            if os.path.lexists(each.parent / lock):
                what = f"「{called(name)}」正在 WPS、Excel 或 LibreOffice 里打开着，没有写入"
                fix = f"请先关闭它；如果没有打开，请删去旁边的「{short(lock, 60)}」"
                raise CannotWrite([error("output.open", what, fix, Location(file=name))])


def left_over(files: Mapping[str, bytes], folder: Path, manifest: str) -> list[Problem]:
    """A warning for each file of an earlier run that this run does not replace: it would look like a part of it."""
    if not os.path.isfile(folder / manifest):  # nobody ever writes the other end of a pipe
        return []
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
