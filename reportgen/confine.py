"""Reading an outside file in a process of its own (受限读取): it cannot hang, eat the memory, or take us down with it.

The limits of outside files stand here and nowhere else; `reportgen doctor` prints them.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar

from reportgen.package import called
from reportgen.problems import EnvironmentLacking, InputError, Location, ReportError, error
from reportgen.source import read_file

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """How much an outside file may cost (限额): its own size and pages, and the time and memory to read it.

    A page of a PDF takes 0.04 to 0.07 s to check (measured), so that its time grows with its pages.
    """

    seconds: float = 20
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
        return f"文件 {file} MB，PDF {self.pages} 页，{time}，内存 {memory} MB（内存只在 Linux 上限制）"

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

    # Forking this process would copy its threads' locks in whatever state they are.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    # Its annotations call the parameter `mp_context`, its code reads `context`; a test holds that it is heeded.
    run = process(timeout=limits.seconds, context=context)(_limited)  # type: ignore[call-overload]
    begun, begins = context.Pipe(duplex=False)
    future = run(begins, limits, function, args, kwargs)
    begins.close()
    try:
        outcome: _Outcome = future.result()
    except TimeoutError:
        what = f"「{called(name)}」在 {limits.seconds:g} 秒内没有读完，已停止"
        raise _refused("file.too-slow", what, _SIMPLER, name) from None
    except ProcessExpired as end:
        if not _has_begun(begun):
            raise _not_begun(name) from None
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
            what = f"程序没有读懂「{called(name)}」的内部结构（{outcome.value}）"
            raise _refused("file.not-understood", what, _SIMPLER + "；仍然如此，请把文件交给维护人员", name)


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
    _set_limits(limits)
    try:
        return _Outcome("value", function(*args, **kwargs))
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


def _set_limits(limits: Limits) -> None:
    """Bounds for this process, where the system has them: Windows has none, macOS does not keep that of memory."""
    try:
        import resource
    except ImportError:
        return
    # If the parent is killed, nobody is left to stop this process but the system.
    seconds = math.ceil(limits.seconds) + 5
    for kind, bound in ((resource.RLIMIT_AS, limits.memory_bytes), (resource.RLIMIT_CPU, seconds)):
        try:
            resource.setrlimit(kind, (bound, bound))
        except (ValueError, OSError):
            continue  # a lower bound is set already


# By which signals a system ends a process that takes too much.
_KILLED = {int(each) for name in ("SIGKILL", "SIGXCPU") if (each := getattr(signal, name, None))}


def _place(fault: Exception) -> str:
    """Where in this program an exception came up, without a path of this machine."""
    frames = traceback.extract_tb(fault.__traceback__)[1:]  # the first is the caller above
    ours = [frame for frame in frames if Path(__file__).parent in Path(frame.filename).parents]
    inner = (ours or frames)[-1]
    return f"{Path(inner.filename).stem} 第 {inner.lineno} 行"


def _too_big(name: str, limits: Limits) -> InputError:
    memory = limits.memory_bytes // 1024**2
    return _refused("file.too-big", f"读「{called(name)}」要用的内存超过 {memory} MB，已停止", _SIMPLER, name)


def read_outside(path: Path, name: str, limits: Limits) -> bytes:
    """The bytes of an outside file (外来文件); one that is too large, or no plain file, is not read at all."""
    if path.exists() and not path.is_file() and not path.is_dir():
        what = f"「{called(name)}」不是普通文件"
        raise _refused("file.unreadable", what, "请给出存在磁盘上的文件", name)
    if path.is_file() and os.path.getsize(path) > limits.file_bytes:
        what = f"「{called(name)}」超过 {limits.file_bytes // 1024**2} MB"
        raise _refused("file.too-big", what, "请压缩文件里的图片，或把文件分成几份", name)
    return read_file(path, name)


def _refused(code: str, what: str, fix: str, name: str) -> InputError:
    return InputError([error(code, what, fix, Location(file=name))])
