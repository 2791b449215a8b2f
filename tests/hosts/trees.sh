#!/bin/bash
# trees.sh - the kept Debian trees that disposable hosts and package builds are made from.
#
# Sourced. A tree is made once and reused by every clone on the machine. Its name ends in a hash of
# what is in it: clones with different package lists use different trees at the same time.
# REVOKE_TREES says where they are kept.

: "${REVOKE_TREES:=/var/cache/pam_revoke/trees}"

host_packages=systemd,systemd-sysv,dbus,libpam-systemd,openssh-server,openssh-client,iproute2,procps
host_packages+=,login,passwd,tmux,cron,at,sudo,udev,expect,less,autopkgtest
# OpenSSH's own stand-in for a security key, taken out of its package alone: that depends on
# Twisted and PuTTY.
security_key=/usr/lib/openssh/regress/misc/sk-dummy/sk-dummy.so
build_packages=build-essential,debhelper,fakeroot,libpam0g-dev,libsystemd-dev,libinih-dev,libmd-dev
build_packages+=,libfmt-dev,pkg-config,lintian,blhc,devscripts,faketime,locales,ccache

# tree KIND SUITE: prints the path of the kept tree, made first if need be. KIND is host, build, or
# kernel, which holds nothing but /boot and /lib/modules.
tree() {
	local kind=$1 suite=$2 packages path variant=minbase fetch unpack extra=()
	case $kind in
	host)
		packages=$host_packages
		fetch="APT_CONFIG=\"\$MMDEBSTRAP_APT_CONFIG\" apt-get -qq download"
		unpack="dpkg-deb --fsys-tarfile openssh-tests_*.deb | tar -x -C \"\$1\" .$security_key"
		extra=("--customize-hook=cd \"\$1/root\" && $fetch openssh-tests &&
			$unpack && rm openssh-tests_*.deb")
		;;
	build) packages=$build_packages ;;
	kernel) packages=linux-image-cloud-amd64 variant=extract ;;
	*) echo "tree: no kind $kind" >&2; return 1 ;;
	esac
	# A mirror of a release that still changes may lag behind, with a Release file that has expired.
	[ "$suite" != forky ] || extra+=(--aptopt='Acquire::Check-Valid-Until "false"')
	path=$REVOKE_TREES/$kind-$suite
	path+=-$(printf '%s\n' "$packages" "${extra[@]}" | sha256sum | cut -c1-16)
	mkdir -p "$REVOKE_TREES"
	(
		flock 9
		[ ! -d "$path" ] || exit 0
		echo "making the $suite $kind tree (once, about a minute)" >&2
		rm -rf --one-file-system "$path.new"
		if ! mmdebstrap --quiet --variant=$variant --include="$packages" "${extra[@]}" \
			"$suite" "$path.new" >"$path.log" 2>&1; then
			tail -n 20 "$path.log" >&2
			echo "tree: mmdebstrap $suite failed, see $path.log" >&2
			exit 1
		fi
		mv "$path.new" "$path"
	) 9>"$path.lock" || return 1
	echo "$path"
}

# source_files [PATHSPEC...]: the files that git would take, committed or not, each followed by NUL.
source_files() {
	local file
	git ls-files -z --cached --others --exclude-standard -- . "$@" |
		while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done
}

# packages SUITE: builds our packages into build/deb/SUITE, unless the last ones are of this source.
# Parts of a check that run at the same time wait for one another here.
packages() {
	local suite=$1 source
	mkdir -p build/deb
	(
		flock 9
		source=$(source_files ':!tests' ':!debian/tests' ':!*.md' | xargs -0 sha256sum | sha256sum)
		[ "$source" != "$(cat "build/deb/$suite.source" 2>/dev/null)" ] || exit 0
		rm -f "build/deb/$suite.source"
		if ! debian/build.sh "$suite" >"build/deb/$suite.log" 2>&1; then
			tail -n 20 "build/deb/$suite.log" >&2
			exit 1
		fi
		echo "$source" >"build/deb/$suite.source"
	) 9>"build/deb/$suite.lock"
}
