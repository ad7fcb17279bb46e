"""What jobs left (任务结果): their JSON, read once however many people look at it; the newest of a kind."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from reportgen.problems import EnvironmentLacking
from reportgen.service.model import Job, JobState, Order
from reportgen.service.office.asking import key_of
from reportgen.service.office.desk import Desk
from reportgen.service.store import blobs, jobs

# Those of large ledgers have some megabytes, those of returns a few kilobytes; as objects they are larger still.
_MOST_BYTES = 16 * 1024**2
_kept: OrderedDict[str, tuple[Mapping[str, Any], int]] = OrderedDict()
_lock = Lock()


def result_of(desk: Desk, job: Job | None) -> Mapping[str, Any] | None:
    """The job's result (任务结果); None where it has none, or none any more. Nobody may change what is in it."""
    if job is None or job.result is None:
        return None
    with _lock:
        if job.result in _kept:
            _kept.move_to_end(job.result)
            return _kept[job.result][0]
    try:
        text = blobs.read(desk.store, job.result)
    except EnvironmentLacking:
        return None
    found: Mapping[str, Any] = json.loads(text)
    with _lock:
        _kept[job.result] = found, len(text)
        while len(_kept) > 1 and sum(size for _, size in _kept.values()) > _MOST_BYTES:
            _kept.popitem(last=False)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """How far one kind of work on a period is (现状): `job` is for just what stands now, `shown` what there is to show.

    They differ while a new one is under way, and where ledger or settings have changed since; `result` is of `shown`.
    """

    job: Job | None = None
    shown: Job | None = None
    result: Mapping[str, Any] | None = None

    @property
    def is_current(self) -> bool:
        """Whether what is shown is of the ledger and the settings as they stand."""
        return self.job is not None and self.shown is not None and self.job.id == self.shown.id

    @property
    def under_way(self) -> Job | None:
        """The job that somebody waits for, if there is one."""
        return self.job if self.job is not None and not self.job.state.is_over else None

    @property
    def failed(self) -> Job | None:
        """The job for what stands now, if it came to nothing."""
        return self.job if self.job is not None and self.job.state is JobState.FAILED else None


def latest(con: Connection, period: str, order: Order) -> tuple[Job | None, Job | None]:
    """The newest job for this order, and its result or else the newest one of its kind (最近一次)."""
    job = jobs.last_by_key(con, period, key_of(order, period))
    if job is not None and job.state is JobState.DONE:
        return job, job
    return job, jobs.newest_result(con, period, order.kind)
