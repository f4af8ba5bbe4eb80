"""The table of programs and libraries that are known by name and by the version in their bytes.

A pattern's first group is the version. Patterns were taken from what programs print or were linked with, and
tried on real files; the first that fits counts. What a file is called keeps most from being searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from praxi_tasks.ecosystems import GENERIC, GOLANG


@dataclass(frozen=True)
class Pattern:
    """What is searched for; ``plain`` is a word that is wherever it fits: one is found far sooner."""

    expression: re.Pattern[bytes]
    plain: bytes = b""

    def search(self, data: bytes) -> re.Match[bytes] | None:
        """Return the first place that fits."""
        return self.expression.search(data) if self.plain in data else None

    def fullmatch(self, text: bytes) -> re.Match[bytes] | None:
        """Return whether a whole text fits, and how."""
        return self.expression.fullmatch(text)


@dataclass(frozen=True)
class Rule:
    """One program or library.

    Parameters
    ----------
    name
        What its package URL calls it.
    files
        The names of its files: words with ``*`` for any text and ``#`` for a number with dots.
    cpe
        Vendor and product in the CPE dictionary, with a colon between them; empty where it has none.
    texts
        Patterns of bytes, of which the first that fits counts; ``<v>`` stands for two to four numbers,
        ``<n>`` for the number in the file's name. Of programs in Go they fit the whole text of a variable.
    ecosystem
        The package URL type.
    in_go
        Whether it is a program in Go.
    in_name
        Whether the number in the file's name is the version, if it has a dot.
    """

    name: str
    files: str
    cpe: str
    texts: tuple[bytes, ...]
    ecosystem: str = GENERIC.purl_type
    in_go: bool = False
    in_name: bool = False

    def is_named(self, file_name: str) -> bool:
        """Return whether a file's name is one of the rule's."""
        return self._names.fullmatch(file_name) is not None

    def beginnings(self, length: int) -> Iterator[str]:
        """Yield how the rule's file names begin."""
        for word in self.files.split():
            yield re.split(r"[*#]", word)[0][:length]

    def patterns(self, file_name: str) -> tuple[Pattern, ...]:
        """Return the patterns for a file of one of the rule's names."""
        return tuple(_compiled(text, self._number(file_name)) for text in self.texts)

    def named_version(self, file_name: str) -> str:
        """Return the version that a file's name says; nothing where it says none, or none for certain."""
        number = self._number(file_name) if self.in_name else ""
        return number if "." in number else ""

    def _number(self, file_name: str) -> str:
        found = self._names.fullmatch(file_name)
        return next(filter(None, found.groups()), "") if found else ""

    @cached_property
    def _names(self) -> re.Pattern[str]:
        words = (re.escape(word).replace(r"\*", ".*") for word in self.files.split())
        return re.compile("|".join(word.replace(r"\#", r"(\d+(?:\.\d+)*)") for word in words))


@cache
def _compiled(text: bytes, number: str) -> Pattern:
    text = text.replace(b"<v>", _VERSION).replace(b"<n>", re.escape(number.encode()))
    text = text.replace(rb"\d+", _NUMBER)
    return Pattern(re.compile(text, re.DOTALL), _plain_part(text))


def _plain_part(text: bytes) -> bytes:
    """Return the longest word that whatever a pattern fits must hold; empty where none is found."""
    for part in _NOT_PLAIN:
        text = part.sub(b"\0", text)
    return b"" if b"|" in text else max(_WORD.findall(text), key=len, default=b"")


_NUMBER: Final = rb"\d{1,10}"  # without a limit a file of nothing but digits takes hours
_NOT_PLAIN: Final = (
    re.compile(rb"\\.", re.DOTALL),
    re.compile(rb"\[[^]]*\]"),
    re.compile(rb"\([^()]*\)"),
    re.compile(rb"\([^()]*\)"),
    re.compile(rb".?(?:[?*]|\{[^}]*\})", re.DOTALL),
)  # in this order: escapes, sets, groups, groups of groups, what may be missing or repeated
_WORD: Final = re.compile(rb"[\w ,:/-]{4,}")
_VERSION: Final = rb"(\d+\.\d+(?:\.\d+){0,2})"


def _rule(name: str, files: str, cpe: str, *texts: bytes) -> Rule:
    return Rule(name, files, cpe, texts)


def _go(name: str, files: str, cpe: str, *texts: bytes) -> Rule:
    ecosystem = GOLANG if "/" in name else GENERIC
    return Rule(name, files, cpe, texts, ecosystem.purl_type, in_go=True)


def _library(name: str, files: str, cpe: str, *texts: bytes) -> Rule:
    return Rule(name, files, cpe, texts, in_name=True)


_OPENJDK: Final = (
    rb"\0openjdk\0+java\0+\d[\d.]*\0+(\d[^\0]{2,60})\0",
    rb"\0\d[\d.]*\0+(\d[^\0]{2,60})\0+openjdk\0+java\0",
)

_CUDA_TOOLS: Final = rb"Cuda compilation tools, release \d+\.\d+, V(\d+\.\d+\.\d+)"

_KUBERNETES: Final = (
    "kubectl kubelet kubeadm kube-apiserver kube-controller-manager kube-scheduler kube-proxy kube-aggregator"
)

