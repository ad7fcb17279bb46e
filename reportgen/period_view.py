"""What is shown of the changes between two ledgers (两期变化的展示): rows for tables, plain data for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.changes.model import Change, EntryChange, LedgerChanges, Move, Pairing, Progress, UnitPart
from reportgen.ledger.model import Entry, Sheet
from reportgen.package import called, short
from reportgen.period_changes import Changed
from reportgen.problems import Location
from reportgen.template.changes import CHANGE_LISTS

SHOWN = 10
"""So many entries of one kind of change are shown on the terminal; the rest is counted."""
ORDER = (
    Change.NEWLY_LAGGING, Change.STILL_LAGGING, Change.RECOVERED, Change.FINISHED, Change.VERDICT, Change.NEW,
    Change.DROPPED, Change.UNITS, Change.REWORDED, Change.UNCHANGED_PROGRESS, Change.FIGURE, Change.MOVED,
)  # fmt: skip
"""The kinds of change in the order in which a leader asks for them (变化的次序)."""
TITLES = ("序号", "工作任务", "责任单位", "变化", "对应依据")
"""The columns of a table on the terminal."""
NOTHING = "（空）"
_SHEETS = {Sheet.GOALS: "目标", Sheet.TASKS: "任务"}
_TEXT, _UNITS, _FIGURES = 40, 3, 3


@dataclass(frozen=True, slots=True)
class Row:
    """One entry under one kind of change (一行), as the columns of `TITLES`."""

    number: str
    text: str
    units: str
    said: str
    paired: str

    def cells(self) -> tuple[str, ...]:
        """The cells in the order of the columns."""
        return (self.number, self.text, self.units, self.said, self.paired)


def groups(changes: LedgerChanges) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Each kind of change that there is, with its entries (分类列出); last, what somebody has to look at."""
    for kind in ORDER:
        if rows := tuple(_row(each, kind) for each in changes.of(kind)):
            yield kind.value, rows
    if changes.unsure:
        rows = tuple(
            Row(
                _SHEETS[each.sheet] + (each.after.given_no or ""),
                short(each.after.text, _TEXT),
                _named(each.after.lead_units),
                f"上期的“{short(each.before.text, _TEXT)}”",
                f"相近 {_score(each.score)}",
            )
            for each in changes.unsure
        )
        yield "待核对：可能是同一项，没有对上", rows


def _row(change: EntryChange, kind: Change) -> Row:
    entry = change.entry
    return Row(number(change), short(entry.text, _TEXT), _named(entry.lead_units), said(change, kind), paired(change))


def _named(units: Sequence[str]) -> str:
    listed = "、".join(" ".join(unit.split()) for unit in units[:_UNITS])
    return listed + (f"等{len(units)}个" if len(units) > _UNITS else "")


def number(change: EntryChange) -> str:
    """By what an entry is found in its ledger (序号): its sheet, its number, the former one where it differs."""
    before, now = own_number(change.before), own_number(change.after)
    both = f"{before}→{now}" if before and now and before != now else now or before
    return _SHEETS[change.sheet] + both


def own_number(entry: Entry | None) -> str:
    """The number that an entry has in its ledger (原序号), or its stable one."""
    return (entry.given_no or entry.id) if entry else ""


def paired(change: EntryChange) -> str:
    """By what two entries are taken for one (对应依据); the score where their words are only alike."""
    if change.pairing is Pairing.NONE:
        return ""
    return f"文字相近 {_score(change.score)}" if change.pairing is Pairing.ALIKE else change.pairing.value


def _score(score: float) -> str:
    # Never 1.00 for what is not equal.
    return f"{min(score, 0.99):.2f}"


def said(change: EntryChange, kind: Change, most: int = _FIGURES) -> str:
    """What is different in that kind of change (变化内容), from → to; of many figures the first `most`."""
    match kind:
        case Change.FIGURE:
            told = [f"{each.of}：{each.before} → {each.after}" for each in change.figures[:most]]
            more = [f"……共 {len(change.figures)} 处"] if len(change.figures) > most else []
            return "\n".join((*told, *more))
        case Change.UNITS:
            return "\n".join(_unit_words(change.units_gone, change.units_come))
        case Change.REWORDED:
            told = [
                f"“{each.lead}{each.before}{each.tail}” → “{each.lead}{each.after}{each.tail}”"
                for each in change.rewordings[:most]
            ]
            more = [f"……共 {len(change.rewordings)} 处"] if len(change.rewordings) > most else []
            return "\n".join((*told, *more))
        case Change.UNCHANGED_PROGRESS:
            progress = change.progress or Progress.SAME
            return f"{progress.value}：{short(change.entry.progress, _TEXT)}"
        case Change.FINISHED:
            return f"进展写明“{short(change.finished_by, _TEXT)}”"
        case Change.MOVED:
            return "\n".join(_moves(change))
        case Change.NEW:
            origin = f"，由上期的“{short(change.came_from.text, _TEXT)}”拆出" if change.came_from else ""
            return f"本期新列入{_judged(change.after)}{origin}"
        case Change.DROPPED:
            into = f"，并入本期的“{short(change.went_into.text, _TEXT)}”" if change.went_into else ""
            return f"上期有{_judged(change.before)}，本期没有{into}"
        case Change.STILL_LAGGING:
            return f"两期都是{change.entry.judgement}，进展{(change.progress or Progress.UPDATED).value}"
    if change.before is None:
        return f"新列入 → {change.entry.judgement or NOTHING}"
    now = change.after.judgement if change.after else ""
    return f"{change.before.judgement or NOTHING} → {now or NOTHING}"


