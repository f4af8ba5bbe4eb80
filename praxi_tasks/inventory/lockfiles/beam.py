"""Elixir's ``mix.lock`` and Erlang's ``rebar.lock``: the packages of Hex."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import HEX
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader

_MIX: Final = re.compile(rb'\s*"[^"]+":\s*\{:hex,\s*:"?([\w]+)"?,\s*"([^"]+)"')
_REBAR: Final = re.compile(rb'.*\{pkg,\s*<<"([^"]+)">>,\s*<<"([^"]+)">>')


def read_mix_lock(data: bytes) -> Iterator[Pin]:
    """Yield the packages that Mix locked."""
    return _matched(_MIX, data)


def read_rebar_lock(data: bytes) -> Iterator[Pin]:
    """Yield the packages that Rebar locked."""
    return _matched(_REBAR, data)


def _matched(pattern: re.Pattern[bytes], data: bytes) -> Iterator[Pin]:
    for line in lines(data):
        if found := pattern.match(line):
            yield Pin(text(found[1]), text(found[2]))


READER: Final[Reader] = lock_reader(HEX, {"mix.lock": read_mix_lock, "rebar.lock": read_rebar_lock})
