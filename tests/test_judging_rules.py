"""Judging by stated rules (研判): goals and tasks, figures and words, order and disagreement, hostile texts."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reportgen.judging.elapsed import Elapsed, elapsed
from reportgen.judging.judge import NO_PROGRESS, NOTHING_TO_COMPARE, judge
from reportgen.judging.rules import Disagree, Rule, Rules
from reportgen.judging.verdicts import Figures, Standing
from reportgen.ledger.model import Entry, Sheet
from reportgen.problems import InputError, Location
from reportgen.template.loading import load_rules
from tests.judged import HALF_YEAR, decided, of_goal, of_task, standard_rules
from tests.projects import REFERENCE

MET, MISSED, ON_TIME = "符合预期", "不达预期", "符合时间节点"
NORMAL, LATE = "正常推进", "推进较为滞后"
NONE = ("", "")

GOALS = [
    ("地区生产总值增长6%左右", "1—6月，地区生产总值增长5.6%。", (MET, "goal.rate")),
    ("地区生产总值增长6%左右", "1—6月，地区生产总值增长5.4%。", (MISSED, "goal.rate")),
    ("进出口总额增长5%以上", "1—6月，进出口总额增长4.9%。", (MISSED, "goal.rate")),
    ("一般公共预算收入增长5%左右", "1-6月，一般公共预算收入增长-19%（扣除因素后增长15.6%）。", (MISSED, "goal.rate")),
    ("区级税收增长5%左右", "区级税收11.9亿元，下降4.3%，降幅比一季度收窄1.8个百分点。", (MISSED, "goal.rate")),
    ("一般公共预算收入增长5%", "一般公共预算收入负增长。", (MISSED, "goal.rate")),
    ("单位GDP能耗下降3%", "单位GDP能耗下降3.2%。", (MET, "goal.rate")),
    ("单位GDP能耗下降3%", "单位GDP能耗下降2.1%。", (MISSED, "goal.rate")),
    ("单位GDP能耗下降3%", "单位GDP能耗上升1.1%。", (MISSED, "goal.rate")),
    ("能耗强度实现负增长", "能耗强度下降0.5%。", (MET, "goal.rate")),
    ("能耗强度实现负增长", "能耗强度增长0.5%。", (MISSED, "goal.rate")),
    ("城镇调查失业率控制在5.5%以内", "城镇调查失业率5.1%。", (MET, "goal.rate")),
    ("城镇调查失业率控制在5.5%以内", "城镇调查失业率为5.8%。", (MISSED, "goal.rate")),
    ("固定资产投资增长7%", "固定资产投资增长8.2%，其中工业投资增长1.4%。", (MET, "goal.rate")),
    ("区级税收降幅控制在10%以内", "区级税收下降8%。", (MET, "goal.rate")),
    ("区级税收降幅控制在10%以内", "区级税收下降12%。", (MISSED, "goal.rate")),
    # A progress that only says how much speaks of the goal's indicator.
    ("地区生产总值增长6%左右", "增长5.6%。", (MET, "goal.rate")),
    ("地区生产总值增长6%左右", "1—6月，同比下降0.4%。", (MISSED, "goal.rate")),
    ("城镇调查失业率控制在5.5%以内", "5.1%", (MET, "goal.rate")),
    ("地区生产总值增长6%左右", "其中工业增长5.6%。", NONE),
    # Percentage points over a year are not there by June.
    ("常住人口城镇化率提高1个百分点", "常住人口城镇化率提高0.4个百分点。", NONE),
    ("常住人口城镇化率提高1个百分点", "常住人口城镇化率提高1.2个百分点。", (MET, "goal.rate")),
    ("经济总量进入全市前三", "1—6月，经济总量居全市第2位。", (MET, "goal.rank")),
    ("经济总量进入全市前三", "1—6月，经济总量居全市第5位。", (MISSED, "goal.rank")),
    ("空气质量优良天数300天以上", "截至6月30日，空气质量优良天数158天。", (ON_TIME, "goal.amount")),
    ("粮食总产量达20万吨以上", "1—6月，粮食总产量达6万吨。", (MISSED, "goal.amount")),
    ("粮食总产量达20万吨以上", "1—6月，粮食总产量达21万吨。", (MET, "goal.amount")),
    ("节能降碳完成年度目标任务", "预计能够完成年度目标任务。", (ON_TIME, "goal.forecast")),
    ("节能降碳完成年度目标任务", "考核结果待核算，预计年底可完成。", (ON_TIME, "goal.forecast")),
    ("节能降碳完成年度目标任务", "预计能够完成难度较大。", NONE),
    ("社会消费品零售总额增长6%左右", "", NONE),
    ("社会消费品零售总额增长6%左右", "各项工作扎实开展。", NONE),
]


@pytest.mark.parametrize(("text", "progress", "expected"), GOALS)
def test_a_goal_is_judged_by_its_figures_and_words(text, progress, expected):
    assert decided(of_goal(text, progress)) == expected


TASKS = [
    ("推进轨道交通建设", "克服征地难度大的困难，线路已全部完成。", (NORMAL, "task.done-words")),
    # Quantities of the same thing, and half of the year gone.
    ("拆除150万平方米违法建筑", "①截至6月30日，累计完成违法建筑拆除33.31万平方米。", (LATE, "task.amount")),
    ("进口整车5000辆以上", "1-6月，铁路口岸完成整车进口1589辆。", (LATE, "task.amount")),
    (
        "新建3个社区体育公园、30个社区健身点",
        "①新建3个社区体育公园：已建成1个。\n②新建30个社区健身点：已建成2个社区健身点。",
        (LATE, "task.amount"),
    ),
    (
        "石渡港集装箱吞吐量达12万标箱",
        "①集装箱吞吐量：1—6月仅完成3.1万标箱，占全年12万标箱的25.8%。",
        (LATE, "task.amount"),
    ),
    ("新改建“四好农村路”50公里", "已改建28公里。", (NORMAL, "task.amount")),
    ("引育10名领军人才、200名高层次人才", "已引育领军人才15人，高层次人才115人。", (NORMAL, "task.amount")),
    ("引进投资10亿元以上制造业项目8个", "已引进5个，协议总投资71.6亿元。", (NORMAL, "task.amount")),
    ("栽种花卉果木25万平方米", "已栽种花卉果木60.14万㎡。", (NORMAL, "task.amount")),
    # Every doubt speaks for the unit.
    ("新建学校10所", "已建成1所，另有6所主体完工。", NONE),
    ("改造老旧小区20个", "已完成改造3个，在建15个。", NONE),
    ("完成3家企业绿色节能化改造", "已完成1家企业绿色节能改造。", NONE),
    ("打通10条未贯通道路", "配套道路等2条未贯通道路正在主体施工。", NONE),
    ("新增血脐、花椒、中药材2万亩", "其中血脐4800亩、花椒3600亩、中药材2900亩。", NONE),
    (
        "规上工业产值突破2500亿元、战略性新兴产业产值增长15%",
        "全区规上工业战略性新兴产业产值385.02亿元。",
        NONE,
    ),
    ("新建3—5个示范村", "已建成1个示范村。", NONE),
    ("青菜头、中药材种植基地分别达73万亩、11万亩以上", "中药材种植面积达11.2万亩。", NONE),
    ("落实中央八项规定精神", "通报典型案例2期，查处问题3项。", NONE),
    ("建成日处理300吨的餐厨垃圾处理厂", "处理厂试运行，日处理50吨。", NONE),
    # What is said of the target, of last year, of what is to come, is no result.
    ("盘活存量资产15亿元", "盘活工作有序推进，占全年15亿元的目标任务尚需努力。", NONE),
    ("新增市场主体2万户", "比去年同期新增市场主体300户有所增加。", NONE),
    # Rates.
    ("实现数字经济增加值增长7%", "1-6月，我区数字经济完成产值1175亿元，同比增长1.2%。", (LATE, "task.rate")),
    ("工业技改投资增长15%以上", "1—6月，工业技改投资增长17.2%，高于年度目标2.2个百分点。", (NORMAL, "task.rate")),
    ("工业技改投资增长15%以上", "1—6月，工业技改投资增长13%。", NONE),
    ("网格事件办结率95%以上", "网格事件办结率96.9%。", (NORMAL, "task.rate")),
    ("农村自来水普及率达94%", "6月末农村自来水普及率92.7%。", (NORMAL, "task.rate")),
    ("农村自来水普及率达94%", "6月末农村自来水普及率62.7%。", (LATE, "task.rate")),
    # Words.
    ("推动新校区建设", "近期无进展。", (LATE, "task.lagging-words")),
    ("农房风貌整治提升", "待银行确定整治模式后再推进相关工作。", (LATE, "task.lagging-words")),
    ("建设中学", "项目暂缓。", (LATE, "task.lagging-words")),
    ("建设中学", "两处亲水平台因汛期暂缓，不影响主线年内贯通。", NONE),
    ("盘活闲置项目", "对3个月无进展的项目逐个约谈。", NONE),
    ("打造示范点", "选址已完成，难度不大。", NONE),
    ("建设展示中心", "口岸展示中心已建成并投用。", (NORMAL, "task.done-words")),
    ("建设甲乙两路", "①甲路：已建成通车。\n②乙路：正在施工。", NONE),
    # Deadlines.
    ("6月底前完成河道清淤", "正在清淤。", (LATE, "task.deadline")),
    ("一季度完成规划编制", "规划正在编制。", (LATE, "task.deadline")),
    ("6月底前完成河道清淤", "清淤工程5月完成验收。", NONE),
    ("9月底前完成河道清淤", "正在清淤。", NONE),
    ("全年完成河道清淤", "正在清淤。", NONE),
]


@pytest.mark.parametrize(
    "progress",
    [
        "9条黑臭水体都没有治理完成。",
        "9条黑臭水体没有完成治理。",
        "9条黑臭水体均未治理。",
        "9条黑臭水体、3口山塘都没有治理完成。",
        "黑臭水体治理9条未全部完成。",
    ],
)
def test_a_figure_of_what_is_said_not_to_be_done_is_none_that_is_done(progress):
    assert decided(of_task("治理9条黑臭水体", progress)) == NONE


def test_only_the_figure_that_is_denied_does_not_count():
    done = (NORMAL, "task.amount")
    assert decided(of_task("治理9条黑臭水体", "9条黑臭水体治理完成，没有反弹。")) == done
    assert decided(of_task("治理9条黑臭水体", "已治理完成8条黑臭水体、1条没有治理完成。")) == done
    late = of_task("治理9条黑臭水体", "已完成3条黑臭水体治理，6条没有完成治理。")
    assert decided(late) == (LATE, "task.amount")
    assert late.decided
    assert late.decided.figures[0].actual == 3


@pytest.mark.parametrize(("text", "progress", "expected"), TASKS)
def test_a_task_is_judged_by_its_figures_and_words(text, progress, expected):
    assert decided(of_task(text, progress)) == expected


def test_a_verdict_carries_its_numbers_its_rule_and_its_places():
    task, progress = "拆除150万平方米违法建筑", "截至6月30日，累计完成违法建筑拆除33.31万平方米。"
    cells = {
        "text": Location(file="台账.xlsx", sheet="重点任务", cell="C9"),
        "progress": Location(file="台账.xlsx", sheet="重点任务", cell="F9"),
    }
    entry = Entry(sheet=Sheet.TASKS, text=task, progress=progress, judgement=NORMAL, cells=cells)
    verdict = judge([entry], standard_rules(), HALF_YEAR)[0]
    assert verdict.standing is Standing.DIFFERS
    assert verdict.decided is not None
    assert verdict.decided.figures == (
        Figures(
            target=Decimal(1_500_000),
            actual=Decimal(333_100),
            unit="平方米",
            share=Decimal(333_100) / 1_500_000,
            expected=Decimal("0.5"),
        ),
    )
    assert verdict.decided.figures[0].as_json() == {
        "target": "1500000",
        "actual": "333100",
        "unit": "平方米",
        "share": "22.2%",
        "expected": "50%",
    }
    assert [passage.quote(entry) for passage in verdict.decided.rests_on] == ["150万平方米", "33.31万平方米"]
    assert [str(passage.where(entry)) for passage in verdict.decided.rests_on] == [
        "台账.xlsx「重点任务」C9",
        "台账.xlsx「重点任务」F9",
    ]
    assert verdict.reason == (
        "任务「拆除150万平方米违法建筑」，进展「累计完成违法建筑拆除33.31万平方米」，完成 22.2%；时间过半，应为 50%"
    )


def test_why_nothing_was_decided_is_said():
    assert of_task("建设学校", "").reason == NO_PROGRESS
    assert of_task("建设学校", "各项工作扎实开展。").reason == NOTHING_TO_COMPARE


def test_how_much_of_the_year_is_gone_decides():
    task = ("新建公园10个", "新建公园3个。")
    quarter, year = Elapsed(date(2026, 3, 31)), Elapsed(date(2026, 12, 31))
    assert decided(of_task(*task, elapsed=quarter)) == (NORMAL, "task.amount")
    assert decided(of_task(*task, elapsed=HALF_YEAR)) == (LATE, "task.amount")
    assert decided(of_task("新建公园10个", "新建公园8个。", elapsed=year)) == (LATE, "task.amount")
    assert [elapsed(2026, words).share for words in ("1—6月", "上半年", "前三季度", "1—5月", "全年")] == [  # type: ignore[union-attr]
        Decimal("0.5"),
        Decimal("0.5"),
        Decimal("0.75"),
        Decimal(5) / 12,
        Decimal(1),
    ]
    assert elapsed(2026, "近期") is None


def test_rules_that_disagree_are_settled_as_the_file_says():
    text, progress = "区级税收增长5%", "区级税收下降2%，预计能够完成年度目标任务。"
    rules = standard_rules()
    by_person = of_goal(text, progress)
    assert decided(by_person) == NONE
    assert [opinion.rule for opinion in by_person.others] == [Rule.GOAL_FORECAST, Rule.GOAL_RATE]
    assert by_person.reason.startswith("几条规则的结论不同，请人工研判：按“预计能够完成”是符合时间节点")
    first = replace(rules, goals=replace(rules.goals, disagree=Disagree.FIRST))
    assert decided(of_goal(text, progress, first)) == (ON_TIME, "goal.forecast")
    stricter = replace(rules, goals=replace(rules.goals, disagree=Disagree.STRICTER))
    assert decided(of_goal(text, progress, stricter)) == (MISSED, "goal.rate")
    # Two that are content are no disagreement: the first of the file counts.
    content = of_goal("空气质量优良天数300天", "优良天数158天，预计能够完成年度目标任务。")
    assert decided(content) == (ON_TIME, "goal.forecast")


def test_an_office_changes_one_rule_and_keeps_the_others(tmp_path):
    (tmp_path / "rules.yaml").write_text(
        "version: 1\nextends: standard\n"
        "tasks:\n  order: [task.amount]\n"
        "rules:\n  task.amount:\n    within: 40\n    name: 本区的规矩\n",
        encoding="utf-8",
    )
    rules, files = load_rules("judging", Rules, "rules.yaml", tmp_path, Location(file="test"))
    assert [source.file for source in files] == ["rules.yaml", "configs/judging/standard.yaml"]
    assert rules.rules[Rule.TASK_AMOUNT].name == "本区的规矩"
    assert rules.rules[Rule.TASK_AMOUNT].begun == standard_rules().rules[Rule.TASK_AMOUNT].begun
    assert decided(of_task("新建公园10个", "新建公园2个。", rules)) == (NORMAL, "task.amount")
    assert decided(of_task("新建公园10个", "近期无进展。", rules)) == NONE
    assert decided(of_goal("区级税收增长5%", "区级税收增长6%。", rules)) == (MET, "goal.rate")


def test_every_rule_has_a_name_and_is_in_its_order_once():
    rules = standard_rules()
    assert {rule.value for rule in Rule} == {rule.value for rule in (*rules.goals.order, *rules.tasks.order)}
    assert all(rules.rules[rule].name for rule in Rule)


@pytest.mark.parametrize(("change", "line"), [("within: 2000", 4), ("words: [……]", 4), ("least: -1", 4)])
def test_a_rule_that_could_never_or_always_fire_is_refused_at_its_line(tmp_path, change, line):
    text = f"version: 1\nextends: standard\nrules:\n  task.amount: {{{change}}}\n"
    (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_rules("judging", Rules, "rules.yaml", tmp_path, Location(file="test"))
    assert [(problem.code, problem.where.line) for problem in caught.value.problems] == [("config.bad-value", line)]  # type: ignore[union-attr]


# ---- the first reference document: what the office itself wrote ----------------------

reference = pytest.mark.skipif(not REFERENCE.exists(), reason="the reference documents are not beside the tree")


def _reference() -> tuple[list[Entry], list[Entry]]:
    known = json.loads((REFERENCE / "tables.json").read_text(encoding="utf-8"))["shapingba_2022h1"]
    verdicts = [MISSED, MET, MISSED, MISSED, MET, MISSED, MISSED, MISSED, ON_TIME, ON_TIME]
    goals = [
        Entry(sheet=Sheet.GOALS, text=row["goal"], progress=row["progress"], judgement=verdict)
        for row, verdict in zip(known["goals"], verdicts, strict=True)
    ]
    tasks = [
        Entry(sheet=Sheet.TASKS, given_no=str(row["no"]), text=row["task"], progress=row["progress"], judgement=status)
        for kind, status in (("lagging", LATE), ("normal", NORMAL))
        for row in known[kind]
    ]
    return goals, tasks


@reference
def test_the_rules_judge_the_first_reference_as_its_office_did():
    goals, tasks = _reference()
    of_goals = judge(goals, standard_rules(), Elapsed(date(2022, 6, 30)))
    assert [verdict.judgement for verdict in of_goals] == [goal.judgement for goal in goals]
    of_tasks = judge(tasks, standard_rules(), Elapsed(date(2022, 6, 30)))
    table = Counter((verdict.entry.judgement, verdict.judgement) for verdict in of_tasks)
    assert {pair: count for pair, count in table.items() if pair[1] != NORMAL and pair[0] == LATE} == {
        (LATE, LATE): 6,
        # Two police stations: neither a figure nor a word of delay stands in the annex.
        (LATE, ""): 1,
    }
    # 2 of 8 institutes by June, and 近期无进展: both are what a person should look at.
    late = [verdict for verdict in of_tasks if verdict.standing is Standing.DIFFERS]
    assert [(each.entry.given_no, *decided(each)) for each in late] == [
        ("1", LATE, "task.amount"),
        ("8", LATE, "task.lagging-words"),
    ]
    assert table[NORMAL, NORMAL] >= 20


# ---- texts that nobody would write -----------------------------------------------

NONSENSE = {
    "commas": "，" * 32_767,
    "amounts": "完成3个，" * 6_500,
    "figures": "3个" * 16_000,
    "list": "新建公园1个、" * 4_600,
    "rates": "增长5%，" * 6_500,
    "digits": "1" * 32_767,
    "gap": "待" * 32_767,
    "items": "①甲：3个\n" * 5_000,
    "no stop": "完成" + "甲" * 32_000 + "3个",
    "unseen": "\u200b" * 30_000,
    "surrogate": "\ud800完成3个",
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_any_text_is_judged_within_seconds(nonsense):
    text = NONSENSE[nonsense]
    begun = time.perf_counter()
    for task, progress in ((text, "建成学校3个"), ("新建学校10个，投资增长5%", text), (text, text)):
        of_task(task, progress)
        of_goal(task, progress)
    assert time.perf_counter() - begun < 5


@pytest.mark.campaign
def test_ten_thousand_tasks_take_seconds():
    entries = [
        Entry(
            sheet=Sheet.TASKS, text=f"改造老旧小区{i}个，投资增长5%", progress=f"已完成改造{i // 3}个，投资增长3.1%。"
        )
        for i in range(2, 10_002)
    ]
    begun = time.perf_counter()
    verdicts = judge(entries, standard_rules(), HALF_YEAR)
    assert time.perf_counter() - begun < 20
    assert Counter(verdict.judgement for verdict in verdicts)[LATE] > 9_000
