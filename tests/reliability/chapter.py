"""The table of the campaign (可靠性表): on the screen, and between its two marks in the README."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from tests.readme import write_between
from tests.reliability.counted import Counted
from tests.reliability.rows import ROWS

MARKS = ("<!-- 可靠性表开始：python3 dev.py campaign 写在这里 -->", "<!-- 可靠性表结束 -->")
HEADS = ("编号", "会出什么事，怎么办", "试过", "挺住", "拒绝且指对位置", "丢失")


def lines(totals: Mapping[str, Counted]) -> Iterator[str]:
    """One line for each row, for the screen."""
    for number, title in ROWS.items():
        one = totals.get(number, Counted())
        told = f"试过 {one.tried:,}，挺住 {one.survived:,}，拒绝且指对位置 {one.refused:,}，丢失 {one.lost:,}"
        left = f"，没有条件试 {one.skipped:,}" if one.skipped else ""
        yield f"{number:4}{title}：{told}{left}（{one.seconds:.0f} 秒）"


def faults(totals: Mapping[str, Counted], exit_code: int) -> list[str]:
    """Why these figures are none for the README: something was lost or left out, or a test failed."""
    lost = [number for number in ROWS if totals.get(number, Counted()).lost]
    empty = [number for number in ROWS if not totals.get(number, Counted()).tried]
    skipped = [number for number in ROWS if totals.get(number, Counted()).skipped]
    return [
        *([f"有测试没通过（{exit_code}）"] if exit_code else []),
        *([f"丢失：{'、'.join(lost)}"] if lost else []),
        *([f"没有试：{'、'.join(empty)}"] if empty else []),
        *([f"本机没有条件全试：{'、'.join(skipped)}"] if skipped else []),
    ]


def table(totals: Mapping[str, Counted]) -> str:
    """The same as Markdown, with its date and machine."""
    rows = [f"| {' | '.join(HEADS)} |", "| --- | --- | ---: | ---: | ---: | ---: |"]
    for number, title in ROWS.items():
        one = totals[number]
        rows.append(f"| {number} | {title} | {one.tried:,} | {one.survived:,} | {one.refused:,} | {one.lost:,} |")
    head = f"{date.today().isoformat()}，{os.cpu_count()} 个处理器核，Python {platform.python_version()}。"
    return head + "\n\n" + "\n".join(rows)


def write(path: Path, totals: Mapping[str, Counted]) -> None:
    """Put the table into the README."""
    write_between(path, MARKS, table(totals))
