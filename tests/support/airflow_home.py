"""An Airflow home of the tests' own: import this before anything imports Airflow.

Airflow reads where its home is when it is first imported, and makes ``~/airflow`` if nobody says.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from demo.airflow import LOCAL_SETTINGS

ROOT: Final = Path(__file__).resolve().parent.parent.parent
HOME: Final = Path(tempfile.mkdtemp(prefix="praxi-airflow-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)


def environment(home: Path) -> dict[str, str]:
    """Return the variables of an Airflow whose home is ``home`` and whose Dags and plugins are the tree's."""
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "180",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db?timeout=60",
        "AIRFLOW__PRAXI__TASK_PYTHON": str(ROOT / ".venv-tasks" / "bin" / "python"),
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, LOCAL_SETTINGS))),
    }


os.environ.update({name: value for name, value in environment(HOME).items() if name != "PYTHONPATH"})
