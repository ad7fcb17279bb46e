"""A command held still before it writes (停在写入前的命令), and let go again and again, to another fault each time.

All that it computed is there: so a hundred kills of one command cost little more than one run of it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.projects import begin_as_command

# What changes a folder, as Python tells its audit hooks; `open` does if it opens for writing.
_CHANGES = (
    "os.rename",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.remove",
    "os.rmdir",
    "os.chmod",
    "os.chown",
    "os.utime",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass(frozen=True)
class Fault:
    """What happens to the command (故障): a signal before its change of that number or after so many seconds,
    or that it runs as a clerk, whom the rights of files stop.
    """

    signal: int = signal.SIGKILL
    at: int = 0
    after: float = 0
    as_clerk: bool = False


NONE = Fault()


@dataclass(frozen=True)
class End:
    """How it ended (结局): its exit code, below zero for a signal, what it said, how often it changed a file."""

    code: int
    said: str
    changes: int


class Frozen:
    """The command that is held still (停住的命令)."""

    def __init__(self, pipe: Connection, said: Path) -> None:
        self._pipe, self._said = pipe, said

    def let_go(self, fault: Fault = NONE) -> End:
        """Let it go on with this fault, to its end."""
        self._said.write_bytes(b"")
        self._pipe.send(fault)
        assert self._pipe.poll(60), "the command hangs"
        code, changes = self._pipe.recv()
        return End(code, self._said.read_text(encoding="utf-8"), changes)


@contextmanager
def frozen(words: Sequence[str | Path], out: Path, said: Path) -> Iterator[Frozen]:
    """The command of these words, held before its first change in the folder `out`."""
    here, there = multiprocessing.Pipe()
    arguments = (["-c", *map(str, words)], str(out), there, said, dict(os.environ))
    process = multiprocessing.get_context("forkserver").Process(target=_command, args=arguments)
    process.start()
    there.close()
    try:
        assert here.poll(60), "the command does not come to write anything"
        assert here.recv() == "frozen", said.read_text(encoding="utf-8")
        yield Frozen(here, said)
        here.send(None)
    finally:
        here.close()
        process.join(10)
        process.kill()
        process.join()
        process.close()


def _command(words: list[str], out: str, pipe: Connection, said: Path, environment: dict[str, str]) -> None:
    watch = _Watch(out, pipe, said)
    begin_as_command(words, said, said, environment)
    # Whoever runs the tests in the background has Ctrl-C ignored, and with `nohup` the end of the session, too. The
    # process that forks this one may have been begun while Ctrl-C was put off.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    from reportgen import check_files, publish
    from reportgen.cli import main

    assert check_files, "it has its own name for what is held below, for what it asks before publishing"

    begun = publish.refuse_open

    def held(place: Path, name: str) -> None:
        """The first thing that is asked of a place that is to be written."""
        if watch.fault is None:
            watch.hold()
        begun(place, name)

    publish.refuse_open = held
    try:
        main()
    finally:
        if watch.fault is None:  # it has ended without writing anything
            pipe.send("ended")


class _Watch:
    """Sees every change in the folder."""

    def __init__(self, out: str, pipe: Connection, said: Path) -> None:
        self._out, self._pipe, self._said = out, pipe, said
        self.fault: Fault | None = None
        self._changes, self._counted = 0, -1

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            if not isinstance(arguments[2], int) or not arguments[2] & _WRITING:
                return
        elif event not in _CHANGES:
            return
        if not any(isinstance(each, str | os.PathLike) and os.fspath(each).startswith(self._out) for each in arguments):
            return
        assert self.fault
        self._changes += 1
        os.write(self._counted, b".")
        if self._changes == self.fault.at:
            os.kill(os.getpid(), self.fault.signal)

    def hold(self) -> None:
        """Stand still, and go on in a process of its own for each fault that is sent."""
        self._pipe.send("frozen")
        while fault := self._pipe.recv():
            told, self._counted = os.pipe()
            child = os.fork()
            if not child:
                self.fault = fault
                self._begin(fault)
                sys.addaudithook(self)
                return
            os.close(self._counted)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            with os.fdopen(told, "rb") as counted:
                self._pipe.send((status, len(counted.read())))
        os._exit(0)

    def _begin(self, fault: Fault) -> None:
        if fault.as_clerk:
            os.setgid(65534)
            os.setuid(65534)
        if fault.after:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, fault.after)
