"""The setting files on their pages (设置文件页): changed, uploaded, compared, taken back, copied from the program."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Client, Response

from reportgen.problems import InputError, ReportError
from reportgen.service.model import Person, Role
from reportgen.service.office.reports import periods
from reportgen.service.office.setting import setting_files
from reportgen.service.office.setting.configuration_text import MOST_BYTES
from reportgen.service.office.setting.setting_files import MOST_FILES
from reportgen.service.office.setting.setting_names import setting_name
from reportgen.service.office.setting.text_differences import MOST_LINES, line_differences
from reportgen.service.office.uploads import Upload
from reportgen.service.store import audit, blobs
from reportgen.service.store import setting_files as rows
from reportgen.service.store.opening import reading
from tests.desks import Office, opened
from tests.projects import ROOT

TEMPLATE = "half-year-report.yaml"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with opened(tmp_path_factory.mktemp("settings") / "data") as made:
        yield made


@pytest.fixture(scope="module")
def person(office: Office) -> Person:
    return office.person()


@pytest.fixture(scope="module")
def client(office: Office, person: Person) -> Client:
    return office.client(person)


@pytest.fixture
def period(office: Office, person: Person) -> str:
    """A new period with the sample's settings; the address of its pages."""
    return f"/periods/{periods.new_from_sample(office.desk, person, '2026年上半年').id}"


def text_of(page: Response) -> str:
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)
    assert found, page.text
    return html.unescape(found[1])


def said(page: Response) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)))


def names(office: Office, period: str) -> dict[str, int]:
    with reading(office.desk.store) as con:
        return {name: file.version for name, file in rows.current_settings(con, period.rpartition("/")[2]).items()}


def stored(office: Office, period: str, name: str) -> bytes:
    with reading(office.desk.store) as con:
        return blobs.read(office.desk.store, rows.current_settings(con, period.rpartition("/")[2])[name].sha256)


# ---- the program's own, copied


