"""Rendering in processes of this machine (本机渲染): real processes, really killed."""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from reportgen.bounded import Bounds, End, Ran
from reportgen.confine import LIMITS, confined
from reportgen.engine.model import Ended, Engine, Job, RenderLimits
from reportgen.engine.work import work
from reportgen.problems import EnvironmentLacking, InputError, Problem
from reportgen.processes import Workers
from reportgen.service.jobs.limits import bounds_of
from reportgen.service.model import JobKind
from reportgen.service.settings import Settings
from reportgen.temporary import PREFIX, process_folder
from tests import engine_jobs as deeds
from tests.reliability.tally import Tally

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="kills and looks for processes as on Linux"
)

ROOMY = RenderLimits(seconds=60)
HERE = Path(__file__).parents[1]


def run(*jobs: tuple[Any, ...], workers: int = 2, limits: RenderLimits = ROOMY) -> list[Ended[Any]]:
    """Jobs as (name of the function, arguments…); what became of them, in their order."""
    each = [Job(f"单位{i}", job) for i, job in enumerate(jobs)]
    ended = sorted(work(Engine(workers=workers, limits=limits), deeds.any_of, each), key=lambda e: e.index)
    assert [one.index for one in ended] == list(range(len(jobs)))
    assert [one.name for one in ended] == [job.name for job in each]
    assert processes() == set()
    return ended


def values(ended: list[Ended[Any]]) -> list[Any]:
    """What the jobs gave, in their order."""
    assert [str(each.fault) for each in ended if each.fault] == []
    return [each.value for each in sorted(ended, key=lambda each: each.index)]


def problem(ended: Ended[Any]) -> Problem:
    """The one problem of a job without a value, which a person can read."""
    assert ended.value is None
    assert isinstance(ended.fault, InputError)
    (only,) = ended.fault.problems
    assert f"「{ended.name}」" in only.what
    assert len(str(only)) < 300
    assert not re.search(r"Error|Exception|Traceback|None|/", f"{only.what}{only.fix}")
    return only


def processes(of: int | None = None) -> set[int]:
    """The worker processes of a process: those that its forkserver has forked."""
    found = set()
    for server in children(of or os.getpid()):
        if "forkserver" in Path(f"/proc/{server}/cmdline").read_text(errors="replace"):
            found |= children(server)
    return found


def children(of: int) -> set[int]:
    try:
        return {int(each) for each in Path(f"/proc/{of}/task/{of}/children").read_text().split()}
    except OSError:
        return set()


