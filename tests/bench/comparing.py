"""How long comparing takes (比对用时): two reports of 131 tasks, their PDFs, and two Word files of 10,000 rows.

usage: .venv/bin/python tests/bench/comparing.py

Prints the CPU seconds of what a worker does with each pair, the first time (with its imports) and again, and how many
differences it tells. Nothing is asserted: machines differ.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from reportgen.comparison.files.members import Member  # noqa: E402
from reportgen.comparison.files.pair import Done, compare_pair  # noqa: E402
from reportgen.comparison.files.result import EVERYTHING  # noqa: E402
from tests.projects import SAMPLE  # noqa: E402
from tests.samples import made  # noqa: E402
from tests.word_packages import p, package, tbl, tc, tr  # noqa: E402

ROWS = 10_000
CHANGED = 20


def long_file(changed: int) -> bytes:
    """An annex of many rows, of which so many say another number."""
    every = ROWS // changed if changed else ROWS + 1
    rows = [tr(*map(tc, ("序号", "工作任务", "责任单位", "任务进展情况")))]
    for n in range(1, ROWS + 1):
        done = 4444 if n % every == 0 else n % 50
        texts = (str(n), f"新建第{n}号公园并开放", f"区直单位{n % 40}", f"已完成{done}个，投资{7 * n}万元。")
        rows.append(tr(*map(tc, texts)))
    return package(p("附件1") + tbl(*rows, grid=(2000,) * 4))


def timed(name: str, first: tuple[str, bytes], second: tuple[str, bytes]) -> None:
    """Prints what a pair takes, twice."""
    members = [Member(name=each, blob=blob) for each, blob in (first, second)]
    taken = []
    for _ in range(2):
        begun = time.process_time()
        done = compare_pair(members[0], members[1], EVERYTHING, has_room=True)
        taken.append(time.process_time() - begun)
    told = len(done.pair.differences) if isinstance(done, Done) else 0
    print(f"{name:28} {taken[0]:7.2f} s  again {taken[1]:7.2f} s  {told:5} differences")


def main() -> None:
    """All pairs, one after the other."""
    sample, other = made(SAMPLE.stem), made("qingping-changes")
    for suffix in (".docx", ".pdf"):
        timed(f"131 tasks, {suffix}", (f"甲{suffix}", sample[suffix]), (f"乙{suffix}", other[suffix]))
    timed("131 tasks, .docx and .pdf", ("甲.docx", sample[".docx"]), ("乙.pdf", sample[".pdf"]))
    timed(f"{ROWS:,} rows, .docx", ("甲.docx", long_file(0)), ("乙.docx", long_file(CHANGED)))


if __name__ == "__main__":
    main()
