"""What stands where a set is to be put (原有的一套): whose files they are, and whether somebody changed them."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from reportgen.ledger.files.workbook import is_as_written
from reportgen.naming import folded
from reportgen.package import short
from reportgen.problems import CannotWrite, Location, Problem, error
from reportgen.publish import refuse_open
from reportgen.stages import cannot_write, is_stage, shown_end, sweep, turn
from reportgen.unit_sets.index import INDEX_NAME
from reportgen.unit_sets.manifest import MANIFEST_NAME, read_manifest
from reportgen.unit_sets.record import SetRecord

Hashes: TypeAlias = dict[tuple[int, int, int, int], str]
"""Hashes (散列值) of files that have been read once: by device, inode, size and time of the last change."""

_ALWAYS_OWN = (MANIFEST_NAME, INDEX_NAME)
# What desktops put into a folder that somebody looks at.
_DESKTOP = frozenset((".DS_Store", "Thumbs.db", "desktop.ini", ".directory"))
_LOCKS = ("~$", ".~")
_MOST_NAMED = 5


@dataclass(frozen=True)
class Standing:
    """What stands in a folder (文件夹现状): a set's record, if there is one, and the names that are not its own."""

    record: SetRecord | None
    others: tuple[str, ...] = ()

    @property
    def files(self) -> Mapping[str, str]:
        """The files of the set by name, each with its SHA-256."""
        return set_files(self.record) if self.record else {}


def set_files(record: SetRecord) -> Mapping[str, str]:
    """The units' files of a set by name, each with its SHA-256 (各份文件)."""
    return {file.name: file.sha256 for unit in record.units for file in unit.files}


def standing_set(folder: Path, own: Collection[str] = ()) -> SetRecord | None:
    """The set that stands in the folder (原有的一套), if there is one; what a killed run left is mended first.

    `own` are names that belong to a set beside its units' files, its manifest and its index. Raises `CannotWrite` for
    a folder in which no set can be put: one that holds something else, the current folder, a disk's own, a closed one.
    """
    place = real_place(folder)
    with told(folder):
        if place.parent.is_dir():
            sweep(place.parent)
        refuse_place(folder, place)
        try:
            return what_stands(folder, place, own).record
        except FileNotFoundError:  # another run is just putting its own set there
            with turn(place):
                return what_stands(folder, place, own).record


def refuse_changed(
    folder: Path, files: Mapping[str, str], names: Iterable[str] = (), own: Collection[str] = ()
) -> frozenset[str]:
    """Those of the old set's files that stand there as they were made (未改动的文件).

    Raises `CannotWrite` for files that somebody changed by hand or has open, and for other people's files that have
    one of the `names` which the new set is going to write.
    """
    place = real_place(folder)
    with told(folder):
        intact, changed = _compared(place, files, {})
        problems = [_changed_problem(folder, changed)] if changed else []
        problems += _open_problems(place, files)
        ours = {folded(name) for name in (*files, *own, *_ALWAYS_OWN)}
        theirs = [name for name in names if folded(name) not in ours and os.path.lexists(place / name)]
        problems += [_others_problem(folder, theirs)] if theirs else []
    if problems:
        raise CannotWrite(problems)
    return intact


def refuse_set(folder: Path) -> None:
    """Raise `CannotWrite` for a folder that holds a unit set (已有整套分送件): another manifest would end it."""
    try:
        is_set = read_manifest((folder / MANIFEST_NAME).read_bytes()) if (folder / MANIFEST_NAME).is_file() else None
    except (OSError, ValueError):
        return  # publishing tells why
    if is_set:
        what = f"「{shown_end(str(folder))}」里放着各单位的一整套分送件，没有写入别的文件"
        fix = "请在 --out 写另一个文件夹"
        raise CannotWrite([error("output.is-a-set", what, fix, Location(file=str(folder)))])


# ---- what staging asks, too


@contextmanager
def told(place: Path) -> Iterator[None]:
    """Faults of the system, told as faults of writing there (无法写入)."""
    try:
        yield
    except OSError as fault:
        raise cannot_write(place, fault) from None


def real_place(folder: Path) -> Path:
    """The folder itself (实际位置), where a link leads to it."""
    try:
        return Path(os.path.realpath(folder))
    except (OSError, ValueError) as fault:  # U+0000
        raise cannot_write(folder, fault) from None


def refuse_place(folder: Path, place: Path) -> None:
    """Raise `CannotWrite` or OSError for a place where no folder can be put in another's (不能整套换新的位置)."""
    if is_stage(place.name):
        what = f"「{shown_end(str(folder))}」这样的名字是程序自己的临时文件夹，下次运行时会被清理"
        fix = "请在 --out 换一个名字，如 --out 分送件"
        raise CannotWrite([error("output.cannot-write", what, fix, Location(file=str(folder)))])
    try:
        kind = place.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(kind):
        raise OSError(errno.ELOOP, "")
    if not stat.S_ISDIR(kind):
        raise OSError(errno.EEXIST, "")
    here = Path(os.path.realpath(os.curdir))
    if place in (here, *here.parents):
        what = f"「{shown_end(str(folder))}」是当前所在的文件夹或它的上级，不能整套换新"
        fix = "请把 --out 写成另一个文件夹，如 --out 分送件"
        raise CannotWrite([error("output.is-current-folder", what, fix, Location(file=str(folder)))])
    if os.path.ismount(place):
        raise OSError(errno.EBUSY, "")
    if not _may_use(place):
        raise OSError(errno.EACCES, "")
    if not os.access(place.parent, os.W_OK | os.X_OK):
        what = f"无法写入「{shown_end(str(folder))}」：它的上一级文件夹没有写入权限，不能整套换新"
        fix = "请把 --out 写成可以写入的文件夹里的一个文件夹"
        raise CannotWrite([error("output.cannot-write", what, fix, Location(file=str(folder)))])


