"""The API explained (接口说明): every route, out of the OpenAPI description, each with a line for curl.

The page describes what the service really has: nothing of it is written twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from reportgen.service.doors.asking import AnyPerson
from reportgen.service.pages.rendering import page

router = APIRouter(include_in_schema=False)

WALK = """\
BASE=http://127.0.0.1:8765
TOKEN=在「账号」页领取的令牌
# 1 新建期次：用程序自带的样例；应答里的 id 记作 PERIOD
curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
  -d '{"sample": "qingping-2026h1"}' "$BASE/api/periods"
# 2 传台账，传完自动检查；应答里的 job.id 记作 CHECK
curl -H "Authorization: Bearer $TOKEN" -F "file=@台账.xlsx" "$BASE/api/periods/$PERIOD/ledgers"
# 3 等检查完，最多等 20 秒；没有完就再问一次
curl -H "Authorization: Bearer $TOKEN" "$BASE/api/jobs/$CHECK?wait=20"
# 4 看问题
curl -H "Authorization: Bearer $TOKEN" "$BASE/api/periods/$PERIOD/problems"
# 5 生成报告；应答里的 id 记作 JOB
curl -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: 2026h1-1" -X POST "$BASE/api/periods/$PERIOD/builds"
# 6 等做完
curl -H "Authorization: Bearer $TOKEN" "$BASE/api/jobs/$JOB?wait=20"
# 7 下载报告
curl -H "Authorization: Bearer $TOKEN" -o 报告.docx "$BASE/api/periods/$PERIOD/report/docx"
curl -H "Authorization: Bearer $TOKEN" -o 报告.pdf "$BASE/api/periods/$PERIOD/report/pdf"
"""
"""One whole way through the API, as lines for a shell (走一遍); a test runs them as they stand."""

_TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "true 或 false",
    "array": "清单",
    "object": "键和值",
    "null": "null",
}
_PLACES = {"path": "网址里", "query": "问号后", "header": "请求头"}


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is sent with a request (请求里的一项)."""

    name: str
    place: str
    kind: str
    is_needed: bool
    says: str


@dataclass(frozen=True, slots=True)
class Described:
    """A route as the guide tells it (一个地址)."""

    method: str
    path: str
    summary: str
    says: str
    parts: tuple[Part, ...]
    curl: str
    answers: tuple[tuple[str, str], ...]

    @property
    def anchor(self) -> str:
        """Where on the page it stands."""
        return f"{self.method.lower()}{self.path.replace('/', '-').replace('{', '').replace('}', '')}"


@router.get("/api/guide")
def guide(request: Request, person: AnyPerson) -> HTMLResponse:
    """The page of all routes (接口说明页)."""
    schema = request.app.openapi()
    return page(request, "api-guide", groups=described(schema), walk=WALK, version=schema["info"]["version"])


def described(schema: Mapping[str, Any]) -> dict[str, list[Described]]:
    """All routes by the noun that they are about, in the order in which they are written (按内容分组)."""
    groups: dict[str, list[Described]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            tag = operation.get("tags", ["其他"])[0]
            groups.setdefault(tag, []).append(_described(schema, path, method.upper(), operation))
    return groups


def _described(schema: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> Described:
    parts = [
        Part(
            each["name"],
            _PLACES.get(each["in"], each["in"]),
            _kind(schema, each["schema"]),
            each.get("required", False),
            each.get("description", ""),
        )
        for each in operation.get("parameters", ())
    ]
    contents = operation.get("requestBody", {}).get("content", {})
    for content, media in contents.items():
        parts += _body_parts(schema, content, media.get("schema", {}))
    answers = tuple((status, each.get("description", "")) for status, each in operation.get("responses", {}).items())
    curl = curl_line(schema, path, method, contents, _gives_file(operation))
    return Described(
        method, path, operation.get("summary", ""), operation.get("description", ""), tuple(parts), curl, answers
    )


def _gives_file(operation: Mapping[str, Any]) -> bool:
    contents = operation.get("responses", {}).get("200", {}).get("content", {})
    return "*/*" in contents


def _body_parts(schema: Mapping[str, Any], content: str, body: Mapping[str, Any]) -> Iterator[Part]:
    found = _resolved(schema, body)
    place = {"application/json": "JSON", "multipart/form-data": "表单"}.get(content, content)
    if content == "application/octet-stream":
        yield Part("（整个请求体）", place, "文件", True, found.get("description", ""))
    for name, each in found.get("properties", {}).items():
        is_needed = name in found.get("required", ())
        yield Part(name, place, _kind(schema, each), is_needed, each.get("description", ""))


def _resolved(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in part:
        part = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return part


def _kind(schema: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    found = _resolved(schema, part)
    if values := found.get("enum") or ([found["const"]] if "const" in found else None):
        return "、".join(str(value) for value in values)
    if choices := found.get("anyOf") or found.get("oneOf"):
        return "，或 ".join(dict.fromkeys(_kind(schema, choice) for choice in choices))
    if found.get("format") == "binary" or "contentMediaType" in found:
        return "文件"
    kind = _TYPES.get(found.get("type", ""), "任意")
    if found.get("type") == "array":
        kind = f"{kind}（{_kind(schema, found.get('items', {}))}）"
    return kind


def curl_line(
    schema: Mapping[str, Any], path: str, method: str, contents: Mapping[str, Any], gives_file: bool = False
) -> str:
    """The line for a shell that asks this route (curl 示例); what stands in braces in the path is a variable."""
    words = ["curl", '-H "Authorization: Bearer $TOKEN"']
    if "application/json" in contents:
        media = contents["application/json"]
        example = media.get("example") or _resolved(schema, media.get("schema", {})).get("example", {})
        text = json.dumps(example, ensure_ascii=False).replace("'", "'\\''")
        words += ['-H "Content-Type: application/json"', f"-d '{text}'"]
    elif "multipart/form-data" in contents:
        found = _resolved(schema, contents["multipart/form-data"].get("schema", {}))
        for name, each in found.get("properties", {}).items():
            if name in found.get("required", ()):
                example = each.get("example", "@文件" if "文件" in _kind(schema, each) else "…")
                words.append(f'-F "{name}={example}"')
    if method not in ("GET", "POST") or (method == "POST" and not contents):
        words.append(f"-X {method}")
    if gives_file:
        words.append("-OJ")
    for name in [piece.split("}")[0] for piece in path.split("{")[1:]]:
        path = path.replace(f"{{{name}}}", "$" + name.partition(":")[0].upper())
    return " ".join([*words, f'"$BASE{path}"'])
