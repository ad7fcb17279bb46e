"""The page of a collection (网页报告): what stands first, what is folded, what is said once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reportgen.collect import Collected
from reportgen.collect_view import page_values
from reportgen.intake.findings import Finding, Kind
from reportgen.pages import page
from reportgen.pages.points import points_of
from reportgen.problems import Location
from tests.projects import ledger, run, task
from tests.test_collect import CANTEEN, ESTATES, LATE, answer, collected, office, table


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    """The first collection of a period: an empty answer, a support unit's text, a row of nobody's."""
    folder = tmp_path_factory.mktemp("页")
    config = office(folder)
    table(folder / "反馈" / "区财政局.xlsx", [answer(CANTEEN, "已拨付。"), answer("没有的任务", "x")], LATE)
    return collected(config, folder / "反馈")


def drawn(result: Collected) -> str:
    return page("collection", page_values(result)).decode()


def test_who_returned_and_the_reminder_stand_before_what_is_to_do_and_the_rest_is_folded(first: Collected):
    text = drawn(first)
    places = [text.index(f'id="{name}"') for name in ("units", "reminder", "todo", "known")]
    assert places == sorted(places)
    before, folded = text[: places[3]], text[places[3] :]
    assert "<details" not in before
    known = {each.kind for each in first.collection.findings if not each.kind.needs_person}
    assert known
    assert all(f"<summary><b>{kind.title}</b>" in folded for kind in known)
    assert "<details open" not in text


def test_units_that_must_be_reminded_come_first(first: Collected):
    text = drawn(first)
    rows = re.findall(r'<tr><td>([^<]+)</td><td class="state-(\w+)">', text)
    ordinary = [state in ("returned", "not_asked") for _, state in rows]
    assert len(rows) == len(first.collection.units)
    assert ordinary == sorted(ordinary)


def test_the_roll_over_is_told_by_the_run_that_did_it_and_by_no_later_one(tmp_path: Path):
    config = office(tmp_path)
    returned = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    result = collected(config, returned)
    assert "底稿：台账.yaml（作为上期，3 项进展移到上期栏）" in drawn(result)
    assert "底稿" not in drawn(collected(config, returned))
    told = run("collect", config, returned, "--into", tmp_path / "另.xlsx")
    assert "底稿：台账.yaml（作为上期，3 项进展移到上期栏）" in told.stdout
    plain = json.loads(run("collect", config, returned, "--into", tmp_path / "又.xlsx", "--json").stdout)
    assert plain["rolled"] == {"ledger": "台账.yaml", "moved": 3}
    again = json.loads(run("collect", config, returned, "--into", tmp_path / "又.xlsx", "--json").stdout)
    assert again["rolled"] is None


def test_where_ledger_and_return_say_the_same_it_is_said_once(first: Collected):
    text = drawn(first)
    assert any(each.kind is Kind.SUPPORT_USED for each in first.collection.findings)
    used = text[text.index('<h3 id="SUPPORT_USED">') :]
    used = used[: used.index("</table>")]
    assert used.count("已拨付。") == 1
    assert "台账和反馈（一样）" in used


def test_every_table_of_points_has_something_in_each_column(first: Collected):
    for body in re.findall(r"<table>(.*?)</table>", drawn(first), re.S):
        head = re.findall(r"<th[ >]", body)
        rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in re.findall(r"<tr>(<td.*?)</tr>", body, re.S)]
        whole = [row for row in rows if len(row) == len(head)]
        assert all(any(row[i].strip() for row in whole) for i in range(len(head)) if whole)


def fault(cell: str, what: str = "公式没有算好", file: str = "区教委.xlsx") -> Finding:
    where = Location(file=file, sheet="重点任务", cell=cell)
    return Finding(kind=Kind.FAULT, unit="区教委", what=what, where=where)


def test_one_cause_in_many_cells_of_a_file_is_one_point_with_all_places():
    found = [fault(f"F{i}") for i in range(2, 302)] + [fault("G2", "#REF!"), fault("F2", file="补报.xlsx")]
    one, other = points_of(found)
    assert [len(each.places) for each in one.points] == [300, 1]
    assert (other.file, len(other.points)) == ("补报.xlsx", 1)


def test_tasks_of_one_cause_stand_in_one_point():
    found = [Finding(kind=Kind.EMPTY, unit="区教委", id=f"R-{i}", task=f"任务{i}", what="没有填") for i in range(3)]
    ((only,),) = (each.points for each in points_of(found))
    assert only.tasks == (("R-0", "任务0"), ("R-1", "任务1"), ("R-2", "任务2"))


def test_the_terminal_lists_ten_units_and_says_how_many_there_are(tmp_path: Path):
    config = office(tmp_path)
    units = [f"{letter}局" for letter in "ABCDEFGHIJKL"]
    data = ledger(goals=[], tasks=[task(f"任务{i}", 责任单位=unit, 配合单位="") for i, unit in enumerate(units)])
    (tmp_path / "台账.yaml").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    returned = table(tmp_path / "区民政局.xlsx", [answer(ESTATES, "改造3个。")])
    done = run("collect", config, returned, "--into", tmp_path / "汇总.xlsx", "--on", "2026-07-01")
    assert f"未反馈 12 个：{'、'.join(units[:10])} 等 12 个（见网页报告/--json）" in done.stdout
    assert f"已写入：{tmp_path / '汇总.xlsx'}" in done.stdout
    assert len({line for line in done.stdout.splitlines() if line.startswith("      怎么办：")}) >= 2
