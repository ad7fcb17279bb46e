"""Which files are returns (收到的反馈文件): what is found, what it is called, what is passed over and told."""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path

import pytest

from reportgen.arrivals import Arrivals, arrivals
from reportgen.confine import LIMITS
from reportgen.intake.file_names import unit_in_name
from reportgen.ledger.units import Register, Unit
from reportgen.problems import InputError
from tests.conftest import Hold
from tests.reliability.tally import Tally


def put(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def found(*named: Path) -> Arrivals:
    return arrivals(named, {}, LIMITS)


def names(*named: Path) -> list[str]:
    return [each.name for each in found(*named).files]


def test_a_file_is_called_as_it_lies_in_the_folder_that_was_named(tmp_path: Path):
    put(tmp_path / "反馈" / "部门" / "甲.xlsx")
    put(tmp_path / "反馈" / "乙.xlsx")
    assert names(tmp_path / "反馈") == ["乙.xlsx", "部门/甲.xlsx"]
    assert names(tmp_path / "反馈" / "部门" / "甲.xlsx") == ["甲.xlsx"]


def test_names_that_are_alike_become_longer_until_they_differ(tmp_path: Path):
    one = put(tmp_path / "一科" / "民政局" / "反馈.xlsx")
    two = put(tmp_path / "二科" / "民政局" / "反馈.xlsx", "y")
    three = put(tmp_path / "三科" / "财政局" / "反馈.xlsx", "z")
    assert names(one, two, three) == ["一科/民政局/反馈.xlsx", "二科/民政局/反馈.xlsx", "财政局/反馈.xlsx"]
    assert names(one.parent.parent, two.parent.parent) == ["一科/民政局/反馈.xlsx", "二科/民政局/反馈.xlsx"]


def test_a_file_named_in_two_ways_is_one(tmp_path: Path):
    one = put(tmp_path / "反馈" / "甲.xlsx")
    (tmp_path / "反馈" / "链接.xlsx").symlink_to(one)
    assert len(names(tmp_path / "反馈", one, tmp_path / "反馈" / ".." / "反馈")) == 1


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("区民政局　反馈.xlsx", "区民政局　反馈.xlsx"),
        ("区民政局\u00a0反馈.xlsx", "区民政局 反馈.xlsx"),
        ("区民政局\u200b反馈\u202e.xlsx", "区民政局反馈.xlsx"),
        ("区民政局\x1b[31m.xlsx", "区民政局�[31m.xlsx"),
        ("区民政局\n反馈.xlsx", "区民政局 反馈.xlsx"),
        ("\ue000区\U00020bb7.xlsx", "\ue000区\U00020bb7.xlsx"),
        (" 区民政局.xlsx", "区民政局.xlsx"),
        (os.fsdecode(b"\xc7\xf8.xlsx"), "��.xlsx"),
    ],
)
def test_only_what_no_document_can_hold_is_replaced_in_a_name(tmp_path: Path, name: str, called: str):
    put(tmp_path / name)
    assert names(tmp_path) == [called]


def test_names_that_differ_in_nothing_that_a_cell_can_hold_are_numbered(tmp_path: Path):
    for name in ("甲.xlsx", "甲\u200b.xlsx", "甲\u200c.xlsx"):
        put(tmp_path / name, name)
    assert names(tmp_path) == ["甲.xlsx", "甲（2）.xlsx", "甲（3）.xlsx"]


def test_a_linked_folder_is_told_and_not_followed(tmp_path: Path):
    put(tmp_path / "别处" / "机密.xlsx")
    put(tmp_path / "反馈" / "甲.xlsx")
    (tmp_path / "反馈" / "快捷").symlink_to(tmp_path / "别处")
    assert found(tmp_path / "反馈").skipped == (("快捷", "链接的文件夹，没有进去看"),)
    assert names(tmp_path / "反馈") == ["甲.xlsx"]


def test_a_folder_that_cannot_be_looked_into_is_a_file_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    put(tmp_path / "甲.xlsx")
    closed = put(tmp_path / "部门" / "乙.xlsx").parent
    whole = os.scandir

    def scandir(path: str) -> object:  # the tests may run as one who may read everything
        if Path(path) == closed:
            raise PermissionError(13, "", str(path))
        return whole(path)

    monkeypatch.setattr(os, "scandir", scandir)
    files = {each.name: [(p.code, p.what) for p in each.problems] for each in found(tmp_path).files}
    assert files == {"甲.xlsx": [], "部门": [("file.closed-folder", "文件夹「部门」没有读：没有读取权限")]}


