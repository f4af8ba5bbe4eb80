"""Applies statements to findings: the last one about a vulnerability in a product counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import msgspec

from praxi_tasks.findings.finding import Finding, Ignored, Justification, VexJustification, VexStatement
from praxi_tasks.findings.packages import Component
from praxi_tasks.findings.vex.document import Statement
from praxi_tasks.findings.vex.products import ComponentNames, ImageNames

# What CycloneDX calls the reasons of OpenVEX.
_JUSTIFICATIONS: Final[dict[VexJustification, Justification]] = {
    "component_not_present": "code_not_present",
    "vulnerable_code_not_present": "code_not_present",
    "vulnerable_code_not_in_execute_path": "code_not_reachable",
    "vulnerable_code_cannot_be_controlled_by_adversary": "requires_environment",
    "inline_mitigations_already_exist": "protected_by_mitigating_control",
}


class Vex:
    """The statements of all documents, by vulnerability.

    Parameters
    ----------
    statements
        In the order of the documents: of two of one time, the later in this order counts.
    at
        The day of the audit. What is said later was not known then, and does not count.
    """

    def __init__(self, statements: Iterable[Statement] = (), at: date = date.max) -> None:
        known = [statement for statement in statements if statement.at.date() <= at]
        self._by_name: dict[str, list[tuple[int, Statement]]] = {}
        for number, statement in enumerate(sorted(known, key=lambda one: one.at)):
            for name in statement.vulnerabilities:
                self._by_name.setdefault(name, []).append((number, statement))

    def apply(
        self, findings: Iterable[Finding], image: ImageNames, components: Iterable[Component]
    ) -> Iterator[Finding]:
        """Yield an image's findings, those of which somebody says something with what is said.

        What is not affected, or fixed, is set aside and stays in every report; what the policy has set aside
        stays so.
        """
        if not self._by_name:
            yield from findings
            return
        named = {component.purl: component for component in components if component.present}
        for finding in findings:
            statement = self._of(finding, image, named) if finding.kind == "vulnerable" else None
            yield finding if statement is None else _told(finding, statement)

    def _of(
        self, finding: Finding, image: ImageNames, components: Mapping[str, Component]
    ) -> Statement | None:
        names = {name.lower() for name in (finding.id, *finding.aliases)}
        about = {number: one for name in names for number, one in self._by_name.get(name, ())}
        if not about:
            return None
        component = components.get(finding.purl)
        part = ComponentNames(component) if component else None
        for _, statement in sorted(about.items(), reverse=True):
            if _applies(statement, image, part):
                return statement
        return None


def _applies(statement: Statement, image: ImageNames, part: ComponentNames | None) -> bool:
    for product in statement.products:
        if part is not None and not product.parts and part.is_named(product.names):
            return True
        if image.is_named(product.names) and (
            not product.parts or (part is not None and part.is_named(product.parts))
        ):
            return True
    return False


def _told(finding: Finding, statement: Statement) -> Finding:
    said = VexStatement(
        status=statement.status,
        author=statement.author,
        document=statement.document,
        at=statement.at.isoformat(),
        justification=statement.justification,
        note=statement.note,
    )
    return msgspec.structs.replace(finding, vex=said, ignored=finding.ignored or _set_aside(said))


def _set_aside(said: VexStatement) -> Ignored | None:
    if said.status in {"affected", "under_investigation"}:
        return None
    reason = said.note or (said.justification or said.status).replace("_", " ")
    if said.status == "fixed":
        return Ignored(reason, said.author, "", "resolved")
    why = _JUSTIFICATIONS[said.justification] if said.justification else None
    return Ignored(reason, said.author, "", "not_affected", why)
