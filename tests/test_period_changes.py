"""What is made of the changes between two ledgers (两期变化): the command, its files, the paragraph of the report."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import openpyxl
import pytest
import yaml

from reportgen.changes.model import Change, EntryChange, Figure, LedgerChanges, Pairing, UnitPart
from reportgen.generate import Request, generate, read_inputs
from reportgen.ledger.model import STATUSES, Entry, Sheet
from reportgen.period_changes import changes_between
from reportgen.period_view import ORDER, groups, sum_lines
from reportgen.problems import InputError, Location, Problem
from reportgen.source import read_source
from reportgen.template.changes import (
    CHANGE_FACTS,
    CHANGE_FIELDS,
    CHANGE_LISTS,
    ChangesText,
    changes_text,
    prepare_changes,
)
from reportgen.template.loading import check_model, load_changes_template
from reportgen.template.schema import ChangesTemplate
from reportgen.unit_sets.plan import make_plan
from tests.bad_workbooks import OLE
from tests.projects import CONFIG, ROOT, goal, ledger, project, run, task, workbook

OLD = ROOT / "samples/qingping-2026q1/台账.xlsx"
NEW = ROOT / "samples/qingping-2026h1/台账.xlsx"
CHANGES_CONFIG = ROOT / "configs/qingping-changes.yaml"
STANDARD = ROOT / "templates/changes/standard.yaml"
NORMAL, LAGGING = STATUSES


def wording(text: str = "", **parts: Any) -> Any:
    """A wording of the changes made ready; without a text the standard one."""
    if not text:
        return prepare_changes(*load_changes_template("standard", ROOT, Location(file="x")))
    data = {"version": 1, "name": "试验", **parts, "text": text}
    source = read_source(yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode(), "变化.yaml")
    return prepare_changes(check_model(ChangesTemplate, source), source)


def entry(text: str, judgement: str = NORMAL, sheet: Sheet = Sheet.TASKS, **fields: Any) -> Entry:
    return Entry(sheet=sheet, text=text, judgement=judgement, **fields)


def change(text: str, *kinds: Change, before: str | None = NORMAL, after: str | None = NORMAL, **fields: Any) -> Any:
    """What became of a task, by its judgement then and now; None where it was not there."""
    sheet = fields.pop("sheet", Sheet.TASKS)
    old = None if before is None else entry(text, before, sheet, given_no="1")
    new = None if after is None else entry(text, after, sheet, given_no="1")
    pairing = Pairing.SAME_TEXT if old and new else Pairing.NONE
    return EntryChange(sheet=sheet, before=old, after=new, pairing=pairing, score=1.0, kinds=kinds, **fields)


def found(*entries: EntryChange, old: str = "2026年1—3月", new: str = "2026年1—6月") -> LedgerChanges:
    return LedgerChanges(old="上.xlsx", new="本.xlsx", old_period=old, new_period=new, entries=entries)


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


# ---- the paragraph


def test_the_paragraph_says_what_a_leader_asks_first_and_its_numbers_are_those_of_the_lists() -> None:
    text = changes_text(
        wording(),
        found(
            change("架桥，通车", Change.NEWLY_LAGGING, after=LAGGING),
            change("修路", Change.STILL_LAGGING, before=LAGGING, after=LAGGING),
            change("治河", Change.RECOVERED, before=LAGGING),
            change("建校", Change.FINISHED, finished_by="建成"),
            change("种树", Change.NEW, before=None),
            change("拆房", Change.DROPPED, after=None),
            change("养鱼", Change.UNITS),
            change("办展", Change.UNCHANGED_PROGRESS),
            change("投资", Change.FIGURE, figures=(Figure(of="投资", before="1亿元", after="2亿元"),)),
            change("GDP增长5%", Change.VERDICT, before="符合预期", after="不达预期", sheet=Sheet.GOALS),
        ),
    )
    assert text == (
        "与1—3月相比，2项滞后任务中，新增1项（架桥），延续上期1项（修路）；上期滞后、本期转为正常的1项（治河）；完成1项（建校）。"
        "预期目标评价有变化的1项，“GDP增长5%”由“符合预期”转为“不达预期”。"
        "目标任务新列入1项（种树），不再列入1项（拆房），责任分工有调整1项。"
        "进展情况中的数字有变化1项，进展情况没有更新1项（办展）。"
    )


@pytest.mark.parametrize("seed", range(20))
def test_every_number_of_the_paragraph_is_the_length_of_its_list(seed: int) -> None:
    rng = random.Random(seed)
    picked = [kind for kind in Change if kind is not Change.VERDICT and rng.random() < 0.6]
    entries: list[EntryChange] = []
    for kind in picked:
        is_lagging = kind in (Change.NEWLY_LAGGING, Change.STILL_LAGGING)
        entries += [
            change(f"{kind.value}{number}", kind, after=LAGGING if is_lagging else NORMAL)
            for number in range(rng.randint(1, 9))
        ]
    text = changes_text(wording(), found(*entries))
    counts = {kind: sum(1 for each in entries if kind in each.kinds) for kind in Change}
    says = {
        Change.NEWLY_LAGGING: r"新增(?:滞后任务)?(\d+)项", Change.STILL_LAGGING: r"(?:延续上期|仍然滞后的)(\d+)项",
        Change.RECOVERED: r"转为正常的(\d+)项",
        Change.FINISHED: r"完成(\d+)项", Change.NEW: r"新列入(\d+)项", Change.DROPPED: r"不再列入(\d+)项",
        Change.UNITS: r"责任分工有调整(\d+)项", Change.REWORDED: r"表述有调整(\d+)项",
        Change.FIGURE: r"数字有变化(\d+)项", Change.UNCHANGED_PROGRESS: r"没有更新(\d+)项",
    }  # fmt: skip
    for said, pattern in says.items():
        number = re.search(pattern, text)
        assert int(number[1]) if number else not counts[said], (said, text)
        assert number is None or int(number[1]) == counts[said]
    for kind in (Change.NEWLY_LAGGING, Change.RECOVERED, Change.NEW, Change.DROPPED, Change.UNCHANGED_PROGRESS):
        listed = re.search(rf"（({kind.value}0[^）]*)）", text)
        assert (listed is not None) == bool(counts[kind])
        if listed:
            assert len(listed[1].split("；")) == min(5, counts[kind])
            assert listed[1].endswith("等") == (counts[kind] > 5)


def test_without_changes_it_says_so_in_a_plain_sentence() -> None:
    nothing = found(change("架桥"), change("GDP增长5%", before="符合预期", after="符合预期", sheet=Sheet.GOALS))
    assert changes_text(wording(), nothing) == (
        "与1—3月相比，目标任务没有增减，责任分工、表述和进展情况中的数字没有变化，目标评价没有变化，没有新增滞后、转为正常和完成的任务。"
    )


def test_it_does_not_say_that_nothing_lags_newly_where_nobody_judged() -> None:
    blank = found(change("架桥", before="", after=""))
    assert "滞后" not in changes_text(wording(), blank)
    assert changes_text(wording(), found()) == "与1—3月相比，没有可以比较的目标任务。"
    assert "滞后" not in changes_text(wording(), found(change("架桥", Change.NEW, before=None, after="")))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("2026年1—3月", "2026年1—6月", "与1—3月相比"),
        ("2025年1—12月", "2026年1—6月", "与2025年1—12月相比"),
        ("", "2026年1—6月", "与上期相比"),
        ("2026年1—3月", "", "与2026年1—3月相比"),
        ("上期", "本期", "与上期相比"),
    ],
)
def test_the_former_period_is_called_with_its_year_only_where_the_years_differ(old: str, new: str, says: str) -> None:
    assert changes_text(wording(), found(change("架桥"), old=old, new=new)).startswith(says + "，")


def names(*texts: str, most: int = 5) -> str:
    changes = found(*(change(text, Change.NEW, before=None) for text in texts))
    return changes_text(wording(f"{{{{ new | names({most}) }}}}"), changes)


def test_a_task_is_named_by_its_words_up_to_the_first_comma_outside_brackets() -> None:
    assert names("1.架桥（长3公里，宽20米），年底通车", "修路；种树。") == "架桥（长3公里，宽20米）；修路"
    assert names("实施“百企技改”行动，推动100家企业改造") == "实施“百企技改”行动"
    # Two of one name would be told apart by nobody.
    assert names("架桥，年底通车", "架桥，明年通车") == "架桥，年底通车；架桥，明年通车"
    assert names("长" * 60) == "长" * 40 + "……"
    assert names("甲", "乙", "丙", most=2) == "甲；乙等"
    assert names("甲", "乙", most=2) == "甲；乙"


def test_names_of_no_number_of_entries_cannot_be_listed() -> None:
    with pytest.raises(InputError, match="names 最多列出的项数"):
        changes_text(wording("{{ new | names(0) }}"), found())


def test_what_changed_in_an_entry_can_be_written_out() -> None:
    text = (
        "{% for each in units %}{{ each.text }}：{% for unit in each.units_come %}{{ unit.role }}{{ unit.name }}"
        "{% endfor %}{{ each.old_judgement }}{{ each.old_lead_units | join('、') }}{% endfor %}"
        "{% for each in figure %}{% for one in each.figures %}{{ one.of }}{{ one.before }}→{{ one.after }}{% endfor %}"
        "{{ each.kinds | join('、') }}{{ each.sheet }}{% endfor %}"
    )
    figures = (Figure(of="投资", before="1亿元", after="2亿元"),)
    changes = found(
        change("架桥", Change.UNITS, units_come=(UnitPart(name="区教委", role="牵头"),)),
        change("修路", Change.FIGURE, figures=figures),
    )
    assert changes_text(wording(text), changes) == "架桥：牵头区教委正常推进投资1亿元→2亿元数字变化重点任务"


def test_the_text_is_a_text_with_parts_and_false_where_there_is_none() -> None:
    text = ChangesText()
    assert not text
    assert text["new"] == []
    assert ChangesText("甲", {"new": [1]})["new"] == [1]


def test_what_is_gone_is_named_as_it_stood_in_the_former_ledger() -> None:
    gone = [change(text, Change.DROPPED, after=None, place_before=place) for text, place in (("乙", 2), ("甲", 1))]
    goal_gone = change("丙", Change.DROPPED, after=None, sheet=Sheet.GOALS, place_before=3)
    assert changes_text(wording("{{ dropped | names(5) }}"), found(goal_gone, *gone)) == "丙；甲；乙"


# ---- strictness of the wording


@pytest.mark.parametrize(
    ("text", "parts", "code", "says"),
    [
        ("{{ nwe | count }}", {}, "template.undefined", "是否要写「new」"),
        ("{{ new | cuont }}", {}, "template.unknown-filter", "是否要写「count」"),
        ("{% for each in new %}{{ each.txet }}{% endfor %}", {}, "template.undefined", "是否要写「text」"),
        ("{{ new", {}, "template.syntax", ""),
        ("{{ new() }}", {}, "template.forbidden", ""),
        ("{{ 甲 }}", {"wording": {"甲": "{{ 乙 }}", "乙": "丙"}}, "template.undefined", "请把被引用的移到上面"),
        ("{{ new | count }}", {"wording": {"new": "甲"}}, "template.bad-name", "请换一个名字"),
        ("{{ new | count }}", {"wording": {"_a": "甲"}}, "template.bad-name", "请换一个名字"),
        ("甲", {"mots": 3}, "config.unknown-key", "most"),
        ("甲", {"most": 0}, "config.bad-value", "most"),
        ("甲", {"name": ""}, "config.bad-value", "name"),
    ],
)
def test_a_wrong_wording_is_told_with_its_place_and_the_nearest_name(
    text: str, parts: Mapping[str, Any], code: str, says: str
) -> None:
    with pytest.raises(InputError) as fault:
        wording(text, **parts)
    assert code in told(fault.value.problems)
    problem = next(each for each in fault.value.problems if each.code == code)
    assert says in str(problem)
    assert problem.where
    assert problem.where.file == "变化.yaml"
    assert problem.where.line


def test_a_wording_that_comes_out_empty_is_refused() -> None:
    with pytest.raises(InputError, match="写不出任何文字") as fault:
        changes_text(wording("{% if new %}甲{% endif %}"), found())
    assert told(fault.value.problems) == ["template.nothing"]


# ---- the report

_THEN = {"任务进展情况": "正在选址。"}
FORMER = ledger(
    [
        goal(评价="不达预期", 进展情况="稳步推进。"),
        goal("进出口总额增长5%", 评价="不达预期", 进展情况="稳步推进。", 报告用语="进出口总额增长1%"),
    ],
    [
        task(**_THEN),
        task("改造老旧小区5个", 推进情况="推进较为滞后", 报告用语="改造老旧小区5个。没有开工。", **_THEN),
        task("新建公园2座", **_THEN),
        task("办灯会", **_THEN),
    ],
)


def former_project(folder: Path, config: str = "", former: Any = FORMER, data: Any = None) -> Path:
    path = project(folder, data, CONFIG + "previous_ledger: 上期.yaml\nprevious_period: 1—3月\n" + config)
    (folder / "上期.yaml").write_text(json.dumps(former, ensure_ascii=False), encoding="utf-8")
    return path


def outline(path: Path) -> str:
    return generate(Request(path, ("txt",))).files[f"{path.stem}.txt"].decode()


def test_a_report_with_a_former_ledger_says_what_changed_behind_its_opening(tmp_path: Path) -> None:
    lines = outline(former_project(tmp_path)).split("\n")
    at = next(number for number, line in enumerate(lines) if "与1—3月相比" in line)
    assert lines[at].startswith(
        "正文 与1—3月相比，新增滞后任务1项（新建公园2座）；上期滞后、本期转为正常的1项（改造老旧小区5个）。"
    )
    assert "预期目标评价有变化的1项，“固定资产投资增长6%”由“不达预期”转为“符合预期”。" in lines[at]
    assert "不再列入1项（办灯会）" in lines[at]
    assert "报告如下" in lines[at - 1]
    assert lines[at + 1].startswith("一级标题 一、")


def test_a_report_without_one_is_the_same_as_before(tmp_path: Path) -> None:
    with_former = outline(former_project(tmp_path / "a"))
    without = outline(project(tmp_path / "b"))
    assert "相比" not in without
    assert [line for line in with_former.split("\n") if "相比" not in line] == without.split("\n")


def test_the_manifest_names_the_former_ledger_and_the_wording(tmp_path: Path) -> None:
    manifest = generate(Request(former_project(tmp_path / "a"), ("txt",))).manifest
    assert [each["file"] for each in manifest["inputs"]["previous_ledger"]] == ["上期.yaml"]
    assert [each["file"] for each in manifest["inputs"]["changes"]] == ["templates/changes/standard.yaml"]
    assert "previous_ledger" not in generate(Request(project(tmp_path / "b"), ("txt",))).manifest["inputs"]


def own_template(folder: Path, body: str, config: str = "") -> Path:
    """A project whose report is one line of its own."""
    path = former_project(folder, config)
    path.write_text(path.read_text(encoding="utf-8").replace("half-year-report", "own.yaml"), encoding="utf-8")
    own = {"version": 1, "name": "甲", "partial": True, "title": "标题", "body": body}
    (folder / "own.yaml").write_text(yaml.safe_dump(own, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def test_a_template_counts_the_lists_itself(tmp_path: Path) -> None:
    body = (
        "{{ changes.newly_lagging | count }}/{{ changes.lagging | count }}：{{ changes.dropped | names(3) }}，"
        "{{ changes.old_period }}{% for each in changes.verdict %}{{ each.old_judgement }}{% endfor %}"
        "{{ tasks | count }}{{ goals | count }}"
    )
    assert "正文 1/1：办灯会，1—3月不达预期32" in outline(own_template(tmp_path, body))


def test_a_misspelt_list_is_told_with_the_nearest_name_before_any_ledger_is_read(tmp_path: Path) -> None:
    path = own_template(tmp_path, "{{ changes.newly_laging | count }}{{ tasks | count }}")
    with pytest.raises(InputError, match="是否要写「newly_lagging」") as fault:
        generate(Request(path, ("txt",)))
    assert told(fault.value.problems) == ["template.undefined"]


def test_fields_of_changes_are_misspelt_ones_in_a_template_that_asks_for_none(tmp_path: Path) -> None:
    path = own_template(tmp_path, "{% for task in tasks %}{{ task.old_text }}{% endfor %}")
    with pytest.raises(InputError, match="没有定义的名字「old_text」"):
        generate(Request(path, ("txt",)))


def test_a_former_ledger_that_no_text_uses_is_told(tmp_path: Path) -> None:
    problems = generate(Request(own_template(tmp_path, "{{ tasks | count }}"), ("txt",))).problems
    assert [(each.code, each.where.key) for each in problems if each.where] == [("config.unused", "previous_ledger")]


def test_a_wording_without_a_former_ledger_is_told(tmp_path: Path) -> None:
    path = project(tmp_path, config=CONFIG + "previous_period: 1—3月\nchanges: standard\n")
    problems = generate(Request(path, ("txt",))).problems
    keys = [each.where.key for each in problems if each.where and each.code == "config.unused"]
    assert keys == ["previous_period", "changes"]


def test_what_is_wrong_with_the_former_ledger_comes_with_all_other_faults(tmp_path: Path) -> None:
    path = former_project(tmp_path, "changes: standrad\n", data=ledger([goal(评价="不知道")]))
    (tmp_path / "上期.yaml").unlink()
    with pytest.raises(InputError) as fault:
        generate(Request(path, ("txt",)))
    assert sorted(told(fault.value.problems)) == ["config.unknown-name", "file.not-found", "ledger.unknown-status"]
    missing = next(each for each in fault.value.problems if each.code == "file.not-found")
    assert [place.key for place in missing.related] == ["previous_ledger"]
    unknown = next(each for each in fault.value.problems if each.code == "config.unknown-name")
    assert "没有名为「standrad」的两期变化用语" in unknown.what
    assert "是否要写「standard」" in unknown.fix


def test_what_an_office_would_mend_in_the_former_ledger_is_not_told_again(tmp_path: Path) -> None:
    former = ledger([], [task(任务进展情况="正在推进"), task(任务进展情况="")])
    problems = generate(Request(former_project(tmp_path, former=former), ("txt",))).problems
    assert [each.code for each in problems if each.where and each.where.file == "上期.yaml"] == [
        "changes.sheet-missing"
    ]


def test_a_check_of_the_configuration_reads_the_paragraph_too(tmp_path: Path) -> None:
    (tmp_path / "变化.yaml").write_text("version: 1\nname: 甲\ntext: 与上期相比，进展了了一步。\n", encoding="utf-8")
    result = run("check", former_project(tmp_path, "changes: 变化.yaml\n"), "--json")
    quotes = [place["quote"] for each in json.loads(result.stdout)["findings"] for place in each["places"]]
    assert "了了" in "".join(quotes)


UNIT_TEMPLATE = """\
version: 1
name: 变化单
per_unit: true
partial: true
file_name: 变化_{{ unit }}
title: "{{ unit }}的变化"
body: |
  {{ changes }}{{ changes.tasks | count }}
