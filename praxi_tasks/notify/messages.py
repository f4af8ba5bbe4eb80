"""Messages to anything Apprise reaches: chat, mail, pagers."""

from __future__ import annotations

from typing import Final

from praxi_tasks.environment import read_text
from praxi_tasks.errors import NotifyError, UsageError
from praxi_tasks.printable import printable, printable_lines

URLS: Final = "PRAXI_NOTIFY_URLS"


def send_message(title: str, text: str, urls: str | None = None) -> bool:
    """Send a message to every receiver; return whether there was one.

    Parameters
    ----------
    urls
        Apprise URLs, separated by white space. They hold secrets, so they come from the environment
        variable ``PRAXI_NOTIFY_URLS`` and are never shown.

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
    if not channel.notify(body=printable_lines(text), title=printable(title)):
        raise NotifyError(
            "a message did not reach its receiver", action="see the log above; this is tried again"
        )
    return True
