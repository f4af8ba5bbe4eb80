"""The kinds of package records that are read; a new one is added here (see docs/new-ecosystem.md)."""

from __future__ import annotations

from typing import Final

from praxi_tasks.inventory.binary import linux_kernel
from praxi_tasks.inventory.language import (
    cargo,
    composer,
    conan,
    conan_cache,
    dart,
    deno,
    dotnet,
    erlang,
    haskell,
    julia,
    luarocks,
    nim,
    npm,
    nuget_packages,
    octave,
    opam,
    pear,
    perl,
    python,
    python_sboms,
    python_vendored,
    r,
    rubygems,
    runtimes,
    swipl,
    web_applications,
    wordpress,
    yarn,
)
from praxi_tasks.inventory.lockfiles import beam, golang, jvm, php, ruby, swift
from praxi_tasks.inventory.lockfiles import cargo as cargo_lock
from praxi_tasks.inventory.lockfiles import conan as conan_lock
from praxi_tasks.inventory.lockfiles import conda as conda_locks
from praxi_tasks.inventory.lockfiles import dart as dart_lock
from praxi_tasks.inventory.lockfiles import dotnet as dotnet_lock
from praxi_tasks.inventory.lockfiles import haskell as haskell_locks
from praxi_tasks.inventory.lockfiles import julia as julia_manifest
from praxi_tasks.inventory.lockfiles import lua as lua_lock
from praxi_tasks.inventory.lockfiles import nim as nim_lock
from praxi_tasks.inventory.lockfiles import npm as npm_locks
from praxi_tasks.inventory.lockfiles import perl as perl_lock
from praxi_tasks.inventory.lockfiles import python as python_locks
from praxi_tasks.inventory.lockfiles import r as r_lock
from praxi_tasks.inventory.lockfiles import terraform as terraform_lock
from praxi_tasks.inventory.manager import (
    asdf,
    bitnami,
    browser,
    conda,
    easybuild,
    flatpak,
    gpu_toolkits,
    header_libraries,
    homebrew,
    snap,
    snap_packages,
    spack,
    stores,
    terraform,
    texlive,
    vcpkg,
    vscode,
)
from praxi_tasks.inventory.ml_model import folders
from praxi_tasks.inventory.os import (
    apk,
    chisel,
    cos,
    dpkg,
    eopkg,
    opkg,
    pacman,
    pkgtools,
    portage,
    rpm,
    rpm_manifest,
    swupd,
    xbps,
)
from praxi_tasks.inventory.reader import Reader

READERS: Final[tuple[Reader, ...]] = (
    dpkg.READER,
    chisel.READER,
    apk.READER,
    rpm.READER,
    rpm_manifest.READER,
    pacman.READER,
    portage.READER,
    opkg.READER,
    xbps.READER,
    pkgtools.READER,
    eopkg.READER,
    swupd.READER,
    cos.READER,
    conda.READER,
    spack.READER,
    easybuild.READER,
    texlive.READER,
    vcpkg.READER,
    homebrew.READER,
    stores.NIX_READER,
    stores.GUIX_READER,
    snap.READER,
    snap_packages.READER,
    flatpak.READER,
    vscode.READER,
    browser.READER,
    bitnami.READER,
    python.READER,
    python_sboms.READER,
    python_vendored.READER,
    npm.READER,
    yarn.READER,
    runtimes.READER,
    octave.READER,
    r.READER,
    rubygems.READER,
    composer.READER,
    pear.READER,
    perl.READER,
    luarocks.READER,
    julia.READER,
    opam.READER,
    haskell.READER,
    erlang.READER,
    dart.READER,
    dotnet.READER,
    nuget_packages.READER,
    deno.READER,
    conan.READER,
    conan_cache.READER,
    cargo.READER,
    nim.READER,
    swipl.READER,
    wordpress.READER,
    web_applications.READER,
    folders.READER,
    asdf.PATHS_READER,
    terraform.PATHS_READER,
    gpu_toolkits.READER,
    header_libraries.READER,
    linux_kernel.PATHS_READER,
)
"""Where two want to read the same file, the first does."""

LOCK_READERS: Final[tuple[Reader, ...]] = (
    python_locks.READER,
    conda_locks.READER,
    npm_locks.READER,
    golang.READER,
    cargo_lock.READER,
    r_lock.READER,
    julia_manifest.READER,
    jvm.READER,
    ruby.READER,
    php.READER,
    dotnet_lock.READER,
    beam.READER,
    dart_lock.READER,
    swift.READER,
    conan_lock.READER,
    haskell_locks.READER,
    perl_lock.READER,
    lua_lock.READER,
    nim_lock.READER,
    terraform_lock.READER,
)
"""What is read of them is declared, and may be installed nowhere."""
