"""What registries and queues say about images that were pushed, read into references by digest.

Nothing here asks anybody anything: bodies go in, references come out. Airflow's side imports it.
"""

from praxi_tasks.events.notices import IGNORED, Ignored, Notices, Push
from praxi_tasks.events.reading import FORMS, LARGEST, Form, read_body, read_message

__all__ = [
    "FORMS",
    "Form",
    "IGNORED",
    "Ignored",
    "LARGEST",
    "Notices",
    "Push",
    "read_body",
    "read_message",
]
