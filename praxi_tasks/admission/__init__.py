"""Answers Kubernetes whether a pod may run, by what audits know of its images.

Nothing is read from a registry while a cluster waits: an answer comes from an index in memory.
"""

from praxi_tasks.admission.decision import Decision, Unknown, decide
from praxi_tasks.admission.review import Asked, answer, parse_review
from praxi_tasks.admission.telling import Teller
from praxi_tasks.admission.verdicts import Verdict, Verdicts

__all__ = [
    "Asked",
    "Decision",
    "Teller",
    "Unknown",
    "Verdict",
    "Verdicts",
    "answer",
    "decide",
    "parse_review",
]
