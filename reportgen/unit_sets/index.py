"""A set's index for the people who hand it out (目录 index.xlsx)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from reportgen.ledger.files.workbook import Column, SheetText, write_workbook
from reportgen.problems import SEVERITY_NAMES, Problem
from reportgen.source import clean_text
from reportgen.unit_sets.record import EntryRecord, FileRecord, SetRecord, State, UnitRecord
from reportgen.unit_sets.statistics import DUTIES, EntryGroup, UnitTable, entry_groups, unit_table

INDEX_NAME = "index.xlsx"

_FILE_TITLES = {"docx": "Word 文件", "pdf": "PDF 文件"}
# So many names stand in one cell; the rest is a number, and the manifest has them all.
_MOST_NAMES = 60
# What stands above a table takes room from it on the screen.
_MOST_SPECIAL = 20
_MOST_TEXT = 2000
# So much of a hash tells two files apart for the eye; the manifest has it whole.
_SHA_SHOWN = 12


def index_workbook(record: SetRecord) -> bytes:
    """The index (目录) as a workbook: the units, where each entry went, the sums, the problems if there are any."""
    groups = entry_groups(record)
    sheets = [_units(record, unit_table(record)), _entries(record), _sums(record, groups)]
    if told := [*_told(record)]:
        sheets.append(_problems(told))
    return write_workbook(sheets, "各单位分送件目录")


def _plain(value: str | int) -> str | int:
    """A text as a cell takes it: a manifest that somebody edited may hold anything."""
    if isinstance(value, int):
        return value
    text = clean_text(value)[0]
    return text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "……"


def _row(*values: str | int) -> tuple[str | int, ...]:
    return tuple(map(_plain, values))


def _lines(*lines: str) -> tuple[str, ...]:
    return tuple(str(_plain(line)) for line in lines if line)


def _names(names: Sequence[str], most: int = _MOST_NAMES) -> str:
    listed = "、".join(names[:most])
    return listed if len(names) <= most else f"{listed}……等 {len(names)} 个"


# ---- 各单位


def _units(record: SetRecord, table: UnitTable) -> SheetText:
    formats = [each for each in record.formats if each in _FILE_TITLES] or ["docx"]
    has_problems = any(unit.problems for unit in record.units)
    columns = [
        Column(title="序号", width=6, centred=True),
        Column(title="单位", width=20),
        Column(title="类别", width=9, centred=True),
        Column(title="状态", width=9, centred=True),
        *(
            Column(title=f"{kind}\n{duty}", width=9 + max(0, len(kind) - 4) * 2, centred=True)
            for kind in table.kinds
            for duty in DUTIES
        ),
        Column(title="合计", width=8, centred=True),
        *(Column(title=_FILE_TITLES[each], width=_name_width(record, each)) for each in formats),
        Column(title="校验码\n（SHA-256）", width=15, shrunk=True),
        *([Column(title="问题", width=36)] if has_problems else []),
    ]
    rows, links = [], {}
    for at, (unit, counts) in enumerate(zip(record.units, table.rows, strict=True)):
        files = {each: _file_of(unit, each) for each in formats}
        first_file = 5 + len(counts)
        for index, file in enumerate(files.values()):
            if file:
                links[at, first_file + index] = file.name
        kind = unit.kind if unit.is_registered else "名录外"
        # A nought in each empty place would hide the numbers that there are.
        numbers = [count or "" for count in counts]
        names = [file.name if file else "" for file in files.values()]
        row = _row(unit.number, unit.unit, kind, unit.state.value, *numbers, sum(counts) or "", *names, _hashes(unit))
        rows.append((*row, *([_plain(_first(unit.problems))] if has_problems else [])))
    made = sum(bool(unit.files) for unit in record.units)
    last: list[str | int] = ["", f"合计 {len(record.units)} 个单位", "", "", *table.total, sum(table.total)]
    last += [f"{made} 个单位有文件" if index == 0 else "" for index in range(len(formats))]
    rows.append(tuple(last + [""] * (len(columns) - len(last))))
    return SheetText(
        name="各单位",
        columns=tuple(columns),
        rows=rows,
        above=_lines(
            "各单位分送件目录",
            "；".join(_about(record)),
            _states(record),
            "".join(_special(record)),
            "点文件名打开文件，请把本目录和文件放在同一个文件夹里。一项任务有几个责任单位、配合单位的，每个单位各计一次。",
        ),
        filtered=True,
        links=links,
        sums=1,
        still_columns=2,
    )


def _name_width(record: SetRecord, suffix: str) -> float:
    """Room for most names in one line (文件名的列宽)."""
    files = (file for unit in record.units if (file := _file_of(unit, suffix)))
    widest = max((len(file.name.encode("gb18030", "replace")) for file in files), default=0)
    return min(40, max(14, widest + 3))


def _file_of(unit: UnitRecord, suffix: str) -> FileRecord | None:
    return next((file for file in unit.files if file.name.lower().endswith(f".{suffix}")), None)


def _hashes(unit: UnitRecord) -> str:
    return "\n".join(f"{file.name.rpartition('.')[2]} {file.sha256[:_SHA_SHOWN]}" for file in unit.files)


def _first(problems: Sequence[Problem]) -> str:
    if not problems:
        return ""
    more = f"（共 {len(problems)} 条，见“问题”表）" if len(problems) > 1 else ""
    return problems[0].what + more


def _about(record: SetRecord) -> Iterator[str]:
    if record.report:
        yield f"报告：{record.report}"
    if record.period:
        yield f"报告期：{record.period}"


def _states(record: SetRecord) -> str:
    counts = {state: sum(unit.state is state for unit in record.units) for state in State}
    listed = "，".join(f"{state.value} {count} 个" for state, count in counts.items() if count)
    return f"共 {len(record.units)} 个单位" + (f"：{listed}。" if listed else "。")


def _special(record: SetRecord) -> Iterator[str]:
    """A sentence for each kind of unit of which somebody must know (特别说明的单位)."""
    for state, said in (
        (State.WITHOUT, "无任务的单位（{} 个）：{}。"),
        (State.UNCONCERNED, "不涉及的单位（{} 个）：{}，有任务，但没有分送件模板所写的一类，不出文件。"),
        (State.FAILED, "未生成的单位（{} 个）：{}，原因见“问题”列。"),
        (State.STALE, "未更新的单位（{} 个）：{}，内容已有变化，文件还是以前的，请重新生成。"),
    ):
        if units := [unit.unit for unit in record.units if unit.state is state]:
            yield said.format(len(units), _names(units, _MOST_SPECIAL))
    if any(each.outside for each in record.entries):
        yield "本套没有包括所有的单位，有的任务还属于别的单位，见“逐项去向”表。"
    if idle := [unit.unit for unit in record.units if unit.files and not unit.counts]:
        yield f"没有任务、也出了文件的单位（{len(idle)} 个）：{_names(idle, _MOST_SPECIAL)}。"
    if strangers := [unit.unit for unit in record.units if not unit.is_registered]:
        yield f"单位名录里没有的单位（{len(strangers)} 个）：{_names(strangers, _MOST_SPECIAL)}，请核对名称。"


# ---- 逐项去向


def _entries(record: SetRecord) -> SheetText:
    shows = {name: any(getattr(each, name) for each in record.entries) for name in ("id", "outside", "unresolved")}
    columns = [
        Column(title="表", width=10, centred=True),
        Column(title="报告\n附件", width=8, centred=True),
        Column(title="报告\n序号", width=7, centred=True),
        *([Column(title="编号", width=11)] if shows["id"] else []),
        Column(title="任务（目标）", width=40),
        Column(title="评价、\n推进情况", width=13, centred=True),
        Column(title="责任单位\n（台账写法）", width=20),
        Column(title="配合单位\n（台账写法）", width=20),
        Column(title="送到的牵头单位", width=24),
        Column(title="牵头\n单位数", width=8, centred=True),
        Column(title="送到的配合单位", width=28),
        Column(title="配合\n单位数", width=8, centred=True),
        *([Column(title="没有送到的单位\n（不在本套或未生成）", width=22)] if shows["outside"] else []),
        *([Column(title="没有落实到\n单位的名称", width=20)] if shows["unresolved"] else []),
        Column(title="台账位置", width=20, shrunk=True),
    ]
    rows = [
        _row(
            each.sheet,
            each.report_annex,
            each.report_no,
            *([each.id] if shows["id"] else []),
            each.text,
            each.judgement,
            _names(each.lead_names),
            _names(each.support_names),
            _names(each.leads),
            len(each.leads) or "",
            _names(each.supports),
            len(each.supports) or "",
            *([_names(each.outside)] if shows["outside"] else []),
            *([_names(each.unresolved)] if shows["unresolved"] else []),
            each.cell,
        )
        for each in record.entries
    ]
    nowhere = [each for each in record.entries if not _is_reached(each)]
    loose = sum(bool(each.unresolved) for each in record.entries)
    return SheetText(
        name="逐项去向",
        columns=tuple(columns),
        rows=rows,
        above=_lines(
            "逐项去向",
            f"台账共 {len(record.entries)} 项。" + _everywhere(record, nowhere),
            _nowhere(nowhere),
            f"有 {loose} 项写了“有关镇街”一类没有确定单位的名称，见“没有落实到单位的名称”一列，请逐项确定后另行分送。"
            if loose
            else "",
        ),
        filtered=True,
    )


def _everywhere(record: SetRecord, nowhere: Sequence[EntryRecord]) -> str:
    elsewhere = sum(bool(each.outside and not (each.leads or each.supports)) for each in record.entries)
    if elsewhere:
        return f"有 {elsewhere} 项的单位都不在本套里，或者没有生成分送件。"
    return "每一项都送到了单位。" if record.entries and not nowhere else ""


def _is_reached(entry: EntryRecord) -> bool:
    return bool(entry.leads or entry.supports or entry.outside)


def _nowhere(entries: Sequence[EntryRecord]) -> str:
    if not entries:
        return ""
    listed = "；".join(
        f"{each.report_annex or each.sheet}{f'第 {each.report_no} 项' if each.report_no else ''}“{_cut(each.text)}”"
        for each in entries[:10]
    )
    more = f"；等 {len(entries)} 项" if len(entries) > 10 else ""
    return f"没有送到任何单位的有 {len(entries)} 项（没有写明单位，或者分送件模板不列）：{listed}{more}。"


def _cut(text: str) -> str:
    text = text.replace("\n", "")
    return text if len(text) <= 20 else text[:20] + "……"


# ---- 合计核对


def _sums(record: SetRecord, groups: Sequence[EntryGroup]) -> SheetText:
    columns = (
        Column(title="表", width=14, centred=True),
        Column(title="评价、推进情况", width=18, centred=True),
        Column(title="台账项数", width=11, centred=True),
        Column(title="落到单位的\n项数", width=12, centred=True),
        Column(title="没有落到单位的\n项数", width=16, centred=True),
        Column(title="落到两个以上\n单位的项数", width=14, centred=True),
        Column(title="牵头\n（按单位计）", width=14, centred=True),
        Column(title="配合\n（按单位计）", width=14, centred=True),
        Column(title="按台账\n应有的行数", width=13, centred=True),
        Column(title="分送件里\n实有的行数", width=13, centred=True),
        Column(title="核对", width=16, centred=True),
    )
    rows: list[tuple[str | int, ...]] = [
        _row(*_counted(group.sheet, group.judgement, [group]), "", "", "") for group in groups
    ]
    for each in record.sums:
        mine = [group for group in groups if group.sheet == each.sheet]
        rows.append(
            _row(*_counted(each.sheet, "小计", mine), each.expected, each.rows, _verdict(each.expected, each.rows))
        )
    expected, found = (sum(getattr(each, name) for each in record.sums) for name in ("expected", "rows"))
    agrees = all(each.agrees for each in record.sums)
    verdict = _verdict(expected, found) if agrees or expected != found else "不符"
    rows.append(_row(*_counted("合计", "", groups), expected, found, verdict))
    return SheetText(
        name="合计核对",
        columns=columns,
        rows=rows,
        above=_lines("合计核对", *_explained(record, groups, found, agrees)),
        sums=len(record.sums) + 1,
    )


def _counted(sheet: str, judgement: str, groups: Sequence[EntryGroup]) -> tuple[str | int, ...]:
    entries, reached, shared, leads, supports = (
        sum(getattr(group, name) for group in groups) for name in ("entries", "reached", "shared", "leads", "supports")
    )
    return sheet, judgement, entries, reached, entries - reached, shared, leads, supports


def _verdict(expected: int, found: int) -> str:
    if expected == found:
        return "相符"
    return f"不符：{'多' if found > expected else '少'} {abs(found - expected)} 行"


def _explained(record: SetRecord, groups: Sequence[EntryGroup], found: int, agrees: bool) -> Iterator[str]:
    """Why the units' rows are more, or fewer, than the entries of the ledger (为什么不等于台账项数)."""
    entries = sum(group.entries for group in groups)
    pairs = sum(group.leads + group.supports for group in groups)
    single = sum(len(each.leads) + len(each.supports) == 1 for each in record.entries)
    shared = sum(group.shared for group in groups)
    none = sum(not _is_reached(each) for each in record.entries)
    elsewhere = entries - single - shared - none
    # Of a set that some units alone have, nobody should think that an entry has no other unit.
    here = "在本套里" if any(each.outside for each in record.entries) else ""
    parts = [f"{here}只送到一个单位的 {single} 项，计 {single} 行"]
    if shared:
        parts.append(
            f"{here}送到两个以上单位（共同负责、有配合单位）的 {shared} 项，每个单位各计一次，计 {pairs - single} 行"
        )
    if elsewhere:
        parts.append(f"只属于本套以外单位的 {elsewhere} 项，不计")
    if none:
        parts.append(f"没有落到单位的 {none} 项，不计")
    yield f"台账共 {entries} 项，各单位的分送件里合计 {found} 行，两个数不必相等：{'；'.join(parts)}。"
    if agrees and found != pairs:
        yield f"分送件模板有几张表列同一项的，按表各计一行；不列的不计：因此合计是 {found} 行，不是 {pairs} 行。"
    if failed := sum(unit.state is State.FAILED for unit in record.units):
        yield f"有 {failed} 个单位的分送件未生成，没有计入本表；“各单位”表的合计里有它们应有的项数。"
    if stale := sum(unit.state is State.STALE for unit in record.units):
        yield f"有 {stale} 个单位的文件未更新，本表按现在的台账计，它们的文件还是以前的。"
    if agrees:
        yield "核对：从各单位的分送件里逐行数出的行数，与台账按单位名录应有的行数相符。"
    else:
        yield "核对：从各单位的分送件里逐行数出的行数，与台账按单位名录应有的行数不符，见“问题”表。"