def _judged(entry: Entry | None) -> str:
    return f"（{entry.judgement}）" if entry and entry.judgement else ""


def _unit_words(gone: Sequence[UnitPart], come: Sequence[UnitPart]) -> Iterator[str]:
    """Units that came and went, those whose part alone changed in one line."""
    now = {each.name: each.role for each in come}
    before = {each.name for each in gone}
    for each in gone:
        name = short(each.name)
        yield f"{name}：{each.role} → {now[each.name]}" if each.name in now else f"减少{each.role}单位：{name}"
    for each in come:
        if each.name not in before:
            yield f"增加{each.role}单位：{short(each.name)}"


def _moves(change: EntryChange) -> Iterator[str]:
    if Move.CATEGORY in change.moves and change.before and change.after:
        categories = (each.category or NOTHING for each in (change.before, change.after))
        yield "分类：" + " → ".join(categories)
    if Move.ORDER in change.moves:
        yield f"第 {change.place_before} 项 → 第 {change.place_after} 项"


# ---- sentences around the tables


def head_line(changes: LedgerChanges) -> str:
    """Which two ledgers these are (两份台账)."""
    before = (each.before for each in changes.entries)
    after = (each.after for each in changes.entries)
    old, new = (Counter(each.sheet for each in entries if each) for entries in (before, after))
    return f"{_ledger(changes.old, changes.old_period, old)} → {_ledger(changes.new, changes.new_period, new)}"


def _ledger(file: str, period: str, counts: Counter[Sheet]) -> str:
    parts = [period] if period else []
    parts += [f"{sheet.value}{counts[sheet]}项" for sheet in Sheet if counts[sheet]]
    return f"{file}（{'，'.join(parts)}）"


def sum_lines(changes: LedgerChanges) -> Iterator[str]:
    """How many entries changed in which way (合计), and how they were paired."""
    counts = [(kind, sum(1 for _ in changes.of(kind))) for kind in ORDER]
    told = "，".join(f"{kind.value} {count}" for kind, count in counts if count)
    still = sum(not each.kinds for each in changes.entries)
    told += f"{'，' if told else ''}没有变化 {still}" if still or not told else ""
    yield f"共：{told}。一项可以有几种变化。"
    ways = Counter(each.pairing for each in changes.entries)
    pairs = sum(ways[way] for way in Pairing if way is not Pairing.NONE)
    listed = "，".join(f"{way.value} {ways[way]}" for way in Pairing if ways[way] and way is not Pairing.NONE)
    yield f"对上 {pairs} 项" + (f"：{listed}。" if listed else "。")
    for before, after in changes.renamed:
        yield f"分类改名：{short(before)} → {short(after)}"


def place(where: Location | None) -> str:
    """Where an entry stands (所在处): file, sheet and row, as somebody goes there."""
    if where is None:
        return ""
    row = "".join(letter for letter in where.cell or "" if letter.isdigit())
    sheet = f"「{where.sheet}」" if where.sheet else ""
    at = f"第{row}行" if row else f"第{where.line}行" if where.line else ""
    return f"{called(where.file)}{sheet}{at}"


# ---- plain data


def as_json(changed: Changed) -> dict[str, Any]:
    """The result as plain data (结果数据): every entry, also one in which nothing changed."""
    changes = changed.changes
    return {
        "ok": True,
        "old": {"file": changes.old, "period": changes.old_period or None},
        "new": {"file": changes.new, "period": changes.new_period or None},
        "template": changed.template.source.file,
        "text": str(changed.text),
        "counts": {name: sum(1 for _ in changes.of(kind)) for name, kind in CHANGE_LISTS.items()},
        "entries": [_entry_change(each) for each in changes.entries],
        "unsure": [
            {"sheet": each.sheet.value, "score": each.score, "before": _entry(each.before), "after": _entry(each.after)}
            for each in changes.unsure
        ],
        "renamed": [{"before": before, "after": after} for before, after in changes.renamed],
        "problems": [problem.as_json() for problem in changed.problems],
    }


def _entry_change(change: EntryChange) -> dict[str, Any]:
    return {
        "sheet": change.sheet.value,
        "kinds": [kind.name.lower() for kind in change.kinds],
        "pairing": change.pairing.name.lower(),
        "score": change.score,
        "figures": [{"of": each.of, "before": each.before, "after": each.after} for each in change.figures],
        "units_gone": [{"name": each.name, "role": each.role} for each in change.units_gone],
        "units_come": [{"name": each.name, "role": each.role} for each in change.units_come],
        "rewordings": [
            {"lead": each.lead, "before": each.before, "after": each.after, "tail": each.tail}
            for each in change.rewordings
        ],
        "progress": change.progress.name.lower() if change.progress else None,
        "moves": [move.name.lower() for move in change.moves],
        "finished_by": change.finished_by or None,
        "came_from": _entry(change.came_from),
        "went_into": _entry(change.went_into),
        "before": _entry(change.before),
        "after": _entry(change.after),
    }


def _entry(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    names = ("id", "given_no", "category", "text", "lead_units", "support_units", "progress", "judgement")
    values = {name: getattr(entry, name) for name in names}
    where = entry.where("text")
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in values.items()},
        "where": where.as_json() if where else None,
    }


def text_file(changed: Changed) -> bytes:
    """The paragraph as a file (两期变化的文字)."""
    return f"{changed.text}\n".encode()


def output_bytes(changed: Changed, place: Path) -> bytes:
    """What is written at a place, by its ending (输出文件): the text, or the workbook."""
    from reportgen.period_book import changes_workbook

    return text_file(changed) if place.suffix.lower() == ".txt" else changes_workbook(changed)
