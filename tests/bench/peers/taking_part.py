"""All who take part (参加者), in the order of the table: what they are called, how far they go and why not further."""

from __future__ import annotations

from tests.bench.peers import Kind, Peer

NAIVE = "每读一格都把整张表重看一遍：行数加倍，用时四倍，1,000 行要二十分钟"
LAYOUT = "10,000 行（两千多页）要四分钟、1.7 GB 内存"
OFFICE = "用时不与行数成正比，5,000 行六分钟还没有完"
PEERS = (
    Peer("docx", "本程序", Kind.DOCX, "ours:docx", ours=True),
    Peer(
        "docxtpl",
        "docxtpl（Word 模板套打）",
        Kind.DOCX,
        "templated:ready",
        rounds={100_000: 1},
        lacking="templated:lacks",
    ),
    Peer(
        "add-row",
        "python-docx，逐行 add_row",
        Kind.DOCX,
        "written:by_rows",
        most=1_000,
        why="10,000 行要半分钟，100,000 行要五分钟",
        rounds={1_000: 3},
    ),
    Peer("cell", "python-docx，逐格 table.cell", Kind.DOCX, "written:by_cells", sizes=(31, 62), why=NAIVE),
    Peer(
        "weasyprint",
        "本程序，WeasyPrint 引擎",
        Kind.PDF,
        "ours:weasyprint",
        ours=True,
        most=1_000,
        why=LAYOUT,
        rounds={1_000: 1},
        lacking="weasyprint_plain:lacks",
    ),
    Peer("typst", "本程序，Typst 引擎", Kind.PDF, "ours:typst", ours=True, most=10_000, lacking="typst_plain:lacks"),
    Peer(
        "weasyprint-auto",
        "WeasyPrint，同样的网页、自动列宽",
        Kind.PDF,
        "weasyprint_plain:ready",
        most=1_000,
        why="10,000 行要十分钟以上",
        rounds={131: 3, 1_000: 1},
        lacking="weasyprint_plain:lacks",
    ),
    Peer(
        "soffice",
        "LibreOffice，每份启动一次",
        Kind.PDF,
        "office:cold",
        most=1_000,
        why=OFFICE,
        rounds={131: 3, 1_000: 1},
        lacking="office:lacks",
    ),
    Peer(
        "soffice-open",
        "LibreOffice，一直开着",
        Kind.PDF,
        "office:warm",
        most=1_000,
        why=OFFICE,
        rounds={131: 3, 1_000: 1},
        lacking="office:lacks_warm",
    ),
    Peer(
        "typst-plain",
        "Typst，三十行的模板",
        Kind.PDF,
        "typst_plain:ready",
        most=10_000,
        why="100,000 行要 18 GB 内存",
        lacking="typst_plain:lacks",
    ),
    Peer("read", "本程序", Kind.READ, "ours:reading", ours=True),
    Peer("pandas", "pandas + openpyxl", Kind.READ, "read:pandas", rounds={100_000: 1}),
    Peer(
        "sets-weasyprint",
        "本程序，WeasyPrint 引擎，一直开着",
        Kind.SETS,
        "unit_sets:warm_weasyprint",
        ours=True,
        sizes=(131,),
        lacking="weasyprint_plain:lacks",
    ),
    Peer(
        "sets-typst",
        "本程序，Typst 引擎，一直开着",
        Kind.SETS,
        "unit_sets:warm_typst",
        ours=True,
        sizes=(131,),
        lacking="typst_plain:lacks",
    ),
    Peer(
        "units-weasyprint",
        "reportgen units，WeasyPrint 引擎",
        Kind.SETS,
        "unit_sets:command_weasyprint",
        ours=True,
        sizes=(131,),
        lacking="weasyprint_plain:lacks",
    ),
    Peer(
        "units-typst",
        "reportgen units，Typst 引擎",
        Kind.SETS,
        "unit_sets:command_typst",
        ours=True,
        sizes=(131,),
        lacking="typst_plain:lacks",
    ),
    Peer(
        "sets-docxtpl",
        "docxtpl + LibreOffice 一次转换全部",
        Kind.SETS,
        "unit_sets:by_template",
        sizes=(131,),
        lacking="unit_sets:lacks",
    ),
    Peer("help", "reportgen --help", Kind.COMMAND, "commands:help_text", ours=True, sizes=(0,)),
    Peer("build", "reportgen build，到 Word 文件", Kind.COMMAND, "commands:build", ours=True),
)
"""Whoever takes part; those of a kind are asked in turn, in this order."""


def peer(name: str) -> Peer:
    """The one of that name."""
    return next(each for each in PEERS if each.name == name)
