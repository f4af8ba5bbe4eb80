"""Terraform's and OpenTofu's providers: the folders into which they are installed are named for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import TERRAFORM
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.terraform_names import provider_name

_MARK: Final = "/terraform-provider-"
# HOST/NAMESPACE/TYPE/VERSION/SYSTEM_ARCHITECTURE/terraform-provider-TYPE…, in any folder.
_PLACE: Final = re.compile(
    r"(?:.*/)?(?P<host>[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})/(?P<namespace>[\w-]{1,100})/(?P<type>[\w-]{1,100})"
    r"/(?P<version>\d[\w.+-]{0,60})/[a-z0-9]{2,20}_(?P<architecture>[a-z0-9]{2,20})"
    r"/terraform-provider-(?P=type)(?:_v[\w.+-]{1,80})?(?:\.exe)?",
    re.ASCII,
)


def named_providers(view: LayerView) -> Iterator[Claim]:
    """Yield the providers that have a folder; those of other registries have its host in their name."""
    for path in view.members():
        if _MARK in path and (place := _PLACE.fullmatch(path)):
            yield Claim(
                TERRAFORM.purl_type,
                provider_name(place["host"], place["namespace"], place["type"]),
                place["version"],
                path,
                architecture=place["architecture"],
                files=view.give(path.rpartition("/")[0]),
            )


PATHS_READER: Final = Reader(ecosystem=TERRAFORM.purl_type, named=named_providers)
