"""Kills (断电与误杀): of the server and of workers, at any moment of a stream of jobs; what was asked for is done.

A job counts as asked for when its row is committed, which is before a page or the API says so.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from reportgen.generate import Request, generate
from reportgen.service.jobs import child, process, supervisor
from reportgen.service.model import Job, JobFile, JobKind, JobState, LedgerOrigin, Order, Person, Role
from reportgen.service.office.asking import key_of
from reportgen.service.office.orders import build_order
from reportgen.service.settings import Settings
from reportgen.service.store import audit, blobs, editions, jobs, ledgers, periods, setting_files
from reportgen.service.store.opening import Store, open_store, reading, writing
from reportgen.service.work.model import Room
from tests import service_doers
from tests.projects import CONFIG, goal, ledger, project, task
from tests.reliability.tally import Tally
from tests.services import forks_others, serving

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")

PERSON = Person(id="a" * 32, name="甲", role=Role.OFFICE)
DOER = "tests.service_doers.carry_out"
TOKEN = "REPORTGEN_TEST_KILLS"
SIZES = [20, pytest.param(200, marks=pytest.mark.campaign)]
# In a release's size there are a thousand jobs while the server is killed, and five hundred while workers are.
SERVER_SIZES = [(20, 2), pytest.param(200, 5, marks=pytest.mark.campaign)]


class Stream:
    """Jobs that are asked for one after the other, and what each of them has to come to."""

    def __init__(self, folder: Path) -> None:
        self.store = open_store(folder)
        with writing(self.store) as con:
            self.period = periods.add(con, "期次", "期次.yaml", PERSON).id
        self.golden: dict[str, tuple[bytes, bytes]] = {}
        self.place = folder.with_name(f"{folder.name}-golden")

    def ask(self, seconds: float = 0.05) -> None:
        number = len(self.golden)
        content = blobs.put(self.store, f"第 {number} 份台账".encode() * 50)
        options = {"deed": "digest", "seconds": seconds, "number": number}
        order = Order(kind=JobKind.EXAMINE, files={"台账/甲.txt": content}, options=options)
        with writing(self.store) as con:
            job, _ = jobs.ask(con, order, f"key-{number}", self.period, PERSON)
        self.golden[job.id] = self._made_here(order, number)

    def _made_here(self, order: Order, number: int) -> tuple[bytes, bytes]:
        room = Room(given=self.place / f"{number}", made=self.place / f"{number}", told=lambda label, done, total: None)
        for name, sha256 in order.files.items():
            (room.given / name).parent.mkdir(parents=True)
            (room.given / name).write_bytes(blobs.read(self.store, sha256))
        made = service_doers.carry_out(order, room)
        return process.as_bytes(made.result), made.files["摘要.txt"].read_bytes()

    def wait(self) -> list[Job]:
        """All jobs, once they are over; fails where none comes to its end for long."""
        before, until = -1, 0.0
        while True:
            with reading(self.store) as con:
                every = [jobs.job(con, id) for id in self.golden]
            found = [job for job in every if job is not None]
            over = sum(job.state.is_over for job in found)
            if over == len(found):
                return found
            if over > before:
                before, until = over, time.monotonic() + 90
            assert time.monotonic() < until, {job.state for job in found}
            time.sleep(0.05)

    def check(self) -> None:
        """Every job is done, with the bytes that it comes to when nobody disturbs it."""
        every = self.wait()
        assert len(every) == len(self.golden)
        assert {(job.state, job.problems) for job in every} == {(JobState.DONE, ())}
        for job in every:
            result, text = self.golden[job.id]
            assert job.result is not None
            assert blobs.read(self.store, job.result) == result
            with reading(self.store) as con:
                (file,) = jobs.files_of(con, job.id)
            assert blobs.read(self.store, file.sha256) == text
        with reading(self.store) as con:
            entered = [entry.about for entry in audit.entries(con, limit=10**6)]
        assert sorted(entered) == sorted(self.golden), "what came of a job was entered twice, or never"

    def is_at_work(self) -> bool:
        with reading(self.store) as con:
            return jobs.counts(con)[JobState.RUNNING] > 0

    def is_over(self) -> bool:
        """Whether none waits nor runs: on a busy machine all may be over before anybody looks."""
        with reading(self.store) as con:
            return jobs.under_way(con) == 0


def enter(con: Connection, job: Job, result: Mapping[str, Any], files: Sequence[JobFile]) -> None:
    """What comes of a job, in these tests."""
    audit.note(con, PERSON, "入库", about=job.id)


def serve(folder: Path, token: str) -> None:
    """The queue of a server that is to be killed, without its pages; its libraries are those of these jobs."""
    os.environ[TOKEN] = token
    child.PRELOADED = ("reportgen.service.jobs.process", "tests.service_doers")
    supervisor.start(open_store(folder), Settings(data=folder, workers=3), enter, "tests.service_doers.carry_out")
    time.sleep(600)


def processes_with(token: str) -> list[int]:
    """All processes that a server with this token began, and it itself; by what they were started with."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"{TOKEN}={token}".encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


@pytest.mark.row("S3")
@pytest.mark.parametrize(("kills", "jobs_a_kill"), SERVER_SIZES)
def test_no_job_is_lost_nor_done_twice_when_the_server_is_killed(
    tmp_path: Path, kills: int, jobs_a_kill: int, tally: Tally
) -> None:
    folder, chance, token = tmp_path / "data", random.Random(8), tmp_path.name
    stream = Stream(folder)
    for _ in range(kills):
        for _ in range(jobs_a_kill):
            stream.ask(chance.choice((0, 0.02, 0.3)))
        with server(folder, token) as process:
            until = time.monotonic() + 90
            while not stream.is_at_work() and not stream.is_over():
                assert time.monotonic() < until, "no job was taken up"
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.25))
            os.kill(process, signal.SIGKILL)
    with server(folder, token):
        stream.check()
        # A job is done before its folder is gone: whoever is killed in between leaves it to the next start.
        wait_until(lambda: left_in(folder) == [])
    wait_until(lambda: processes_with(token) == [])
    assert left_in(folder) == []
    tally.survived(kills)


