# policy.sh - lists that are too old, and what is done about them. Sourced by run.sh.

history_is_full() { # the history is no file
	local code
	mv "$work/state/history.jsonl" "$work/kept" && mkdir "$work/state/history.jsonl"
	revoke --break-glass 1h --yes --reason x
	code=$?
	rmdir "$work/state/history.jsonl" && mv "$work/kept" "$work/state/history.jsonl"
	return $code
}
case_policy() {
	fresh
	printf '# pam_revoke list 1\n%%issued 2020-01-01T00:00:00Z\nuser:alice\n' >"$work/lists/fleet.list"
	chmod 600 "$work/lists/fleet.list"
	check_rc 0 "an old list, whatever its age" revoke --check bob
	printf '[gate]\nlists = %s/lists\nmax_age = 8d\n[revoke-user]\nstate_dir = %s/state\nrun_dir = %s/run\n' "$work" "$work" "$work" >"$work/conf"
	mkdir -p "$work/run"
	check_rc 3 "older than max_age" revoke --check bob
	check "is said" says 'fleet.list: is older than max_age allows' revoke --check bob
	check_rc 1 "whom it names is revoked" revoke --check alice
	check_rc 4 "break-glass that is not announced" revoke --break-glass 1h --yes --reason x
	check "says how to" says 'was not announced: .*break_glass = 2h in \[gate\]' revoke --break-glass 1h --yes --reason x
	sed -i 's/^max_age.*/&\nbreak_glass = 2h/' "$work/conf"
	check_rc 2 "no duration" revoke --break-glass soon --yes
	check_rc 2 "nothing" revoke --break-glass
	check_rc 2 "a dry run" revoke --break-glass 1h --dry-run
	check_rc 4 "for longer than was announced" revoke --break-glass 3h --yes --reason x
	check_rc 4 "off, while it is whole" revoke --break-glass off
	check_rc 4 "without a reason" revoke --break-glass 1h --yes
	check_rc 4 "nobody to ask, and no --yes" revoke --break-glass 1h --reason x
	check "the glass is whole" fails test -e "$work/run/break-glass"
	check "nobody is let in, and that is said" says 'bob: unavailable: could not be checked, and is refused until that is mended' revoke --check bob
	check_rc 0 "for an hour" revoke --break-glass 1h --yes --reason 'the centre is down'
	check "--check tells" says 'bob: unavailable: could not be checked, and is let in by break-glass, for 3[56][0-9][0-9] s more' revoke --check bob
	check "to programs, too" says '"let_in_by": "break-glass, for ' revoke --check bob --json
	check "only root may read or write it" test "$(stat -c '%a %u' "$work/run/break-glass")" = '600 0'
	check "begun stands before done" test "$(revoke --history --json | jq -r 'select(.action == "break-glass") | .result' | tr '\n' ' ')" = 'begun done '
	check_rc 1 "whom it names is revoked all the same" revoke --check alice
	check "the history tells" says 'break-glass +1h .*done.*the centre is down' revoke --history
	check "the doctor tells" says 'break-glass' revoke --doctor
	check_rc 0 "off" revoke --break-glass off
	check "and it is" fails says 'is let in' revoke --check bob
	check "the file is gone" fails test -e "$work/run/break-glass"
	check_rc 4 "nothing is opened of which the history can not tell" history_is_full
	check "the glass is whole still" fails test -e "$work/run/break-glass"
	printf '[group daemon]\nunavailable = allow\n' >>"$work/conf"
	check "of a group that may" says 'daemon: unavailable: could not be checked, and is let in by unavailable = allow' revoke --check daemon
	check "and nobody else" fails says 'is let in' revoke --check bob
}
