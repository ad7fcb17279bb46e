"""The setting files of a period (设置文件): looked at, changed, with their history, and taken back."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import Field

from reportgen.service.api.answering import CHANGE, LOOK, routes_of
from reportgen.service.api.asked import (
    FileName,
    OfficeAsked,
    Outcome,
    PeriodId,
    SentFiles,
    in_path,
    many_files,
)
from reportgen.service.api.files import DOWNLOAD, download
from reportgen.service.api.shapes import Moment, ProblemShape, Shape, Wanted
from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.model import SettingFile
from reportgen.service.office.setting import setting_copies, setting_files
from reportgen.service.office.setting.setting_roles import Used
from reportgen.service.office.uploads import taken_in

router = routes_of("设置文件")

_NOTE = {"type": "string", "maxLength": 200, "description": "为什么改", "example": "按新的版式"}
_VERSION = "第几版"
Version = Annotated[int | None, Query(ge=1, le=1_000_000_000, description="第几版；不写则是现用的")]


class SettingFileShape(Shape):
    """One version of a setting file (设置文件的一版)."""

    name: str
    version: int
    size: int
    sha256: str
    author: str
    at: Moment
    note: str
    restored_from: int | None
    """退回的是第几版"""
    url: str
    """下载地址"""


class HeldShape(SettingFileShape):
    """A setting file in the list (一份设置文件)."""

    label: str
    """作什么用；没有用到的为空"""
    is_text: bool
    """能不能在线改"""


class UsedShape(Shape):
    """What the configuration uses (所用的文件)."""

    key: str
    """配置里的键"""
    label: str
    name: str


class SettingsShape(Shape):
    """The setting files of a period (全部设置文件)."""

    files: list[HeldShape]
    bundled: list[UsedShape]
    """用的是程序自带的"""
    missing: list[UsedShape]
    """配置提到了、还没有传的"""
    problems: list[ProblemShape]
    """配置不能用时，为什么"""


class OpenedShape(Shape):
    """A setting file that was opened (打开的设置文件)."""

    file: SettingFileShape
    label: str
    text: str | None
    """文字；不是文字的为 null"""
    versions: list[SettingFileShape]
    """全部各版，新的在前"""


class LineShape(Shape):
    """One line (一行)."""

    kind: Annotated[
        Literal["same", "less", "more", "where"],
        Field(description="same 相同，less 只在前一版，more 只在后一版，where 从第几行起"),
    ]
    text: str
    before: int | None
    after: int | None


class DifferencesShape(Shape):
    """What two versions say differently (逐行差别)."""

    lines: list[LineShape] | None
    """不能逐行比的为 null"""


class NewText(Wanted, json_schema_extra={"example": {"text": "year: 2026\n", "version": 1, "note": "改年份"}}):
    """A text as it is to be (改文字)."""

    text: Annotated[str, Field(description="改后的全文")]
    version: Annotated[int, Field(ge=1, description="改的是第几版；别人先改过就答 409")]
    note: Annotated[str, Field(max_length=200, description="为什么改")] = ""


class Restored(Wanted, json_schema_extra={"example": {"version": 1}}):
    """Which version is taken back (退回哪一版)."""

    version: Annotated[int, Field(ge=1, le=1_000_000_000, description=_VERSION)]


class Copied(Wanted, json_schema_extra={"example": {"key": "template"}}):
    """Of what the office wants a copy of its own (做一份自己的)."""

    key: Annotated[str, Field(min_length=1, max_length=100, description="配置里的键，见 bundled")]


class SavedSettingsShape(Shape):
    """New versions (新的各版)."""

    files: list[SettingFileShape]


def setting_shape(file: SettingFile) -> SettingFileShape:
    """A version for programs (设置文件的一版)."""
    names = ("name", "version", "size", "sha256", "author", "at", "note", "restored_from")
    url = f"/api/periods/{file.period}/setting-files/{in_path(file.name)}?version={file.version}"
    return SettingFileShape(**{name: getattr(file, name) for name in names}, url=url)


def _used(found: tuple[Used, ...]) -> list[UsedShape]:
    return [UsedShape(key=each.key, label=each.label, name=each.name) for each in found]


@router.get("/periods/{period}/settings", summary="全部设置文件", responses=LOOK, response_model=SettingsShape)
def all_files(desk: TheDesk, person: OfficePerson, period: PeriodId) -> SettingsShape:
    """配置在前；模板、版式、规则等可以是程序自带的，也可以是自己的。"""
    found = setting_files.all_files(desk, person, period)
    return SettingsShape(
        files=[
            HeldShape(**setting_shape(each.file).model_dump(), label=each.label, is_text=each.is_text)
            for each in found.files
        ],
        bundled=_used(found.bundled),
        missing=_used(found.missing),
        problems=[ProblemShape.model_validate(each.as_json()) for each in found.problems],
    )


@router.post(
    "/periods/{period}/settings",
    summary="传设置文件",
    status_code=201,
    responses=CHANGE,
    response_model=SavedSettingsShape,
    openapi_extra=many_files(note=_NOTE),
)
def upload(asked: OfficeAsked, period: PeriodId, sent: SentFiles) -> Response:
    """同名的成为新的一版；有一份不对就都不存。"""
    uploads = [taken_in(asked.desk, each.name, each.file) for each in sent.files]
    note = sent.fields.get("note", "")[:200]

    def act() -> Outcome:
        made = setting_files.upload(asked.desk, asked.person, period, uploads, note)
        told = SavedSettingsShape(files=[setting_shape(each) for each in made])
        return Outcome(told=told, status=201, location=f"/api/periods/{period}/settings")

    return asked.once([note, [(each.name, each.sha256) for each in uploads]], act)


@router.post(
    "/periods/{period}/settings/copies",
    summary="做一份自己的",
    status_code=201,
    responses=CHANGE,
    response_model=SettingFileShape,
)
def own_copy(asked: OfficeAsked, period: PeriodId, wanted: Copied) -> Response:
    """把程序自带的模板等复制一份，配置改用它；报告不变，以后可以改。"""

    def act() -> Outcome:
        made = setting_copies.own_copy(asked.desk, asked.person, period, wanted.key)
        return Outcome(told=setting_shape(made), status=201)

    return asked.once(wanted.model_dump(), act)


@router.get(
    "/periods/{period}/settings/{name:path}", summary="打开设置文件", responses=LOOK, response_model=OpenedShape
)
def the_file(
    desk: TheDesk, person: OfficePerson, period: PeriodId, name: FileName, version: Version = None
) -> OpenedShape:
    """文字和历史各版。"""
    found = setting_files.the_file(desk, person, period, name, version)
    return OpenedShape(
        file=setting_shape(found.file),
        label=found.label,
        text=found.text,
        versions=[setting_shape(each) for each in found.versions],
    )


@router.put(
    "/periods/{period}/settings/{name:path}", summary="改设置文件", responses=CHANGE, response_model=SettingFileShape
)
def save_text(
    desk: TheDesk, person: OfficePerson, period: PeriodId, name: FileName, wanted: NewText
) -> SettingFileShape:
    """存为新的一版；写错的不存，说明在第几行。"""
    saved = setting_files.save_text(desk, person, period, name, wanted.text, wanted.version, wanted.note)
    return setting_shape(saved)


@router.get(
    "/periods/{period}/setting-files/{name:path}",
    summary="下载设置文件",
    responses=DOWNLOAD,
    response_class=Response,
)
def blob(
    request: Request, desk: TheDesk, person: OfficePerson, period: PeriodId, name: FileName, version: Version = None
) -> Response:
    """各版都可以下载。"""
    file, path = setting_files.blob_of(desk, person, period, name, version)
    return download(request, path, file.name, file.sha256)


@router.post(
    "/periods/{period}/setting-restores/{name:path}",
    summary="退回设置文件旧版",
    responses=CHANGE,
    response_model=SettingFileShape,
)
def restore(asked: OfficeAsked, period: PeriodId, name: FileName, wanted: Restored) -> Response:
    """旧版成为新的一版，中间各版都还在。"""

    def act() -> Outcome:
        made = setting_files.restore(asked.desk, asked.person, period, name, wanted.version)
        return Outcome(told=setting_shape(made))

    return asked.once(wanted.model_dump(), act)


@router.get(
    "/periods/{period}/setting-differences/{name:path}",
    summary="看设置文件两版的差别",
    responses=LOOK,
    response_model=DifferencesShape,
)
def differences(
    desk: TheDesk,
    person: OfficePerson,
    period: PeriodId,
    name: FileName,
    before: Annotated[int, Query(ge=1, le=1_000_000_000, description="前一版是第几版")],
    after: Annotated[int, Query(ge=1, le=1_000_000_000, description="后一版是第几版")],
) -> DifferencesShape:
    """逐行，只给有差别的前后几行。"""
    found = setting_files.differences(desk, person, period, name, before, after)
    names = ("kind", "text", "before", "after")
    if found is None:
        return DifferencesShape(lines=None)
    return DifferencesShape(lines=[LineShape(**{part: getattr(each, part) for part in names}) for each in found])
