"""Ten thousand returned cells (无声丢失): each is in the merged ledger as it was sent, or the report tells of it."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
from dataclasses import dataclass
from datetime import date

import docx
import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment

from reportgen.collect import Collected, Request, collect
from reportgen.collect_view import as_json
from reportgen.ledger.files.workbook import write_workbook
from reportgen.ledger.ids import with_ids
from reportgen.ledger.keeping import ledger_sheets
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.reading import Wants, read_ledger
from tests.habits import HABITS, Answers, Filled
from tests.projects import ROOT, SAMPLE
from tests.test_rehearsal import sample_register

SEED = 20260710
TASKS_OF_A_UNIT, STRANGE_ROWS = 20, 1
OWN_COLUMNS = ("存在问题", "下一步打算", "联络员", "备注说明", "佐证材料")
THINGS = [
    "道路",
    "桥梁",
    "学校",
    "公园",
    "管网",
    "厂房",
    "市场",
    "水库",
    "泵站",
    "步道",
    "车站",
    "仓库",
    "医院",
    "菜场",
    "小区",
    "码头",
    "基地",
    "展馆",
    "泳池",
    "剧场",
]
DEEDS = ["建成", "改造", "迁建", "扩建", "提升", "完成", "启动", "新增"]


def generated(rng: random.Random) -> Ledger:
    """A ledger with so many tasks for each unit of the sample's register, no two alike in all words."""
    tasks: list[Entry] = []
    for number, unit in enumerate(unit.name for unit in sample_register().units):
        for row in range(TASKS_OF_A_UNIT):
            text = f"{rng.choice(DEEDS)}{THINGS[row]}{rng.randint(2, 90)}处，覆盖{unit}片区{number * 37 + row}个网格"
            tasks.append(
                Entry(sheet=Sheet.TASKS, given_no=str(len(tasks) + 1), category="", text=text, lead_units=(unit,))
            )
    return with_ids(Ledger(file="台账.xlsx", tasks=tuple(tasks)))


