"""The queue (任务队列): one process a job, bounded, cancelled, begun again; with real processes and a real store."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from reportgen.limits import STANDARD
from reportgen.problems import EnvironmentLacking, error
from reportgen.service.jobs.child import Child
from reportgen.service.jobs.supervisor import WORK, Running, start
from reportgen.service.model import Job, JobFile, JobKind, JobState, Order, Period, Person, Role
from reportgen.service.refusals import Conflict
from reportgen.service.settings import Settings
from reportgen.service.store import blobs, jobs, periods
from reportgen.service.store.opening import Store, open_store, reading, writing
from tests.reliability.tally import Tally
from tests.services import until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")

DOER = "tests.service_doers.carry_out"
PERSON = Person(id="a" * 32, name="甲", role=Role.OFFICE)


@dataclass
class Queue:
    """A store with its supervision, as a test needs it."""

    store: Store
    settings: Settings
    period: Period
    settled: list[str] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)
    running: Running | None = None
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))

    def settle(self, con: Connection, job: Job, result: Mapping[str, Any], files: Sequence[JobFile]) -> None:
        assert job.state is JobState.DONE
        match result["options"].get("settle"):
            case "stumble":
                raise KeyError(job.id)
            case "lacking" if not self.unreachable:
                self.unreachable.append(job.id)
                raise EnvironmentLacking([error("service.database-unreachable", "连不上数据库", "请启动数据库")])
            case "refuse":
                raise Conflict([error("service.ledger-changed", "台账已经换成了新的一版", "请再做一次")])
        periods.change(con, self.period.id, title=job.id)
        self.settled.append(job.id)

    def ask(self, kind: JobKind = JobKind.EXAMINE, person: Person = PERSON, **options: Any) -> Job:
        number = next(self.numbers)
        order = Order(kind=kind, options={"number": number, **options})
        with writing(self.store) as con:
            return jobs.ask(con, order, f"key-{number}", self.period.id, person)[0]

    def now(self, job: Job) -> Job:
        with reading(self.store) as con:
            found = jobs.job(con, job.id)
        assert found is not None
        return found

    def wait(self, job: Job, until: Callable[[Job], bool] = lambda job: job.state.is_over, seconds: float = 90) -> Job:
        end = time.monotonic() + seconds
        while not until(found := self.now(job)):
            assert time.monotonic() < end, found
            time.sleep(0.01)
        return found

    def cancel(self, job: Job) -> None:
        with writing(self.store) as con:
            jobs.ask_cancel(con, job.id)

    def left(self) -> list[str]:
        """What stands in the folder of running jobs, a moment after the last one's end."""
        until = time.monotonic() + 3
        while (
            found := sorted(path.name for path in (self.store.folder / WORK).glob("*"))
        ) and time.monotonic() < until:
            time.sleep(0.01)
        return found


@contextmanager
def queue(folder: Path, **settings: Any) -> Iterator[Queue]:
    store = open_store(folder)
    with writing(store) as con:
        period = periods.add(con, "期次", "期次.yaml", PERSON)
    made = Queue(store, Settings(data=folder, workers=2, **settings), period)
    made.running = start(store, made.settings, made.settle, DOER)
    try:
        yield made
    finally:
        made.running.stop()
        store.close()


LOW = replace(STANDARD, tables=replace(STANDARD.tables, rows=123))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Queue]:
    with queue(tmp_path_factory.mktemp("queue"), job_seconds=3, job_memory_mb=1500, limits=LOW) as made:
        yield made


def codes(job: Job) -> list[str]:
    return [problem["code"] for problem in job.problems]


