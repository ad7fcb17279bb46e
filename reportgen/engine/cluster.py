"""Work on an existing Dask cluster (在集群上渲染): checked before the run, a lost worker's jobs made again by others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from reportgen.engine.model import Ended, Engine, Facts, Job

T = TypeVar("T")


def work_on_cluster(
    engine: Engine, function: Callable[..., T], jobs: Iterable[Job], facts: Facts | None = None
) -> Iterator[Ended[T]]:
    """How each job ended (任务结果), in order of completion; `function`, arguments and values travel by pickle.

    Raises `EnvironmentLacking` where the cluster cannot be used: cluster.unreachable, cluster.no-workers,
    cluster.differs, cluster.not-installed, and cluster.lost in the midst of the run.
    """
    raise NotImplementedError
