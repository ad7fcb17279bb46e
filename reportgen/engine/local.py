"""Rendering in processes of this machine (本机渲染)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

from reportgen.engine.model import Ended, Engine, Job
from reportgen.engine.tries import Try, bounds_for, has_ended, told_of
from reportgen.processes import NoProcess, Workers, cores, not_begun
from reportgen.temporary import temporary_folder

T = TypeVar("T")


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
        raise not_begun("渲染用的进程没有启动，什么也没有生成；不是台账和模板有问题") from None
