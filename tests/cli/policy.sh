#!/bin/bash
# policy.sh - lists older than max_age, break-glass, and rules for groups. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

without_history() { # enables break-glass while the history is a directory
	local code
	mv "$work/state/history.jsonl" "$work/kept" && mkdir "$work/state/history.jsonl"
	ctl break-glass 1h --yes --reason x
	code=$?
	rmdir "$work/state/history.jsonl" && mv "$work/kept" "$work/state/history.jsonl"
	return $code
}
case_policy() {
	local unchecked='unavailable: could not be checked; logins are'
	fresh
	printf '# pam_revoke list 1\n%%issued 2020-01-01T00:00:00Z\nuser:alice\n' \
		>"$work/lists/fleet.list"
	chmod 600 "$work/lists/fleet.list"
	check_rc 0 "bob: clear by an old list without max_age" ctl check bob
	policy_max_age
	break_glass_usage
	break_glass_enabled
	policy_of_groups
}
policy_max_age() {
	printf '%s\n' '[gate]' "lists = $work/lists" 'max_age = 8d' \
		'[revoke-user]' "state_dir = $work/state" "run_dir = $work/run" >"$work/conf"
	mkdir -p "$work/run"
	check_rc 3 "bob: unavailable by a list older than max_age" ctl check bob
	check "bob: the message names the old list" \
		says 'fleet.list: older than max_age' ctl check bob
	check_rc 1 "alice: revoked by a list older than max_age" ctl check alice
}
break_glass_usage() {
	check_rc 4 "break-glass without configuration: fails" \
		ctl break-glass 1h --yes --reason x
	check "break-glass without configuration: the message names the setting" \
		says 'not allowed by the configuration; set break_glass = 2h in \[gate\]' \
		ctl break-glass 1h --yes --reason x
	sed -i 's/^max_age.*/&\nbreak_glass = 2h/' "$work/conf"
	check_rc 2 "break-glass with an invalid duration: usage error" \
		ctl break-glass soon --yes
	check_rc 2 "break-glass without a duration: usage error" ctl break-glass
	check_rc 2 "break-glass as a dry run: usage error" ctl break-glass 1h --dry-run
	check_rc 4 "break-glass longer than configured: fails" \
		ctl break-glass 3h --yes --reason x
	check_rc 4 "break-glass off while disabled: nothing changes" ctl break-glass off
	check_rc 4 "break-glass without a reason: fails" ctl break-glass 1h --yes
	check_rc 4 "break-glass without terminal and confirmation: fails" \
		ctl break-glass 1h --reason x
	check "break-glass disabled: no file" fails test -e "$work/run/break-glass"
	check "bob: denied while break-glass is disabled" \
		says "bob: $unchecked denied until this is fixed" ctl check bob
}
break_glass_enabled() {
	check_rc 0 "break-glass: enabled for one hour" \
		ctl break-glass 1h --yes --reason 'the centre is down'
	check "bob: allowed while break-glass is enabled" \
		says "bob: $unchecked allowed by break-glass, for 3[56][0-9][0-9] s more" \
		ctl check bob
	check "bob: JSON names break-glass" \
		says '"admitted_by": "break-glass, for ' ctl check bob --json
	check "break-glass file: root alone reads and writes it" \
		test "$(stat -c '%a %u' "$work/run/break-glass")" = '600 0'
	check "history: begun stands before done" \
		test "$(ctl history --json |
			jq -rj 'select(.action == "break-glass") | .result + " "')" = 'begun done '
	check_rc 1 "alice: revoked while break-glass is enabled" ctl check alice
	check "history: names break-glass and its reason" \
		says 'break-glass +1h .*done.*the centre is down' ctl history
	check "doctor: reports break-glass" says 'break-glass' ctl doctor
	check_rc 0 "break-glass: disabled" ctl break-glass off
	check "bob: not allowed after break-glass" fails says 'logins are allowed' ctl check bob
	check "break-glass disabled: the file is gone" fails test -e "$work/run/break-glass"
	check_rc 4 "break-glass without a writable history: fails" without_history
	check "break-glass without a writable history: stays disabled" \
		fails test -e "$work/run/break-glass"
}
policy_of_groups() {
	printf '[group daemon]\nunavailable = allow\n' >>"$work/conf"
	check "daemon: allowed by the rule of its group" \
		says "daemon: $unchecked allowed by unavailable = allow" ctl check daemon
	check "bob: not allowed by the rule of another group" \
		fails says 'logins are allowed' ctl check bob
}
