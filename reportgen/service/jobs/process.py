"""Inside the process of a job (任务进程): from the files of an order to an outcome in one small file.

It lives in a folder of its own, knows no rows, and may be killed at any line: whoever started it finds either the
whole outcome or none.
"""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import shutil
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from io import FileIO
from pathlib import Path
from typing import Any, TypeAlias

from reportgen.bounded import Bounds, End, Ran, begin_alone, own_size, ran_here
from reportgen.limits import STANDARD, Limits, Outside, holding
from reportgen.problems import CannotWrite, ReportError
from reportgen.service.model import JobFile, Order
from reportgen.service.refusals import DiskFull
from reportgen.service.store.blobs import missing, path_of, put, put_file
from reportgen.service.work.model import Made, Room
from reportgen.stages import sync_folder, write_synced

Doer: TypeAlias = "str | Callable[[Order, Room], Made]"
"""What makes a job of an order (任务的做法): a function, or its dotted name."""

DOER = "reportgen.service.work.doing.carry_out"
"""Who carries out the orders (默认做法)."""

# The exit code of a process that could not even say that there is no room.
NO_ROOM = 28

_OUTCOME = "outcome.json"
_TOLD = "told"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the files of the service lie (文件所在), for one who is to know no rows."""

    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """All that the process of a job is given (任务包): an order, and a folder of its own, which it makes itself.

    Its `sockets` are elsewhere, where paths are short. Its memory is counted from what the loaded libraries have.
    """

    job: str
    order: Order
    folder: Path
    sockets: Path
    shelf: Shelf
    doer: Doer
    bounds: Bounds
    limits: Limits = STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a job in its process (任务结局): everything is in the store already, `result` by its SHA-256.

    `end` is VALUE, REFUSED with problems, MEMORY, BUG with its place, or LOST where the disk was full.
    """

    end: End
    result: str = ""
    files: tuple[JobFile, ...] = ()
    problems: tuple[Mapping[str, Any], ...] = ()
    place: str = ""


def run(task: Task) -> None:
    """The whole life of the process (任务进程的一生)."""
    from reportgen.confine import read_here

    code = NO_ROOM
    try:
        # First: one that is forked when the server has been killed meanwhile ends here, and leaves nothing.
        bounds = replace(task.bounds, memory_bytes=task.bounds.memory_bytes + own_size())
        begin_alone(bounds)
        for each in (Path(bounds.folder), task.sockets):
            each.mkdir(parents=True)
        multiprocessing.current_process()._config["tempdir"] = str(task.sockets)  # type: ignore[attr-defined]
        with (task.folder / _TOLD).open("ab", buffering=0) as file:
            teller = _Teller(file)
            read_here(teller.reads)
            with holding(task.limits, is_ceiling=True):
                ran = ran_here(bounds, (_carried_out, (task, teller), {}))
        put_outcome(task.folder, ran.value if ran.end is End.VALUE else _failed(ran))
        code = 0
    except OSError as fault:
        code = NO_ROOM if is_full(fault) else 1
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        os._exit(code)  # nobody waits for what libraries do at their end


def outcome_of(folder: Path, job: str) -> Outcome | None:
    """What a process told last (读结局); None if it ended before it could tell."""
    try:
        data = json.loads((folder / _OUTCOME).read_bytes())
    except (OSError, ValueError):
        return None
    files = tuple(JobFile(job=job, name=name, sha256=sha256, size=size) for name, sha256, size in data["files"])
    return Outcome(
        end=End(data["end"]),
        result=data["result"],
        files=files,
        problems=tuple(data["problems"]),
        place=data["place"],
    )


def is_full(fault: BaseException) -> bool:
    """Whether there is no room on the disk (磁盘已满), whoever says so."""
    first = fault.__context__ if isinstance(fault, CannotWrite) else fault
    return isinstance(first, DiskFull) or (isinstance(first, OSError) and first.errno in (errno.ENOSPC, errno.EDQUOT))


def news(folder: Path, offset: int) -> tuple[list[dict[str, Any]], int]:
    """What a process has told since `offset` (进度), and how far that is: whole lines only.

    A line has `label`, `done` and `total`, or `reads` with its `limits`, or the `file` that it hands over, with
    `sha256` and `size`.
    """
    try:
        with (folder / _TOLD).open("rb") as file:
            file.seek(offset)
            blob = file.read(_MOST_NEWS)
    except OSError:
        return [], offset
    end = blob.rfind(b"\n") + 1
    return [json.loads(line) for line in blob[:end].splitlines()], offset + end


