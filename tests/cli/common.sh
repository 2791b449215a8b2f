#!/bin/bash
# common.sh - directories of the test's own, and the commands on them. Sourced, once.
! declare -F fresh >/dev/null || return 0
# shellcheck source=tests/assert.sh
. tests/assert.sh

revoke_user=$PWD/build/revoke-user
revokectl=$PWD/build/revokectl
# shellcheck disable=SC2034 # used by the cases that source this file
script=$PWD/build/systemd-login
work=$(mktemp -d -t revoke-cli.XXXXXX)
trap 'umount "$work/full" 2>/dev/null; rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$work"
unset SUDO_USER NO_COLOR
console=$work/state/lists.d/console.list
# shellcheck source=tests/own_pam.sh
. tests/own_pam.sh
own_pam "$work" "$work/conf"

fresh() {
	rm -rf "$work/state" "$work/lists" "$work/conf"
	mkdir -p "$work/state/lists.d" "$work/lists"
	printf '[gate]\nlists = %s/lists,%s/state/lists.d\n[revoke-user]\nstate_dir = %s/state\n' \
		"$work" "$work" "$work" >"$work/conf"
	chmod 644 "$work/conf"
}
revoke() { "$revoke_user" --conf "$work/conf" "$@" </dev/null; }
# ctl VERB WORDS...
ctl() { "$revokectl" "$@" --conf "$work/conf" </dev/null; }
deny() { revoke --reason test --no-end "$@"; }

# What the list is and holds. It is opened only if it is a file: a FIFO would block the test itself.
state_of() {
	stat -c '%F %a %u %s' "$console" 2>/dev/null && [ -f "$console" ] && [ ! -L "$console" ] &&
		head -c 10000 "$console" | sha256sum
}
unchanged() { [ "$(state_of)" = "$1" ] || { state_of; return 1; }; }

# refused CODE PATTERN LABEL CMD...: the exit code, one clear line on standard error, the same list.
refused() {
	local code=$1 pattern=$2 label=$3 before said got
	shift 3
	before=$(state_of)
	said=$("$@" 2>&1 >/dev/null)
	got=$?
	check "$label: exit $code" test $got -eq "$code"
	check "$label: prints the cause" grep -qE -- "$pattern" <<<"$said"
	check "$label: changes nothing" unchanged "$before"
	check "$label: prints no control bytes" fails grep -q $'[\x01-\x08\x0b-\x1f]' <<<"$said"
}

# prints CODE PATTERN CMD...
prints() {
	local wanted=$1 pattern=$2 said code
	shift 2
	said=$("$@" 2>&1)
	code=$?
	[ $code -eq "$wanted" ] && grep -qE -- "$pattern" <<<"$said" && return
	echo "exit $code: $said"
	return 1
}