def is_gone(process: int) -> bool:
    """Whether a process has ended; one that nobody has asked about yet has ended, too."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"


@pytest.mark.row("S3")
def test_the_folder_of_a_process_that_ended_before_anybody_knew_of_it_goes_with_the_next_job(shared: Queue) -> None:
    """Whoever starts processes may be killed between starting one and telling of it."""
    left = shared.store.folder / WORK / "unknown-1" / "tmp"
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"half")
    shared.wait(shared.ask())
    assert shared.left() == []


def test_a_job_ends_done_with_its_result_its_files_and_what_comes_of_it(shared: Queue) -> None:
    asked = shared.ask()
    job = shared.wait(asked)
    assert (job.state, job.attempts, job.problems) == (JobState.DONE, 1, ())
    assert job.result is not None
    assert b'"size": 0' in blobs.read(shared.store, job.result)
    with reading(shared.store) as con:
        (file,) = jobs.files_of(con, job.id)
        period = periods.period(con, shared.period.id)
    assert (file.name, file.size) == ("摘要.txt", 6400)
    assert len(blobs.read(shared.store, file.sha256)) == 6400
    assert period is not None
    assert period.title == job.id
    assert asked.id in shared.settled


def test_progress_is_told_while_it_runs(shared: Queue) -> None:
    job = shared.ask(deed="count")
    shared.wait(job)
    with reading(shared.store) as con:
        events = jobs.events_after(con, job.id)
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert ("正在数", 3) in {(event.label, event.total) for event in events}
    assert [event.state for event in (events[0], events[1], events[-1])] == [
        JobState.WAITING,
        JobState.RUNNING,
        JobState.DONE,
    ]


def test_the_libraries_are_loaded_where_the_jobs_run_and_not_here(shared: Queue) -> None:
    job = shared.wait(shared.ask(deed="modules"))
    assert job.result is not None
    assert b'"weasyprint": true' in blobs.read(shared.store, job.result)


@pytest.mark.row("L1")
def test_the_limits_of_the_service_hold_in_its_jobs_and_in_what_they_read(shared: Queue) -> None:
    job = shared.wait(shared.ask(deed="limits"))
    assert job.result is not None
    told = json.loads(blobs.read(shared.store, job.result))
    assert (told["rows"], told["within"]) == (123, 123)


@pytest.mark.row("R2", "refused")
def test_what_hangs_is_killed_at_its_limit_and_the_next_one_is_done(shared: Queue) -> None:
    """Asleep, in a loop of Python, and in one of C, which lets no handler run."""
    for deed in ("sleep", "loop", "c"):
        late = shared.wait(shared.ask(deed=deed))
        after = shared.wait(shared.ask())
        assert late.state is JobState.FAILED
        assert codes(late) == ["service.job-slow"]
        assert "超过 3 秒" in late.problems[0]["what"]
        assert late.begun is not None
        assert late.ended is not None
        assert (late.ended - late.begun).total_seconds() >= 3
        assert after.state is JobState.DONE


@pytest.mark.row("R3", "refused")
def test_memory_ends_where_it_was_set_and_a_fault_of_the_program_is_told_without_its_words(shared: Queue) -> None:
    asked = [shared.ask(deed=deed) for deed in ("swallow", "stumble", "refuse")]
    big, bug, refused = [shared.wait(job) for job in asked]
    assert codes(big) == ["service.job-memory"]
    assert "1500 MB" in big.problems[0]["what"]
    assert codes(bug) == ["service.job-bug"]
    assert "ZeroDivisionError" not in str(bug.problems)
    assert codes(refused) == ["ledger.no-rows"]
    assert {job.state for job in (big, bug, refused)} == {JobState.FAILED}


@pytest.mark.row("R4", "refused")
def test_a_crash_is_tried_once_more_and_then_told_with_its_signal(shared: Queue, tmp_path: Path) -> None:
    again, never = shared.ask(deed="die-once", marks=str(tmp_path)), shared.ask(deed="die")
    done, failed = shared.wait(again), shared.wait(never)
    assert (done.state, done.attempts) == (JobState.DONE, 2)
    assert (failed.state, failed.attempts) == (JobState.FAILED, 2)
    assert codes(failed) == ["service.job-crashed"]
    assert "信号 11" in failed.problems[0]["what"]


@pytest.mark.row("R4", "refused")
def test_a_job_that_is_killed_each_time_is_given_up_some_day(shared: Queue, tmp_path: Path) -> None:
    job = shared.wait(shared.ask(deed="killed", marks=str(tmp_path)))
    assert codes(job) == ["service.job-killed"]
    assert job.attempts == 9


@pytest.mark.row("R4", "refused")
@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("die", "file.damaged"),
        ("swallow", "file.too-big"),
        ("stumble", "file.not-understood"),
        ("loop", "file.too-slow"),
    ],
)
def test_a_file_that_ends_the_process_is_named(shared: Queue, how: str, code: str) -> None:
    """The process reads it itself: starting another one would cost more than most jobs."""
    job = shared.wait(shared.ask(JobKind.BUILD, deed="read", how=how))
    assert codes(job) == [code]
    assert job.problems[0]["where"] == {"file": "来件.docx"}


def test_a_job_that_is_late_while_it_reads_a_file_says_which(shared: Queue) -> None:
    job = shared.wait(shared.ask(deed="read", how="sleep"))
    assert codes(job) == ["service.job-slow"]
    assert "来件.docx" in job.problems[0]["what"]


@pytest.mark.row("S6")
@pytest.mark.parametrize("moments", [12, pytest.param(50, marks=pytest.mark.campaign)])
def test_cancelling_at_any_moment_leaves_neither_process_nor_file(
    shared: Queue, tmp_path: Path, moments: int, tally: Tally
) -> None:
    asked: list[tuple[Job, Path]] = []
    for number in range(moments):
        marks = tmp_path / str(number)
        marks.mkdir()
        job = shared.ask(deed="spawn", marks=str(marks))
        time.sleep(0.16 * number / moments)
        shared.cancel(job)
        asked.append((job, marks))
    for job, marks in asked:
        assert shared.wait(job).state is JobState.CANCELLED
        with reading(shared.store) as con:
            assert jobs.files_of(con, job.id) == []
        processes = (marks / "pids").read_text().split() if (marks / "pids").exists() else []
        until(lambda processes=processes: all(is_gone(int(each)) for each in processes))
    # One more, of which is seen that it runs: on a busy machine all of them may have been too early.
    job = shared.ask(deed="spawn", marks=str(tmp_path))
    until((tmp_path / "pids").exists)
    shared.cancel(job)
    assert shared.wait(job).state is JobState.CANCELLED
    until(lambda: all(is_gone(int(each)) for each in (tmp_path / "pids").read_text().split()))
    shared.wait(shared.ask())
    assert shared.left() == []
    tally.survived(moments + 1)


@pytest.mark.row("R2")
def test_what_a_job_began_ends_with_it(shared: Queue, tmp_path: Path) -> None:
    job = shared.wait(shared.ask(deed="spawn", marks=str(tmp_path)))
    assert codes(job) == ["service.job-slow"]
    process, child = (int(each) for each in (tmp_path / "pids").read_text().split())
    assert is_gone(process)
    assert is_gone(child)


@pytest.mark.row("S3")
def test_what_comes_of_a_job_and_its_end_are_one_transaction(shared: Queue) -> None:
    job = shared.wait(shared.ask(settle="stumble"))
    assert (job.state, codes(job)) == (JobState.FAILED, ["service.job-bug"])
    with reading(shared.store) as con:
        assert jobs.files_of(con, job.id) == []


@pytest.mark.row("S3")
def test_a_job_whose_end_is_refused_fails_and_one_that_no_database_takes_in_is_entered_later(
    shared: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: Counter[int] = Counter()
    kill = Child.kill

    def counted(child: Child) -> None:
        killed[child.pid] += 1
        kill(child)

    monkeypatch.setattr(Child, "kill", counted)
    refused, kept = shared.ask(settle="refuse"), shared.ask(settle="lacking")
    assert codes(shared.wait(refused)) == ["service.ledger-changed"]
    done = shared.wait(kept)
    assert (done.state, done.attempts, shared.unreachable) == (JobState.DONE, 1, [kept.id])
    assert shared.settled[-1] == kept.id
    assert set(killed.values()) == {1}, "the number of a process that has ended may soon be another's"


@pytest.mark.row("R4")
def test_a_crash_counts_once_however_often_the_database_does_not_take_it_in(
    shared: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = [EnvironmentLacking([error("service.database-unreachable", "连不上数据库", "请启动数据库")])] * 2
    requeue = jobs.requeue

    def later(con: Connection, id: str) -> bool:
        if lacking:
            raise lacking.pop()
        return requeue(con, id)

    monkeypatch.setattr(jobs, "requeue", later)
    job = shared.wait(shared.ask(deed="die-once", marks=str(tmp_path)))
    assert lacking == []
    assert (job.state, job.attempts) == (JobState.DONE, 2)
