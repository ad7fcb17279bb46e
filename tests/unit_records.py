"""Records of unit sets by hand (手写的分送件清单), for the tests of the manifest and of the index."""

from __future__ import annotations

import hashlib

from reportgen.problems import Location, error, warning
from reportgen.unit_sets.record import (
    EntryRecord,
    FileRecord,
    RowCount,
    SetRecord,
    SheetSum,
    State,
    UnitRecord,
)


def sha(text: str) -> str:
    """Some hash (校验码)."""
    return hashlib.sha256(text.encode()).hexdigest()


def files_of(stem: str, *formats: str) -> tuple[FileRecord, ...]:
    """The files of a unit (文件)."""
    return tuple(FileRecord(f"{stem}.{each}", 1000 + len(stem), sha(f"{stem}.{each}")) for each in formats)


def small_record() -> SetRecord:
    """A set of five units, one of each state, one of which the register does not know."""
    cell = Location(file="台账.xlsx", sheet="重点任务", cell="D5")
    units = (
        UnitRecord(
            unit="区发展改革委",
            number=1,
            kind="部门",
            state=State.MADE,
            counts=(
                RowCount("预期目标", "符合预期", "牵头", 2),
                RowCount("预期目标", "不达预期", "牵头", 1),
                RowCount("重点任务", "正常推进", "牵头", 3),
                RowCount("重点任务", "推进较为滞后", "配合", 1),
            ),
            files=files_of("附件1_区发展改革委", "docx", "pdf"),
            key=sha("1"),
        ),
        UnitRecord(unit="区档案馆", number=2, kind="部门", state=State.WITHOUT, key=sha("2")),
        UnitRecord(
            unit="云台街道",
            number=3,
            kind="镇街",
            state=State.FAILED,
            counts=(RowCount("重点任务", "正常推进", "配合", 2), RowCount("重点任务", "", "配合", 1)),
            problems=(
                error("render.too-slow", "排版超过 60 秒，已停止", "请缩短内容"),
                warning("layout.long-title", "标题太长", "请缩短", cell),
            ),
        ),
        UnitRecord(
            unit="区税务局",
            number=4,
            kind="部门",
            state=State.STALE,
            counts=(RowCount("预期目标", "符合预期", "牵头", 1),),
            files=files_of("附件4_区税务局", "docx", "pdf"),
            key=sha("4"),
        ),
        UnitRecord(
            unit="=HYPERLINK(1)公司",
            number=5,
            is_registered=False,
            state=State.MADE,
            counts=(RowCount("重点任务", "正常推进", "牵头", 1),),
            files=files_of("附件5_=a #1%公司", "docx", "pdf"),
            key=sha("5"),
        ),
    )
    entries = (
        EntryRecord(
            sheet="预期目标",
            report_annex="附件1",
            report_no="1",
            text="地区生产总值增长5%",
            judgement="符合预期",
            lead_names=("区发展改革委", "区税务局"),
            leads=("区发展改革委", "区税务局"),
            cell="台账.xlsx「预期目标」C2",
        ),
        EntryRecord(
            sheet="重点任务",
            report_annex="附件3",
            report_no="1",
            category="工业",
            text="=1+1",
            judgement="正常推进",
            lead_names=("区发展改革委",),
            support_names=("各镇街", "有关部门"),
            leads=("区发展改革委",),
            supports=("云台街道",),
            unresolved=("有关部门",),
            cell="台账.xlsx「重点任务」C2",
        ),
        EntryRecord(
            sheet="重点任务",
            report_annex="附件3",
            report_no="2",
            text="建成公园10个",
            judgement="正常推进",
            lead_names=("有关部门",),
            unresolved=("有关部门",),
            cell="台账.xlsx「重点任务」C3",
        ),
        EntryRecord(sheet="重点任务", text="修路", lead_names=("区林业局",), outside=("区林业局",)),
    )
    return SetRecord(
        report="关于上半年工作的督查报告",
        period="2026年1—6月",
        formats=("docx", "pdf"),
        inputs=(("config", "甲.yaml", sha("config")), ("ledger", "台账.xlsx", sha("ledger"))),
        faces=(("仿宋", "FangSong", sha("face")),),
        pdf_engine=("typst", "0.15.2"),
        units=units,
        entries=entries,
        sums=(
            SheetSum(sheet="预期目标", entries=1, unreached=0, expected=2, rows=2),
            SheetSum(sheet="重点任务", entries=3, unreached=1, expected=2, rows=2),
        ),
        problems=(warning("units.unresolved", "「有关部门」没有写明是哪些单位", "请另行分送", cell, [cell]),),
    )
