"""Carrying out an order (办理任务): from the files of its folder to a result and files, with nothing but them.

Equal orders give equal results, byte for byte: no clock, no path of this machine, nothing of who asked. A `ReportError`
means that nothing could be made, and says why; whatever can be said of poor files is a result.
"""

from __future__ import annotations

from typing import assert_never

from reportgen.service.model import JobKind, Order
from reportgen.service.work.model import Made, Room
from reportgen.template.limits_block import limits_of


def carry_out(order: Order, room: Room) -> Made:
    """What comes of an order (任务结果), its files in the room; raises `ReportError` where nothing comes of it.

    Of each kind the module that does it says what options it takes and what stands in its result.
    """
    config = order.options.get("config")
    with limits_of(room.given / config if config else None):
        return _carried_out(order, room)


def _carried_out(order: Order, room: Room) -> Made:
    # Each kind brings its own libraries; a process has one order to carry out.
    match order.kind:
        case JobKind.EXAMINE:
            from reportgen.service.work.examining import examine

            return examine(order, room)
        case JobKind.BUILD:
            from reportgen.service.work.building import build

            return build(order, room)
        case JobKind.PREVIEW:
            from reportgen.service.work.previewing import preview

            return preview(order, room)
        case JobKind.SETS:
            from reportgen.service.work.sets import unit_sets

            return unit_sets(order, room)
        case JobKind.FORMS:
            from reportgen.service.work.forms import forms

            return forms(order, room)
        case JobKind.COLLECT:
            from reportgen.service.work.collecting import collecting

            return collecting(order, room)
        case JobKind.RECEIVE:
            from reportgen.service.work.receiving import receive

            return receive(order, room)
        case JobKind.OVERRIDE:
            from reportgen.service.work.overriding import override

            return override(order, room)
        case JobKind.COMPARE:
            from reportgen.service.work.comparing import compare

            return compare(order, room)
    assert_never(order.kind)
