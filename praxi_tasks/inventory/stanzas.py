"""``Field: value`` paragraphs: the form of dpkg's status and of Python's core metadata.

Libraries for it (debian-inspector, email.parser) keep and decode every field of every paragraph; the readers
here need four one-line fields of each.
"""

from __future__ import annotations

from collections.abc import Iterator

from praxi_tasks.inventory.decoding import lines, text

Stanza = dict[str, str]


def read_stanzas(data: bytes, fields: frozenset[bytes]) -> Iterator[Stanza]:
    """Yield each paragraph's wanted fields; names are compared and given in lower case.

    Folded lines are left out: no field that names a release is folded. The first of repeated fields counts.
    """
    stanza: Stanza = {}
    started = False
    for line in lines(data):
        if not line.strip():
            if started:
                yield stanza
            stanza, started = {}, False
            continue
        started = True
        name, colon, value = line.partition(b":")
        if colon and (key := name.lower()) in fields:
            stanza.setdefault(key.decode(), text(value))
    if started:
        yield stanza
