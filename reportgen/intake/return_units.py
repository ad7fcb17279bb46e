"""Which unit a return came from (填报单位): a line that says so, the file's name, or whom its rows name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportgen.intake.file_names import unit_in_name
from reportgen.intake.return_notes import LABEL, LONG_LINE, UNIT_HEADERS
from reportgen.intake.returned import ReturnRow
from reportgen.ledger.cell_units import split_units
from reportgen.ledger.files.contents import Contents, Passage
from reportgen.ledger.tables import Cell
from reportgen.ledger.units import Register
from reportgen.ledger.words import header_key, plain_key
from reportgen.package import short
from reportgen.problems import Location, Problem, error, warning

_ENDS_LABEL = r"(?:\(盖?章?[^()]*\)|（[^（）]*）)?\s*[:：]"
_UNIT_LINE = re.compile(
    r"(?:(?:填报|填表|报送|上报|反馈|责任|报告|呈报|汇报)\s*(?:单\s*位|部\s*门)|单\s*位(?:\s*名\s*称)?|部\s*门(?:\s*名\s*称)?)"
    r"\s*(?:名称)?\s*" + _ENDS_LABEL
)
# Above a table 「单位：万元」 says in what its figures are.
_BARE = re.compile(r"单\s*位\s*[:：]")
_MEASURE = re.compile(r"[百千万亿]*(?:元|美元|人|个|项|件|吨|户|亩|公里|[平立]方米|%|天|家|所|辆|次)(?:[、,/].*)?")


@dataclass(frozen=True, slots=True)
class Told:
    """What tells the unit (依据): the name as the register has it, from what it was read, and where."""

    unit: str
    source: str
    where: Location


def unit_lines(texts: Sequence[tuple[str, Location]]) -> Iterator[tuple[str, Location]]:
    """The names behind 「填报单位：」 and its like (填报单位一行), each with its place."""
    for i, (text, where) in enumerate(texts):
        if header_key(text) in UNIT_HEADERS and i + 1 < len(texts) and not re.search(r"[:：]", text):
            yield texts[i + 1][0].strip(), texts[i + 1][1]
            continue
        for found in _UNIT_LINE.finditer(text) if len(text) <= LONG_LINE else ():
            if found.start() and not text[found.start() - 1].isspace():
                # （责任单位：……） behind a sentence says whose task that is.
                continue
            rest = text[found.end() :].split("\n")[0]
            other = LABEL.search(rest)
            name = (rest[: other.start()] if other else rest).strip(" 　\t，,；;。_")
            name = re.sub(r"\s*[(（](?:盖章|公章|签章|章)[)）]\s*$", "", name)
            name = re.split(r"\s{3,}|\t", name)[0].strip()
            if not name and not other and i + 1 < len(texts) and not LABEL.match(texts[i + 1][0].strip()):
                # The label and the name in two cells beside each other.
                name, where = texts[i + 1][0].strip(), texts[i + 1][1]
                name = name if len(name) <= 30 else ""
            if name and not (_BARE.match(found[0]) and _MEASURE.fullmatch(plain_key(name))):
                yield name, where


def find_unit(
    contents: Contents,
    around: Sequence[Sequence[Cell]],
    rows: Sequence[ReturnRow],
    register: Register | None,
) -> tuple[str, str, list[Problem]]:
    """The unit of a return, from what it is known, and what speaks against it.

    `around` are the rows of its tables that stand above or below the tasks.
    """
    problems: list[Problem] = []
    place = Location(file=contents.file)
    texts = [(cell.text, cell.where) for row in around for cell in row]
    # Passages do not stand beside each other: a name in the next one is no answer to a label.
    lines = list(unit_lines(texts))
    for passage in contents.passages:
        lines += unit_lines([(passage.text, passage.where)])
    told: list[Told] = []
    for name, where in lines:
        own = _known(name, register)
        if own:
            told.append(Told(own, "填报单位一行", where))
        elif register is not None:
            what = f"填报单位「{short(name)}」不在单位名录里"
            near = register.nearest(name)
            fix = (f"是否要写「{short(near)}」？" if near else "") + "请写名录里的名称，或把这个单位加进名录"
            problems.append(warning("return.unknown-unit", what, fix, where))
    columns = {text for row in rows for header, text in row.others if header_key(header) in UNIT_HEADERS}
    if len(columns) == 1 and (own := _known(columns.pop(), register)):
        told.append(Told(own, "填报单位一列", rows[0].where))
    if not told:
        told += _signed(contents, texts, register)
    named = unit_in_name(contents.file, register)
    by_name = [Told(named, "文件名", place)] if named else []
    units = list(dict.fromkeys(each.unit for each in (*told, *by_name)))
    if len(units) > 1:
        listed = "、".join(f"{each.source}「{short(each.unit, 20)}」" for each in (*told, *by_name)[:4])
        what = f"从哪个单位来，说法不一：{listed}"
        fix = f"先按「{short(units[0], 20)}」收入；请核对，并改正填报单位或文件名"
        first = (*told, *by_name)[0]
        problems.append(warning("return.unit-contradiction", what, fix, first.where))
    for each in (*told, *by_name):
        return each.unit, each.source, problems
    common = _common_lead(rows, register)
    if common:
        return common, "各行的责任单位", problems
    if not any(problem.code == "return.unknown-unit" for problem in problems):
        what = "看不出是哪个单位的反馈"
        fix = "请在表头上面写一行「填报单位：……」，或把单位名称写进文件名"
        problems.append(error("return.unknown-unit", what, fix, place))
    return "", "", problems


def _known(name: str, register: Register | None) -> str:
    if register is None:
        return split_units(name).units[0] if split_units(name).units else ""
    if unit := register.unit(name):
        return unit.name
    named = register.mentioned(name)
    return named[0] if len(named) == 1 else ""


def _signed(contents: Contents, texts: Sequence[tuple[str, Location]], register: Register | None) -> list[Told]:
    """The unit that signs, or that a title names, where no line says whose return it is."""
    if register is None:
        return []
    passages = [(block.text, block.where) for block in contents.blocks if isinstance(block, Passage)]
    for text, where in reversed(passages):
        if len(text) <= 40 and (unit := register.unit(text.strip())):
            return [Told(unit.name, "落款", where)]
    for text, where in [*texts[:4], *passages[:4]]:
        # A sentence names units for other reasons than a title does.
        named = register.mentioned(text) if len(text) <= 60 and not re.search("[。；，]", text) else ()
        if len(named) == 1:
            return [Told(named[0], "标题", where)]
    return []


def _common_lead(rows: Sequence[ReturnRow], register: Register | None) -> str:
    """The one unit that leads every row that names any."""
    led = [row.lead_units for row in rows if row.lead_units]
    if not led:
        return ""
    common = [name for name in led[0] if all(plain_key(name) in map(plain_key, names) for names in led[1:])]
    if len(common) != 1:
        return ""
    if register is None:
        return common[0]
    unit = register.unit(common[0])
    return unit.name if unit else ""