class Tokens:
    """Words that stand in one cell only (记号), so that a cell can be looked for."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def __call__(self, before: str, behind: str = "") -> str:
        token = f"记{len(self.given):05}号"
        self.given.append(token)
        return f"{before}{token}{behind}"


HEAD = (
    *("编号", "序号", "分类", "工作任务", "责任单位", "配合单位", "上期进展情况", "进展情况", "推进情况"),
    *OWN_COLUMNS,
)


def table_of(unit: str, entries: list[Entry], rng: random.Random, tokens: Tokens) -> Filled:
    """What a unit returns: its tasks in any order, changes in what is not its to fill in, columns of its own.

    Below its tasks stand a row about something that nobody asked, and a remark.
    """
    rows = []
    for entry in rng.sample(entries, len(entries)):
        progress = tokens("已完成", rng.choice(["。", "，占67.5%。\n②其余在建。", "=A1+1", "（预计“8月”完工）。"]))
        status = rng.choice(["正常推进", "推进较为滞后"])
        own = [tokens(f"{title}：") for title in OWN_COLUMNS]
        changed = (tokens("改到"), entry.text, unit, tokens("", "中心"), tokens("原来写的是"))
        rows.append((entry.id, entry.given_no, *changed, progress, status, *own))
    strange = tokens("我单位自行开展的", "专项行动，与台账所列各项均无关系")
    told = (tokens("其他"), strange, unit, tokens("", "协会"), tokens("上期"), tokens("开展了"), tokens("差不多"))
    rows.append(("", "", *told, *(tokens("自加") for _ in OWN_COLUMNS)))
    remark = tokens("备注：以上是", "的数据")
    rows.append(("", "", "", remark, *("" for _ in HEAD[4:])))
    return Filled("重点任务", (f"{unit}进展情况表",), HEAD, tuple(rows))


# ---- what units write beside their tables


def burdened(name: str, blob: bytes, tokens: Tokens) -> bytes:
    """The file with words where nobody looks for an answer: above the head, on other sheets, in comments."""
    if name.endswith(".xlsx"):
        return _burdened_workbook(blob, tokens)
    if name.endswith(".docx"):
        return _burdened_word(blob, tokens)
    first, rest = blob.decode("gb18030").split("\n", 1)
    above = tokens("表头上面说了", "的事")
    return f"{above}{',' * first.count(',')}\n{first}\n{rest}".encode("gb18030")


def _burdened_workbook(blob: bytes, tokens: Tokens) -> bytes:
    book = load_workbook(io.BytesIO(blob))
    sheet = book.worksheets[0]
    sheet.insert_rows(1)
    for merged in sheet.merged_cells.ranges:
        merged.shift(row_shift=1)
    sheet["A1"] = tokens("表头上面说了", "的事")
    sheet.cell(sheet.max_row, 1).comment = Comment(tokens("批注里说了", "的事"), "某某")
    for title in ("进展情况说明", "资金来源", "填报说明"):
        more = book.create_sheet(title)
        more.append([tokens("一、", "一项已完成主体工程")])
        more.append([tokens("二、", "一项在招标"), tokens("旁边", "也有")])
    hidden = book.create_sheet("选项")
    hidden.append(["工作任务", "进展情况"])
    hidden.append([tokens("隐藏的表里", "一事"), tokens("已办理")])
    hidden.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _burdened_word(blob: bytes, tokens: Tokens) -> bytes:
    document = docx.Document(io.BytesIO(blob))
    document.paragraphs[0].insert_paragraph_before(tokens("我单位", "一事"))
    document.add_paragraph(tokens("短", "句。"))
    document.add_paragraph(tokens("此外，", "，以下从略" * 60 + "。") + tokens("末尾还有", "。"))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def cells(workbook: bytes) -> str:
    """Every text of every sheet."""
    book = load_workbook(io.BytesIO(workbook), read_only=True)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)


@dataclass(frozen=True)
class Campaign:
    """What was sent (发出的), and what came of it."""

    collected: Collected
    sent: Answers
    tokens: Tokens

    @property
    def merged(self) -> Ledger:
        """The ledger that came out."""
        wants = Wants({Sheet.TASKS: frozenset({"progress", "judgement"})})
        return read_ledger(self.collected.workbook, "汇总.xlsx", wants, sample_register()).value


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    folder = tmp_path_factory.mktemp("万格")
    rng, tokens = random.Random(SEED), Tokens()
    ledger = generated(rng)
    shutil.copytree(ROOT / "configs" / "units", folder / "units")
    (folder / "台账.xlsx").write_bytes(write_workbook(ledger_sheets(ledger)))
    config = folder / "配置.yaml"
    text = SAMPLE.read_text(encoding="utf-8").replace("../samples/qingping-2026h1/台账.xlsx", "台账.xlsx")
    config.write_text(text.replace("half-year-report", "task-table"), encoding="utf-8")
    sent: dict[str, tuple[str, str]] = {}
    for turn, unit in enumerate(unit.name for unit in sample_register().units):
        own = [entry for entry in ledger.tasks if entry.lead_units == (unit,)]
        table = table_of(unit, own, rng, tokens)
        progress, status = HEAD.index("进展情况"), HEAD.index("推进情况")
        sent |= {row[0]: (row[progress], row[status]) for row in table.rows if row[0]}
        habit = HABITS[turn % len(HABITS)]
        (folder / "反馈" / unit).mkdir(parents=True)
        for name, blob in habit(unit, [table]):
            (folder / "反馈" / unit / name).write_bytes(burdened(name, blob, tokens))
    request = Request(config=config, returns=[folder / "反馈"], into=folder / "汇总.xlsx", on=date(2026, 7, 10))
    return Campaign(collect(request), sent, tokens)


def test_ten_thousand_cells_were_sent(campaign: Campaign) -> None:
    assert len(campaign.sent) == len(campaign.merged.tasks) == 49 * TASKS_OF_A_UNIT
    # Number, 序号, task, unit and status of each row stand beside the cells with words of their own.
    assert len(campaign.tokens.given) + 5 * len(campaign.sent) > 10_000


def test_every_answer_is_in_its_row_word_for_word(campaign: Campaign) -> None:
    assert {entry.id: (entry.progress, entry.judgement) for entry in campaign.merged} == campaign.sent


def test_no_cell_is_lost_in_silence(campaign: Campaign) -> None:
    told = cells(campaign.collected.workbook) + json.dumps(as_json(campaign.collected), ensure_ascii=False)
    found = set(re.findall(r"记\d{5}号", told))
    assert [token for token in campaign.tokens.given if token not in found] == []


def test_every_row_that_belongs_to_no_task_is_listed_for_a_person(campaign: Campaign) -> None:
    unplaced = [finding for finding in as_json(campaign.collected)["findings"] if finding["kind"] == "unplaced"]
    assert {finding["unit"] for finding in unplaced} == {unit.name for unit in sample_register().units}