_FFMPEG: Final = (
    "ffmpeg ffprobe libavcodec*.so* libavdevice*.so* libavfilter*.so* libavformat*.so* libavutil*.so*"
    " libswresample*.so* libswscale*.so*"
)

RULES: Final = (
    # Languages and their runtimes.
    _rule(
        "python",
        "python# libpython#*.so*",
        "python:python",
        rb"\0(<n>\.\d{1,2}(?:\.\d{1,2})?(?:(?:a|b|rc)\d+)?\+?)\0",
    ),
    _rule("pypy", "libpypy*.so* pypy*", "pypy:pypy", rb"\[PyPy <v>"),
    _rule(
        "node",
        "node nodejs libnode.so*",
        "nodejs:node.js",
        rb"node\.js/v<v>",
        rb"\0(?:node )?v((?:0|[4-6])\.\d+\.\d+)\0",
    ),
    _rule("deno", "deno", "deno:deno", rb"Deno/([1-9]\d*\.\d+\.\d+)"),
    _rule("openjdk", "java javac jdb", "oracle:openjdk", *_OPENJDK),
    _rule("go", "go gofmt", "golang:go", rb"go(\d+\.\d+(?:\.\d+|beta\d+|alpha\d+|rc\d+)?)\0"),
    _rule("rust", "libstd-*.so librustc_driver-*.so rustc cargo", "rust-lang:rust", rb"rustc version <v>"),
    _rule(
        "ruby",
        "ruby ruby# libruby*.so*",
        "ruby-lang:ruby",
        rb"ruby (\d+\.\d+\.\d+(?:p\d+|preview\d+|rc\d+)?) \(",
    ),
    _rule(
        "perl",
        "perl perl# libperl.so*",
        "perl:perl",
        rb"/lib/(?:x86_64-linux-gnu/|aarch64-linux-gnu/)?perl(?:5|-base)?/(\d+\.\d+\.\d+)\0",
        rb"\0v?(5\.\d{1,2}\.\d{1,2})\0",
    ),
    _rule("php", "php php# php-fpm* php-cgi* libphp*.so", "php:php", rb"X-Powered-By: PHP/<v>", rb"PHP/<v>"),
    _rule("lua", "lua lua# luac* liblua*.so*", "lua:lua", rb"Lua (\d+\.\d+\.\d+)  Copyright"),
    _rule("luajit", "luajit* libluajit*.so*", "luajit:luajit", rb"LuaJIT (\d+\.\d+\.[\w.-]+)"),
    _rule(
        "julia",
        "libjulia-internal.so* libjulia.so*",
        "julialang:julia",
        rb"__init__\0(\d+\.\d+\.\d+)\0verify",
    ),
    _rule(
        "erlang",
        "beam.smp erlexec",
        "erlang:erlang\\/otp",
        rb"/otp(?:_src_|-)(\d+(?:\.\d+)+(?:-rc\d)?)/erts/",
        rb"/erlang-(\d+(?:\.\d+)+)[^/\0]{0,20}/erts/",
        rb"\0(\d+(?:\.\d+)+)\0+Erlang/OTP",
        rb"\]\n\0(\d+(?:\.\d+)+)\0",
    ),
    _rule("dart", "dart", "dart:dart_software_development_kit", rb"\0(\d+\.\d+\.\d+) \(stable\)"),
    _rule("ghc", "ghc ghc-#", "haskell:ghc", rb"\0GHC <v>\0", rb"libHSghc-<v>-"),
    _rule("cabal", "cabal", "haskell:cabal", rb"cabal-install-<v>", rb"\0Cabal-<v>-"),
    _rule("pandoc", "pandoc", "pandoc:pandoc", rb"\0pandoc-<v>-inplace\0"),
    _rule("stack", "stack", "haskell:stack", rb"\0stack-(\d+\.\d+\.\d+)-\w{20}", rb"Version <v>, Git"),
    _rule("ocaml", "ocamlrun ocamlc* ocamlopt*", "ocaml:ocaml", rb"\0(\d+\.\d{2}\.\d+)\0"),
    _rule("swipl", "swipl libswipl.so*", "swi-prolog:swi-prolog", rb"swipl-<v>/", rb"SWI-Prolog version <v>"),
    _rule("guile", "libguile-#.so*", "gnu:guile", rb"guileversion\0<v>\0"),
    _rule("tcl", "libtcl#.so*", "tcl:tcl", rb"\0(8\.\d\.\d{1,2})\0"),
    _rule("gawk", "gawk", "gnu:gawk", rb"GNU Awk <v>"),
    # Shells and what any system has.
    _rule("busybox", "busybox*", "busybox:busybox", rb"BusyBox v<v>"),
    _rule("bash", "bash", "gnu:bash", rb"@\(#\)Bash version (\d+\.\d+\.\d+)"),
    _rule("zsh", "zsh zsh#", "zsh:zsh", rb"/zsh/(\d\.\d(?:\.\d)?)[/\0]"),
    _rule("fish", "fish", "fishshell:fish", rb"fish, version <v>", rb"\0(\d\.\d\.\d)\0"),
    _rule(
        "glibc", "libc.so.6 libc-#.so ld-linux*.so*", "gnu:glibc", rb"GNU C Library [^\0]{0,60}version <v>"
    ),
    _rule(
        "musl",
        "ld-musl-*.so* libc.musl-*.so* libc.so",
        "musl-libc:musl",
        rb"\0(1\.\d\.\d{1,2})\0Unsupported request",
    ),
    _rule(
        "util-linux", "getopt mount lsblk", "kernel:util-linux", rb"\0util-linux <v>\0", rb"util-linux <v>"
    ),
    _rule(
        "sudo",
        "sudo",
        "sudo_project:sudo",
        rb"Sudo version (\d+\.\d+\.\d+(?:p\d+)?)",
        rb"\0(1\.\d\.\d{1,2}(?:p\d{1,2})?)\0",
    ),
    _rule(
        "systemd",
        "libsystemd-shared-*.so systemd",
        "systemd_project:systemd",
        rb"systemd (\d{3}(?:\.\d+)?)[^\0]{0,40} running",
    ),
    _rule("tini", "tini tini-static", "", rb"tini version <v>"),
    _rule("dumb-init", "dumb-init", "", rb"\0(1\.\d\.\d)\n"),
    # Servers.
    _rule(
        "redis",
        "redis-server redis-cli redis-sentinel redis-benchmark redis-check-*",
        "redis:redis",
        rb"[^\d.](\d+\.\d+\.\d+)buildkitsandbox-\d+",
        rb"\0(\d+\.\d+\.\d+)\0(?:c11-builtin| \(git:)",
        rb"[^\d.](\d+\.\d+\.\d{1,2}?)1[4-9]\d{8}0{9}",
        rb"[^\d.](\d+\.\d+\.\d+)[a-z][\w-]{0,63}-1[4-9]\d{8,17}",
        rb"[^\d.](\d+\.\d+\.\d+)\w{12}-\d+",
        rb"Redis version <v>",
    ),
    _rule(
        "valkey",
        "valkey-server valkey-cli valkey-sentinel",
        "lfprojects:valkey",
        rb"[^\d.](\d+\.\d+\.\d+)[\w-]{1,64}-\d{10,19}",
    ),
    _rule("memcached", "memcached", "memcached:memcached", rb"memcached <v>"),
    _rule("nginx", "nginx", "f5:nginx", rb"nginx version: [^/\0]{1,20}/<v>", rb"\0nginx/<v>\0"),
    _rule("httpd", "httpd apache2", "apache:http_server", rb"Apache/<v>"),
    _rule("lighttpd", "lighttpd", "lighttpd:lighttpd", rb"lighttpd/<v>"),
    _rule(
        "haproxy",
        "haproxy",
        "haproxy:haproxy",
        rb"version (\d+\.\d+(?:\.|-dev|-rc)\d+)(?:-\w{7})?[^\0]{0,40}, released 20",
        rb"HA-Proxy version <v>",
        rb"(\d+\.\d+(?:\.|-dev)\d+)-\w{7}.{1,99}HAProxy version",
        rb"\0(\d\.\d{1,2}\.\d{1,2})(?:-\d[\w.+~]*)?\0+20\d\d/\d\d/\d\d\0",
    ),
    _rule("envoy", "envoy", "envoyproxy:envoy", rb"\0(1\.[1-9]\d\.\d{1,2})\0"),
    _rule(
        "varnish", "varnishd libvarnishapi.so*", "varnish-software:varnish_cache", rb"varnish-(\d+\.\d+\.\d+)"
    ),
    _rule("squid", "squid", "squid-cache:squid", rb"squid/<v>", rb"Squid Cache: Version <v>"),
    _rule(
        "postgresql",
        "postgres psql pg_dump initdb pg_ctl",
        "postgresql:postgresql",
        rb"[\0?]PostgreSQL (\d+(?:\.\d+){0,2}(?:alpha\d|beta\d|rc\d)?)",
        rb"\(PostgreSQL\) (\d+(?:\.\d+){1,2})",
    ),
    # Percona's and ArangoDB's: by what others publish of their bytes; no real file was at hand.
    _rule(
        "percona-server",
        "mysqld mysql",
        "percona:percona_server",
        rb"/percona-server-(\d\.\d\.\d{1,2}(?:-\d{1,3})?)",
    ),
    _rule(
        "percona-xtradb-cluster",
        "mysqld mysql",
        "percona:xtradb_cluster",
        rb"/Percona-XtraDB-Cluster-(\d\.\d\.\d{1,2}(?:-\d{1,3})?)",
    ),
    _rule(
        "percona-xtrabackup",
        "xtrabackup",
        "percona:xtrabackup",
        rb"/percona-xtrabackup-(\d\.\d\.\d{1,2}(?:-\d{1,3})?)",
    ),
    _rule(
        "arangodb",
        "arangod arangosh",
        "arangodb:arangodb",
        rb"(\d\.\d{1,2}\.\d{1,2}(?:-\d{1,2})?) (?:enterprise )?\[linux\]",
    ),
    _rule(
        "mysql",
        "mysqld mysql mysqldump",
        "oracle:mysql",
        rb"\0(\d\.\d\.\d{1,2})\0+mysql",
        rb"/mysql-(\d\.\d\.\d{1,2})/",
    ),
    _rule(
        "mariadb",
        "mariadbd mariadb mariadb-dump mysqld mysql",
        "mariadb:mariadb",
        rb"[^\d.](\d{1,2}\.\d{1,2}\.\d{1,2})-MariaDB",
    ),
    _rule(
        "mongodb", "mongod mongos", "mongodb:mongodb", rb"(\d+\.\d+\.\d+)\0+(?:tcmalloc|heap_size|cppdefines)"
    ),
    _rule(
        "sqlcipher",
        "sqlcipher libsqlcipher.so* libsqlcipher-*.so* @signalapp+sqlcipher.node",
        "zetetic:sqlcipher",
        rb"\0(?:community|commercial|enterprise)\0+([4-9]\.\d+\.\d+)\0",
        rb"\0fast_kdf_iter\0+([1-3]\.\d+\.\d+)\0",
    ),
    _rule("sqlite", "sqlite3 libsqlite3*.so*", "sqlite:sqlite", rb"\0(3\.\d{1,2}\.\d{1,2})\0"),
    _rule(
        "mosquitto",
        "mosquitto libmosquitto.so*",
        "eclipse:mosquitto",
        rb"mosquitto version <v>",
        rb"\0(\d\.\d\.\d{1,2})\0",
    ),
    _rule(
        "fluent-bit",
        "fluent-bit",
        "treasuredata:fluent_bit",
        rb"\0(\d+\.\d+\.\d+)\0{1,3}(?:\x1b\[1m\0{1,2})?(?:%s)?Fluent",
    ),
    _rule(
        "bind",
        "named dig libdns-#*.so libisc-#*.so",
        "isc:bind",
        rb"libisc-(\d+\.\d+\.\d+)",
        rb"\0(9\.\d{1,2}\.\d{1,2})[^\0]{0,40}\0",
    ),
    _rule("unbound", "unbound libunbound.so*", "nlnetlabs:unbound", rb"unbound <v>"),
    _rule("dnsmasq", "dnsmasq", "thekelleys:dnsmasq", rb"\0(2\.\d{2})\0", rb"dnsmasq-<v>"),
    _rule(
        "dovecot",
        "dovecot libdovecot.so*",
        "dovecot:dovecot",
        rb"Dovecot v<v>",
        rb"\0<v>(?: \(\w{7,12}\))?\0DOVECO",
        rb"DOVECOT_VERSION\0<v>",
    ),
    _rule("exim", "exim4 exim", "exim:exim", rb"\0(4\.\d{2}(?:\.\d+)?)\0"),
    _rule(
        "openssh", "ssh sshd ssh-agent", "openbsd:openssh", rb"OpenSSH_(\d+\.\d+p\d+)", rb"OpenSSH_(\d+\.\d+)"
    ),
    _rule(
        "dropbear",
        "dropbear dropbearmulti dbclient",
        "dropbear_ssh_project:dropbear_ssh",
        rb"dropbear_(20\d\d\.\d+)",
    ),
    _rule("openvpn", "openvpn", "openvpn:openvpn", rb"OpenVPN (2\.\d+\.\d+) [\w-]*linux"),
    _rule("stunnel", "stunnel stunnel4", "stunnel:stunnel", rb"stunnel (\d+\.\d+)"),
    _rule(
        "proftpd",
        "proftpd",
        "proftpd:proftpd",
        rb"ProFTPD Version (\d+\.\d+\.\d+[a-z]?)",
        rb"\0(1\.3\.\d[a-z]?)\0",
    ),
    _rule("vsftpd", "vsftpd", "beasts:vsftpd", rb"vsFTPd <v>"),
    _rule("pure-ftpd", "pure-ftpd", "pureftpd:pure-ftpd", rb"pure-ftpd v<v>"),
    _rule(
        "openldap",
        "slapd ldapsearch libldap-*.so* libldap.so*",
        "openldap:openldap",
        rb"OpenLDAP: \w+ <v>",
        rb"\$OpenLDAP: [^\0]{0,40}?<v>",
    ),
    _rule(
        "samba",
        "smbd smbclient libsamba-util*.so*",
        "samba:samba",
        rb"SAMBA_(\d+\.\d+\.\d+)",
        rb"\0(4\.\d{1,2}\.\d{1,2})[^\0]{0,30}\0",
    ),
    _rule("cups", "cupsd libcups.so*", "openprinting:cups", rb"CUPS[ /]v?(\d+\.\d+\.\d+)"),
    _rule("chrony", "chronyd chronyc", "tuxfamily:chrony", rb"--version\0(\d\.\d(?:\.\d)?)\0"),
    _rule(
        "slurm",
        "slurmd slurmctld slurmdbd slurmd-wlm slurmctld-wlm slurmdbd-wlm",
        "schedmd:slurm",
        rb"\0(\d{2}\.\d{2}\.\d{1,2})\0SLURM_ARCH",
        rb"slurm (\d{2}\.\d{2}\.\d{1,2})\0",
    ),
    _rule("munge", "munged", "", rb"\0(0\.\d\.\d{1,2})\0munge\0"),
    _rule("keepalived", "keepalived", "keepalived:keepalived", rb"Keepalived v<v>"),
    _rule("tor", "tor", "torproject:tor", rb"\0tor (0\.\d\.\d+\.\d+)\0"),
    _rule("collectd", "collectd", "collectd:collectd", rb"collectd (\d+\.\d+\.\d+)"),
    _rule(
        "zabbix", "zabbix_agentd zabbix_server zabbix_proxy", "zabbix:zabbix", rb"Zabbix (\d\.\d\.\d{1,2})\0"
    ),
    _rule("kamailio", "kamailio", "kamailio:kamailio", rb"kamailio \((\d+\.\d+\.\d+)"),
    _rule("monit", "monit", "tildeslash:monit", rb"Monit[ /]<v>", rb"\0(5\.\d{1,2}\.\d{1,2})\0"),
    _rule("icecast", "icecast2 icecast", "icecast:icecast", rb"Icecast <v>"),
    _rule(
        "transmission",
        "transmission-daemon",
        "transmissionbt:transmission",
        rb"\0(\d\.\d{1,2}) \([0-9a-f]{8,10}\)\0",
        rb"Transmission/<v>",
    ),
    # Tools.
    _rule(
        "curl",
        "curl libcurl*.so*",
        "haxx:curl",
        rb"libcurl/(\d+\.\d+\.\d+)",
        rb"curl[ /](\d+\.\d+\.\d+)",
        rb"\0(\d+\.\d+\.\d+)\0libcurl",
    ),
    _rule("wget", "wget", "gnu:wget", rb"[Ww]get[/ ](\d+\.\d+(?:\.\d+)?)", rb"\0(1\.\d{2}(?:\.\d)?)\0"),
    _rule("git", "git", "git-scm:git", rb"git/(\d+\.\d+\.\d+)", rb"\0(2\.\d{1,2}\.\d{1,2})(?:\.\d+)?\0"),
    _rule("aws-lc", "openssl libcrypto*.so*", "amazon:aws_libcrypto", rb"AWS-LC (\d+\.\d+\.\d+)\)\0"),
    _rule(
        "openssl",
        "openssl libssl.so* libssl-*.so* libcrypto*.so*",
        "openssl:openssl",
        rb"\0OpenSSL (\d+\.\d+\.\d+(?:[a-z]+|-alpha\d|-beta\d|-rc\d)?)[ \0]",
    ),
    _rule("gnutls", "libgnutls*.so*", "gnu:gnutls", rb"GnuTLS (\d\.\d\.\d{1,2})", rb"\0(3\.\d\.\d{1,2})\0"),
    _rule("libgcrypt", "libgcrypt*.so*", "gnupg:libgcrypt", rb"This is Libgcrypt (\d+\.\d+\.\d+)"),
    _rule(
        "gnupg",
        "gpg gpg2 gpgv gpg-agent",
        "gnupg:gnupg",
        rb"\(@GNUPG@\)\0(2\.\d\.\d{1,2})\0",
        rb"\(GnuPG\)\0(2\.\d\.\d{1,2})\0",
    ),
    _rule("libsodium", "libsodium*.so*", "libsodium:libsodium", rb"\0(1\.0\.\d{1,2})\0"),
    _rule("rsync", "rsync", "samba:rsync", rb"rsync +version <v>", rb"\0(3\.\d\.\d)\0"),
    _rule("tar", "tar", "gnu:tar", rb"\0(1\.\d{2})\0", rb"tar \(GNU tar\) <v>"),
    _rule("gzip", "gzip", "gnu:gzip", rb"\0(1\.\d{1,2})\0"),
    _rule("bzip2", "bzip2 libbz2*.so*", "bzip:bzip2", rb"(1\.0\.\d), \d{1,2}-\w{3}-20\d\d"),
    _rule("xz", "xz liblzma*.so*", "tukaani:xz", rb"\(XZ Utils\) (\d+\.\d+\.\d+)", rb"\0(5\.\d\.\d{1,2})\0"),
    _rule("zstd", "zstd libzstd*.so*", "facebook:zstandard", rb"\0v?(1\.\d\.\d)\0"),
    _rule("zlib", "libz.so* libz-*.so*", "zlib:zlib", rb"deflate (1\.[\d.]+) Copyright"),
    _rule("lz4", "lz4 liblz4*.so*", "lz4_project:lz4", rb"\0v?(1\.\d\.\d)\0"),
    _rule(
        "p7zip",
        "7z 7za 7zr 7zz",
        "7-zip:p7zip",
        rb"p7zip Version (\d+\.\d+)",
        rb"7-Zip [^\0]{0,20}?(\d{2}\.\d{2})",
    ),
    _rule("jq", "jq", "jqlang:jq", rb"\0jq-(\d\.\d(?:\.\d)?)", rb"\0(\d\.\d(?:\.\d)?)\0"),
    _rule("vim", "vim vim.basic vim.tiny vi", "vim:vim", rb"VIM - Vi IMproved (\d\.\d)", rb"/vim(\d\d)/"),
    _rule("nano", "nano", "gnu:nano", rb"GNU nano <v>", rb"\0(\d\.\d(?:\.\d)?)\0nano"),
    _rule("less", "less", "gnu:less", rb"\0(\d{3})\0"),
    _rule(
        "gcc",
        "gcc gcc-# *-gcc-# g++ g++-# cc1 cc1plus",
        "gnu:gcc",
        rb"%d\.%d\.%d\0(\d+\.\d+\.\d+)\0",
        rb"GCC: \([^)\0]{1,60}\) (\d+\.\d+\.\d+)",
    ),
    _rule(
        "llvm",
        "clang clang-# libLLVM*.so* libclang*.so*",
        "llvm:llvm",
        rb"clang version (\d+\.\d+\.\d+)",
        rb"LLVM version (\d+\.\d+\.\d+)",
        rb"\0(\d{1,2}\.\d\.\d)\0",
    ),
    _rule("cmake", "cmake ctest cpack", "cmake:cmake", rb"_DEFINED_(\d\.\d+\.\d+)\0", rb"CPack \0<v>\0"),
    _rule("make", "make gmake", "gnu:make", rb"\0(\d\.\d(?:\.\d)?)\0"),
    _rule("ninja", "ninja", "", rb"\0(1\.\d{1,2}\.\d{1,2})(?:\.git)?[.\w-]*\0"),
    _rule(
        "binutils",
        "ld.bfd *-ld.bfd *-objdump objdump readelf *-readelf libbfd*.so",
        "gnu:binutils",
        rb"\(GNU Binutils[^)\0]{0,40}\) (\d\.\d+(?:\.\d+)?)",
    ),
    _rule("gdb", "gdb", "gnu:gdb", rb"/gdb-(\d+\.\d+(?:\.\d+)?)/gdb/"),
    _rule("strace", "strace", "strace_project:strace", rb"\0(\d\.\d{1,2})\0"),
    _rule("tmux", "tmux", "tmux_project:tmux", rb"\0(\d\.\d[a-z]?)\0"),
    _rule(
        "ffmpeg",
        _FFMPEG,
        "ffmpeg:ffmpeg",
        rb"FFmpeg version n?(\d\.\d(?:\.\d+)?)",
        rb"%s version n?(\d\.\d(?:\.\d+)?)",
        rb"\0n?(\d\.\d\.\d{1,2})[-\w~+.]*\0",
    ),
    _rule(
        "imagemagick",
        "libMagickCore*.so*",
        "imagemagick:imagemagick",
        rb"ImageMagick (\d\.\d\.\d{1,2}-\d{1,2})",
    ),
    _rule("ghostscript", "gs libgs.so*", "artifex:ghostscript", rb"/ghostscript/(\d+\.\d+\.\d+)/"),
    _rule("nmap", "nmap", "nmap:nmap", rb"Nmap <v>", rb"\0(7\.\d{2})\0"),
    _rule("tcpdump", "tcpdump", "tcpdump:tcpdump", rb"%s version <v>\n"),
    _rule("libpcap", "libpcap*.so*", "tcpdump:libpcap", rb"libpcap version <v>"),
    _rule("mutt", "mutt", "mutt:mutt", rb"muttrc-(\d\.\d+\.\d+)"),
    _rule("emacs", "emacs emacs-#* emacs-nox", "gnu:emacs", rb"GNU Emacs <v>"),
    _rule(
        "squashfs-tools",
        "mksquashfs unsquashfs",
        "squashfs-tools_project:squashfs-tools",
        rb"(?:mk|un)squashfs version <v>",
    ),
    # Libraries that wheels and archives bring with them.
    _rule("libpng", "libpng*.so*", "libpng:libpng", rb"libpng version (1\.\d\.\d{1,2})"),
    _rule(
        "libjpeg-turbo",
        "libjpeg*.so* libturbojpeg*.so*",
        "libjpeg-turbo:libjpeg-turbo",
        rb"libjpeg-turbo version (\d\.\d\.\d{1,2})",
    ),
    _rule("libtiff", "libtiff*.so*", "libtiff:libtiff", rb"LIBTIFF, Version (\d\.\d\.\d)"),
    _rule("expat", "libexpat*.so*", "libexpat_project:libexpat", rb"expat_(\d\.\d\.\d)"),
    _rule("libarchive", "libarchive*.so* bsdtar", "libarchive:libarchive", rb"libarchive (\d\.\d\.\d{1,2})"),
    _rule("libssh2", "libssh2*.so*", "libssh2:libssh2", rb"libssh2_(\d+\.\d+\.\d+)"),
    _rule(
        "libssh",
        "libssh.so* libssh-*.so*",
        "libssh:libssh",
        rb"libssh[_-](\d+\.\d+\.\d+)",
        rb"\0(0\.\d{1,2}\.\d{1,2})/",
    ),
    _rule("nghttp2", "libnghttp2*.so*", "nghttp2:nghttp2", rb"[^\d.](1\.\d{2}\.\d)\0"),
    _rule(
        "libevent",
        "libevent*.so*",
        "libevent_project:libevent",
        rb"\0(2\.\d\.\d{1,2}-(?:stable|beta|alpha))\0",
    ),
    _rule("libuv", "libuv*.so*", "libuv:libuv", rb"[^\d.](1\.\d{2}\.\d{1,2})\0"),
    _rule("pcre2", "libpcre2*.so*", "pcre:pcre2", rb"\0(10\.\d{2}) 20\d\d-\d\d-\d\d"),
    _rule("pcre", "libpcre.so* libpcre-*.so*", "pcre:pcre", rb"[^\d.](8\.\d{2}) 20\d\d-\d\d-\d\d"),
    _rule("libyaml", "libyaml-0*.so*", "pyyaml:libyaml", rb"\0(0\.\d\.\d)\0"),
    _rule("readline", "libreadline*.so*", "gnu:readline", rb"\0(\d\.\d)\0"),
    _rule("gmp", "libgmp*.so*", "gmplib:gmp", rb"[^\d.](6\.\d\.\d)\0"),
    _rule("mpfr", "libmpfr*.so*", "mpfr:gnu_mpfr", rb"[^\d.](4\.\d\.\d)(?:-p\d+)?\0"),
    _rule("fftw", "libfftw3*.so*", "fftw:fftw", rb"fftw-(3\.\d\.\d{1,2})"),
    _rule("gsl", "libgsl.so* libgsl-*.so*", "gnu:gnu_scientific_library", rb"\0(2\.\d(?:\.\d)?)\0"),
    _rule(
        "openblas",
        "libopenblas*.so* libscipy_openblas*.so*",
        "openblas_project:openblas",
        rb"OpenBLAS (0\.\d\.\d{1,2})",
    ),
    _rule(
        "openmpi",
        "libmpi.so* libopen-pal*.so* mpirun.openmpi orterun",
        "open-mpi:open_mpi",
        rb"Open MPI v?(\d\.\d\.\d{1,2})",
        rb"\0v?(4\.\d\.\d)\0",
    ),
    _rule(
        "hdf5",
        "libhdf5*.so*",
        "hdfgroup:hdf5",
        rb"HDF5 library version ([12]\.\d{1,2}\.\d{1,2})",
        rb"HDF5 Version:\s+([12]\.\d{1,2}\.\d{1,2})",
    ),
    _rule("netcdf", "libnetcdf*.so*", "unidata:netcdf", rb"\0(4\.\d\.\d) of "),
    _rule(
        "gdal",
        "libgdal*.so*",
        "osgeo:gdal",
        rb"[/ ]gdal-(\d\.\d{1,2}\.\d{1,2})/",
        rb"GDAL[ /](\d\.\d{1,2}\.\d{1,2})\0",
    ),
    _rule("proj", "libproj*.so*", "osgeo:proj", rb"Rel\. (\d\.\d\.\d)"),
    _rule(
        "geos",
        "libgeos-#.so* libgeos.so* libgeos_c*.so*",
        "libgeos:geos",
        rb"(3\.\d{1,2}\.\d{1,2}(?:beta\d|rc\d)?)-CAPI",
        rb"\0(3\.\d{1,2}\.\d{1,2})\0",
    ),
    _rule("harfbuzz", "libharfbuzz*.so*", "harfbuzz_project:harfbuzz", rb"\0(\d{1,2}\.\d{1,2}\.\d)\0"),
    _rule("cairo", "libcairo*.so*", "cairographics:cairo", rb"(1\.\d{2}\.\d{1,2})\0[\w./-]{0,40}src/cairo"),
    _rule("openjpeg", "libopenjp2*.so*", "uclouvain:openjpeg", rb"\0(2\.\d\.\d)\0"),
    _rule("tesseract", "libtesseract*.so* tesseract", "tesseract_project:tesseract", rb"\0(5\.\d\.\d)\0"),
    _rule(
        "poppler",
        "libpoppler*.so* pdftotext",
        "freedesktop:poppler",
        rb"poppler[- ](\d\d\.\d\d\.\d)",
        rb"\0(2\d\.\d\d\.\d)\0",
    ),
    _rule(
        "qtbase",
        "libQt#Core*.so*",
        "qt:qt",
        rb"\0Qt (\d\.\d+\.\d+) \(",
        rb"QtCore library version (\d\.\d\.\d)",
    ),
    _rule("chrome", "chrome", "google:chrome", rb"\0(\d+\.\d+\.\d+\.\d+)\0Default"),
    # CUDA, what is built on it, and ROCm: files' names say the version, or else what they were built with.
    _library("cuda-cudart", "libcudart.so.#", "nvidia:cuda_toolkit"),
    _library("cuda-nvrtc", "libnvrtc.so.# libnvrtc-builtins.so.#", "nvidia:cuda_toolkit", _CUDA_TOOLS),
    _library("cuda-cupti", "libcupti.so.#", "nvidia:cuda_toolkit"),
    _library("cuda-nvcc", "nvcc ptxas nvlink fatbinary cudafe++", "nvidia:cuda_toolkit", _CUDA_TOOLS),
    _library("libcublas", "libcublas.so.# libcublasLt.so.# libnvblas.so.#", ""),
    _library("libcufft", "libcufft.so.# libcufftw.so.#", ""),
    _library("libcurand", "libcurand.so.#", ""),
    _library("libcusolver", "libcusolver.so.# libcusolverMg.so.#", ""),
    _library("libcusparse", "libcusparse.so.#", ""),
    _library("libcusparselt", "libcusparseLt.so.#", ""),
    _library("libnpp", "libnpp*.so.#", ""),
    _library("libnvjpeg", "libnvjpeg.so.#", ""),
    _library("libnvjitlink", "libnvJitLink.so.#", "nvidia:cuda_toolkit", _CUDA_TOOLS),
    _library("libcufile", "libcufile.so.# libcufile_rdma.so.#", ""),
    _library("cudnn", "libcudnn*.so.#", "nvidia:cudnn"),
    _library("nccl", "libnccl.so.#", "nvidia:nccl", rb"NCCL version <v>"),
    _library("tensorrt", "libnvinfer*.so.# libnvonnxparser.so.# libnvparsers.so.#", "nvidia:tensorrt"),
    _library("cutensor", "libcutensor*.so.#", ""),
    _library("nvidia-driver", "libcuda.so.# libnvidia-ml.so.# libnvidia-ptxjitcompiler.so.#", ""),
    _library("hip", "libamdhip64.so.# libhiprtc.so.#", ""),
    _library("hsa-runtime", "libhsa-runtime64.so.#", ""),
    _library("rocblas", "librocblas.so.#", ""),
    _library("hipblas", "libhipblas.so.# libhipblaslt.so.#", ""),
    _library("rocfft", "librocfft.so.#", ""),
    _library("rocsparse", "librocsparse.so.#", ""),
    _library("rocsolver", "librocsolver.so.#", ""),
    _library("rccl", "librccl.so.#", ""),
    _library("miopen", "libMIOpen.so.#", ""),
    # Programs in Go, whose build information often lacks their own version: a variable holds it.
    _go("helm.sh/helm", "helm", "helm:helm", rb"v(3\.\d+\.\d+[\w.-]*)"),
    _go("k8s.io/kubernetes", _KUBERNETES, "kubernetes:kubernetes", rb"v(1\.\d+\.\d+)[\w.+-]*"),
    _go("go.etcd.io/etcd", "etcd etcdctl etcdutl", "etcd:etcd", rb"(3\.\d+\.\d+)[\w.+~-]*"),
    _go("github.com/hashicorp/consul", "consul", "hashicorp:consul", rb"v?(1\.\d+\.\d+)[\w.+~-]*"),
    _go("github.com/hashicorp/vault", "vault", "hashicorp:vault", rb"(1\.\d+\.\d+)[\w.+~-]*"),
    _go("github.com/hashicorp/terraform", "terraform", "hashicorp:terraform", rb"([01]\.\d+\.\d+)[\w.+~-]*"),
    _go("github.com/hashicorp/nomad", "nomad", "hashicorp:nomad", rb"(1\.\d+\.\d+)[\w.+~-]*"),
    _go("traefik", "traefik", "traefik:traefik", rb"v?([1-3]\.\d+\.\d+)[\w.+~-]*"),
    _go("github.com/docker/docker", "dockerd", "docker:docker", rb"v?(\d\d\.\d+\.\d+)[\w.+~-]*"),
    _go("github.com/docker/cli", "docker", "docker:docker", rb"v?(\d\d\.\d+\.\d+)[\w.+~-]*"),
    _go(
        "github.com/containerd/containerd",
        "containerd ctr containerd-shim-*",
        "linuxfoundation:containerd",
        rb"v?([12]\.\d+\.\d+)[\w.+~-]*",
    ),
    _go("github.com/opencontainers/runc", "runc", "linuxfoundation:runc", rb"v?(1\.\d+\.\d+)[\w.+~-]*"),
    _go(
        "github.com/prometheus/prometheus",
        "prometheus promtool",
        "prometheus:prometheus",
        rb"v?([23]\.\d+\.\d+)[\w.+~-]*",
    ),
    _go(
        "github.com/prometheus/alertmanager",
        "alertmanager amtool prometheus-alertmanager",
        "prometheus:alertmanager",
        rb"v?(0\.\d+\.\d+)[\w.+~-]*",
    ),
    _go(
        "github.com/prometheus/node_exporter",
        "node_exporter prometheus-node-exporter",
        "",
        rb"v?(1\.\d+\.\d+)[\w.+~-]*",
    ),
    _go(
        "github.com/influxdata/influxdb",
        "influxd influx",
        "influxdata:influxdb",
        rb"v?([12]\.\d+\.\d+)[\w.+~-]*",
    ),
    _go(
        "grafana",
        "grafana grafana-server",
        "grafana:grafana",
        rb"v?((?:[6-9]|1\d)\.\d+\.\d+)[\w.+~-]*",
    ),
    _go("github.com/rclone/rclone", "rclone", "rclone:rclone", rb"v(1\.\d+\.\d+)[\w.+~-]*"),
    _go("github.com/restic/restic", "restic", "restic:restic", rb"(0\.\d+\.\d+)[\w.+~-]*"),
)

