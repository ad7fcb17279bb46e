"""Which unit the name of a file names (文件名里的单位)."""

from __future__ import annotations

from reportgen.ledger.units import Register


def unit_in_name(file: str, register: Register | None) -> str:
    """The one unit that a file's own name names, else the nearest folder above it; empty if that names several.

    `file` is called as it lies in the folder of the returns: 区民政局/反馈.xlsx.
    """
    if register is None:
        return ""
    *folders, own = file.replace("\\", "/").split("/")
    for part in (own.rpartition(".")[0] or own, *reversed(folders)):
        if named := register.mentioned(part):
            return named[0] if len(named) == 1 else ""
    return ""
