"""A service that all tests of a process share, with a model of made-up packages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.running import Service, serving

TOKEN = "a-token-of-the-tests-0123456789"


@pytest.fixture(scope="session")
def service(model_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Run the service as it is by default, on 127.0.0.1; its one version is called ``model``."""
    folder = tmp_path_factory.mktemp("service")
    with serving(folder, model_uri, (folder / "store").as_uri()) as running:
        yield running


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    """Return a file with a token."""
    file = tmp_path / "operator"
    file.write_text(f"{TOKEN}\n")
    return file
