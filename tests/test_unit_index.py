"""The index (目录): what the workbook says, its sums, its links; text stays text and the same record the same bytes."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from reportgen.inputs import units_day
from reportgen.problems import Location, error
from reportgen.template.compose import report_places
from reportgen.unit_sets.index import index_workbook
from reportgen.unit_sets.manifest import manifest_bytes, read_manifest
from reportgen.unit_sets.reconciling import Reconciliation, row_counts, shown_lists
from reportgen.unit_sets.record import EntryRecord, RowCount, SetRecord, SheetSum, State, UnitRecord
from reportgen.unit_sets.statistics import entry_groups, unit_table
from tests.libreoffice import needs_libreoffice
from tests.projects import ROOT
from tests.unit_records import files_of, sha, small_record
from tests.units_documents import sample as documents


def opened(record: SetRecord) -> Workbook:
    """The index as openpyxl reads it."""
    return load_workbook(BytesIO(index_workbook(record)))


def table(book: Workbook, name: str) -> tuple[list[str], list[dict[str, Any]], list[str]]:
    """The titles of a sheet's columns, its rows by title, and the lines above."""
    rows = [list(row) for row in book[name].iter_rows(values_only=True)]
    head = next(at for at, row in enumerate(rows) if sum(value is not None for value in row) > 2)
    titles = [str(value).replace("\n", "") for value in rows[head]]
    listed = [dict(zip(titles, row, strict=True)) for row in rows[head + 1 :]]
    return titles, listed, [str(row[0]) for row in rows[:head]]


def test_each_unit_has_its_rows_by_role_and_status_its_files_and_its_state() -> None:
    titles, rows, above = table(opened(small_record()), "各单位")
    assert titles == [
        "序号", "单位", "类别", "状态", "预期目标牵头", "预期目标配合", "推进较为滞后牵头", "推进较为滞后配合",
        "正常推进牵头", "正常推进配合", "未研判牵头", "未研判配合", "合计",
        "Word 文件", "PDF 文件", "校验码（SHA-256）", "问题",
    ]  # fmt: skip
    first, without, failed, stale, stranger, total = rows
    assert [first[title] for title in titles[:13]] == [
        1,
        "区发展改革委",
        "部门",
        "已生成",
        3,
        None,
        None,
        1,
        3,
        None,
        None,
        None,
        7,
    ]
    assert (first["Word 文件"], first["PDF 文件"]) == ("附件1_区发展改革委.docx", "附件1_区发展改革委.pdf")
    assert first["校验码（SHA-256）"] == "\n".join(
        f"{each} {sha(f'附件1_区发展改革委.{each}')[:12]}" for each in ("docx", "pdf")
    )
    assert (without["状态"], without["合计"], without["Word 文件"]) == ("无任务", None, None)
    assert (failed["状态"], failed["正常推进配合"], failed["未研判配合"], failed["合计"]) == ("未生成", 2, 1, 3)
    assert failed["问题"] == "排版超过 60 秒，已停止（共 2 条，见“问题”表）"
    assert (stale["状态"], stale["PDF 文件"]) == ("未更新", "附件4_区税务局.pdf")
    assert (stranger["单位"], stranger["类别"]) == ("=HYPERLINK(1)公司", "名录外")
    assert [total[title] for title in titles[4:14]] == [4, 0, 0, 1, 4, 2, 0, 1, 12, "3 个单位有文件"]
    assert (total["单位"], total["序号"], total["状态"]) == ("合计 5 个单位", None, None)
    assert above[1] == "报告：关于上半年工作的督查报告；报告期：2026年1—6月"
    assert above[2] == "共 5 个单位：已生成 2 个，无任务 1 个，未生成 1 个，未更新 1 个。"
    assert above[3] == (
        "无任务的单位（1 个）：区档案馆。"
        "未生成的单位（1 个）：云台街道，原因见“问题”列。"
        "未更新的单位（1 个）：区税务局，内容已有变化，文件还是以前的，请重新生成。"
        "本套没有包括所有的单位，有的任务还属于别的单位，见“逐项去向”表。"
        "单位名录里没有的单位（1 个）：=HYPERLINK(1)公司，请核对名称。"
    )


