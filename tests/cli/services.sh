#!/bin/bash
# services.sh - the PAM services of the host, with their stacks and options. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

# Each row: a label, the account lines of login (with \n), and what is printed; - for nothing. GATE
# is the gate with the configuration of the test, UNIX the line that follows it.
service_rows() {
	sed "s|GATE|account requisite pam_revoke.so conf=$work/conf|g
		s|UNIX|\\\\naccount required pam_unix.so|g; s|\$work|$work|g" <<-'END'
		the gate;GATE UNIX;-
		no gate;UNIX;login does not deny: the gate is not in the account stack
		no line and no other;# nothing;-
		pam_deny alone;account required pam_deny.so;-
		another configuration;account requisite pam_revoke.so UNIX;login:1: could not be checked
		other lists;GATE lists=$work/lists UNIX;login:1: the gate does not read $work/state
		exempt on the line;GATE exempt_users=zoe UNIX;login:1: exempt by the configuration
		exempt for the service;GATE.login UNIX;login:1: exempt by the configuration
		sufficient before it;account sufficient pam_localuser.so\nGATE;can end the phase before the
		a second gate;GATE exempt_users=zoe\nGATE UNIX;-
		an invalid option;GATE lists UNIX;-
	END
}
named() { # LABEL OPTIONS: zoe is revoked once, exit 3, and $pattern is printed
	local said code
	said=$(deny zoe "${@:2}" 2>&1)
	code=$?
	check "$1: incomplete" test $code -eq 3
	check "$1: the service is named" grep -qE -- "$pattern" <<<"$said"
}
no_descriptors() { # for openat2, which only the files of the tree use
	strace -qq -o /dev/null -e trace=openat2 -e inject=openat2:error=EMFILE \
		"$revoke_user" --conf "$work/conf" zoe --reason test --no-end </dev/null
}
# check, import, --undo and doctor ask as a login does; without --conf, with the line's own.
services_in_other_commands() {
	local gate="account requisite pam_revoke.so conf=$work/conf" other="$work/other.d"
	local permit='account required pam_permit.so'
	mkdir -p "$other"
	deny zoe >/dev/null
	check_rc 1 "check of zoe: revoked, by the configuration of the line" "$revokectl" check zoe
	printf '%s\n' "$gate exempt_users=zoe" "$permit" >/etc/pam.d/login
	check_rc 1 "check of zoe at sshd: revoked" "$revokectl" check zoe
	check_rc 0 "check of zoe at login, exempt on the line: clear" \
		"$revokectl" check zoe --service login
	printf 'account sufficient pam_localuser.so\n%s\n%s\n' "$gate" "$permit" >/etc/pam.d/login
	check_rc 3 "check of zoe at login, not asked: incomplete" "$revokectl" check zoe --service login
	check "check of zoe at login, not asked: the cause is printed" \
		prints 3 'PAM service login does not deny: .*can end the phase' \
		"$revokectl" check zoe --service login
	printf 'ann,left\n' >"$work/ann.csv"
	check "import with an open service: incomplete, and the service is named" \
		prints 3 '^revokectl: user:ann: PAM service login does not deny' ctl import "$work/ann.csv"
	check "import with an open service: the history says incomplete" \
		says '"result": "incomplete"' tail -n 1 "$work/state/history.jsonl"
	printf '%s\n' "$gate lists=$other,$work/state/lists.d" "$permit" >/etc/pam.d/login
	printf '# pam_revoke list 1\nuser:zoe reason="elsewhere"\n' >"$other/other.list"
	check "undo of zoe, revoked by another list of login: incomplete, and the list is named" \
		prints 3 "^revoke-user: zoe: PAM service login: still revoked by $other/other.list:2" \
		revoke --undo zoe
	printf '%s\n' "$gate lists=$other" "$permit" >/etc/pam.d/login
	check "doctor: names the line with other lists" prints 1 \
		"^pam: login: login:1: the gate does not read $work/state/lists.d" ctl doctor
	services_use "$work/conf"
	rm -r "$other"
}
case_services() {
	local label lines pattern
	fresh
	printf '%s\n' "$(cat "$work/conf")" '[service login]' 'exempt_users = zoe' >"$work/conf.login"
	while IFS=';' read -r label lines pattern; do
		printf '%b\n' "$lines" >/etc/pam.d/login
		if [ "$pattern" = - ]; then
			check_rc 0 "PAM service, $label: revoked" deny zoe
		else
			named "PAM service, $label"
			revoke --undo zoe >/dev/null
			named "PAM service, $label, a planned entry" --from +1d
			check "PAM service, $label: JSON has it" says "$pattern" deny zoe --json --force
		fi
		revoke --undo zoe >/dev/null
	done < <(service_rows)
	services_use "$work/conf"
	services_in_other_commands
	mkdir -p /etc/ssh
	echo 'UsePAM no' >/etc/ssh/sshd_config
	pattern='zoe: PAM service sshd does not deny: /etc/ssh/sshd_config: UsePAM no'
	named "PAM service, sshd with UsePAM no"
	rm /etc/ssh/sshd_config
	revoke --undo zoe >/dev/null
	check_rc 0 "PAM services as before: revoked" deny zoe
	revoke --undo zoe >/dev/null
	check_rc 3 "PAM services that cannot be read: incomplete" no_descriptors
	check "PAM services that cannot be read: the cause is printed" \
		says 'Too many open files; the PAM services could not all be checked' no_descriptors
}
