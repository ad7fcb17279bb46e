"""The changes between two ledgers as a workbook (两期变化表): sums, entries, figures, and both ledgers side by side."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.changes.model import Change, EntryChange, LedgerChanges
from reportgen.ledger.files.workbook import Column, SheetText, write_workbook
from reportgen.ledger.model import Entry, Sheet
from reportgen.period_changes import Changed
from reportgen.period_view import ORDER, head_line, own_number, paired, place, said, sum_lines
from reportgen.source import clean_text

_MOST_TEXT = 4000
# All of them: a workbook has room.
_EVERY = 10_000


def changes_workbook(changed: Changed) -> bytes:
    """The workbook (两期变化表); the same changes always give the same bytes."""
    changes = changed.changes
    sheets = [_sums(changed), _entries(changes), _figures(changes), _side_by_side(changes)]
    if changes.unsure:
        sheets.append(_unsure(changes))
    return write_workbook(sheets, "两期变化")


def _row(*values: str | int) -> tuple[str | int, ...]:
    return tuple(map(_cell, values))


def _cell(value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    text = clean_text(value)[0]
    return text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "……"


def _lines(*lines: str) -> tuple[str, ...]:
    return tuple(str(_cell(line)) for line in lines if line)


def _centred(title: str, width: float) -> Column:
    return Column(title=title, width=width, centred=True)


def _sums(changed: Changed) -> SheetText:
    changes = changed.changes
    columns = (Column(title="变化", width=32), *(_centred(title, 24) for title in ("预期目标", "重点任务", "合计")))
    rows = []
    for kind in ORDER:
        counts = [sum(1 for _ in changes.of(kind, sheet)) for sheet in Sheet]
        rows.append(_row(kind.value, *counts, sum(counts)))
    still = [sum(not each.kinds and each.sheet is sheet for each in changes.entries) for sheet in Sheet]
    rows.append(_row("没有变化", *still, sum(still)))
    above = _lines("两期变化", head_line(changes), str(changed.text), *sum_lines(changes))
    return SheetText(name="变化汇总", columns=columns, rows=rows, above=above)


_PLACES = (Column(title="上期位置", width=28), Column(title="本期位置", width=28))


def _entries(changes: LedgerChanges) -> SheetText:
    columns = (
        Column(title="变化", width=14),
        _centred("表", 10),
        _centred("上期\n序号", 8),
        _centred("本期\n序号", 8),
        Column(title="工作任务", width=40),
        Column(title="责任单位", width=22),
        Column(title="变化内容", width=56),
        _centred("对应依据", 12),
        *_PLACES,
    )
    listed = [each for each in changes.entries if each.kinds]
    rows = [
        _row(
            "\n".join(kind.value for kind in _ordered(each)),
            each.sheet.value,
            own_number(each.before),
            own_number(each.after),
            each.entry.text,
            "\n".join(each.entry.lead_units),
            "\n".join(_told(each)),
            paired(each),
            *_places(each),
        )
        for each in sorted(listed, key=lambda each: ORDER.index(_ordered(each)[0]))
    ]
    return SheetText(name="各项变化", columns=columns, rows=rows, filtered=True, still_columns=1)


def _ordered(change: EntryChange) -> list[Change]:
    return sorted(change.kinds, key=ORDER.index)


def _told(change: EntryChange) -> Iterator[str]:
    """What is different, kind by kind; the figures have a sheet of their own."""
    for kind in _ordered(change):
        if kind is Change.FIGURE:
            yield f"数字变化：{len(change.figures)} 处，见「数字变化」表"
        else:
            yield f"{kind.value}：{said(change, kind, _EVERY)}"


def _places(change: EntryChange, name: str = "text") -> tuple[str, str]:
    before, after = (place(each.where(name)) if each else "" for each in (change.before, change.after))
    return before, after


def _figures(changes: LedgerChanges) -> SheetText:
    columns = (
        _centred("表", 10),
        _centred("本期\n序号", 8),
        Column(title="工作任务", width=40),
        Column(title="责任单位", width=22),
        Column(title="哪项数字", width=34),
        Column(title="上期", width=18),
        Column(title="本期", width=18),
        *_PLACES,
    )
    rows = [
        _row(
            each.sheet.value,
            own_number(each.after),
            each.entry.text,
            "\n".join(each.entry.lead_units),
            figure.of,
            figure.before,
            figure.after,
            *_places(each, "progress"),
        )
        for each in changes.of(Change.FIGURE)
        for figure in each.figures
    ]
    return SheetText(name="数字变化", columns=columns, rows=rows, filtered=True)


def _side_by_side(changes: LedgerChanges) -> SheetText:
    columns = (
        _centred("表", 10),
        _centred("上期\n序号", 8),
        _centred("本期\n序号", 8),
        Column(title="变化", width=14),
        Column(title="上期任务", width=34),
        Column(title="本期任务", width=34),
        Column(title="上期\n责任单位", width=20),
        Column(title="本期\n责任单位", width=20),
        _centred("上期\n推进情况", 14),
        _centred("本期\n推进情况", 14),
        Column(title="上期进展", width=60),
        Column(title="本期进展", width=60),
        _centred("对应依据", 12),
        *_PLACES,
    )
    rows = [
        _row(
            each.sheet.value,
            own_number(each.before),
            own_number(each.after),
            "\n".join(kind.value for kind in _ordered(each)) or "没有变化",
            *_both(each, "text"),
            *_both(each, "lead_units"),
            *_both(each, "judgement"),
            *_both(each, "progress"),
            paired(each),
            *_places(each),
        )
        for each in changes.entries
    ]
    return SheetText(name="两期对照", columns=columns, rows=rows, filtered=True, still_columns=3)


def _both(change: EntryChange, name: str) -> tuple[str, str]:
    def shown(entry: Entry | None) -> str:
        value = getattr(entry, name) if entry else ""
        return "\n".join(value) if isinstance(value, tuple) else str(value)

    return shown(change.before), shown(change.after)


def _unsure(changes: LedgerChanges) -> SheetText:
    columns = (
        _centred("表", 10),
        Column(title="上期任务", width=50),
        Column(title="本期任务", width=50),
        _centred("文字相近", 12),
        *_PLACES,
    )
    rows = [
        _row(
            each.sheet.value,
            each.before.text,
            each.after.text,
            f"{each.score:.2f}",
            place(each.before.where("text")),
            place(each.after.where("text")),
        )
        for each in changes.unsure
    ]
    above = _lines("待核对：可能是同一项，没有对上", "是同一项的，请在两份台账里填上相同的编号，再比一次")
    return SheetText(name="待核对", columns=columns, rows=rows, above=above, filtered=True)
