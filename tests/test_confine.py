"""Reading within limits (受限读取): what hangs, eats or breaks is ended, in real processes."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reportgen.confine import LIMITS, Limits, confined, confined_each, read_outside
from reportgen.problems import EnvironmentLacking, InputError, Location, Problem, ReportError, error, warning
from reportgen.writers.fonts import GlyphsMissing

SHORT = Limits(seconds=1)
ROOMY = Limits(seconds=15)
WHERE = Location(file="报告.docx", key="a")

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux keeps the bound of memory")


def double(value: int) -> int:
    return 2 * value


def spin() -> None:
    while True:
        pass


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def spin_in_c() -> int:
    return sum(range(10**13))


def swallow(size: int) -> int:
    return len(bytearray(size))


def swallow_bit_by_bit() -> int:
    kept = []
    while True:
        kept.append(bytes(10_000_000))


def leave(code: int) -> None:
    os._exit(code)


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise InputError([error("file.damaged", "甲", "乙", WHERE), warning("file.wrong-suffix", "丙", "丁")])


def lack() -> None:
    raise GlyphsMissing({"㐀": (WHERE,)})


def stumble() -> float:
    return 1 / len("")


def parent_and_method() -> tuple[int, str]:
    return os.getppid(), type(multiprocessing.current_process()).__name__


def bounds() -> dict[str, int]:
    import resource

    return {name: resource.getrlimit(getattr(resource, name))[0] for name in ("RLIMIT_AS", "RLIMIT_CPU")}


def refused(limits: Limits, function, *args) -> Problem:
    with pytest.raises(InputError) as fault:
        confined("报告.docx", limits, function, *args)
    (problem,) = fault.value.problems
    assert problem.where == Location(file="报告.docx")
    assert "「报告.docx」" in problem.what
    return problem


def test_the_value_comes_back() -> None:
    assert confined("x", ROOMY, double, 21) == 42
    assert confined("x", ROOMY, double, value=4) == 8


def test_the_worker_is_no_copy_of_this_process() -> None:
    """A fork of a process with threads may hang; Pebble forks if it is not told otherwise."""
    parent, kind = confined("x", ROOMY, parent_and_method)
    assert kind in ("ForkServerProcess", "SpawnProcess")
    assert (parent != os.getpid()) == (kind == "ForkServerProcess")


@pytest.mark.parametrize("function", [spin, spin_in_c])
def test_what_never_ends_is_ended_and_told(function) -> None:
    begun = time.monotonic()
    problem = refused(SHORT, function)
    # A loop in Python hears the signal; one in C is killed three seconds later.
    assert time.monotonic() - begun < 8
    assert problem.code == "file.too-slow"
    assert "1 秒内没有读完" in problem.what
    assert multiprocessing.active_children() == []


@linux_only
@pytest.mark.parametrize(("function", "args"), [(swallow, (2 * 1024**3,)), (swallow_bit_by_bit, ())])
def test_what_eats_the_memory_is_ended_and_told(function, args) -> None:
    problem = refused(ROOMY, function, *args)
    assert problem.code == "file.too-big"
    assert "内存超过 1024 MB" in problem.what


@linux_only
def test_the_bounds_stand_in_the_worker_alone() -> None:
    within = confined("x", ROOMY, bounds)
    assert within["RLIMIT_AS"] == 1024**3
    # What the process took to start comes on top.
    assert 15 < within["RLIMIT_CPU"] < 25
    assert bounds()["RLIMIT_AS"] != 1024**3


@pytest.mark.parametrize("code", [0, 3, 70])
def test_a_worker_that_leaves_is_told(code: int) -> None:
    problem = refused(ROOMY, leave, code)
    assert problem.code == "file.damaged"
    assert "意外中断" in problem.what


class Deadly:
    """An argument whose unpickling ends the process: the worker never comes to its first line."""

    def __reduce__(self):
        return os._exit, (3,)


def test_a_worker_that_ends_before_it_begins_is_no_fault_of_the_file() -> None:
    with pytest.raises(EnvironmentLacking) as fault:
        confined("报告.docx", ROOMY, bool, Deadly())
    (problem,) = fault.value.problems
    assert problem.code == "program.not-begun"
    assert problem.where == Location(file="报告.docx")
    assert "「报告.docx」没有读；不是文件有问题" in problem.what


@pytest.mark.parametrize(
    "call", ["confined('报告.docx', LIMITS, len, 'ab')", "list(confined_each('ab', LIMITS, len, 'ab'))"]
)
def test_a_script_without_a_main_guard_is_told_so(tmp_path: Path, call: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from reportgen.confine import LIMITS, confined, confined_each\n"
        "from reportgen.problems import ReportError\n"
        "try:\n"
        f"    print({call})\n"
        "except ReportError as fault:\n"
        "    print([problem.code for problem in fault.problems], fault)\n",
        encoding="utf-8",
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run([sys.executable, script], env=environment, capture_output=True, encoding="utf-8", check=True)
    assert run.stdout.startswith("['program.not-begun']")
    assert "if __name__ == '__main__':" in run.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_worker_killed_by_the_system_is_one_that_took_too_much() -> None:
    assert refused(ROOMY, be_killed).code == "file.too-big"


def test_problems_come_out_whole() -> None:
    with pytest.raises(InputError) as fault:
        confined("x", ROOMY, refuse)
    with pytest.raises(InputError) as here:
        refuse()
    assert fault.value.problems == here.value.problems
    assert str(fault.value) == str(here.value)


def test_a_fault_with_its_own_constructor_comes_out_whole_too() -> None:
    with pytest.raises(GlyphsMissing) as fault:
        confined("x", ROOMY, lack)
    assert fault.value.characters == ("㐀",)
    assert [problem.code for problem in fault.value.problems] == ["fonts.no-glyph"]


@pytest.mark.parametrize("kind", ReportError.__subclasses__())
def test_every_kind_of_fault_survives_pickling(kind: type[ReportError]) -> None:
    fault = kind([error("a.b", "甲", "乙", WHERE)])
    again = pickle.loads(pickle.dumps(fault))
    assert (type(again), again.problems, again.args) == (kind, fault.problems, fault.args)


def test_a_bug_is_told_with_its_place_and_no_word_of_python() -> None:
    problem = refused(ROOMY, stumble)
    assert problem.code == "file.not-understood"
    line = stumble.__code__.co_firstlineno + 1
    assert f"（test_confine 第 {line} 行）" in problem.what
    assert "维护人员" in problem.fix
    assert not re.search("Error|/", problem.what)


# ---- many files


def act(deed: str, value: int) -> int | str:
    """One file of many: what it does to its reader."""
    match deed:
        case "hang":
            spin_in_c()
        case "swallow":
            swallow_bit_by_bit()
        case "leave":
            leave(70)
        case "killed":
            be_killed()
        case "refuse":
            refuse()
        case "stumble":
            stumble()
        case "nap":
            nap(0.7)
        case "pid":
            return f"{os.getpid()}"
    return 2 * value


def read_each(deeds: list[str], limits: Limits = ROOMY) -> list[int | str]:
    """For each deed its value, or the code of its fault, which must be about its own file and nobody else's."""
    names = [f"{i}.xlsx" for i in range(len(deeds))]
    told: list[int | str] = []
    for name, each in zip(names, confined_each(names, limits, act, deeds, range(len(deeds))), strict=True):
        if isinstance(each, InputError):
            places = {problem.where for problem in each.problems}
            assert places == {Location(file=name)} or each.problems[0].code == "file.damaged"
            told.append(each.problems[0].code)
        else:
            assert not isinstance(each, ReportError)
            told.append(each)
    assert multiprocessing.active_children() == []
    return told


