#!/bin/bash
# files.sh - invalid lists and configurations. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

# The command makes the list; the run must not change it.
bad_list() { # LABEL PATTERN CMD...
	fresh
	local label=$1 pattern=$2
	shift 2
	"$@"
	refused 4 "$pattern" "console.list $label" deny carol
	check_rc 0 "console.list $label: the list command names the file" \
		says 'console.list' ctl list
}
make_file() { # TEXT [MODE [OWNER]]
	printf '%b' "$1" >"$console" && chmod "${2:-600}" "$console" && chown "${3:-0}" "$console"
}
make_huge() { truncate -s 1073741825 "$console" && chmod 600 "$console"; }
case_list_files() {
	bad_list 'owned by another user' \
		'not owned by root' make_file '# pam_revoke list 1\n' 644 65534
	bad_list world-writable 'writable by' make_file '# pam_revoke list 1\n' 666
	bad_list truncated 'truncated: no newline at the end' make_file '# pam_revoke list 1\nuser:bo'
	bad_list binary 'not a revocation list' make_file '\0177ELF\0001\0002\n'
	bad_list 'of another version' 'version' make_file '# pam_revoke list 2\nuser:bob\n'
	bad_list huge 'too large' make_huge
	bad_list 'a FIFO' 'not a regular file' mkfifo -m 600 "$console"
	bad_list 'a directory' 'not a regular file' mkdir "$console"
	bad_list 'a symbolic link' 'symbolic link' ln -s /etc/passwd "$console"
	fresh
	check_rc 0 "console.list missing: created" deny carol
	check "console.list created: only its group can read the reasons" \
		test "$(stat -c '%a %g' "$console")" = '640 0'
	fresh
	chgrp 1234 "$work/state/lists.d" && chmod 2755 "$work/state/lists.d"
	check_rc 0 "lists.d with a group of readers: written" deny carol
	check "lists.d with a group of readers: it can read the list" \
		test "$(stat -c '%a %g' "$console")" = '640 1234'
	fresh
	rm -rf "$work/state/lists.d"
	check_rc 4 "state directory without lists.d" deny carol
	fresh
	chmod 777 "$work/state"
	check_rc 4 "state directory writable by others" deny carol
}

bad_conf() { # LABEL PATTERN CMD...
	local label=$1 pattern=$2
	shift 2
	fresh
	rm -rf "$work/conf"
	"$@"
	refused 4 "$pattern" "configuration $label" deny carol
}
make_conf() { printf '%b' "$1" >"$work/conf"; }
make_huge_conf() { yes '#' | head -c 100000 >"$work/conf"; }
case_configuration_files() {
	bad_conf missing 'conf: missing' true
	bad_conf 'a directory' 'not a regular file' mkdir "$work/conf"
	bad_conf 'a FIFO' 'not a regular file' mkfifo -m 600 "$work/conf"
	bad_conf 'a symbolic link' 'symbolic link' ln -s /etc/passwd "$work/conf"
	bad_conf 'world-writable' 'writable by' install -m 666 /dev/null "$work/conf"
	bad_conf 'huge' 'too large' make_huge_conf
	bad_conf 'with a misspelt key' 'conf:2: unavailble: unknown key' \
		make_conf '[gate]\nunavailble = deny\n'
	bad_conf 'binary' 'NUL byte' make_conf 'a\0000b'
	fresh
}
