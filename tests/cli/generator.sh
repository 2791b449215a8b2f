#!/bin/bash
# generator.sh - the drop-in that the systemd generator writes. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

generator=$PWD/build/pam-revoke-generator
units=$work/units
lists_conf=$units/revoke-compile.path.d/00-lists.conf
system_conf=/etc/pam_revoke/pam_revoke.conf

# generates [CMD...]: the generator, with an /etc and a /dev of its own. The configuration of the
# system is $work/system.conf, if that exists, and CMD may change it. The kernel log is $work/kmsg.
generates() {
	: >"$work/kmsg"
	# shellcheck disable=SC2016 # the shell in the namespace expands it
	unshare -m sh -c 'mount -t tmpfs -o mode=755 tmpfs /etc && mkdir /etc/pam_revoke || exit
		[ ! -e "$1/system.conf" ] || cp -P "$1/system.conf" "$2" || exit
		mount -t tmpfs -o mode=755 tmpfs /dev && : >/dev/kmsg &&
			mount --bind "$1/kmsg" /dev/kmsg || exit
		generator=$3 units=$1/units && shift 3 && { [ $# -eq 0 ] || "$@"; } || exit
		exec "$generator" "$units" "$units" "$units"' sh "$work" "$system_conf" "$generator" "$@"
}
configure() { # TEXT, as printf has it
	rm -rf "$units" "$work/system.conf"
	mkdir "$units"
	# shellcheck disable=SC2059 # a format
	printf "$1" >"$work/system.conf"
}
# watches TEXT LINE...: with this configuration, the drop-in has exactly these lines.
watches() {
	configure "$1"
	shift
	generates && printf '%s\n' '[Path]' 'PathChanged=' "$@" | diff - "$lists_conf"
}
writes_nothing() { silent generates && [ -z "$(ls "$units")" ]; }
# reports PATTERN CMD...: fails, prints one line, also to the kernel log, and writes no drop-in.
reports() {
	local said pattern="^pam-revoke-generator: $1"
	shift
	said=$(generates "$@" 2>&1) && return 1
	echo "$said" && cat "$work/kmsg"
	grep -qE -- "$pattern" <<<"$said" && [ "$(cat "$work/kmsg")" = "<3>$said" ] &&
		[ ! -s "$lists_conf" ]
}

# on_full_file_system: exits with 7 if the generator fails and leaves no file.
on_full_file_system() {
	# shellcheck disable=SC2016 # the shell in the namespace expands it
	generates sh -c 'mount -t tmpfs -o size=4k tmpfs "$1" && printf %4096s x >"$1/full" || exit
		"$2" "$1" "$1" "$1"
		[ $? -eq 1 ] && [ -z "$(ls "$1/revoke-compile.path.d")" ] && exit 7' \
		sh "$units" "$generator"
}

case_generator() {
	local hostile='[gate]\nlists = /srv/100%%%%n %%h,/srv/"a" '"'b'"',/srv/a  b'
	# shellcheck disable=SC2016 # characters that mean something to systemd, a shell or a C string
	hostile+=',/srv/$(x)`y`;z,/srv/ä\\n,/srv/c\\\n'
	configure ''
	check "generator: no drop-in for the default lists" writes_nothing
	rm "$work/system.conf"
	check "generator: no drop-in without a configuration" writes_nothing
	check "generator: one directory" watches '[gate]\nlists = /srv/lists\n' 'PathChanged=/srv/lists'
	check "generator: its drop-in has mode 644" test "$(stat -c %a "$lists_conf")" = 644
	check "generator: several directories, with blanks around them" \
		watches '[gate]\nlists = /srv/b , /srv/a,,/srv/b\n' \
		'PathChanged=/srv/b' 'PathChanged=/srv/a' 'PathChanged=/srv/b'
	check "generator: other services' lists are not watched" \
		watches '[gate]\nlists = /srv/a\n[service cron]\nlists = /srv/b\n' 'PathChanged=/srv/a'
	# shellcheck disable=SC2016 # the same
	check "generator: hostile names" watches "$hostile" \
		'PathChanged=/srv/100%%%%n %%h' "PathChanged=/srv/\"a\" 'b'" 'PathChanged=/srv/a  b' \
		'PathChanged=/srv/$(x)`y`;z' 'PathChanged=/srv/ä\n' 'PathChanged=/srv/c\/'
	check_rc 2 "generator: without arguments" "$generator"
}
case_generator_errors() {
	fresh
	configure '[gate]\nlists = /srv/a\n   [Path]\nPathExists=/\n'
	check "generator: a second line of a value" reports "$system_conf:3: "
	configure '[gate]\nlists = /srv/a\001\n'
	check "generator: a control byte" reports "$system_conf:2: lists: contains a control byte"
	configure '[gate]\nlists = /srv/a\nunavailble = deny\n'
	check "generator: a misspelt key" reports "$system_conf:3: unavailble: unknown key$"
	configure '[gate]\nlists = /srv/a\n'
	check "generator: a configuration that others can write" \
		reports "$system_conf: writable by" chmod 666 "$system_conf"
	check "generator: a configuration that another user owns" \
		reports "$system_conf: not owned by root" chown 65534 "$system_conf"
	rm "$work/system.conf" && ln -s "$work/conf" "$work/system.conf"
	check "generator: a configuration that is a symbolic link" \
		reports "$system_conf: .*symbolic link"
	configure '[gate]\nlists = /srv/a\n'
	mkdir "$work/elsewhere" && ln -s "$work/elsewhere" "$units/revoke-compile.path.d"
	check "generator: a directory that is a symbolic link" \
		reports 'revoke-compile.path.d: cannot open: '
	rm "$units/revoke-compile.path.d" && mkdir "$units/revoke-compile.path.d"
	: >"$work/elsewhere/file" && ln -s "$work/elsewhere/file" "$lists_conf"
	check "generator: a drop-in that is a symbolic link" \
		reports '00-lists.conf: cannot create: File exists'
	configure '[gate]\nlists = /srv/a\n'
	check_rc 7 "generator: a full file system keeps no part of a drop-in" on_full_file_system
	check "generator: no link was followed" test ! -s "$work/elsewhere/file"
	rm -r "$units"
	check "generator: no directory for units" reports "$units: cannot open: No such file"
}
