"""Rendering in processes of this machine (本机渲染)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TypeVar

from reportgen.bounded import Bounds, End, Ran
from reportgen.engine.model import Ended, Engine, Job, RenderLimits
from reportgen.package import short
from reportgen.problems import EnvironmentLacking, InputError, ReportError, error
from reportgen.processes import NoProcess, Workers, cores, is_from_outside
from reportgen.temporary import temporary_folder

T = TypeVar("T")

_FILE_BYTES = 200 * 1024**2
_OPEN_FILES = 256
# A process that has rendered so many is replaced: whatever libraries do not give back goes with it.
_RECYCLED = 200
# A job that fails is tried once more. One whose process was killed, as no document does it but somebody else, is
# tried more often: of two hundred jobs of which twenty are killed by chance, two are killed twice.
_FAULTS = 2
_TRIES = 5


@dataclass(slots=True)
class Try:
    """A job that has not ended (未完成的任务): how often it was begun, and how often it failed by itself."""

    index: int
    job: Job
    tries: int = 0
    faults: int = 0


def work_on_this_machine(
    engine: Engine, function: Callable[..., T], jobs: Iterable[Job]
) -> Generator[Ended[T], None, None]:
    """What became of each job (本机渲染结果), in order of completion; the contract is that of `engine.work.work`."""
    limits = engine.limits
    number = engine.workers or cores()
    coming = enumerate(jobs)
    again: deque[Try] = deque()
    running: dict[int, Try] = {}
    ready: deque[Ended[T]] = deque()
    try:
        with temporary_folder() as folder, Workers(number, bounds_for(limits, str(folder))) as workers:
            while True:
                # Processes go on while whoever asks is busy with a result; but no more than one round ahead of him.
                while workers.free and len(ready) < number:
                    if again:
                        each = again.popleft()
                    elif following := next(coming, None):
                        each = Try(*following)
                    else:
                        break
                    running[each.index] = each
                    workers.begin(each.index, function, each.job.arguments, fresh=each.tries > 0)
                if not running and not ready:
                    return
                for index, ran in workers.ended(seconds=0 if ready else 1):
                    each = running.pop(index)
                    if has_ended(each, ran):
                        ready.append(told_of(each, ran, limits))
                    else:
                        again.append(each)
                if ready:
                    yield ready.popleft()
    except NoProcess:
        raise _not_begun() from None


def bounds_for(limits: RenderLimits, folder: str) -> Bounds:
    """What a rendering process may use (渲染进程限额); `folder` is where it puts its temporary files."""
    return Bounds(
        seconds=limits.seconds,
        # Nobody can compute longer than the clock runs; this holds where the clock's keeper has gone.
        computing_seconds=limits.seconds + 30,
        memory_bytes=limits.memory_bytes,
        file_bytes=_FILE_BYTES,
        open_files=_OPEN_FILES,
        jobs=_RECYCLED,
        folder=folder,
    )


def has_ended(each: Try, ran: Ran) -> bool:
    """Whether a job is at its end (是否到头), or is tried once more; counts the try."""
    if ran.end is End.LOST:
        return False
    each.tries += 1
    # Where nobody knows how a process ended, it may have been anybody. (Python itself loses the exit code now and
    # then, when one thread begins a process while another one ends.)
    is_killed = ran.end is End.DIED and (ran.code is None or is_from_outside(ran.code))
    each.faults += not is_killed
    return ran.end in (End.VALUE, End.REFUSED) or each.faults >= _FAULTS or each.tries >= _TRIES


def told_of(each: Try, ran: Ran, limits: RenderLimits) -> Ended[T]:
    """What is told of a job that is at its end (任务结果)."""
    fault = _fault(each, ran, limits) if ran.end is not End.VALUE else None
    return Ended(
        index=each.index,
        name=each.job.name,
        value=ran.value if fault is None else None,
        fault=fault,
        tries=each.tries,
    )


def _fault(each: Try, ran: Ran, limits: RenderLimits) -> ReportError:
    """Why a job has no value."""
    name, tried = short(each.job.name), f"，试了 {each.tries} 次" if each.tries > 1 else ""
    again, split = "请再运行一次；仍然如此，请交给维护人员", "请把特别长的文字、特别大的表分成几份"
    match ran.end:
        case End.REFUSED:
            return ran.value  # type: ignore[no-any-return]
        case End.SLOW:
            what = f"「{name}」在 {limits.seconds:g} 秒内没有渲染完，已停止{tried}"
            problem = error("render.too-slow", what, f"{split}，或在配置的 rendering 里加大 seconds")
        case End.MEMORY:
            what = f"渲染「{name}」要用的内存超过 {limits.memory_bytes // 1024**2} MB，已停止{tried}"
            problem = error("render.too-big", what, f"{split}，或在配置的 rendering 里加大 memory_mb")
        case End.BUG:
            problem = error("render.bug", f"渲染「{name}」时程序出错（{ran.value}）{tried}", again)
        case _:
            by = f"（信号 {-ran.code}）" if ran.code is not None and ran.code < 0 else ""
            fix = "如果内存不够，请关掉别的程序，或在配置的 rendering 里减少 workers；" + again
            problem = error("render.killed", f"渲染「{name}」的进程被终止{by}{tried}", fix)
    return InputError([problem])


def _not_begun() -> EnvironmentLacking:
    what = "渲染用的进程没有启动，什么也没有生成；不是台账和模板有问题"
    fix = (
        "请再运行一次；如果是自己的 Python 程序调用，请把调用写在 if __name__ == '__main__': 之下；"
        "仍然不行，请交给维护人员"
    )
    return EnvironmentLacking([error("program.not-begun", what, fix)])
