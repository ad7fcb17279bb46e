"""Work on an existing Dask cluster (在集群上渲染): checked before the run, a lost worker's jobs made again by others.

Never more than four jobs for each thread of the cluster are under way, and a result is forgotten by the scheduler as
soon as it is here, so that memory stays flat. Whatever becomes of the cluster, the run ends: with all results, or with
a fault that says why not.
"""

from __future__ import annotations

import pickle
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from reportgen.engine import on_worker
from reportgen.engine.cluster_door import Patience, check, connected, differing
from reportgen.engine.model import Ended, Engine, Facts, Job
from reportgen.limits import carried
from reportgen.package import short
from reportgen.problems import EnvironmentLacking, InputError, Problem, ReportError, error

T = TypeVar("T")

PATIENCE = Patience()
"""How long a run waits for a cluster (等待时间)."""

_PER_THREAD = 4
_TICK = 1.0
# How long the workers are given to hear that the run is over.
_FAREWELL = 1.0
# So often may a job come back from workers that are unlike this machine.
_REFUSALS = 3


def work_on_cluster(
    engine: Engine,
    function: Callable[..., T],
    jobs: Iterable[Job],
    facts: Facts | None = None,
    patience: Patience = PATIENCE,
) -> Generator[Ended[T], None, None]:
    """How each job ended (任务结果), in order of completion; `function`, arguments and values travel by pickle.

    `tries` counts the workers that a job was given to and the processes that it had there. Raises `EnvironmentLacking`
    where the cluster cannot be used (cluster.unreachable, cluster.no-workers, cluster.differs, cluster.no-answer,
    cluster.not-installed), and in the midst of the run cluster.lost and cluster.differs.
    """
    with connected(engine.scheduler, patience) as client:
        mine = dict(facts()) if facts else {}
        check(client, mine, facts, engine.limits, patience)
        run = _Run(client, engine, function, facts, mine, patience)
        try:
            yield from run.results(jobs)
        finally:
            run.stop()


@dataclass
class _Job:
    """A job under way: its place and name, what is sent, where it may run, and how it fared so far."""

    index: int
    name: str
    packed: bytes
    future: Any = None
    allowed: frozenset[str] = frozenset()
    since: float = 0.0
    submissions: int = 0
    tries: int = 0
    refusals: int = 0


