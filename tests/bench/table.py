"""The table of a benchmark (测速表), and its place in the README."""

from __future__ import annotations

import math
import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from tests.bench.course import Results
from tests.bench.peers import Kind, Peer

MARKS = ("<!-- 测速表开始：python3 dev.py bench 写在这里 -->", "<!-- 测速表结束 -->")
HEADS = ("比什么", "做法", "行数", "处理器秒", "内存 MB", "用时是本程序的几倍", "增长指数")
UNITS = 49
PACKAGES = ("weasyprint", "typst", "python-docx", "docxtpl", "openpyxl", "pandas", "lxml")


def table(results: Results, peers: Sequence[Peer]) -> str:
    """All that was measured, as Markdown: one line for each peer and size."""
    lines = ["| " + " | ".join(HEADS) + " |", "| --- | --- | ---: | ---: | ---: | ---: | ---: |"]
    for kind in Kind:
        of_kind = [each for each in peers if each.kind is kind]
        sizes = sorted({size for name, size in results.costs if any(each.name == name for each in of_kind)})
        shown = kind.value
        for size in sizes:
            for each in of_kind:
                if (each.name, size) in results.costs:
                    lines.append("| " + " | ".join((shown, *_cells(results, each, of_kind, size))) + " |")
                    shown = ""
    return "\n".join(lines)


def _cells(results: Results, peer: Peer, of_kind: Sequence[Peer], size: int) -> Iterator[str]:
    seconds = results.seconds(peer.name, size)
    yield f"**{peer.title}**" if peer.ours else peer.title
    yield f"{size:,}" if size else ""
    yield f"{seconds:.4f}" if seconds < 0.1 else f"{seconds:.2f}"
    yield f"{results.megabytes(peer.name, size):.0f}"
    yield "；".join(_ratios(results, peer, of_kind, size))
    before = max((each for name, each in results.costs if name == peer.name and each < size), default=0)
    growth = math.log(seconds / results.seconds(peer.name, before)) / math.log(size / before) if before else math.nan
    yield f"{growth:.2f}" if before else ""


def _ratios(results: Results, peer: Peer, of_kind: Sequence[Peer], size: int) -> Iterator[str]:
    """Against each of our own ways; one of ours only against the first of them."""
    ours = [each for each in of_kind if each.ours and (each.name, size) in results.costs]
    if peer.kind is Kind.COMMAND:
        return
    for base in ours[:1] if peer.ours else ours:
        ratio = results.ratio(peer.name, base.name, size)
        if ratio is not None and base is not peer:
            short = base.title.removeprefix("本程序").removeprefix("，")
            shown = f"{ratio:.2f}" if ratio < 1 else f"{ratio:,.1f}" if ratio < 100 else f"{ratio:,.0f}"
            yield shown if len(ours) == 1 else f"{shown}（{short}）"


def head() -> str:
    """When, where and with which versions."""
    versions = [f"{name} {found}" for name in PACKAGES if (found := _version(name))]
    office = _office()
    machine = f"{os.cpu_count()} 个处理器核，Python {platform.python_version()}"
    return f"{date.today().isoformat()} 测得。{machine}；{'，'.join([*versions, *([office] if office else [])])}。"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _office() -> str:
    try:
        told = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return ""
    return " ".join(told[:2])


def told(results: Results, peers: Sequence[Peer]) -> str:
    """The whole chapter: head, table, who was left out and why."""
    sets = [
        f"{each.title} {UNITS / results.seconds(each.name, size):.1f} 套"
        for each in peers
        for name, size in results.costs
        if each.kind is Kind.SETS and name == each.name
    ]
    speed = [f"一个处理器核一秒做的分送件（每套一份 Word、一份 PDF）：{'；'.join(sets)}。"] if sets else []
    notes = [f"- {line}。" for line in dict.fromkeys([*results.left_out, *results.faults])]
    return "\n\n".join(
        [head(), table(results, peers), *speed, *(["没有比的：\n\n" + "\n".join(notes)] if notes else [])]
    )
