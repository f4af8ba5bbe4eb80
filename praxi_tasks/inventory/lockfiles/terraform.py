"""Terraform's and OpenTofu's ``.terraform.lock.hcl``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import TERRAFORM
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.terraform_names import provider_name

_PROVIDER: Final = re.compile(rb'provider "([\w.-]{1,255})/([\w-]{1,100})/([\w-]{1,100})" \{\s*')
_VERSION: Final = re.compile(rb'\s{0,20}version\s{1,40}= "([\w.+-]{1,100})"\s*')


def read_terraform_lock(data: bytes) -> Iterator[Pin]:
    """Yield the providers that were chosen."""
    name = ""
    for line in lines(data):
        if provider := _PROVIDER.fullmatch(line):
            name = provider_name(*map(text, provider.groups()))
        elif line.startswith(b"}"):
            name = ""
        elif name and (version := _VERSION.fullmatch(line)):
            yield Pin(name, text(version[1]))


READER: Final[Reader] = lock_reader(TERRAFORM, {".terraform.lock.hcl": read_terraform_lock})
