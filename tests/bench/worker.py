"""A peer in a process of its own (测速进程): asked for one case after the other, it tells what each cost.

usage: python -m tests.bench.worker PEER; then a line of JSON for each case, answered by one.

Only what is measured lies between two looks at the clock: the case is made before, the output written down after it.
"""

from __future__ import annotations

import ctypes
import gc
import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.case import ROOT, Case
from tests.bench.peers import Peer, Ready
from tests.bench.peers.taking_part import peer


@dataclass(frozen=True)
class Cost:
    """What one making cost (用量): seconds of processor time and on the clock, megabytes at the highest."""

    seconds: float
    clock: float
    megabytes: float


class Failed(Exception):
    """A peer could not make it (没有做成)."""


class Worker:
    """A peer's process, as who asks it sees it."""

    def __init__(self, peer: Peer, folder: Path, size: int) -> None:
        self.out = folder / f"{peer.name}-{size}.out"
        self.told = folder / f"{peer.name}-{size}.err"
        command = [sys.executable, "-m", "tests.bench.worker", peer.name]
        with self.told.open("w") as errors:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
            )

    def made(self, case: Case) -> tuple[Cost, bytes]:
        """What the case cost, and what came out; raises `Failed` with the last line of what it said."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = {**asdict(case), "out": str(self.out)}
        answer = ""
        if self.process.poll() is None:
            self.process.stdin.write(json.dumps(asked) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        if not answer:
            lines = self.told.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise Failed(lines[-1] if lines else f"进程以 {self.process.wait()} 结束")
        return Cost(**json.loads(answer)), self.out.read_bytes()

    def close(self) -> None:
        """It ends when it is asked for nothing more."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if self.process.poll() is None:
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def measured(ready: Ready, case: Case) -> tuple[Cost, bytes]:
    """One making in this process, and its output."""
    given = ready.given(case)
    gc.collect()
    forget_highest()
    spent, begun = ready.seconds(), time.perf_counter()
    made = ready.make(given)
    clock, seconds = time.perf_counter() - begun, ready.seconds() - spent
    highest = ready.highest_kb() if ready.highest_kb else highest_kb()
    return Cost(seconds, clock, highest / 1024), ready.output(made)


def forget_highest() -> None:
    """The highest memory is from now on that which is used now; only Linux can do that."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).malloc_trim(0)  # what the making of the case has left
        Path("/proc/self/clear_refs").write_text("5")


def highest_kb() -> int:
    """The highest memory of this process since then."""
    if sys.platform.startswith("linux"):
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Stand ready, and answer until nothing more is asked."""
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    ready = peer(sys.argv[1]).ready()
    try:
        for line in sys.stdin:
            asked = json.loads(line)
            cost, blob = measured(ready, Case(asked["tasks"], asked["round"]))
            Path(asked["out"]).write_bytes(blob)
            print(json.dumps(asdict(cost)), file=answers, flush=True)
    finally:
        ready.close()


if __name__ == "__main__":
    main()
