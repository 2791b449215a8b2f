#!/bin/bash
# deps.sh - installs what building, testing and the demo need, on a bare Debian 12 or 13. As root.
set -eu
packages='build-essential clang clang-format clang-tidy libclang-rt-dev libpam0g-dev
	libsystemd-dev libinih-dev libmd-dev libfmt-dev libcriterion-dev git mandoc python3 jq
	openssh-client iproute2 util-linux mount e2fsprogs procps debhelper mmdebstrap systemd-container
	debian-archive-keyring qemu-system-x86 cpio expect socat strace valgrind zsh fish shellcheck'
# Debian 12 names the sanitizers' runtime by clang's version only.
apt-cache show libclang-rt-dev >/dev/null 2>&1 ||
	packages=${packages/libclang-rt-dev/libclang-rt-14-dev}
missing=()
for package in $packages; do
	dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
		missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends "${missing[@]}"
