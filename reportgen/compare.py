"""Two files, folders or archives held against each other (比对): read in workers, compared, told with their problems.

A pair of files costs one process: it is read and compared there, and what comes back is plain. The pairs of two folders
go through a few processes, one after the other.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from reportgen.comparison.files.file_pairs import Paired, aligned, paired
from reportgen.comparison.files.ignoring import unused
from reportgen.comparison.files.members import Member, Members, members_of_archive, members_of_folder
from reportgen.comparison.files.pair import Archives, Done, Long, compare_pair, lone, with_new_name
from reportgen.comparison.files.result import Compared, FilePair, Relation, Request, Whole
from reportgen.comparison.model import LAYER_NAMES, Layer
from reportgen.confine import Limits, confined, confined_each
from reportgen.package import called
from reportgen.problems import InputError, Location, Problem, ReportError, error, refuse_errors, warning
from reportgen.source import read_file, shown_path
from reportgen.temporary import temporary_folder

__all__ = ["Compared", "FilePair", "Relation", "Request", "Whole", "compare_blobs", "compare_paths"]

Progress = Callable[[str, int, int], None]


def compare_paths(
    first: Path, second: Path, request: Request | None = None, progress: Progress = lambda label, done, total: None
) -> Compared:
    """Two files, two folders, two archives, or a folder and an archive compared (比对两个路径).

    Raises `InputError` where the whole cannot be compared; what is wrong with one pair of many is among its problems.
    """
    request = request or Request()
    names = _names(first, second)
    _refuse_missing((first, second), names)
    same_place = os.path.realpath(first) == os.path.realpath(second)
    folders = [os.path.isdir(path) for path in (first, second)]
    sides = tuple(Member(name=name, path=path) for name, path in zip(names, (first, second), strict=True))
    if any(folders):
        compared = _of_folders((sides[0], sides[1]), request, progress)
    else:
        compared = _of_files((sides[0], sides[1]), request, progress)
    return _with_same_place(compared) if same_place else compared


def compare_blobs(first: tuple[str, bytes], second: tuple[str, bytes], request: Request | None = None) -> Compared:
    """Two files compared that are no files yet (比对两份字节): each with its name. Raises as `compare_paths` does."""
    (name, blob), (other_name, other_blob) = first, second
    return _of_files(
        (Member(name=name, blob=blob), Member(name=other_name, blob=other_blob)),
        request or Request(),
        lambda label, done, total: None,
    )


def _with_same_place(compared: Compared) -> Compared:
    what = f"两边是同一个{'文件夹' if compared.whole is Whole.FOLDERS else '文件'}"
    where = Location(file=compared.second)
    problem = warning("compare.same-file", what, "请检查是不是写错了其中一个", where)
    return replace(compared, same_place=True, problems=(problem, *compared.problems))


# ---- what is called how


def _names(first: Path, second: Path) -> tuple[str, str]:
    """How everything calls both: as they were named, with more of their paths where that is the same of both."""
    names = shown_path(first), shown_path(second)
    parts = [Path(os.path.abspath(path)).parts for path in (first, second)]
    count = 1
    while names[0] == names[1] and parts[0] != parts[1] and count < max(map(len, parts)):
        count += 1
        names = _last(parts[0], count), _last(parts[1], count)
    return names


def _last(parts: Sequence[str], count: int) -> str:
    return "/".join(parts[-count:]).encode("utf-8", "replace").decode()


def _refuse_missing(paths: tuple[Path, Path], names: tuple[str, str]) -> None:
    """Raise `InputError` for what is not there, of both at once."""
    problems: list[Problem] = []
    for path, name in zip(paths, names, strict=True):
        # Unlike pathlib, `os.path` takes a name that no folder can hold for one that is not there.
        if not os.path.exists(path):
            try:
                read_file(path, name)
            except ReportError as fault:
                problems += fault.problems
    refuse_errors(problems)


# ---- two files


def _of_files(sides: tuple[Member, Member], request: Request, progress: Progress) -> Compared:
    first, second = sides
    done = _one(first, second, request)
    if isinstance(done, Archives):
        return _of_folders(sides, request, progress)
    compared = Compared(first=first.name, second=second.name, ignoring=request.ignoring, files=(done.pair,))
    return _told(compared, done.used, request)


def _one(first: Member, second: Member, request: Request) -> Done | Archives:
    """Two files in a process of their own; in one more where they take long."""
    done = confined(_both(first, second), request.limits, compare_pair, first, second, request)
    if isinstance(done, Long):
        room = _room(request.limits, done)
        done = confined(_both(first, second), room, compare_pair, first, second, request, False, True)
        assert not isinstance(done, Long), "it has room now"
    return done


def _both(first: Member, second: Member) -> str:
    """How a fault calls the two that were read together."""
    return first.name if first.name == second.name else f"{first.name} 和 {called(second.name)}"


def _room(limits: Limits, long: Long) -> Limits:
    return replace(limits, seconds=max(limits.seconds, long.seconds))


# ---- two folders or archives


def _of_folders(sides: tuple[Member, Member], request: Request, progress: Progress) -> Compared:
    progress("查看文件", 0, 0)
    with temporary_folder() as folder:
        both = [_members(_on_disk(side, folder / str(i)), request.limits) for i, side in enumerate(sides)]
        first, second = aligned(both[0].files, both[1].files)
        if not first and not second:
            raise _nothing(sides, both)
        done = _each_pair(paired(first, second), request, progress)
    names = sides[0].name, sides[1].name
    left_out = [
        (f"{side}/{each}", why) for side, members in zip(names, both, strict=True) for each, why in members.left_out
    ]
    compared = Compared(
        first=names[0],
        second=names[1],
        whole=Whole.FOLDERS,
        ignoring=request.ignoring,
        files=tuple(each.pair for each in done),
        left_out=tuple(left_out),
    )
    return _told(compared, frozenset().union(*(each.used for each in done)), request)


def _on_disk(side: Member, place: Path) -> Member:
    """The same as a file: what lies in an archive is read out of it piece by piece."""
    if side.blob is None:
        return side
    place.write_bytes(side.blob)
    return replace(side, path=place, blob=None)


def _members(side: Member, limits: Limits) -> Members:
    assert side.path, "on the disk by now"
    if os.path.isdir(side.path):
        return members_of_folder(side.path, side.name, limits)
    return confined(side.name, limits, members_of_archive, side, limits)


def _nothing(sides: tuple[Member, Member], both: Sequence[Members]) -> InputError:
    left_out = sum(len(members.left_out) for members in both)
    also = f"（略过了 {left_out} 个隐藏文件、临时文件一类）" if left_out else ""
    what = f"「{called(sides[0].name)}」和「{called(sides[1].name)}」里都没有可以比的文件{also}"
    return InputError([error("compare.no-files", what, "请检查路径写得对不对", Location(file=sides[0].name))])


def _each_pair(pairs: Sequence[Paired], request: Request, progress: Progress) -> list[Done]:
    """What comes of each pair; where one fails, the others are compared all the same."""
    found: dict[int, Done] = {}
    jobs: list[tuple[int, Member, Member]] = []
    for index, pair in enumerate(pairs):
        if pair.first and pair.second:
            if known := _at_once(pair.first, pair.second):
                found[index] = known
            else:
                jobs.append((index, pair.first, pair.second))
        else:
            member = pair.first or pair.second
            assert member, "one of the two is there"
            found[index] = lone(member, pair.second is None, request)
    progress("比对", len(found), len(pairs))
    room = MOST_KEPT
    for (index, first, second), done in zip(jobs, _in_workers(jobs, request), strict=True):
        if isinstance(done, Done):
            room -= _weight(done.pair)
            found[index] = done if room >= 0 else _without_contents(done)
        else:
            found[index] = _failed(first, second, done)
        progress("比对", len(found), len(pairs))
    return [
        with_new_name(found[index], request) if pair.is_renamed else found[index] for index, pair in enumerate(pairs)
    ]


MOST_KEPT = 512 * 1024**2
"""Of all pairs of two folders contents and bytes are kept up to about so many bytes (最多保留的内容)."""
# What a paragraph takes in memory: 84 MB for the 80,000 cells of two tables of 10,000 rows.
_OF_A_PARAGRAPH = 1_000


def _weight(pair: FilePair) -> int:
    contents, blobs = pair.contents or (), pair.blobs or ()
    paragraphs = sum(1 for content in contents for _ in content.paragraphs())
    return paragraphs * _OF_A_PARAGRAPH + sum(map(len, blobs))


def _without_contents(done: Done) -> Done:
    return replace(done, pair=replace(done.pair, contents=None, blobs=None))


def _at_once(first: Member, second: Member) -> Done | None:
    """What needs no worker: equal bytes, and files that cannot be read."""
    if problems := tuple(dict.fromkeys((*first.problems, *second.problems))):
        return Done(FilePair(first=first.name, second=second.name, relation=Relation.FAILED, problems=problems))
    if first.sha256 == second.sha256:
        return Done(FilePair(first=first.name, second=second.name, relation=Relation.SAME_BYTES))
    return None


def _in_workers(jobs: Sequence[tuple[int, Member, Member]], request: Request) -> Iterator[Done | ReportError]:
    """What comes of each job, in their order; what takes long has a process of its own in its turn."""
    until = time.monotonic() + request.limits.total_seconds
    firsts = [first for _, first, _ in jobs]
    seconds = [second for _, _, second in jobs]
    every = confined_each(
        [second.told for second in seconds],
        request.limits,
        compare_pair,
        firsts,
        seconds,
        [request] * len(jobs),
        [True] * len(jobs),
    )
    for first, second, done in zip(firsts, seconds, every, strict=True):
        if isinstance(done, Long):
            room = _room(request.limits, done)
            if time.monotonic() > until:
                done = _no_time_left(second, request.limits)
            else:
                (done,) = confined_each([second.told], room, compare_pair, [first], [second], [request], [True], [True])
        assert not isinstance(done, Long | Archives), "it has room now, and an archive here is a file"
        yield done


def _no_time_left(member: Member, limits: Limits) -> InputError:
    what = f"这一次已经比了 {limits.total_seconds / 60:g} 分钟，「{called(member.told)}」没有再比"
    fix = "请把它单独再比一次"
    return InputError([error("file.no-time-left", what, fix, Location(file=member.told))])


def _failed(first: Member, second: Member, fault: ReportError) -> Done:
    pair = FilePair(first=first.name, second=second.name, relation=Relation.FAILED, problems=fault.problems)
    return Done(pair)


# ---- what is told of the whole


def _told(compared: Compared, used: frozenset[int], request: Request) -> Compared:
    """The result with its layers, and what is to be said of those that were asked for and of the rules."""
    read = [pair for pair in compared.files if pair.relation is Relation.COMPARED and all(pair.kinds)]
    problems = [*compared.problems, *_lacking(compared, read, request.layers)]
    if read or any(pair.differences or pair.ignored for pair in compared.files):
        problems += unused(request.ignoring.rules, used)
    layers = frozenset().union(*(pair.layers for pair in read))
    return replace(compared, layers=layers, problems=tuple(problems))


def _lacking(compared: Compared, read: Sequence[FilePair], asked: frozenset[Layer]) -> Iterator[Problem]:
    """A warning for what was asked for and some pairs do not have; raises `InputError` where no pair has any of it."""
    lacking = [pair for pair in read if asked - pair.layers]
    if not lacking:
        return
    layers = [layer for layer in Layer if any(layer in asked - pair.layers for pair in lacking)]
    named = "、".join(LAYER_NAMES[layer] for layer in layers)
    fix = "表格和文本文件只能比文字，Word 文件没有版面，Word 文件和 PDF 之间只能比文字和结构；请改写 --layer，或不写"
    where = Location(file=compared.second)
    if not any(pair.layers for pair in read):
        raise InputError([error("compare.no-layer", f"这样的文件没有「{named}」可比", fix, where)])
    some = "" if len(read) == 1 else f"有 {len(lacking)} 对文件"
    yield warning("compare.no-layer", f"{some}没有「{named}」可比，这一层没有比", fix, where)
