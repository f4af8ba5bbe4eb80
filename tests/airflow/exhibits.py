"""What there is to see on the pages beside what the small world's audits find: much of everything."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec

from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.findings.scope import Scope
from praxi_tasks.learning.model_registry import open_registry
from praxi_tasks.store import Store
from tests.airflow.looking import found_pages
from tests.airflow.web.actions.test_models import train
from tests.airflow.web.audits import put_audit
from tests.findings.audits import large_audit


def exhibit(store: Store, model: str) -> AssessedAudit:
    """Store an audit with many findings, and two versions of a model; return the audit.

    The audit stands apart from those with which Airflow's own runs are compared.
    """
    audit = msgspec.structs.replace(large_audit(12, 240, components=20), scope=Scope("local"))
    put_audit(store, audit)
    registry = open_registry(store.uri)
    for number, names in enumerate(((), ("flask", "jinja2")), 1):
        train(store, f"shown-{number}", str(number - 1), *names)
        registry.register(model, str(number) * 32, {"praxi.origin": f"shown-{number}"})
    registry.promote(registry.get("1"))
    return audit


def exhibited_pages(audit: AssessedAudit) -> dict[str, str]:
    """Return the pages about such an audit, with those of one finding and of one package."""
    image, asked = audit.images[0], {"audit": audit.run}
    finding, component = image.open_findings[0], image.components[0]
    about = {"kind": finding.kind, "id": finding.id, "subject": finding.package, **asked}
    package = {"ecosystem": component.ecosystem, "name": component.name, **asked}
    return {
        **found_pages(image.image, **asked),
        "finding": f"finding?{urlencode(about)}",
        "package": f"software?{urlencode(package)}",
    }
