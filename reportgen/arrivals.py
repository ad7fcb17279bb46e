"""Which files are returns (收到的反馈文件): those named, those in the folders named; what is passed over is told."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reportgen.confine import Limits, read_outside
from reportgen.package import called, short
from reportgen.problems import InputError, Location, Problem, ReportError, error, refuse_errors
from reportgen.source import shown_path

MAX_RETURNS = 1_000
# What office programs and systems lay into folders.
_TEMPORARY = ("~$", ".~")
_SYSTEM_FILES = {"thumbs.db", "ehthumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One file that arrived (收到的文件): `name` as everything calls it, `moment` its modification to the second.

    Of a file that cannot be read `problems` say why, and the fingerprint is that of its name.
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


def arrivals(named: Sequence[Path], own: Iterable[Path], limits: Limits) -> Arrivals:
    """The returns among the files and in the folders, sorted by name; `own` are the program's files and no returns.

    Raises `InputError` for a name that is not there and where there is no return at all.
    """
    problems: list[Problem] = []
    found: dict[Path, str] = {}
    skipped: dict[str, str] = {}
    mine = {_real(path) for path in own}
    for path in named:
        # Unlike pathlib, `os.path` takes a name that no folder can hold for one that is not there.
        if os.path.isdir(path):
            for inner in _files_in(path):
                name = _printable(inner.relative_to(path).as_posix())
                if why := _no_return(inner, path, mine):
                    skipped[name] = why
                else:
                    found.setdefault(_real(inner), name)
        elif not os.path.exists(path):
            what = f"找不到反馈文件「{called(shown_path(path))}」"
            fix = "请检查路径；也可以写文件夹，里面的反馈都会读入"
            problems.append(error("file.not-found", what, fix, Location(file=shown_path(path))))
        elif why := _no_return(path, path.parent, mine):
            skipped[_printable(path.name)] = why
        else:
            found[_real(path)] = _printable(path.name)
    refuse_errors(problems)
    if not found:
        what = "没有找到一份反馈文件" + (f"，只有略过的 {len(skipped)} 个" if skipped else "")
        fix = "请写反馈文件，或存放反馈的文件夹"
        raise InputError([error("collect.no-returns", what, fix, Location(file=shown_path(named[0])))])
    if len(found) > MAX_RETURNS:
        what = f"一次收了 {len(found)} 个文件，超过 {MAX_RETURNS} 个"
        fix = "请检查文件夹写得对不对；确有这么多，请分几次汇总"
        raise InputError([error("collect.too-many-files", what, fix, Location(file=shown_path(named[0])))])
    counts = Counter(found.values())
    names = {path: name if counts[name] == 1 else _longer(path) for path, name in found.items()}
    files = [_arrival(path, name, limits) for path, name in names.items()]
    return Arrivals(tuple(sorted(files, key=lambda each: (each.name, each.sha256))), tuple(sorted(skipped.items())))


def _files_in(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders.sort()
        yield from (Path(here, name) for name in sorted(files))


def _no_return(path: Path, folder: Path, own: set[Path]) -> str:
    """Why a file is passed over; empty for one that may be a return."""
    if _real(path) in own:
        return "这是要写入的文件"
    if path.name.startswith(_TEMPORARY):
        return "办公软件的临时文件"
    parts = path.relative_to(folder).parts
    if any(part.startswith(".") for part in parts):
        return "隐藏文件"
    if path.name.lower() in _SYSTEM_FILES or "__MACOSX" in parts:
        return "系统文件"
    if path.is_symlink() and not _real(path).is_relative_to(_real(folder)):
        return "指向文件夹以外的链接"
    return ""


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _printable(name: str) -> str:
    """The name without what no cell and no page can hold."""
    return "".join(c if c.isprintable() else "�" for c in name.encode("utf-8", "replace").decode())


def _longer(path: Path) -> str:
    """The name with its folder, where several files have the same name."""
    return _printable(f"{path.parent.name}/{path.name}")


def _arrival(path: Path, name: str, limits: Limits) -> Arrival:
    try:
        moment = datetime.fromtimestamp(path.stat().st_mtime).isoformat(" ", "seconds")
        sha256 = hashlib.sha256(read_outside(path, name, limits)).hexdigest()
    except (ReportError, OSError, ValueError, OverflowError) as fault:
        problems = fault.problems if isinstance(fault, ReportError) else (_unreadable(name),)
        return Arrival(path=path, name=name, sha256=hashlib.sha256(name.encode()).hexdigest(), problems=problems)
    return Arrival(path=path, name=name, sha256=sha256, moment=moment)


def _unreadable(name: str) -> Problem:
    return error("file.unreadable", f"读不了文件「{short(name)}」", "请检查文件能否打开", Location(file=name))
