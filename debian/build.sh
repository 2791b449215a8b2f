#!/bin/bash
# build.sh [SUITE] - builds the packages into build/deb/SUITE/, inside a throw-away overlay of that release's kept tree;
# without SUITE for the release it runs on.
set -eu
cd "$(dirname "$0")/.."
top=$PWD
suite=${1:-}

copy_source() { # what git would take, committed or not
	mkdir -p "$1"
	git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do [ -e "$file" ] && printf '%s\0' "$file"; done |
		tar --null -T - -cf - | tar -C "$1" -xf -
}

collect() { # from the folder above the source
	mkdir -p "$2"
	rm -f "$2"/*.deb
	find "$1" -maxdepth 1 -name '*.deb' ! -name '*dbgsym*' -exec cp {} "$2/" \;
	find "$1" -maxdepth 1 -name '*.changes' -exec cp {} "$2/" \;
}

if [ -z "$suite" ]; then
	suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	copy_source "$work/src/pam-revoke"
	(cd "$work/src/pam-revoke" && dpkg-buildpackage -b -us -uc)
	collect "$work/src" "$top/build/deb/$suite"
	ls "$top/build/deb/$suite"
	exit 0
fi

. tests/hosts/trees.sh
lower=$(tree build "$suite")
work=$(mktemp -d "${TMPDIR:-/var/tmp}/revoke-deb.XXXXXX")
clean_up() {
	trap '' INT TERM HUP # who is told twice to stop must still finish this
	# Lazily: what was told to stop with us may still be on its way out.
	umount -l "$work/root/proc" 2>/dev/null || true
	umount -l "$work/root" 2>/dev/null || true
	rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
mkdir -p "$work/upper" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/work" "$work/root"
mount -t proc proc "$work/root/proc"
copy_source "$work/root/build/pam-revoke"
inside() { chroot "$work/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEB_BUILD_OPTIONS="parallel=$(nproc) noautodbgsym" sh -ec "$1"; }
inside 'cd /build/pam-revoke && dpkg-buildpackage -b -us -uc'
echo "lintian, $suite:"
inside 'cd /build && lintian --version && lintian --allow-root --fail-on error,warning *.changes'
collect "$work/root/build" "$top/build/deb/$suite"
ls "$top/build/deb/$suite"
