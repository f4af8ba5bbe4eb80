"""Completes components by the source package that their distribution's index names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.feeds import DistributionPackages, source_versions
from praxi_tasks.findings.image.fusion import FusedImage
from praxi_tasks.findings.packages import Component, own_namespace


def with_sources(image: FusedImage, packages: DistributionPackages) -> FusedImage:
    """Return the image with the source of every package of Debian or Alpine that only its files show."""
    return replace(image, components=tuple(_sourced(image.components, packages)))


def _sourced(components: Iterable[Component], packages: DistributionPackages) -> Iterable[Component]:
    for component in components:
        namespace = own_namespace(component)
        if not ecosystem_of(component.ecosystem).filed_by_source or component.source or namespace is None:
            yield component
            continue
        offers = packages.of(namespace).get(component.name, ())
        yield (
            component
            if not offers
            else msgspec.structs.replace(
                component,
                source=offers[-1].source,
                source_versions=source_versions(offers, component.versions),
            )
        )
