"""What lies in a folder or an archive (文件夹、压缩包里的文件): the files to compare, and what was left out and why.

An archive is never unpacked to the disk: its files are read out of it, one after the other, within limits.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from reportgen.comparison.files.opening import ARCHIVE, kind_of
from reportgen.confine import Limits, read_outside
from reportgen.limits import held
from reportgen.naming import folded
from reportgen.package import RATIO_FROM, called, leftover, short
from reportgen.problems import InputError, Location, Problem, ReportError, error
from reportgen.source import shown_name

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file to compare (待比的文件): where its bytes are to be had, and its name as everything calls it.

    `side` is the folder or archive that it lies in. `entry` is its number in the archive at `path`. Of a file that
    cannot be read `problems` say why. `sha256` is empty where nobody has looked yet.
    """

    name: str
    side: str = ""
    path: Path | None = None
    blob: bytes | None = None
    entry: int | None = None
    sha256: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def told(self) -> str:
        """How a problem calls it: with the folder or archive that it lies in."""
        return f"{self.side}/{self.name}" if self.side else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The files of a folder or an archive (全部文件), and what was left out, each with what it is."""

    files: tuple[Member, ...]
    left_out: tuple[tuple[str, str], ...] = ()


# ---- a folder


@dataclass(slots=True)
class _Found:
    side: str
    files: list[Member] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def members_of_folder(folder: Path, name: str, limits: Limits) -> Members:
    """The files in a folder and below it (文件夹里的文件), with the fingerprint of each, sorted by name.

    Links are followed only to files within it. Raises `InputError` where it holds more than anybody compares.
    """
    found = _Found(name)
    looked_at, deepest = 0, held().archives.compared_depth

    def cannot(fault: OSError) -> None:
        inside = _inside(Path(fault.filename), folder) if fault.filename else ""
        why = "没有读取权限" if fault.errno in (errno.EACCES, errno.EPERM) else "打不开"
        found.files.append(_closed(inside, name, why))

    for here, folders, files in os.walk(folder, onerror=cannot):
        place = Path(here)
        entered = []
        for each in sorted(folders):
            inside = _inside(place / each, folder)
            if why := _no_folder(place / each):
                found.left_out.append((inside, why))
            elif inside.count("/") + 1 >= deepest:
                found.files.append(_closed(inside, name, f"文件夹套了 {deepest} 层以上，没有进去看"))
            else:
                entered.append(each)
        folders[:] = entered
        for each in sorted(files):
            _come_upon(place / each, folder, found, limits)
        looked_at += len(files) + len(folders)
        _refuse_many(looked_at, name)
    return Members(files=tuple(found.files), left_out=tuple(sorted(found.left_out)))


def _inside(path: Path, folder: Path) -> str:
    return shown_name(path.relative_to(folder).as_posix())


def _no_folder(path: Path) -> str:
    if path.is_symlink():
        return "链接的文件夹，没有进去看"
    if path.name.startswith("."):
        return "隐藏的文件夹"
    return "系统文件夹" if path.name == "__MACOSX" else ""


def _come_upon(path: Path, folder: Path, found: _Found, limits: Limits) -> None:
    inside = _inside(path, folder)
    if why := _no_file(path, folder):
        found.left_out.append((inside, why))
        return
    member = Member(name=inside, side=found.side, path=path)
    try:
        blob = read_outside(path, member.told, limits)
    except ReportError as fault:
        found.files.append(replace(member, problems=fault.problems))
    else:
        found.files.append(replace(member, sha256=hashlib.sha256(blob).hexdigest()))


def _left_out_by_name(name: str) -> str:
    return leftover(name) or ("隐藏文件" if name.startswith(".") else "")


def _no_file(path: Path, folder: Path) -> str:
    """Why a file is left out; empty for one to compare."""
    if why := _left_out_by_name(path.name):
        return why
    if path.is_symlink():
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
            return "指向文件夹以外的链接"
        if not os.path.exists(path):
            return "断开的链接"
    return "" if os.path.isfile(path) else "设备一类，不是普通文件"


def _closed(inside: str, side: str, why: str) -> Member:
    member = Member(name=inside, side=side) if inside not in ("", ".") else Member(name=side)
    fix = "请改用能打开的文件夹，再比"
    what = f"文件夹「{called(member.told)}」没有比：{why}"
    return replace(member, problems=(error("file.closed-folder", what, fix, Location(file=member.told)),))


def _refuse_many(number: int, name: str) -> None:
    if number > (most := held().archives.compared_files):
        what = f"「{called(name)}」里的文件和文件夹超过 {most} 个"
        fix = "请检查路径写得对不对；确有这么多，请分几次比"
        raise InputError([error("compare.too-many-files", what, fix, Location(file=name))])


# ---- an archive


def members_of_archive(archive: Member, limits: Limits) -> Members:
    """The files of an archive (压缩包里的文件), with the fingerprint of each; this is for a worker.

    Raises `InputError` for what is no archive, and for one that no worker should go through.
    """
    assert archive.path, "on the disk by now"
    _refuse_no_archive(archive, limits)
    try:
        with ZipFile(archive.path) as opened:
            return _listed(opened, archive, limits)
    except (InputError, MemoryError):
        raise
    except Exception:
        # zipfile and the libraries below it have each their own errors for broken data.
        raise _broken(archive.name) from None


_STARTS = (b"PK\x03\x04", b"PK\x05\x06")


def _refuse_no_archive(archive: Member, limits: Limits) -> None:
    assert archive.path, "on the disk by now"
    size = os.path.getsize(archive.path) if os.path.isfile(archive.path) else 0
    if size > (most := held().archives.compared_archive_bytes):
        what = f"「{called(archive.name)}」超过 {most // 1024**2} MB"
        raise InputError([error("file.too-big", what, "请解压成文件夹，分几次比", Location(file=archive.name))])
    if size > limits.file_bytes:
        with archive.path.open("rb") as stream:
            is_archive = stream.read(4) in _STARTS
    else:
        is_archive = kind_of(read_outside(archive.path, archive.name, limits), archive.name).noun == ARCHIVE
    if not is_archive:
        what = f"一边是文件夹，另一边「{called(archive.name)}」是一个文件，不能互相比对"
        fix = "请写两个文件，或两个文件夹；文件夹也可以是 .zip 压缩包"
        raise InputError([error("compare.kinds-differ", what, fix, Location(file=archive.name))])


def _broken(name: str) -> InputError:
    what = f"压缩包「{called(name)}」读不了：压缩包不完整"
    return InputError([error("file.damaged", what, "文件可能已损坏；请重新压缩或重新下载，再比", Location(file=name))])


def _unsafe(name: str, why: str) -> Problem:
    fix = "请向提供的人核实；确认没有问题的，解压成文件夹再比"
    return error("file.unsafe", f"「{called(name)}」没有比：{why}", fix, Location(file=name))


def _listed(opened: ZipFile, archive: Member, limits: Limits) -> Members:
    entries = [info for info in opened.infolist() if not info.is_dir()]
    _refuse_many(len(opened.infolist()), archive.name)
    if entries and all(info.flag_bits & 1 for info in entries):
        what = f"压缩包「{called(archive.name)}」加了密码，读不了"
        raise InputError([error("file.encrypted", what, "请用密码解压成文件夹，再比", Location(file=archive.name))])
    numbers = {id(info): number for number, info in enumerate(opened.infolist())}
    names = {id(info): shown_name(entry_name(info)).replace("\\", "/") for info in entries}
    times = Counter(folded(name) for name in names.values())
    files: list[Member] = []
    left_out: list[tuple[str, str]] = []
    most = held().archives.compared_unpacked_bytes
    room = most
    for info in entries:
        name = names[id(info)]
        if why := _entry_left_out(info, name):
            left_out.append((name, why))
            continue
        member = Member(name=name, side=archive.name, path=archive.path, entry=numbers[id(info)])
        problem = _entry_fault(info, member, times)
        if problem is None:
            sha256, size, problem = _looked_through(opened, info, member.told, limits)
            room -= size
            member = replace(member, sha256=sha256)
        if room < 0:
            raise InputError([_unsafe(archive.name, f"解压后超过 {most // 1024**2} MB")])
        files.append(replace(member, problems=(problem,)) if problem else member)
    return Members(files=tuple(files), left_out=tuple(sorted(left_out)))


def entry_name(info: ZipInfo) -> str:
    """The name of a file in an archive (压缩包里的文件名): Chinese Windows writes it in GBK and does not say so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _entry_left_out(info: ZipInfo, name: str) -> str:
    parts = name.split("/")
    if "__MACOSX" in parts[:-1]:
        return "系统文件"
    if any(part.startswith(".") and part not in (".", "..") for part in parts[:-1]):
        return "在隐藏的文件夹里"
    if why := _left_out_by_name(parts[-1]):
        return why
    kind = stat.S_IFMT(info.external_attr >> 16)
    return "链接或设备，不是普通文件" if kind not in (0, stat.S_IFREG) else ""


