"""Try everything that an installation stands on, and say what to do where it does not hold.

`airflow` tries what Airflow's own side uses: settings, store, Prometheus and its series, rights in
Kubernetes. `command` tries from where tasks run, as a pod or a process, what they use: store, the registries
of the images that the run names, feeds, the model and its versions.

**Triage.** A failed task's last line names what is in the way and what to do; the log has a line for each.
Nothing is changed but an object below `doctor/` in the store, which is deleted again.
"""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import Param, dag

from praxi_airflow import task_docs
from praxi_airflow.dag_defaults import default_args
from praxi_airflow.dag_teardown import swept
from praxi_airflow.operators import PraxiTaskOperator
from praxi_airflow.settings import load_settings
from praxi_airflow.tasks import examine_airflow

settings = load_settings()


@dag(
    dag_id="praxi_doctor",
    schedule=None,
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    max_active_runs=1,
    description="Try everything that audits stand on, and say what to do.",
    doc_md=__doc__,
    tags=["praxi"],
    default_args=default_args(settings),
    params={
        "images": Param(
            [],
            "Images to find in their registries, one reference a line.",
            title="Images",
            type=["null", "array"],
            items={"type": "string", "minLength": 1},
        ),
    },
)
def praxi_doctor() -> None:
    """Declare the two examinations."""
    airflow = PythonOperator(
        task_id="airflow", python_callable=examine_airflow, doc_md=task_docs.EXAMINE_AIRFLOW
    )
    command = PraxiTaskOperator(
        task_id="command",
        command="doctor",
        arguments=[
            f"--platform={settings.platform}",
            "{{ '--image=' ~ (params.images | join(' ')) if params.images else '' }}",
        ],
        result="doctor.json",
        doc_md=task_docs.EXAMINE_COMMAND,
    )
    swept(settings, airflow, command)


praxi_doctor()
