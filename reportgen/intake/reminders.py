"""Reminders (催报) to the units that have not returned, or not all: a text to paste into a message."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.intake.collection import Collection
from reportgen.intake.findings import Kind, State
from reportgen.package import short

_LACKING = (Kind.EMPTY, Kind.UNREPORTED)


def reminder(collection: Collection, deadline: str = "", contact: str = "") -> str:
    """The text (催报文字), empty if nobody has to be reminded; `deadline` is a date as people write it."""
    lines = [*_missing(collection, deadline), *_again(collection), *_lacking(collection)]
    if lines and contact:
        lines.append(f"联系人：{contact}。")
    return "\n".join(lines)


def _missing(collection: Collection, deadline: str) -> Iterator[str]:
    units = collection.units_in(State.MISSING, State.OVERDUE)
    if not units:
        return
    overdue = any(each.state is State.OVERDUE for each in units)
    when = f"（{deadline}截止" + ("，已逾期）" if overdue else "）") if deadline else ""
    yield f"请以下 {len(units)} 个单位尽快报送{collection.record.period}工作进展情况反馈表{when}："
    yield "、".join(f"{each.unit}（责任任务 {each.leads} 项）" for each in units) + "。"


def _again(collection: Collection) -> Iterator[str]:
    units = collection.units_in(State.UNREAD)
    if units:
        yield "以下单位报送的文件打不开，请用发出的反馈表重新报送：" + "、".join(each.unit for each in units) + "。"


def _lacking(collection: Collection) -> Iterator[str]:
    tasks: dict[str, list[str]] = {}
    for each in collection.open_findings:
        if each.kind in _LACKING:
            for unit in each.unit.split("、"):
                tasks.setdefault(unit, []).append(f"{each.id}「{short(each.task, 24)}」")
    if tasks:
        yield "以下单位报了表，还有任务没有写进展，请补报："
        yield from (f"{unit}：{'；'.join(listed)}。" for unit, listed in tasks.items())
