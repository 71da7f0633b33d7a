#!/usr/bin/env bash
# System packages: installed where we are root, named clearly where we are not.
# `venv`: what a virtual environment needs. `tests`: a real browser and the tools that judge our output.
set -euo pipefail

missing=()
need() { # need PROGRAM PACKAGE
  command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}

case "${1:-}" in
  venv)
    need python3 python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed." >&2; exit 1; }
    ;;
  tests)
    need age age
    need caddy caddy
    need chromium chromium
    need exiftool libimage-exiftool-perl
    [ -x /usr/sbin/nginx ] || need nginx nginx-light
    need openssl openssl
    need pdftotext poppler-utils
    need shasum perl
    need ssh-keygen openssh-client
    need strace strace
    need unzip unzip
    need zip zip
    ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing+=(libfaketime)
    fc-list 2>/dev/null | grep -i 'noto sans' >/dev/null || missing+=(fonts-noto-core fontconfig)
    ;;
  *) echo "usage: system.sh venv|tests" >&2; exit 2 ;;
esac

[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ]; then
  echo "Please install these Debian packages, then try again: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
