"""Browsers of people with different rights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

Browser = Callable[..., TestClient]
SITE = "http://testserver"


@pytest.fixture
def browser(server: FastAPI) -> Browser:
    """Return a function that makes the browser of a person with a role, on one of our pages."""

    def made(role: str | None, name: str = "ann", *, own_page: bool = True) -> TestClient:
        from airflow.api_fastapi.app import get_auth_manager
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

        from praxi_airflow.web.actions.origin import HEADER, form_token

        client = TestClient(server, base_url=SITE, follow_redirects=False)
        user = SimpleAuthManagerUser(username=name, role=role)
        if role is not None:
            client.cookies.set("_token", get_auth_manager().generate_jwt(user))
        if own_page:
            client.headers.update({"Sec-Fetch-Site": "same-origin", HEADER: form_token(user)})
        return client

    return made