def left_in(folder: Path) -> list[Path]:
    """What stands in the folder of running jobs."""
    return list((folder / supervisor.WORK).glob("*"))


@contextmanager
def server(folder: Path, token: str) -> Iterator[int]:
    """A server in a process of its own; killed at the end, if not before."""
    process = multiprocessing.get_context("forkserver").Process(target=serve, args=(folder, token))
    process.start()
    assert process.pid is not None
    try:
        yield process.pid
    finally:
        process.kill()
        process.join(10)
        process.close()


@pytest.mark.row("R4")
@pytest.mark.row("S4")
@pytest.mark.parametrize("kills", SIZES)
def test_no_job_is_lost_when_workers_are_killed(tmp_path: Path, kills: int, tally: Tally) -> None:
    """About four in a hundred are killed, as Carbone's own test does it, and in this one four in ten."""
    chance = random.Random(8)
    stream = Stream(tmp_path / "data")
    running = supervisor.start(stream.store, Settings(data=tmp_path / "data", workers=3), enter, DOER)
    try:
        killed = 0
        while killed < kills:
            for _ in range(2 if killed % 2 else 3):
                stream.ask(chance.choice((0.05, 0.2)))
            until = time.monotonic() + 90
            while not (runs := list(running._supervisor.runs)) and not stream.is_over():
                assert time.monotonic() < until, "no job was taken up"
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.1))
            # All of them may have ended before this process had its turn: then the next ones are killed.
            if runs:
                with suppress(ProcessLookupError):
                    os.kill(chance.choice(runs).child.pid, chance.choice((signal.SIGKILL, signal.SIGTERM)))
                    killed += 1
        stream.check()
    finally:
        running.stop()
    assert left_in(tmp_path / "data") == []
    tally.survived(kills)


def report_order(store: Store, period: str, number: int) -> Order:
    """To make a Word report of three rows, one of which has the number."""
    with writing(store) as con:
        text = json.dumps(ledger([goal()], [task(f"建成社区食堂{number}个"), task()]), ensure_ascii=False)
        content = blobs.put(store, text.encode())
        ledgers.put_ledger(con, period, "台账.json", content, len(text), LedgerOrigin.UPLOADED, PERSON)
        found = periods.period(con, period)
        assert found is not None
        return build_order(con, found, ("docx",))


@pytest.mark.row("S3")
def test_a_killed_service_comes_back_and_finishes_its_reports_and_a_stopped_one_ends_well(tmp_path: Path) -> None:
    """The command itself, with real reports; in its process there is neither WeasyPrint nor PDFium."""
    data = tmp_path / "data"
    store, golden = open_store(data), {}
    with writing(store) as con:
        period = periods.add(con, "期次", "报告.yaml", PERSON).id
        config = blobs.put(store, CONFIG.encode())
        setting_files.put_setting(con, period, "报告.yaml", config, len(CONFIG), PERSON)
    for number in range(3):
        order = report_order(store, period, number)
        with writing(store) as con:
            golden[jobs.ask(con, order, key_of(order, period), period, PERSON)[0].id] = number
    with serving(data) as service:
        wait_until(lambda: count(store, JobState.WAITING) < 3)
        service.stop(signal.SIGKILL)
    with serving(data) as service:
        wait_until(lambda: count(store, JobState.DONE) == 3)
        assert service.heavy() == []
        order = report_order(store, period, 3)
        with writing(store) as con:
            golden[jobs.ask(con, order, key_of(order, period), period, PERSON)[0].id] = 3
        wait_until(lambda: count(store, JobState.WAITING) == 0)
        os.kill(forks_others(service.process.pid), signal.SIGKILL)
        wait_until(lambda: count(store, JobState.DONE) == 4)
        order = replace(report_order(store, period, 9), kind=JobKind.SETS)
        with writing(store) as con:
            last = jobs.ask(con, order, "last", period, PERSON)[0].id
        wait_until(lambda: count(store, JobState.WAITING) == 0)
        assert service.stop(signal.SIGTERM) == 0
    with reading(store) as con:
        stopped = jobs.job(con, last)
    assert stopped is not None
    assert stopped.state in (JobState.WAITING, JobState.DONE)
    assert left_in(data) == []
    with reading(store) as con:
        files = {id: jobs.file_of(con, id, "报告.docx") for id in golden}
        assert len(editions.editions_of(con, period)) == 4
    for id, number in golden.items():
        folder = tmp_path / f"here-{number}"
        content = ledger([goal()], [task(f"建成社区食堂{number}个"), task()])
        path = project(folder, content, CONFIG.replace("台账.yaml", "台账/台账.json"))
        (folder / "台账").mkdir()
        (folder / "台账.yaml").rename(folder / "台账" / "台账.json")
        file = files[id]
        assert file is not None
        assert blobs.read(store, file.sha256) == generate(Request(path, ("docx",))).files["报告.docx"]
    store.close()


def count(store: Store, state: JobState) -> int:
    with reading(store) as con:
        return jobs.counts(con)[state]


def wait_until(happens: Callable[[], bool], seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < until
        time.sleep(0.02)
