"""Returns in bad habits (不规范的反馈): what each must still give, and what must be told."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.ledger.files.contents import Block
from tests.return_tables import passage, table

UNIT = "填报单位：区教委"


@dataclass(frozen=True)
class Habit:
    """A return in one habit: rows as (序号, text, progress), and the codes of all its problems."""

    blocks: tuple[Block, ...]
    rows: tuple[tuple[str, str, str], ...]
    codes: tuple[str, ...] = ()
    file: str = "区教委反馈.xlsx"


TWO = (("1", "新建学校2所", "已开工。"), ("2", "增加学位300个", "已增加120个。"))
BODY = "1 | 新建学校2所 | 区教委 | 已开工。\n2 | 增加学位300个 | 区教委 | 已增加120个。"


def _headed(head: str, *more: str) -> Habit:
    return Habit((table(f"{head}\n{BODY}"),), TWO, tuple(more))


HABITS: dict[str, Habit] = {
    "the form as it went out": _headed("序号 | 工作任务 | 责任单位 | 进展情况"),
    "own headings": _headed("序 | 督查事项 | 主办单位 | 推进落实情况"),
    "letter-spaced headings": _headed("序　号 | 工 作 任 务 | 责 任 单 位 | 进 展 情 况"),
    "a period in the heading": _headed("序号 | 2026年重点任务 | 牵头部门 | 截至6月底进展情况"),
    "a period with a dash": _headed("序号 | 任务名称 | 责任部门 | 2026年1—6月工作进展情况（请填写）"),
    "a heading that is only near": _headed("序号 | 工作任务 | 责任单位 | 工作推进的具体进展", "return.guessed-column"),
    "a heading with more behind it": _headed(
        "序号 | 工作任务 | 责任单位 | 进展情况及存在问题", "return.guessed-column"
    ),
    "columns in another order": Habit(
        (
            table(
                "进展情况 | 责任单位 | 任务内容 | 序号\n"
                "已开工。 | 区教委 | 新建学校2所 | 1\n"
                "已增加120个。 | 区教委 | 增加学位300个 | 2"
            ),
        ),
        TWO,
    ),
    "title and signature lines": Habit(
        (
            table(
                "2026年重点任务进展情况表\n"
                f"{UNIT}\n"
                "序号 | 工作任务 | 责任单位 | 进展情况\n"
                f"{BODY}\n"
                "填报人：某某 | | | 联系电话：023-0000",
                "A1:D1",
                "A2:D2",
            ),
        ),
        TWO,
        ("return.aside",),
    ),
    "the head again on each page": Habit(
        (
            table(
                "序号 | 工作任务 | 责任单位 | 进展情况\n1 | 新建学校2所 | 区教委 | 已开工。\n"
                "序号 | 工作任务 | 责任单位 | 进展情况\n2 | 增加学位300个 | 区教委 | 已增加120个。"
            ),
        ),
        TWO,
    ),
    "a head in two tiers": Habit(
        (
            table(
                "序号 | 工作任务 | 单位 | | 进展情况 | \n | | 责任单位 | 配合单位 | 上期 | 本期\n"
                "1 | 新建学校2所 | 区教委 | 区财政局 | 未开工。 | 已开工。",
                *("A1:A2", "B1:B2", "C1:D1", "E1:F1"),
            ),
        ),
        TWO[:1],
    ),
    "progress in two columns below one heading": Habit(
        (
            table(
                "序号 | 工作任务 | 进展情况 | \n"
                " | | 已完成工作 | 正在做的工作\n"
                "1 | 新建学校2所 | 一所已建成。 | 另一所在建。",
                *("A1:A2", "B1:B2", "C1:D1"),
            ),
        ),
        (("1", "新建学校2所", "一所已建成。\n另一所在建。"),),
    ),
    "goals and tasks below each other": Habit(
        (
            table(
                "预期目标\n序号 | 指标 | 完成情况 | 评价\n1 | 学前教育毛入园率98% | 98.2%。 | 符合预期\n\n"
                "重点任务\n序号 | 任务 | 责任单位 | 落实情况\n1 | 新建学校2所 | 区教委 | 已开工。",
                *("A1:D1", "A5:D5"),
            ),
        ),
        (("1", "学前教育毛入园率98%", "98.2%。"), ("1", "新建学校2所", "已开工。")),
    ),
    "a table continued without a head": Habit(
        (
            table("序号 | 工作任务 | 责任单位 | 进展情况\n1 | 新建学校2所 | 区教委 | 已开工。", name="表格1"),
            passage("（续表）"),
            table("2 | 增加学位300个 | 区教委 | 已增加120个。", name="表格2"),
        ),
        TWO,
        ("return.continued-table",),
        "区教委.docx",
    ),
    "a task cut in two by the page": Habit(
        (
            table("序号 | 工作任务 | 责任单位 | 进展情况\n1 | 新建学校2所 | 区教委 | 一所已开工，", name="表格1"),
            table(" | | | 另一所在招标。\n2 | 增加学位300个 | 区教委 | 已增加120个。", name="表格2"),
        ),
        (("1", "新建学校2所", "一所已开工，\n另一所在招标。"), TWO[1]),
        ("return.continued-row", "return.continued-table"),
    ),
    "a task's text cut in two": Habit(
        (
            table(
                "序号 | 工作任务 | 责任单位 | 进展情况\n"
                "1 | 新建学校 | 区教委 | 已开工。\n"
                " | 2所 | |\n"
                "2 | 增加学位300个 | 区教委 | 已增加120个。"
            ),
        ),
        TWO,
        ("return.continued-row",),
    ),
    "a task merged over several progress rows": Habit(
        (
            table(
                "序号 | 工作任务 | 进展情况 | 推进情况\n"
                "1 | 新建学校2所 | ①一所已建成。 | 正常推进\n"
                " | | ②另一所在建。 |\n"
                "2 | 增加学位300个 | 已增加120个。 | 滞后",
                *("A2:A3", "B2:B3", "D2:D3"),
            ),
        ),
        (("1", "新建学校2所", "①一所已建成。\n②另一所在建。"), TWO[1]),
    ),
    "the category merged downwards": Habit(
        (
            table(
                "序号 | 工作任务 | | 进展情况\n1 | 教育 | 新建学校2所 | 已开工。\n2 | | 增加学位300个 | 已增加120个。",
                "B1:C1",
                "B2:B3",
            ),
        ),
        TWO,
    ),
    "categories as lines over the table": Habit(
        (
            table(
                "序号 | 工作任务 | 责任单位 | 进展情况\n一、教育\n1 | 新建学校2所 | 区教委 | 已开工。\n（二）学位\n"
                "2 | 增加学位300个 | 区教委 | 已增加120个。",
                *("A2:D2", "A4:D4"),
            ),
        ),
        TWO,
    ),
    "one progress for two tasks": Habit(
        (table("序号 | 工作任务 | 进展情况\n1 | 新建学校2所 | 均已开工。\n2 | 增加学位300个 |", "C2:C3"),),
        (("1", "新建学校2所", "均已开工。"), ("2", "增加学位300个", "均已开工。")),
        ("return.shared-progress",),
    ),
    "a form for each task": Habit(
        (
            table(
                "任务名称 | 新建学校2所\n责任单位 | 区教委\n进展情况 | 已开工。\n下一步打算 | 加快施工。", name="表格1"
            ),
            table("任务名称 | 增加学位300个\n责任单位 | 区教委\n进展情况 | 已增加120个。", name="表格2"),
        ),
        (("", "新建学校2所", "已开工。"), ("", "增加学位300个", "已增加120个。")),
        (),
        "区教委.docx",
    ),
    "a form with four columns": Habit(
        (
            table(
                "重点任务反馈表\n"
                "序号 | 1 | 责任单位 | 区教委\n"
                "任务名称 | 新建学校2所\n"
                "进展情况 | 已开工。\n"
                "联系人 | 某某 | 联系电话 | 023-0000",
                *("A1:D1", "B3:D3", "B4:D4"),
            ),
        ),
        (("1", "新建学校2所", "已开工。"),),
    ),
    "forms below each other in one table": Habit(
        (
            table(
                "序号 | 1\n"
                "任务名称 | 新建学校2所\n"
                "进展情况 | 已开工。\n"
                "序号 | 2\n"
                "任务名称 | 增加学位300个\n"
                "进展情况 | 已增加120个。"
            ),
        ),
        TWO,
    ),
    "a form whose progress takes two rows": Habit(
        (
            table(
                "任务名称 | 新建学校2所\n进展情况 | 一所已开工。\n | 另一所在招标。\n责任单位 | 区教委",
                "A2:A3",
            ),
        ),
        (("", "新建学校2所", "一所已开工。\n另一所在招标。"),),
    ),
    "columns that nobody knows": Habit(
        (table("序号 | 工作任务 | 进展情况 | 联系人 | 备注\n1 | 新建学校2所 | 已开工。 | 某某 | 含改建"),), TWO[:1]
    ),
    "a column without a head": Habit(
        (table("序号 | 工作任务 | 进展情况 |\n1 | 新建学校2所 | 已开工。 | 另附图"),), TWO[:1]
    ),
    "no progress column": Habit(
        (table("序号 | 工作任务 | 责任单位 | 备注\n1 | 新建学校2所 | 区教委 | 已开工"),),
        (("1", "新建学校2所", ""),),
        ("return.no-progress-column",),
    ),
    "two columns for progress": Habit(
        (table("序号 | 工作任务 | 2025年完成情况 | 2026年进展情况\n1 | 新建学校2所 | 已立项。 | 已开工。"),),
        TWO[:1],
        ("return.duplicate-column",),
    ),
    "a rate beside the progress": Habit(
        (table("序号 | 工作任务 | 进展情况 | 完成进度\n1 | 新建学校2所 | 已开工。 | 40%"),),
        TWO[:1],
        ("return.duplicate-column",),
    ),
    "an answer left out": Habit(
        (
            table(
                "序号 | 工作任务 | 责任单位 | 进展情况\n"
                "1 | 新建学校2所 | 区教委 | 已开工。\n"
                "2 | 增加学位300个 | 区教委 |"
            ),
        ),
        (TWO[0], ("2", "增加学位300个", "")),
        ("return.empty-progress",),
    ),
    "an answer without a task": Habit(
        (
            table(
                "序号 | 工作任务 | 责任单位 | 进展情况\n"
                "1 | 新建学校2所 | 区教委 | 已开工。\n"
                "2 | | 区教委 | 已增加120个。"
            ),
        ),
        (TWO[0], ("2", "", "已增加120个。")),
        ("return.unplaced",),
    ),
    "sums and remarks": Habit(
        (
            table(
                f"序号 | 工作任务 | 责任单位 | 进展情况\n{BODY}\n合计 | 2项 | |\n备注：数据截至6月30日。",
                "A5:D5",
            ),
        ),
        TWO,
        ("return.aside",),
    ),
    "numbers without tasks": Habit(
        (table(f"序号 | 工作任务 | 责任单位 | 进展情况\n{BODY}\n3 | | |\n4 | | |"),), TWO, ("return.aside",)
    ),
    "an unknown status": Habit(
        (table("序号 | 工作任务 | 进展情况 | 完成状态\n1 | 新建学校2所 | 已开工。 | 差不多"),),
        TWO[:1],
    ),
    "yes or no": Habit((table("序号 | 工作任务 | 进展情况 | 是否滞后\n1 | 新建学校2所 | 已开工。 | 否"),), TWO[:1]),
    "a table without a head": Habit(
        (table("甲 | 乙\n学校两所都开工了 | 学位也增加了"),), (), ("return.no-rows", "return.unread-table")
    ),
    "a sheet of instructions": Habit(
        (
            table("一、请填写进展情况。\n二、请按时报送。", name="填报说明"),
            table(f"序号 | 工作任务 | 责任单位 | 进展情况\n{BODY}"),
        ),
        TWO,
    ),
    "prose outside the tables": Habit(
        (
            passage("区教委高度重视" + "，逐项研究各项任务并建立台账" * 5 + "。"),
            table(f"序号 | 工作任务 | 责任单位 | 进展情况\n{BODY}"),
        ),
        TWO,
        ("return.unread-text",),
    ),
    "two statuses for one task": Habit(
        (
            table(
                "序号 | 工作任务 | 进展情况 | 推进情况\n1 | 新建学校2所 | ①一所已建成。 | 正常推进\n"
                " | | ②另一所在建。 | 推进较为滞后",
                *("A2:A3", "B2:B3"),
            ),
        ),
        (("1", "新建学校2所", "①一所已建成。\n②另一所在建。"),),
        ("return.extra-cell",),
    ),
    "two heads of two tiers": Habit(
        (
            table(
                "序号 | 工作任务 | 进展情况 |\n | | 上期 | 本期\n1 | 新建学校2所 | 未开工。 | 已开工。\n"
                "序号 | 工作任务 | 进展情况 |\n | | 上期 | 本期\n2 | 增加学位300个 | 未增加。 | 已增加120个。",
                *("A1:A2", "B1:B2", "C1:D1", "A4:A5", "B4:B5", "C4:D4"),
            ),
        ),
        TWO,
    ),
    "a transposed table": Habit(
        (table("任务名称 | 新建学校2所 | 增加学位300个\n进展情况 | 已开工。 | 已增加120个。"),),
        (("", "新建学校2所", "已开工。"), ("", "增加学位300个", "已增加120个。")),
    ),
    "a category that nothing follows": Habit(
        (table(f"序号 | 工作任务 | 责任单位 | 进展情况\n{BODY}\n三、其他", "A4:D4"),), TWO, ("return.aside",)
    ),
    "the unit of measurement above the table": Habit(
        (passage("单位：万元"), table("序号 | 工作任务 | 进展情况\n1 | 新建学校2所 | 已开工。")), TWO[:1]
    ),
    "units in the prose above the table": Habit(
        (
            passage("新建学校2所进展较慢。（责任单位：区财政局）"),
            passage("增加学位300个进展较快。（牵头单位：区城管局）", 2),
            table(f"序号 | 工作任务 | 责任单位 | 进展情况\n{BODY}"),
        ),
        TWO,
        ("return.unread-text",),
    ),
    "how to fill the table, above the head": Habit(
        (
            table(
                "重点任务反馈表\n"
                "1.只填黄色的格，不要改动其他格，不要增删行列；2.进展情况写截至6月底的进展；3.填好后于7月5日前交回\n"
                f"序号 | 工作任务 | 责任单位 | 进展情况\n{BODY}",
                *("A1:D1", "A2:D2"),
            ),
        ),
        TWO,
    ),
    "a paragraph above the head": Habit(
        (
            table(
                "上半年我单位承担的任务都已启动，其中新建学校一项已完成主体工程，正在安装设备，九月可以投用，学位增加一项正在与财政部门协商资金，年底前可以完成。\n"
                f"序号 | 工作任务 | 责任单位 | 进展情况\n{BODY}",
                "A1:D1",
            ),
        ),
        TWO,
        ("return.aside",),
    ),
    "label and unit in two cells": Habit(
        (table("填报单位 | 区教委 | 填报日期 | 2026年7月1日\n序号 | 工作任务 | 责任单位 | 进展情况\n" + BODY),),
        TWO,
        (),
        "反馈.xlsx",
    ),
    "a form of one line": Habit((table("任务名称 | | 序号 | 第三项"),), (), ("return.no-rows", "return.unread-table")),
    "nothing at all": Habit((), (), ("return.no-rows",)),
    "no unit anywhere": Habit(
        (table("序号 | 工作任务 | 进展情况\n1 | 新建学校2所 | 已开工。"),),
        TWO[:1],
        ("return.unknown-unit",),
        "反馈.xlsx",
    ),
    "an unknown unit": Habit(
        (passage("填报单位：区教育局"), table("序号 | 工作任务 | 进展情况\n1 | 新建学校2所 | 已开工。")),
        TWO[:1],
        ("return.unknown-unit",),
        "反馈.xlsx",
    ),
    "a line and a file name that differ": Habit(
        (passage("填报单位：区财政局（盖章）"), table("序号 | 工作任务 | 进展情况\n1 | 新建学校2所 | 已开工。")),
        TWO[:1],
        ("return.unit-contradiction",),
    ),
    "sentences below 推进情况": Habit(
        (
            table(
                "序号 | 工作任务 | 责任单位 | 目前推进情况\n1 | 新建学校2所 | 区教委 | 已开工。\n"
                "2 | 增加学位300个 | 区教委 | 正常推进，已增加120个。"
            ),
        ),
        (TWO[0], ("2", "增加学位300个", "正常推进，已增加120个。")),
        ("return.guessed-column",),
    ),
    "a form with sentences beside 推进情况": Habit(
        (table("任务名称 | 新建学校2所\n责任单位 | 区教委\n推进情况 | 一所已开工，一所在招标。"),),
        (("", "新建学校2所", "一所已开工，一所在招标。"),),
        ("return.guessed-column",),
    ),
    "a sheet called 说明 with answers": Habit(
        (
            table(f"序号 | 工作任务 | 责任单位 | 进展情况\n{BODY}"),
            table("新建幼儿园1所，已经完成主体工程 | 区教委", name="进展情况说明"),
        ),
        TWO,
        ("return.unread-table",),
    ),
    "a sheet called 填报说明 with more than instructions": Habit(
        (
            table("一、请填写进展情况。\n二、我委新建幼儿园1所。", name="填报说明"),
            table(f"序号 | 工作任务 | 责任单位 | 进展情况\n{BODY}"),
        ),
        TWO,
        ("return.unread-table",),
    ),
    "short lines beside the table": Habit(
        (
            passage("区教委2026年上半年进展情况", 1),
            passage("区政府督查室：", 2),
            passage("现将有关情况报告如下：", 3),
            passage("幼儿园1所已建成。", 4),
            table(f"序号 | 工作任务 | 责任单位 | 进展情况\n{BODY}"),
            passage("联系人：某某  电话：023-0000", 5),
            passage("区教委", 6),
            passage("2026年7月3日", 7),
        ),
        TWO,
        ("return.unread-text",),
    ),
    "tasks in paragraphs": Habit(
        (
            passage("区教委重点任务进展情况", 1),
            passage("1. 新建学校2所。进展：已开工。", 2),
            passage("2. 增加学位300个。进展：已增加120个。", 3),
            passage("区教委", 4),
        ),
        TWO,
        ("return.from-passages",),
        "反馈.docx",
    ),
    "tasks in paragraphs with headings": Habit(
        (
            passage("填报单位：区教委", 1),
            passage("任务名称：新建学校2所  责任单位：区教委  进展情况：", 2),
            passage("（1）一所已建成。", 3),
            passage("（2）另一所在建。", 4),
            passage("任务名称：增加学位300个", 5),
            passage("进展情况：已增加120个。", 6),
            passage("存在问题：用地紧张。", 7),
        ),
        (("", "新建学校2所", "（1）一所已建成。\n（2）另一所在建。"), ("", "增加学位300个", "已增加120个。")),
        ("return.from-passages",),
        "反馈.docx",
    ),
    "tasks in paragraphs with brackets": Habit(
        (
            passage("一、新建学校2所（责任单位：区教委）。【进展情况】已开工。", 1),
            passage("二、增加学位300个（责任单位：区教委）", 2),
            passage("【进展情况】已增加120个。", 3),
            passage("联系人：某某", 4),
        ),
        (("一", "新建学校2所", "已开工。"), ("二", "增加学位300个", "已增加120个。")),
        ("return.from-passages",),
        "反馈.docx",
    ),
    "prose alone": Habit(
        (passage("一、教育", 1), passage("新建学校2所已开工，增加学位120个。", 2)),
        (),
        ("return.no-rows", "return.unread-text"),
        "区教委.docx",
    ),
    "the instructions of our own form": Habit(
        (
            table(
                "重点任务进展情况反馈表\n填报单位：区教委\n报告期：2026年1—6月\n"
                "1.黄色的格由单位填，其他格不要改动。\\n2.牵头的2项，写整项工作的进展。\n"
                "编号 | 序号 | 工作任务 | 进展情况\nA1 | 1 | 新建学校2所 | 已开工。\n"
                "A2 | 2 | 增加学位300个 | 已增加120个。",
                *("A1:D1", "A2:D2", "A3:D3", "A4:D4"),
            ),
        ),
        TWO,
    ),
    "a numbered line above a head that is not ours": Habit(
        (
            table(
                "1.我委新建幼儿园1所\n序号 | 工作任务 | 责任单位 | 进展情况\n" + BODY,
                "A1:D1",
            ),
        ),
        TWO,
        ("return.aside",),
    ),
    "a remark between two tables of one sheet": Habit(
        (
            table(
                "预期目标\n序号 | 预期目标 | 进展情况 | 评价\n1 | 学前教育毛入园率98% | 98.2%。 | 符合预期\n"
                "备注：毛入园率是预计数。\n"
                "重点任务\n序号 | 工作任务 | 责任单位 | 进展情况\n1 | 新建学校2所 | 区教委 | 已开工。",
                *("A1:D1", "A4:D4", "A5:D5"),
            ),
        ),
        (("1", "学前教育毛入园率98%", "98.2%。"), ("1", "新建学校2所", "已开工。")),
        ("return.aside",),
    ),
    "a remark below the tasks' column between two tables": Habit(
        (
            table(
                "编号 | 预期目标 | 进展情况 | 评价\nA1 | 学前教育毛入园率98% | 98.2%。 | 符合预期\n"
                "| 备注：毛入园率是预计数。\n"
                "编号 | 工作任务 | 责任单位 | 进展情况\nA2 | 新建学校2所 | 区教委 | 已开工。\n备注：含改建。",
            ),
        ),
        (("", "学前教育毛入园率98%", "98.2%。"), ("", "新建学校2所", "已开工。")),
        ("return.aside",),
    ),
}
