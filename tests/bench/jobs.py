"""How soon a job begins, and how soon one that hangs is gone (任务用时): on a warm queue, with real processes.

usage: .venv/bin/python -m tests.bench.jobs [--rounds 20]

Wanted (reliability.md R2): a warm job begins within 0.1 s; what hangs is killed within 2 s after its limit, and the
next one begins within 1 s.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.test_service_jobs import queue

LIMIT = 2


def main() -> None:
    """Measure and print, the middle one and the worst of the rounds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    waited, taken, over, following = [], [], [], []
    with tempfile.TemporaryDirectory() as folder, queue(Path(folder), job_seconds=LIMIT) as made:
        made.wait(made.ask())
        for _ in range(rounds):
            begun = time.perf_counter()
            job = made.wait(made.ask())
            taken.append(time.perf_counter() - begun)
            assert job.begun
            waited.append((job.begun - job.at).total_seconds())
        for number in range(max(1, rounds // 5)):
            late = made.wait(made.ask(deed=("sleep", "loop", "c")[number % 3]))
            after = made.wait(made.ask())
            assert late.begun
            assert late.ended
            assert after.begun
            over.append((late.ended - late.begun).total_seconds() - LIMIT)
            following.append((after.begun - late.ended).total_seconds())
    for name, found in (("begins after", waited), ("is done after", taken), ("is killed after its limit by", over)):
        print(f"a job {name}: {sorted(found)[len(found) // 2]:.3f} s, at worst {max(found):.3f} s")
    print(f"the next one begins after: {sorted(following)[len(following) // 2]:.3f} s, at worst {max(following):.3f} s")


if __name__ == "__main__":
    main()
