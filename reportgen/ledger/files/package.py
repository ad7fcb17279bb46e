"""Whether a file can be a ledger (台账文件预检): refusals in the words of those who keep one."""

from __future__ import annotations

from reportgen import package
from reportgen.package import DAMAGED, EMPTY, ENCRYPTED, TEXT, WORKBOOK, XLSX, check_package, file_kind, short
from reportgen.problems import InputError, Location, error

# Kinds that a spreadsheet program opens.
_SPREADSHEETS = ("旧版表格", "网页", "XML", "二进制工作簿", "OpenDocument")


def wrong_kind(blob: bytes, name: str) -> InputError:
    """The refusal (文件种类不对) of a file that is not what its name says, with what to do."""
    kind = file_kind(blob)
    if kind == DAMAGED:
        return damaged(name, "压缩包不完整")
    if kind == ENCRYPTED:
        return package.encrypted(name, WORKBOOK)
    if kind == EMPTY:
        fix = "请检查文件是否保存成功"
    elif kind == TEXT:
        fix = "如果是 CSV，请把扩展名改为 .csv；否则" + WORKBOOK.save_as
    elif kind == XLSX:
        fix = "请把扩展名改为 .xlsx"
    elif kind.startswith(_SPREADSHEETS):
        fix = WORKBOOK.save_as
    else:
        fix = "请选择正确的文件；台账应是 .xlsx、.csv、.yaml 或 .json 文件"
    what = f"「{short(name)}」的内容是{kind}"
    return InputError([error("file.wrong-kind", what, fix, Location(file=name))])


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
