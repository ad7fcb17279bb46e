"""The one seam of rendering (渲染的唯一接口): jobs in, what became of each out, wherever the work runs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

from reportgen.engine.local import work_on_this_machine
from reportgen.engine.model import Ended, Engine, EngineKind, Facts, Job

T = TypeVar("T")


def work(
    engine: Engine, function: Callable[..., T], jobs: Iterable[Job], facts: Facts | None = None
) -> Generator[Ended[T], None, None]:
    """What became of each job (渲染结果), in order of completion, which differs from run to run.

    `jobs` are drawn as there is room for them, never more than four for each worker at a time; what is done with a
    result before the next one is asked for holds the drawing up, so that memory stays flat. A `ReportError` that
    `function` raises is the job's fault at once; a killed, hung, too large or failing one is begun again in a fresh
    process before it is a fault. Closing the iterator, an exception or Ctrl-C ends all processes within two seconds:
    write `with contextlib.closing(work(...)) as ended:`, for an iterator that is merely dropped may live on in a
    traceback. `facts` are compared on every machine of a cluster; this machine agrees with itself.
    Raises `EnvironmentLacking` where no process can be started, or no cluster be used.
    """
    if engine.kind is EngineKind.DASK:
        from reportgen.engine.cluster import work_on_cluster

        yield from work_on_cluster(engine, function, jobs, facts)
    else:
        yield from work_on_this_machine(engine, function, jobs)
