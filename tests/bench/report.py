"""How fast it is, and others at the same (和别的做法比): one table, and into the README.

usage: python3 dev.py bench [--quick] [--write] [--only WORD] [--rounds N] [--rows N]

Every peer works in a process of its own, in turn with the others, on reports whose texts are never the same twice.
Processor seconds are compared, the medians of the rounds, and the ratios of the same round. What comes out is read
back and held against what was asked for; who does not say the same has no time, and the program ends with 1.

The full run takes up to twelve minutes on an idle machine and writes the table into README.md. `--quick` stops at
1,000 rows with few rounds and writes only with `--write`; `--only` takes kinds and peers whose name has the word,
`--rows` stops at that size.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench import course, table
from tests.bench.case import FOLDER, ROOT
from tests.bench.course import Results
from tests.bench.peers import Kind
from tests.bench.peers.taking_part import PEERS
from tests.readme import write_between

NAIVE = {31: 1, 62: 1}
FULL: Mapping[Kind, Mapping[int, int]] = {
    Kind.DOCX: {**NAIVE, 131: 15, 1_000: 7, 10_000: 3, 100_000: 1},
    Kind.PDF: {131: 5, 1_000: 2, 10_000: 1},
    Kind.READ: {131: 15, 1_000: 7, 10_000: 3, 100_000: 1},
    Kind.SETS: {131: 2},
    Kind.COMMAND: {0: 9, 131: 7, 1_000: 3, 10_000: 1, 100_000: 1},
}
QUICK: Mapping[Kind, Mapping[int, int]] = {
    Kind.DOCX: {31: 1, 131: 5, 1_000: 3},
    Kind.PDF: {131: 1, 1_000: 1},
    Kind.READ: {131: 5, 1_000: 3},
    Kind.SETS: {131: 1},
    Kind.COMMAND: {0: 3, 131: 3, 1_000: 1},
}


HELP = """\
与别的做法比快慢。每一种在自己的进程里做，轮流做同样的报告，每行文字都不同；比处理器用时，取几轮的中位数。
做出来的都读回来核对，内容不同的不计，退出码为 1。机器空闲时十几分钟，结果写入 README.md「和别的做法比」。"""


def say(text: str) -> None:
    """What is being done, beside the table."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; 1 if somebody's content was not the same or one of us could not make it."""
    parser = argparse.ArgumentParser("python3 dev.py bench", description=HELP, add_help=False)
    choices = parser.add_argument_group("选项")
    choices.add_argument("--quick", action="store_true", help="只到 1,000 行，轮数少，不写入 README.md")
    choices.add_argument(
        "--write", action="store_true", help="也写入 README.md（有 --quick 和下面各项时，不写明就不写）"
    )
    choices.add_argument(
        "--only", default="", metavar="WORD", help="只比名字里有这个词的：docx、pdf、read、sets、typst……"
    )
    choices.add_argument("--rounds", type=int, metavar="N", help="每种行数做几轮")
    choices.add_argument("--rows", type=int, metavar="N", help="最多做到几行")
    choices.add_argument("-h", "--help", action="help", help="显示本说明")
    options = parser.parse_args(arguments)
    plan = QUICK if options.quick else FULL
    asked = [each for each in PEERS if options.only in f"{each.kind.name} {each.name}".lower()]
    results = Results()
    with tempfile.TemporaryDirectory(prefix="reportgen-bench-") as place:
        os.environ[FOLDER] = place
        for kind in Kind:
            sizes = {size: count for size, count in plan[kind].items() if size <= (options.rows or size)}
            rounds = {size: options.rounds or count for size, count in sizes.items()}
            course.run([each for each in asked if each.kind is kind], rounds, Path(place), results, say)
    chapter = table.told(results, PEERS)
    print(chapter)
    whole = not (options.quick or options.only or options.rounds or options.rows)
    if not results.faults and (options.write or whole):
        write_between(ROOT / "README.md", table.MARKS, chapter)
        say("已写入 README.md「和别的做法比」。")
    for fault in results.faults:
        say(fault)
    return 1 if results.faults else 0


if __name__ == "__main__":
    sys.exit(main())
