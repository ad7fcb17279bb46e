"""The rules of proofreading (校核规则): their stable ids. Levels and limits are data (configs/checking)."""

from __future__ import annotations

from enum import Enum


class Rule(Enum):
    """One rule (规则); its level and its settings stand in the checking file under this id."""

    # Counts, numbers, annexes.
    COUNT_ROWS = "count.rows"  # a stated number of goals or tasks against the rows
    COUNT_PARTS = "count.parts"  # 10项 = 2 + 6 + 2; 131 = 124 + 7; a list that names more or fewer than it says
    ANNEX_REFERENCE = "annex.reference"  # 详见附件3 points at no annex, or at the wrong one
    ANNEX_LIST = "annex.list"  # the annex list against the annexes' own titles and numbers
    NUMBER_GAP = "number.gap"  # 序号 leaps
    NUMBER_REPEAT = "number.repeat"  # 序号 twice
    # The same thing said twice.
    VALUE_DIFFERS = "value.differs"  # one indicator, two values
    UNIT_DIFFERS = "value.unit"  # … two units of measure
    DIRECTION_DIFFERS = "value.direction"  # … up here, down there
    PERIOD_DIFFERS = "value.period"  # … one value, two periods
    # Arithmetic.
    RATE = "arithmetic.rate"  # 144天 of 330天 is not 43.2%
    SUM = "arithmetic.sum"  # parts that do not add up
    COMPLETION = "arithmetic.completion"  # said to be done, reached or beyond, and the figures say otherwise
    # Time.
    PERIOD_OUTSIDE = "period.outside"  # outside the reporting period
    PERIOD_MIXED = "period.mixed"  # 1-6月, 1—6月, 截至7月8日 for one and the same
    DATE_IMPOSSIBLE = "period.impossible"  # 6月31日, 13月
    # Order and repetition.
    ENUMERATION_GAP = "enumeration.gap"  # 一是…三是; ①③
    ENUMERATION_REPEAT = "enumeration.repeat"  # the same item twice, ②②
    WORD_TWICE = "wording.twice"  # 预计…预计; 产值产值
    NEGATIVE_GROWTH = "wording.negative-growth"  # 增长-19%
    PLACEHOLDER = "wording.placeholder"  # XX, 待补充, #REF!
    # Marks.
    MARK_UNPAIRED = "mark.unpaired"
    MARK_NESTED = "mark.nested"
    MARK_HALF_WIDTH = "mark.half-width"
    MARK_DOUBLED = "mark.doubled"  # 。。 ，，
    # Progress.
    PROGRESS_EMPTY = "progress.empty"
    PROGRESS_MEANINGLESS = "progress.meaningless"  # 近期无进展, 正在推进 and nothing else
    PROGRESS_REPEATED = "progress.repeated"  # word for word, or nearly, another task's progress
    TASK_REPEATED = "task.repeated"  # a task that stands there twice
    JUDGEMENT = "judgement.differs"  # the rules judge otherwise than the ledger
    # Units.
    UNIT_UNKNOWN = "unit.unknown"
    UNIT_TWO_NAMES = "unit.two-names"
