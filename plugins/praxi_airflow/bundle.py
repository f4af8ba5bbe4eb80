"""The Dags of the installed package, as a Dag bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from airflow.dag_processing.bundles.local import LocalDagBundle

_HERE: Final = Path(__file__).resolve().parent
# Installed, the Dags lie inside the package; in a checkout, in the folder `dags`.
_FOLDERS: Final = (_HERE / "dags", _HERE.parents[1] / "dags")


class PraxiDagBundle(LocalDagBundle):
    """The Dags that come with Praxi; it needs no path, and an upgrade of the package renews it.

    Its entry in Airflow's setting ``[dag_processor] dag_bundle_config_list``::

        {"name": "praxi", "classpath": "praxi_airflow.bundle.PraxiDagBundle", "kwargs": {}}
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(path=str(next(filter(Path.is_dir, _FOLDERS))), **kwargs)
