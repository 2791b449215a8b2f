#!/bin/bash
# selectors.sh - endings of selected sessions, of all, at the same time, with a warning. Sourced by
# run.sh.
# shellcheck source=tests/hosts/commands.sh
. tests/hosts/commands.sh

sessions_by() { host_run h revokectl sessions "$@" --json; } # SELECTION...
case_selectors() {
	local id
	ssh_open h alice 'sleep 1041'
	ssh_open h alice -tt 'sleep 1042'
	console_open h ttyS45 carol
	check "carol: a session on the console" \
		wait_for 30 says 'ttyS45' host_run h revokectl sessions carol
	await 10 says 'sleep 1042' running h alice
	check "sessions by PAM service: carol" \
		test "$(sessions_by --service login | jq -r .user)" = carol
	check "sessions by terminal: carol" \
		says 'carol' host_run h revokectl sessions --tty /dev/ttyS45
	check "sessions by source address: alice" \
		test "$(sessions_by --address 127.0.0.0/8 |
			jq -r .user | grep -v bob | sort -u)" = alice
	check_rc 0 "ending by source address: a dry run succeeds" \
		host_run h revokectl end alice --address 127.0.0.1 --dry-run
	check "ending by source address: a dry run ends nothing" says 'sleep 1041' running h alice
	ctl end carol --tty ttyS45
	check "ending by terminal: succeeds" exited 0
	check "ending by terminal: the session of carol is gone" \
		fails says 'ttyS45' host_run h revokectl sessions carol
	check "ending by terminal: the session of alice goes on" says 'sleep 1041' running h alice
	id=$(sessions_by alice | jq -r 'select(.tty != null and .tty != "") | .id')
	ctl end --session "$id" --json
	check "ending by session: succeeds" exited 0
	check "ending by session: JSON has the numbers" \
		printed '"sessions_ended": 1, "processes_ended": [1-9]'
	check "ending by session: the selected session is gone" \
		fails says 'sleep 1042' running h alice
	check "ending by session: the other session goes on" says 'sleep 1041' running h alice
	ctl end alice --service nothing
	check "ending without a match: changes nothing" exited 4
	ssh_open h bob 'sleep 1043'
	await 10 says 'sleep 1043' running h bob
	host_sh h 'printf "[gate]\nexempt_users = root,bob\n" >/etc/pam_revoke/pam_revoke.conf'
	check "sessions of all: alice is listed" \
		says '"user": "alice"' host_run h revokectl sessions --all --json
	check "sessions of all: bob is exempt and not listed" \
		fails says '"user": "bob"' host_run h revokectl sessions --all --json
	ctl end --all --address 10.0.0.0/8
	check "ending of all by another address: changes nothing" exited 4
	echo '127.0.0.1 client.example.org' >>"$(host_root h)/etc/hosts"
	# "restart" returns when sshd listens; after a "reload" it is away for a moment.
	echo 'UseDNS yes' >"$(host_root h)/etc/ssh/sshd_config.d/00-dns.conf"
	host_run h systemctl restart ssh
	ssh_open h carol 'sleep 1045'
	await 10 says 'sleep 1045' running h carol
	ctl end --all --address 127.0.0.0/8
	check "ending of all by address, UseDNS yes: incomplete" exited 3
	check "ending of all by address, UseDNS yes: the session is named" \
		printed 'of carol: its remote host is a name'
	check "ending of all by address, UseDNS yes: it goes on" says 'sleep 1045' running h carol
	rm "$(host_root h)/etc/ssh/sshd_config.d/00-dns.conf"
	host_run h systemctl restart ssh
	ctl end --all --now
	host_sh h 'printf "" >/etc/pam_revoke/pam_revoke.conf'
	check "ending of all: succeeds" exited 0
	check "ending of all: no process of alice is left" nothing_of h alice
	check "ending of all: the session of bob, who is exempt, goes on" \
		says 'sleep 1043' running h bob
	check "ending of all: the history has it for alice" \
		test "$(host_run h revokectl history alice --json |
			jq -r 'select(.action == "end") | "\(.action) \(.target)"' | tail -n 1)" = \
		'end user:alice'
}

