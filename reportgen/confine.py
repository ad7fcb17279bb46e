"""Reading an outside file in a process of its own (受限读取): it cannot hang, eat the memory, or take us down with it.

The limits of outside files stand here and nowhere else; `reportgen doctor` prints them.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ParamSpec, TypeAlias, TypeVar

from reportgen.bounded import Bounds, End, Ran, bounded_more, ran_here
from reportgen.package import called
from reportgen.problems import EnvironmentLacking, InputError, Location, ReportError, error
from reportgen.processes import NoProcess, Workers, alone, cores, not_begun
from reportgen.source import MOST_BYTES, read_file

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """How much an outside file may cost (限额): its own size and pages, and the time and memory to read it.

    `seconds` are of computing: on a busy machine a file may wait `wall_factor` times as long. All files of a run
    together have `total_seconds` by the clock; no further one is begun after them.
    A page of a PDF takes 0.04 to 0.07 s to check (measured), so that its time grows with its pages.
    """

    seconds: float = 20
    wall_factor: float = 3
    total_seconds: float = 600
    seconds_per_page: float = 0.1
    memory_bytes: int = 1024**3
    file_bytes: int = MOST_BYTES
    pages: int = 2_000

    def as_json(self) -> dict[str, float]:
        """The limits as plain data."""
        return asdict(self)

    def __str__(self) -> str:
        file, memory = self.file_bytes // 1024**2, self.memory_bytes // 1024**2
        time = f"{self.seconds:g} 秒（PDF 每页加 {self.seconds_per_page:g} 秒）"
        total = f"一次汇总共 {self.total_seconds / 60:g} 分钟"
        return f"文件 {file} MB，PDF {self.pages} 页，{time}，{total}，内存 {memory} MB（内存只在 Linux 上限制）"

    @property
    def wall_seconds(self) -> float:
        """How long a file may take by the clock (最长等待), however busy the machine is."""
        return self.seconds * self.wall_factor

    @property
    def bounds(self) -> Bounds:
        """The limits as those of a process (进程限额)."""
        return Bounds(seconds=self.wall_seconds, computing_seconds=self.seconds, memory_bytes=self.memory_bytes)

    def for_pages(self, pages: int) -> Limits:
        """The limits of a file of so many pages."""
        return replace(self, seconds=self.seconds + self.seconds_per_page * pages)


LIMITS = Limits()
"""The limits (限额) of every outside file."""


def confined(name: str, limits: Limits, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `function` gives, run in a process of its own that is killed at the limits; `name` is the file's.

    Function, arguments and value must be picklable. A `ReportError` raised inside comes out whole; too much time or
    memory, a crash, or any other exception is an `InputError` about the file; a process that ended before it had begun
    is none of the file's faults but `EnvironmentLacking`.
    """
    ran = _here(name, limits, function, args, kwargs) if _hearers else alone(function, args, kwargs, limits.bounds)
    if ran.end is End.VALUE:
        return ran.value  # type: ignore[no-any-return]
    raise fault_of(ran, name, limits)


def read_here(told: Callable[[str], None]) -> None:
    """From now on this process reads outside files itself (就地读取): one that does nothing else, and may be lost.

    Starting another process from it would take longer than reading. `told` takes the name of the file that is being
    read, and nothing when it has been read: should the process end meanwhile, `fault_of` says why in the same words.
    """
    _hearers[:] = [told]


_hearers: list[Callable[[str], None]] = []