def runs(process: int) -> bool:
    """Whether a process runs; one that has ended may wait for a while until it is buried."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_every_value_is_there_with_its_name_and_place() -> None:
    ended = run(*[("double", i) for i in range(40)], workers=3)
    assert [(each.value, each.fault, each.tries) for each in ended] == [(2 * i, None, 1) for i in range(40)]


def test_no_job_is_no_work() -> None:
    assert run() == []


def test_one_process_and_eight_give_the_same() -> None:
    jobs = [("think", i, 0.002) for i in range(40)]
    one, eight = (run(*jobs, workers=workers) for workers in (1, 8))
    assert one == eight
    assert [each.value for each in one] == [(i, f"{i}".encode() * 1000) for i in range(40)]


def test_there_are_as_many_processes_as_asked_for_and_none_is_this_one() -> None:
    used = {each.value for each in run(*[("pid",)] * 20, workers=3)}
    assert 1 <= len(used) <= 3
    assert os.getpid() not in used


@pytest.mark.row("R4")
def test_a_job_that_ends_its_process_is_told_and_its_neighbours_are_untouched() -> None:
    ended = run(
        ("double", 1),
        ("kill_itself", signal.SIGSEGV),
        ("double", 2),
        ("kill_itself", signal.SIGKILL),
        ("leave", 0),
        ("double", 3),
        ("leave", 7),
        ("double", 4),
    )
    assert [each.value for each in ended if each.value] == [2, 4, 6, 8]
    assert {each.index: problem(each).code for each in ended if each.fault} == dict.fromkeys(
        (1, 3, 4, 6), "render.killed"
    )
    assert all(2 <= each.tries <= 5 for each in ended if each.fault)


@pytest.mark.parametrize(("by", "tries"), [(signal.SIGSEGV, 2), (signal.SIGABRT, 2), (signal.SIGKILL, 5)])
@pytest.mark.row("R4", "refused")
def test_what_ended_a_process_is_told_and_what_comes_from_outside_is_tried_more_often(by: int, tries: int) -> None:
    (ended,) = run(("kill_itself", by), workers=1)
    assert ended.tries == tries
    assert problem(ended).what == f"渲染「单位0」的进程被终止（信号 {int(by)}），试了 {tries} 次"
    # Where a bound leaves it no memory, a library that is not of Python ends its process.
    assert ("memory_mb" in (problem(ended).fix or "")) == (by == signal.SIGABRT)


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGSEGV])
@pytest.mark.row("R4")
def test_a_job_whose_process_was_killed_once_succeeds_at_the_second_try(tmp_path: Path, by: int) -> None:
    first, second = run(("kill_itself", by, str(tmp_path)), ("double", 4))
    assert (first.fault, first.tries) == (None, 2)
    assert isinstance(first.value, int)
    assert (second.value, second.tries) == (8, 1)


@pytest.mark.row("R2")
def test_a_job_that_hangs_is_ended_at_its_limit_however_it_hangs() -> None:
    begun = time.monotonic()
    hangs = [("hang", "sleep"), ("hang", "loop"), ("hang", "c")]
    *hung, good = run(*hangs, ("double", 2), workers=3, limits=RenderLimits(seconds=1))
    took = time.monotonic() - begun
    assert [(problem(each).code, each.tries) for each in hung] == [("render.too-slow", 2)] * 3
    assert "1 秒内没有渲染完，已停止，试了 2 次" in problem(hung[0]).what
    assert good.value == 4
    # A guard: it takes twice a second and the start of processes, and cores that others use, too.
    assert took < 60


@pytest.mark.row("R2")
@pytest.mark.campaign
def test_fifty_of_fifty_jobs_that_hang_are_ended_and_the_next_one_begins_at_once(tally: Tally) -> None:
    with Workers(1, Bounds(seconds=1)) as workers:

        def took(*job: Any) -> tuple[Ran, float]:
            begun = time.monotonic()
            workers.begin(0, deeds.any_of, job)
            while not (told := workers.ended(seconds=1)):
                pass
            return told[0][1], time.monotonic() - begun

        took("double", 1)
        ends, starts = [], []
        for number in range(50):
            ran, seconds = took("hang", ("sleep", "loop", "c")[number % 3])
            assert ran == Ran(End.SLOW)
            ends.append(seconds)
            ran, seconds = took("double", number)
            assert ran.value == 2 * number
            starts.append(seconds)
            tally.survived()
    # As they usually are: a machine that is busy for a moment is no fault of the program.
    assert median(ends) < 1 + 2
    assert median(starts) < 1
    assert processes() == set()


@pytest.mark.row("R3", "refused")
def test_a_job_that_eats_the_memory_is_told() -> None:
    limits = RenderLimits(memory_bytes=512 * 1024**2)
    much, odd, good = run(("swallow", 10**12), ("odd_failure_for_want_of_memory",), ("swallow", 10**8), limits=limits)
    assert [(problem(each).code, each.tries) for each in (much, odd)] == [("render.too-big", 2)] * 2
    assert "内存超过 512 MB，已停止，试了 2 次" in problem(much).what
    assert good.value == 10


@pytest.mark.parametrize("deed", [("stumble",), ("unpicklable",), ("spoilt",), ("exit_politely", 0)])
def test_any_other_failure_is_told_with_its_place_alone(deed: tuple[Any, ...]) -> None:
    bad, good = run(deed, ("double", 2))
    assert (problem(bad).code, bad.tries) == ("render.bug", 2)
    assert re.search(r"程序出错（\w+ 第 \d+ 行），试了 2 次$", problem(bad).what)
    assert good.value == 4


def test_what_the_job_itself_refuses_is_its_fault_at_once(tmp_path: Path) -> None:
    (refused,) = run(("refuse", str(tmp_path)))
    assert refused.fault is not None
    assert [(each.code, each.what) for each in refused.fault.problems] == [("ledger.no-rows", "甲")]
    assert refused.tries == 1
    assert (tmp_path / "begun").read_text() == "x"


@pytest.mark.row("R12")
def test_the_bounds_stand_in_every_process_and_not_here() -> None:
    (ended,) = run(("bounds",), limits=RenderLimits(memory_bytes=700 * 1024**2))
    assert ended.value == {
        "RLIMIT_AS": (700 * 1024**2,) * 2,
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_NOFILE": (256, 256),
        "RLIMIT_FSIZE": (200 * 1024**2,) * 2,
        "SIGINT": signal.SIG_IGN,
    }
    assert deeds.bounds()["RLIMIT_AS"] != (700 * 1024**2,) * 2


@pytest.mark.row("R12")
def test_temporary_files_lie_in_a_folder_of_the_run_and_go_with_it() -> None:
    jobs = [Job("甲", ("temporary_file", "甲")), Job("乙", ("kill_itself", signal.SIGKILL))]
    with closing(work(Engine(workers=1), deeds.any_of, jobs)) as ended:
        file = Path(str(next(ended).value))
        assert file.read_text() == "甲"
        assert file.parent.parent == process_folder()
        assert process_folder().name.startswith(f"{PREFIX}{os.getpid()}-")
        assert next(ended).fault is not None
    assert not file.parent.exists()


@pytest.mark.row("R12")
@pytest.mark.parametrize("kills", [10, pytest.param(200, marks=pytest.mark.campaign)])
def test_processes_that_are_killed_leave_no_file_and_no_image_of_themselves(kills: int, tally: Tally) -> None:
    def there() -> set[Path]:
        return {*process_folder().rglob("*"), *Path.cwd().glob("*core*")}

    before = there()
    ends = [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT] * (kills // 9) + [signal.SIGKILL]
    ended = run(*(("leave_a_file_and_end", by) for by in ends))
    assert {problem(each).code for each in ended} == {"render.killed"}
    assert there() <= before
    assert sum(each.tries for each in ended) >= kills
    tally.survived(sum(each.tries for each in ended))


@pytest.mark.row("R12")
def test_those_that_read_and_those_that_do_a_job_of_the_service_are_bounded_too(tmp_path: Path) -> None:
    bounds = confined("甲", LIMITS, deeds.bounds)
    assert bounds["RLIMIT_CORE"] == (0, 0)
    assert bounds["RLIMIT_AS"] == (LIMITS.memory_bytes,) * 2
    assert bounds["RLIMIT_FSIZE"][0] > 0
    assert bounds["RLIMIT_NOFILE"] == (256, 256)
    settings = Settings(data=tmp_path)
    for kind in JobKind:
        ofjob = bounds_of(kind, settings, str(tmp_path))
        assert min(ofjob.seconds, ofjob.computing_seconds, ofjob.memory_bytes, ofjob.file_bytes, ofjob.open_files) > 0
        assert ofjob.folder == str(tmp_path)


@pytest.mark.row("S4")
def test_a_process_is_replaced_after_two_hundred_jobs() -> None:
    used = [each.value for each in run(*[("pid",)] * 401, workers=1)]
    assert [used.count(each) for each in dict.fromkeys(used)] == [200, 200, 1]


# ---- killed from outside


def kill(process: int) -> bool:
    """Kills a process, which may have been quicker."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