# The account database hangs, for our command only: who may be exempt is not ended.
hung() { # CMD...
	# shellcheck disable=SC2016 # the shell in the host expands it
	host_run h unshare -m sh -c 'mount --bind /root/nsswitch.conf /etc/nsswitch.conf &&
		exec "$@"' sh "$@" --yes 2>&1
}
case_perhaps_exempt() {
	gcc -Wall -Wextra -Werror -O1 -shared -fPIC tests/nss/hang.c \
		-o "$(host_root h)/usr/lib/$(gcc -print-multiarch)/libnss_hang.so.2"
	printf '%s\n' 'passwd: files' 'group: files' 'initgroups: files hang' \
		>"$(host_root h)/root/nsswitch.conf"
	host_sh h 'printf "[gate]\nexempt_groups = rescue\n" >/etc/pam_revoke/pam_revoke.conf
		groupadd -f rescue; usermod -aG rescue bob'
	ssh_open h bob 'sleep 1046'
	ssh_open h alice 'sleep 1047'
	await 10 says 'sleep 1046' running h bob
	await 10 says 'sleep 1047' running h alice
	answer=$(hung revokectl end --all --address 127.0.0.0/8)
	code=$?
	check "ending of all, a hanging account database: incomplete" exited 3
	check "ending of all, a hanging account database: bob is named" \
		printed 'bob: not ended: the account database does not tell whether'
	answer=$(hung revokectl end --all)
	code=$?
	check "ending of everything, a hanging account database: incomplete" exited 3
	check "ending of everything, a hanging account database: bob, who is exempt, goes on" \
		says 'sleep 1046' running h bob
	ctl end --all --address 127.0.0.0/8
	check "ending of all, the account database answers: alice is ended" \
		wait_for 10 fails says 'sleep 1047' running h alice
	check "ending of all, the account database answers: bob goes on" \
		says 'sleep 1046' running h bob
	host_sh h 'printf "" >/etc/pam_revoke/pam_revoke.conf; gpasswd -d bob rescue'
}

case_concurrent() {
	local i pids=() codes=
	ssh_open h bob 'sleep 1044'
	await 15 says 'sleep 1044' running h bob
	stubborn alice
	stubborn carol
	for i in 1 2 3 4; do
		logout alice >"$hosts_dir/h/logout-a$i" & pids+=($!)
		logout carol >"$hosts_dir/h/logout-c$i" & pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; codes+="$? "; done
	check "eight logouts at once: all return 0" says '^(0 ){8}$' echo "$codes"
	check "eight logouts at once: print nothing" silent cat "$hosts_dir/h/logout-"*
	check "eight logouts at once: no process of alice is left" nothing_of h alice
	check "eight logouts at once: no process of carol is left" nothing_of h carol
	check "eight logouts at once: the session of bob goes on" says 'sleep 1044' running h bob
}

case_warn_and_now() {
	ssh_open h alice -tt "trap '' TERM HUP; while :; do sleep 1; done"
	await 10 says trap running h alice
	ctl end alice --warn 'The host says good-bye.'
	check "ending with a warning: succeeds" exited 0
	check "ending with a warning: the terminal shows it" \
		wait_for 5 grep -q 'The host says good-bye' "$hosts_dir/h/sessions.log"
	check "ending without revocation: the message names it" \
		printed 'not revoked; new logins are possible'
	ssh_open h alice -tt "trap '' TERM HUP; while :; do sleep 1; done"
	await 10 says trap running h alice
	ctl end alice --now --warn 'Good-bye at once.'
	check "ending at once with a warning: the terminal shows it" \
		wait_for 5 grep -q 'Good-bye at once' "$hosts_dir/h/sessions.log"
	stubborn alice
	ctl end alice --now --json
	check "ending at once: succeeds" exited 0
	check "ending at once: does not wait for the grace period" \
		test "$(jq -r .elapsed_ms <<<"$answer")" -lt 1900
}
