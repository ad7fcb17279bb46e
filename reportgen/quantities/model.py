"""The nouns of figures in text (数据的各种成分): amounts, periods, statements; each knows its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum


class Bound(Enum):
    """How a figure is meant (限定): 6%左右, 5%以上, 不低于40%, 控制在3%以内; none where it stands alone."""

    EXACT = ""
    ABOUT = "左右"
    AT_LEAST = "以上"
    AT_MOST = "以下"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number with its unit (数量) as it stands in a text: `text[start:end]`, bound words included.

    `value` counts in `unit`, the unit's own size word taken in: 33.31万平方米 is 333100 平方米, 3.18万本 is 31800 本,
    4.4% is 4.4 %, 0.3个百分点 is 0.3 百分点. `unit` is empty only where a bare number is a quantity by what is around.
    `decimals` are the places written behind the point, `scale` what one unit of the last written place is worth in
    `unit` (of 33.31万平方米: 100), by which a rate may be rounded. `number` is the numeral as written, sign included.

    Of a range (3—5家) `value` is the lower end and `upper` the higher; else `upper` is None. `ordinal` tells a rank
    (第3名, 前三, 首位): its unit is 名 and it must never be added or compared with a number of people. Fractions
    (三分之一, 一半, 七成) count in %. 60余个, 近百家, 上千人 are ABOUT; 超过, 突破, 不低于 AT_LEAST; 不超过, 控制在 and
    前三 AT_MOST.
    """

    value: Decimal
    unit: str
    number: str
    start: int
    end: int
    bound: Bound = Bound.EXACT
    decimals: int = 0
    scale: Decimal = Decimal(1)
    upper: Decimal | None = None
    ordinal: bool = False


class Span(Enum):
    """What a named period is (时段种类): a stretch of time, a day up to which something counts, one point, or a day by
    which something is to be done (6月底前, 年内): the last is a plan, not a period that figures are of."""

    STRETCH = "时段"
    UP_TO = "截至"
    POINT = "时点"
    BY = "期限"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period named in a text (时间): 1—6月, 上半年, 截至7月8日, 6月30日, 2025年底; `text[start:end]`.

    `first` and `last` are its days as far as it tells them; `year` is the year that it names itself, else None, and the
    days are then of the year that the reader was given. 截至7月8日 has no first day, 8月开始 no last one, 目前
    neither. `impossible` tells a day or month that no calendar has (6月31日, 13月); its days are None.
    """

    span: Span
    words: str
    start: int
    end: int
    first: date | None
    last: date | None
    year: int | None = None
    impossible: bool = False


class Direction(Enum):
    """Which way an indicator moved (升降); LEVEL is a plain value: 达到, 完成, 为."""

    UP = "增长"
    DOWN = "下降"
    LEVEL = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a clause says of one indicator (指标数值): 固定资产投资同比增长12%.

    `subject` is the indicator in its plain words (固定资产投资), without what stands before it (1—6月, 我区, 预计);
    `against` is what it is compared with (同比, 环比, 比2021年), empty if nothing is named. `aside` tells a figure in
    brackets that qualifies the one before it (扣除留抵退税因素后增长-15.6%). `start` to `end` is all of it.

    `action` is what was done to the subject, if that is said: 累计完成违法建筑拆除33.31万平方米 and 拆除150万平方米违
    法建筑 are both 拆除 of 违法建筑. A rank has an ordinal `amount`; `against` then tells among whom (全市, 主城区).
    """

    subject: str
    direction: Direction
    amount: Amount
    period: Period | None
    start: int
    end: int
    against: str = ""
    forecast: bool = False
    aside: bool = False
    action: str = ""

    @property
    def change(self) -> Decimal | None:
        """The signed change (增减): 下降19% and 增长-19% are both -19; None for a plain value or a rank."""
        if self.direction is Direction.LEVEL:
            return None
        return self.amount.value if self.direction is Direction.UP else -self.amount.value
