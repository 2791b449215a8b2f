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

# Names as directories have them, and a line of /etc/passwd that is longer than usual.
case_odd_records() {
	local name="o'neil smith"
	host_sh h "cp -p /etc/passwd /root/passwd; cp -p /etc/group /root/group
		echo 'domain users:x:1400:carol' >>/etc/group
		printf 'long:x:1401:1401:%5000s:/:/bin/false\n' x >>/etc/passwd
		echo \"$name:x:1402:1402::/nonexistent:/bin/sh\" >>/etc/passwd
		printf '%s\n' '# pam_revoke list 1' 'group:\"domain users\" reason=x ref=T7' \
			>/etc/pam_revoke/lists.d/odd.list"
	check_rc 1 "group \"domain users\": a member is denied" ctl_check carol
	check_rc 0 "group \"domain users\": others are not" ctl_check alice
	host_run h rm /etc/pam_revoke/lists.d/odd.list
	outside 1402
	revoke "$name" --reason test
	check "name with a blank: ended" exited 0
	check "name with a blank: nothing is left" fails outside_runs 1402
	check_rc 1 "name with a blank: revoked" ctl_check "$name"
	check_rc 0 "name with a blank: restored" host_run h revoke-user --undo "$name"
	outside 1000
	revoke alice --reason test
	check "long line of /etc/passwd: another user is ended" exited 0
	check "long line of /etc/passwd: nothing is left" fails outside_runs 1000
	host_run h revoke-user --undo alice >/dev/null
	host_sh h 'mv /root/passwd /etc/passwd; mv /root/group /etc/group'
}
ctl_check() { host_run h revokectl check "$1"; }

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
