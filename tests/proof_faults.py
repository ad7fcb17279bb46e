"""Faults planted in a right report (植入的差错): one place each, chosen by a seed and not by what the rules can see.

The places are found in the text of the sample report by plain patterns and by lists written down by hand; how a rule
looks for a fault plays no part in where one is planted.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeAlias

from reportgen.document import AnnexEntry, Cell, Document, Heading, Paragraph, Table

Way: TypeAlias = tuple[str | int, ...]

COUNT, LOST_ROW, SUM, RATE, DIGIT, UNIT, PERIOD = "项数", "漏行", "合计", "比率", "数字", "单位", "时段"
SURE = (COUNT, LOST_ROW, SUM, RATE)
"""The kinds of which nearly all must be found."""

# Totals and their parts, as the sample has them: each line is added up by the test that uses it.
SUMS = (
    "三大集群产值213.6亿元，其中智能装备96.8亿元、新能源汽车零部件74.5亿元、电子材料42.3亿元",
    "已启动改造企业61家，其中竣工23家、在建38家",
    "共320家，其中规上企业204家、规下企业116家",
    "66个项目中，工业类38个、现代服务业类17个、农文旅类11个",
    "未开工的45个项目逐个列出堵点，属于用地报批原因的18个、规划调整原因的9个、企业自身原因的18个",
    "128个重点项目分为续建74个、新开工39个、前期15个",
    "引进首店13家，其中全市首店4家、全区首店9家",
    "审计整改问题29个，已完成26个，剩余3个",
    "逐项重审专项资金132项，取消17项、合并24项、保留91项",
    "拆除违法建筑2.7万平方米，机修厂片区拆除1.6万平方米，合计4.3万平方米",
    "新开优化线路6条，包括高新区通勤线2条、学生专线3条、夜班线1条",
    "春播粮食18.7万亩，小春收获粮食9.4万亩，两季合计28.1万亩",
    "发现问题112个，整改109个，余下3个",
    "排查重大隐患46条，销号43条，剩余3条",
    "获批资金14.2亿元，占全年25亿元的56.8%，分别为中央预算内投资3.4亿元、专项债券10.8亿元",
    "其中企业1730户、个体工商户4750户",
    "其中改造民宿96户、租给返乡创业人员118户、作为公共用房69户",
    "其中人工造林0.6万亩、退化林修复1.1万亩、森林抚育1.2万亩",
    "按类别分送戏下乡84场、广场展演146场、阅读分享88场",
    "其中新建3所提供720个，改建扩班提供260个",
    "按来源分，社区嵌入式托育点150个、幼儿园托班260个、单位福利性托育98个",
    "包括新建260套、改建252套",
)
# 占全年800套的64.0%: the share, which can be worked out from what stands before it.
_SHARE = re.compile(r"(\d[\d.]*)[^\d。；，]{0,12}，(?:占|为)[^\d，。；]{0,6}[\d.]+[^\d，。；]{1,9}的(\d+\.\d)%")
_COUNT = re.compile(r"(?<![\d.])\d+(?=项(?:指标|经济|任务|重点|重))")
_BODY_FIGURE = re.compile(r"(?:增长|下降)(\d+\.\d)%")
_UNIT = re.compile(r"(?<=\d)(亿元|万平方米|万亩|公里|万人)(?=，占)")


@dataclass(frozen=True)
class Fault:
    """One planted fault (差错): its kind, what became what, and the report that has it."""

    kind: str
    was: str
    now: str
    report: Document


def planted(report: Document, count: int, seed: int) -> list[Fault]:
    """So many faults, every kind in turn as long as it has places left, each in a report of its own."""
    chance = random.Random(seed)
    makers: dict[str, list[Callable[[], Fault]]] = {
        kind: list(make(report, chance))
        for kind, make in (
            (COUNT, _counts),
            (LOST_ROW, _lost_rows),
            (SUM, _sums),
            (RATE, _rates),
            (DIGIT, _digits),
            (UNIT, _units),
            (PERIOD, _periods),
        )
    }
    for each in makers.values():
        chance.shuffle(each)
    faults: list[Fault] = []
    while len(faults) < count and any(makers.values()):
        for each in makers.values():
            if each and len(faults) < count:
                faults.append(each.pop()())
    return faults


def texts_of(node: Any, path: Way = ()) -> Iterator[tuple[Way, str]]:
    """Every text of the tree with its way there (树中的文字)."""
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, tuple):
        for i, each in enumerate(node):
            yield from texts_of(each, (*path, i))
    elif is_dataclass(node):
        for each in fields(node):
            if each.name != "origin":
                yield from texts_of(getattr(node, each.name), (*path, each.name))


def with_text(node: Any, path: Way, text: str) -> Any:
    """The same tree with another text at that place."""
    if not path:
        return text
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        return (*node[:step], with_text(node[step], rest, text), *node[step + 1 :])
    return replace(node, **{step: with_text(getattr(node, step), rest, text)})


def _changed(report: Document, kind: str, path: Way, text: str, start: int, end: int, new: str) -> Fault:
    low, high = max(0, start - 12), end + 8
    said = text[:start] + new + text[end:]
    was, now = text[low:high], said[low : high + len(new) - (end - start)]
    return Fault(kind, was, now, with_text(report, path, said))


def _maker(report: Document, kind: str, path: Way, text: str, span: tuple[int, int], new: str) -> Callable[[], Fault]:
    return lambda: _changed(report, kind, path, text, *span, new)


def _other(number: str, chance: random.Random) -> str:
    """The number with one of its digits another one; it never begins with a zero that was not there."""
    while True:
        at = chance.choice([i for i, each in enumerate(number) if each.isdigit()])
        digit = chance.choice([each for each in "0123456789" if each != number[at]])
        new = number[:at] + digit + number[at + 1 :]
        if not (new[0] == "0" and number[0] != "0" and new[1:2] != "."):
            return new


def _of_body(node: Document) -> Iterator[tuple[Way, str]]:
    """The running text and the titles: no cells."""
    for path, text in texts_of(node):
        block: Any = node
        kinds = []
        for step in path:
            block = block[step] if isinstance(step, int) else getattr(block, step)
            kinds.append(type(block))
        if Cell not in kinds and (Heading in kinds or Paragraph in kinds or AnnexEntry in kinds):
            yield path, text


def _counts(report: Document, chance: random.Random) -> Iterator[Callable[[], Fault]]:
    for path, text in _of_body(report):
        for found in _COUNT.finditer(text):
            # One too many, one too few, and twice a slip of the finger: there are few such places.
            wrong = {str(int(found[0]) + 1), str(int(found[0]) - 1), *(_other(found[0], chance) for _ in range(2))}
            for number in sorted(wrong):
                yield _maker(report, COUNT, path, text, found.span(), number)


def _lost_rows(report: Document, chance: random.Random) -> Iterator[Callable[[], Fault]]:
    for s, section in enumerate(report.sections):
        for b, block in enumerate(section.blocks):
            if isinstance(block, Table):
                for r, row in enumerate(block.body):
                    # The first row of a merged category could not be lost without the cell.
                    if all(cell.row_span == 1 for cell in row) and row[0].paragraphs[0].isdigit():
                        yield _lost(report, s, b, r)


def _lost(report: Document, s: int, b: int, r: int) -> Callable[[], Fault]:
    def make() -> Fault:
        table = report.sections[s].blocks[b]
        assert isinstance(table, Table)
        without = replace(table, body=_without_row(table, r))
        section = report.sections[s]
        changed = replace(section, blocks=(*section.blocks[:b], without, *section.blocks[b + 1 :]))
        sections = (*report.sections[:s], changed, *report.sections[s + 1 :])
        row = " │ ".join(cell.paragraphs[0][:12] for cell in table.body[r][:3] if cell.paragraphs)
        return Fault(LOST_ROW, row, "", replace(report, sections=sections))

    return make


def _without_row(table: Table, lost: int) -> tuple[tuple[Cell, ...], ...]:
    """The rows without one; a merged cell that reached over it is a row shorter."""
    rows = []
    for r, row in enumerate(table.body):
        if r != lost:
            rows.append(tuple(replace(c, row_span=c.row_span - 1) if r < lost < r + c.row_span else c for c in row))
    return tuple(rows)


def _sums(report: Document, chance: random.Random) -> Iterator[Callable[[], Fault]]:
    for path, text in texts_of(report):
        for sentence in SUMS:
            at = text.find(sentence)
            if at < 0:
                continue
            # 25 and 56.8 belong to a share and 3, of 新建3所, to the thing itself.
            numbers = list(re.finditer(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.%]|所|亿元的)", sentence))
            for number in numbers:
                span = (at + number.start(), at + number.end())
                yield _maker(report, SUM, path, text, span, _other(number[0], chance))


def _rates(report: Document, chance: random.Random) -> Iterator[Callable[[], Fault]]:
    for path, text in texts_of(report):
        for found in _SHARE.finditer(text):
            yield _maker(report, RATE, path, text, found.span(2), _other(found[2], chance))


def _digits(report: Document, chance: random.Random) -> Iterator[Callable[[], Fault]]:
    """Figures of the body's list of goals, which stand in the first annex, too."""
    for path, text in _of_body(report):
        for found in _BODY_FIGURE.finditer(text) if "分别是" in text else ():
            for number in sorted({_other(found[1], chance) for _ in range(2)}):
                yield _maker(report, DIGIT, path, text, found.span(1), number)


def _units(report: Document, chance: random.Random) -> Iterator[Callable[[], Fault]]:
    """A figure's unit, where its share of the year's target follows in the right one."""
    others = {"亿元": "万元", "万平方米": "平方米", "万亩": "亩", "公里": "米", "万人": "人"}
    for path, text in texts_of(report):
        for found in _UNIT.finditer(text):
            yield _maker(report, UNIT, path, text, found.span(1), others[found[1]])


def _periods(report: Document, chance: random.Random) -> Iterator[Callable[[], Fault]]:
    """The period of a clause made another one."""
    for path, text in texts_of(report):
        for found in re.finditer(r"1—6月(?=[，完新])", text):
            yield _maker(report, PERIOD, path, text, found.span(), chance.choice(["1—9月", "1—7月", "1—8月"]))