def test_folders_in_folders_in_folders_are_told_at_the_tenth(tmp_path: Path):
    deep = tmp_path.joinpath(*"一二三四五六七八九十")
    put(deep / "深.xlsx")
    put(deep.parent / "不太深.xlsx")
    told = {each.name: [p.code for p in each.problems] for each in found(tmp_path).files}
    assert told == {
        "一/二/三/四/五/六/七/八/九/不太深.xlsx": [],
        "一/二/三/四/五/六/七/八/九/十": ["file.closed-folder"],
    }


def test_a_whole_disk_named_by_mistake_is_refused(tmp_path: Path, hold: Hold):
    hold(archives={"returns_seen": 3})
    for name in "甲乙丙丁":
        put(tmp_path / f".{name}")
    with pytest.raises(InputError) as fault:
        found(tmp_path)
    (problem,) = fault.value.problems
    assert problem.code == "collect.too-many-files"
    assert "超过 3 个" in problem.what


def test_files_of_our_own_and_copies_of_them_are_no_returns(tmp_path: Path):
    ledger = put(tmp_path / "台账.csv", "任务")
    put(tmp_path / "副本.csv", "任务")
    put(tmp_path / "甲.csv")
    told = arrivals([tmp_path], {ledger: "配置里的台账", tmp_path / "还没有.xlsx": "要写入的文件"}, LIMITS)
    assert [each.name for each in told.files] == ["甲.csv"]
    assert told.skipped == (("副本.csv", "和配置里的台账一字不差"), ("台账.csv", "这是配置里的台账"))


def test_a_folder_of_nothing_but_other_files_says_what_they_are(tmp_path: Path):
    put(tmp_path / "~$甲.xlsx")
    with pytest.raises(InputError) as fault:
        found(tmp_path)
    (problem,) = fault.value.problems
    assert problem.code == "collect.no-returns"
    assert "只有略过的 1 个：「~$甲.xlsx」办公软件的临时文件" in problem.what


def test_the_moment_is_chinas_time_wherever_the_machine_is(tmp_path: Path):
    path = put(tmp_path / "甲.xlsx")
    os.utime(path, (0, 0))
    (each,) = found(path).files
    assert each.moment == "1970-01-01 08:00:00"


REGISTER = Register(units=(Unit("区民政局"), Unit("区财政局")))


@pytest.mark.parametrize(
    ("file", "unit"),
    [
        ("区民政局.xlsx", "区民政局"),
        ("区财政局/反馈.xlsx", "区财政局"),
        ("区财政局\\反馈.xlsx", "区财政局"),
        ("区财政局/区民政局.xlsx", "区民政局"),
        ("区民政局、区财政局.xlsx", ""),
        ("区民政局、区财政局/反馈.xlsx", ""),
        ("区财政局/材料/反馈.xlsx", "区财政局"),
        ("反馈.xlsx", ""),
        ("区民政局", "区民政局"),
    ],
)
def test_a_files_own_name_tells_the_unit_before_its_folder_does(file: str, unit: str):
    assert unit_in_name(file, REGISTER) == unit
    assert unit_in_name(file, None) == ""


@pytest.mark.row("S10")
@pytest.mark.parametrize("day", ["2025-12-31", "2028-02-29", "2026-06-30"])
def test_the_last_second_of_a_day_is_of_that_day_in_any_zone(tmp_path: Path, tally: Tally, day: str) -> None:
    path = tmp_path / "区民政局.csv"
    path.write_text("序号,工作任务\n1,甲\n", encoding="utf-8")
    before = os.environ.get("TZ")
    try:
        for zone in ("Asia/Shanghai", "UTC", "America/New_York", "Pacific/Kiritimati"):
            os.environ["TZ"] = zone
            time.tzset()
            for second in ("23:59:59", "00:00:00"):
                moment = datetime.fromisoformat(f"{day}T{second}+08:00").timestamp()
                os.utime(path, (moment, moment))
                (one,) = found(path).files
                assert one.moment == f"{day} {second}"
                tally.survived()
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()
