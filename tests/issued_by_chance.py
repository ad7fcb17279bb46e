"""Reports by chance (随机台账): odd data from a seed, for the way there and back through an issued report."""

from __future__ import annotations

import random
from typing import Any

from tests.projects import goal, ledger, task

_GOALS = [
    "固定资产投资",
    "进出口总额",
    "地区生产总值",
    "工业增加值",
    "空气质量优良天数",
    "粮食产量",
    "城镇新增就业",
    "万元GDP能耗",
]
_TASKS = [
    "修路",
    "架桥",
    "治河",
    "种树",
    "改造老旧小区",
    "新建公园",
    "建成社区食堂",
    "拆除违法建筑",
    "引进企业",
    "整治黑臭水体",
]
_UNITS = [
    "区交通局",
    "区水利局",
    "区财政局",
    "区教委",
    "区城管局（区整违办）",
    "区商务委（区招商中心）",
    "各镇街",
    "区公安分局",
]
_CATEGORIES = ("", "办好民生实事", "（一）乡村振兴", "二、城市提升", "科技、教育和人才")
_BITS = (
    *("其中工业投资增长3%", "居全市第4位", "总量、增速均居前列", "含存量（下同）", "已完成90%", "正在办理手续"),
    *("①选址②设计", "1.5万亩", "2026年6月底前", "（占40%）", "备注：无", "合计3项"),
)


def report_by_chance(seed: int) -> Any:
    """A ledger with odd texts, units, categories and wording."""
    chance = random.Random(seed)
    goals = [_goal(chance, name) for name in chance.sample(_GOALS, chance.randint(0, 8))]
    tasks: list[dict[str, Any]] = []
    for _ in range(chance.randint(1, 20)):
        above = tasks[-1]["分类"] if tasks else ""
        tasks.append(_task(chance, chance.choice(_CATEGORIES) if chance.random() < 0.5 else above))
    return ledger(goals, tasks)


def _goal(chance: random.Random, name: str) -> dict[str, Any]:
    return goal(
        _text(chance, name),
        责任单位=_units(chance, 1),
        进展情况=f"1—6月，{_wording(chance, name)}。{_progress(chance)}",
        评价=chance.choice(["符合预期", "不达预期", "符合时间节点"]),
        报告用语=chance.choice(["", _wording(chance, name), _wording(chance, name)]),
    )


def _task(chance: random.Random, category: str) -> dict[str, Any]:
    name = chance.choice(_TASKS)
    cells = {"分类": category, "责任单位": _units(chance, 1), "配合单位": _units(chance, 0)}
    if chance.random() < 0.3:
        words = ["", _wording(chance, name) + "。", f"{name}滞后。\n原因是征地。"]
        cells |= {"推进情况": "推进较为滞后", "报告用语": chance.choice(words)}
    return task(_text(chance, name), 任务进展情况=_progress(chance), **cells)


def _text(chance: random.Random, name: str) -> str:
    odd = chance.choice(["\n第二行", "；", "。", "，力争年底前完成"]) if chance.random() < 0.15 else ""
    return name + chance.choice(["增长5%", "3公里", "（含续建）", "及配套设施", "、附属工程", ""]) + odd


def _wording(chance: random.Random, name: str) -> str:
    text = f"{name}{chance.choice(['增长', '下降'])}{chance.randint(1, 99) / 10}%"
    for _ in range(chance.choice([0, 0, 0, 1, 2])):
        text += chance.choice("，、；和") + chance.choice(_BITS)
    return text


def _progress(chance: random.Random) -> str:
    mark = chance.choice("，；\n。")
    text = mark.join(chance.choice([*_BITS, *_TASKS]) for _ in range(chance.randint(0, 4)))
    return text + chance.choice(["", "。"]) if text else ""


def _units(chance: random.Random, least: int) -> str:
    return "\n".join(chance.sample(_UNITS, chance.randint(least, 3)))
