"""Units (责任单位): the register and the names in one cell."""

from __future__ import annotations

import time

import pytest

from reportgen.ledger.cell_units import split_units
from reportgen.ledger.register_file import read_register
from reportgen.ledger.units import Group, Register, Unit
from reportgen.problems import InputError
from reportgen.source import read_source
from tests.ledger_files import REGISTER

REGISTER_TEXT = """
version: 1
units:
  - name: 区城市管理局
    kind: 部门
    aliases: [区城管局]
    second_names: [区整违办]
  - name: 区教委
groups:
  - name: 各镇街
    vague: true
"""


def test_a_register_is_read_from_yaml():
    register = read_register(read_source(REGISTER_TEXT.encode(), "单位.yaml")).value
    assert register == Register(
        units=(Unit("区城市管理局", "部门", ("区城管局",), ("区整违办",)), Unit("区教委")),
        groups=(Group("各镇街", vague=True),),
    )


def test_a_register_tells_all_its_faults_at_once():
    text = "units:\n  - nam: 区教委\n  - name: 甲\n  - name: 甲\n"
    with pytest.raises(InputError) as caught:
        read_register(read_source(text.encode(), "单位.yaml"))
    codes = [problem.code for problem in caught.value.problems]
    assert codes == ["units.unknown-key", "units.missing-name", "units.duplicate"]
    assert "「name」" in caught.value.problems[0].fix


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("区城市管理局", "区城市管理局"),
        ("区城管局", "区城市管理局"),
        ("区整违办", "区城市管理局"),
        ("区城管局（区整违办）", "区城市管理局"),
        ("区 城管局(区整违办)", "区城市管理局"),
        ("区城市\u200b管理局（区城管局）", "区城市管理局"),
        ("区教委（区整违办）", None),
        ("区教育局", None),
        ("各镇街", "各镇街"),
        ("", None),
    ],
)
def test_a_name_is_found_in_any_spelling(name, canonical):
    assert REGISTER.find(name) == canonical


@pytest.mark.parametrize(
    ("cell", "units"),
    [
        ("区教委", ["区教委"]),
        ("区教委、区财政局，区商务委,区民政局", ["区教委", "区财政局", "区商务委", "区民政局"]),
        ("区教委；区司法局;区审计局", ["区教委", "区司法局", "区审计局"]),
        ("区教委\n区财政局", ["区教委", "区财政局"]),
        ("区教委  区财政局", ["区教委", "区财政局"]),
        ("区教委　　区财政局", ["区教委", "区财政局"]),
        ("区 教 委", ["区教委"]),
        ("区城管局（区整违办）", ["区城管局（区整违办）"]),
        ("区城管局\n（区整违办）\n区教委", ["区城管局（区整违办）", "区教委"]),
        ("区城管局、\n(区整违办)", ["区城管局（区整违办）"]),
        ("区城管局（区整违办、区执法队）、区教委", ["区城管局（区整违办、区执法队）", "区教委"]),
        ("区城管局（区整\n违办）", ["区城管局（区整违办）"]),
        ("（区整违办）", ["（区整违办）"]),
        ("区经济信息委 区财政局", ["区经济信息委", "区财政局"]),
        ("区　财　政　局", ["区财政局"]),
        ("区  财政局", ["区财政局"]),
        ("区教委/区财政局", ["区教委", "区财政局"]),
        ("1.区教委\n2.区财政局", ["区教委", "区财政局"]),
        ("1、区教委 2. 区财政局", ["区教委", "区财政局"]),
        ("区财政局。", ["区财政局"]),
        ("区教委 3", ["区教委3"]),
        ("区教委 区城管局 （区整 违办）", ["区教委", "区城管局（区整违办）"]),
        ("无", []),
        ("、、", []),
    ],
)  # fmt: skip
def test_units_of_a_cell_keep_their_order_and_their_brackets(cell, units):
    assert list(split_units(cell).units) == units


def test_a_unit_written_twice_counts_once():
    found = split_units("区教委、区财政局、区教委")
    assert found.units == ("区教委", "区财政局")
    assert found.repeated == ("区教委",)


def test_a_cell_of_very_many_units_is_split_at_once():
    names = [f"第{i}办公室" for i in range(8_000)]
    assert split_units("、".join(names)).units == tuple(names)


def test_a_bracket_that_does_not_close_keeps_no_units_together():
    found = split_units("区教委（一\n区财政局")
    assert found.unclosed
    assert found.units == ("区教委（一", "区财政局")


@pytest.mark.parametrize(
    ("cell", "units"),
    [
        ("区规划自然\n资源局", ["区规划自然资源局"]),
        ("区教委\n区规划自然\n资源局\n各镇街", ["区教委", "区规划自然资源局", "各镇街"]),
        ("区规划自然 资源局", ["区规划自然资源局"]),
        ("区规划自然、资源局", ["区规划自然", "资源局"]),
        ("区教委\n资源局", ["区教委", "资源局"]),
        ("区城市管\n理局\n（区整违办）", ["区城市管理局（区整违办）"]),
    ],
)
def test_a_register_mends_a_name_that_a_line_break_cut_in_two(cell, units):
    assert list(split_units(cell, REGISTER).units) == units


@pytest.mark.parametrize(
    "long", ["、".join(f"区第{i}局" for i in range(4000)), " " * 30_000 + "（甲", "。" * 30_000 + "甲"]
)
def test_a_long_cell_takes_no_longer_than_its_length(long: str) -> None:
    begun = time.process_time()
    split_units(long)
    once = time.process_time() - begun
    begun = time.process_time()
    split_units(long * 4)
    assert time.process_time() - begun < 12 * max(once, 0.01)