# ---- 问题


def _told(record: SetRecord) -> Iterator[tuple[str, Problem]]:
    yield from (("", problem) for problem in record.problems)
    yield from ((unit.unit, problem) for unit in record.units for problem in unit.problems)


def _problems(told: Sequence[tuple[str, Problem]]) -> SheetText:
    columns = (
        Column(title="序号", width=6, centred=True),
        Column(title="单位", width=18),
        Column(title="轻重", width=8, centred=True),
        Column(title="问题", width=60),
        Column(title="怎么改", width=50),
        Column(title="位置", width=30),
        Column(title="代码", width=18, shrunk=True),
    )
    rows = [
        _row(number, unit, SEVERITY_NAMES[each.severity], each.what, each.fix, _places(each), each.code)
        for number, (unit, each) in enumerate(told, 1)
    ]
    return SheetText(name="问题", columns=columns, rows=rows, above=("问题",), filtered=True)


def _places(problem: Problem) -> str:
    """The places of a problem, those on one sheet of a file in one line."""
    sheets: dict[str, list[str]] = {}
    for place in (*([problem.where] if problem.where else []), *problem.related):
        whole = str(replace(place, file=PurePosixPath(place.file).name))
        cell = place.cell or ""
        sheets.setdefault(whole.removesuffix(cell), []).append(cell)
    return "\n".join(sheet + "、".join(filter(None, cells)) for sheet, cells in sheets.items())
