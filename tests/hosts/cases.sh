#!/bin/bash
# cases.sh - su, jobs, deleted accounts, safeguards, logins in flight, removal. Sourced by run.sh.
# shellcheck source=tests/hosts/commands.sh
. tests/hosts/commands.sh

: "${client_options:?is set by users.sh}"

# The caller of su is not root; root logs the denial. The caller also chooses the descriptor limit.
# shellcheck disable=SC2016 # the shell on the host expands it
su_with_few_descriptors='for n in 4 5 6 7 8 9 10; do
	(ulimit -n $n; su root -c id) && exit 0
done
exit 1'
case_su() {
	local root
	root=$(host_root h)
	cp "$root/etc/pam.d/su" "$root/root/su.kept"
	sed -i '1i auth sufficient pam_permit.so' "$root/etc/pam.d/su"
	check "dave: su to erin works" says 'uid=1004' host_run h runuser -u dave -- su erin -c id
	host_run h revoke-user dave --reason gone --ref T77 --no-end
	check "dave revoked: su to erin is denied" \
		says 'Reference: T77' host_run h runuser -u dave -- su erin -c id
	check "dave revoked: su to root is denied" fails host_run h runuser -u dave -- su root -c id
	check "journal: root logs that dave was denied at su" \
		says '"REVOKE_RUSER":"dave"' entries "$denied_id" _UID=0 REVOKE_SERVICE=su
	check "history: has the denied su of dave" \
		says 'denied .*user:dave .*T77 .*erin by dave at su' \
		host_run h revokectl history dave
	check "dave revoked: su is denied with few descriptors left" \
		fails host_run h runuser -u dave -- sh -c "$su_with_few_descriptors"
	host_run h revoke-user --undo dave
	mv "$root/root/su.kept" "$root/etc/pam.d/su"
}

denied_at() { # SERVICE: the gate there has denied dave
	entries "$denied_id" REVOKE_USER=dave "REVOKE_SERVICE=$1" | grep -q T88
}
# These start without a login: jobs, a lingering manager, root's run0.
case_jobs() {
	host_run h systemctl stop cron atd
	host_sh h "rm -f /run/crond.reboot /tmp/by-*
		echo '@reboot touch /tmp/by-cron' | crontab -u dave -
		echo 'touch /tmp/by-at' | runuser -u dave -- at now" 2>/dev/null
	host_run h revoke-user dave --reason gone --ref T88 --no-end
	host_run h systemctl start cron atd
	host_unit h loginctl enable-linger dave
	check "dave revoked: cron starts no job" wait_for 20 denied_at cron
	check "dave revoked: atd starts no job" wait_for 20 denied_at atd
	check "dave revoked: his user manager is denied" wait_for 20 denied_at systemd-user
	check "dave revoked: his user manager does not run" \
		fails host_run h systemctl -q is-active user@1003.service
	if host_run h test -e /usr/bin/run0; then
		check "dave revoked: run0 is denied" \
			fails host_run h run0 --user=dave touch /tmp/by-run0
		check "dave revoked: the gate denied run0" denied_at systemd-run0
	fi
	check "dave revoked: no job ran" fails host_sh h 'ls /tmp/by-*'
	host_run h revoke-user --undo dave
	host_sh h 'systemctl stop cron && rm -f /run/crond.reboot && systemctl start cron'
	check "dave restored: cron starts his job" wait_for 20 host_run h test -e /tmp/by-cron
	host_sh h 'crontab -u dave -r; loginctl disable-linger dave; rm -f /tmp/by-*
		loginctl terminate-user dave' 2>/dev/null
}

case_resisting() {
	ssh_open h alice -tt "trap '' TERM HUP INT; while :; do sleep 1; done"
	ssh_as h alice "setsid nohup sleep 1003 >/dev/null 2>&1 </dev/null &"
	host_run h systemd-run --quiet --uid=alice sleep 1004
	await 10 has_sessions h alice 1
	check "alice: a shell that ignores TERM" wait_for 10 says 'trap' running h alice
	check "alice: a process left behind in a closed session" \
		wait_for 10 says 'closing' host_run h revokectl sessions alice
	check "alice: a process in system.slice" wait_for 10 says 'sleep 1004' running h alice
	check_rc 0 "alice: logout is done" silent host_run h "$script" logout --uid alice --cn x
	check "alice: no process is left" nothing_of h alice
	check "bob: the session goes on" says 'sleep 1002' running h bob
	check "alice: a root shell of hers is reported and left" root_shell_is_named
}

root_shell_is_named() {
	local said code
	host_run h systemd-run --quiet --unit rootshell \
		sh -c 'echo 1000 >/proc/self/loginuid; exec sleep 1010'
	await 10 says 'sleep 1010' host_run h pgrep -a -x sleep
	said=$(host_run h revokectl end alice --yes 2>&1)
	code=$?
	host_run h systemctl stop rootshell
	[ $code -eq 3 ] && grep -q 'sleep (descendant, rootshell.service' <<<"$said" &&
		grep -q 'add --descendants to end descendants' <<<"$said" && return
	echo "exit $code: $said"
	return 1
}