def test_many_files_come_back_in_order_from_few_processes() -> None:
    assert read_each([""] * 30) == [2 * i for i in range(30)]
    processes = read_each(["pid"] * 30)
    assert 1 <= len(set(processes)) <= 8
    assert str(os.getpid()) not in processes


def test_no_file_and_a_single_file_are_read_too() -> None:
    assert read_each([]) == []
    assert read_each([""]) == [0]
    assert read_each(["refuse"]) == ["file.damaged"]


def test_a_file_that_hangs_among_many_costs_only_itself() -> None:
    assert read_each(["", "hang", "", ""], Limits(seconds=2)) == [0, "file.too-slow", 4, 6]


@linux_only
def test_a_file_that_eats_the_memory_among_many_costs_only_itself() -> None:
    assert read_each(["", "swallow", "", ""]) == [0, "file.too-big", 4, 6]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_crash_among_many_costs_only_its_own_file() -> None:
    deeds = ["", "leave", "", "killed", "stumble", "", "refuse", ""]
    codes = ["file.damaged", "file.too-big", "file.not-understood", "file.damaged"]
    assert read_each(deeds) == [0, codes[0], 4, codes[1], codes[2], 10, codes[3], 14]


def test_every_file_crashing_is_told_for_every_file() -> None:
    assert read_each(["leave"] * 3) == ["file.damaged"] * 3


