"""Proofreading and judging of what was made to break them (恶意输入): nothing lost, no hang, no traceback."""

from __future__ import annotations

import csv
import io
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from reportgen.check import check_file
from reportgen.check_files import accepted, excel_copy, refuse_to_lose
from reportgen.confine import LIMITS
from reportgen.judge import fill, judge_ledger
from reportgen.ledger.acceptances import Acceptance, accept, is_reason, read_acceptances
from reportgen.problems import CannotWrite, InputError, ReportError
from reportgen.proof.findings import Finding
from reportgen.proof.proofread import proofread
from reportgen.proof.rules import Rule
from reportgen.publish import refuse_open
from tests.judged import standard_rules
from tests.manuscripts import listing, manuscript, row, standard_settings, text
from tests.projects import project, run, workbook
from tests.test_check import wrong
from tests.test_judge_command import config_for

LONGEST = 32_767


def codes(fault: pytest.ExceptionInfo[ReportError]) -> list[str]:
    return [problem.code for problem in fault.value.problems]


# ---- texts


@pytest.mark.parametrize(
    "piece",
    [
        "下降-5%",
        "一是",
        "①",
        "（",
        "“",
        "\n",
        " ",
        "、",
        "9",
        "汉",
        "\ud800",
        "\u202e",
        "其中甲3个、",
        "144天，占330天的43.2%，",
    ],
)
def test_the_longest_cell_of_any_nonsense_is_read_in_no_time(piece: str) -> None:
    words = (piece * LONGEST)[:LONGEST]
    paper = manuscript(
        text(words), listing(row(text=words, progress=words, judgement="正常推进"), annex=1, title=words)
    )
    begun = time.process_time()
    findings = proofread(paper, standard_settings(), standard_rules())
    assert all(len(finding.key) == 10 for finding in findings)
    # Alone on a machine it takes 0.2 to 2 seconds; by the square of the length it took more than twenty.
    assert time.process_time() - begun < 10


def test_far_too_many_faults_of_one_rule_in_one_text_are_one_finding_that_counts_them() -> None:
    def told(times: int) -> list[Finding]:
        faults = "，".join(f"产值增长-{number}%" for number in range(1, times + 1))
        findings = proofread(manuscript(text(faults)), standard_settings(), standard_rules())
        return [finding for finding in findings if finding.rule is Rule.NEGATIVE_GROWTH]

    assert len(told(50)) == 50
    (one,) = told(3_000)
    assert "共3000处" in one.what


def test_a_file_with_far_too_much_text_is_not_looked_through(tmp_path: Path) -> None:
    stream = io.StringIO(newline="")
    lines = [[f"建成公园{number}个", "区城管局", "汉" * 32_000] for number in range(160)]
    csv.writer(stream).writerows([["工作任务", "责任单位", "任务进展情况"], *lines])
    path = tmp_path / "重点任务.csv"
    path.write_bytes(stream.getvalue().encode())
    checked = check_file(path)
    assert [problem.code for problem in checked.problems] == ["check.too-long"]


# ---- names and places


def test_a_name_that_leaves_no_room_for_its_list_is_checked_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / f"{'长' * 83}.yaml"
    path.write_bytes((project(tmp_path, wrong()).parent / "台账.yaml").read_bytes())
    assert [finding.rule for finding in check_file(path).findings] == [Rule.RATE]


def test_a_copy_is_not_written_where_no_file_can_be(tmp_path: Path) -> None:
    checked = check_file(workbook(tmp_path / "台账.xlsx", wrong()))
    with pytest.raises(CannotWrite) as fault:
        refuse_to_lose(tmp_path / f"{'长' * 200}.xlsx", checked)
    assert codes(fault) == ["output.cannot-write"]
    os.symlink("loop.html", tmp_path / "loop.html")
    done = run("check", tmp_path / "台账.xlsx", "--html", tmp_path / "loop.html")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr


