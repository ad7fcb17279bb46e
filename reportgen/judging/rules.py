"""The rules of judging (研判规则): which there are, in what order they speak, and how each is set (configs/judging)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

_STRICT = {"extra": "forbid", "strict": True}


class Rule(Enum):
    """One rule of judging (研判规则); its name and its limits stand in the file under this id."""

    GOAL_FORECAST = "goal.forecast"  # 预计能够完成年度目标任务
    GOAL_RATE = "goal.rate"  # 增长5%左右 against 增长4.4%
    GOAL_RANK = "goal.rank"  # 前三 against 第5名
    GOAL_AMOUNT = "goal.amount"  # 300天 against 158天, and half of the year gone
    TASK_LAGGING_WORDS = "task.lagging-words"  # 近期无进展
    TASK_DEADLINE = "task.deadline"  # 6月底前完成, and no word of it in July
    TASK_AMOUNT = "task.amount"  # 150万平方米 against 33.31万平方米, and half of the year gone
    TASK_RATE = "task.rate"  # 增长7% against 增长1.2%
    TASK_DONE_WORDS = "task.done-words"  # 已全部完成

    @property
    def of_goals(self) -> bool:
        """Whether it judges goals; else tasks."""
        return self.value.startswith("goal.")


class Disagree(Enum):
    """What happens where two rules come to different verdicts (结论不同时)."""

    FIRST = "先后"
    STRICTER = "从严"
    PERSON = "人工"


@dataclass(frozen=True)
class Way:
    """How the rules of one sheet work together (规则的先后): which speaks first; one that is not named is off."""

    __pydantic_config__: ClassVar = _STRICT
    order: tuple[Rule, ...]
    disagree: Disagree

    def __post_init__(self) -> None:
        """Refuse an order that nobody can follow."""
        for rule in self.order:
            if self.order.count(rule) > 1:
                raise ValueError(f"的 order 里有两个 {rule.value}")
            if rule.of_goals is not isinstance(self, GoalWay):
                raise ValueError(f"的 order 里写了 {rule.value}，它是另一张表的规则")


@dataclass(frozen=True)
class GoalWay(Way):
    """How the rules of goals work together (预期目标的规则)."""


@dataclass(frozen=True)
class TaskWay(Way):
    """How the rules of tasks work together (重点任务的规则)."""


@dataclass(frozen=True)
class Setting:
    """How one rule is set (一条规则的设置). What each key means to a rule stands in the file beside it.

    `within`, `growth` are percentage points, `least` is a number of things. `planned`, `unfinished` and `begun` are
    words by which a figure is known for a target, for one that is still to come, for one that is half done.
    """

    __pydantic_config__: ClassVar = _STRICT
    name: str
    within: float = 0.0
    growth: float = 0.0
    least: float = 0.0
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would silently switch a rule off or make it fire everywhere."""
        for key in ("within", "growth", "least"):
            value = getattr(self, key)
            if not 0 <= value <= 1000:
                raise ValueError(f"里的 {key} 应在 0 到 1000 之间")
        for key in ("words", "unless", "planned", "unfinished", "begun"):
            if any(not word.replace("…", "").strip() for word in getattr(self, key)):
                raise ValueError(f"里的 {key} 有一项是空的，或只有省略号")


_AMOUNT_KEYS = ("within", "least", "words", "unless", "planned", "unfinished", "begun")
# What a rule heeds besides its name; any other key would do nothing.
_HEEDED = {
    Rule.GOAL_FORECAST: ("words", "unless"),
    Rule.GOAL_RATE: ("within",),
    Rule.GOAL_AMOUNT: _AMOUNT_KEYS,
    Rule.TASK_LAGGING_WORDS: ("words", "unless"),
    Rule.TASK_DEADLINE: ("words",),
    Rule.TASK_AMOUNT: _AMOUNT_KEYS,
    Rule.TASK_RATE: ("within", "growth"),
    Rule.TASK_DONE_WORDS: ("words", "unless"),
}


@dataclass(frozen=True)
class Rules:
    """All rules with their settings (研判规则), as a file in configs/judging gives them."""

    __pydantic_config__: ClassVar = _STRICT
    heeded: ClassVar[Mapping[str, tuple[str, ...]]] = {rule.value: ("name", *_HEEDED.get(rule, ())) for rule in Rule}
    """The keys that each rule heeds (可改的键)."""
    goals: GoalWay
    tasks: TaskWay
    rules: Mapping[Rule, Setting]

    def __post_init__(self) -> None:
        """Refuse an order that names a rule which is not set."""
        for sheet, way in (("goals", self.goals), ("tasks", self.tasks)):
            for rule in way.order:
                if rule not in self.rules:
                    raise ValueError(f"里 {sheet} 的 order 写了 {rule.value}，rules 里却没有它")

    def way(self, of_goals: bool) -> Way:
        """How the rules of goals, or of tasks, work together."""
        return self.goals if of_goals else self.tasks
