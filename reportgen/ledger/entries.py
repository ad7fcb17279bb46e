"""From the rows of a table to entries (台账条目), with everything that is wrong in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date

from reportgen.ledger.cell_units import CellUnits, split_units
from reportgen.ledger.model import STATUSES, Entry, Sheet
from reportgen.ledger.named_units import Mentions, faults_of_names
from reportgen.ledger.places import RowPlaces
from reportgen.ledger.tables import (
    Cell,
    ComposedRows,
    Head,
    Table,
    find_head,
    is_repeated_head,
)
from reportgen.ledger.units import Register
from reportgen.ledger.words import JUDGEMENTS, Words, field_name, plain_key
from reportgen.limits import held
from reportgen.package import short
from reportgen.problems import Location, Problem, Severity, error, has_errors, warning
from reportgen.source import clean_text, is_plain, name_of, private_characters

ALWAYS_NEEDED = frozenset({"text", "lead_units"})
_NO_PROGRESS = frozenset({"近期无进展", "暂无进展", "无进展", "无"})
# What says no more than that has fewer characters, whatever white space stands between them.
_SHORT = 100
_UNIT_FIELDS = ("lead_units", "support_units")
# Places named after the first one, so that a message stays short; more of one fault become one problem.
_MOST_PLACES = 5
# How a row begins that speaks of the table and is none of its entries (compared in `plain_key` form).
REMARK = re.compile(r"备注|注:|说明:|填表|审核|制表|联系人|合计|总计|小计|共计|\(?以下空白")
_PLACE_IN_ROW = re.compile(r"[A-Z]+(?=\d+$)|[^\[\].]+$")


@dataclass(slots=True)
class _Reading:
    """The state of reading one table."""

    sheet: Sheet
    needed: frozenset[str]
    words: Words
    register: Register | None
    on: date | None
    most_rows: int
    problems: list[Problem] = field(default_factory=list)
    category: tuple[str, tuple[tuple[str, Location], ...]] = ("", ())
    seen: dict[str, dict[str, Mapping[str, Location]]] = field(default_factory=dict)
    unit_places: dict[str, Mentions] = field(default_factory=dict)
    # A hundred thousand rows name the same few units, categories and judgements: each is one object for all.
    units: dict[str, CellUnits] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)


def read_entries(
    table: Table,
    sheet: Sheet,
    needed: frozenset[str] | None,
    words: Words,
    register: Register | None,
    on: date | None = None,
    most_rows: int | None = None,
) -> tuple[tuple[Entry, ...], list[Problem]]:
    """The entries of a table and all its problems.

    `needed` None means that the template does not use the sheet: nothing in it may stop the run then. `on` is the day
    on which the units must stand.
    """
    wanted = needed | ALWAYS_NEEDED if needed is not None else frozenset[str]()
    reading = _Reading(sheet, wanted, words, register, on, most_rows or held().tables.rows)
    head = find_head(table, sheet, reading.needed, words)
    if needed is None and (head is None or "text" not in head.columns):
        what = f"「{short(table.name)}」没有「{field_name('text', sheet)}」列，这张表不读入"
        return (), [warning("ledger.unread-sheet", what, "报告不用这张表时不必处理", table.where)]
    if head is None:
        return (), [_no_head(table, sheet, words)]
    reading.problems += head.problems
    entries: tuple[Entry, ...] = ()
    if "text" in head.columns:
        entries = tuple(_entries(table, head, reading))
        if register:
            reading.problems += faults_of_names(reading.unit_places, register, on)
    problems = _gathered(reading.problems)
    if needed is None:
        problems = [replace(problem, severity=Severity.WARNING) for problem in problems]
    return entries, problems


def _gathered(problems: Sequence[Problem]) -> list[Problem]:
    """The problems in their order, but many of the same wording in one column as one, where the first stands."""
    groups: dict[object, list[Problem]] = {}
    for number, problem in enumerate(problems):
        place = problem.where
        if place is None or problem.related:
            groups[number] = [problem]
            continue
        found = _PLACE_IN_ROW.search(place.cell or place.key or "")
        column = found[0] if found else place.column
        key = (problem.code, problem.severity, place.file, place.sheet, column, problem.what)
        groups.setdefault(key, []).append(problem)
    first_places = {id(group[0]): group for group in groups.values() if len(group) > _MOST_PLACES}
    dropped = {id(problem) for group in first_places.values() for problem in group[1:]}
    gathered = []
    for problem in problems:
        if group := first_places.get(id(problem)):
            related = tuple(other.where for other in group[1 : 1 + _MOST_PLACES] if other.where)
            problem = replace(problem, what=f"{problem.what}（共 {len(group)} 处）", related=related)
        elif id(problem) in dropped:
            continue
        gathered.append(problem)
    return gathered


def _no_head(table: Table, sheet: Sheet, words: Words) -> Problem:
    first = "、".join(short(cell.text, 12) for cell in table.rows[0][:8] if cell.text.strip()) if table.rows else ""
    what = f"「{short(table.name)}」前 10 行里没有表头" + (f"，第一行是：{first}" if first else "，表是空的")
    accepted = "、".join(words.columns["text"][:6])
    fix = f"请写一行表头，其中「{field_name('text', sheet)}」列可写：{accepted}；还要有「责任单位」等列"
    return error("ledger.no-head", what, fix, table.where)


def _entries(table: Table, head: Head, reading: _Reading) -> Iterator[Entry]:
    rows = table.rows
    letters = rows.letters(head.columns) if isinstance(rows, ComposedRows) else {}
    count = 0
    for index in range(head.first_row, len(rows)):
        row = rows[index]
        if not _has_data(row, head):
            continue
        count += 1
        if count > reading.most_rows:
            what = f"「{short(table.name)}」超过 {reading.most_rows} 行"
            reading.problems.append(error("ledger.too-many-rows", what, "请拆成几份台账", row[0].where))
            break
        if is_repeated_head(row, head, reading.words):
            what, fix = "这一行又是表头，已跳过", "请删去重复的表头行"
            reading.problems.append(warning("ledger.repeated-head", what, fix, row[0].where))
        elif remark := _remark(row, head):
            what = f"「{short(remark.text)}」像是说明或合计，这一行没有读入，不会进入报告"
            fix = "不必处理；要消除此警告，请移到别的工作表；如是任务，请填写责任单位"
            reading.problems.append(warning("ledger.remark-row", what, fix, remark.where))
        else:
            composed = rows.places(index, letters) if isinstance(rows, ComposedRows) else None
            if entry := _entry(row, head, reading, composed):
                yield entry
    if not count:
        what = f"「{short(table.name)}」只有表头，没有内容"
        reading.problems.append(warning("ledger.no-rows", what, "请填写内容；确无内容可不处理", table.where))


def _has_data(row: Sequence[Cell], head: Head) -> bool:
    return any(row[i].has_own_value() for i in head.columns.values())


def _remark(row: Sequence[Cell], head: Head) -> Cell | None:
    """The first cell of a row that is a remark or a sum: it begins like one and names no unit, no judgement."""
    first = next(cell for cell in row if cell.has_own_value())
    # What begins like a remark in a later column continues the row above.
    inner = [row[i] for name, i in head.columns.items() if name in ("support_units", "progress", "phrase")]
    if not REMARK.match(plain_key(first.text)) or any(cell is first for cell in inner):
        return None
    decisive = [row[i] for name, i in head.columns.items() if name in ("lead_units", "judgement")]
    filled = any((cell.text.strip() or cell.faults) and cell.origin != first.origin for cell in decisive)
    return None if filled else first


def _entry(row: Sequence[Cell], head: Head, reading: _Reading, composed: RowPlaces | None) -> Entry | None:
    cells = {name: row[i] for name, i in head.columns.items()}
    own_category = _merged_fields(cells, reading)
    if own_category is None:
        return None
    begun = cells["text"].merged
    if begun and all(cell.where != begun for cell in row):
        what = f"「{short(cells['text'].text)}」一项任务合并了几行，会被算成几项"
        fix = "请取消合并，一项任务写一行；几个单位、几段进展在同一格里换行写"
        reading.problems.append(error("ledger.merged-task", what, fix, cells["text"].where, [cells["text"].origin]))
        return None
    texts = {name: read_cell(cell, reading.problems) for name, cell in cells.items()}
    # What cannot be read has been told; that it is then empty or unknown is no further news.
    broken = {name for name, cell in cells.items() if has_errors(cell.faults)}
    places: Mapping[str, Location]
    moved = tuple((name, cell.merged) for name, cell in cells.items() if cell.merged)
    if "category" in cells and (above := _fill_category(texts, cells["category"], own_category, reading)):
        moved = (*above, *moved) if moved else above
    if composed is None:
        places = {name: cell.where for name, cell in cells.items()} | dict(reversed(moved))
    else:
        places = composed.where_moved(moved) if moved else composed
    if "text" in broken:
        return None
    if not texts["text"]:
        what = f"这一行有内容，但「{field_name('text', reading.sheet)}」为空"
        fix = "请补写；如是上一行的续写，请并入上一行的同一格，换行写；如是说明文字，请移到别的工作表"
        reading.problems.append(error("ledger.empty-task", what, fix, cells["text"].where))
        return None
    units = {name: _units(texts.get(name, ""), places, name, reading) for name in _UNIT_FIELDS}
    kept = reading.kept
    entry = Entry(
        sheet=reading.sheet,
        id=texts.get("id", ""),
        given_no=kept.setdefault(no, no) if (no := texts.get("given_no", "")) else "",
        category=kept.setdefault(category, category) if (category := texts.get("category", "")) else "",
        text=texts["text"],
        lead_units=units["lead_units"],
        support_units=units["support_units"],
        progress=texts.get("progress", ""),
        judgement="" if "judgement" in broken else _judgement(texts, places, reading),
        phrase=texts.get("phrase", ""),
        last_progress=texts.get("last_progress", ""),
        # What is wrong in a column that nobody reads is no news; its text is kept for the merged ledger.
        others=tuple((header, read_cell(row[i], [])) for header, i in head.others),
        cells=places,
    )
    _check(entry, broken, reading)
    return entry


def _merged_fields(cells: Mapping[str, Cell], reading: _Reading) -> bool | None:
    """Whether the row may take its category from above; None if a merge over columns leaves its meaning open.

    A task merged over the category's column too is a task without category.
    """
    columns: dict[Location, list[str]] = {}
    for name, cell in cells.items():
        if cell.merged:
            columns.setdefault(cell.merged, []).append(name)
    own = True
    for place, names in columns.items():
        if set(names) == {"category", "text"}:
            own = False
        elif len(names) > 1:
            first, last = field_name(names[0], reading.sheet), field_name(names[-1], reading.sheet)
            what = f"「{short(cells[names[0]].text)}」跨「{first}」到「{last}」几列合并，不知道属于哪一列"
            fix = "请拆分合并单元格；小标题请写到「分类」列"
            reading.problems.append(error("ledger.merged-across", what, fix, place))
            return None
    return own


def read_cell(cell: Cell, problems: list[Problem]) -> str:
    """The clean text (正文) of a cell: lines trimmed, empty lines dropped; adds what is wrong with it."""
    problems.extend(cell.faults)
    if len(cell.text) > (most := held().tables.cell_characters):
        what = f"内容有 {len(cell.text)} 字，超过 {most} 字"
        problems.append(error("ledger.cell-too-long", what, "请压缩这一格的内容", cell.origin))
        return cell.text[:most].strip()
    if is_plain(cell.text):
        return _trimmed(cell.text)
    text, invisible, illegal = clean_text(cell.text)
    if invisible:
        what = f"「{short(text, 20)}」里有看不见的字符 {'、'.join(map(name_of, invisible[:4]))}，已去掉"
        problems.append(warning("text.invisible", what, "不必处理；要消除此警告，请重新录入这段文字", cell.origin))
    if illegal:
        what = f"「{short(text, 20)}」里有不能用于文档的字符 {'、'.join(map(name_of, illegal[:4]))}"
        problems.append(error("text.illegal", what, "请删去这个字符，或重新录入这段文字", cell.origin))
    if private := private_characters(text):
        what = f"「{short(text, 20)}」里有自造字 {'、'.join(map(name_of, private[:4]))}，别的电脑上不是这个字"
        problems.append(warning("text.private-character", what, "请改用标准的汉字", cell.origin))
    return _trimmed(text)


def _trimmed(text: str) -> str:
    if "\n" not in text:
        return text.strip()
    lines = "\n".join(line for part in text.split("\n") if (line := part.strip()))
    return text if lines == text else lines


def _fill_category(
    texts: dict[str, str], cell: Cell, own_category: bool, reading: _Reading
) -> tuple[tuple[str, Location], ...]:
    """The category of a row, its own or that of the rows above; where it stands, if that is above."""
    if not own_category:
        texts["category"] = ""
        reading.category = ("", ())
    elif texts["category"]:
        reading.category = (texts["category"], (("category", cell.origin),))
    elif reading.category[1]:
        texts["category"], place = reading.category
        return place
    return ()


def _units(text: str, places: Mapping[str, Location], field: str, reading: _Reading) -> tuple[str, ...]:
    if not text:
        return ()
    found = reading.units.get(text)
    if found is None:
        found = reading.units[text] = split_units(text, reading.register)
    if reading.register:
        for name in found.units:
            if "：" not in name and ":" not in name:
                reading.unit_places.setdefault(name, Mentions()).add(places, field)
    odd = [name for name in found.units if "：" in name or ":" in name]
    if not (odd or found.repeated or found.unclosed):
        return found.units
    where = places[field]
    for name in found.repeated:
        what = f"单位「{short(name)}」在同一格里写了两次，只算一次"
        reading.problems.append(warning("ledger.duplicate-unit", what, "请删去多余的一个", where))
    if found.unclosed:
        what = f"「{short(text)}」的括号没有成对"
        reading.problems.append(warning("ledger.unclosed-bracket", what, "请补上或删去括号", where))
    if odd:
        what = f"「{short(odd[0])}」里有冒号，不像单位名称"
        fix = "请只写单位名称，一个一行；牵头和配合的单位请分别填在「责任单位」和「配合单位」两列"
        reading.problems.append(warning("ledger.odd-unit", what, fix, where))
    return found.units


def _judgement(texts: Mapping[str, str], places: Mapping[str, Location], reading: _Reading) -> str:
    if "judgement" not in texts:
        return ""
    text = texts["judgement"]
    word = reading.words.judgement_of(text, reading.sheet) if text else None
    if word is not None:
        return word
    where, name = places["judgement"], field_name("judgement", reading.sheet)
    wanted = "judgement" in reading.needed
    if not text:
        if wanted:
            fix = f"请填写其中一个：{'、'.join(JUDGEMENTS[reading.sheet])}"
            reading.problems.append(error("ledger.unknown-status", f"「{name}」为空", fix, where))
        return ""
    say = error if wanted else warning
    what = f"不认识的{name}「{short(text)}」"
    fix = reading.words.judgement_hint(text, reading.sheet)
    reading.problems.append(say("ledger.unknown-status", what, fix, where))
    return ""


def _check(entry: Entry, broken: Set[str], reading: _Reading) -> None:
    if not entry.lead_units and "lead_units" in entry.cells and "lead_units" not in broken:
        what = f"「{short(entry.text)}」没有责任单位"
        place = entry.cells["lead_units"]
        reading.problems.append(error("ledger.no-lead-unit", what, "请填写责任单位", place))
    asked = "progress" in entry.cells and "progress" in reading.needed and "progress" not in broken
    if asked and entry.judgement != STATUSES[1]:
        _check_progress(entry, reading)
    first = reading.seen.setdefault(entry.category, {}).setdefault(entry.text, entry.cells)
    if first is not entry.cells:
        what = f"「{short(entry.text)}」与前面一行的分类和内容相同，会算成两项"
        fix = "如系重复，请删去一行；如是同一项任务的几个单位，请写进同一格"
        reading.problems.append(warning("ledger.duplicate-row", what, fix, entry.cells["text"], [first["text"]]))


def _check_progress(entry: Entry, reading: _Reading) -> None:
    if not entry.progress:
        place = entry.cells["progress"]
        what = f"「{short(entry.text)}」没有填写进展情况"
        reading.problems.append(warning("ledger.empty-progress", what, "请向责任单位核实后补写", place))
    elif len(entry.progress) < _SHORT and plain_key(entry.progress).rstrip("。.;；") in _NO_PROGRESS:
        what = f"「{short(entry.text)}」的进展情况是「{short(entry.progress)}」"
        fix = "请核实是否应列为推进较为滞后，或补写进展"
        reading.problems.append(warning("ledger.no-progress", what, fix, entry.cells["progress"]))
