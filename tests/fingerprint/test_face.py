from __future__ import annotations

from praxi_tasks import fingerprint


def test_what_others_may_use_is_written_down() -> None:
    layers = {"BuildIds", "Changeset", "Form", "Tagset", "fingerprint_layer"}
    columbus = {
        "FREQUENCY_THRESHOLD",
        "IGNORED_TOKENS",
        "SHORTEST_TAG",
        "columbus_tags",
        "read_stop_tags",
        "tag_lines",
    }
    paths = {
        "DEEPEST",
        "PYTHON_ROOT",
        "PathColumns",
        "PathKind",
        "folder_kind",
        "hash_text",
        "join_path",
        "name_varies",
        "normalise",
        "normalise_all",
        "normalise_folder",
        "normalise_name",
        "parent_folder",
        "shallow_folder",
    }
    arrays = {"pack_arrays", "pack_texts", "protocol_of", "unpack_arrays", "unpack_texts"}
    published = {"UNKNOWN_SIZE", "is_published", "published_content", "same_contents"}
    assert set(fingerprint.__all__) == layers | columbus | paths | arrays | published
    assert all(getattr(fingerprint, name).__doc__ for name in fingerprint.__all__)
