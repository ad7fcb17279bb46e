"""What a route of the API is asked (请求): by whom, under which key, about which id, with which files."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, BinaryIO, cast
from urllib.parse import quote

from fastapi import Depends, Header, Path, Query, Request, Response
from pydantic import AfterValidator, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from reportgen.problems import InputError, error
from reportgen.service.api.shapes import Shape
from reportgen.service.doors.asking import AnyPerson, TheDesk
from reportgen.service.model import Person
from reportgen.service.office.desk import Desk, need_office
from reportgen.service.office.idempotency import Answer, fingerprint, once
from reportgen.service.refusals import Refusal, not_found

MULTIPART, RAW = "multipart/form-data", "application/octet-stream"
# What is larger waits on the disk.
_IN_MEMORY = 1 << 20
_MOST_FIELDS = 20


class WrongContent(Refusal):
    """The body is none that this route takes (不收的内容)."""

    status = 415


def _id(text: str) -> str:
    # Nothing else can be one; no database is asked for it.
    if not re.fullmatch(r"[0-9a-f]{32}", text):
        raise not_found("这个编号")
    return text


_IS_ID = Field(json_schema_extra={"pattern": "^[0-9a-f]{32}$"})
PeriodId = Annotated[str, Path(description="期次的 id"), AfterValidator(_id), _IS_ID]
JobId = Annotated[str, Path(description="任务的 id"), AfterValidator(_id), _IS_ID]
AnyId = Annotated[str, Path(description="编号"), AfterValidator(_id), _IS_ID]


def _label(text: str) -> str:
    if not text.strip() or len(text) > 200 or any(ord(each) < 32 or 0xD800 <= ord(each) < 0xE000 for each in text):
        raise not_found("这个名称")
    return text


UnitName = Annotated[str, Path(description="单位名称，与台账里的写法一致"), AfterValidator(_label)]
FileName = Annotated[str, Path(description="文件名，可带文件夹"), AfterValidator(_label)]

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="自定的编号；用同一编号重发，不会办两次",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a request has come to (办理结果)."""

    told: Shape
    status: int = 200
    location: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a change (办理请求), and under which key."""

    request: Request
    desk: Desk
    person: Person
    key: str | None

    def once(self, sent: Any, act: Callable[[], Outcome]) -> Response:
        """The answer to this request (只办一次): `sent` is all that was sent with it, as plain JSON."""
        if self.key is None:
            return _response(_answer(act()))
        print_ = fingerprint(self.request.method, self.request.url.path, sent)
        answer, is_older = once(self.desk, self.person, self.key, print_, lambda: _answer(act()))
        return _response(answer, {"Idempotency-Replayed": "true"} if is_older else {})


def _answer(outcome: Outcome) -> Answer:
    headers = {"Location": outcome.location} if outcome.location else {}
    return Answer(status=outcome.status, body=outcome.told.model_dump_json(), headers=headers)


def _response(answer: Answer, more: Mapping[str, str] | None = None) -> Response:
    headers = {**answer.headers, **(more or {})}
    return Response(answer.body.encode(), answer.status, headers, media_type="application/json")


def _asked(request: Request, desk: TheDesk, person: AnyPerson, key: Key = None) -> Asked:
    return Asked(request, desk, person, key)


TheAsked = Annotated[Asked, Depends(_asked)]


def _office_asked(asked: TheAsked) -> Asked:
    need_office(asked.person)
    return asked


OfficeAsked = Annotated[Asked, Depends(_office_asked)]
"""The same by somebody of the office (督查办的请求): where files are kept before anything else is looked at."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came in (传来的文件): what it was called, and its bytes, which wait on the disk."""

    name: str
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class SentForm:
    """A form with files (传来的表单)."""

    files: list[Sent]
    fields: Mapping[str, str] = field(default_factory=dict)


async def _sent_file(
    request: Request,
    person: AnyPerson,
    name: Annotated[str, Query(max_length=300, description="直接传内容时，文件叫什么")] = "",
) -> AsyncIterator[SentForm]:
    """One file: as the part `file` of a form, or as the whole body."""
    if _content(request) != RAW:
        async for form in _form(request, 1):
            yield form
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        async for chunk in request.stream():
            await run_in_threadpool(file.write, chunk)
        if not file.tell():
            raise _no_file()
        await run_in_threadpool(file.seek, 0)
        yield SentForm([Sent(name, cast(BinaryIO, file))])


async def _sent_files(request: Request, person: AnyPerson) -> AsyncIterator[SentForm]:
    """Several files, each as a part `files` of a form."""
    async for form in _form(request, 200):
        yield form


async def _form(request: Request, most: int) -> AsyncIterator[SentForm]:
    if _content(request) != MULTIPART:
        what = "要传的是文件，这个请求里没有"
        raise WrongContent([error("service.wrong-content", what, f"请用 {MULTIPART}，如 curl -F file=@台账.xlsx")])
    async with request.form(max_files=most, max_fields=_MOST_FIELDS, max_part_size=64 * 1024) as form:
        files = [
            Sent(value.filename or "", value.file)
            for name, value in form.multi_items()
            if isinstance(value, UploadFile) and name in ("file", "files")
        ]
        if not files:
            raise _no_file()
        yield SentForm(files, {name: value for name, value in form.multi_items() if isinstance(value, str)})


def _no_file() -> InputError:
    return InputError([error("service.no-file", "没有收到文件，或文件是空的", "请选好文件再传；表单里的名称是 file")])


def _content(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


SentFile = Annotated[SentForm, Depends(_sent_file)]
SentFiles = Annotated[SentForm, Depends(_sent_files)]

_FILE = {"type": "string", "format": "binary", "description": "文件"}
_ONE = {"type": "object", "required": ["file"], "properties": {"file": {**_FILE, "example": "@台账.xlsx"}}}
ONE_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "文件的内容：作为表单的一项，或直接作为请求体",
        "content": {MULTIPART: {"schema": _ONE}, RAW: {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""How a route that takes one file is described (传一份文件)."""


def many_files(**fields: Mapping[str, Any]) -> dict[str, Any]:
    """How a route that takes several files is described (传多份文件), with the other fields of its form."""
    files = {"type": "array", "items": _FILE, "minItems": 1, "description": "文件，可以多份", "example": "@文件"}
    schema = {"type": "object", "required": ["files"], "properties": {"files": files, **fields}}
    return {"requestBody": {"required": True, "content": {MULTIPART: {"schema": schema}}}}


def in_path(name: str) -> str:
    """A name as a part of an address (地址中的名称)."""
    return quote(name, safe="/")