def _here(
    name: str, limits: Limits, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Ran:
    _hearers[0](name)
    try:
        with bounded_more(limits.bounds) as bounds:
            return ran_here(bounds, (function, args, kwargs))
    finally:
        _hearers[0]("")


def confined_each(
    names: Sequence[str], limits: Limits, function: Callable[..., T], *arguments: Iterable[Any]
) -> Iterator[T | ReportError]:
    """What `function` gives for each file (逐个受限读取), in the order of the names; for a file that fails, its fault.

    Like `map`, each of `arguments` has one item for each name. Processes are used again for the next file; one that
    is killed costs only the file that it read. What ended strangely is read once more by `confined`, so that no file
    is judged by what its neighbours left behind in a process. What could not be begun within the time of the whole run
    is told so. Raises only where no process can be started at all.
    """
    if len(names) > 1:
        # Processes that cannot start would be started again and again.
        confined(names[0], limits, bool)
    work = [(names[i], args) for i, args in enumerate(zip(*arguments, strict=True))]
    if len(work) != len(names):
        raise ValueError("one item of each argument for each name")
    if len(work) < 2:
        yield from (_alone(name, limits, function, args) for name, args in work)
        return
    try:
        yield from _together(work, min(_MAX_WORKERS, len(work), cores()), limits, function)
    except NoProcess:
        raise _not_begun(names[0]) from None


_MAX_WORKERS = 8

_Work: TypeAlias = tuple[str, tuple[Any, ...]]


def _together(
    work: Sequence[_Work], number: int, limits: Limits, function: Callable[..., T]
) -> Iterator[T | ReportError]:
    done: dict[int, T | ReportError] = {}
    waiting = iter(enumerate(work))
    end = time.monotonic() + limits.total_seconds
    with Workers(number, limits.bounds) as workers:
        for wanted in range(len(work)):
            while wanted not in done:
                while workers.free and (following := next(waiting, None)):
                    index, (name, args) = following
                    if time.monotonic() > end:
                        done[index] = _no_time_left(name, limits)
                    else:
                        workers.begin(index, function, args)
                for index, ran in workers.ended(seconds=0 if wanted in done else 1):
                    done[index] = _told(ran, work[index], limits, function)
            yield done.pop(wanted)


def _told(ran: Ran, each: _Work, limits: Limits, function: Callable[..., T]) -> T | ReportError:
    """What became of a file; one that ended its process, or may suffer from its neighbours, is read again alone."""
    name, args = each
    if ran.end is End.VALUE:
        return ran.value  # type: ignore[no-any-return]
    if ran.end in (End.REFUSED, End.BUG, End.SLOW):
        return fault_of(ran, name, limits)
    return _alone(name, limits, function, args)


def _alone(name: str, limits: Limits, function: Callable[..., T], args: tuple[Any, ...]) -> T | ReportError:
    try:
        return confined(name, limits, function, *args)
    except ReportError as fault:
        return fault


_SIMPLER = "请用原来的程序打开，另存为（导出）一份新的再试；很长的文件请分成几份"

# By which signals a system ends a process that takes too much memory.
_KILLED = {int(each) for name in ("SIGKILL",) if (each := getattr(signal, name, None))}


def fault_of(ran: Ran, name: str, limits: Limits) -> ReportError:
    """Why a file has no value (读取失败的原因)."""
    match ran.end:
        case End.REFUSED:
            return ran.value  # type: ignore[no-any-return]
        case End.SLOW:
            return _too_slow(name, limits)
        case End.MEMORY:
            return _too_big(name, limits)
        case End.BUG:
            return _not_understood(name, ran.value)
        case End.LOST:
            return _not_begun(name)
    if ran.code is not None and -ran.code in _KILLED:
        return _too_big(name, limits)
    what = f"读「{called(name)}」时，读取程序意外中断"
    return _refused("file.damaged", what, "文件可能已损坏；" + _SIMPLER, name)


def _not_begun(name: str) -> EnvironmentLacking:
    what = f"读文件用的进程没有启动，「{called(name)}」没有读；不是文件有问题"
    return not_begun(what, Location(file=name))


def _too_slow(name: str, limits: Limits) -> InputError:
    what = f"「{called(name)}」在 {limits.seconds:g} 秒内没有读完，已停止"
    return _refused("file.too-slow", what, _SIMPLER, name)


def _no_time_left(name: str, limits: Limits) -> InputError:
    what = f"这一次已经读了 {limits.total_seconds / 60:g} 分钟，「{called(name)}」没有再读"
    return _refused("file.no-time-left", what, "请把它放到另一个文件夹，再汇总一次；特别大的文件请先查一查", name)


def _not_understood(name: str, place: str) -> InputError:
    what = f"程序没有读懂「{called(name)}」的内部结构（{place}）"
    return _refused("file.not-understood", what, _SIMPLER + "；仍然如此，请把文件交给维护人员", name)


def _too_big(name: str, limits: Limits) -> InputError:
    memory = limits.memory_bytes // 1024**2
    return _refused("file.too-big", f"读「{called(name)}」要用的内存超过 {memory} MB，已停止", _SIMPLER, name)


def read_outside(path: Path, name: str, limits: Limits) -> bytes:
    """The bytes of an outside file (外来文件); one that is too large, or no plain file, is not read at all."""
    return read_file(path, name, limits.file_bytes)


def _refused(code: str, what: str, fix: str, name: str) -> InputError:
    return InputError([error(code, what, fix, Location(file=name))])
