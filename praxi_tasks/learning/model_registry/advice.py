"""What to do about an MLflow server that refuses."""

from __future__ import annotations

from typing import Final

_NAME: Final = "start MLflow with --allowed-hosts naming this address, or ask it by a name that it takes"
_CREDENTIALS: Final = "check MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
_PATH: Final = "check the path in the setting mlflow_uri"
_OTHERS: Final = "see its log and its permissions"
_BY_STATUS: Final = {401: _CREDENTIALS, 404: _PATH, 405: _PATH}


def advice(status: int, said: str) -> str:
    """Return what to do about a refusal with a status and a text.

    MLflow from 3.5 on takes requests to ``localhost`` and private addresses alone, and says so of the header
    by which it is named: a Service of Kubernetes is neither.
    """
    return _NAME if "Host header" in said else _BY_STATUS.get(status, _OTHERS)
