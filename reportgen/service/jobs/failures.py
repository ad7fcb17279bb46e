"""Why a job came to nothing (任务未成的原因), in the words of the person who asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportgen.bounded import End, Ran
from reportgen.confine import fault_of
from reportgen.limits import Outside
from reportgen.package import called
from reportgen.problems import Problem, error
from reportgen.processes import gave_up, is_from_outside
from reportgen.service.jobs.limits import OUT_OF_TIME, signal_of
from reportgen.service.model import Job, JobKind

_AGAIN = "请再试一次；仍然如此，请把任务编号告诉信息部门"


def failure(
    job: Job, end: End, code: int | None, reading: tuple[str, Outside], seconds: float, memory_mb: int
) -> list[Mapping[str, Any]]:
    """What is said of a job that ended without an outcome, or with none of its own (未成说明).

    `reading` is the outside file that it was just reading, and its limits: what spoils a process is most likely it.
    """
    reads, limits = reading
    from_outside = end is End.DIED and is_from_outside(code)
    spoilt = end is End.MEMORY or code == OUT_OF_TIME or (end is End.DIED and not from_outside)
    if reads and spoilt:
        return [problem.as_json() for problem in fault_of(Ran(end, code=code), reads, limits).problems]
    return [_problem(job.kind, end, code, from_outside, reads, seconds, memory_mb).as_json()]


def _problem(
    kind: JobKind, end: End, code: int | None, from_outside: bool, reads: str, seconds: float, memory_mb: int
) -> Problem:
    name = f"「{kind.value}」"
    if end is End.SLOW:
        at = f"；停下时正在读「{called(reads)}」" if reads else ""
        fix = "台账很大的，请分成几份；或请信息部门调高服务设置里的任务时限"
        return error("service.job-slow", f"{name}超过 {seconds:g} 秒没有做完，已停止{at}", fix)
    if end is End.MEMORY:
        fix = "台账很大的，请分成几份；或请信息部门调高服务设置里的任务内存"
        return error("service.job-memory", f"{name}要用的内存超过 {memory_mb} MB，已停止", fix)
    if from_outside:
        fix = "请过一会儿再试；服务器可能内存不足，请告诉信息部门"
        return error("service.job-killed", f"{name}多次被服务器中断，没有做成", fix)
    fix = f"多半是内存不够，台账很大的，请分成几份；{_AGAIN}" if gave_up(code) else _AGAIN
    return error("service.job-crashed", f"做{name}的程序两次意外中断（{signal_of(code)}）", fix)


def bug(job: Job, place: str) -> list[Mapping[str, Any]]:
    """What is said where the program itself is wrong (程序出错); `place` is where."""
    what = f"做「{job.kind.value}」时程序出错（{place}），没有做成"
    return [error("service.job-bug", what, _AGAIN).as_json()]
