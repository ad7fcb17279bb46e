"""A real Dask cluster on loopback (本机上的集群), and what its workers are given to do."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from reportgen.problems import InputError, error

ROOT = Path(__file__).resolve().parent.parent

HIDE = """\
import sys
for name in [name for name in sys.modules if name.partition(".")[0] == "reportgen"]:
    del sys.modules[name]
sys.modules["reportgen"] = None
"""
"""Preloaded by a process of Dask, it makes it one of a machine that has no reportgen."""


@dataclass
class Cluster:
    """A scheduler and its workers, each a process of its own; `folder` has their logs."""

    folder: Path
    address: str = ""
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self, *options: str, name: str = "", **environment: str) -> subprocess.Popen[bytes]:
        """Start one more worker of one thread; without a nanny unless `options` say so."""
        name = name or f"w{len(self.workers)}"
        more = options if "--nanny" in options else (*options, "--no-nanny")
        command = [sys.executable, "-m", "distributed.cli.dask_worker", self.address, "--nthreads", "1", "--name", name]
        command += ["--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(self.folder), *more]
        worker = self._started(command, name, **environment)
        self.workers.append(worker)
        return worker

    def meet(self) -> None:
        """Wait until the scheduler has met all workers."""
        logs = sorted(self.folder.glob("*.log"))
        waits(lambda: all("Registered to:" in log.read_text() for log in logs if log.stem != "scheduler"), 60)

    def start_scheduler(self) -> None:
        """Start the scheduler on a free port; it has no reportgen and needs none."""
        hide = self.folder / "hide.py"
        hide.write_text(HIDE)
        said = self.folder / "scheduler.json"
        command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
        self.scheduler = self._started(
            [*command, "--no-dashboard", "--scheduler-file", str(said), "--preload", str(hide)], "scheduler"
        )
        waits(lambda: said.exists() and said.read_text().endswith("}"), 60)
        self.address = json.loads(said.read_text())["address"]

    def end(self) -> None:
        """Kill whatever still runs."""
        for process in (*self.workers, *([self.scheduler] if self.scheduler else [])):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.send_signal(signal.SIGTERM if process in self.workers else signal.SIGKILL)
        for process in (*self.workers, *([self.scheduler] if self.scheduler else [])):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _started(self, command: list[str], name: str, **more: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=self.folder)


@contextmanager
def cluster(folder: Path, workers: int = 2, *options: str) -> Iterator[Cluster]:
    """A cluster that is killed at the end."""
    made = Cluster(folder)
    try:
        made.start_scheduler()
        for _ in range(workers):
            made.add_worker(*options)
        made.meet()
        yield made
    finally:
        made.end()


def waits(holds: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def descendants(pid: int) -> set[int]:
    """The processes that descend from one."""
    parents: dict[int, int] = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                parents[int(each.name)] = int((each / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def is_running(pid: int) -> bool:
    """Whether a process is there and no mere entry of the dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# ---- jobs


def square(number: int, seconds: float = 0) -> tuple[int, int]:
    """The square, and the worker process that it was made for."""
    time.sleep(seconds)
    return number * number, parent_pid()


def parent_pid() -> int:
    """The process of the Dask worker whose child this one is."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    assert parent.pid is not None
    return parent.pid


def kill_worker_or_square(number: int, seconds: float = 0) -> int:
    """Kills the Dask worker, as a machine that is switched off, or squares the number if it is not negative."""
    if number < 0:
        os.kill(parent_pid(), signal.SIGKILL)
        time.sleep(30)
    return square(number, seconds)[0]


def end_badly(how: str, note: str) -> str:
    """Ends as told, and writes a line to `note` each time."""
    with Path(note).open("a") as file:
        file.write(f"{os.getpid()}\n")
    if how == "refuse":
        raise InputError([error("test.refused", "不行", "请改")])
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "hang":
        while True:
            pass
    if how == "eat":
        return "x" * 10**10
    if how == "fail":
        raise ZeroDivisionError
    if how == "once" and Path(note).read_text().count("\n") == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return how


# ---- facts


def same_facts() -> Mapping[str, str]:
    """Facts that all machines share."""
    return {"Pango": "1.50.12"}


def home_facts(home: int) -> Mapping[str, str]:
    """Facts that differ everywhere but in one process and its descendants' own children."""
    return {"Pango": "1.50.12" if os.getpid() == home else "1.40.0", "仿宋的字体": "FandolFang"}


def facts_by_worker() -> Mapping[str, str]:
    """Facts that the environment of the worker says."""
    return {"Pango": os.environ.get("TEST_PANGO", "1.50.12")}


def lacking_facts(home: int) -> Mapping[str, str]:
    """Facts that only one process can tell."""
    if os.getpid() != home:
        raise InputError([error("fonts.no-face", "这台机器没有可用的中文字体（仿宋）", "请安装")])
    return {}
