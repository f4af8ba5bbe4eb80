from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from praxi_airflow.operators.task import PraxiTaskOperator
from praxi_tasks.store import open_store
from tests.airflow.conftest import Configure
from tests.airflow.runners.test_process import interpreter
from tests.support.airflow_home import HOME, ROOT, environment

RUN = "scheduled__2026-03-01T00:00:00+00:00"
KEY = "scheduled__2026-03-01T00=3A00=3A00+00=3A00"


def execute(operator: PraxiTaskOperator, *, try_number: int = 1, retries: int = 2) -> object:
    context: Any = {"run_id": RUN, "ti": SimpleNamespace(try_number=try_number, max_tries=retries)}
    return operator.execute(context)


@pytest.fixture
def script(tmp_path: Path, configure: Configure, store_folder: Path) -> Any:
    """Return a function that makes a shell script stand where the tasks' interpreter does."""

    def write(text: str) -> None:
        configure(task_python=interpreter(tmp_path, text))

    return write


def test_success_returns_nothing(script: Any) -> None:
    script("exit 0")
    assert execute(PraxiTaskOperator(task_id="t", command="report")) is None


@pytest.mark.parametrize("code", [1, 2, 64, 126, 127])
def test_a_final_exit_code_fails_the_task(script: Any, code: int) -> None:
    script(f"exit {code}")
    with pytest.raises(AirflowFailException, match=f"praxi report ended with exit code {code}"):
        execute(PraxiTaskOperator(task_id="t", command="report"))


@pytest.mark.parametrize("end", ["exit 75", "kill -9 $$", "exit 137", "exit 143"])
def test_a_retryable_end_is_a_retry(script: Any, end: str) -> None:
    script(end)
    with pytest.raises(AirflowException) as caught:
        execute(PraxiTaskOperator(task_id="t", command="report"))
    assert not isinstance(caught.value, AirflowFailException)


@pytest.mark.parametrize(("retries", "told"), [(0, "1"), (1, "01"), (2, "001"), (3, "0011"), (5, "000011")])
def test_a_command_is_told_of_its_last_try_and_keeps_a_spare_one(
    script: Any, tmp_path: Path, retries: int, told: str
) -> None:
    script(f'printf "%s" "${{PRAXI_LAST_TRY:-0}}" >> {tmp_path}/told')
    for number in range(1, retries + 2):
        execute(PraxiTaskOperator(task_id="t", command="report"), try_number=number, retries=retries)
    assert (tmp_path / "told").read_text() == told


def test_a_command_has_its_run_its_arguments_and_its_batch(script: Any, tmp_path: Path) -> None:
    script(f'printf "%s\n" "$@" "$PRAXI_STORE" "$PRAXI_MODEL" "$PRAXI_STARTER_MODEL" > {tmp_path}/told')
    execute(PraxiTaskOperator(task_id="t", command="fingerprint", arguments=["--a=1", "", "--b"], batch=0))
    store, model = (tmp_path / "store").as_uri(), (ROOT / ".praxi" / "model").as_uri()
    champion = "models:/praxi@champion"
    words = ["fingerprint", "--run", KEY, "--a=1", "--b", "--batch", "0", store, champion, model]
    assert (tmp_path / "told").read_text().splitlines() == ["-m", "praxi_tasks", *words]


@pytest.mark.parametrize(
    "params",
    [
        {"list": "file:///proc/self/environ"},
        {"list": " s3://elsewhere/list.txt\n"},
        {"model": "file:///proc/self/environ"},
        {"model": "/etc"},
        {"request": "file:///etc/passwd"},
        {"request": "nowhere"},
        {"images": ["oci:/etc"]},
    ],
)
def test_nothing_starts_that_would_read_outside_the_readable_places(
    script: Any, tmp_path: Path, params: dict[str, Any]
) -> None:
    script(f"touch {tmp_path}/started")
    context: Any = {"run_id": RUN, "ti": SimpleNamespace(try_number=1, max_tries=2), "params": params}
    with pytest.raises(AirflowFailException, match=f"may not read from there .{next(iter(params))}."):
        PraxiTaskOperator(task_id="t", command="plan").execute(context)
    assert not (tmp_path / "started").exists()


def test_the_store_the_models_and_what_a_setting_lists_are_readable(
    script: Any, tmp_path: Path, configure: Configure
) -> None:
    script(f'printf "%s" "$PRAXI_READABLE_ROOTS" > {tmp_path}/told')
    configure(readable_roots="s3://lists/praxi, file:///srv/a")
    store, model = (tmp_path / "store").as_uri(), (ROOT / ".praxi" / "model").as_uri()
    for params in (
        {"list": "s3://lists/praxi/a.txt", "model": "models:/praxi@challenger", "request": f"{store}/r.json"},
        {"list": "shop==1.0\nfarm==2.0", "model": f"{store}/models/1", "images": ["shop:1", "docker://a/b"]},
        {"list": None, "model": model, "images": None},
    ):
        context: Any = {"run_id": RUN, "ti": SimpleNamespace(try_number=1, max_tries=2), "params": params}
        PraxiTaskOperator(task_id="t", command="plan").execute(context)
    assert (tmp_path / "told").read_text() == f"{store} {model} s3://lists/praxi file:///srv/a"


