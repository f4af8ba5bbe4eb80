"""A layer's fingerprint, once ever: changeset, inventory and tagset, made in one reading and stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from praxi_tasks.fingerprint.changeset import Changeset
from praxi_tasks.fingerprint.tagset import Tagset
from praxi_tasks.inventory import (
    HEADS,
    Inspected,
    Inventory,
    keep_file,
    looks_like_database,
    read_inventory,
    start_inspection,
)
from praxi_tasks.oci.image import Descriptor, ImageSource
from praxi_tasks.oci.layer import Inspection, LayerLimits, LayerReading, Likeness, limit_variable, read_layer
from praxi_tasks.store import Store, keys

_SETTINGS: Final = " or ".join(map(limit_variable, ("max_kept_file_bytes", "max_kept_bytes")))
_NOT_READ: Final = f"too large to be read: raise {_SETTINGS}"
_INSPECTED: Final = " or ".join(map(limit_variable, ("max_inspected_file_bytes", "max_inspected_bytes")))
_NOT_INSPECTED: Final = f"too large to be looked into, or no scratch space is left: raise {_INSPECTED}"

_DATABASES: Final = Likeness(HEADS, looks_like_database)


def fingerprint_layer(
    source: ImageSource, descriptor: Descriptor, store: Store, limits: LayerLimits, *, force: bool = False
) -> None:
    """Read a layer and store what it changes, unless that is stored already.

    A killed process leaves whole objects only, and reading the layer again writes the same bytes. A part of
    an older protocol is made anew; the others stay.

    Parameters
    ----------
    source
        An image that has the layer.
    descriptor
        The layer.
    store
        Where the fingerprint goes, under keys made of the layer's digest.
    limits
        The caps on what the layer may ask for.
    force
        Read the layer and replace what is stored.

    Raises
    ------
    ImageError
        If the layer can't be had or read.
    StoreError
        If the store fails.
    """
    digest = descriptor.digest
    if not force and all(map(store.exists, keys.layer_documents(digest))):
        return
    inspection = start_inspection()
    with source.open_blob(descriptor) as blob:
        reading = read_layer(
            blob, descriptor, limits=limits, retain=keep_file, likeness=_DATABASES, inspection=inspection
        )
    write: Callable[[str, bytes], object] = store.replace if force else store.put
    build_ids = {path: file.build_id for path, file in inspection.results.items()}
    changeset = Changeset.from_reading(reading, build_ids)
    write(keys.layer_changeset(digest), changeset.to_bytes())
    write(keys.layer_inventory(digest), _inventory(changeset, reading, inspection).to_bytes())
    write(keys.layer_tagset(digest), Tagset.from_changeset(changeset).to_bytes())


def _inventory(changeset: Changeset, reading: LayerReading, inspection: Inspection[Inspected]) -> Inventory:
    return read_inventory(
        changeset,
        reading.retained,
        unread=dict.fromkeys(reading.too_large, _NOT_READ)
        | dict.fromkeys(inspection.too_large, _NOT_INSPECTED),
        reserve=reading.reserve,
        inspected=inspection.results,
    )
