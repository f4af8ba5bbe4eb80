"""The connection types that Praxi adds to Airflow, with the fields of their forms."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final = {"type": ["string", "null"]}
_LIST: Final = {"type": ["array", "null"]}
_OBJECT: Final = {"type": ["object", "null"]}


def _field(label: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"label": label, "description": description, "schema": schema}


PROMETHEUS: Final[dict[str, Any]] = {
    "connection-type": "praxi_prometheus",
    "hook-class-name": "praxi_airflow.hooks.prometheus.PrometheusHook",
    "hook-name": "Prometheus (Praxi)",
    "ui-field-behaviour": {
        "hidden-fields": ["schema", "port"],
        "relabeling": {
            "host": "URL",
            "login": "User",
            "password": "Token or password",
        },
        "placeholders": {
            "host": "https://thanos.example/prefix",
            "login": "only for basic authentication",
            "password": "a bearer token; with a user, that user's password",
        },
    },
    "conn-fields": {
        "token_file": _field(
            "Token file", "Path of a token that rotates, instead of the password: a service account's.", _TEXT
        ),
        "ca": _field("CA bundle", "Path of a bundle of certificates to trust.", _TEXT),
        "verify": _field(
            "Verify the certificate", "Off to trust any.", {"type": ["boolean", "null"], "default": True}
        ),
        "timeout": _field(
            "Timeout",
            "Seconds that an answer may take.",
            {"type": ["number", "null"], "exclusiveMinimum": 0, "default": 60},
        ),
        "retries": _field(
            "Retries", "Tries after the first.", {"type": ["integer", "null"], "minimum": 0, "default": 4}
        ),
        "backoff": _field(
            "Backoff",
            "The first pause between two tries, in seconds; it doubles each time.",
            {"type": ["number", "null"], "minimum": 0, "default": 1},
        ),
        "cert": _field("Client certificate", "Path of a client certificate, in PEM.", _TEXT),
        "key": _field("Client key", "Path of the client certificate's key, in PEM.", _TEXT),
        "headers": _field(
            "Headers", 'Headers of every request, such as {"X-Scope-OrgID": "tenant"}.', _OBJECT
        ),
        "parameters": _field(
            "Parameters", 'Query parameters of every request, such as {"dedup": "true"}.', _OBJECT
        ),
        "proxy": _field("Proxy", "URL of an HTTP proxy before it.", _TEXT),
        "cluster": _field("Cluster", "The name of the one cluster that it speaks for.", _TEXT),
        "cluster_label": _field(
            "Cluster label", "Else the label that tells several clusters apart: cluster.", _TEXT
        ),
        "clusters": _field(
            "Clusters",
            'Of several clusters, the names of all: ["east", "west"]. One that is not named is not missed.',
            _LIST,
        ),
        "matchers": _field(
            "Matchers",
            'Label matchers of every query, such as cluster="prod" where a Thanos serves many clusters.',
            _TEXT,
        ),
    },
}

WEBHOOK: Final[dict[str, Any]] = {
    "connection-type": "praxi_webhook",
    "hook-class-name": "praxi_airflow.hooks.webhook.WebhookHook",
    "hook-name": "Praxi webhook",
    "ui-field-behaviour": {
        "hidden-fields": ["schema", "port", "login", "extra"],
        "relabeling": {"host": "Airflow's URL", "password": "Token"},
        "placeholders": {
            "host": "https://airflow.example: only to test the connection",
            "password": "what Alertmanager presents as a bearer token",
        },
    },
}

CONNECTION_TYPES: Final = [PROMETHEUS, WEBHOOK]
