#!/usr/bin/env bash
# Build the images with whatever builder is there: podman, buildah or docker.
#
#   scripts/images.sh [task] [airflow] [serve] [model]    the first three, when none is named
#
# TASK_BASE, AIRFLOW_BASE   base images, when not the Containerfiles' own
# TASK_IMAGE, AIRFLOW_IMAGE, SERVE_IMAGE, MODEL_IMAGE
#                           names of the results; the last two stand on the first
# MODEL                     the folder of the model, when not that of `make model`
# PRAXI_BUILDER             podman, buildah or docker, when not the first one found
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/package_access.sh

find_builder() {
    local candidate
    for candidate in ${PRAXI_BUILDER:-podman buildah docker}; do
        if command -v "$candidate" >/dev/null; then echo "$candidate"; return; fi
    done
    echo "images: no builder found; install podman, buildah or docker, or name one in PRAXI_BUILDER" >&2
    return 1
}

# fetch IMAGE: the locked wheels, by the host's own pip settings, so that the build needs no network.
fetch() {
    local wheels=.praxi/wheels/$1 lock=images/$1/requirements.txt wanted
    wanted=$(sha256sum <"$lock")
    [ "$(cat "$wheels/.lock" 2>/dev/null)" = "$wanted" ] && return
    echo "images: fetching the wheels of $lock"
    rm -rf "$wheels"
    run_pip images python3 -m pip -- download --quiet --disable-pip-version-check --no-deps --require-hashes \
        --only-binary :all: --requirement "$lock" --dest "$wheels"
    echo "$wanted" >"$wheels/.lock"
}

# build IMAGE NAME BASE [CONTEXT]
#
# What changes with each commit is no argument of the build: podman's cache overlooks those that only a label names.
build() {
    local arguments=(--network none --file "images/$1/Containerfile" --tag "$2"
        --label "org.opencontainers.image.revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)"
        --label "org.opencontainers.image.created=$(git log -1 --format=%cI 2>/dev/null || date --utc +%Y-%m-%dT%H:%M:%SZ)")
    [ -z "$3" ] || arguments+=(--build-arg "BASE=$3")
    [ "$builder" != buildah ] || arguments+=(--layers)
    echo "images: building $2 with $builder"
    DOCKER_BUILDKIT=1 "$builder" build "${arguments[@]}" "${4:-.}"
}

builder=$(find_builder)
[ $# -gt 0 ] || set -- task airflow serve
for image in "$@"; do
    case $image in
        task) fetch task; build task "${TASK_IMAGE:-praxi/tasks:0.2.0}" "${TASK_BASE:-}" ;;
        airflow) fetch airflow; build airflow "${AIRFLOW_IMAGE:-praxi/airflow:0.2.0}" "${AIRFLOW_BASE:-}" ;;
        serve) fetch serve; build serve "${SERVE_IMAGE:-praxi/serve:0.2.0}" "${TASK_IMAGE:-praxi/tasks:0.2.0}" ;;
        model)
            model=${MODEL:-.praxi/models/starter}
            [ -f "$model/model.json" ] || { echo "images: $model is no model: run make model, or set MODEL" >&2; exit 1; }
            build model "${MODEL_IMAGE:-praxi/model:0.2.0}" "${TASK_IMAGE:-praxi/tasks:0.2.0}" "$model" ;;
        *) echo "images: no image is called $image; use task, airflow, serve or model" >&2; exit 2 ;;
    esac
done
