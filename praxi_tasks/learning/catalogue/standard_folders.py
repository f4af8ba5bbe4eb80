"""Folders that belong to everybody, however few of those who use them a catalogue knows.

They are those of the Filesystem Hierarchy Standard 3.0 and of the desktops' standards beside it.
"""

from __future__ import annotations

from typing import Final

_TOP: Final = (
    "bin boot dev doc etc games home include lib lib32 lib64 libexec libx32 local man opt root run sbin share"
    " src srv tmp usr var"
)
_BELOW: Final = {
    "etc": "X11 apt bash_completion.d cron.d cron.daily default init.d jupyter ld.so.conf.d logrotate.d pam.d"
    " profile.d security skel ssl sysctl.d systemd",
    "lib": "cmake girepository-1.0 modules pkgconfig python3 python3/dist-packages systemd systemd/system"
    " systemd/user sysusers.d tmpfiles.d udev udev/rules.d",
    "man": "man1 man2 man3 man4 man5 man6 man7 man8 man9",
    "share": "aclocal appdata applications bash-completion bash-completion/completions dbus-1 dbus-1/services"
    " doc doc-base fish fish/vendor_completions.d fonts fonts/opentype fonts/truetype games glib-2.0"
    " glib-2.0/schemas help icons icons/hicolor info java jupyter jupyter/labextensions jupyter/nbextensions"
    " lintian lintian/overrides locale man man/man1 man/man2 man/man3 man/man4 man/man5 man/man6 man/man7"
    " man/man8 man/man9 metainfo mime mime/packages perl5 pixmaps pkgconfig polkit-1 polkit-1/actions python3"
    " sounds themes xml zsh zsh/site-functions zsh/vendor-completions",
    "var": "cache lib log mail spool www",
}
_NAMES: Final = (*_TOP.split(), *(f"{top}/{name}" for top, names in _BELOW.items() for name in names.split()))

STANDARD_FOLDERS: Final = frozenset(
    f"{prefix}{name}" for prefix in ("", "usr/", "usr/local/") for name in _NAMES
)
"""Relative to the root, each with those above it."""
