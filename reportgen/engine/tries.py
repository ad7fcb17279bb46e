"""How often a job is tried, within which limits, and what is told of it (重试): the same here and on a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from reportgen.bounded import Bounds, End, Ran
from reportgen.engine.model import Ended, Job, RenderLimits
from reportgen.package import short
from reportgen.problems import InputError, ReportError, error
from reportgen.processes import gave_up, is_from_outside

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
            if gave_up(ran.code):
                fix = f"多半是内存不够：{split}，或在配置的 rendering 里加大 memory_mb；{again}"
            problem = error("render.killed", f"渲染「{name}」的进程被终止{by}{tried}", fix)
    return InputError([problem])
