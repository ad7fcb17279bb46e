"""Whether a file can be a ledger (台账文件预检): refusals in the words of those who keep one."""

from __future__ import annotations

from reportgen import package
from reportgen.package import TEXT, UNKNOWN, WORKBOOK, XLSX, check_package, file_kind, plain_kind
from reportgen.problems import InputError

# What to do with a file that is no ledger, by how its kind's name begins.
_WAYS_OUT = (
    ((TEXT,), "如果是 CSV，请把扩展名改为 .csv；否则" + WORKBOOK.save_as),
    ((XLSX,), "请把扩展名改为 .xlsx"),
    (("旧版表格", "网页", "XML", "二进制工作簿", "OpenDocument"), WORKBOOK.save_as),
    (("",), "请选择正确的文件；台账应是 .xlsx、.csv、.yaml 或 .json 文件"),
)


def wrong_kind(blob: bytes, name: str) -> InputError:
    """The refusal (文件种类不对) of a file that is not what its name says, with what to do."""
    return package.wrong_kind(file_kind(blob), name, WORKBOOK, _WAYS_OUT)


def refuse_at_once(blob: bytes, name: str) -> None:
    """Refuse what is plainly no ledger (一看就不是台账) by its first and last bytes, without opening anything.

    Whoever reads the file later looks closer; here nothing sound may be refused.
    """
    refuse_temporary(name)
    kind = plain_kind(blob)
    if kind not in (XLSX, TEXT, UNKNOWN):
        raise package.wrong_kind(kind, name, WORKBOOK, _WAYS_OUT)


def refuse_temporary(name: str) -> None:
    """Raise `InputError` for the file (临时文件) that WPS or Excel lays beside a workbook while it is open."""
    package.refuse_temporary(name, WORKBOOK.programs, "台账")


def damaged(name: str, why: str) -> InputError:
    """The refusal of a workbook that cannot be read (损坏的台账)."""
    return package.damaged(name, why, WORKBOOK)


def check_workbook(blob: bytes, name: str) -> None:
    """Raise `InputError` unless the bytes are a workbook that can be opened without harm (预检)."""
    if not blob.startswith(b"PK\x03\x04") or file_kind(blob) != XLSX:
        raise wrong_kind(blob, name)
    check_package(blob, name, WORKBOOK)