_MOST_NEWS = 1024**2


class _Teller:
    """Tells of the job in whole lines; never fails, for it tells of work that may well succeed."""

    def __init__(self, file: FileIO) -> None:
        self._file = file

    def told(self, label: str, done: int, total: int) -> None:
        self._tell({"label": label, "done": done, "total": total})

    def reads(self, name: str, limits: Outside) -> None:
        self._tell({"reads": name, "limits": limits.as_json()})

    def has_made(self, file: JobFile) -> None:
        self._tell({"file": file.name, "sha256": file.sha256, "size": file.size})

    def _tell(self, what: Mapping[str, Any]) -> None:
        with suppress(OSError, ValueError):
            self._file.write(json.dumps(what).encode() + b"\n")


def _carried_out(task: Task, teller: _Teller) -> Outcome:
    kept = _Kept(task)
    try:
        room = Room(
            given=task.folder / "given",
            made=task.folder / "made",
            told=teller.told,
            hand_over=lambda name, path: teller.has_made(kept.file(name, path)),
        )
        room.made.mkdir()
        for name, sha256 in task.order.files.items():
            place = room.given / name
            place.parent.mkdir(parents=True, exist_ok=True)
            _give(path_of(task.shelf, sha256), place)
        made = _doer(task.doer)(task.order, room)
        files = [kept.file(name, path) for name, path in made.files.items()]
        return Outcome(end=End.VALUE, result=put(task.shelf, as_bytes(made.result)), files=tuple(files))
    except (OSError, CannotWrite, DiskFull) as fault:
        if not is_full(fault):
            raise
        return Outcome(end=End.LOST)
    except ReportError as fault:
        if any(problem.code in _BUGS for problem in fault.problems) and _is_short(task):
            return Outcome(end=End.LOST)
        raise
    except Exception:
        if _is_short(task):
            return Outcome(end=End.LOST)
        traceback.print_exc()  # for the server's log; a person reads where in the program it was
        raise


# Libraries fail in ways of their own where they have no room for their files: it is not told as a fault of the program.
_LITTLE_ROOM = 4 * 1024**2
_BUGS = frozenset({"render.bug"})


def _is_short(task: Task) -> bool:
    return shutil.disk_usage(task.folder).free < _LITTLE_ROOM


def _give(blob: Path, place: Path) -> None:
    try:
        shutil.copyfile(blob, place)
    except FileNotFoundError:
        raise missing() from None


def as_bytes(result: Mapping[str, Any]) -> bytes:
    """A result as the store keeps it (结果的字节): the same result, the same bytes."""
    return json.dumps(result, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


class _Kept:
    """Files of the job in the store: what was handed over, and not written anew since, is not read a second time."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._known: dict[tuple[str, Path], tuple[int, JobFile]] = {}

    def file(self, name: str, path: Path) -> JobFile:
        state = path.stat()
        written, known = self._known.get((name, path), (None, None))
        if known is not None and (written, known.size) == (state.st_mtime_ns, state.st_size):
            return known
        made = JobFile(job=self._task.job, name=name, sha256=put_file(self._task.shelf, path), size=state.st_size)
        self._known[name, path] = state.st_mtime_ns, made
        return made


def _doer(doer: Doer) -> Callable[[Order, Room], Made]:
    if not isinstance(doer, str):
        return doer
    module, _, name = doer.rpartition(".")
    function: Callable[[Order, Room], Made] = getattr(import_module(module), name)
    return function


def _failed(ran: Ran) -> Outcome:
    if isinstance(ran.value, ReportError):
        return Outcome(end=ran.end, problems=tuple(problem.as_json() for problem in ran.value.problems))
    return Outcome(end=ran.end, place=ran.value or "")


def put_outcome(folder: Path, outcome: Outcome) -> None:
    """Write the outcome down (写结局): one rename makes it stand, before it there is none."""
    files = [(each.name, each.sha256, each.size) for each in outcome.files]
    data = {
        "end": outcome.end.value,
        "result": outcome.result,
        "files": files,
        "problems": outcome.problems,
        "place": outcome.place,
    }
    new = folder / f"{_OUTCOME}.new"
    write_synced(new, json.dumps(data).encode())
    os.replace(new, folder / _OUTCOME)
    sync_folder(folder)