class Killer(threading.Thread):
    """Kills worker processes of this one, at random or all at once, until it has killed enough.

    `ended` counts the jobs that are done. Between two kills so many are to be done that no job, on a machine as busy as
    may be, is killed each time that it is tried.
    """

    def __init__(self, kills: int, every: float, all_at_once: bool = False, apart: int = 0) -> None:
        super().__init__(daemon=True)
        self.kills, self.every, self.all_at_once, self.killed = kills, every, all_at_once, 0
        self.apart, self.ended = apart, 0
        self.random = random.Random(6)

    def run(self) -> None:
        while self.killed < self.kills:
            time.sleep(self.random.uniform(0.5, 1.5) * self.every)
            if self.ended < self.killed * self.apart:
                continue
            there = sorted(processes())
            for each in there if self.all_at_once else self.random.sample(there, min(1, len(there))):
                self.killed += kill(each) and not self.all_at_once
            self.killed += self.all_at_once and bool(there)


@pytest.mark.row("S4")
@pytest.mark.row("R4")
def test_twenty_random_kills_during_two_hundred_jobs_lose_nothing() -> None:
    jobs = [Job(f"{i}", ("think", i, 0.045)) for i in range(200)]
    killer = Killer(20, every=0.05, apart=8)
    killer.start()
    ended = []
    for each in work(Engine(workers=2), deeds.any_of, jobs):
        ended.append(each)
        killer.ended = len(ended)
    assert killer.killed == 20
    assert values(ended) == [(i, f"{i}".encode() * 1000) for i in range(200)]
    assert processes() == set()