def test_the_program_s_template_is_copied_and_the_configuration_names_the_copy(
    office: Office, client: Client, period: str
) -> None:
    before = stored(office, period, "配置.yaml").decode()
    shown = said(client.get(f"{period}/files"))
    assert "模板：half-year-report" in shown
    assert "版式：gb9704" in shown
    answer = client.post(f"{period}/file-copies", data={"key": "template"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{period}/files/{TEMPLATE}?copied=true")
    assert stored(office, period, TEMPLATE) == (ROOT / "templates" / TEMPLATE).read_bytes()
    after = stored(office, period, "配置.yaml").decode()
    assert after == before.replace("template: half-year-report", f"template: {TEMPLATE}")
    assert "模板：half-year-report" not in said(client.get(f"{period}/files"))
    again = client.post(f"{period}/file-copies", data={"key": "template"})
    assert again.status_code == 409
    assert "模板已经是自己的" in said(again)


@pytest.mark.parametrize(
    ("key", "name", "line"),
    [
        ("style", "gb9704.yaml", "style: gb9704.yaml"),
        ("returns.form", "return-form.yaml", "  form: return-form.yaml"),
        ("judging", "standard.yaml", "judging: standard.yaml"),
    ],
)
def test_what_the_configuration_does_not_name_is_copied_too(
    office: Office, client: Client, period: str, key: str, name: str, line: str
) -> None:
    assert client.post(f"{period}/file-copies", data={"key": key}).status_code == 303
    assert name in names(office, period)
    assert line in stored(office, period, "配置.yaml").decode().splitlines()


def test_two_copies_of_one_name_are_two_files(office: Office, client: Client, period: str) -> None:
    for key in ("judging", "checking"):
        assert client.post(f"{period}/file-copies", data={"key": key}).status_code == 303
    assert names(office, period).keys() >= {"standard.yaml", "standard-2.yaml"}
    text = stored(office, period, "配置.yaml").decode()
    assert "judging: standard.yaml" in text
    assert "checking: standard-2.yaml" in text


@pytest.mark.parametrize("key", ["units", "nonsense", "ledger", ""])
def test_what_the_program_does_not_bring_is_not_copied(client: Client, period: str, key: str) -> None:
    answer = client.post(f"{period}/file-copies", data={"key": key})
    assert answer.status_code in (404, 422)


# ---- a text on its page


def test_a_saved_text_keeps_its_line_ends_and_is_the_newest_version(
    office: Office, client: Client, period: str
) -> None:
    client.post(f"{period}/file-copies", data={"key": "template"})
    before = stored(office, period, TEMPLATE)
    page = client.get(f"{period}/files/{TEMPLATE}")
    text = text_of(page)
    assert text.encode() == before
    same = client.post(f"{period}/files/{TEMPLATE}", data={"seen": 1, "text": text.replace("\n", "\r\n")})
    assert same.status_code == 303
    assert names(office, period)[TEMPLATE] == 1
    changed = text.replace("报告期", "本期").replace("name: 半年督查报告", "name: 督查通报")
    answer = client.post(
        f"{period}/files/{TEMPLATE}", data={"seen": 1, "text": changed.replace("\n", "\r\n"), "note": "换 名字\n两行"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{period}/files/{TEMPLATE}?saved=true")
    assert stored(office, period, TEMPLATE) == changed.encode()
    page = client.get(answer.headers["location"])
    assert "换 名字 两行" in said(page)
    assert text_of(page) == changed
    lines = said(client.get(f"{period}/file-differences/{TEMPLATE}?before=1&after=2"))
    assert "− name: 半年督查报告" in lines
    assert "+ name: 督查通报" in lines
    assert client.get(f"{period}/file-versions/1/{TEMPLATE}").content == before


def test_what_is_wrong_is_told_at_its_line_and_stays_in_the_form(office: Office, client: Client, period: str) -> None:
    client.post(f"{period}/file-copies", data={"key": "template"})
    good = text_of(client.get(f"{period}/files/{TEMPLATE}"))
    for name, text, told in (
        (TEMPLATE, "a: [1\nb", "第 2 行"),
        (TEMPLATE, good + "nonsense: 1\n", "没有「nonsense」这个键"),
        (TEMPLATE, "", "没有"),
        ("配置.yaml", "version: 1\nyear: 1066\n", "year"),
        ("配置.yaml", "<script>alert(1)</script>", "键: 值"),
    ):
        version = names(office, period)[name]
        page = client.post(f"{period}/files/{name}", data={"seen": version, "text": text})
        assert page.status_code == 422, text
        assert told in said(page)
        assert text_of(page) == text
        assert names(office, period)[name] == version
        assert "<script>alert" not in page.text


def test_of_two_who_change_a_file_the_later_one_sees_both_and_loses_nothing(
    office: Office, client: Client, period: str
) -> None:
    name = "配置.yaml"
    text = text_of(client.get(f"{period}/files/{name}"))
    other = office.client(office.person(name="李四"))
    assert other.post(f"{period}/files/{name}", data={"seen": 1, "text": text + "note: 李四写的\n"}).status_code == 303
    mine = text + "note: 我写的\n"
    page = client.post(f"{period}/files/{name}", data={"seen": 1, "text": mine, "note": "改附注"})
    assert page.status_code == 409
    assert "刚由李四改过" in said(page)
    assert "− note: 李四写的" in said(page)
    assert "+ note: 我写的" in said(page)
    assert text_of(page) == mine
    assert 'name="seen" value="2"' in page.text
    assert 'value="改附注"' in page.text
    assert client.post(f"{period}/files/{name}", data={"seen": 2, "text": mine}).status_code == 303
    assert stored(office, period, name) == mine.encode()


def test_an_older_version_is_taken_back_as_a_new_one(
    office: Office, client: Client, person: Person, period: str
) -> None:
    name, id = "配置.yaml", period.rpartition("/")[2]
    before = stored(office, period, name)
    client.post(f"{period}/files/{name}", data={"seen": 1, "text": before.decode() + "note: 新\n"})
    assert client.post(f"{period}/file-versions/1/{name}").status_code == 303
    assert stored(office, period, name) == before
    assert client.post(f"{period}/file-versions/3/{name}").status_code == 303  # it is the newest already
    page = said(client.get(f"{period}/files/{name}"))
    assert "退回第 1 版" in page
    assert names(office, period)[name] == 3
    with reading(office.desk.store) as con:
        assert [entry.what for entry in audit.entries(con, id)][:2] == ["退回设置文件", "改设置文件"]
    assert client.post(f"{period}/file-versions/9/{name}").status_code == 404


# ---- uploads


def send(client: Client, period: str, *files: tuple[str, bytes]) -> Response:
    return client.post(f"{period}/files", files=[("file", (name, blob)) for name, blob in files])


def test_an_upload_takes_the_place_that_the_configuration_names(office: Office, client: Client, period: str) -> None:
    before = names(office, period)
    register = stored(office, period, "units/qingping.yaml")
    answer = send(
        client, period, ("C:\\名录\\QINGPING.yaml", register + b"# new\n"), ("新.xlsx", b"no workbook, unread")
    )
    assert answer.status_code == 303
    assert names(office, period) == before | {"units/qingping.yaml": 2, "新.xlsx": 1}
    config = stored(office, period, "配置.yaml").replace(b"style: gb9704", "style: 版式/own.yaml".encode())
    assert send(client, period, ("配置.yaml", config)).status_code == 303
    page = said(client.get(f"{period}/files"))
    assert "版式：版式/own.yaml" in page
    assert "新.xlsx 19 字节 配置里没有用到" in page
    assert send(client, period, ("own.yaml", b"version: 1\nextends: gb9704\n")).status_code == 303
    assert "版式/own.yaml" in names(office, period)
    assert "还没有的文件" not in said(client.get(f"{period}/files"))


@pytest.mark.parametrize(
    ("name", "blob", "told"),
    [
        ("程序.exe", b"MZ", "不是设置文件"),
        ("旧表.xls", b"\xd0\xcf", "另存为 .xlsx"),
        ("配置.yaml", b"issuer: [", "配置.yaml"),
        ("大.yaml", b"# " + b"x" * 300_000, "KB"),
    ],
)
def test_an_upload_that_nothing_can_be_made_with_is_refused_with_all_that_came_with_it(
    office: Office, client: Client, period: str, name: str, blob: bytes, told: str
) -> None:
    before = names(office, period)
    answer = send(client, period, ("好.xlsx", b"x"), (name, blob))
    assert answer.status_code == 422
    assert told in said(answer)
    assert names(office, period) == before


def test_what_is_no_text_is_not_written_over_on_the_page(office: Office, client: Client, period: str) -> None:
    assert send(client, period, ("名录.xlsx", b"PK")).status_code == 303
    assert "不能在网页上改" in said(client.get(f"{period}/files/名录.xlsx"))
    answer = client.post(f"{period}/files/名录.xlsx", data={"seen": 1, "text": "x"})
    assert answer.status_code == 409
    assert "不是能在网页上改的文字" in said(answer)
    assert stored(office, period, "名录.xlsx") == b"PK"
    assert client.get(f"{period}/file-versions/1/名录.xlsx").content == b"PK"
    lines = said(client.get(f"{period}/file-differences/名录.xlsx?before=1&after=1"))
    assert "不能逐行对照" in lines


def test_a_period_has_no_more_files_than_a_person_can_look_through(office: Office, person: Person, period: str) -> None:
    sha256 = blobs.put(office.desk.store, b"x")
    free = MOST_FILES - len(names(office, period))
    uploads = [Upload(name=f"{number}.xlsx", sha256=sha256, size=1) for number in range(free + 1)]
    with pytest.raises(ReportError) as fault:
        setting_files.upload(office.desk, person, period.rpartition("/")[2], uploads)
    assert [problem.code for problem in fault.value.problems] == ["service.too-many-files"]
    assert setting_files.upload(office.desk, person, period.rpartition("/")[2], uploads[:free])


@pytest.mark.row("H2", "refused")
@pytest.mark.parametrize(
    "name",
    ["../a.yaml", "/etc/passwd", "C:\\a.yaml", "a/../b.yaml", "~/a.yaml", "a//b.yaml", ".a.yaml", "con.yaml",
     "a\0.yaml", "", "a/", "一" * 100 + ".yaml", "a\n.yaml", "a\u202eb.yaml"],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_none_of_a_setting_file(name: str) -> None:
    with pytest.raises(InputError) as fault:
        setting_name(name)
    assert [problem.code for problem in fault.value.problems] == ["service.wrong-name"]


def test_what_stands_outside_cannot_be_asked_for_by_its_name(client: Client, period: str) -> None:
    for name in ("../../reportgen.db", "..%2f..%2freportgen.db", "%2fetc%2fpasswd", "没有.yaml"):
        for address in (f"{period}/files/{name}", f"{period}/file-versions/1/{name}"):
            assert client.get(address).status_code == 404


# ---- who may


def test_only_the_office_sees_setting_files(office: Office, period: str) -> None:
    unit = office.client(office.person(Role.UNIT, "区教育局"))
    for address in (f"{period}/files", f"{period}/files/配置.yaml", f"{period}/file-versions/1/配置.yaml"):
        assert unit.get(address).status_code in (403, 404)
    assert unit.post(f"{period}/files/配置.yaml", data={"seen": 1, "text": "x"}).status_code in (403, 404)
    assert office.anybody().get(f"{period}/files").status_code == 303
    mine = office.client(office.person())
    assert mine.get(f"/periods/{'0' * 32}/files").status_code == 404


# ---- lines


def test_lines_that_differ_stand_with_those_around_them() -> None:
    before = "".join(f"{number}\n" for number in range(1, 41))
    after = before.replace("20\n", "20a\n20b\n").replace("40\n", "")
    lines = line_differences(before, after)
    assert lines is not None
    assert [(line.kind, line.text) for line in lines] == [
        ("where", "第 17 行起"), ("same", "17"), ("same", "18"), ("same", "19"), ("less", "20"), ("more", "20a"),
        ("more", "20b"), ("same", "21"), ("same", "22"), ("same", "23"),
        ("where", "第 38 行起"), ("same", "37"), ("same", "38"), ("same", "39"), ("less", "40"),
    ]  # fmt: skip
    assert [(line.before, line.after) for line in lines[4:6]] == [(20, None), (None, 20)]
    assert line_differences(before, before) == ()
    assert line_differences(before, "\n" * (MOST_LINES + 1)) is None


def test_texts_that_could_take_for_ever_do_not() -> None:
    lines = line_differences("a\n" * MOST_LINES, "a\nb\n" * (MOST_LINES // 2))
    assert lines is not None
    assert sum(line.kind == "more" for line in lines) >= MOST_LINES // 2


@pytest.mark.row("H2")
@pytest.mark.usefixtures("period")
def test_the_data_folder_holds_no_file_by_a_name_that_somebody_gave(office: Office) -> None:
    assert {len(path.name) for path in Path(office.desk.store.folder, "files").glob("*/*")} == {64}


def test_the_limits_of_setting_files_stand_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"最多 {MOST_FILES} 份设置文件" in text
    assert f"文字最大 {MOST_BYTES // 1024} KB" in text