def _may_use(place: Path) -> bool:
    """Whether this user may use the folder, or it is just not there: another run puts its set in place."""
    rights = os.R_OK | os.W_OK | os.X_OK
    return os.access(place, rights) or not os.path.lexists(place) or os.access(place, rights)


def what_stands(folder: Path, place: Path, own: Collection[str]) -> Standing:
    """What stands in the folder, now at that place (文件夹现状). Raises `CannotWrite` for what is not a set."""
    names = [name for name in sorted(os.listdir(place)) if not is_stage(name)] if os.path.lexists(place) else []
    record = None
    if MANIFEST_NAME in names and stat.S_ISREG((place / MANIFEST_NAME).lstat().st_mode):
        record = read_manifest((place / MANIFEST_NAME).read_bytes())
    if record is None:
        if strange := [name for name in names if name not in _DESKTOP]:
            what = f"「{shown_end(str(folder))}」里不是上次生成的整套文件，没有写入；其中有{_listed(strange)}"
            fix = "请换一个新的或空的文件夹；如果只是 manifest.json 被删改了，请先把原有的文件移到别处"
            raise CannotWrite([error("output.not-a-set", what, fix, Location(file=str(folder)))])
        return Standing(None, tuple(names))
    ours = {*_ALWAYS_OWN, *own, *set_files(record)}
    return Standing(record, tuple(name for name in names if name not in ours))


def refuse_other(folder: Path, found: Standing, built_on: SetRecord | None) -> None:
    """Raise `CannotWrite` where another set stands than the one that this one was built on (期间已被换过)."""
    if found.record != built_on:
        what = f"生成期间，另一次运行换过「{shown_end(str(folder))}」里的这一套，没有写入"
        raise CannotWrite([error("output.changed-meanwhile", what, "请再运行一次", Location(file=str(folder)))])


def refuse_to_lose(folder: Path, place: Path, found: Standing, names: Collection[str], hashes: Hashes) -> None:
    """Raise `CannotWrite` where a set of these names would replace what somebody else wrote (不覆盖别人的文件)."""
    _, changed = _compared(place, found.files, hashes)
    if changed:
        raise CannotWrite([_changed_problem(folder, changed)])
    ours = {folded(name) for name in names}
    if theirs := [name for name in found.others if folded(name) in ours]:
        raise CannotWrite([_others_problem(folder, theirs)])


def file_hash(path: Path, hashes: Hashes) -> str | None:
    """The SHA-256 of a file (散列值); none where no file is, an empty one for what is no plain file."""
    try:
        info = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISREG(info.st_mode):
        return ""
    key = (info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns)
    if key not in hashes:
        with path.open("rb") as file:
            hashes[key] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes[key]


def _compared(place: Path, files: Mapping[str, str], hashes: Hashes) -> tuple[frozenset[str], list[str]]:
    """The files that are as they were made, and those that are not; a file that is gone is neither."""
    found = {name: file_hash(place / name, hashes) for name in files}
    changed = [name for name, sha256 in found.items() if sha256 not in (None, files[name])]
    index = place / INDEX_NAME
    if INDEX_NAME not in files and os.path.lexists(index):
        is_plain = stat.S_ISREG(index.lstat().st_mode)
        changed += [] if is_plain and is_as_written(index.read_bytes()) else [INDEX_NAME]
    return frozenset(name for name, sha256 in found.items() if sha256 == files[name]), changed


def _open_problems(place: Path, files: Mapping[str, str]) -> list[Problem]:
    """What of the set somebody has open; most often there is no lock at all."""
    if not os.path.lexists(place) or not any(name.startswith(_LOCKS) for name in os.listdir(place)):
        return []
    problems: list[Problem] = []
    for name in (*files, INDEX_NAME):
        try:
            refuse_open(place / name, name)
        except CannotWrite as fault:
            problems += fault.problems
    return problems


def _changed_problem(folder: Path, changed: Sequence[str]) -> Problem:
    what = f"原有的一套里有 {len(changed)} 个文件生成后被改过，没有覆盖，也没有生成别的：{_listed(changed)}"
    fix = "请先把改过的文件移到别处；或在 --out 写另一个文件夹"
    return error("output.changed-file", what, fix, Location(file=str(folder / changed[0])))


def _others_problem(folder: Path, theirs: Sequence[str]) -> Problem:
    what = f"文件夹里有 {len(theirs)} 个不是上次生成的文件，与这次要写的同名，没有覆盖：{_listed(theirs)}"
    fix = "请先把它们移到别处或改名；或在 --out 写另一个文件夹"
    return error("output.exists", what, fix, Location(file=str(folder / theirs[0])))


def _listed(names: Sequence[str]) -> str:
    shown = "、".join(f"「{short(name)}」" for name in names[:_MOST_NAMED])
    return f"{shown}等" if len(names) > _MOST_NAMED else shown
