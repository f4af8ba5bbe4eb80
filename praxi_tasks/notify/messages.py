"""Messages to anything Apprise reaches: chat, mail, pagers."""

from __future__ import annotations

import logging
from typing import Final

from praxi_tasks.environment import read_text, variables
from praxi_tasks.errors import NotifyError, UsageError
from praxi_tasks.printable import printable, printable_lines
from praxi_tasks.trust import certificate_problem, library_variables

URLS: Final = "PRAXI_NOTIFY_URLS"


def send_message(title: str, text: str, urls: str | None = None, *, ca_bundle: str = "") -> bool:
    """Send a message to every receiver; return whether there was one.

    Parameters
    ----------
    urls
        Apprise URLs, separated by white space. They hold secrets, so they come from the environment
        variable ``PRAXI_NOTIFY_URLS`` and are never shown.
    ca_bundle
        A PEM file of authorities to trust besides the system's; by default that of ``PRAXI_CA_BUNDLE``.

    Raises
    ------
    UsageError
        If a URL is not one Apprise knows.
    NotifyError
        If a receiver did not take it.
    """
    receivers = (read_text(URLS) if urls is None else urls).split()
    if not receivers:
        return False
    import apprise

    channel = apprise.Apprise()
    for number, url in enumerate(receivers, 1):
        if not channel.add(url):
            raise UsageError(
                f"entry {number} of {URLS} is no Apprise URL", action="see apprise's documentation"
            )
    # Apprise has no other way to be told of authorities, and tells its log alone why it failed.
    capture = apprise.LogCapture(level=logging.DEBUG)  # type: ignore[no-untyped-call]
    with variables(library_variables(ca_bundle)), capture as log:
        done = channel.notify(body=printable_lines(text), title=printable(title))
        problem = None if done else certificate_problem(log.getvalue(), "receiver")
    if problem:
        raise NotifyError(problem.what, action=problem.action)
    if not done:
        raise NotifyError(
            "a message did not reach its receiver", action="see the log above; this is tried again"
        )
    return True