"""


def test_a_unit_s_own_document_has_its_own_changes_also_of_what_it_had_to_do_before(tmp_path: Path) -> None:
    data = ledger(
        [], [task(责任单位="甲局", 配合单位=""), task("架桥", 责任单位="乙局", 配合单位="", 推进情况="推进较为滞后")]
    )
    former = ledger(
        [],
        [
            task(责任单位="甲局", 配合单位=""),
            task("架桥", 责任单位="甲局", 配合单位=""),
            task("办灯会", 责任单位="乙局"),
        ],
    )
    path = former_project(tmp_path, "unit_sets: {template: 变化单.yaml}\n", former, data)
    (tmp_path / "变化单.yaml").write_text(UNIT_TEMPLATE, encoding="utf-8")
    plan = make_plan(read_inputs(Request(path), [], for_units=True))
    texts = {each.unit: plan.changes_of(each) for each in plan.units}
    # 甲局 gave the bridge away: it is told of it once more.
    assert [each["text"] for each in texts["甲局"]["tasks"]] == ["建成社区食堂3个", "架桥"]
    assert [each["text"] for each in texts["乙局"]["newly_lagging"]] == ["架桥"]
    assert [each["text"] for each in texts["乙局"]["dropped"]] == ["办灯会"]
    assert "不再列入1项（办灯会）" in texts["乙局"]
    assert texts["甲局"]["dropped"] == []
    done = run("units", path, "--out", tmp_path / "出", "--format", "txt")
    assert done.returncode == 0, done.stderr
    assert "config.unused" not in done.stderr
    assert "新增滞后任务1项（架桥）" in (tmp_path / "出" / "变化_乙局.txt").read_text(encoding="utf-8")
    manifest = (tmp_path / "出" / "manifest.json").read_text(encoding="utf-8")
    assert "上期.yaml" in manifest


# ---- the command


def pair(folder: Path) -> tuple[Path, Path]:
    return workbook(folder / "上期.xlsx", FORMER), workbook(folder / "本期.xlsx", ledger())


def width(line: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line)


def test_the_tables_stand_in_the_order_in_which_a_leader_asks_and_fit_eighty_columns(tmp_path: Path) -> None:
    done = run("changes", *pair(tmp_path))
    assert done.returncode == 0, done.stderr
    titles = re.findall(r"^(\S+)（\d+ 项）$", done.stdout, re.M)
    assert titles == ["新增滞后", "转为正常", "评价变化", "不再列入"]
    tables = done.stdout[: done.stdout.index("\n共：")].split("\n")[1:]
    assert max(map(width, tables)) <= 80
    assert "正常推进 →\n" in re.sub(r" +文字相同", "", done.stdout)
    assert "共：新增滞后 1，转为正常 1，评价变化 1，不再列入 1，没有变化 2。" in done.stdout
    assert "对上 5 项：文字相同 5。" in done.stdout


def test_a_long_list_is_shortened_on_the_terminal_and_whole_with_all(tmp_path: Path) -> None:
    both = [
        [task(f"建成社区食堂{number}个", 任务进展情况=f"已建成{number + more}个。") for number in range(20, 40)]
        for more in (0, 3)
    ]
    files = [workbook(tmp_path / f"{n}.xlsx", ledger([], tasks)) for n, tasks in enumerate(both)]
    short, whole = (run("changes", *files, *more).stdout for more in ((), ("--all",)))
    assert "数字变化（20 项）" in short
    assert "……还有 10 项，加 --all 全部列出" in short
    assert "还有" not in whole
    assert whole.count("建成社区食堂") > short.count("建成社区食堂")


def test_what_a_ledger_says_is_no_markup(tmp_path: Path) -> None:
    files = [
        workbook(tmp_path / f"{n}.xlsx", ledger([], [task("架桥[red]:smile:", 推进情况=status)]))
        for n, status in enumerate(STATUSES)
    ]
    assert "架桥[red]:smile:" in run("changes", *files).stdout


def test_the_json_has_every_entry_with_its_places_in_both_ledgers(tmp_path: Path) -> None:
    done = run("changes", *pair(tmp_path), "--json")
    data = json.loads(done.stdout)
    assert done.returncode == 0
    assert data["ok"] is True
    assert len(data["entries"]) == 6
    lagging = next(each for each in data["entries"] if "newly_lagging" in each["kinds"])
    assert lagging["pairing"] == "same_text"
    assert (lagging["before"]["judgement"], lagging["after"]["judgement"]) == (NORMAL, LAGGING)
    assert lagging["after"]["where"]["sheet"] == "重点任务"
    assert data["counts"]["dropped"] == 1
    assert data["text"].startswith("与上期相比，")
    assert {name: count for name, count in data["counts"].items() if count} == {
        "newly_lagging": 1, "recovered": 1, "verdict": 1, "dropped": 1,
    }  # fmt: skip


def test_every_field_of_the_json_stands_in_the_readme(tmp_path: Path) -> None:
    chapter = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## 两期变化\n")[1].split("\n## ")[0]
    data = json.loads(run("changes", *pair(tmp_path), "--json").stdout)
    parts = (data, data["old"], data["entries"][0], {"where": 0})
    assert {key for part in parts for key in part if f"`{key}`" not in chapter} == set()
    assert [pairing.name.lower() for pairing in Pairing if f"`{pairing.name.lower()}`" not in chapter] == []


def test_every_name_that_a_wording_may_use_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    chapter = readme.split("\n## 两期变化\n")[1].split("\n## ")[0]
    assert [name for name in CHANGE_FACTS if f"`{name}`" not in chapter] == []
    assert [name for name in CHANGE_FIELDS if f"`{name}`" not in readme] == []
    keys = set(ChangesTemplate.model_fields) - {"version", "name"}
    assert [key for key in keys if f"`{key}`" not in chapter] == []
    assert set(CHANGE_LISTS) <= CHANGE_FACTS
    assert {*ORDER} == {*Change}


def sheets(blob: bytes) -> dict[str, Any]:
    return {sheet.title: sheet for sheet in openpyxl.load_workbook(BytesIO(blob))}


def test_the_workbook_has_sums_entries_figures_and_both_ledgers_side_by_side(tmp_path: Path) -> None:
    former, now = pair(tmp_path)
    place = tmp_path / "出" / "变化.xlsx"
    done = run("changes", former, now, "--excel", place, "--text", tmp_path / "出" / "变化.txt")
    assert done.returncode == 0, done.stderr
    book = sheets(place.read_bytes())
    assert [*book] == ["变化汇总", "各项变化", "数字变化", "两期对照"]
    sums = {row[0].value: [cell.value for cell in row[1:]] for row in book["变化汇总"].iter_rows()}
    assert sums["新增滞后"] == [0, 1, 1]
    assert sums["评价变化"] == [1, 0, 1]
    assert sums["没有变化"] == [1, 1, 2]
    entries = book["各项变化"]
    assert entries.freeze_panes == "B2"
    assert entries.auto_filter.ref == f"A1:J{entries.max_row}"
    first = dict(zip([cell.value.replace("\n", "") for cell in entries[1]], [c.value for c in entries[2]], strict=True))
    assert first["变化"] == "新增滞后"
    assert first["工作任务"] == "新建公园2座"
    assert first["变化内容"] == "新增滞后：正常推进 → 推进较为滞后"
    # The places are those to which somebody goes.
    for label, path in (("上期位置", former), ("本期位置", now)):
        row = re.fullmatch(rf"{path.name}「重点任务」第(\d+)行", first[label])
        assert row
        assert "新建公园2座" in [cell.value for cell in openpyxl.load_workbook(path)["重点任务"][int(row[1])]]
    assert book["两期对照"].max_row == 1 + 6
    assert not any(sheet._hyperlinks for sheet in book.values())
    text = (tmp_path / "出" / "变化.txt").read_text(encoding="utf-8")
    assert text == json.loads(run("changes", former, now, "--json").stdout)["text"] + "\n"
    assert text.strip() in [cell.value for cell in book["变化汇总"]["A"]]


@pytest.mark.row("D1")
def test_the_same_ledgers_always_give_the_same_bytes(tmp_path: Path) -> None:
    both = pair(tmp_path)
    places = [tmp_path / f"{number}.xlsx" for number in range(2)]
    said = [run("changes", *both, "--excel", place, "--json").stdout.replace(place.name, "x") for place in places]
    assert said[0] == said[1]
    assert places[0].read_bytes() == places[1].read_bytes()


@pytest.mark.row("C4")
def test_a_formula_of_a_ledger_stays_a_text_in_the_workbook(tmp_path: Path) -> None:
    files = [
        workbook(tmp_path / f"{n}.xlsx", ledger([], [task('=HYPERLINK("http://x","y")', 推进情况=status)]))
        for n, status in enumerate(STATUSES)
    ]
    place = tmp_path / "变化.xlsx"
    assert run("changes", *files, "--excel", place).returncode == 0
    cells = [cell for sheet in sheets(place.read_bytes()).values() for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert any("HYPERLINK" in str(cell.value) for cell in cells)


def csv_ledger(folder: Path, status: str) -> Path:
    folder.mkdir()
    (folder / "预期目标.csv").write_text(
        "预期目标,责任单位,进展情况,评价\n增长6%,甲局,增长7%,符合预期\n", encoding="utf-8"
    )
    head = "工作任务,责任单位,任务进展情况,推进情况\n"
    (folder / "重点任务.csv").write_text(f"{head}架桥,甲局,完成3个,{status}\n", encoding="utf-8")
    return folder


def test_a_ledger_in_two_csv_files_is_given_by_its_folder(tmp_path: Path) -> None:
    both = csv_ledger(tmp_path / "上", NORMAL), csv_ledger(tmp_path / "本", LAGGING)
    data = json.loads(run("changes", *both, "--json").stdout)
    assert data["counts"]["newly_lagging"] == 1
    assert len(data["entries"]) == 2
    assert data["entries"][1]["after"]["where"]["file"].endswith("重点任务.csv")
    # No output takes the place of one of them.
    done = run("changes", *both, "--text", tmp_path / "上" / "说.txt")
    assert done.returncode == 0


def test_a_configuration_gives_the_periods_the_words_and_the_wording(tmp_path: Path) -> None:
    former, now = pair(tmp_path)
    (tmp_path / "变化.yaml").write_text(
        "version: 1\nname: 甲\ntext: 比{{ old_period }}{{ new_period }}\n", encoding="utf-8"
    )
    config = former_project(tmp_path, "changes: 变化.yaml\n")
    assert json.loads(run("changes", former, now, "--config", config, "--json").stdout)["text"] == "比1—3月1—6月"
    given = ("--template", "standard", "--json")
    text = json.loads(run("changes", former, now, "--config", config, *given).stdout)["text"]
    assert text.startswith("与1—3月相比，")


def test_periods_in_the_wrong_order_are_told_and_the_rest_stands(tmp_path: Path) -> None:
    former, now = pair(tmp_path)
    path = former_project(tmp_path)
    config = path.read_text(encoding="utf-8")
    path.write_text(config.replace("previous_period: 1—3月", "previous_period: 1—9月"), encoding="utf-8")
    done = run("changes", former, now, "--config", path)
    assert done.returncode == 0
    assert "changes.period-order" in done.stderr
    assert "新增滞后（1 项）" in done.stdout


def test_the_same_file_twice_is_told_in_a_sentence(tmp_path: Path) -> None:
    former, _ = pair(tmp_path)
    done = run("changes", former, former)
    assert done.returncode == 0
    assert "[changes.same-file] 两边是同一个文件，比不出变化" in done.stderr
    assert "对上 6 项：文字相同 6。" in done.stdout


BAD: Mapping[str, tuple[str, Callable[[], bytes], str]] = {
    "a Word file": ("坏.docx", lambda: (ROOT / "README.md").read_bytes(), "file.wrong-kind"),
    "damaged": ("坏.xlsx", lambda: OLD.read_bytes()[:5000], "file.damaged"),
    "encrypted": ("坏.xlsx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "file.encrypted"),
    "empty": ("坏.xlsx", lambda: b"", "file.wrong-kind"),
    "a PDF": ("坏.pdf", lambda: b"%PDF-1.7\n", "file.wrong-kind"),
    "a configuration": ("坏.yaml", CHANGES_CONFIG.read_bytes, "changes.no-ledger"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("is_old", [True, False])
def test_what_is_no_ledger_is_refused_in_words(name: str, is_old: bool, tmp_path: Path) -> None:
    file, make, code = BAD[name]
    bad, good = tmp_path / file, pair(tmp_path)[0]
    bad.write_bytes(make())
    done = run("changes", *((bad, good) if is_old else (good, bad)), "--excel", tmp_path / "变化.xlsx")
    assert done.returncode == 1
    assert f"[{code}]" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert file in done.stderr
    assert not (tmp_path / "变化.xlsx").exists()


def test_what_is_wrong_with_both_comes_together(tmp_path: Path) -> None:
    (tmp_path / "空.xlsx").write_bytes(b"")
    (tmp_path / "夹").mkdir()
    done = run("changes", tmp_path / "空.xlsx", tmp_path / "没有.xlsx", "--template", "standrad")
    assert done.returncode == 1
    assert all(code in done.stderr for code in ("空文件", "file.not-found", "config.unknown-name"))
    assert "是否要写「standard」" in done.stderr
    for number in range(4):
        files = list((tmp_path / "夹").iterdir())
        done = run("changes", tmp_path / "夹", pair(tmp_path)[1], "--json")
        if number in (0, 3):
            (problem,) = json.loads(done.stdout)["problems"]
            assert problem["code"] == "changes.no-ledger"
            assert f"有 {number} 个" in problem["what"] or not files
        (tmp_path / "夹" / f"{number}.csv").write_text("甲\n", encoding="utf-8")


def test_wrong_usage_is_told_and_no_input_is_written_over(tmp_path: Path) -> None:
    former, now = pair(tmp_path)
    before = former.read_bytes()
    for option, place, says in (
        ("--excel", former, "不能写成被比较的台账"),
        ("--excel", tmp_path / "变化.xls", "要以 .xlsx 结尾"),
        ("--text", tmp_path / "变化.docx", "要以 .txt 结尾"),
    ):
        done = run("changes", former, now, option, place)
        assert done.returncode == 2
        assert says in done.stderr
    assert former.read_bytes() == before
    assert run("changes", former).returncode == 2


def test_a_place_that_cannot_be_written_leaves_with_four(tmp_path: Path) -> None:
    (tmp_path / "变化.xlsx").mkdir()
    done = run("changes", *pair(tmp_path), "--excel", tmp_path / "变化.xlsx")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr


# ---- the sample


def test_the_sample_of_the_former_period_has_nearly_every_kind_of_change() -> None:
    changes = changes_between(OLD, NEW, CHANGES_CONFIG).changes
    kinds = {kind for each in changes.entries for kind in each.kinds}
    # Of what is finished the present sample, whose report stands fixed, has none.
    assert {*Change} - kinds == {Change.FINISHED}
    assert changes.renamed == (("加快高新区建设", "提速高新区建设"),)
    assert any(each.went_into for each in changes.of(Change.DROPPED))


def test_the_example_of_the_readme_is_what_the_command_says() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    chapter = readme.split("\n## 两期变化\n")[1]
    example = re.findall(r"```\n(.*?)```", chapter, re.S)[1]
    said = run("changes", OLD.relative_to(ROOT), NEW.relative_to(ROOT), "--config", CHANGES_CONFIG.relative_to(ROOT))
    lines = said.stdout.split("\n")
    for line in filter(None, example.split("\n")):
        head = line.removesuffix("……")
        assert any(each.startswith(head) for each in lines), line


def test_the_report_of_the_sample_passes_its_own_proofreading() -> None:
    done = run("check", CHANGES_CONFIG, "--strict", "--json")
    data = json.loads(done.stdout)
    assert data["findings"] == []
    assert data["problems"] == []


def test_the_paragraph_says_into_which_task_another_one_went() -> None:
    done = run("changes", OLD, NEW, "--config", CHANGES_CONFIG)
    assert (
        "不再列入3项（开展重大项目前期攻坚；举办新春灯会；新建公共充电桩1200个），“新建公共充电桩1200个”并入“新增公共停车泊位3000个”，"
        in done.stdout
    )
    back = run("changes", NEW, OLD, "--config", CHANGES_CONFIG)
    assert "，“新建公共充电桩1200个”由上期的“新增公共停车泊位3000个”拆出，不再列入2项" in back.stdout


def test_each_kind_of_change_is_told_in_words_a_reader_understands() -> None:
    changes = changes_between(OLD, NEW, CHANGES_CONFIG).changes
    rows = dict(groups(changes))
    assert [*rows] == [kind.value for kind in ORDER if kind is not Change.FINISHED]
    assert rows["评价变化"][0].said == "符合预期 → 不达预期"
    assert "两期都是推进较为滞后，进展有更新" in [row.said for row in rows["持续滞后"]]
    assert "并入本期的“新增公共停车泊位3000个，新建公共充电桩1200个”" in "".join(row.said for row in rows["不再列入"])
    assert "“标准机柜1000架” → “标准机柜1200架”" in [row.said for row in rows["表述调整"]]
    assert any("区住房城乡建委：牵头 → 配合" in row.said for row in rows["责任单位变化"])
    assert [row.paired for row in rows["表述调整"]] == [
        f"文字相近 {each.score:.2f}" for each in changes.of(Change.REWORDED)
    ]
    assert [*sum_lines(replace(changes, renamed=()))][1] == "对上 139 项：文字相同 135，文字相近 4。"


def test_a_report_with_the_paragraph_is_read_back_without_a_warning_about_it(tmp_path: Path) -> None:
    done = run("build", CHANGES_CONFIG, "--out", tmp_path, "--format", "docx", "--strict")
    assert done.returncode == 0, done.stderr
    (report,) = tmp_path.glob("*.docx")
    back = run("import", report, "--out", tmp_path / "台账.xlsx", "--config", CHANGES_CONFIG, "--json")
    assert [each["code"] for each in json.loads(back.stdout)["problems"]] == []


def test_units_that_came_or_went_are_told_with_their_part_in_words() -> None:
    rows = dict(groups(changes_between(OLD, NEW, CHANGES_CONFIG).changes))
    told = "\n".join(row.said for row in rows["责任单位变化"])
    assert "增加配合单位：区税务局" in told
    assert "减少配合单位：区公安分局" in told
