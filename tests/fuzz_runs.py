"""Spoilt files tried in processes that can be lost (改坏的文件，受限地试): a hang or a crash is found, and named.

A process has a bound of memory, and the one that started it looks on: whatever ends it, or takes too long, is a fault
of the file that it had begun, told with the seed that makes the same file again.
"""

from __future__ import annotations

import multiprocessing
import re
import resource
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from reportgen.problems import Problem, Severity, has_errors
from tests.fuzz_roads import kinds, sound_file
from tests.mutations import spoilt

MEMORY = 1024**3
"""So much a process may have, all that the libraries take included."""
SECONDS = 20
"""So much computing one file may take."""
_SILENCE = 240  # by the clock, on a machine that does much else besides
# Python's words and its picture of a value; what the file itself says stands in 「」.
_PYTHON = r"Traceback|\b\w+(Error|Exception)\b|Input should|\bobject at|0x[0-9a-f]{6}|<class|NoneType|\bvalidation\b"
# What is missing in a file, and what is wrong with it as a whole, has no line.
_LINELESS = ("file.", "ledger.missing-sheet")


@dataclass
class Ends:
    """What became of the files of one kind (结局): how many were read, refused, and what is a fault of ours."""

    survived: int
    refused: int
    faults: list[str]


def tried(suffix: str, numbers: Mapping[str, Sequence[int]], thorough: bool = False) -> Ends:
    """What becomes of the spoilt files of these kinds with these numbers, all in one process."""
    work = tuple((name, number) for name, each in numbers.items() for number in each)
    return watched(_try_files, (suffix, work, thorough), lambda which: f"{suffix} {which}")


def watched(work: Callable[..., None], arguments: tuple[Any, ...], called: Callable[[Any], str]) -> Ends:
    """What `work` tells of its inputs from a process of its own, which is ended if it says nothing for too long.

    It tells `("begun", which)`, then `("survived" | "refused" | "fault", words)`, at the end `("done", "")`.
    """
    context = multiprocessing.get_context(
        "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else None
    )
    heard, told = context.Pipe(duplex=False)
    process = context.Process(target=_bounded, args=(told, work, arguments), daemon=True)
    process.start()
    told.close()
    ends, at = Ends(0, 0, []), "nothing"
    while True:
        try:
            end, words = heard.recv() if heard.poll(_SILENCE) else ("silent", "")
        except EOFError:
            end, words = "lost", ""
        match end:
            case "begun":
                at = called(words)
            case "survived":
                ends.survived += 1
            case "refused":
                ends.refused += 1
            case "fault":
                ends.faults.append(f"{at}: {words}")
            case "done":
                break
            case _:
                process.kill()
                process.join()
                ends.faults.append(f"{at}: {end}, {process.exitcode}")
                break
    process.join()
    process.close()
    heard.close()
    return ends


def _bounded(told: Connection, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    work(told, *arguments)
    told.send(("done", ""))


def _try_files(told: Connection, suffix: str, work: Sequence[tuple[str, int]], thorough: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="reportgen-fuzz-") as place:
        for name, number in work:
            told.send(("begun", (name, number)))
            kind = kinds()[name]
            text = spoilt(sound_file(kind, number, suffix), suffix, f"{name} {suffix} {number}")
            folder = Path(place) / f"{name}{number}"
            folder.mkdir()
            told.send(outcome(partial(kind.road, folder, text, suffix, thorough)))


def outcome(run: Callable[[], Sequence[Problem]]) -> tuple[str, str]:
    """How one input ended, and what is wrong with that."""
    begun = time.process_time()
    try:
        problems = list(run())
    except Exception as fault:
        frames = traceback.extract_tb(fault.__traceback__)
        place = next(
            (f"{frame.filename}:{frame.lineno}" for frame in reversed(frames) if "reportgen" in frame.filename), ""
        )
        return "fault", f"{type(fault).__name__} at {place}: {str(fault)[:200]}"
    if (seconds := time.process_time() - begun) > SECONDS:
        return "fault", f"{seconds:.0f} s"
    if amiss := [f"{wrong} {problem}"[:500] for problem in problems if (wrong := unclear(problem))]:
        return "fault", amiss[0]
    return ("refused" if has_errors(problems) else "survived"), ""


def unclear(problem: Problem) -> str:
    """Why nobody who reads a problem could mend it; nothing if he can."""
    text = str(problem)
    said = re.sub("「[^」]*」", "", problem.what) + re.sub("「[^」]*」", "", problem.fix)
    if len(text) > 300:
        return "too long:"
    if not re.search("[一-龥]", problem.what) or not re.search("[一-龥]", problem.fix):
        return "not in Chinese:"
    if re.search(_PYTHON, said):
        return "in Python's words:"
    place = problem.where
    if problem.severity is Severity.ERROR and not place:
        return "nowhere:"
    has_line = place and (place.line or place.cell)
    if problem.severity is Severity.ERROR and not has_line and not problem.code.startswith(_LINELESS):
        return "without a line:"
    return ""
