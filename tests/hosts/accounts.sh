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
		printf '%s\n' 'domain users:x:1400:carol' 'old name:x:1400:' >>/etc/group
		printf 'long:x:1401:1401:%5000s:/:/bin/false\n' x >>/etc/passwd
		echo '#alice:x:1000:1000::/:/bin/sh' >>/etc/passwd
		echo \"$name:x:1402:1402::/nonexistent:/bin/sh\" >>/etc/passwd
		printf '%s\n' '# pam_revoke list 1' 'group:\"domain users\" reason=x ref=T7' \
			>/etc/pam_revoke/lists.d/odd.list"
	check_rc 1 "group \"domain users\": a member is denied" ctl_check carol
	check_rc 0 "group \"domain users\": others are not" ctl_check alice
	host_sh h "printf '%s\n' '# pam_revoke list 1' 'group:\"old name\"' \
		>/etc/pam_revoke/lists.d/odd.list"
	check_rc 1 "group of two names: a member is denied by either" ctl_check carol
	host_sh h "{
			seq -f 'group:none%.0f' 60; seq -f 'user:leaver%.0f' 60
		} >>/etc/pam_revoke/lists.d/odd.list && revokectl reindex --quiet"
	check_rc 1 "group of two names: a member is denied with an index, too" ctl_check carol
	check "group of two names: the index is used" \
		fails says 'line by line' host_run h revokectl check carol
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

# A daemon without root, as PostgreSQL is one, and a program that asks about its own user.
ask_as() { # USER SUBJECT: exits as PAM answers
	host_run h setpriv --reuid "$1" --regid "$1" --init-groups /usr/local/bin/ask "$2"
}
case_without_root() {
	local success=0 denied=6 unavailable=9 built=build/hosts/ask-$$-$BASHPID
	gcc -Wall -Wextra -Werror -O1 -o "$built" tests/hosts/resist/ask.c -lpam &&
		mv "$built" "$(host_root h)/usr/local/bin/ask"
	host_sh h 'printf "account requisite pam_revoke.so\naccount required pam_permit.so\n" \
		>/etc/pam.d/ask'
	host_run h revoke-user dave --reason test --no-end --quiet --yes
	check "after a revocation: the list is for the group pam-revoke" \
		says '^640 root pam-revoke$' \
		host_run h stat -c '%a %U %G' /var/lib/pam_revoke/lists.d/console.list
	check_rc $unavailable "daemon without the group: bob cannot be checked" ask_as erin bob
	check_rc $success "program without the group: asks about itself" ask_as erin erin
	host_run h usermod -aG pam-revoke erin
	check_rc $success "daemon in the group: bob is let in" ask_as erin bob
	check_rc $denied "daemon in the group: dave is denied" ask_as erin dave
	host_sh h 'seq -f "other%.0f" 300 | revokectl import - --reason x --quiet'
	check "after an import: the index is for the group pam-revoke" \
		says '^640 root pam-revoke' \
		host_sh h 'stat -c "%a %U %G %n" /var/lib/pam_revoke/index/*console.list*'
	check_rc $denied "daemon in the group, with an index: dave is denied" ask_as erin dave
	check "daemon in the group, with an index: it is used" fails says 'line by line' \
		host_run h journalctl -q --no-pager -n 20 -t ask
	host_run h revoke-user --undo dave --quiet
	check_rc $success "daemon in the group: dave is let in after the undo" ask_as erin dave
	host_sh h 'gpasswd -d erin pam-revoke >/dev/null; rm /etc/pam.d/ask
		sed -i /^user:other/d /var/lib/pam_revoke/lists.d/console.list'
}

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
