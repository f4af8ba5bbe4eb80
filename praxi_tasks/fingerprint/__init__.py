"""A layer's fingerprint: what it changes (changeset) and what the model reads of that (tagset)."""

from praxi_tasks.fingerprint.arrays import pack_arrays, pack_texts, protocol_of, unpack_arrays, unpack_texts
from praxi_tasks.fingerprint.build_ids import BuildIds
from praxi_tasks.fingerprint.changeset import Changeset
from praxi_tasks.fingerprint.columbus import (
    FREQUENCY_THRESHOLD,
    IGNORED_TOKENS,
    SHORTEST_TAG,
    columbus_tags,
)
from praxi_tasks.fingerprint.columbus_lines import read_stop_tags, tag_lines
from praxi_tasks.fingerprint.forms import Form
from praxi_tasks.fingerprint.layer import fingerprint_layer
from praxi_tasks.fingerprint.path_kinds import PathKind, folder_kind
from praxi_tasks.fingerprint.paths import (
    DEEPEST,
    PYTHON_ROOT,
    PathColumns,
    hash_text,
    join_path,
    name_varies,
    normalise,
    normalise_all,
    normalise_folder,
    normalise_name,
    parent_folder,
    shallow_folder,
)
from praxi_tasks.fingerprint.published import UNKNOWN_SIZE, is_published, published_content, same_contents
from praxi_tasks.fingerprint.tagset import Tagset

__all__ = [
    "DEEPEST",
    "FREQUENCY_THRESHOLD",
    "IGNORED_TOKENS",
    "PYTHON_ROOT",
    "SHORTEST_TAG",
    "UNKNOWN_SIZE",
    "Changeset",
    "BuildIds",
    "Form",
    "PathColumns",
    "PathKind",
    "Tagset",
    "columbus_tags",
    "fingerprint_layer",
    "folder_kind",
    "hash_text",
    "is_published",
    "join_path",
    "name_varies",
    "normalise",
    "normalise_all",
    "normalise_folder",
    "normalise_name",
    "pack_arrays",
    "pack_texts",
    "parent_folder",
    "protocol_of",
    "published_content",
    "read_stop_tags",
    "same_contents",
    "shallow_folder",
    "tag_lines",
    "unpack_arrays",
    "unpack_texts",
]
