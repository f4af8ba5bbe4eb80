"""Records of operating systems: dpkg, apk, rpm, os-release."""