_UNQUOTED: Final = re.compile(r"[^A-Za-z0-9._-]")  # NISTIR 7695, section 6.2
_CPES: Final = {
    **{(rule.ecosystem, rule.name): f"a:{rule.cpe}" for rule in RULES if rule.cpe},
    (GENERIC.purl_type, "cuda-toolkit"): "a:nvidia:cuda_toolkit",
    (GENERIC.purl_type, "linux-kernel"): "o:linux:linux_kernel",
    (GENERIC.purl_type, "matomo"): "a:matomo:matomo",
    (GENERIC.purl_type, "mediawiki"): "a:mediawiki:mediawiki",
    (GENERIC.purl_type, "moodle"): "a:moodle:moodle",
    (GENERIC.purl_type, "nextcloud"): "a:nextcloud:nextcloud_server",
    (GENERIC.purl_type, "phpmyadmin"): "a:phpmyadmin:phpmyadmin",
    (GENERIC.purl_type, "redmine"): "a:redmine:redmine",
    (GENERIC.purl_type, "roundcube"): "a:roundcube:webmail",
    (GENERIC.purl_type, "wordpress"): "a:wordpress:wordpress",
}


def program_cpe(ecosystem: str, name: str, version: str) -> str:
    """Return the CPE 2.3 name of a program's version; empty for one that the table does not know, or without.

    Parameters
    ----------
    ecosystem, name
        As claims have them.
    """
    product = _CPES.get((ecosystem, name))
    if not product or not version:
        return ""
    number = version.removeprefix("v")  # of modules of Go
    return f"cpe:2.3:{product}:{_UNQUOTED.sub(_quoted, number)}:*:*:*:*:*:*:*"


def _quoted(found: re.Match[str]) -> str:
    return f"\\{found[0]}"
