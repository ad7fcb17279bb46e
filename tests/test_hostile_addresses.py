"""Addresses in texts (夹带的地址): a report reads no file and asks no machine that a text of it names."""

from __future__ import annotations

import io
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from weasyprint.urls import FatalURLFetchingError

from reportgen.generate import Request, generate
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import InputError
from reportgen.review.readback_pdf import joined, plain, read_pdf
from reportgen.writers import writer_of
from reportgen.writers.fonts import find_fonts
from reportgen.writers.outline import outline_lines
from reportgen.writers.pdf import _fetcher
from tests.builders import document, imprint, letterhead, p, row, section, styles, table
from tests.projects import CONFIG, goal, ledger, project, task
from tests.reliability.tally import Tally
from tests.test_hostile_pages import places

CANARY = "此处是机密二七一八二八"
FORMS = (
    '<img src="{}">', '<link rel="attachment" href="{}">', '<link rel="stylesheet" href="{}">', "<base href={}>",
    "<style>@import url({});</style>", "<style>@font-face{{font-family:x;src:url({})}}</style>", "url({})",
    '<p style="background:url({})">', '<object data="{}"></object>', '<iframe src="{}"></iframe>', "{}",
    '<svg><image xlink:href="{}"/></svg>', '<script src="{}"></script>', '<!DOCTYPE a [<!ENTITY x SYSTEM "{}">]>&x;',
    '<?xml-stylesheet href="{}"?>', '#image("{}")', '"); #read("{}"); ("', '#include "{}"', '#import "{}": *',
    "![图]({})", 'INCLUDEPICTURE "{}"', 'HYPERLINK "{}"', '{{{{ include("{}") }}}}', '{{% include "{}" %}}',
)  # fmt: skip


@pytest.fixture
def payloads(tmp_path: Path) -> Iterator[list[str]]:
    """Texts that ask for a file of this machine, or for an address of it that must not be asked."""
    (tmp_path / "canary.txt").write_text(CANARY, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        file, address = tmp_path / "canary.txt", f"http://127.0.0.1:{server.getsockname()[1]}/a.png"
        yield [form.format(each) for form in FORMS for each in (address, file.as_uri(), str(file))]
        with pytest.raises(BlockingIOError):
            server.accept()


def content(blob: bytes) -> Iterator[bytes]:
    """All that is in a file, unpacked."""
    yield blob
    if blob.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(blob)) as parts:
            yield from map(parts.read, parts.namelist())
    elif blob.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(blob)) as pdf:
            assert not list(pdf.attachments)
            yield from (each.read_bytes() for each in pdf.objects if isinstance(each, pikepdf.Stream))


def is_clean(blob: bytes) -> None:
    """Nothing of the canary is in a file, and nothing in it points elsewhere."""
    for part in content(blob):
        for encoding in ("utf-8", "utf-16-be", "utf-16-le", "gb18030"):
            assert CANARY.encode(encoding) not in part
        assert b'TargetMode="External"' not in part
        assert b"/URI" not in part
        assert b"/Launch" not in part


@pytest.mark.row("R7")
def test_no_text_of_a_tree_reads_a_file_or_asks_an_address(payloads: list[str], tally: Tally) -> None:
    every = " ".join(payloads[:12])
    rows = [row(str(number), "甲", "乙", text) for number, text in enumerate(payloads)]
    shown = document(section(*map(p, payloads), table((0.1, 0.2, 0.2, 0.5), [row(*payloads[:4])], rows)))
    others = document(
        section(letterhead(mark=(payloads[0],), number=payloads[1], signers=(payloads[2],)), *places(every), imprint())
    )
    for name, engine in (("pdf", PdfEngine.WEASYPRINT), ("pdf", PdfEngine.TYPST), ("docx", PdfEngine.TYPST)):
        for tree in (shown, others):
            blob = writer_of(name, engine).write(tree, styles(), find_fonts({})).value
            is_clean(blob)
            if name == "pdf" and tree is shown:
                wanted = plain(outline_lines(tree))
                assert joined(read_pdf(blob), wanted) == wanted  # as it was typed
        tally.survived(len(payloads))


@pytest.mark.row("R7")
@pytest.mark.parametrize("engine", PdfEngine)
def test_no_cell_of_a_ledger_and_no_line_of_a_configuration_does(
    engine: PdfEngine, payloads: list[str], tmp_path: Path, tally: Tally
) -> None:
    files = payloads[1::3]
    cells = ("".join(payloads[first : first + 12]) for first in range(0, len(payloads), 12))
    tasks = [task(f"{number}{text}", 任务进展情况=text, 分类=text[:200]) for number, text in enumerate(cells)]
    data = ledger(goals=[goal(进展情况=" ".join(files))], tasks=tasks)
    config = CONFIG.replace("区政府", f"'{files[0]}'").replace("某区人民政府督查室", f"'{files[6]}'")
    made = generate(Request(project(tmp_path, data, config), ("docx", "pdf", "html"), pdf_engine=engine))
    for blob in made.files.values():
        is_clean(blob)
    tally.survived(len(payloads))


@pytest.mark.row("R7", "refused")
@pytest.mark.parametrize("line", ["template: http://127.0.0.1:9/a.yaml", "style: http://127.0.0.1:9/a.yaml"])
def test_a_configuration_names_files_and_no_addresses(line: str, tmp_path: Path) -> None:
    key = line.split(":")[0]
    config = "".join(each for each in CONFIG.splitlines(keepends=True) if not each.startswith(key)) + line + "\n"
    with pytest.raises(InputError) as fault:
        generate(Request(project(tmp_path, config=config), ("docx",)))
    (problem,) = fault.value.problems
    assert problem.code == "file.not-found"
    assert line.split(": ")[1] in problem.what


@pytest.mark.row("R7", "refused")
def test_even_a_page_that_asks_for_an_address_gets_nothing(payloads: list[str], tally: Tally, tmp_path: Path) -> None:
    """Texts are escaped long before; whatever else should slip into a page finds this door closed as well."""
    for each in (*payloads[30:33], (tmp_path / "canary.txt").as_uri(), "data:text/plain,x", "FILE:///etc/passwd", ""):
        with pytest.raises(FatalURLFetchingError):
            _fetcher()({"face:a": b"x"}).fetch(each)
        tally.refused()
    assert _fetcher()({"face:a": b"x"}).fetch("face:a").read() == b"x"
