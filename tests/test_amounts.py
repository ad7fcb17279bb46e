"""Figures in Chinese text: what is a quantity, and what only looks like one."""

from decimal import Decimal

import pytest

from reportgen.quantities.amounts import amounts
from reportgen.quantities.model import Bound


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1175亿元", "117500000000", "元"),
        ("3.18万本", "31800", "本"),
        ("33.31万平方米", "333100", "平方米"),
        ("增长-19%", "-19", "%"),
        ("增长−19％", "-19", "%"),
        ("0.3个百分点", "0.3", "百分点"),
        ("5,859.58万元", "58595800", "元"),
        ("１．５亿元", "150000000", "元"),
        ("十一点一亿", "1110000000", ""),
        ("一百三十一项", "131", "项"),
        ("两个", "2", "个"),
        ("3千人", "3000", "人"),
    ],
)
def test_a_quantity_is_read(text, value, unit):
    (amount,) = amounts(text)
    assert (amount.value, amount.unit, amount.bound) == (Decimal(value), unit, Bound.EXACT)
