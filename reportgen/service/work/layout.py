"""What stands where in a job's folder (任务目录的布局): the configuration and its files on top, the rest in folders.

So a manifest and every message name a file as the command line names it: the ledger by its name alone, a register or a
style by its path beside the configuration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reportgen.service.model import Order

LEDGER_FOLDER = "台账"
"""The folder of the ledger (台账)."""
RETURNS_FOLDER = "反馈"
"""The folder of the units' returns (反馈), each in a folder with the unit's name."""
NAMELESS_FOLDER = "未注明单位"
"""Their folder for those of which nobody knows whose they are (未注明单位); it names no unit."""
FIRST_FOLDER, SECOND_FOLDER = "原版", "现版"
"""The folders of two editions that are compared (两版)."""
PICTURES = "pages/"
"""Under which names the pictures of a report's pages stand among what a job made (页面图)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an order about a report gives (所给文件): its configuration, and the ledger instead of the one it names.

    `returns` are what units have sent.
    """

    folder: Path
    config: Path
    ledgers: tuple[Path, ...]
    returns: tuple[Path, ...] = ()

    def settings(self) -> Iterator[Path]:
        """All files beside the configuration that it may name (设置文件)."""
        others = {self.config, *self.ledgers, *self.returns}
        yield from (path for path in sorted(self.folder.rglob("*")) if path.is_file() and path not in others)


def given_in(folder: Path, order: Order) -> Given:
    """What stands in the folder by the options `config`, `ledgers` and `returns` (所给文件)."""
    ledgers = tuple(folder / name for name in order.options.get("ledgers", ()))
    returns = tuple(folder / each["file"] for each in order.options.get("returns", ()))
    return Given(folder=folder, config=folder / order.options["config"], ledgers=ledgers, returns=returns)


def put(folder: Path, name: str, blob: bytes) -> Path:
    """A file that was made, in its place in the folder (写入任务目录)."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(blob)
    return path
