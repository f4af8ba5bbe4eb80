"""The report as one HTML page that opens anywhere: no scripts from elsewhere, no network."""

from __future__ import annotations

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from praxi_tasks.audit.reported import AuditReport, ReportedImage, Source, State, sum_unexplained
from praxi_tasks.audit.table import package_of, packages

_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("praxi_tasks.audit"),
    autoescape=select_autoescape(["html"], default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def report_page(report: AuditReport) -> str:
    """Return the page; every name in it is escaped, for images are named by strangers."""
    template = _ENVIRONMENT.get_template("report.html")
    return template.render(
        report=report,
        counts={state.value: report.count(state) for state in State},
        images=[_image(image, report) for image in report.images],
    )


def _image(image: ReportedImage, report: AuditReport) -> dict[str, object]:
    layers = report.layers_of(image)
    seen, claimed = packages(layers, Source.FINGERPRINT), packages(layers, Source.INVENTORY)
    return {
        "image": image,
        "layers": layers,
        "seen": len(seen),
        "claimed": len(claimed),
        "hidden": seen - claimed,
        "unexplained": sum_unexplained(layers),
        "package_of": package_of,
    }
