#!/bin/bash
# today.sh - what loginctl and pam_deny do, measured on disposable hosts: the table of the README.
# Takes about two minutes.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/hosts/host.sh
. tests/hosts/host.sh
# shellcheck source=tests/hosts/users.sh
. tests/hosts/users.sh
# shellcheck source=tests/assert.sh
. tests/assert.sh

lives_for() { # HOST PATTERN MAX_SECONDS: how long a matching process of alice lives
	local begun end
	begun=$(date +%s%N)
	end=$((SECONDS + $3))
	while host_run "$1" pgrep -u alice -f "$2" >/dev/null && [ $SECONDS -lt $end ]; do
		sleep 0.1
	done
	awk -v d="$(($(date +%s%N) - begun))" -v max="$3" 'BEGIN {
		s = d / 1e9
		printf (s >= max ? "still alive after %.0f s" : "%.1f s"), s
	}'
}

for suite in bookworm trixie; do
	host_prepare t "$suite" && users_add t alice && host_boot t || exit 1
	ssh_open t alice -tt "trap '' TERM HUP; while :; do sleep 1; done"
	wait_for 20 has_sessions t alice 1
	sleep 1
	begun=$(date +%s%N)
	host_run t loginctl terminate-user alice
	code=$?
	took=$((($(date +%s%N) - begun) / 1000000))
	echo "$suite: loginctl terminate-user, a shell with trap '' TERM HUP: returns $code after" \
		"$took ms, the shell lives $(lives_for t 'trap.*TERM HUP' 120)"
	host_run t loginctl kill-user --signal=KILL alice 2>/dev/null
	wait_for 30 fails host_run t pgrep -u alice
	wait_for 30 fails host_run t loginctl user-status alice
	ssh_as t alice 'setsid nohup sleep 7777 >/dev/null 2>&1 </dev/null &'
	wait_for 10 host_run t pgrep -u alice -f 'sleep 7777' || exit 1
	sleep 1
	host_run t loginctl terminate-user alice
	echo "$suite: loginctl terminate-user, nohup left after the logout: returns $?, the" \
		"process lives $(lives_for t 'sleep 7777' 30)"
	host_sh t 'printf "account required pam_deny.so\n" >>/etc/pam.d/common-account'
	effect=denies
	ssh_as t alice id >/dev/null 2>&1 && effect=allows
	echo "$suite: pam_deny appended to common-account $effect alice"
	host_run t chage -d 0 alice
	said=$(ssh_as t alice -tt id 2>&1)
	grep -qE 'expired|change your password' <<<"$said" &&
		echo "$suite: the same with an expired password: the account phase allows alice"
	host_stop t
done