def test_mirrors_reach_the_command(script: Any, tmp_path: Path, configure: Configure) -> None:
    script(f'printf "%s" "$PRAXI_REGISTRY_MIRRORS" > {tmp_path}/told')
    configure(registry_mirrors="docker.io=mirror.example/hub, svc:5000=route.example")
    execute(PraxiTaskOperator(task_id="t", command="plan"))
    assert (tmp_path / "told").read_text() == "docker.io=mirror.example/hub,svc:5000=route.example"


def test_the_result_document_is_returned(script: Any, tmp_path: Path) -> None:
    document = tmp_path / "store" / "audits" / KEY / "batches.json"
    script(f"mkdir -p {document.parent}; echo '[0, 1, 2]' > '{document}'")
    assert execute(PraxiTaskOperator(task_id="t", command="plan", result="batches.json")) == [0, 1, 2]


def test_a_command_that_leaves_no_result_is_an_error(script: Any) -> None:
    script("exit 0")
    with pytest.raises(AirflowFailException, match="key-not-found"):
        execute(PraxiTaskOperator(task_id="t", command="plan", result="batches.json"))


def test_a_damaged_result_is_an_error(script: Any, tmp_path: Path) -> None:
    script("exit 0")
    open_store((tmp_path / "store").as_uri()).put(f"audits/{KEY}/batches.json", b"[0, 1")
    with pytest.raises(AirflowFailException, match="corrupt-object"):
        execute(PraxiTaskOperator(task_id="t", command="plan", result="batches.json"))


def test_a_wrong_setting_fails_at_once(script: Any, configure: Configure) -> None:
    script("exit 0")
    configure(runner="docker")
    with pytest.raises(AirflowFailException, match="AIRFLOW__PRAXI__RUNNER"):
        execute(PraxiTaskOperator(task_id="t", command="plan"))


def test_a_missing_interpreter_fails_at_once(configure: Configure, store_folder: Path) -> None:
    configure(task_python="/no/such/python")
    with pytest.raises(AirflowFailException, match="AIRFLOW__PRAXI__TASK_PYTHON"):
        execute(PraxiTaskOperator(task_id="t", command="plan"))


def test_killing_before_anything_runs_is_harmless() -> None:
    PraxiTaskOperator(task_id="t", command="plan").on_kill()


class TestRealCommands:
    """The operator with the commands themselves, in the environment of the task image."""

    pytestmark = pytest.mark.needs(str(ROOT / ".venv-tasks" / "bin" / "python"))

    def test_a_registry_that_is_down_is_a_retry_until_the_last_try(
        self, store_folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from tests.support.process import free_port

        monkeypatch.setenv("PRAXI_REGISTRY_BACKOFF", "0.01")
        images = [{"image": f"127.0.0.1:{free_port()}/gone:1"}]
        open_store(str(store_folder)).put(f"audits/{KEY}/images.json", json.dumps(images).encode())
        plan = PraxiTaskOperator(task_id="t", command="plan", result="batches.json")
        with pytest.raises(AirflowException, match="exit code 75") as caught:
            execute(plan)
        assert not isinstance(caught.value, AirflowFailException)
        assert execute(plan, try_number=3) == []

    def test_a_run_without_images_is_final(self, store_folder: Path) -> None:
        with pytest.raises(AirflowFailException, match="exit code 1"):
            execute(PraxiTaskOperator(task_id="t", command="plan"))

    def test_arguments_that_make_no_sense_are_final(self, store_folder: Path) -> None:
        with pytest.raises(AirflowFailException, match="exit code 2"):
            execute(PraxiTaskOperator(task_id="t", command="plan", arguments=["--platform", "?"]))


def test_importing_the_operator_imports_no_kubernetes() -> None:
    code = "import sys, praxi_airflow.operators.task; print('kubernetes' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": "/usr/bin:/bin", **environment(HOME), "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert result.stdout.strip().splitlines()[-1] == "False"


def test_a_command_continues_the_trace_of_its_task_where_traces_are_wanted(
    script: Any, tmp_path: Path, configure: Configure
) -> None:
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, use_span

    names = ("TRACEPARENT", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_SERVICE_NAME")
    script("".join(f'echo "${name}" >> {tmp_path}/told; ' for name in names))
    task = NonRecordingSpan(SpanContext(0xA, 0xB, is_remote=True, trace_flags=TraceFlags(0)))
    with use_span(task):
        execute(PraxiTaskOperator(task_id="t", command="plan"))
        configure(otlp_endpoint="http://collector:4318")
        execute(PraxiTaskOperator(task_id="t", command="plan"))
    assert (tmp_path / "told").read_text().splitlines() == [
        *("", "", "", ""),
        f"00-{0xA:032x}-{0xB:016x}-01",  # sampled: Airflow records nothing here
        "http://collector:4318",
        "http/protobuf",
        "praxi-plan",
    ]
