#!/bin/bash
# commands.sh - two commands in one program, and misspelt words. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

case_commands() {
	check_rc 0 "revoke-user: help" says '^usage: revoke-user TARGET' "$revoke_user" --help
	check_rc 0 "revokectl: help" says '^usage: revokectl VERB' "$revokectl" --help
	check_rc 0 "revokectl: help of a verb" says '^usage: revokectl list' "$revokectl" list --help
	check "revoke-user: version" says '^revoke-user \(pam_revoke\) [0-9]' "$revoke_user" --version
	check "revokectl: version" says '^revokectl \(pam_revoke\) [0-9]' "$revokectl" --version
	ln -s "$revoke_user" "$work/renamed"
	check "other name of the program: revoke-user" says '^usage: revoke-user' "$work/renamed" --help
	refused 2 "^revokectl: no verb given" "revokectl without a verb" "$revokectl"
	refused 2 "^Try 'revokectl list --help'" "usage error of a verb" "$revokectl" list --force
	refused 2 "unknown verb 'chekc'; did you mean 'check'" "misspelt verb" "$revokectl" chekc
	refused 2 "unknown option '--raeson'; did you mean '--reason'" "misspelt option" \
		revoke carol --raeson x
	check "misspelt user: the nearest local user is named" \
		says "daemno: not in the account database; did you mean 'daemon'" ctl check daemno
	check "unknown user: nothing is suggested" \
		fails says 'did you mean' ctl check nobody-such-here
	check "known user: no warning" fails says 'account database' ctl check daemon
}
