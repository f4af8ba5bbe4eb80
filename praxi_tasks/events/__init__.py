"""What registries and queues say about images that were pushed, and which of them are audited.

Reading asks nobody anything: bodies go in, references by digest come out. What was taken in lies in the
store. Airflow's side imports it.
"""

from praxi_tasks.events.authorization import knows_secret
from praxi_tasks.events.intake import Intake, Rules, gathered, is_heeded, take, window_end
from praxi_tasks.events.notices import IGNORED, Ignored, Notices, Push
from praxi_tasks.events.reading import FORMS, LARGEST, Form, read_body, read_message

__all__ = [
    "FORMS",
    "Form",
    "IGNORED",
    "Ignored",
    "Intake",
    "LARGEST",
    "Notices",
    "Push",
    "Rules",
    "gathered",
    "is_heeded",
    "knows_secret",
    "read_body",
    "read_message",
    "take",
    "window_end",
]
