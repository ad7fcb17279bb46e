"""How time grows with rows (增长): reading, composing, DOCX and PDF at growing sizes, all in one run.

usage: .venv/bin/python tests/bench/growth.py [--rows 124,1000,10000] [--pdf-rows 124,500,1000] [--rounds 3]

Prints the smallest CPU seconds of the rounds and, between two sizes, the growth exponent (1 = in proportion).
Nothing is asserted: machines differ, and so do their neighbours.
"""

from __future__ import annotations

import argparse
import io
import math
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from reportgen.document import Document  # noqa: E402
from reportgen.ledger.model import Ledger  # noqa: E402
from reportgen.ledger.reading import Wants, read_ledger  # noqa: E402
from reportgen.limits import STANDARD  # noqa: E402
from reportgen.problems import Location  # noqa: E402
from reportgen.template.compose import compose, needed_fields, prepare  # noqa: E402
from reportgen.template.loading import load_config, load_styles, load_template  # noqa: E402
from reportgen.writers.docx import write_docx  # noqa: E402
from reportgen.writers.fonts import find_fonts  # noqa: E402
from reportgen.writers.html import write_html  # noqa: E402
from reportgen.writers.pdf import write_pdf  # noqa: E402

CONFIG = ROOT / "configs" / "qingping-2026h1.yaml"
LEDGER = ROOT / "samples" / "qingping-2026h1" / "台账.xlsx"


def workbook(rows: int) -> bytes:
    """The sample ledger with its tasks repeated to that many rows, each text made different."""
    source = openpyxl.load_workbook(LEDGER)
    tasks = list(source["重点任务"].iter_rows(min_row=2, values_only=True))
    book = openpyxl.Workbook(write_only=True)
    goals = book.create_sheet("预期目标")
    for row in source["预期目标"].iter_rows(values_only=True):
        goals.append(row)
    sheet = book.create_sheet("重点任务")
    sheet.append([cell.value for cell in source["重点任务"][1]])
    for number in range(rows):
        values = list(tasks[number % len(tasks)])
        values[2] = f"{values[2]}（{number}）"
        sheet.append(values)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def measured(work: Callable[[], object], rounds: int) -> float:
    """The smallest CPU time of several rounds, in seconds."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def table(name: str, sizes: Sequence[int], seconds: Sequence[float]) -> None:
    """Print one line for each size, with the exponent from the size before."""
    previous: tuple[int, float] | None = None
    for size, spent in zip(sizes, seconds, strict=True):
        exponent = math.log(spent / previous[1]) / math.log(size / previous[0]) if previous else math.nan
        print(f"{name:<10}{size:>8} rows {spent:>9.3f} s   growth {exponent:5.2f}", flush=True)
        previous = (size, spent)


def numbers(text: str) -> list[int]:
    """`124,1000` as numbers."""
    return [int(part) for part in text.split(",")]


def main() -> None:
    """Run all stages at all sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=numbers, default=[124, 1000, 10000])
    parser.add_argument("--pdf-rows", type=numbers, default=[124, 500, 1000])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    config, config_source = load_config(CONFIG, CONFIG.name)
    asked = Location(file=CONFIG.name)
    template, source = load_template(config.template, CONFIG.parent, asked)
    styles = load_styles(config.style, CONFIG.parent, asked)[0]
    prepared = prepare(template, source, config, config_source).value
    wants = Wants(needed_fields(prepared), most_rows=STANDARD.tables.long_rows)

    def read(blob: bytes) -> Ledger:
        return read_ledger(blob, "台账.xlsx", wants).value

    def composed(ledger: Ledger) -> Document:
        return compose(prepared, ledger).value

    blobs = {size: workbook(size) for size in sorted({*options.rows, *options.pdf_rows})}
    ledgers = {size: read(blob) for size, blob in blobs.items()}
    trees = {size: composed(ledger) for size, ledger in ledgers.items()}
    fonts = find_fonts({})
    write_pdf(trees[min(trees)], styles, fonts)  # imports and face caches are not what grows
    stages: list[tuple[str, Sequence[int], Callable[[int], object]]] = [
        ("read", options.rows, lambda size: read(blobs[size])),
        ("compose", options.rows, lambda size: composed(ledgers[size])),
        ("docx", options.rows, lambda size: write_docx(trees[size], styles)),
        ("html", options.rows, lambda size: write_html(trees[size], styles)),
        ("pdf", options.pdf_rows, lambda size: write_pdf(trees[size], styles, fonts)),
    ]
    for name, sizes, work in stages:
        seconds = [measured(lambda size=size, work=work: work(size), options.rounds) for size in sizes]  # type: ignore[misc]
        table(name, sizes, seconds)


if __name__ == "__main__":
    main()
