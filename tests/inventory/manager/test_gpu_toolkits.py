"""What CUDA, ROCm and the headers of their libraries say is installed."""

from __future__ import annotations

import pytest

from tests.inventory.layers import inventory_of

VERSIONS = b"""{
  "cuda": {"name": "CUDA SDK", "version": "12.4.1"},
  "cuda_cudart": {"name": "CUDA Runtime (cudart)", "version": "12.4.127"},
  "nvidia_driver": {"name": "NVIDIA Linux Driver", "version": "550.54.15"}
}"""
CUDNN = b"#define CUDNN_MAJOR 9\n#define CUDNN_MINOR 1\n# define CUDNN_PATCHLEVEL 0\n"
TENSORRT = (
    b"#define TRT_MAJOR_ENTERPRISE 10\n#define NV_TENSORRT_MAJOR TRT_MAJOR_ENTERPRISE //!< x\n"
    b"#define NV_TENSORRT_MINOR 0\n#define NV_TENSORRT_PATCH 1\n"
)


@pytest.mark.parametrize(
    ("path", "text", "names"),
    [
        ("usr/local/cuda-12.4/version.json", VERSIONS, ["cuda-toolkit@12.4.1", "cuda-cudart@12.4.127"]),
        ("usr/local/cuda/version.txt", b"CUDA Version 10.1.243\n", ["cuda-toolkit@10.1.243"]),
        ("opt/rocm-6.0.2/.info/version", b"6.0.2-115\n", ["rocm@6.0.2"]),
        ("usr/include/cudnn_version.h", CUDNN, ["cudnn@9.1.0"]),
        ("opt/trt/include/NvInferVersion.h", TENSORRT, ["tensorrt@10.0.1"]),
        (
            "usr/include/nccl.h",
            b"#define NCCL_MAJOR 2\n#define NCCL_MINOR 20\n#define NCCL_PATCH 5\n",
            ["nccl@2.20.5"],
        ),
        ("srv/app/version.json", VERSIONS, []),
        ("srv/app/version.txt", b"1", []),
    ],
)
def test_what_is_installed(path: str, text: bytes, names: list[str]) -> None:
    inventory = inventory_of({path: text})
    assert [f"{claim.name}@{claim.version}" for claim in inventory.claims] == names
    assert all(claim.ecosystem == "generic" and claim.files == (path,) for claim in inventory.claims)
    assert not inventory.problems


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("usr/local/cuda/version.json", b"{"),
        ("usr/local/cuda/version.txt", b"none"),
        ("opt/rocm/.info/version", b"x"),
        ("usr/include/cudnn_version.h", b"#define CUDNN_MAJOR CUDNN_MAJOR\n"),
    ],
)
def test_a_damaged_record_is_a_problem(path: str, text: bytes) -> None:
    inventory = inventory_of({path: text})
    assert not inventory.claims
    assert len(inventory.problems) == 1
