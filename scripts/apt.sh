#!/usr/bin/env bash
# Install what the demonstration (`apt.sh demo`) or the tests (`apt.sh test`) need from Debian or Ubuntu.
# Installs only what is missing, and no service of a new package runs afterwards, now or after a boot.
set -euo pipefail

demo=(docker-registry prometheus mmdebstrap buildah skopeo ca-certificates)
demo_commands=(docker-registry prometheus promtool mmdebstrap buildah skopeo)
test=("${demo[@]}" podman runc conmon netavark aardvark-dns catatonit iptables
      iproute2 prometheus-alertmanager prometheus-pushgateway victoria-metrics apache2-utils rpm db-util zstd caddy
      redis-server)
test_commands=("${demo_commands[@]}" podman runc prometheus-alertmanager prometheus-pushgateway
      victoria-metrics htpasswd rpm db_dump zstd caddy redis-server)

# Who has these from elsewhere keeps them: another publisher's npm or Docker conflicts with Debian's.
test_commands+=(npm chromium dockerd docker-compose)
command -v dockerd /usr/sbin/dockerd >/dev/null || test+=(docker.io)
command -v docker-compose >/dev/null || test+=(docker-compose)
command -v npm >/dev/null || test+=(npm)
command -v chromium chromium-browser google-chrome >/dev/null || test+=(chromium)

case "${1:-}" in
    demo) packages=("${demo[@]}"); commands=("${demo_commands[@]}") ;;
    test) packages=("${test[@]}"); commands=("${test_commands[@]}") ;;
    *) echo "usage: $0 demo|test" >&2; exit 2 ;;
esac

# The packages that dpkg does not know as installed.
missing_packages() {
    local package
    for package in "${packages[@]}"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

missing_commands() {
    local command
    for command in "${commands[@]}"; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$command" >/dev/null || echo "$command"
    done
}

if ! command -v apt-get >/dev/null; then
    mapfile -t missing < <(missing_commands)
    [ "${#missing[@]}" -eq 0 ] && exit 0
    echo "apt: this is not Debian or Ubuntu, and these commands are missing: ${missing[*]}" >&2
    echo "apt: install them, or use Docker Compose instead: docker compose up (see README.md)" >&2
    exit 1
fi

mapfile -t missing < <(missing_packages)
[ "${#missing[@]}" -eq 0 ] && exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "apt: these packages are missing: ${missing[*]}" >&2
        echo "apt: run this as root, install sudo, or install them with: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    root=(sudo)
fi

# While this file says 101, Debian's packages do not start their services; an administrator's own stays.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
    "${root[@]}" chmod 755 "$policy"
    trap '"${root[@]}" rm -f "$policy"' EXIT
fi

echo "apt: installing ${missing[*]}"
apt_get=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
log=$(mktemp)
"${apt_get[@]}" update >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
"${apt_get[@]}" install --yes --no-install-recommends "${missing[@]}" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
rm -f "$log"

# What was just installed must not start at the next boot either: the demonstration starts its own.
if command -v systemctl >/dev/null; then
    for package in "${missing[@]}"; do
        units=()
        case $package in
            docker-registry|prometheus|prometheus-alertmanager|prometheus-pushgateway|victoria-metrics) units=("$package.service") ;;
            docker.io) units=(docker.service docker.socket containerd.service) ;;
        esac
        for unit in "${units[@]}"; do
            "${root[@]}" systemctl --quiet disable "$unit" 2>/dev/null \
                || echo "apt: could not disable $unit; it may start at the next boot" >&2
        done
    done
fi
