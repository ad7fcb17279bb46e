"""Which files are returns (收到的反馈文件): those named, those in the folders named; what is passed over is told."""

from __future__ import annotations

import errno
import hashlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from reportgen.confine import Limits, read_outside
from reportgen.limits import held
from reportgen.package import called, leftover, short
from reportgen.pages import is_our_page
from reportgen.problems import InputError, Location, Problem, ReportError, error, refuse_errors
from reportgen.source import shown_name, shown_path

# A folder with more in it was named by mistake: a whole disk, a home folder.
CHINA_TIME = timezone(timedelta(hours=8), "北京时间")
"""The one zone (北京时间) in which a file's day is told: all of China has it, wherever this machine thinks it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One file that arrived (收到的文件): `name` as everything calls it, `moment` its modification to the second.

    Of a file that cannot be read `problems` say why, and the fingerprint is that of its name; so it is of a folder
    that could not be looked into.
    """

    path: Path
    name: str
    sha256: str = ""
    moment: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The returns and the files passed over (收到的与略过的), each with the reason."""

    files: tuple[Arrival, ...]
    skipped: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Search:
    """What has been come upon (查找进度): by path, each with the parts of it that its name begins with."""

    own: Mapping[Path, str]
    found: dict[Path, Path] = field(default_factory=dict)
    skipped: dict[Path, str] = field(default_factory=dict)
    closed: dict[Path, str] = field(default_factory=dict)
    parts: dict[Path, int] = field(default_factory=dict)
    looked_at: int = 0


def arrivals(named: Sequence[Path], own: Mapping[Path, str], limits: Limits) -> Arrivals:
    """The returns among the files and in the folders, sorted by name; `own` are no returns, nor are copies of them.

    The texts of `own` say what each of these files is: 要写入的文件. Raises `InputError` for a name that is not there
    and where there is no return at all.
    """
    problems: list[Problem] = []
    search = _Search({_real(path): what for path, what in own.items()})
    for path in named:
        # Unlike pathlib, `os.path` takes a name that no folder can hold for one that is not there.
        if os.path.isdir(path):
            _look_into(path, search, limits)
        elif not os.path.exists(path):
            what = f"找不到反馈文件「{called(shown_path(path))}」"
            fix = "请检查路径；也可以写文件夹，里面的反馈都会读入"
            problems.append(error("file.not-found", what, fix, Location(file=shown_path(path))))
        else:
            _come_upon(path, path.parent, search)
    refuse_errors(problems)
    if len(search.found) > (most := held().archives.returns):
        what = f"一次收了 {len(search.found)} 个文件，超过 {most} 个"
        fix = "请检查文件夹写得对不对；确有这么多，请分几次汇总"
        raise InputError([error("collect.too-many-files", what, fix, Location(file=shown_path(named[0])))])
    names = _names(search.parts)
    digests = {digest: what for path, what in own.items() if (digest := _digest(path, limits))}
    files = [_closed(path, names[path], why) for path, why in search.closed.items()]
    skipped = [(names[path], why) for path, why in search.skipped.items()]
    for path in search.found.values():
        each = _arrival(path, names[path], limits, digests)
        if isinstance(each, Arrival):
            files.append(each)
        else:
            skipped.append((names[path], each))
    found = Arrivals(tuple(sorted(files, key=lambda each: (each.name, each.sha256))), tuple(sorted(skipped)))
    refuse_none(found, named)
    return found


def refuse_none(found: Arrivals, named: Sequence[Path]) -> None:
    """Raise `InputError` where there is no return at all (没有反馈)."""
    if not found.files:
        what = "没有找到一份反馈文件"
        if found.skipped:
            listed = "、".join(f"「{short(name)}」{why}" for name, why in found.skipped[:3])
            what += f"，只有略过的 {len(found.skipped)} 个：{listed}"
        fix = "请写反馈文件，或存放反馈的文件夹"
        raise InputError([error("collect.no-returns", what, fix, Location(file=shown_path(named[0])))])


# ---- finding them


def _look_into(folder: Path, search: _Search, limits: Limits) -> None:
    """All that lies in a folder and below it; what cannot be looked into is a file that cannot be read."""

    deepest = held().archives.returns_depth

    def cannot(fault: OSError) -> None:
        path = Path(fault.filename) if fault.filename else folder
        why = "没有读取权限" if fault.errno in (errno.EACCES, errno.EPERM) else "打不开"
        _note(search.closed, path, folder, search, why)

    for here, folders, files in os.walk(folder, onerror=cannot):
        place = Path(here)
        depth = len(place.relative_to(folder).parts)
        entered = []
        for path in (place / name for name in sorted(folders)):
            if why := _no_folder(path):
                _note(search.skipped, path, folder, search, why)
            elif depth + 1 >= deepest:
                _note(search.closed, path, folder, search, f"文件夹套了 {deepest} 层以上，没有进去看")
            else:
                entered.append(path.name)
        folders[:] = entered
        for name in sorted(files):
            _come_upon(place / name, folder, search)
        search.looked_at += len(files) + len(folders)
        if search.looked_at > (most := held().archives.returns_seen):
            what = f"「{called(shown_path(folder))}」里的文件和文件夹超过 {most} 个"
            fix = "请检查文件夹写得对不对；反馈请放在单独的文件夹里"
            raise InputError([error("collect.too-many-files", what, fix, Location(file=shown_path(folder)))])


def _come_upon(path: Path, folder: Path, search: _Search) -> None:
    why = _no_return(path, folder, search.own)
    if why:
        _note(search.skipped, path, folder, search, why)
    elif (real := _real(path)) not in search.found:
        search.found[real] = _lexical(path)
        search.parts.setdefault(_lexical(path), len(path.relative_to(folder).parts))


def _note(where: dict[Path, str], path: Path, folder: Path, search: _Search, why: str) -> None:
    where[_lexical(path)] = why
    search.parts.setdefault(_lexical(path), max(1, len(path.relative_to(folder).parts)))


def _no_folder(path: Path) -> str:
    """Why a folder is not looked into; empty for one that may hold returns."""
    if path.is_symlink():
        return "链接的文件夹，没有进去看"
    if path.name.startswith("."):
        return "隐藏的文件夹"
    return "系统文件夹" if path.name == "__MACOSX" else ""


def _no_return(path: Path, folder: Path, own: Mapping[Path, str]) -> str:
    """Why a file is passed over; empty for one that may be a return."""
    if what := own.get(_real(path)):
        return f"这是{what}"
    if why := leftover(path.name):
        return why
    if path.name.startswith("."):
        return "隐藏文件"
    if path.is_symlink() and not _real(path).is_relative_to(_real(folder)):
        return "指向文件夹以外的链接"
    return ""


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _lexical(path: Path) -> Path:
    return Path(os.path.abspath(path))


# ---- what they are called


def _names(parts: Mapping[Path, int]) -> dict[Path, str]:
    """What each file is called: as it lies in the folder that was named, with more of its path where two are alike."""
    lengths = dict(parts)
    while True:
        names = {path: _clean("/".join(path.parts[-count:])) for path, count in lengths.items()}
        counts = Counter(names.values())
        whole: dict[str, set[str]] = {}
        for path, name in names.items():
            whole.setdefault(name, set()).add(_clean(path.as_posix()))
        alike = [path for path, name in names.items() if len(whole[name]) > 1 and lengths[path] < len(path.parts) - 1]
        if not alike:
            break
        for path in alike:
            lengths[path] += 1
    # What is left differs only in what no cell can hold.
    for path in sorted(names):
        stem, dot, ending = names[path].rpartition(".")
        number = 1
        while counts[names[path]] > 1:
            number += 1
            fresh = f"{stem}（{number}）{dot}{ending}" if dot else f"{ending}（{number}）"
            if fresh not in counts:
                counts[names[path]] -= 1
                counts[fresh] = 1
                names[path] = fresh
    return names


def _clean(name: str) -> str:
    """The name as a cell can hold it and gives it back."""
    return shown_name(name).strip() or "�"


# ---- the files themselves


def _arrival(path: Path, name: str, limits: Limits, own: Mapping[str, str]) -> Arrival | str:
    """The file with its fingerprint, or why it is no return: `own` says what the files of some fingerprints are."""
    try:
        blob = read_outside(path, name, limits)
        moment = datetime.fromtimestamp(path.stat().st_mtime, CHINA_TIME).replace(tzinfo=None)
    except (ReportError, OSError, ValueError, OverflowError) as fault:
        problems = fault.problems if isinstance(fault, ReportError) else (_unreadable(name),)
        return Arrival(path=path, name=name, sha256=_of_name(name), problems=problems)
    sha256 = hashlib.sha256(blob).hexdigest()
    if what := own.get(sha256):
        return f"和{what}一字不差"
    if is_our_page(blob):
        return "汇总时另写的网页报告"
    return Arrival(path=path, name=name, sha256=sha256, moment=moment.isoformat(" ", "seconds"))


def _digest(path: Path, limits: Limits) -> str:
    """The fingerprint of a file of our own; empty if it is not there yet."""
    try:
        return hashlib.sha256(read_outside(path, path.name, limits)).hexdigest()
    except (ReportError, OSError, ValueError):
        return ""  # whoever needs the file tells what is wrong with it


def _of_name(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _closed(path: Path, name: str, why: str) -> Arrival:
    fix = "请把里面的反馈移到能打开的文件夹，再汇总"
    problem = error("file.closed-folder", f"文件夹「{called(name)}」没有读：{why}", fix, Location(file=name))
    return Arrival(path=path, name=name, sha256=_of_name(name), problems=(problem,))


def _unreadable(name: str) -> Problem:
    return error("file.unreadable", f"读不了文件「{short(name)}」", "请检查文件能否打开", Location(file=name))