def test_every_entry_stands_with_the_units_that_it_reached_and_names_nobody_stands_behind() -> None:
    titles, rows, above = table(opened(small_record()), "逐项去向")
    assert titles == [
        "表", "报告附件", "报告序号", "任务（目标）", "评价、推进情况", "责任单位（台账写法）", "配合单位（台账写法）",
        "送到的牵头单位", "牵头单位数", "送到的配合单位", "配合单位数", "没有送到的单位（不在本套或未生成）",
        "没有落实到单位的名称", "台账位置",
    ]  # fmt: skip
    assert list(rows[1].values()) == [
        "重点任务", "附件3", "1", "=1+1", "正常推进", "区发展改革委", "各镇街、有关部门",
        "区发展改革委", 1, "云台街道", 1, None, "有关部门", "台账.xlsx「重点任务」C2",
    ]  # fmt: skip
    assert (rows[2]["送到的牵头单位"], rows[2]["没有落实到单位的名称"]) == (None, "有关部门")
    assert rows[3]["没有送到的单位（不在本套或未生成）"] == "区林业局"
    assert above[1] == "台账共 4 项。有 1 项的单位都不在本套里，或者没有生成分送件。"
    assert above[2] == "没有送到任何单位的有 1 项（没有写明单位，或者分送件模板不列）：附件3第 2 项“建成公园10个”。"
    assert above[3].startswith("有 2 项写了“有关镇街”一类没有确定单位的名称")


def test_the_sums_are_explained_and_held_against_the_documents() -> None:
    titles, rows, above = table(opened(small_record()), "合计核对")
    assert [list(row.values()) for row in rows] == [
        ["预期目标", "符合预期", 1, 1, 0, 1, 2, 0, None, None, None],
        ["重点任务", "正常推进", 2, 1, 1, 1, 1, 1, None, None, None],
        ["重点任务", "未研判", 1, 1, 0, 0, 0, 0, None, None, None],
        ["预期目标", "小计", 1, 1, 0, 1, 2, 0, 2, 2, "相符"],
        ["重点任务", "小计", 3, 2, 1, 1, 1, 1, 2, 2, "相符"],
        ["合计", None, 4, 3, 1, 2, 3, 1, 4, 4, "相符"],
    ]
    assert titles[2] == "台账项数"
    assert above[1] == (
        "台账共 4 项，各单位的分送件里合计 4 行，两个数不必相等：在本套里只送到一个单位的 0 项，计 0 行；"
        "在本套里送到两个以上单位（共同负责、有配合单位）的 2 项，每个单位各计一次，计 4 行；"
        "只属于本套以外单位的 1 项，不计；没有落到单位的 1 项，不计。"
    )
    assert above[2:] == [
        "有 1 个单位的分送件未生成，没有计入本表；“各单位”表的合计里有它们应有的项数。",
        "有 1 个单位的文件未更新，本表按现在的台账计，它们的文件还是以前的。",
        "核对：从各单位的分送件里逐行数出的行数，与台账按单位名录应有的行数相符。",
    ]


def test_sums_that_do_not_agree_are_said_even_where_two_faults_make_the_total_right() -> None:
    record = small_record()
    goals, tasks = record.sums
    wrong = replace(record, sums=(replace(goals, rows=3), replace(tasks, rows=1)))
    _, rows, above = table(opened(wrong), "合计核对")
    assert [row["核对"] for row in rows[-3:]] == ["不符：多 1 行", "不符：少 1 行", "不符"]
    assert "不符" in above[-1]


def test_problems_stand_on_a_sheet_of_their_own_with_unit_place_and_cure() -> None:
    _, rows, _ = table(opened(small_record()), "问题")
    assert [list(row.values()) for row in rows] == [
        [
            1,
            None,
            "警告",
            "「有关部门」没有写明是哪些单位",
            "请另行分送",
            "台账.xlsx「重点任务」D5、D5",
            "units.unresolved",
        ],
        [2, "云台街道", "错误", "排版超过 60 秒，已停止", "请缩短内容", None, "render.too-slow"],
        [3, "云台街道", "警告", "标题太长", "请缩短", "台账.xlsx「重点任务」D5", "layout.long-title"],
    ]


def test_without_problems_there_is_no_sheet_and_no_column_of_them() -> None:
    record = small_record()
    quiet = replace(record, problems=(), units=tuple(replace(unit, problems=()) for unit in record.units))
    book = opened(quiet)
    assert book.sheetnames == ["各单位", "逐项去向", "合计核对"]
    assert "问题" not in table(book, "各单位")[0]