# When a user leaves, the account is often deleted first.
case_deleted_account() {
	ssh_open h erin 'sleep 1005'
	check "erin: logged in" wait_for 10 says 'sleep 1005' running h erin
	host_sh h "sed -i /^erin:/d /etc/passwd /etc/shadow"
	check_rc 1 "erin deleted: query finds her without the account database" \
		query erin
	check_rc 0 "erin deleted: logout ends her" silent logout erin
	check "erin deleted: no process is left" nothing_of h erin
	check_rc 0 "unknown name: query returns not logged in" \
		query nobody-knows
	check_rc 0 "unknown name: logout prints nothing" \
		silent logout nobody-knows
	check "unknown name: revoked with a warning" \
		says ': not in the account database' \
		host_run h revoke-user gone-user --reason left --no-end
	check_rc 3 "unknown name: the ending cannot be verified without a UID" \
		host_run h revoke-user gone-user --reason left
	check_rc 0 "unknown name: undo succeeds" host_run h revoke-user --undo gone-user
}

# An expired password ends Debian's account stack: the gate must come before it.
case_expired_password() {
	host_run h chage -d 0 carol
	check "carol: clear with an expired password, she is asked to change it" \
		says 'expired|change your password' ssh_as h carol id
	check_rc 0 "carol: revoked" host_run h revoke-user carol --reason test --ref P01 --no-end
	check "P01: carol revoked with an expired password is denied" \
		says 'Reference: P01' ssh_as h carol id
	host_run h revoke-user --undo carol >/dev/null
	host_run h chage -d 20000 carol
	host_run h passwd -q -l carol
	check "P30: carol restored with a locked password logs in by key" \
		says 'uid=1002' ssh_as h carol id
}

case_guards() {
	check_rc 4 "root: revocation is refused" host_run h revoke-user root --reason test
	check_rc 4 "daemon: a system account is refused" host_run h revoke-user daemon --reason test
	host_run h usermod -aG sudo dave
	check "dave: the last administrator is refused" \
		says 'last usable member of the admin groups' \
		host_run h revoke-user dave --reason test
	host_run h usermod -aG sudo bob
	check_rc 0 "dave: one of two administrators is revoked" \
		host_run h revoke-user dave --reason test --no-end
	check "bob: the other administrator is then the last" \
		says 'last usable member of the admin groups' \
		host_run h revoke-user bob --reason test
	host_run h revoke-user --undo dave >/dev/null
	host_sh h 'printf "# pam_revoke list 1\nuser:someone uid=1001\n" >/root/by-uid'
	check "import: an administrator by UID is refused" \
		says 'names an administrator; --force is needed' \
		host_run h revokectl import /root/by-uid --reason test
	check "bob: the own account is refused" \
		says 'bob: your own account' \
		host_run h env SUDO_USER=bob revoke-user bob --reason test
	host_sh h 'useradd -o -u 1001 bobby'
	check "bob: a UID with two names is refused and both are named" \
		says 'bob: shares a UID with bobby' \
		host_run h revoke-user bob --reason test
	check_rc 3 "bob: a UID with two names is not ended by the script" \
		logout bob
	host_sh h 'userdel bobby 2>/dev/null; id bob' >/dev/null
	check_rc 4 "bob: a caller without root is refused" \
		host_run h setpriv --reuid 1001 --clear-groups revoke-user alice --reason test
	check_rc 0 "alice: a dry run succeeds" host_run h revoke-user alice --reason test --dry-run
	check_rc 0 "alice: clear after the dry run" host_run h revokectl check alice
}

# query sees the session that it runs in.
case_own_session() {
	check_rc 1 "bob: query from inside the session" ssh_as h bob "$script query -u bob -c x"
	ssh_open h carol 'sleep 1006'
	await 10 says 'sleep 1006' running h carol
	check "alice: a login in flight is ended when logind loses its session" \
		wait_for 10 nothing_of_opening
}
# pam_systemd's call to logind never returns: if the leader were not killed, a shell would follow.
nothing_of_opening() {
	host_sh h "ssh $client_options alice@127.0.0.1 'sleep 1007' >/dev/null 2>&1 &"
	sleep 0.1
	host_run h revoke-user alice --reason race --ref RACE >/dev/null || return 1
	fails host_run h pgrep -f 'sshd(-session)?: alice' || return 1
	host_run h revoke-user --undo alice >/dev/null
}

