"""COMPARE (比对两版): two files held against each other as `compare --html` does it.

Options: `first` and `second`, the paths of both files in the folder. The result is what `compare --json` has, and

- `page`: the name of the page that shows both side by side, among the job's files
"""

from __future__ import annotations

from typing import Any

from reportgen.compare import Request, compare_paths
from reportgen.compare_view import as_json
from reportgen.pages.comparing import comparison_page
from reportgen.service.model import Order
from reportgen.service.work.layout import put
from reportgen.service.work.model import Made, Room

PAGE = "比对.html"
"""What the page of a comparison is called (比对网页)."""


def compare(order: Order, room: Room) -> Made:
    """What differs between two files (比对结果)."""
    paths = [room.given / order.options[side] for side in ("first", "second")]
    compared = compare_paths(paths[0], paths[1], Request(keep=True), room.told)
    result: dict[str, Any] = {**as_json(compared), "page": PAGE}
    return Made(result=result, files={PAGE: put(room.made, PAGE, comparison_page(compared))})
