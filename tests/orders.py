"""Orders carried out as in a job's folder (任务目录), for tests of what a worker makes of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.problems import ReportError
from reportgen.service.model import JobKind, Order
from reportgen.service.work.doing import carry_out
from reportgen.service.work.model import Made, Room
from tests.projects import CONFIG, ledger, workbook

UNITS = """\
version: 1
units:
  - {name: 区发展改革委, kind: 部门}
  - {name: 区民政局, kind: 部门}
  - {name: 区财政局, kind: 部门}
"""


@dataclass
class Desk:
    """A folder with a configuration and a ledger, in which orders are carried out."""

    folder: Path
    config: str = CONFIG

    @property
    def given(self) -> Path:
        return self.folder / "given"

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.given / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def lay(self, data: Any = None, config: str = CONFIG) -> Path:
        """The configuration and the ledger as a workbook; the path of this."""
        self.put("配置.yaml", config)
        (self.given / "台账").mkdir(exist_ok=True)
        return workbook(self.given / "台账" / "台账.xlsx", ledger() if data is None else data)

    def do(self, kind: JobKind, **options: Any) -> Made:
        """What comes of an order; nothing in it tells of this machine."""
        made = self.folder / "made" / kind.name
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        named: Mapping[str, Any] = {"config": "配置.yaml", "ledgers": ["台账/台账.xlsx"], **options}
        order = Order(kind=kind, options=named)
        try:
            done = carry_out(order, Room(given=self.given, made=made, told=lambda label, done, total: None))
        except ReportError as fault:
            self._holds_nothing_of_this_machine(str(fault))
            raise
        self._holds_nothing_of_this_machine(json.dumps(done.result, ensure_ascii=False))
        return done

    def _holds_nothing_of_this_machine(self, told: str) -> None:
        assert str(self.folder) not in told


def blob(made: Made, name: str) -> bytes:
    """The bytes of one file that was made."""
    return made.files[name].read_bytes()
