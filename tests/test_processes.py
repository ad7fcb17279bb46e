"""Worker processes (工作进程) as every user of them sees them: what is told of a job, who outlives whom."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from reportgen.bounded import Bounds, End, Ran
from reportgen.problems import InputError
from reportgen.processes import NoProcess, Workers, alone, is_from_outside
from tests import engine_jobs as deeds

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")

ROOMY = Bounds(seconds=30)


def each_way(name: str, *arguments: Any, bounds: Bounds = ROOMY) -> tuple[Ran, Ran]:
    """What is told of a job in a process of its own, and among several."""
    with Workers(2, bounds) as workers:
        workers.begin(7, deeds.any_of, (name, *arguments))
        told: list[tuple[int, Ran]] = []
        until = time.monotonic() + 30
        while not told and time.monotonic() < until:
            told = workers.ended(seconds=1)
        ((key, together),) = told
        assert key == 7
        assert workers.free == 2
    return alone(deeds.any_of, (name, *arguments), {}, bounds), together


@pytest.mark.parametrize(
    ("job", "end", "code"),
    [
        (("double", 21), End.VALUE, None),
        (("stumble",), End.BUG, None),
        (("unpicklable",), End.BUG, None),
        (("exit_politely", 0), End.BUG, None),
        (("leave", 7), End.DIED, 7),
        (("kill_itself", signal.SIGKILL), End.DIED, -signal.SIGKILL),
        (("kill_itself", signal.SIGABRT), End.DIED, -signal.SIGABRT),
    ],
)
def test_the_same_is_told_of_a_job_alone_and_among_others(job: tuple[Any, ...], end: End, code: int | None) -> None:
    by_itself, together = each_way(*job)
    assert (by_itself.end, by_itself.code) == (together.end, together.code) == (end, code)
    if end is End.VALUE:
        assert by_itself.value == together.value == 42


def test_a_process_that_leaves_in_good_order_in_the_midst_of_its_job_is_noticed() -> None:
    """Pebble takes an exit code of 0 for a process that was to be replaced, and would wait for its job's limit."""
    begun = time.monotonic()
    by_itself, together = each_way("leave", 0)
    assert (by_itself.end, together.end) == (End.DIED, End.DIED)
    assert time.monotonic() - begun < 15


@pytest.mark.row("R2")
def test_too_much_time_is_too_much_alone_and_among_others() -> None:
    by_itself, together = each_way("hang", "c", bounds=Bounds(seconds=0.5))
    assert by_itself == together == Ran(End.SLOW)
    computing = Bounds(seconds=30, computing_seconds=1)
    assert each_way("hang", "loop", bounds=computing) == (Ran(End.SLOW), Ran(End.SLOW))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux keeps the bound of memory")
@pytest.mark.row("R3", "refused")
def test_what_fails_with_hardly_any_memory_left_fails_for_want_of_memory() -> None:
    within = Bounds(seconds=30, memory_bytes=400 * 1024**2)
    for job in (("swallow", 10**12), ("odd_failure_for_want_of_memory",)):
        assert each_way(*job, bounds=within) == (Ran(End.MEMORY), Ran(End.MEMORY))
    assert alone(deeds.stumble, (), {}, within).end is End.BUG


@pytest.mark.row("R12")
def test_a_file_that_grows_beyond_its_bound_is_not_written_on(tmp_path: Path) -> None:
    within = Bounds(seconds=30, file_bytes=1_000_000, folder=str(tmp_path))
    assert alone(deeds.write_file, (900_000,), {}, within) == Ran(End.VALUE, 900_000)
    assert alone(deeds.write_file, (1_100_000,), {}, within).end is End.BUG


def test_a_fault_of_a_job_comes_out_as_it_was_raised(tmp_path: Path) -> None:
    for ran in each_way("refuse", str(tmp_path)):
        assert ran.end is End.REFUSED
        assert isinstance(ran.value, InputError)
        assert [problem.code for problem in ran.value.problems] == ["ledger.no-rows"]


def test_a_process_that_brought_its_job_to_no_good_end_is_not_used_again() -> None:
    with Workers(1, ROOMY) as workers:

        def one(*job: Any, fresh: bool = False) -> Any:
            workers.begin(0, deeds.any_of, job, fresh=fresh)
            while not (told := workers.ended(seconds=1)):
                pass
            return told[0][1].value

        first = one("pid")
        assert one("pid") == first
        one("stumble")
        second = one("pid")
        assert second != first
        assert one("pid") == second
        assert one("pid", fresh=True) not in (first, second)


def test_what_cannot_be_packed_is_told_to_who_gives_it() -> None:
    with Workers(1, ROOMY) as workers, pytest.raises((pickle.PicklingError, AttributeError)):
        workers.begin(0, deeds.any_of, ("double", lambda: 1))


def test_no_more_than_asked_for_is_waited() -> None:
    with Workers(1, ROOMY) as workers:
        assert workers.ended(seconds=10) == []
        workers.begin(0, deeds.any_of, ("hang", "sleep"))
        begun = time.monotonic()
        assert workers.ended(seconds=0.3) == []
        assert 0.25 < time.monotonic() - begun < 2


def test_where_no_process_can_be_started_nobody_tries_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_process(*_: Any) -> None:
        raise OSError("Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", no_process)
    assert alone(deeds.double, (1,), {}, ROOMY) == Ran(End.LOST)
    lost = 0
    with Workers(2, ROOMY) as workers:
        try:
            for i in range(20):
                workers.begin(i, deeds.any_of, ("double", 1))
                assert workers.ended(seconds=1) == [(i, Ran(End.LOST))]
                lost += 1
        except NoProcess:
            assert lost == 4
    assert lost == 4


def test_only_killing_comes_from_outside() -> None:
    assert [code for code in (-9, -15, -11, -6, -24, 0, 1, 255, None) if is_from_outside(code)] == [-9, -15, 255]