@pytest.mark.row("S4")
@pytest.mark.row("R4")
def test_all_processes_killed_at_once_again_and_again_lose_nothing() -> None:
    jobs = [Job(f"{i}", ("think", i, 0.08)) for i in range(120)]
    killer = Killer(4, every=0.4, all_at_once=True)
    killer.start()
    ended = list(work(Engine(workers=4), deeds.any_of, jobs))
    assert killer.killed == 4
    assert values(ended) == [(i, f"{i}".encode() * 1000) for i in range(120)]


@pytest.mark.row("S4")
def test_idle_processes_killed_while_nobody_asks_for_results_are_replaced() -> None:
    def coming() -> Iterator[Job]:
        for i in range(30):
            if i in (10, 20):  # all that was given is done by now, or soon
                time.sleep(0.3)
                for each in processes():
                    kill(each)
                time.sleep(0.05 if i == 10 else 0.5)
            yield Job(f"{i}", ("double", i))

    ended = list(work(Engine(workers=2), deeds.any_of, coming()))
    assert values(ended) == [2 * i for i in range(30)]
    assert {each.tries for each in ended} <= {1, 2}


@pytest.mark.row("S4")
@pytest.mark.row("R4")
def test_the_process_that_forks_the_others_may_be_killed_too() -> None:
    def coming() -> Iterator[Job]:
        for i in range(30):
            if i == 10:
                for each in children(os.getpid()):
                    if "forkserver" in Path(f"/proc/{each}/cmdline").read_text():
                        os.kill(each, signal.SIGKILL)
            yield Job(f"{i}", ("think", i, 0.01))

    ended = list(work(Engine(workers=2), deeds.any_of, coming()))
    assert [value for value, _ in values(ended)] == list(range(30))


# ---- how much is under way


def test_jobs_are_drawn_as_there_is_room_for_them() -> None:
    drawn: list[int] = []

    def coming() -> Iterator[Job]:
        for i in range(60):
            drawn.append(i)
            yield Job(f"{i}", ("double", i))

    for done, ended in enumerate(work(Engine(workers=2), deeds.any_of, coming()), start=1):
        assert ended.value == 2 * ended.index
        time.sleep(0.01)
        assert len(drawn) <= done + 4 * 2
    assert done == 60


def test_a_fault_of_the_jobs_themselves_comes_out_and_leaves_no_process() -> None:
    def coming() -> Iterator[Job]:
        yield Job("甲", ("double", 1))
        raise InputError([])

    with pytest.raises(InputError):
        list(work(Engine(workers=2), deeds.any_of, coming()))
    assert processes() == set()


