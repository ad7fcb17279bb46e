"""Two contents held against each other, layer by layer (比对): what differs, as a person says it."""

from __future__ import annotations

from collections.abc import Iterable

from reportgen.comparison.counterparts.held import Held
from reportgen.comparison.differences.order_differences import order_differences
from reportgen.comparison.differences.structure_differences import structure_differences
from reportgen.comparison.differences.style_differences import style_differences
from reportgen.comparison.differences.text_differences import text_differences
from reportgen.comparison.model import Content, Difference, Layer, Tolerance

_OF_FLOW = frozenset((Layer.TEXT, Layer.STRUCTURE, Layer.STYLE))
_ORDER = tuple(Layer)


def differences(
    first: Content, second: Content, layers: frozenset[Layer], tolerance: Tolerance | None = None
) -> tuple[Difference, ...]:
    """What differs between two contents (差异) in these layers, layer by layer, from the top of the document down.

    The page layer is not looked at here. Files of different kinds are compared in text and structure alone.
    """
    layers = layers & first.layers & second.layers & _OF_FLOW
    if first.kind is not second.kind:
        layers &= {Layer.TEXT, Layer.STRUCTURE}
    if not layers:
        return ()
    held = Held(first, second, layers, tolerance or Tolerance())
    found = [
        *order_differences(held),
        *text_differences(held),
        *structure_differences(held),
        *style_differences(held),
    ]
    return _sorted(found)


def _sorted(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """Layer by layer, in the order of the second file; what stands beside the flow last."""
    return tuple(sorted(found, key=_place))


def _place(each: Difference) -> tuple[int, float, float, int]:
    # What is gone stands behind its neighbour.
    spot = each.second or each.first
    block = spot.block if spot is not None and spot.block is not None else float("inf")
    row = spot.row if spot is not None and spot.row is not None else -1.0
    cell = spot.cell if spot is not None and spot.cell is not None else -1
    return _ORDER.index(each.layer), block, row, cell
