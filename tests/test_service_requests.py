"""Requests that nobody thinks of (随机请求), made from the API's description: no server error, nothing undescribed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from reportgen.service.model import Role
from tests.ledger_files import TASK_HEAD, TASK_ROW, workbook
from tests.projects import CONFIG
from tests.reliability.tally import Tally
from tests.services import Service, serving

QUICK = settings(suppress_health_check=list(HealthCheck), database=None, deadline=None)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One that takes one job at a time of anybody: what is asked for here is not the work but the answers."""
    folder = tmp_path_factory.mktemp("requests") / "data"
    with serving(folder, mode="users", workers=1, queue_per_person=1, webhooks=["http://127.0.0.1:9/never"]) as running:
        yield running


def real_ones(service: Service, headers: Mapping[str, str]) -> dict[str, Any]:
    """What is really there, by the name of the parameter: half of the requests are about it."""
    api = requests.Session()
    api.trust_env = False
    api.headers.update(headers)
    files = [("files", ("配置.yaml", CONFIG.encode()))]
    period = api.post(f"{service.url}/api/periods/from-files", files=files).json()["id"]
    ledger = {"file": ("台账.xlsx", workbook({"重点任务": [TASK_HEAD, TASK_ROW]}))}
    job = api.post(f"{service.url}/api/periods/{period}/ledgers", files=ledger).json()["job"]["id"]
    assert api.get(f"{service.url}/api/jobs/{job}?wait=30").json()["state"] == "done"
    victim = service.person(Role.OFFICE).id
    return {
        "period": period, "job": job, "id": victim, "version": 1, "number": 1, "name": "配置.yaml", "unit": "区城管局",
        "format": "docx", "finding": "x", "token": victim,
    }  # fmt: skip


def tried(service: Service, examples: int) -> Counter[int]:
    """All operations with so many requests each; how often which status was answered."""
    headers = dict(service.with_token(service.person(Role.ADMIN)).headers)
    headers = {"Authorization": headers["authorization"]}
    real = real_ones(service, headers)
    described = requests.get(f"{service.url}/api/openapi.json", headers=headers, timeout=30).json()
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(described)))
    seen: Counter[int] = Counter()
    session = requests.Session()
    session.trust_env = False
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        known = {each.name: real[each.name] for each in operation.path_parameters}
        of_real: Any = {"path_parameters": known} if known else {}
        cases = st.one_of(
            operation.as_strategy(GenerationMode.POSITIVE, **of_real),
            operation.as_strategy(GenerationMode.NEGATIVE, **of_real) if takes_something(operation) else st.nothing(),
            operation.as_strategy(GenerationMode.POSITIVE),
        )

        @settings(QUICK, max_examples=examples)
        @given(case=cases)
        def ask(case: Any) -> None:
            answer = case.call(base_url=service.url, headers=headers, session=session, timeout=30)
            seen[answer.status_code] += 1
            case.validate_response(answer, excluded_checks=[positive_data_acceptance])

        ask()
    return seen


def takes_something(operation: Any) -> bool:
    """Whether there is anything beside the path that could be wrong."""
    return bool(list(operation.query) or list(operation.body))


@pytest.mark.row("H4")
def test_requests_that_nobody_thinks_of_get_described_answers(service: Service, tally: Tally) -> None:
    seen = tried(service, 3)
    assert sum(seen.values()) >= 200
    assert {200, 202, 404, 422} <= set(seen)
    assert max(seen) < 500
    assert "意外错误" not in service.log
    tally.survived(sum(seen.values()))


@pytest.mark.row("H4")
@pytest.mark.campaign
def test_two_thousand_such_requests_get_described_answers(service: Service, tally: Tally) -> None:
    seen = tried(service, 25)
    assert sum(seen.values()) >= 2000
    assert max(seen) < 500
    assert "意外错误" not in service.log
    tally.survived(sum(seen.values()))
