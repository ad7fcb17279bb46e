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

from reportgen.confine import LIMITS, Limits, confined, read_outside
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
    assert confined("x", ROOMY, bounds) == {"RLIMIT_AS": 1024**3, "RLIMIT_CPU": 20}
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


def test_a_script_without_a_main_guard_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from reportgen.confine import LIMITS, confined\n"
        "from reportgen.problems import ReportError\n"
        "try:\n"
        "    print(confined('报告.docx', LIMITS, len, 'ab'))\n"
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