def _entry_fault(info: ZipInfo, member: Member, times: Counter[str]) -> Problem | None:
    name = member.name
    if info.flag_bits & 1:
        what = f"「{called(name)}」加了密码，读不了"
        return error("file.encrypted", what, "请用密码解压成文件夹，再比", Location(file=member.told))
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        return _unsafe(member.told, f"它的名字「{short(name)}」指向压缩包以外")
    if times[folded(name)] > 1:
        return _unsafe(member.told, "压缩包里有几个同名的文件")
    return None


def _looked_through(opened: ZipFile, info: ZipInfo, name: str, limits: Limits) -> tuple[str, int, Problem | None]:
    """The fingerprint of a file in an archive, how long it really is, and why it cannot be compared."""
    digest, size, ratio = hashlib.sha256(), 0, held().archives.ratio
    try:
        for chunk in _chunks(opened, info):
            digest.update(chunk)
            size += len(chunk)
            if size > limits.file_bytes:
                what = f"「{called(name)}」解压后超过 {limits.file_bytes // 1024**2} MB"
                problem = error("file.too-big", what, "请把文件分成几份，再比", Location(file=name))
                return "", size, problem
            if size > RATIO_FROM and size > ratio * max(1, info.compress_size):
                return "", size, _unsafe(name, f"压缩比超过 {ratio}")
    except MemoryError:
        raise
    except Exception:
        what = f"压缩包里的「{called(name)}」读不了：内容不完整"
        return "", size, error("file.damaged", what, "请重新压缩或重新下载，再比", Location(file=name))
    return digest.hexdigest(), size, None


def _chunks(opened: ZipFile, info: ZipInfo) -> Iterator[bytes]:
    with opened.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


# ---- the bytes of one file


def member_bytes(member: Member, limits: Limits) -> bytes:
    """The bytes of a file (文件的字节); raises `InputError` for one that cannot be read. This is for a worker."""
    if member.blob is not None:
        return member.blob
    assert member.path, "in memory or on the disk"
    if member.entry is None:
        return read_outside(member.path, member.told, limits)
    try:
        opened = _archive_at(member.path)
        with opened.open(opened.infolist()[member.entry]) as stream:
            blob = stream.read(limits.file_bytes + 1)
    except MemoryError:
        raise
    except Exception:
        blob = b""  # it was whole when it was looked through
    if len(blob) > limits.file_bytes or hashlib.sha256(blob).hexdigest() != member.sha256:
        what = f"比对的时候，压缩包里的「{called(member.name)}」变了"
        raise InputError([error("compare.changed", what, "请再比一次", Location(file=member.told))])
    return blob


@lru_cache(maxsize=2)
def _archive_at(path: Path) -> ZipFile:
    """An archive stays open for the next file that a worker reads out of it."""
    return ZipFile(path)