class _Run:
    """One run: what is under way, and what is known of the cluster."""

    def __init__(
        self,
        client: Any,
        engine: Engine,
        function: Callable[..., Any],
        facts: Facts | None,
        mine: Mapping[str, str],
        patience: Patience,
    ) -> None:
        self.client = client
        self.limits = engine.limits
        self.function = function
        self.facts = facts
        self.mine = mine
        self.patience = patience
        self.id = uuid.uuid4().hex
        self.digest = on_worker.digest_of(mine) if facts else ""
        self.under_way: dict[str, _Job] = {}
        self.done: SimpleQueue[str] = SimpleQueue()
        self.lost_with: SimpleQueue[str] = SimpleQueue()
        self.workers: frozenset[str] = frozenset()
        self.unlike: dict[str, Problem] = {}
        self.stuck: frozenset[str] = frozenset()
        self.threads = 1
        self.looked = self.met = self.heard = self.answered = time.monotonic()
        # All of its four predecessors at a thread may need two tries and all their time.
        self.longest = patience.silence or (_PER_THREAD + 1) * 2 * (self.limits.seconds + patience.grace)

    def results(self, jobs: Iterable[Job]) -> Iterator[Ended[Any]]:
        """How each job ended."""
        client, waiting = self.client, enumerate(jobs)
        client.subscribe_topic("all", self.note_event)
        yield from self.look_around()
        while True:
            while len(self.under_way) < _PER_THREAD * self.threads and (following := next(waiting, None)):
                index, job = following
                packed = pickle.dumps((*carried(self.function, job.arguments, {}), self.facts), pickle.HIGHEST_PROTOCOL)
                self.submit(_Job(index, job.name, packed))
            if not self.under_way:
                return
            with suppress(Empty):
                key = self.done.get(timeout=_TICK)
                if (job_ended := self.under_way.get(key)) and (ended := self.settled(key, job_ended)):
                    yield ended
                    self.heard = time.monotonic()
            if time.monotonic() - self.looked > _TICK:
                yield from self.look_around()

    # ---- giving jobs, taking results

    def submit(self, job: _Job) -> None:
        """Give a job to the cluster; a worker that is unlike this machine, or stands still, does not get it."""
        job.submissions += 1
        job.since = time.monotonic()
        good = self.workers - self.unlike.keys()
        job.allowed = (good - self.stuck or good) if self.unlike or self.stuck else frozenset()
        key = f"reportgen-{self.id}-{job.index}-{job.submissions}"
        self.under_way[key] = job
        call = pickle.dumps(
            on_worker.Call(self.id, self.limits, job.index, job.name, job.packed), pickle.HIGHEST_PROTOCOL
        )
        job.future = self.client.submit(
            pickle.loads,
            call,
            key=key,
            pure=False,
            retries=0,
            workers=sorted(job.allowed) or None,
        )
        job.future.add_done_callback(lambda _: self.done.put(key))

    def again(self, key: str) -> None:
        """Give a job to the cluster once more, whatever became of it."""
        job = self.under_way.pop(key)
        self.forget(job)
        self.submit(job)

    def forget(self, job: _Job) -> None:
        """Let the scheduler forget a job and its result."""
        future, job.future = job.future, None
        with suppress(Exception):
            future.release()

    def settled(self, key: str, job: _Job) -> Ended[Any] | None:
        """How a job ended; None if it is under way again."""
        status = job.future.status
        if status == "finished":
            if self.stuck and (kept := self.keepers(job)) and kept <= self.stuck:
                return self.once_more(key, job, _fault("render.too-slow", job.name, "已做好，结果取不回来"))
            try:
                told: on_worker.Told = job.future.result(timeout=self.patience.answer)
            except TimeoutError:
                if job.future.status == "finished":  # the worker that has the result stands still
                    self.stuck |= self.keepers(job)
                    return self.once_more(key, job, _fault("render.too-slow", job.name, "已做好，结果取不回来"))
                # The worker was lost with the result, which is made again.
                job.future.add_done_callback(lambda _: self.done.put(key))
                return None
            except Exception:
                return self.once_more(key, job, _fault("render.bug", job.name, "结果没有传回来"))
            return self.taken(key, job, told)
        if status == "error":
            try:
                why = job.future.exception(timeout=self.patience.answer)
            except Exception as other:
                why = other
            return self.failed(key, job, why)
        if status == "cancelled":
            if self.client.status != "running":
                raise _lost("与调度器的连接断了")
            return self.once_more(key, job, _fault("render.killed", job.name, "被集群取消"))
        # It was finished, and its worker has gone with the result before we came for it.
        job.future.add_done_callback(lambda _: self.done.put(key))
        return None

    def taken(self, key: str, job: _Job, told: on_worker.Told) -> Ended[Any] | None:
        """The end of a job that a worker tells of."""
        if told.ended is None:
            return self.once_more(key, job, _fault("render.killed", job.name, "在工作节点上没有进程可用"))
        job.tries += told.ended.tries
        # Without a digest the job never ended well anywhere, and it has been tried often enough.
        if told.digest != self.digest and (told.digest or told.ended.fault is None):
            return self.refused(key, job)
        return self.ended(key, job, told.ended.value, told.ended.fault)

    def failed(self, key: str, job: _Job, fault: BaseException | None) -> Ended[Any] | None:
        """The end of a job that no worker could even begin, or that was lost with several."""
        from distributed.scheduler import KilledWorker

        if isinstance(fault, KilledWorker):
            return self.once_more(key, job, _fault("render.killed", job.name, "做它的工作节点一个接一个中断"))
        job.tries += 1
        if isinstance(fault, (ImportError, AttributeError)):
            return self.refused(key, job)
        return self.once_more(key, job, _fault("render.bug", job.name, f"程序出错（{type(fault).__name__}）"))

    def once_more(self, key: str, job: _Job, fault: ReportError) -> Ended[Any] | None:
        """The job given away once more, or its fault if that was often enough."""
        if job.submissions >= self.patience.submissions + job.refusals:
            return self.ended(key, job, fault=fault)
        self.again(key)
        return None

    def refused(self, key: str, job: _Job) -> Ended[Any] | None:
        """A job made by a worker that joined unchecked and is unlike this machine: made again by others."""
        job.refusals += 1
        unknown = sorted(self.ask_workers() - self.unlike.keys())
        self.unlike |= differing(self.client, unknown, self.mine, self.facts, self.limits, self.patience)
        if job.refusals > _REFUSALS or not self.workers - self.unlike.keys():
            raise EnvironmentLacking(list(self.unlike.values()) or [_changed()])
        self.again(key)
        return None

    def ended(self, key: str, job: _Job, value: Any = None, fault: ReportError | None = None) -> Ended[Any]:
        """The job's end, and the end of all that is known of it."""
        self.count_losses()
        del self.under_way[key]
        self.forget(job)
        return Ended(index=job.index, name=job.name, value=value, fault=fault, tries=max(job.tries, 1))

    # ---- watching the cluster

    def note_event(self, event: tuple[float, Mapping[str, Any]]) -> None:
        """Hears from the scheduler, in another thread, which jobs were lost with a worker."""
        if event[1].get("action") == "remove-worker":
            for key in event[1].get("processing-tasks") or ():
                self.lost_with.put(str(key))

    def ask_workers(self) -> frozenset[str]:
        """The workers that the cluster has now; as long as the scheduler does not answer, those of before."""
        try:
            threads: Mapping[str, int] = self.client.nthreads(callback_timeout=self.patience.answer)
        except Exception:
            if time.monotonic() - self.answered > self.patience.lost:
                raise _lost(f"调度器 {self.patience.lost:g} 秒没有回答") from None
            return self.workers
        self.answered = time.monotonic()
        self.workers = frozenset(threads)
        good = self.workers - self.unlike.keys()
        self.threads = sum(threads[worker] for worker in good) or self.threads
        if good:
            self.met = time.monotonic()
        return self.workers

    def look_around(self) -> Iterator[Ended[Any]]:
        """What the state of the cluster means for the jobs under way."""
        self.ask_workers()
        now = self.looked = time.monotonic()
        if self.client.status != "running":
            raise _lost("与调度器的连接断了")
        if self.workers and not self.workers - self.unlike.keys():
            raise EnvironmentLacking(self.unlike.values())
        if now - self.met > self.patience.lost:
            raise _lost(f"{self.patience.lost:g} 秒没有一个工作节点")
        if now - self.heard > 2 * self.longest:
            raise _lost(f"{2 * self.longest:g} 秒没有一份文件传回来，集群可能一直在忙别的")
        late = {key: job for key, job in self.under_way.items() if self.is_late(job, now)}
        if late:
            self.stuck |= self.holders(late.keys())
        for key, job in late.items():
            fault = _fault("render.too-slow", job.name, f"交给集群 {self.longest:g} 秒没有回音")
            if ended := self.once_more(key, job, fault):
                yield ended
        for key, job in list(self.under_way.items()):
            if job.allowed and not job.allowed & self.workers:
                self.again(key)

    def is_late(self, job: _Job, now: float) -> bool:
        """Whether nothing was heard of a job for longer than it can take."""
        return now - job.since > self.longest and job.future.status == "pending"

    def holders(self, keys: Set[str]) -> frozenset[str]:
        """The workers that have been given these jobs."""
        with suppress(Exception):
            given = self.client.sync(self.client.scheduler.processing, callback_timeout=self.patience.answer)
            return frozenset(worker for worker, tasks in given.items() if not keys.isdisjoint(map(str, tasks)))
        return frozenset()

    def keepers(self, job: _Job) -> frozenset[str]:
        """The workers that keep a job's result."""
        with suppress(Exception):
            kept = self.client.sync(self.client.scheduler.who_has, keys=[job.future.key])
            return frozenset(worker for workers in kept.values() for worker in workers)
        return frozenset()

    def count_losses(self) -> None:
        """Reckons a lost worker as a try of each job that it had."""
        with suppress(Empty):
            while True:
                if job := self.under_way.get(self.lost_with.get_nowait()):
                    job.tries += 1

    def stop(self) -> None:
        """Take back what is under way, and end it where it runs; waits a second for it at most."""
        if not self.under_way:
            return
        futures = [job.future for job in self.under_way.values() if job.future]

        def farewell() -> None:
            with suppress(Exception):
                self.client.cancel(futures, force=True)
                self.client.run(on_worker.stop, self.id, on_error="ignore", callback_timeout=_FAREWELL)

        thread = threading.Thread(target=farewell, daemon=True)
        thread.start()
        thread.join(_FAREWELL)


def _fault(code: str, name: str, what: str) -> ReportError:
    fix = "请再运行一次；仍然如此，请先用 --unit 只做这一份，连同这条提示交给维护人员"
    return InputError([error(code, f"「{short(name)}」{what}", fix)])


def _lost(why: str) -> EnvironmentLacking:
    what = f"集群中断：{why}；没有做完的没有做出来"
    fix = "请看调度器和工作节点是否还在运行，再运行一次；不用集群请写 --engine local"
    return EnvironmentLacking([error("cluster.lost", what, fix)])


def _changed() -> Problem:
    what = "有工作节点做出的文件与本机不一致，后来核对却又一致"
    return error("cluster.differs", what, "请不要在渲染时更新集群的程序或字体；更新完后再运行一次")
