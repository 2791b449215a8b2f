#!/bin/bash
# terminal.sh - prompts, colours, the logout.d script, and no system bus. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

on_terminal() { # VARIABLE=VALUE INPUT COMMAND...
	local variable=$1 input=$2
	shift 2
	printf '%b' "$input" |
		env "$variable" script -qec "$* --conf $work/conf" /dev/null
}
case_terminal() {
	fresh
	check "terminal: prompts for the reason" \
		says 'Reason: ' on_terminal A=1 'because\ny\n' "$revoke_user" anna --no-end
	check_rc 1 "anna: revoked with the reason from the prompt" ctl check anna
	check "terminal: asks for confirmation" \
		says 'not confirmed; nothing was changed' \
		on_terminal A=1 'n\n' "$revoke_user" berta --no-end --reason x
	check_rc 0 "berta: clear without confirmation" ctl check berta
	check "terminal: colours" says $'\033\\[' on_terminal A=1 '' "$revokectl" list
	check "terminal: no colours with NO_COLOR" \
		fails says $'\033\\[' on_terminal NO_COLOR=1 '' "$revokectl" list
	check "pipe: no colours" fails says $'\033\\[' ctl list
}

# Callers of the logout.d script use argparse.
case_logout_script() {
	check "systemd-login: agrees with argparse" python3 tests/cli/argparse_table.py "$script"
	check_rc 3 "systemd-login query: an empty name is unknown" "$script" query --uid '' --cn ''
	check_rc 3 "systemd-login logout: an empty name is unknown" \
		"$script" logout --uid '' --cn ''
}
case_no_bus() {
	export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/no-bus
	check_rc 3 "no bus: query is unavailable" "$script" query -u root -c x
	check "no bus: query prints active unknown as JSON" \
		test "$("$script" query -u root -c x | jq -r .active)" = unknown
	check_rc 3 "no bus: logout is unavailable" "$script" logout -u root -c x
	check "no bus: logout prints the cause on standard output" \
		says 'system bus' sh -c "$script logout -u root -c x 2>/dev/null"
	check_rc 3 "no bus: list is unavailable" "$script" list
	check_rc 3 "no bus: kurt is revoked and not verified" revoke kurt --reason x
	check_rc 3 "no bus: a dry run for kurt is not verified" revoke kurt --dry-run
	check_rc 1 "no bus: kurt stays revoked" ctl check kurt
	check "sessions: an unknown name is reported" \
		says 'not in the account database' ctl sessions nobody-knows
	check "ending without a user: the message names the option for all" \
		says '--session or --all' ctl end --service sshd
	check "undo dry run: the message names no entry for an unknown user" \
		says "no entry in" revoke --undo nobody-knows --dry-run
}
