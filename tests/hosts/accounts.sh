#!/bin/bash
# accounts.sh - users with the UID of a system account. Sourced by run.sh.
# shellcheck source=tests/hosts/commands.sh
. tests/hosts/commands.sh

outside() { # UID: a process of the UID in a service of root
	host_run h systemd-run -q --unit="outside-$1" sh -c \
		"setpriv --reuid $1 --clear-groups sleep 3311 & wait"
	await 10 says 'sleep 3311' outside_runs "$1"
}
outside_runs() { host_run h pgrep -a -U "$1"; }

case_low_uids() {
	local uid name
	for uid in 545 600 61200; do
		name=low$uid
		host_run h useradd -m -u "$uid" "$name" 2>/dev/null
		outside "$uid"
		check "UID $uid: logout reports the process" says 'sleep.*still running' logout "$name"
		check_rc 1 "UID $uid: logout is incomplete" logout "$name"
		check "UID $uid: logout ends no service" says 'sleep 3311' outside_runs "$uid"
		revoke "$name" --reason test
		check "UID $uid: --force is required" exited 4
		revoke "$name" --reason test --force
		check "UID $uid: revoke-user ends the process" exited 0
		check "UID $uid: nothing is left" fails outside_runs "$uid"
	done
	host_sh h 'cp -p /etc/login.defs /root/login.defs; echo "UID_MIN 500" >>/etc/login.defs'
	outside 545
	check_rc 0 "UID 545, UID_MIN 500: logout ends everything" silent logout low545
	check "UID 545, UID_MIN 500: nothing is left" fails outside_runs 545
	revoke low545 --reason again
	check "UID 545, UID_MIN 500: no --force is required" exited 0
	host_sh h 'mv /root/login.defs /etc/login.defs'
	ctl end root --force
	check "root: the exit status does not say that nothing is left" exited 3
	check "root: what is not verified is printed" \
		printed '^revokectl: uid 0: other processes of root are not ended or verified'
}
