#!/bin/bash
# changes.sh - revocations and undos of users, and the history of them. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

# Two accounts had the name, one after the other: both UIDs stay revoked.
case_reused_name() {
	fresh
	printf '# pam_revoke list 1\nuser:nobody uid=4242 reason="x"\n' >"$console"
	chmod 600 "$console"
	check_rc 0 "second account of the same name: revoked" deny nobody --force
	check_rc 1 "second account of the same name: the first UID stays revoked" \
		ctl check uid:4242
	check "second account of the same name: the list has two entries" \
		test "$(grep -c '^user:nobody ' "$console")" = 2
	check_rc 0 "second account of the same name: undo succeeds" revoke --undo nobody
	check_rc 0 "second account of the same name: undo clears the first UID" \
		ctl check uid:4242
}

# The next four cases continue each other's list.
case_one_user() {
	fresh
	check_rc 0 "alice: revoked" deny alice --ref T1
	check "list without index: the reason is that it is too small" \
		says '1 entry, read line by line: too few' ctl reindex
	check "list without index: JSON has indexed and entries" \
		says '"indexed": false, "entries": 1' ctl reindex --json
	check_rc 4 "alice: revoked again with the same reference, nothing changes" \
		deny alice --ref T1
	check_rc 0 "alice: another reference replaces the entry" deny alice --ref T2
	check "alice: the list has one entry" test "$(grep -c user:alice "$console")" = 1
	check_rc 1 "alice: check answers revoked" ctl check alice
	check_rc 0 "bob: check answers clear" ctl check bob
	check "alice: check prints the verdict as JSON" \
		test "$(ctl check alice --json | jq -r .verdict)" = revoked
	check_rc 1 "user:alice: check answers revoked" ctl check user:alice
	check "list: columns are aligned" says '^TARGET +STATE +FROM +UNTIL +REF' ctl list
	check "list: JSON has the reference" test "$(ctl list --json | jq -r .ref)" = T2
}
case_dates() {
	check_rc 0 "dora: revoked from a later date" deny dora --from +7d
	check_rc 0 "dora: clear before that date" ctl check dora
	check "list: omits the planned entry for dora" fails says 'user:dora' ctl list
	check "list: all entries include dora as planned" \
		says 'user:dora +planned' ctl list --all
	check_rc 0 "emil: a later date ends no session now" \
		revoke emil --reason contract --from +30d
	check_rc 0 "frank: revoked until a date" deny frank --until +1d
	check_rc 1 "frank: revoked before that date" ctl check frank
	check_rc 4 "alice: a later start does not replace the entry in force" deny alice --from +30d
	check_rc 4 "alice: an end date does not replace the entry without one" \
		deny alice --until +1d
	check_rc 1 "alice: still revoked after both attempts" ctl check alice
}
case_undo() {
	check_rc 0 "alice: undo succeeds" revoke --undo alice
	check "history: undo for alice is done" \
		test "$(ctl history alice --json |
			jq -rs '.[-1] | .action + " " + .result')" = 'undo done'
	printf '# pam_revoke list 1\nuser:moved uid=4242 reason=x\n' >"$console"
	check_rc 0 "moved: revoked without an account of that name" deny moved
	check "moved: the entry keeps its UID" grep -q 'user:moved uid=4242' "$console"
	check_rc 4 "alice: a second undo changes nothing" revoke --undo alice
	printf '%s\n' '# pam_revoke list 1' 'user:gina ref=CENTRAL' 'user:kim hosts=nowhere-*' \
		'user:lee services=cron' >"$work/lists/central.list"
	chmod 644 "$work/lists/central.list"
	deny gina >/dev/null
	check_rc 3 "gina: undo is incomplete while another list revokes" revoke --undo gina
	revoke gina --reason x --no-end >/dev/null 2>&1
	check "gina: undo names the other list and line" \
		says 'central.list:2' revoke --undo gina
	check_rc 0 "lee: clear at the default PAM service" ctl check lee
	check_rc 1 "lee: revoked at cron" ctl check lee --service cron
	check_rc 0 "kim: an entry for other hosts does not match" ctl check kim
}
recorded() { # SUDO_USER NAME: revokes NAME, prints the last line of the history
	SUDO_USER=$1 revoke "$2" --reason x --no-end >/dev/null
	tail -n 1 "$work/state/history.jsonl"
}
case_safeguards() {
	printf '[service sshd]\nexempt_users = root,nina\n' >>"$work/conf"
	check_rc 4 "nina: exempt at sshd, revocation is refused" deny nina
	check_rc 0 "nina: check uses the settings of the service" ctl check nina
	check "history: one JSON object per line" \
		test "$(ctl history --json | jq -s length)" -ge 10
	check "history: dora alone" \
		test "$(ctl history dora --json | jq -rs '.[0].action')" = revoke
	check "history: the author is SUDO_USER" \
		says '"by": "nobody"' recorded nobody hal
	check "history: an invalid SUDO_USER is not the author" \
		fails says 'evil' recorded $'evil\nname' ian
	check_rc 4 "root: revocation is refused" revoke root --reason x --no-end
	check_rc 4 "daemon: a system account is refused" deny daemon
	check_rc 3 "root: forced, the exemption by the gate is reported" \
		revoke root --reason x --no-end --force
	revoke --undo root >/dev/null
	check_rc 0 "alice: a dry run needs no reason" revoke alice --dry-run --no-end
	check_rc 0 "alice: a dry run revokes nothing" ctl check alice
	check "jan: quiet prints nothing" silent deny jan --quiet
	local unprivileged=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	check_rc 4 "bob: a caller without root is refused" \
		"${unprivileged[@]}" "$revoke_user" bob --reason x --conf "$work/conf"
	check_rc 3 "bob: unreadable lists are not a clear answer" \
		"${unprivileged[@]}" "$revokectl" check bob --conf "$work/conf"
}

