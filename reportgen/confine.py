"""Reading an outside file in a process of its own (受限读取): it cannot hang, eat the memory, or take us down with it.

The limits of outside files stand here and nowhere else; `reportgen doctor` prints them.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import pickle
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar

from reportgen.package import called
from reportgen.problems import EnvironmentLacking, InputError, Location, ReportError, error
from reportgen.source import read_file

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
    file_bytes: int = 50 * 1024**2
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
    from pebble import ProcessExpired
    from pebble.concurrent import process

    context = _clean_start()
    # Its annotations call the parameter `mp_context`, its code reads `context`; a test holds that it is heeded.
    run = process(timeout=limits.wall_seconds, context=context)(_limited)  # type: ignore[call-overload]
    begun, begins = context.Pipe(duplex=False)
    future = run(begins, limits, function, args, kwargs)
    begins.close()
    try:
        outcome: _Outcome = future.result()
    except TimeoutError:
        raise _too_slow(name, limits) from None
    except ProcessExpired as end:
        if not _has_begun(begun):
            raise _not_begun(name) from None
        if _is_out_of_time(end):
            raise _too_slow(name, limits) from None
        if end.exitcode is not None and -end.exitcode in _KILLED:
            raise _too_big(name, limits) from None
        what = f"读「{called(name)}」时，读取程序意外中断"
        raise _refused("file.damaged", what, "文件可能已损坏；" + _SIMPLER, name) from None
    finally:
        future.cancel()
        begun.close()
    match outcome.end:
        case "value":
            return outcome.value  # type: ignore[no-any-return]
        case "refused":
            raise outcome.value
        case "memory":
            raise _too_big(name, limits)
        case "bug":
            raise _not_understood(name, outcome)


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
        # A pool whose processes cannot start would start them again and again.
        confined(names[0], limits, bool)
    work = [(names[i], args) for i, args in enumerate(zip(*arguments, strict=True))]
    if len(work) != len(names):
        raise ValueError("one item of each argument for each name")
    if len(work) < 2:
        yield from (_alone(name, limits, function, args) for name, args in work)
        return
    workers = min(_MAX_WORKERS, len(work), _cores())
    yield from _pooled(work, workers, limits, function)


_MAX_WORKERS = 8
# Beside the limit itself: a process to start, and a killed one that is waited for.
_GRACE = 15

_Work: TypeAlias = tuple[str, tuple[Any, ...]]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _pooled(
    work: Sequence[_Work], workers: int, limits: Limits, function: Callable[..., T]
) -> Iterator[T | ReportError]:
    from pebble import ProcessPool

    pool = ProcessPool(workers, initializer=_set_memory, initargs=(limits,), context=_clean_start())
    future: Future[_Outcome]
    running: dict[Future[_Outcome], tuple[int, float]] = {}
    done: dict[int, T | ReportError] = {}
    waiting = iter(enumerate(work))
    end = time.monotonic() + limits.total_seconds
    try:
        for number in range(len(work)):
            while number not in done:
                while len(running) < workers and (following := next(waiting, None)):
                    index, (name, args) = following
                    if time.monotonic() > end:
                        done[index] = _no_time_left(name, limits)
                        continue
                    # Packed, so that the process takes its work before it looks inside: one that ended while it
                    # takes work would keep the others from theirs for a minute.
                    packed = pickle.dumps((function, args))
                    try:
                        future = pool.schedule(_unpacked, (limits, packed), timeout=limits.wall_seconds)
                    except RuntimeError:  # the pool has broken down
                        done[index] = _alone(work[index][0], limits, function, args)
                        continue
                    running[future] = index, time.monotonic()
                ended, _ = wait(running, timeout=1, return_when=FIRST_COMPLETED)
                late = time.monotonic() - limits.wall_seconds - _GRACE
                for future in [each for each, (_, begun) in running.items() if each in ended or begun < late]:
                    index, _ = running.pop(future)
                    done[index] = _told(future, work[index], limits, function)
            yield done.pop(number)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _unpacked(limits: Limits, packed: bytes) -> _Outcome:
    function, args = pickle.loads(packed)
    return _timed(limits, function, args)


def _told(future: Future[_Outcome], each: _Work, limits: Limits, function: Callable[..., T]) -> T | ReportError:
    """What became of a file in the pool; a future that is not done has lost its process."""
    name, args = each
    fault = future.exception() if future.done() else BrokenPipeError()
    if isinstance(fault, TimeoutError) or _is_out_of_time(fault):
        return _too_slow(name, limits)
    if fault is not None:
        return _alone(name, limits, function, args)
    outcome = future.result()
    match outcome.end:
        case "value" | "refused":
            return outcome.value  # type: ignore[no-any-return]
        case "bug":
            return _not_understood(name, outcome)
        case "memory":
            return _alone(name, limits, function, args)


def _alone(name: str, limits: Limits, function: Callable[..., T], args: tuple[Any, ...]) -> T | ReportError:
    try:
        return confined(name, limits, function, *args)
    except ReportError as fault:
        return fault


def _clean_start() -> Any:
    """How processes begin: forking this one would copy its threads' locks in whatever state they are."""
    methods = multiprocessing.get_all_start_methods()
    return multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")


