"""What an import leaves out of a ledger, or keeps beside its columns (未读入的行、另行保留的列), told with its text."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.issued.joined import AS_WRITTEN, NO_HEADER, OTHER, SECTION_HEADER, Joined, Row
from reportgen.ledger.entries import REMARK
from reportgen.ledger.model import Entry
from reportgen.ledger.words import plain_key
from reportgen.package import short
from reportgen.problems import Location, Problem, warning


def kept_columns(joined: Joined) -> list[Problem]:
    """A warning for each column that is none of a ledger's (另行保留的列): it is kept, and no report shows it."""
    problems = []
    for name, cell in joined.headers.items():
        header = name.removeprefix(OTHER)
        if header == SECTION_HEADER:
            what = f"「{short(cell.text)}」这样占整行的小标题，记在台账的「{SECTION_HEADER}」列"
        elif header.startswith(AS_WRITTEN):
            continue  # reading tells of each word that it does not know
        elif header.startswith(NO_HEADER):
            what = f"有一列没有表头，内容保留在台账的「{short(header, 20)}」列"
        else:
            what = f"表头「{short(header, 20)}」不是台账的列，内容原样保留在台账里"
        fix = "生成报告用不到，不必处理；如是台账的某一列，请在 Word 里改写表头再导入，或把它写在配置的 columns 里"
        problems.append(warning("import.kept-column", what, fix, cell.where))
    return problems


def take_out(joined: Joined) -> list[Row]:
    """The rows that name no task (没写任务的行) and are no remark either, taken out of the joined ones."""
    left, rows, sections = [], [], []
    for row, above in zip(joined.rows, joined.sections, strict=True):
        if row["text"].text.strip() or row["text"].faults or _is_remark(row):
            rows.append(row)
            sections.append(above)
        else:
            left.append(row)
    joined.rows, joined.sections = rows, sections
    return left


def left_rows(
    rows: Sequence[Row], entries: Sequence[Entry], without_task: Sequence[Row], found: Sequence[Problem]
) -> tuple[list[Problem], list[Problem]]:
    """Warnings that quote the rows of which no entry came (未读入的行), and the problems that they repeat."""
    read = {entry.cells["text"] for entry in entries}
    fix = "请核对原件：如是任务，请在 Word 里补上任务再导入，或在台账里补上；如是上一行的续写，请并入上一行"
    left = [(row, "没有写任务", fix) for row in without_task]
    reasons: list[Problem] = []
    for row in rows:
        if row["text"].origin in read or _is_remark(row):
            continue
        places = {place for cell in row.values() for place in (cell.where, cell.origin)}
        why = next((problem for problem in found if problem.where in places and not problem.related), None)
        if why and len(left) < _MOST_QUOTED:
            reasons.append(why)
            left.append((row, why.what, why.fix))
        else:
            left.append((row, "原因见其他提示", "请核对这一行；如是任务，请在 Word 里改好再导入，或在台账里补上"))
    told = [
        warning("import.left-rows", f"「{_quoted(row)}」这一行没有读入：{why}", fix, _begin(row))
        for row, why, fix in left[:_MOST_QUOTED]
    ]
    if more := [row for row, _, _ in left[_MOST_QUOTED:]]:
        what = f"另有 {len(more)} 行没有读入：{'、'.join(f'「{_quoted(row)}」' for row in more[:3])}"
        what += "等" if len(more) > 3 else ""
        fix = "请核对这些行；如是任务，请在 Word 里改好再导入，或在台账里补上"
        told.append(warning("import.left-rows", what, fix, _begin(more[0]), [_begin(row) for row in more[1:6]]))
    return told, reasons


_MOST_QUOTED = 5


def _quoted(row: Row) -> str:
    texts = {cell.origin: cell.text for cell in row.values() if cell.text.strip()}
    return short(" ".join(texts.values()), 40)


def _begin(row: Row) -> Location:
    """Where the row's task stands, or what it has instead."""
    cells = [row["text"], *row.values()]
    return next((cell.where for cell in cells if cell.text.strip()), row["text"].where)


def _is_remark(row: Row) -> bool:
    """Whether the row is one of which reading has told that it is a remark or a sum."""
    first = next((cell for cell in row.values() if cell.text.strip()), None)
    return first is not None and bool(REMARK.match(plain_key(first.text)))
