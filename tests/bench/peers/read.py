"""pandas with openpyxl (读台账): the usual way to a frame, its merged categories filled downwards."""

from __future__ import annotations

import io
import json
from typing import Any

from tests.bench.case import kept_workbook
from tests.bench.peers import Ready


def pandas() -> Ready:
    """`read_excel` of both sheets; the cells that a merge covers come as nothing, and are filled by hand."""
    import pandas as pd

    def make(blob: bytes) -> dict[str, Any]:
        frames = pd.read_excel(io.BytesIO(blob), sheet_name=None, dtype=str, engine="openpyxl", keep_default_na=False)
        tasks = frames["重点任务"]
        tasks["分类"] = tasks["分类"].where(tasks["分类"] != "").ffill()
        return dict(frames)

    return Ready(kept_workbook, make, _told)


def _told(frames: dict[str, Any]) -> bytes:
    texts = frames["重点任务"][["分类", "工作任务", "责任单位", "配合单位", "任务进展情况", "推进情况", "报告用语"]]
    return json.dumps(texts.values.tolist(), ensure_ascii=False).encode()
