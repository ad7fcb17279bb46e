"""What is kept and for how long (保留期限): what can be made again goes first, what cannot stays for good.

Ledgers, returns, settings, the files of an edition, and what the collecting of returns and overriding said, are never
dropped here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from reportgen.service.model import Job, JobFile, JobKind, JobState
from reportgen.service.settings import Settings
from reportgen.service.store import blobs, editions, idempotency, jobs, tokens, webhooks
from reportgen.service.store.opening import Store, reading, writing
from reportgen.service.work.layout import PICTURES

# What these find or make stands in the period's files: an equal order gives the same again.
_AGAIN = frozenset({JobKind.EXAMINE, JobKind.SETS, JobKind.FORMS, JobKind.COMPARE, JobKind.PREVIEW})
# Where room is short, too, nothing goes that somebody has only just made.
_FRESH = timedelta(hours=1)
_KEEP_REQUESTS = timedelta(days=2)
_KEEP_FAILURES = timedelta(days=1)
_GB = 1024**3

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What a cleaning dropped (清理结果): results of jobs, files and their bytes."""

    jobs: int
    files: int
    size: int


def clean(store: Store, settings: Settings) -> Cleaned:
    """Drop what is too old, and of the rest what is too much (清理): the oldest first."""
    now = store.clock()
    dropped = _drop(store, now - timedelta(days=settings.keep_days))
    with writing(store) as con:
        idempotency.forget(con, now - _KEEP_REQUESTS)
        tokens.drop_expired(con, now - _KEEP_FAILURES)
        webhooks.drop_deliveries(con, now - timedelta(days=settings.keep_days))
    swept = _sweep(store)
    if (over := blobs.total_size(store) - settings.keep_gb * _GB) > 0:
        dropped += _drop(store, now - _FRESH, over)
        more = _sweep(store)
        swept = blobs.Swept(swept.files + more.files, swept.size + more.size)
    if dropped or swept.files:
        _log.info("retention: %d results, %d files, %d bytes dropped", dropped, swept.files, swept.size)
    return Cleaned(jobs=dropped, files=swept.files, size=swept.size)


def _sweep(store: Store) -> blobs.Swept:
    with reading(store) as con:
        used = blobs.used(con)
    return blobs.sweep(store, used)


def _drop(store: Store, before: datetime, enough: float | None = None) -> int:
    """Drop what jobs made that had ended by then, all of it or until so many bytes are free; of how many jobs."""
    dropped, freed = 0, 0
    with reading(store) as con:
        droppable = list(_droppable(con, before, is_short=enough is not None))
    for job in droppable:
        if enough is not None and freed >= enough:
            break
        with writing(store) as con:  # for each by itself: nobody else can write meanwhile
            gone = _drop_one(con, job)
        dropped, freed = dropped + (gone is not None), freed + sum(file.size for file in gone or ())
    return dropped


def _drop_one(con: Connection, job: Job) -> list[JobFile] | None:
    """Drop what a job made, of an edition only the pictures: its PDF can be looked at without. None for nothing."""
    files = jobs.files_of(con, job.id)
    if editions.by_job(con, job.id) is None:
        jobs.drop_result(con, job.id)
        return files
    pictures = [file for file in files if file.name.startswith(PICTURES)]
    jobs.drop_files(con, job.id, [file.name for file in pictures])
    return pictures or None


def _droppable(con: Connection, before: datetime, is_short: bool) -> Iterator[Job]:
    """Jobs whose results can be made again, the oldest first; what a period shows now only where room is short."""
    shown: set[str] = set()
    if not is_short:
        for each in {job.period for job in jobs.ended_before(con, before)}:
            shown |= {edition.job for edition in editions.editions_of(con, each, limit=1)}
            shown |= {job.id for job in jobs.jobs_of(con, each, [JobKind.EXAMINE], [JobState.DONE], limit=1)}
    for job in jobs.ended_before(con, before):
        is_kept = job.state is JobState.DONE and job.kind not in _AGAIN and job.kind is not JobKind.BUILD
        if not is_kept and job.id not in shown:
            yield job