def cpu_left(_: str) -> float:
    """Seconds of computing time that this process still may take; then it takes some."""
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    left = resource.getrlimit(resource.RLIMIT_CPU)[0] - used.ru_utime - used.ru_stime
    until = time.process_time() + 0.4
    while time.process_time() < until:
        pass
    return left


@linux_only
def test_each_file_has_the_whole_time_whatever_its_process_has_read_before() -> None:
    left = [each for each in confined_each("abcdef", ROOMY, cpu_left, "abcdef") if isinstance(each, float)]
    assert len(left) == 6
    assert all(ROOMY.seconds <= each <= ROOMY.seconds + 1.1 for each in left)


def test_waiting_is_not_computing_and_ends_later() -> None:
    patient = Limits(seconds=1, wall_factor=4)
    assert confined("x", patient, nap, 2) == 2
    begun = time.monotonic()
    assert refused(Limits(seconds=1, wall_factor=2), nap, 60).code == "file.too-slow"
    assert time.monotonic() - begun < 8


@linux_only
@pytest.mark.parametrize("many", [False, True])
def test_computing_is_ended_at_its_own_limit_long_before_the_wait_is(many: bool) -> None:
    limits = Limits(seconds=1, wall_factor=60)
    begun = time.monotonic()
    if many:
        assert read_each(["", "hang", ""], limits) == [0, "file.too-slow", 4]
    else:
        assert refused(limits, spin_in_c).code == "file.too-slow"
    assert time.monotonic() - begun < 20


def test_what_no_time_is_left_for_is_told_and_not_begun() -> None:
    told = read_each(["nap"] * 6, Limits(total_seconds=0.5))
    assert told[0] == 0
    assert told[-3:] == ["file.no-time-left"] * 3


def test_giving_up_halfway_leaves_no_process() -> None:
    some = confined_each("abc", ROOMY, act, ["", "", "hang"], range(3))
    assert next(some) == 0
    some.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_a_process_that_ends_before_it_begins_is_none_of_the_faults_of_many_files_either() -> None:
    told = list(confined_each("abc", ROOMY, act, ["", Deadly(), ""], range(3)))
    assert (told[0], told[2]) == (0, 4)
    assert isinstance(told[1], EnvironmentLacking)


# ---- the file itself


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.docx"
    with path.open("wb") as file:
        file.truncate(LIMITS.file_bytes + 1)
    with pytest.raises(InputError, match=r"file\.too-big.*超过 50 MB"):
        read_outside(path, path.name, LIMITS)
    with path.open("wb") as file:
        file.truncate(100)
    assert read_outside(path, path.name, LIMITS) == bytes(100)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name")
def test_a_pipe_is_refused_before_anybody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.docx")
    with pytest.raises(InputError, match=r"file\.unreadable.*不是普通文件"):
        read_outside(tmp_path / "pipe.docx", "pipe.docx", LIMITS)
