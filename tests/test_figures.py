"""What charts show (图的取数): counted from the ledger's rows; a template places them; nothing to show, no chart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reportgen.changes.between import ledger_changes
from reportgen.document import AnnexTitle, Block, Chart, ChartForm, ChartKind, Paragraph, Table, Tone
from reportgen.generate import Request, generate
from reportgen.judging.elapsed import Elapsed
from reportgen.judging.judge import judge
from reportgen.judging.rules import Rules
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.problems import Location
from reportgen.reached import reached
from reportgen.service.work.overview import Overview, overview
from reportgen.source import read_source
from reportgen.template.changes import ChangesText
from reportgen.template.charts import FigureBasis
from reportgen.template.compose import compose, prepare
from reportgen.template.figures import MOST, Figure, by_category, by_unit, changed, pace, rates, titled
from reportgen.template.loading import check_model, load_rules
from reportgen.template.schema import Config, Template
from tests.builders import ROOT, styles

HALF = Elapsed(date(2026, 6, 30))


def task(text: str = "建成学校3所", judgement: str = "正常推进", *units: str, category: str = "") -> Entry:
    units = units or ("区教委",)
    return Entry(sheet=Sheet.TASKS, text=text, judgement=judgement, lead_units=units, category=category)


def goal(text: str, progress: str, judgement: str = "符合预期") -> Entry:
    return Entry(sheet=Sheet.GOALS, text=text, progress=progress, judgement=judgement, lead_units=("区发展改革委",))


def rows(figure: Figure | None) -> list[tuple[str, ...]]:
    assert figure
    return [tuple(cell.paragraphs[0] for cell in row) for row in (*figure.table.head, *figure.table.body)]


def values(figure: Figure | None) -> dict[str, list[int]]:
    assert figure
    return {series.name: [int(value or 0) for value in series.values] for series in figure.chart.series}


# ---- counts


def test_units_are_counted_each_and_those_with_most_behind_come_first() -> None:
    entries = [
        task("甲", "正常推进", "区教委", "区财政局"),
        task("乙", "推进较为滞后", "区财政局（牵头）"),
        task("丙", "正常推进", "区教委"),
        task("丁", "", "区教委"),
    ]
    figure = by_unit(entries)
    assert rows(figure) == [
        ("责任单位（共同负责的各计一次）", "正常推进", "推进较为滞后", "未研判", "合计"),
        ("区财政局", "1", "1", "0", "2"),
        ("区教委", "2", "0", "1", "3"),
    ]
    assert values(figure) == {"正常推进": [1, 2], "推进较为滞后": [1, 0], "未研判": [0, 1]}
    assert figure is not None
    assert titled(figure, "各单位", "图1").chart.alt == (
        "堆积条形图：各单位。共2个单位，推进较为滞后最多的是区财政局，1项。各项数字见图下的表。"
    )


def test_goals_and_tasks_together_are_well_or_behind() -> None:
    figure = by_unit([goal("甲增长5%", "增长6%"), task("乙", "推进较为滞后", "区发展改革委")])
    assert rows(figure)[0] == ("责任单位", "正常", "滞后", "合计")
    assert rows(figure)[1] == ("区发展改革委", "1", "1", "2")


def test_of_many_units_the_chart_shows_the_first_and_the_table_all() -> None:
    entries = [task(str(number), "正常推进", f"单位{number}") for number in range(40)]
    entries.append(task("滞后的", "推进较为滞后", "单位39"))
    figure = by_unit(entries)
    assert figure is not None
    assert len(figure.chart.categories) == MOST
    assert figure.chart.categories[0] == "单位39"
    assert titled(figure, "各单位", "图1").chart.caption == "图1　各单位（40个单位中的15个）"
    assert len(rows(figure)) == 41


def test_categories_keep_the_ledgers_order_and_those_with_something_behind_are_never_left_out() -> None:
    entries = [task(str(number), category=f"分类{number}") for number in range(20) for _ in range(2)]
    entries.append(task("末", "推进较为滞后", category="末类\n第二行"))
    figure = by_category(entries)
    assert figure is not None
    assert figure.chart.categories == (*(f"分类{number}" for number in range(MOST - 1)), "末类第二行")
    assert rows(figure)[-1] == ("末类第二行", "0", "1", "1")


def test_without_entries_there_is_no_figure() -> None:
    assert by_unit([]) is by_category([]) is pace([]) is rates([]) is None


# ---- how far goals have come


def rules() -> Rules:
    return load_rules("judging", Rules, "standard", ROOT / "configs", Location(file="test"))[0]


def test_quantities_are_held_against_the_half_year_line_and_rates_against_their_goals() -> None:
    entries = [
        goal("地区生产总值增长5.3%左右", "同比增长5.6%"),
        goal("一般公共预算收入增长4%左右", "同比下降2.6%", "不达预期"),
        replace(task("新增规上软件企业8家、培育基地4个"), progress="新增规上软件企业5家，培育基地3个。"),
    ]
    known = reached(judge(entries, rules(), HALF))
    assert rows(pace(known)) == [
        ("目标、任务", "全年目标", "已完成", "完成比例", "半年线"),
        ("新增规上软件企业8家", "8家", "5家", "62.5%", "50%"),
        ("培育基地4个", "4个", "3个", "75%", "50%"),
    ]
    assert rows(rates(known)) == [
        ("指标", "全年目标", "实际", "是否达到"),
        ("地区生产总值增长5.3%左右", "5.3%", "5.6%", "达到"),
        ("一般公共预算收入增长4%左右", "4%", "-2.6%", "未达到"),
    ]
    drawn = pace(known)
    assert drawn is not None
    assert (drawn.chart.line, drawn.chart.line_name) == (Decimal(50), "半年线")


def test_another_time_of_the_year_has_another_line() -> None:
    entry = replace(task("新增规上软件企业8家"), progress="新增规上软件企业2家。")
    figure = pace(reached(judge([entry], rules(), Elapsed(date(2026, 3, 31)))))
    assert figure is not None
    assert (figure.chart.line, figure.chart.line_name) == (Decimal(25), "时间进度")
    assert figure.chart.alt == "共1项，时间进度为25%，都不低于时间进度。"


# ---- what changed


def two_ledgers() -> tuple[Ledger, Ledger]:
    before = Ledger(file="上期.xlsx", tasks=(task("甲"), task("乙", "推进较为滞后"), task("丙")), period="2026年1—3月")
    now = (task("甲", "推进较为滞后"), task("乙", "推进较为滞后"), task("丙"), task("丁", ""))
    return before, Ledger(file="本期.xlsx", tasks=now, period="2026年1—6月")


def test_both_periods_stand_beside_each_other_as_bars_or_as_lines() -> None:
    changes = ledger_changes(*two_ledgers()).value
    figure = changed(changes, ("1—3月", "1—6月"))
    assert rows(figure) == [
        ("推进情况", "1—3月", "1—6月", "增减"),
        ("正常推进", "2", "1", "-1"),
        ("推进较为滞后", "1", "2", "+1"),
        ("未研判", "0", "1", "+1"),
        ("合计", "3", "4", "+1"),
    ]
    assert values(figure) == {"1—3月": [2, 1, 0], "1—6月": [1, 2, 1]}
    lined = changed(changes, ("1—3月", "1—6月"), kind=ChartKind.LINE)
    assert lined is not None
    assert lined.chart.categories == ("1—3月", "1—6月")
    assert values(lined) == {"正常推进": [2, 1], "推进较为滞后": [1, 2], "未研判": [0, 1]}
    assert [series.tone for series in lined.chart.series] == [Tone.WELL, Tone.BEHIND, Tone.OPEN]
    assert rows(lined) == rows(figure)
    assert changed(changes, ("1—3月", "1—6月"), sheet=Sheet.GOALS) is None


# ---- in a template

TEMPLATE = """\
version: 1
name: 有图的报告
title: 关于任务的报告
body: |
  {% if chart.by_unit %}
  各单位情况见{{ chart.by_unit }}，两期情况见{{ chart.changes }}、{{ annex.pictures }}。
  {% endif %}
  {{ chart.by_unit }}
  结束的一段。