# A client logs in again and again during the revocation.
case_in_flight() {
	host_sh h "for i in \$(seq 60); do
		ssh $client_options alice@127.0.0.1 'echo in; sleep 100' & sleep 0.05
		done; wait" >"$hosts_dir/h/flight.log" 2>&1 &
	sleep 1
	check_rc 0 "alice: revoked while she logs in again and again" \
		host_run h revoke-user alice --reason flight --ref T10
	sleep 3
	check "alice: no process is left after logins in flight" nothing_of h alice
	check "alice: no session is left after logins in flight" no_sessions h alice
	wait $!
	check "alice: a client received the reference" \
		grep -q 'Reference: T10' "$hosts_dir/h/flight.log"
	host_unit h loginctl enable-linger alice
	check_rc 1 "P12: alice revoked, her lingering manager does not start" \
		host_run h systemctl start user@1000.service
	host_unit h loginctl disable-linger alice
	host_run h revoke-user --undo alice >/dev/null
}

# The account phase has let the login through, and the gate's session phase is still to come. sshd
# keeps an authenticated connection for which that phase fails.
case_passed_the_gate() {
	local pause='required pam_exec.so /bin/sleep 4'
	pause_login "/^@include common-account/a account $pause" 'account phase'
	pause_login "0,/^session/s|^session|session $pause\n&|" 'session phase'
}
pause_login() { # EDIT PHASE: the sed command for the stack of sshd
	local pam
	pam=$(host_root h)/etc/pam.d/sshd
	cp "$pam" "$hosts_dir/h/sshd.pam"
	sed -i "$1" "$pam"
	ssh_open h alice -N
	check "alice: a login that pauses in the $2" \
		wait_for 10 host_run h pgrep -f '^/bin/sleep 4$'
	check_rc 0 "alice: revoked during the $2" host_run h revoke-user alice --reason phases
	sleep 5
	check "alice: no connection is left after the $2" nothing_of h alice
	cp "$hosts_dir/h/sshd.pam" "$pam"
	host_run h revoke-user --undo alice >/dev/null
}

case_logind_stopped() {
	local pid begun
	host_run h revokectl end carol --yes >/dev/null 2>&1
	check_rc 0 "carol is not logged in" query carol
	pid=$(host_run h systemctl show -P MainPID systemd-logind)
	host_run h kill -STOP "$pid"
	begun=$SECONDS
	check_rc 1 "logind stopped: query finds bob by the files" query bob
	check "logind stopped: query returns within its bound" test $((SECONDS - begun)) -lt 25
	check "logind stopped: query finds no login of carol, and prints the cause" \
		says '"active": "inactive".*did not answer in time' query carol
	check_rc 0 "logind stopped: carol is not logged in, by the files and the processes" query carol
	check_rc 3 "logind stopped: query of an unknown name is unavailable" query nobody-knows
	check "logind stopped: query prints active unknown and the cause" \
		says '"active": "unknown".*did not answer in time' query nobody-knows
	host_sh h 'mv /run/systemd/sessions /run/systemd/hidden'
	check_rc 3 "logind stopped, no files: query is unavailable" query carol
	host_sh h 'mv /run/systemd/hidden /run/systemd/sessions'
	check_rc 3 "logind stopped: logout is unavailable" \
		logout nobody-knows
	check_rc 3 "logind stopped: alice is revoked and not verified" \
		host_run h revoke-user alice --reason stopped
	host_run h kill -CONT "$pid"
	check_rc 1 "logind stopped: alice stays revoked" host_run h revokectl check alice
	check_rc 0 "logind continued: the second run completes" \
		host_run h revoke-user alice --reason stopped
	host_run h revoke-user --undo alice >/dev/null
}

# Last: without the package, users log in.
case_removal() {
	host_run h revoke-user alice --reason keep --ref KEEP --no-end >/dev/null
	host_sh h 'dpkg -i /root/*.deb' >"$hosts_dir/h/upgrade.log" 2>&1
	check "upgrade: keeps the list" says 'Reference: KEEP' ssh_as h alice id
	host_sh h 'echo "account required pam_revoke.so" >>/etc/pam.d/other'
	check "removal: fails while a stack names the module" \
		fails host_sh h 'DEBIAN_FRONTEND=noninteractive dpkg -r libpam-revoke'
	check "removal failed: the gate still denies alice" says 'Reference: KEEP' ssh_as h alice id
	host_sh h 'sed -i /pam_revoke/d /etc/pam.d/other'
	check "removal: succeeds when no stack names the module" \
		host_sh h 'DEBIAN_FRONTEND=noninteractive dpkg -r libpam-revoke'
	check "removal: no stack names the module" fails host_sh h 'grep -rq pam_revoke /etc/pam.d'
	check "removal: alice logs in by key" says 'uid=1000' ssh_as h alice id
	check_rc 0 "removal: alice logs in on the console" console_try h ttyS43 alice
	check "removal: the list is kept" \
		host_run h test -s /var/lib/pam_revoke/lists.d/console.list
	check "purge: removes lists and configuration" \
		host_sh h 'dpkg -P libpam-revoke &&
			! test -e /var/lib/pam_revoke && ! test -e /etc/pam_revoke'
}