def test_a_copy_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    checked = check_file(workbook(tmp_path / "台账.xlsx", wrong()))
    copy = tmp_path / "副本.xlsx"
    for blob in (b"PK\x03\x04 broken", excel_copy(checked).value[:-100]):
        copy.write_bytes(blob)
        with pytest.raises(CannotWrite) as fault:
            refuse_to_lose(copy, checked)
        assert codes(fault) == ["check.unread-copy"]
        assert copy.read_bytes() == blob


@pytest.mark.parametrize("lock", ["~$台账.xlsx", ".~lock.台账.xlsx#", ".~台账.xlsx"])
def test_a_ledger_that_is_open_is_not_written_into(tmp_path: Path, lock: str) -> None:
    path = workbook(tmp_path / "台账.xlsx", wrong())
    old, checked = path.read_bytes(), check_file(path)
    (tmp_path / lock).write_text("")
    with pytest.raises(CannotWrite) as fault:
        accepted(checked, {checked.findings[0].key: "口径不同"})
    assert codes(fault) == ["output.open"]
    assert path.read_bytes() == old


def test_the_lock_is_looked_for_beside_the_file_that_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "甲").mkdir()
    (tmp_path / "甲" / "真.xlsx").write_bytes(b"")
    (tmp_path / "台账.xlsx").symlink_to(tmp_path / "甲" / "真.xlsx")
    refuse_open(tmp_path / "台账.xlsx", "台账.xlsx")
    (tmp_path / "甲" / "~$真.xlsx").write_text("")
    with pytest.raises(CannotWrite):
        refuse_open(tmp_path / "台账.xlsx", "台账.xlsx")


def test_a_ledger_is_filled_in_a_process_with_limits(tmp_path: Path) -> None:
    config = config_for(tmp_path)
    book = load_workbook(tmp_path / "台账.xlsx")
    sheet = book.create_sheet("附表")
    for number in range(5_000):  # more than finds room in what a process has when it begins
        sheet.append([f"第{number}行，第{column}列" for column in range(8)])
    book.save(tmp_path / "台账.xlsx")
    judged = judge_ledger(config)
    assert fill(judged).entries
    with pytest.raises(InputError) as fault:
        fill(judged, replace(LIMITS, memory_bytes=1))
    assert codes(fault)[0].startswith("file.")


# ---- reasons


@pytest.mark.parametrize("said", ["", "  ", "。", "——", "无", "暂无", "\u200b", "\u3164"])
def test_what_says_nothing_is_no_reason_on_the_command_line_either(said: str) -> None:
    assert not is_reason(said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--accept", "a", "--reason", "无"], "不能只写「无」"),
        (["--accept", "a", "--reason", "甲", "--accept", "A", "--reason", "乙"], "写了两次"),
        (["--accept", "a", "--reason", "长" * (LONGEST + 1)], "最多 32767 字"),
    ],
)
def test_reasons_that_would_not_hold_are_refused_before_anything_is_done(arguments: list[str], said: str) -> None:
    done = run("check", "没有.xlsx", *arguments)
    assert (done.returncode, said in done.stderr) == (2, True)


def test_accepting_leaves_all_that_an_office_wrote_into_the_file_beside() -> None:
    old = "科室自用，请勿删除\n编号,认可理由,经办\naab1234567,旧,\n,没有编号的一行,甲\n\nzz,不是编号,乙\n"
    new = accept(
        old.encode(),
        "a.docx.校核意见.csv",
        [Acceptance(key="aab1234567", reason="新"), Acceptance(key="b2", reason="=1")],
    )
    lines = csv.reader(io.StringIO(new.decode("utf-8-sig"), newline=""))
    filled = [[cell for cell in cells if cell] for cells in lines if any(cells)]
    assert filled == [
        ["科室自用，请勿删除"],
        ["编号", "认可理由", "经办"],
        ["aab1234567", "新"],
        ["没有编号的一行", "甲"],
        ["zz", "不是编号", "乙"],
        ["b2", "'=1"],
    ]
    assert read_acceptances(new, "a.校核意见.csv").value[0].reason == "新"