def test_links_open_the_files_beside_the_index() -> None:
    sheet = opened(small_record())["各单位"]
    links = {str(cell.value): cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert set(links) == {
        f"{stem}.{each}"
        for stem in ("附件1_区发展改革委", "附件4_区税务局", "附件5_=a #1%公司")
        for each in ("docx", "pdf")
    }
    assert {name: unquote(str(link.target)) for name, link in links.items()} == {name: name for name in links}
    # Chinese as it is: Excel takes escapes of it for those of its own code page. A # would cut the name.
    assert links["附件5_=a #1%公司.pdf"].target == "附件5_=a%20%231%25公司.pdf"


def test_nothing_is_a_formula_and_numbers_can_be_added_up() -> None:
    blob = index_workbook(small_record())
    book = load_workbook(BytesIO(blob))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert "=1+1" in [cell.value for cell in cells]
    assert all(cell.number_format == ("0" if cell.data_type == "n" else "@") for cell in cells)
    with ZipFile(BytesIO(blob)) as archive:
        assert not [name for name in archive.namelist() if b"<f>" in archive.read(name)]


def test_the_head_stands_still_the_filter_leaves_the_sum_out_and_the_print_is_as_wide_as_the_paper() -> None:
    book = opened(small_record())
    sheet = book["各单位"]
    head = next(cell.row for cell in sheet["A"] if cell.value == "序号")
    assert sheet.freeze_panes == f"C{head + 1}"
    assert sheet.auto_filter.ref == f"A{head}:Q{head + 5}"
    assert sheet.max_row == head + 6
    for each in book:
        assert (each.page_setup.orientation, each.page_setup.fitToHeight) == ("landscape", 0)
        setup = each.sheet_properties.pageSetUpPr
        assert setup
        assert setup.fitToPage
        assert each.print_title_rows


def test_the_same_record_gives_the_same_bytes_in_each_process() -> None:
    code = (
        "import sys; from tests.unit_records import small_record\n"
        "from reportgen.unit_sets.index import index_workbook\n"
        "sys.stdout.buffer.write(index_workbook(small_record()))"
    )
    made = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        timeout=120,
        cwd=ROOT,
        env={"PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)},
    ).stdout
    assert index_workbook(small_record()) == made
    read = read_manifest(manifest_bytes(small_record()))
    assert read
    assert index_workbook(read) == made


def test_a_manifest_that_somebody_spoilt_still_gives_an_index() -> None:
    record = small_record()
    bad = "坏\x00\x0b\ufffe字" + "长" * 40_000
    unit = replace(record.units[0], unit=bad, problems=(error("a.b", bad, bad, Location(file=bad, cell="A1")),))
    odd = replace(record.units[1], counts=(RowCount("乱", "乱", "乱", 5), RowCount("重点任务", "停工", "牵头", 2)))
    entry = replace(record.entries[0], text=bad, lead_names=(bad,), leads=tuple(f"单位{n}" for n in range(5000)))
    spoilt = replace(record, report=bad, units=(unit, odd), entries=(entry,), sums=())
    book = opened(spoilt)
    titles, rows, _ = table(book, "各单位")
    assert "停工牵头" in titles
    assert rows[1]["停工牵头"] == 2
    reached = table(book, "逐项去向")[1][0]
    assert reached["送到的牵头单位"].endswith("单位59……等 5000 个")
    assert reached["牵头单位数"] == 5000
    assert max(len(str(cell.value)) for sheet in book for row in sheet.iter_rows() for cell in row) < 32_767


def test_an_empty_set_has_an_index() -> None:
    book = opened(SetRecord(report="", period="", formats=()))
    (total,) = table(book, "各单位")[1]
    assert (total["单位"], total["合计"], total["Word 文件"]) == ("合计 0 个单位", 0, "0 个单位有文件")
    assert book.sheetnames == ["各单位", "逐项去向", "合计核对"]


def test_a_unit_without_tasks_that_gets_a_file_all_the_same_is_said() -> None:
    record = small_record()
    idle = replace(record.units[1], state=State.MADE, files=files_of("附件2_区档案馆", "docx"))
    above = table(opened(replace(record, units=(record.units[0], idle), formats=("docx",))), "各单位")[2]
    assert above[2] == "共 2 个单位：已生成 2 个。"
    assert above[3].endswith("没有任务、也出了文件的单位（1 个）：区档案馆。")


def test_a_template_that_lists_an_entry_twice_is_explained() -> None:
    record = small_record()
    twice = replace(
        record, sums=tuple(replace(each, expected=each.rows + 1, rows=each.rows + 1) for each in record.sums)
    )
    above = table(opened(twice), "合计核对")[2]
    assert above[2] == "分送件模板有几张表列同一项的，按表各计一行；不列的不计：因此合计是 6 行，不是 4 行。"


def test_statistics_are_plain_numbers() -> None:
    record = small_record()
    counted = unit_table(record)
    assert counted.kinds == ("预期目标", "推进较为滞后", "正常推进", "未研判")
    assert counted.rows[0] == (3, 0, 0, 1, 3, 0, 0, 0)
    assert counted.total == (4, 0, 0, 1, 4, 2, 0, 1)
    assert {type(number) for row in (*counted.rows, counted.total) for number in row} == {int}
    groups = entry_groups(record)
    assert [(each.sheet, each.judgement, each.entries, each.reached) for each in groups] == [
        ("预期目标", "符合预期", 1, 1),
        ("重点任务", "正常推进", 2, 1),
        ("重点任务", "未研判", 1, 1),
    ]


# ---- the sample, through the register, the units' template and the check of the sums


def sample_record() -> SetRecord:
    """The record of the sample's set, all units' documents composed; no file is made."""
    made = documents()
    inputs, config = made.inputs, made.inputs.prepared.config
    check = Reconciliation(
        inputs.ledger,
        shown_lists(made.template.template, made.template.source),
        inputs.register,
        units_day(config),
        None,
        report_places(inputs.prepared, inputs.ledger),
    )
    units = []
    for each in made.duties:
        number = each.rank + 1
        check.count(each.unit, made.documents[each.unit])
        units.append(
            UnitRecord(
                unit=each.unit,
                number=number,
                kind=each.kind,
                is_registered=each.is_registered,
                state=State.MADE if each.duties else State.WITHOUT,
                counts=row_counts(each),
                files=files_of(f"附件{number}_{each.unit}", "docx", "pdf") if each.duties else (),
                key=sha(each.unit),
            )
        )
    found_sums = check.result()
    return SetRecord(
        report="督查报告",
        period="2026年1—6月",
        formats=("docx", "pdf"),
        units=tuple(units),
        entries=found_sums.entries,
        sums=found_sums.sums,
        problems=found_sums.problems,
    )


@pytest.fixture(scope="module")
def sample() -> SetRecord:
    return sample_record()


def test_the_samples_documents_hold_what_the_register_says(sample: SetRecord) -> None:
    assert [(each.entries, each.unreached, each.expected, each.rows) for each in sample.sums] == [
        (10, 0, 12, 12),
        (131, 0, 745, 745),
    ]
    assert {problem.code for problem in sample.problems} == {"units.unresolved"}
    assert sum(each.rows for unit in sample.units for each in unit.counts) == 757
    assert all(each.report_annex and each.report_no and (each.leads or each.supports) for each in sample.entries)


def test_the_samples_index_sums_up_to_its_ledger(sample: SetRecord) -> None:
    book = opened(sample)
    titles, rows, _ = table(book, "各单位")
    assert len(rows) == len(sample.units) + 1
    assert rows[-1]["合计"] == sum(row["合计"] or 0 for row in rows[:-1]) == 757
    for title in titles[4:12]:
        if title != "合计" and "文件" not in title and "校验" not in title:
            assert (rows[-1][title] or 0) == sum(row[title] or 0 for row in rows[:-1])
    assert [row["核对"] for row in table(book, "合计核对")[1][-3:]] == ["相符"] * 3
    _, entries, above = table(book, "逐项去向")
    assert above[1] == "台账共 141 项。每一项都送到了单位。"
    assert sum((row["牵头单位数"] or 0) + (row["配合单位数"] or 0) for row in entries) == 757
    assert read_manifest(manifest_bytes(sample)) == sample


@needs_libreoffice
def test_libreoffice_opens_the_index_and_its_links(sample: SetRecord, tmp_path: Any) -> None:
    (tmp_path / "index.xlsx").write_bytes(index_workbook(sample))
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/lo",
        "--convert-to",
        "html",
        "index.xlsx",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    page = (tmp_path / "index.html").read_text(encoding="utf-8", errors="replace")
    assert "各单位分送件目录" in page
    assert unquote(page).count("附件3_") >= 2


@pytest.mark.campaign
def test_five_thousand_units_take_seconds() -> None:
    counts = tuple(RowCount("重点任务", "正常推进", duty, 3) for duty in ("牵头", "配合"))
    units = tuple(
        UnitRecord(
            unit=f"单位{number}",
            number=number,
            kind="部门",
            state=State.MADE,
            counts=counts,
            files=files_of(f"附件{number}_单位{number}", "docx", "pdf"),
            key=sha(str(number)),
        )
        for number in range(1, 5001)
    )
    entries = tuple(
        EntryRecord(sheet="重点任务", text=f"任务{number}", judgement="正常推进", leads=(f"单位{number}",))
        for number in range(1000)
    )
    sums = (SheetSum(sheet="重点任务", entries=1000, unreached=0, expected=30_000, rows=30_000),)
    record = SetRecord(report="甲", period="乙", formats=("docx", "pdf"), units=units, entries=entries, sums=sums)
    begun = time.process_time()
    blob = index_workbook(record)
    manifest = manifest_bytes(record)
    assert read_manifest(manifest) == record
    assert time.process_time() - begun < 20
    with ZipFile(BytesIO(blob)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert sheet.count(b"<row ") == 5000 + 1 + 5
    assert sheet.count(b"<hyperlink ") == 10_000
    assert b"<v>30000</v>" in sheet[sheet.rindex(b"<row ") :]
