#!/bin/bash
# build.sh [SUITE] - builds the packages into build/deb/SUITE/, in a throw-away overlay of that
# release's kept tree, and examines them; without SUITE for the release it runs on. If CCACHE_DIR is
# set, a build for a SUITE compiles through that cache.
# build.sh --again SUITE - builds them a second time, at another time and place, in another locale,
# with another umask: each package must have the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/hosts/trees.sh

copy_source() {
	mkdir -p "$1"
	source_files | tar --null -T - -cf - | tar -C "$1" -xf -
}

collect() { # FROM TO: what a build left in the directory above its source
	mkdir -p "$2"
	rm -f "$2"/*.deb
	find "$1" -maxdepth 1 -name '*.deb' ! -name '*dbgsym*' -exec cp {} "$2/" \;
	find "$1" -maxdepth 1 -name '*.changes' -exec cp {} "$2/" \;
	ls "$2"
}

build_here() {
	local suite
	suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	copy_source "$work/src/pam-revoke"
	(cd "$work/src/pam-revoke" && dpkg-buildpackage -b -us -uc)
	collect "$work/src" "build/deb/$suite"
}

close_overlay() {
	trap '' INT TERM HUP # a second signal must not interrupt this
	# Lazily: a process that was signalled with us may not have exited yet.
	! mountpoint -q "$work/root/ccache" || umount -l "$work/root/ccache"
	! mountpoint -q "$work/root/proc" || umount -l "$work/root/proc"
	! mountpoint -q "$work/root" || umount -l "$work/root"
	rm -rf --one-file-system "$work"
}

open_overlay() { # SUITE
	local lower
	lower=$(tree build "$1")
	work=$(mktemp -d "${TMPDIR:-/var/tmp}/revoke-deb.XXXXXX")
	trap close_overlay EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	mkdir -p "$work/upper" "$work/work" "$work/root"
	mount -t overlay overlay "$work/root" \
		-o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/work"
	mount -t proc proc "$work/root/proc"
}

inside() { # [NAME=VALUE]... SCRIPT
	chroot "$work/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEB_BUILD_OPTIONS="parallel=$(nproc) noautodbgsym" "${@:1:$#-1}" sh -ec "${@: -1}"
}

# What hardening-check cannot find:
# - control flow integrity: the start files of Debian's libc are not marked for it;
# - branch protection: belongs to another processor, and only newer versions look for it;
# - fortified functions in the module and in the generator: the compiler sees no size of what is
#   copied. blhc has seen the option on each line that compiles.
examine() { # SUITE
	local without=--nocfprotection
	echo "lintian, $1:"
	inside 'cd /build && lintian --version &&
		lintian --allow-root --fail-on error,warning *.changes'
	echo "blhc, $1:"
	inside 'blhc --all /build/build.log'
	echo "hardening-check, $1:"
	case $(inside 'hardening-check --help') in
	*--nobranchprotection*) without+=' --nobranchprotection' ;;
	esac
	inside "cd /build && dpkg-deb -x libpam-revoke_*.deb contents && cd contents &&
		hardening-check $without \$(grep -rlaP '^\x7fELF' usr/sbin usr/libexec) &&
		hardening-check $without --nofortify usr/lib/*/security/pam_revoke.so \
			usr/lib/systemd/system-generators/pam-revoke-generator"
}

build() { # SUITE
	local cached=()
	open_overlay "$1"
	if [ -n "${CCACHE_DIR:-}" ]; then
		mkdir -p "$CCACHE_DIR" "$work/root/ccache"
		mount --bind "$CCACHE_DIR" "$work/root/ccache"
		cached=(CCACHE_DIR=/ccache PATH=/usr/lib/ccache:/usr/sbin:/usr/bin:/sbin:/bin)
	fi
	copy_source "$work/root/build/pam-revoke"
	inside "${cached[@]}" 'cd /build/pam-revoke && dpkg-buildpackage -b -us -uc' 2>&1 |
		tee "$work/root/build/build.log"
	examine "$1"
	collect "$work/root/build" "build/deb/$1"
}

sums() { # CHANGES: the hash of each package
	sed -n '/^Checksums-Sha256:/,/^[^ ]/s/^ \([0-9a-f]\{64\}\) [0-9]* \(.*\.deb\)$/\2 \1/p' "$1"
}

again() { # SUITE
	local name sum elsewhere=/srv/elsewhere/than/before
	packages "$1"
	open_overlay "$1"
	copy_source "$work/root$elsewhere/pam-revoke"
	inside 'localedef -i tr_TR -f UTF-8 tr_TR.UTF-8'
	inside HOME=/ TZ=XYZ-14 LC_ALL=tr_TR.UTF-8 DEB_BUILD_OPTIONS='parallel=3 noautodbgsym' \
		"umask 077; cd $elsewhere/pam-revoke; faketime -f +400d dpkg-buildpackage -b -us -uc"
	collect "$work/root$elsewhere" "build/deb/$1-again"
	. tests/assert.sh
	while read -r name sum; do
		check "$1: $name has the same bytes when it is built again" \
			grep -qxF "$name $sum" <(sums build/deb/"$1-again"/*.changes)
	done < <(sums build/deb/"$1"/*.changes)
	check "$1: at least one package was compared" test $((checks_passed + checks_failed)) -gt 0
	checks_summary
}

case ${1:-} in
'') build_here ;;
--again) again "$2" ;;
*) build "$1" ;;
esac