_SIMPLER = "请用原来的程序打开，另存为（导出）一份新的再试；很长的文件请分成几份"


@dataclass(frozen=True)
class _Outcome:
    """How the worker's run ended."""

    end: Literal["value", "refused", "memory", "bug"]
    value: Any = None


def _limited(
    begins: Connection[Any, Any],
    limits: Limits,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> _Outcome:
    begins.send_bytes(_BEGUN)
    begins.close()
    _set_memory(limits)
    return _timed(limits, function, args, kwargs)


def _timed(
    limits: Limits, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any] | None = None
) -> _Outcome:
    _set_time(limits)
    try:
        return _Outcome("value", function(*args, **(kwargs or {})))
    except ReportError as fault:
        return _Outcome("refused", fault)
    except MemoryError:
        return _Outcome("memory")
    except Exception as fault:
        return _Outcome("bug", _place(fault))


_BEGUN = b"begun"


def _has_begun(pipe: Connection[Any, Any]) -> bool:
    """Whether the worker came to its first line: until then it has seen nothing of the file."""
    try:
        return pipe.poll() and pipe.recv_bytes() == _BEGUN
    except (EOFError, OSError):
        return False


def _not_begun(name: str) -> EnvironmentLacking:
    what = f"读文件用的进程没有启动，「{called(name)}」没有读；不是文件有问题"
    fix = (
        "请再运行一次；如果是自己的 Python 程序调用，请把调用写在 if __name__ == '__main__': 之下；"
        "仍然不行，请交给维护人员"
    )
    return EnvironmentLacking([error("program.not-begun", what, fix, Location(file=name))])


def _set_memory(limits: Limits) -> None:
    """Bounds the memory of this process, where the system does: Windows has no bounds, macOS does not keep this one."""
    try:
        import resource
    except ImportError:
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    except (ValueError, OSError):
        return  # a lower bound is set already


def _set_time(limits: Limits) -> None:
    """Bounds the computing time of this process from here on, whatever it has read before.

    If the parent is killed, nobody is left to stop this process but the system.
    """
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    bound = math.ceil(used.ru_utime + used.ru_stime + limits.seconds)
    try:
        # The end by that bound would leave an image of the process, and of the file in it, on the disk.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (bound, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    except (ValueError, OSError):
        return


# By which signals a system ends a process that takes too much memory, and too much time.
_KILLED = {int(each) for name in ("SIGKILL",) if (each := getattr(signal, name, None))}
_OUT_OF_TIME = getattr(signal, "SIGXCPU", None)


def _is_out_of_time(fault: BaseException | None) -> bool:
    """Whether a process was ended because it had computed for too long."""
    code = getattr(fault, "exitcode", None)
    return _OUT_OF_TIME is not None and code == -int(_OUT_OF_TIME)


def _place(fault: Exception) -> str:
    """Where in this program an exception came up, without a path of this machine."""
    frames = traceback.extract_tb(fault.__traceback__)[1:]  # the first is the caller above
    ours = [frame for frame in frames if Path(__file__).parent in Path(frame.filename).parents]
    inner = (ours or frames)[-1]
    return f"{Path(inner.filename).stem} 第 {inner.lineno} 行"


def _too_slow(name: str, limits: Limits) -> InputError:
    what = f"「{called(name)}」在 {limits.seconds:g} 秒内没有读完，已停止"
    return _refused("file.too-slow", what, _SIMPLER, name)


def _no_time_left(name: str, limits: Limits) -> InputError:
    what = f"这一次已经读了 {limits.total_seconds / 60:g} 分钟，「{called(name)}」没有再读"
    return _refused("file.no-time-left", what, "请把它放到另一个文件夹，再汇总一次；特别大的文件请先查一查", name)


def _not_understood(name: str, outcome: _Outcome) -> InputError:
    what = f"程序没有读懂「{called(name)}」的内部结构（{outcome.value}）"
    return _refused("file.not-understood", what, _SIMPLER + "；仍然如此，请把文件交给维护人员", name)


def _too_big(name: str, limits: Limits) -> InputError:
    memory = limits.memory_bytes // 1024**2
    return _refused("file.too-big", f"读「{called(name)}」要用的内存超过 {memory} MB，已停止", _SIMPLER, name)


def read_outside(path: Path, name: str, limits: Limits) -> bytes:
    """The bytes of an outside file (外来文件); one that is too large, or no plain file, is not read at all."""
    # Unlike pathlib, `os.path` takes a name that no folder can hold for one that is not there.
    if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
        what = f"「{called(name)}」不是普通文件"
        raise _refused("file.unreadable", what, "请给出存在磁盘上的文件", name)
    if os.path.isfile(path) and os.path.getsize(path) > limits.file_bytes:
        what = f"「{called(name)}」超过 {limits.file_bytes // 1024**2} MB"
        raise _refused("file.too-big", what, "请压缩文件里的图片，或把文件分成几份", name)
    return read_file(path, name)


def _refused(code: str, what: str, fix: str, name: str) -> InputError:
    return InputError([error(code, what, fix, Location(file=name))])