def test_the_memory_of_the_parent_stays_flat() -> None:
    def resident() -> int:
        gc.collect()
        return int(re.findall(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[0]) * 1024

    jobs = (Job(f"{i}", ("give", 100_000, i)) for i in range(2000))
    at: list[int] = []
    for done, ended in enumerate(work(Engine(workers=2), deeds.any_of, jobs)):
        assert ended.value == deeds.give(100_000, ended.index)
        if done in (300, 1999):
            at.append(resident())
    # Kept results would be 170 MB.
    assert at[1] - at[0] < 20_000_000


# ---- the end


@pytest.mark.parametrize("how", ["sleep", "loop", "c"])
@pytest.mark.row("R2")
def test_closing_leaves_no_process_within_two_seconds(how: str) -> None:
    there = set(threading.enumerate())
    ended = work(Engine(workers=3), deeds.any_of, [Job("甲", ("double", 1)), *[Job("乙", ("hang", how))] * 5])
    assert next(ended).value == 2
    assert len(processes()) == 3
    begun = time.monotonic()
    ended.close()
    assert time.monotonic() - begun < 2
    assert processes() == set()
    assert multiprocessing.active_children() == []
    left = set(threading.enumerate()) - there
    assert not [each for each in left if "pebble" in each.name or "reportgen" in each.name]


SCRIPT = """
import contextlib, os, sys, time
from reportgen.engine.model import Engine, Job
from reportgen.engine.work import work
from tests import engine_jobs as deeds

if __name__ == "__main__":
    jobs = [Job("甲", ("temporary_file", "甲")), *[Job("乙", ("hang", sys.argv[1]))] * 5]
    with contextlib.closing(work(Engine(workers=3), deeds.any_of, jobs)) as ended:
        try:
            for each in ended:
                print(each.value, flush=True)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short path: systems have no sockets with a long one, which then lie elsewhere."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.parametrize(
    ("by", "how"), [("SIGINT", "sleep"), ("SIGINT", "c"), ("SIGTERM", "c"), ("SIGKILL", "c"), ("SIGKILL", "sleep")]
)
def test_a_run_that_is_ended_takes_its_processes_with_it(place: Path, by: str, how: str) -> None:
    """Ctrl-C goes to the whole group; a service sends SIGTERM to the one process; SIGKILL leaves it no last word."""
    script = place / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(HERE), "TMPDIR": str(place), "PYTHONIOENCODING": "utf-8"}
    ran = subprocess.Popen(
        [sys.executable, script, how],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    assert ran.stdout is not None
    file = Path(ran.stdout.readline().strip())
    assert file.is_relative_to(place)
    until = time.monotonic() + 20
    while len(there := processes(ran.pid)) < 3 and time.monotonic() < until:
        time.sleep(0.05)
    assert len(there) == 3
    time.sleep(0.3)
    begun = time.monotonic()
    signalled = getattr(signal, by)
    if by == "SIGINT":
        os.killpg(ran.pid, signalled)
    else:
        os.kill(ran.pid, signalled)
    while any(map(runs, there)) and time.monotonic() < begun + 30:
        time.sleep(0.02)
    assert not any(map(runs, there))
    out, complaints = ran.communicate(timeout=10)
    if by == "SIGINT":
        assert (ran.returncode, out, complaints) == (0, "interrupted\n", "")
        assert not file.parent.exists()
    else:
        assert ran.returncode == -signalled
        # What it could not remove is swept by the next run.
        (left,) = (each for each in place.iterdir() if each != script)
        assert file.is_relative_to(left)
        os.utime(left, (0, 0))
        again = subprocess.Popen([sys.executable, script, how], env=environment, stdout=subprocess.PIPE)
        assert again.stdout is not None
        again.stdout.readline()
        assert not left.exists()
        again.send_signal(signal.SIGINT)
        again.communicate(timeout=10)
    assert list(place.iterdir()) == [script]


def test_a_script_without_a_main_guard_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        SCRIPT.replace('if __name__ == "__main__":', "from reportgen.problems import EnvironmentLacking\ntry:").replace(
            '        except KeyboardInterrupt:\n            print("interrupted", flush=True)\n',
            "        finally:\n            pass\nexcept EnvironmentLacking as fault:\n"
            "    print([each.code for each in fault.problems], fault)\n",
        ),
        encoding="utf-8",
    )
    environment = os.environ | {"PYTHONPATH": str(HERE), "PYTHONIOENCODING": "utf-8"}
    ran = subprocess.run(
        [sys.executable, script, "sleep"], env=environment, capture_output=True, encoding="utf-8", timeout=60
    )
    assert ran.stdout.splitlines()[-1].startswith("    怎么改：")
    assert "['program.not-begun']" in ran.stdout
    assert "if __name__ == '__main__':" in ran.stdout


def test_where_no_process_can_be_started_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of the system on the number of processes, or of the memory: nothing can be forked."""

    def no_process(*_: Any) -> None:
        raise OSError("Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", no_process)
    with pytest.raises(EnvironmentLacking) as fault:
        list(work(Engine(workers=2), deeds.any_of, [Job("甲", ("double", 1))]))
    assert [each.code for each in fault.value.problems] == ["program.not-begun"]


def with_files(most: int, workers: int) -> subprocess.CompletedProcess[str]:
    """Twenty jobs in a process that may have so many files open."""
    code = (
        "import resource\n"
        "from reportgen.engine.model import Engine, Job\n"
        "from reportgen.engine.work import work\n"
        "from reportgen.problems import EnvironmentLacking\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({most}, {most}))\n"
        "try:\n"
        f"    done = [*work(Engine(workers={workers}), len, [Job('甲', ('x' * i,)) for i in range(20)])]\n"
        "    print(sorted(each.value for each in done) == [*range(20)])\n"
        "except EnvironmentLacking as fault:\n"
        "    print([problem.code for problem in fault.problems])\n"
    )
    return subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("most", "workers"), [(8, 2), (12, 2), (16, 2), (20, 2), (24, 2), (64, 64)])
def test_a_system_that_gives_few_files_is_told_in_words_or_does_it_all(most: int, workers: int) -> None:
    done = with_files(most, workers)
    assert done.stdout in ("True\n", "['program.not-begun']\n"), done.stderr
    assert "Traceback" not in done.stderr
