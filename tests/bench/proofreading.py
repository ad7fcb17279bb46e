"""How long proofreading takes (校核用时): a ledger of 131, 1,000 and 10,000 rows, each family of rules by itself.

usage: .venv/bin/python tests/bench/proofreading.py [--families]

Prints the CPU seconds of making the manuscript, proofreading it and judging its rows, and by how much a ledger ten
times as long takes longer, as the exponent of its length: 1.00 is in proportion. Nothing is asserted: machines differ.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import _lru_cache_wrapper
from gc import get_objects
from math import log
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from reportgen.check_basis import CheckBasis, read_basis  # noqa: E402
from reportgen.judging.elapsed import Elapsed  # noqa: E402
from reportgen.judging.judge import judge  # noqa: E402
from reportgen.ledger.ids import with_ids  # noqa: E402
from reportgen.ledger.model import Entry, Ledger  # noqa: E402
from reportgen.proof.manuscripts.from_ledger import from_ledger  # noqa: E402
from reportgen.proof.proofread import FAMILIES, proofread  # noqa: E402
from tests.projects import SAMPLE  # noqa: E402
from tests.test_rehearsal import sample_ledger  # noqa: E402

T = TypeVar("T")
SIZES = (131, 1_000, 10_000)
# What the rules read by stays as it is; the other words change, so that no row is another's twin.
_KEPT = set(
    "一二三四五六七八九十百千万亿个项家户处件条所座名人次年月日是占其中共分别为率同比增长下降完成已未等区市县委局"
)
_HAN = re.compile(r"(?<!\d)(?<!\d.)[\u4e00-\u9fff]")


def grown(rows: int) -> Ledger:
    """The sample's ledger with so many tasks: copies in other words, figures as they were."""
    ledger = sample_ledger()
    letters = sorted({sign for task in ledger.tasks for sign in task.text + task.progress} - _KEPT)
    letters = [sign for sign in letters if _HAN.fullmatch(sign)]
    tasks: list[Entry] = list(ledger.tasks)[:rows]
    chance = random.Random(rows)
    while len(tasks) < rows:
        other = dict(zip(letters, chance.sample(letters, len(letters)), strict=True))
        tasks += [_in_other_words(task, other) for task in ledger.tasks[: rows - len(tasks)]]
    return with_ids(replace(ledger, tasks=tuple(replace(task, cells={}, id="") for task in tasks)))


def _in_other_words(task: Entry, other: dict[str, str]) -> Entry:
    def said(words: str) -> str:
        return _HAN.sub(lambda found: other.get(found[0], found[0]), words)

    return replace(task, text=said(task.text), progress=said(task.progress))


def forget() -> None:
    """Empties every cache of the program: a run is the first of its kind."""
    for each in get_objects():
        if isinstance(each, _lru_cache_wrapper) and str(getattr(each, "__module__", "")).startswith("reportgen."):
            each.cache_clear()


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """The CPU seconds of a piece of work, and its result."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def measured(ledger: Ledger, basis: CheckBasis, families: bool) -> tuple[dict[str, float], int]:
    """Seconds by step, and how many findings there were."""
    forget()
    assert basis.period
    seconds: dict[str, float] = {}
    seconds["manuscript"], manuscript = timed(lambda: from_ledger(ledger, basis.period, basis.register))
    if families:
        for family in FAMILIES:
            name = family.__module__.rpartition(".")[2]
            seconds[name], _ = timed(lambda family=family: list(family(manuscript, basis.settings)))  # type: ignore[misc]
    seconds["proofread"], found = timed(lambda: proofread(manuscript, basis.settings, basis.judging))
    assert basis.period.last
    elapsed = Elapsed(basis.period.last)
    seconds["judge"], _ = timed(lambda: judge(ledger, basis.judging, elapsed))
    return seconds, len(found)


def main() -> None:
    """Print one line for each size, then the exponents."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--families", action="store_true", help="each family of rules, too (then proofread is warm)")
    families = parser.parse_args().families
    basis = read_basis(SAMPLE)
    results = []
    for rows in SIZES:
        seconds, findings = measured(grown(rows), basis, families)
        results.append(seconds)
        if rows == SIZES[0]:
            print(f"{'rows':>7} {'findings':>9} " + " ".join(f"{name:>12}" for name in seconds))
        print(f"{rows:7} {findings:9} " + " ".join(f"{each:12.3f}" for each in seconds.values()), flush=True)
    first, last = results[1:]
    grow = [log(max(last[name], 1e-6) / max(first[name], 1e-6), SIZES[2] / SIZES[1]) for name in first]
    print(f"{'':7} {'exponent':>9} " + " ".join(f"{each:12.2f}" for each in grow))


if __name__ == "__main__":
    main()
