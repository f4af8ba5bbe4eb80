"""The password of the demonstration's Airflow is its user's alone, from the first moment on."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.airflow import AirflowConfig
from tests.support import airflow_home

assert airflow_home.HOME  # imported for its effect, before anything imports Airflow


@pytest.fixture
def config(tmp_path: Path) -> AirflowConfig:
    return AirflowConfig(
        home=tmp_path,
        port=1,
        worker_log_port=2,
        trigger_log_port=3,
        prometheus="http://127.0.0.1:4",
        registry="127.0.0.1:5",
        store=tmp_path.as_uri(),
        model=tmp_path.as_uri(),
    )


def test_the_password_is_made_once_and_nobody_else_may_read_it(config: AirflowConfig) -> None:
    config.make_password()
    first = config.password()
    config.make_password()
    assert config.password() == first
    assert len(first) >= 16
    assert (config.home / "passwords.json").stat().st_mode & 0o777 == 0o600


def test_a_file_that_everybody_may_read_is_closed_and_kept(config: AirflowConfig) -> None:
    file = config.home / "passwords.json"
    file.write_text('{"admin": "from before"}')
    file.chmod(0o644)
    config.make_password()
    assert (config.password(), file.stat().st_mode & 0o777) == ("from before", 0o600)


def test_airflow_keeps_the_password_that_it_finds(
    config: AirflowConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    file = config.home / "passwords.json"
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", str(file))
    config.make_password()
    made = config.password()
    SimpleAuthManager().init()  # type: ignore[no-untyped-call]
    assert config.password() == made
    assert file.stat().st_mode & 0o777 == 0o600
