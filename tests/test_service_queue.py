"""Which job is next, who may ask, what a restart, a full disk and an hour's cleaning do to the queue (任务队列)."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reportgen.bounded import End
from reportgen.problems import EnvironmentLacking, InputError, error
from reportgen.service.jobs import limits, process, retention
from reportgen.service.jobs.limits import bounds_of
from reportgen.service.jobs.process import Shelf, Task
from reportgen.service.jobs.supervisor import WORK
from reportgen.service.model import Job, JobFile, JobKind, JobState, LedgerOrigin, Order, Person, Role
from reportgen.service.office.asking import ask, key_of
from reportgen.service.office.desk import Desk
from reportgen.service.refusals import TooMany
from reportgen.service.settings import Settings
from reportgen.service.store import blobs, editions, jobs, ledgers, periods
from reportgen.service.store.opening import Store, open_store, reading, writing
from reportgen.service.work.model import Made, Room
from tests.test_service_jobs import PERSON, queue

OTHER = Person(id="b" * 32, name="乙", role=Role.OFFICE)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path / "data")
    yield made
    made.close()


def a_period(store: Store) -> str:
    with writing(store) as con:
        return periods.add(con, "期次", "期次.yaml", PERSON).id


def test_fifty_equal_requests_at_once_are_one_job(store: Store, tmp_path: Path) -> None:
    period, desk, found = a_period(store), Desk(store, Settings(data=tmp_path)), []
    order = Order(kind=JobKind.BUILD, files={"甲.yaml": "0" * 64}, options={"formats": ["docx"]})
    start = threading.Barrier(50)

    def press() -> None:
        start.wait()
        with writing(store) as con:
            found.append(ask(con, desk, PERSON, order, period).id)

    threads = [threading.Thread(target=press) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 50
    assert len(set(found)) == 1
    with reading(store) as con:
        assert jobs.counts(con)[JobState.WAITING] == 1


def test_an_order_is_another_one_by_file_option_kind_or_period_and_by_nothing_else() -> None:
    order = Order(kind=JobKind.BUILD, files={"甲": "1", "乙": "2"}, options={"x": 1, "y": [1, 2]})
    same = Order(kind=JobKind.BUILD, files={"乙": "2", "甲": "1"}, options={"y": [1, 2], "x": 1})
    others = [
        replace(order, kind=JobKind.SETS),
        replace(order, files={"甲": "1", "乙": "3"}),
        replace(order, options={"x": 1, "y": [2, 1]}),
    ]
    assert key_of(order, "p") == key_of(same, "p")
    assert len({key_of(each, "p") for each in (order, *others)} | {key_of(order, "q")}) == 5


def test_too_many_of_one_person_or_of_all_are_refused_and_known_ones_are_not(store: Store, tmp_path: Path) -> None:
    period = a_period(store)
    desk = Desk(store, Settings(data=tmp_path, queue=3, queue_per_person=2))

    def press(person: Person, number: int) -> Job:
        with writing(store) as con:
            return ask(con, desk, person, Order(kind=JobKind.EXAMINE, options={"n": number}), period)

    first = press(PERSON, 1)
    press(PERSON, 2)
    with pytest.raises(TooMany) as own:
        press(PERSON, 3)
    assert own.value.problems[0].code == "service.queue-own"
    assert press(PERSON, 1) == first, "what stands already is no new one"
    press(OTHER, 3)
    with pytest.raises(TooMany) as full:
        press(OTHER, 4)
    assert full.value.problems[0].code == "service.queue-full"
    assert full.value.retry_after is not None
    assert 1 <= full.value.retry_after <= 60
    with writing(store) as con:
        jobs.ask_cancel(con, first.id)
    assert press(PERSON, 1).id != first.id, "a cancelled one is asked for anew"


def a_job(number: int, kind: JobKind = JobKind.EXAMINE, person: str = "a") -> Job:
    at = datetime(2026, 7, 10, tzinfo=UTC)
    return Job(
        id=f"{number:032}",
        kind=kind,
        period="p",
        key=str(number),
        state=JobState.WAITING,
        order=Order(kind=kind),
        person=person,
        author="甲",
        at=at,
    )


def test_sets_and_collections_never_take_all_places() -> None:
    waiting = [a_job(1, JobKind.SETS), a_job(2, JobKind.COLLECT), a_job(3)]
    first = limits.next_job(waiting, [], 2)
    assert first == waiting[0]
    assert limits.next_job(waiting[1:], waiting[:1], 2) == waiting[2]
    assert limits.next_job(waiting[1:2], waiting[:1], 2) is None
    assert limits.next_job(waiting[2:], waiting[:2], 2) is None, "no place is free"
    assert limits.next_job(waiting[1:], [], 1) == waiting[1], "where there is one place, it is for all"


def test_one_person_with_many_jobs_does_not_keep_another_from_one(tmp_path: Path) -> None:
    with queue(tmp_path / "data") as made:
        made.wait(made.ask())
        many = [made.ask(seconds=0.2) for _ in range(8)]
        made.wait(made.ask(person=OTHER))
        assert sum(made.now(job).state.is_over for job in many) <= 4
        made.wait(many[-1])


def test_after_a_restart_a_job_whose_outcome_stands_is_not_done_again(store: Store, tmp_path: Path) -> None:
    period = a_period(store)
    orders = [Order(kind=JobKind.EXAMINE, options={"n": number}) for number in range(2)]
    with writing(store) as con:
        whole, half = (jobs.ask(con, order, str(number), period, PERSON)[0] for number, order in enumerate(orders))
        for job in (whole, half):
            jobs.begin(con, job.id)
    result = blobs.put(store, process.as_bytes({"options": {}, "told": "by the one before"}))
    text = JobFile(job=whole.id, name="甲.txt", sha256=blobs.put(store, b"1"), size=1)
    for job in (whole, half):
        (store.folder / WORK / f"{job.id}-1").mkdir(parents=True)
    process.put_outcome(
        store.folder / WORK / f"{whole.id}-1", process.Outcome(end=End.VALUE, result=result, files=(text,))
    )
    (store.folder / WORK / f"{half.id}-1" / "outcome.json.new").write_bytes(b'{"end": "va')
    store.close()
    with queue(tmp_path / "data") as made:
        done, again = made.wait(whole), made.wait(half)
        assert (done.state, done.attempts, done.result) == (JobState.DONE, 1, result)
        assert (again.state, again.attempts) == (JobState.DONE, 2)
        assert made.settled == [whole.id, half.id]
        assert made.left() == []


def test_stopping_puts_what_runs_back_and_the_next_start_does_it(tmp_path: Path) -> None:
    with queue(tmp_path / "data") as made:
        job = made.ask(seconds=0.8)
        made.wait(job, lambda job: job.state is JobState.RUNNING)
        assert made.running is not None
        made.running.stop()  # who waited for it would find it done
        assert made.now(job).state is JobState.WAITING
        assert made.left() == []
        assert not made.running.health().is_alive
    with queue(tmp_path / "data") as made:
        assert made.wait(job).state is JobState.DONE


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    place.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
    if subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.row("S2")
def test_a_full_disk_holds_the_jobs_up_and_costs_none(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 12) as disk, queue(disk / "data") as made:
        before = made.wait(made.ask())
        (disk / "ballast").write_bytes(bytes(8 * 1024**2))
        job = made.ask(deed="fill", size=6 * 1024**2)
        assert made.running is not None
        until = time.monotonic() + 20
        while not made.running.health().is_full:
            assert time.monotonic() < until, made.now(job)
            time.sleep(0.02)
        assert not made.now(job).state.is_over
        (disk / "ballast").unlink()
        assert made.wait(job).state is JobState.DONE
        made.wait(made.ask())
        assert not made.running.health().is_full
        assert blobs.read(made.store, before.result or "")


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def finished(store: Store, period: str, kind: JobKind, names: dict[str, bytes], failed: bool = False) -> Job:
    """A job of that kind that is over, with these files."""
    given = blobs.put(store, f"{kind}{sum(map(sum, names.values()))}".encode())
    order = Order(kind=kind, files={"甲": given})
    files = [JobFile(job="", name=name, sha256=blobs.put(store, text), size=len(text)) for name, text in names.items()]
    result = blobs.put(store, b"{}")
    with writing(store) as con:
        job, _ = jobs.ask(con, order, key_of(order, period), period, PERSON)
        jobs.begin(con, job.id)
        jobs.fail(con, job.id, []) if failed else jobs.finish(con, job.id, result, files)
    return job


def names_of(store: Store, job: Job) -> list[str]:
    with reading(store) as con:
        return [file.name for file in jobs.files_of(con, job.id)]


def grow_old(store: Store) -> None:
    """As if all its files had been put there long ago."""
    for path in (store.folder / "files").rglob("*"):
        if path.is_file():
            os.utime(path, (0, 0))


def test_what_is_old_and_can_be_made_again_goes_and_the_rest_stays(tmp_path: Path) -> None:
    clock = Clock()
    store = open_store(tmp_path / "data", clock=clock)
    period = a_period(store)
    with writing(store) as con:
        ledger = ledgers.put_ledger(
            con, period, "台账.xlsx", blobs.put(store, b"ledger"), 6, LedgerOrigin.UPLOADED, PERSON
        )
    builds = [
        finished(store, period, JobKind.BUILD, {"报告.docx": b"%d" % n, "pages/001.png": b"p%d" % n}) for n in range(2)
    ]
    with writing(store) as con:
        for job in builds:
            editions.put_edition(
                con,
                period=period,
                job=job.id,
                ledger=ledger.id,
                settings={},
                hashes={},
                template="0" * 64,
                program="0.1.0",
                author="甲",
            )
            clock.now += timedelta(seconds=1)
    sets = finished(store, period, JobKind.SETS, {"甲.zip": b"zip"})
    old, shown = (finished(store, period, JobKind.EXAMINE, {"图.svg": text}) for text in (b"1", b"2"))
    collected = finished(store, period, JobKind.COLLECT, {"台账.xlsx": b"collected"})
    failed = finished(store, period, JobKind.COMPARE, {}, failed=True)
    clock.now += timedelta(days=8)
    fresh = finished(store, period, JobKind.SETS, {"乙.zip": b"zip2"})
    orphan = blobs.put(store, b"nobody's")
    grow_old(store)
    cleaned = retention.clean(store, Settings(data=tmp_path, keep_days=7))
    assert cleaned.jobs == 4
    assert retention.clean(store, Settings(data=tmp_path, keep_days=7)) == retention.Cleaned(jobs=0, files=0, size=0)
    assert names_of(store, builds[0]) == ["报告.docx"], "the pictures of a former edition"
    assert names_of(store, builds[1]) == ["pages/001.png", "报告.docx"], "what the period shows now"
    assert names_of(store, sets) == names_of(store, old) == []
    assert [names_of(store, job) for job in (shown, collected, fresh)] == [["图.svg"], ["台账.xlsx"], ["乙.zip"]]
    assert not blobs.path_of(store, orphan).exists()
    assert blobs.read(store, ledger.sha256) == b"ledger"
    assert not blobs.path_of(store, sets.order.files["甲"]).exists()
    assert not blobs.path_of(store, failed.order.files["甲"]).exists()
    with writing(store) as con:
        again, is_new = jobs.ask(con, sets.order, key_of(sets.order, period), period, PERSON)
    assert is_new, "what was dropped is made again when it is asked for"
    assert again.id != sets.id
    store.close()


def test_where_room_is_short_the_oldest_goes_first_and_nothing_that_was_just_made(tmp_path: Path) -> None:
    clock = Clock()
    store = open_store(tmp_path / "data", clock=clock)
    period = a_period(store)
    made = []
    for number in range(4):
        made.append(finished(store, period, JobKind.SETS, {"甲.zip": bytes([number]) * 300_000}))
        clock.now += timedelta(hours=2)
    made.append(finished(store, period, JobKind.SETS, {"甲.zip": b"9" * 300_000}))
    grow_old(store)
    retention.clean(store, Settings(data=tmp_path, keep_days=7, keep_gb=0.7 / 1024))
    assert [names_of(store, job) for job in made] == [[], [], [], ["甲.zip"], ["甲.zip"]]
    retention.clean(store, Settings(data=tmp_path, keep_days=7, keep_gb=0))
    assert [names_of(store, job) for job in made] == [[], [], [], [], ["甲.zip"]]
    assert blobs.total_size(store) < 310_000
    store.close()


def test_a_library_that_cannot_be_loaded_keeps_the_others_from_nothing(tmp_path: Path) -> None:
    """WeasyPrint on a machine without Pango fails with an OSError; reports in Word are still made there."""
    (tmp_path / "broken_for_jobs.py").write_text("raise OSError('cannot load library')", encoding="utf-8")
    (tmp_path / "sound_for_jobs.py").write_text("", encoding="utf-8")
    program = (
        "import sys; from reportgen.service.jobs import preloading as p; p.load(sys.argv[1:])\n"
        "print(*(name for name in (*p.LIBRARIES, *sys.argv[1:]) if name not in sys.modules))"
    )
    arguments = [sys.executable, "-c", program, "broken_for_jobs", "sound_for_jobs"]
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=60, env=environment)
    assert done.stdout.split() == ["broken_for_jobs"]


def test_what_a_library_says_where_there_is_no_room_is_no_fault_of_the_program(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[Exception] = [
        RuntimeError("could not write the face"),
        InputError([error("render.bug", "渲染「甲」时程序出错", "请再运行一次")]),
        InputError([error("ledger.empty", "台账是空的", "请填写")]),
    ]

    def ends(fault: Exception | None, number: int, **files: str) -> End:
        def stumble(_: Order, __: Room) -> Made:
            assert fault is not None
            raise fault

        folder = tmp_path / str(number)
        folder.mkdir()
        bounds = bounds_of(JobKind.SETS, Settings(data=tmp_path), str(folder))
        task = Task(
            job="a" * 32,
            order=Order(kind=JobKind.SETS, files=files),
            folder=folder,
            sockets=folder,
            shelf=Shelf(store.folder),
            doer=stumble,
            bounds=bounds,
        )
        with io.FileIO(folder / "told", "w") as told:
            return process._carried_out(task, process._Teller(told)).end

    for number, fault in enumerate(faults):
        with pytest.raises(type(fault)):
            ends(fault, number)
    with pytest.raises(EnvironmentLacking) as missing:
        ends(None, 9, ledger="0" * 64)
    assert [problem.code for problem in missing.value.problems] == ["service.file-missing"]

    monkeypatch.setattr(process, "_LITTLE_ROOM", 1 << 62)
    assert [ends(fault, 10 + number) for number, fault in enumerate(faults[:2])] == [End.LOST, End.LOST]
    with pytest.raises(InputError):
        ends(faults[2], 20)
