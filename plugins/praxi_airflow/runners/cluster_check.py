"""Checks that something listens at the cluster's address, before requests are retried for minutes.

Airflow repeats a request that fails for as long as ``[workers] api_retries`` says, minutes where that is
meant to outlast a restart of the API server. An address at which nothing listens is reported sooner.
"""

from __future__ import annotations

import logging
import socket
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

logger = logging.getLogger(__name__)

PAUSES: Final = (1.0, 3.0, 6.0)
_TIMEOUT: Final = 5.0
_PORTS: Final = {"http": 80, "https": 443}


def require_cluster(operator: KubernetesPodOperator) -> None:
    """Return once something listens at the address of the operator's cluster.

    Behind a proxy nothing is tried: what is reached there says nothing about the cluster.

    Raises
    ------
    OSError
        If nothing does, half a minute at most after the first try.
    """
    configuration = operator.client.api_client.configuration
    if configuration.proxy:
        return
    address = urlsplit(configuration.host)
    place = (address.hostname or "", address.port or _PORTS.get(address.scheme, 443))
    for pause in PAUSES:
        try:
            socket.create_connection(place, timeout=_TIMEOUT).close()
        except OSError as error:
            logger.warning("%s: %s; trying again in %.0f s", configuration.host, error, pause)
            time.sleep(pause)
        else:
            return
    socket.create_connection(place, timeout=_TIMEOUT).close()