# C09.
case_concurrent() {
	local i
	fresh
	for i in $(seq 20); do deny "leaver$i" --quiet & done
	wait
	check "20 at once: no entry is lost" test "$(grep -c '^user:leaver' "$console")" = 20
	check "20 at once: the history has all of them" \
		test "$(grep -c '"result": "done"' "$work/state/history.jsonl")" = 20
	check_rc 0 "20 at once: the list is valid" "$revokectl" verify "$console"
}

# As Puppet's validate_cmd calls it.
sound() { printf '%b' "$1" >"$work/check.list" && "$revokectl" verify "$work/check.list"; }
case_verify() {
	check_rc 0 "list file: valid" sound '# pam_revoke list 1\nuser:a\n'
	check_rc 1 "list file: invalid line" sound '# pam_revoke list 1\nuser:a\nuser:a b\n'
	check_rc 1 "list file: no header" sound 'user:a\n'
	check_rc 0 "list file: a service that the host does not have: valid" \
		sound '# pam_revoke list 1\nuser:a services=login,sshdd\n'
	check "list file: a service that the host does not have: a warning" \
		says "check.list:2: this host has no PAM service 'sshdd'" \
		sound '# pam_revoke list 1\nuser:a services=login,sshdd\n'
	check "list file: a service of the host: no warning" fails says "'login'" \
		sound '# pam_revoke list 1\nuser:a services=login,sshdd\n'
	check_rc 1 "list file: expired" \
		sound '# pam_revoke list 1\n%expires 2020-01-01T00:00:00Z\nuser:a\n'
	check_rc 1 "list file: truncated" sound '# pam_revoke list 1\nuser:a'
	check_rc 1 "list file: empty" sound ''
	check_rc 1 "list file: missing" "$revokectl" verify "$work/nowhere"
	check "list file: the message names the line" \
		says 'check.list:3: ' sound '# pam_revoke list 1\nuser:a\nuser:a b\n'
}