charts:
  - {id: by_unit, figure: 完成情况按单位, title: "{{ year }}年各单位情况", rows: tasks, word: 可编辑, theme: 紧凑}
  - {id: pace, figure: 目标对半年线, title: 进度, rows: [goals, tasks]}
  - {id: changes, figure: 两期变化, title: 与上期相比, kind: 折线图}
annexes:
  - {id: pictures, title: 情况图, charts: [changes, pace]}
  - {id: tasks, title: 任务表, rows: tasks, columns: [{title: 任务, field: text, width: 1}]}
"""
CONFIG = "version: 1\ntemplate: x\nledger: x.xlsx\nyear: 2026\nperiod: 1—6月\nissuer: 甲区督查室\n"


def composed(ledger: Ledger, basis: FigureBasis = FigureBasis()) -> list[list[Block]]:  # noqa: B008
    source, config = read_source(TEMPLATE.encode(), "模板.yaml"), read_source(CONFIG.encode(), "配置.yaml")
    prepared = prepare(check_model(Template, source), source, check_model(Config, config), config)
    assert prepared.problems == ()
    document = compose(prepared.value, ledger, changes=ChangesText(), basis=basis)
    return [list(section.blocks) for section in document.value.sections]


def test_a_line_with_a_charts_name_is_the_chart_with_its_table_and_in_a_sentence_its_label() -> None:
    before, now = two_ledgers()
    basis = FigureBasis(changes=ledger_changes(before, now).value)
    body, pictures, tasks = composed(now, basis)
    sentence = next(block for block in body if isinstance(block, Paragraph))
    assert sentence.text == "各单位情况见图1，两期情况见图2、附件1。"
    at = body.index(sentence)
    chart, figures, last = body[at + 1 : at + 4]
    assert isinstance(chart, Chart)
    assert (chart.caption, chart.form) == ("图1　2026年各单位情况", ChartForm.NATIVE)
    assert isinstance(figures, Table)
    assert figures.theme == "紧凑"
    assert isinstance(last, Paragraph)
    # An annex of charts alone; the one that has nothing to show is not there.
    assert [type(block) for block in pictures] == [AnnexTitle, Chart, Table]
    assert isinstance(pictures[1], Chart)
    assert (pictures[1].label, pictures[1].kind) == ("图2", ChartKind.LINE)
    assert [type(block) for block in tasks] == [AnnexTitle, Table]


def test_charts_without_anything_to_show_are_gone_with_their_annex() -> None:
    sections = composed(Ledger(file="台账.xlsx", goals=(goal("甲", "乙"),)))
    assert len(sections) == 1
    assert [block.text for block in sections[0] if isinstance(block, Paragraph)] == ["结束的一段。"]


# ---- the sample, through the one road


@pytest.fixture(scope="module")
def sample() -> dict[str, bytes]:
    return dict(generate(Request(ROOT / "configs/qingping-charts.yaml", formats=("txt", "pdf"))).files)


def test_the_sample_report_counts_as_its_ledger_does(sample: dict[str, bytes]) -> None:
    text = next(blob for name, blob in sample.items() if name.endswith(".txt")).decode()
    captions = [line for line in text.splitlines() if line.startswith("图题 ")]
    assert captions == [
        "图题 图1　1—6月主要指标与全年目标",
        "图题 图2　各单位重点任务推进情况（42个单位中的15个）",
        "图题 图3　各类重点任务推进情况（28个分类中的15个）",
        "图题 图4　重点任务完成进度（84项中的15项）",
        "图题 图5　与上期相比",
    ]
    assert "7项推进较为滞后（各单位情况见附件1）" in text
    assert [line for line in text.splitlines() if line.startswith("表格文字 │ 推进较为滞后 │")] == [
        "表格文字 │ 推进较为滞后 │ 5 │ 7 │ +2"
    ]
    assert (
        "图 堆积条形图：各单位重点任务推进情况。共42个单位，图中列出15个，其余见表；推进较为滞后最多的是区城管局，2项"
        in text
    )


# ---- the overview


def seen(ledger: Ledger, before: Ledger | None = None) -> Overview:
    changes = ledger_changes(before, ledger).value if before else None
    return overview(ledger, judge(ledger, rules(), HALF), changes, styles())


def test_an_overview_counts_with_the_rules_word_where_the_ledger_has_none() -> None:
    before, now = two_ledgers()
    open_entry = replace(task("新增规上软件企业8家", ""), progress="新增规上软件企业2家。")
    found = seen(replace(now, tasks=(*now.tasks, open_entry)), before).result
    assert found["counts"] == {"all": 5, "goals": 0, "tasks": 5, "well": 1, "behind": 3, "open": 1, "by_rules": 1}
    assert found["by_sheet"] == {"重点任务": {"well": 1, "behind": 3, "open": 1}}
    assert found["changes"]["kinds"][0] == {"name": "新增滞后", "count": 1}
    assert [each["name"] for each in found["figures"]] == ["by-unit", "by-category", "pace", "changes"]


def test_each_figure_of_an_overview_is_a_picture_and_the_table_that_says_the_same() -> None:
    found = seen(two_ledgers()[1])
    assert [each["file"] for each in found.result["figures"]] == [*found.files]
    first = found.result["figures"][0]
    assert first["caption"] == "图1　各单位目标任务完成情况"
    assert (first["of"], first["head"], first["rows"]) == (
        "unit",
        ["责任单位", "正常推进", "推进较为滞后", "未研判", "合计"],
        [["区教委", "1", "2", "1", "4"]],
    )
    drawn = found.files[first["file"]]
    assert drawn.startswith(b"<?xml")
    assert first["alt"].encode() in drawn
    assert Path(first["file"]).name == "1 各单位目标任务完成情况.svg"


def test_an_overview_of_nothing_has_no_figures() -> None:
    found = seen(Ledger(file="台账.xlsx"))
    assert (found.result["counts"]["all"], found.result["figures"], found.files) == (0, [], {})
