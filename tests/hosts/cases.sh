# cases.sh - what an operator, a fleet's runner and the person concerned see on a real host. Sourced by run.sh.

script=/etc/logout.d/50-systemd-login

case_installed() {
	local root
	root=$(host_root h)
	check "package: installed" grep -q '^ii' <(chroot "$root" dpkg -l libpam-revoke)
	check "common-account: the gate is first" sh -c "grep -v '^#' $root/etc/pam.d/common-account | grep -m1 . | grep -q '^account.*requisite.*pam_revoke.so'"
	check "common-session: the gate is before pam_unix" sh -c "grep '^session' $root/etc/pam.d/common-session | grep -n . | awk -F: '/pam_revoke/{r=\$1} /pam_unix/{u=\$1} END{exit !(r && r<u)}'"
	check "revoke-user: prints its version" says '^revoke-user .*[0-9]' host_run h revoke-user --version
	check_rc 0 "alice: clear" host_run h revoke-user --check alice
	check "doctor: healthy" says '^healthy$' host_run h revoke-user --doctor
	echo 'UsePAM no' >"$root/etc/ssh/sshd_config.d/00-test.conf"
	check "doctor: reports UsePAM no from sshd -T" says '^sshd: /etc/ssh/sshd_config: UsePAM no, says sshd -T' host_run h revoke-user --doctor
	echo 'Nonsense' >"$root/etc/ssh/sshd_config.d/00-test.conf"
	check "doctor: reads a configuration that sshd rejects" says 'sshd -T does not take it, so that it was read here: .*Nonsense' host_run h revoke-user --doctor
	rm "$root/etc/ssh/sshd_config.d/00-test.conf"
}

listed_users() { host_run h $script list | jq -r .user | tr '\n' ' '; }
log_count() { host_run h journalctl -q --no-pager | grep -c "$1"; }

# attempt WHAT CMD...: a login that must be refused with the reference; counts it, or shows what came instead.
attempt() {
	local what=$1 said code
	shift
	said=$("$@" 2>&1)
	code=$?
	if [ $code -ne 0 ] && grep -q 'Reference: T283242' <<<"$said"; then
		refused=$((refused + 1))
	else
		echo "        $what: exit $code: $said"
	fi
}

# The main job: three kinds of SSH session and a console session end, and stay ended.
case_main_job() {
	local begun ended i refused=0
	ssh_open h alice -tt 'sleep 1000'
	ssh_open h alice 'sleep 1001'
	ssh_open h alice -N
	ssh_open h bob 'sleep 1002'
	console_open h ttyS40 alice
	check "alice: three SSH sessions and one on the console" wait_for 30 has_sessions h alice 4
	check "bob: one SSH session" wait_for 10 has_sessions h bob 1
	check "alice: logind has the session on the serial line" wait_for 20 says 'ttyS40' host_run h revoke-user --sessions alice
	check_rc 1 "alice: query returns logged in" host_run h $script query --uid alice --cn 'Alice A'
	check "systemd-login list: both users, sorted" says '^alice bob $' listed_users
	begun=$(date +%s%N)
	check_rc 0 "alice: revoked and ended" host_run h revoke-user alice --reason 'laptop lost' --ref T283242
	ended=$(date +%s%N)
	echo "        revoke-user took $(((ended - begun) / 1000000)) ms"
	check "alice: ended within 3 s" test $((ended - begun)) -lt 3000000000
	check "alice: no process is left" nothing_of h alice
	check "alice: no session is left" no_sessions h alice
	check "bob: the session goes on" says 'sleep 1002' running h bob
	for i in $(seq 16); do attempt "key $i" ssh_as h alice id; done
	for i in 1 2; do attempt "password $i" ssh_password h alice; done
	for i in 1 2; do attempt "console $i" console_try h "ttyS5$i" alice; done
	echo "        20 attempts (16 by key, 2 by password, 2 on the console), $refused refused with the reference"
	check "alice: 20 logins denied with the reference on the screen" test $refused -eq 20
	check "log: an entry for each denied login of alice" test "$(log_count 'access refused: user:alice.*ref=T283242')" -ge 20
	check "journal: an entry with fields by root for each denied login of alice" test "$(host_run h journalctl -q -o json MESSAGE_ID=60d396af4b114e1883b27cd9063d77f1 _UID=0 REVOKE_USER=alice REVOKE_REF=T283242 | jq -r .REVOKE_RESULT | grep -c refused)" -ge 20
	check "catalog: explains a denied login" says 'alice was refused by sshd' host_run h journalctl -q --no-pager -x MESSAGE_ID=60d396af4b114e1883b27cd9063d77f1
	check "log: no denied login is logged twice" test "$(log_count 'access refused: user:alice')" -eq "$(host_run h journalctl -q -o json MESSAGE_ID=60d396af4b114e1883b27cd9063d77f1 REVOKE_TARGET=user:alice | wc -l)"
	check_rc 0 "alice: query returns not logged in" host_run h $script query --uid alice --cn 'Alice A'
	check_rc 1 "alice: check returns revoked" host_run h revoke-user --check alice
	check_rc 4 "alice: a second revocation without ending changes nothing" host_run h revoke-user alice --reason 'laptop lost' --ref T283242 --deny-only
	check_rc 0 "alice: a second revocation is done and verified" host_run h revoke-user alice --reason 'laptop lost' --ref T283242
	check "journal: has the revocation with its target" says '"REVOKE_TARGET":"user:alice"' host_run h journalctl -q -o json MESSAGE_ID=31c3c4475237450993fced101c139c33
	check "journal: has each ended session" says '"REVOKE_USER":"alice"' host_run h journalctl -q -o json MESSAGE_ID=08f7c907362c438589c71a5805dd2a28
	check "catalog: explains the revocation" says 'Access of user:alice was withdrawn' host_run h journalctl -q --no-pager -x MESSAGE_ID=31c3c4475237450993fced101c139c33
	check "history: has operator and reason" says 'revoke .*user:alice .*root .*done .*T283242 .*laptop lost' host_run h revoke-user --history alice
	check "history: has the denied login by SSH" says 'denied .*user:alice .*refused .*T283242 .*alice at sshd from ' host_run h revoke-user --history alice
	check "history: has the denied login on the console" says 'denied .*user:alice .*alice at login on ' host_run h revoke-user --history alice
	check "history: has the ended sessions" says 'session-ended .*user:alice .*alice, session ' host_run h revoke-user --history alice
	check "history: sorted by time" sh -c 'lines=$(cat); test "$(echo "$lines" | wc -l)" -ge 25 && echo "$lines" | sort -c' <<<"$(host_run h revoke-user --history --json | jq -r .at)"
	check_rc 0 "alice: undo succeeds" host_run h revoke-user --undo alice
	check "journal: has the undo with its target" says '"REVOKE_TARGET":"user:alice"' host_run h journalctl -q -o json MESSAGE_ID=34b155ec64bf46079f01698758e8bd51
	echo nobody-here >"$(host_root h)/root/leavers"
	check_rc 0 "import: succeeds" host_run h revoke-user --import /root/leavers --reason gone
	check "journal: has the import with its file" says '"REVOKE_TARGET":"/root/leavers"' host_run h journalctl -q -o json MESSAGE_ID=0c2fee4e31e8412b915ec63ba174dec7
	check_rc 0 "alice: ended without revocation" host_run h revoke-user --end-only alice --yes
	check "journal: has the ending with its target" says '"REVOKE_TARGET":"user:alice"' host_run h journalctl -q -o json MESSAGE_ID=a5368d37579a4d0f9a083ae43ab6b2d2
	check_rc 4 "alice: a second undo changes nothing" host_run h revoke-user --undo alice
	check "alice: logs in by key after the undo" says 'uid=1000' ssh_as h alice id
	check "alice: logs in by password after the undo" says 'uid=1000' ssh_password h alice
	check_rc 0 "alice: logs in on the console after the undo" console_try h ttyS42 alice
}

# Who calls su is not root, and yet it is root who says that they were refused; nor does it help to leave it no descriptors.
case_su() {
	local root
	root=$(host_root h)
	cp "$root/etc/pam.d/su" "$root/root/su.kept"
	sed -i '1i auth sufficient pam_permit.so' "$root/etc/pam.d/su"
	check "dave: su to erin works" says 'uid=1004' host_run h runuser -u dave -- su erin -c id
	host_run h revoke-user dave --reason gone --ref T77 --deny-only
	check "dave revoked: su to erin is denied" says 'Reference: T77' host_run h runuser -u dave -- su erin -c id
	check "dave revoked: su to root is denied" fails host_run h runuser -u dave -- su root -c id
	check "journal: root logs that dave was denied at su" says '"REVOKE_RUSER":"dave"' host_run h journalctl -q -o json MESSAGE_ID=60d396af4b114e1883b27cd9063d77f1 _UID=0 REVOKE_SERVICE=su
	check "history: has the denied su of dave" says 'denied .*user:dave .*T77 .*erin by dave at su' host_run h revoke-user --history dave
	check "dave revoked: su is denied with few descriptors left" fails host_run h runuser -u dave -- sh -c 'for n in 4 5 6 7 8 9 10; do (ulimit -n $n; su root -c id) && exit 0; done; exit 1'
	host_run h revoke-user --undo dave
	mv "$root/root/su.kept" "$root/etc/pam.d/su"
}

refused_at() { # SERVICE: the gate there has refused dave
	host_run h journalctl -q -o json MESSAGE_ID=60d396af4b114e1883b27cd9063d77f1 REVOKE_USER=dave "REVOKE_SERVICE=$1" | grep -q T88
}
# What starts without anybody logging in: jobs, a lingering manager, root's run0.
case_jobs() {
	host_run h systemctl stop cron atd
	host_sh h "rm -f /run/crond.reboot /tmp/by-*; echo '@reboot touch /tmp/by-cron' | crontab -u dave -; echo 'touch /tmp/by-at' | runuser -u dave -- at now" 2>/dev/null
	host_run h revoke-user dave --reason gone --ref T88 --deny-only
	host_run h systemctl start cron atd
	host_unit h loginctl enable-linger dave
	check "dave revoked: cron starts no job" wait_for 20 refused_at cron
	check "dave revoked: atd starts no job" wait_for 20 refused_at atd
	check "dave revoked: his user manager is denied" wait_for 20 refused_at systemd-user
	check "dave revoked: his user manager does not run" fails host_run h systemctl -q is-active user@1003.service
	if host_run h test -e /usr/bin/run0; then
		check "dave revoked: run0 is denied" fails host_run h run0 --user=dave touch /tmp/by-run0
		check "dave revoked: the gate denied run0" refused_at systemd-run0
	fi
	check "dave revoked: no job ran" fails host_sh h 'ls /tmp/by-*'
	host_run h revoke-user --undo dave
	host_sh h 'systemctl stop cron && rm -f /run/crond.reboot && systemctl start cron'
	check "dave restored: cron starts his job" wait_for 20 host_run h test -e /tmp/by-cron
	host_sh h 'crontab -u dave -r; loginctl disable-linger dave; rm -f /tmp/by-*; loginctl terminate-user dave' 2>/dev/null
}

# Those who resist a polite request.
case_resisting() {
	ssh_open h alice -tt "trap '' TERM HUP INT; while :; do sleep 1; done"
	ssh_as h alice "setsid nohup sleep 1003 >/dev/null 2>&1 </dev/null &"
	host_run h systemd-run --quiet --uid=alice sleep 1004
	wait_for 10 has_sessions h alice 1
	check "alice: a shell that ignores TERM" wait_for 10 says 'trap' running h alice
	check "alice: a process left behind in a closed session" wait_for 10 says 'closing' host_run h revoke-user --sessions alice
	check "alice: a process in system.slice" wait_for 10 says 'sleep 1004' running h alice
	check_rc 0 "alice: logout is done" silent host_run h $script logout --uid alice --cn x
	check "alice: no process is left" nothing_of h alice
	check "bob: the session goes on" says 'sleep 1002' running h bob
	check "alice: a root shell of hers is reported and left" root_shell_is_named
}

root_shell_is_named() {
	local said code pid
	host_run h systemd-run --quiet --unit rootshell sh -c 'echo 1000 >/proc/self/loginuid; exec sleep 1010'
	wait_for 10 says 'sleep 1010' host_run h pgrep -a -x sleep
	said=$(host_run h revoke-user alice --end-only --yes 2>&1)
	code=$?
	host_run h systemctl stop rootshell
	[ $code -eq 3 ] && grep -q 'sleep (descendant, rootshell.service' <<<"$said" && grep -q 'left alone: --descendants ends them' <<<"$said" || { echo "exit $code: $said"; return 1; }
}

# The account is gone before anybody asks: the usual order when people leave.
case_deleted_account() {
	ssh_open h erin 'sleep 1005'
	check "erin: logged in" wait_for 10 says 'sleep 1005' running h erin
	host_sh h "sed -i /^erin:/d /etc/passwd /etc/shadow"
	check_rc 1 "erin deleted: query finds her without the account database" host_run h $script query -u erin -c x
	check_rc 0 "erin deleted: logout ends her" silent host_run h $script logout -u erin -c x
	check "erin deleted: no process is left" nothing_of h erin
	check_rc 0 "unknown name: query returns not logged in" host_run h $script query -u nobody-knows -c x
	check_rc 0 "unknown name: logout prints nothing" silent host_run h $script logout -u nobody-knows -c x
	check "unknown name: revoked with a warning" says 'warning: the account database does not know' host_run h revoke-user gone-person --reason left --deny-only
	check_rc 3 "unknown name: the ending cannot be verified without a UID" host_run h revoke-user gone-person --reason left
	check_rc 0 "unknown name: undo succeeds" host_run h revoke-user --undo gone-person
}

# A password that has expired ends Debian's account stack; who is revoked must have been refused before that.
case_expired_password() {
	host_run h chage -d 0 carol
	check "carol: clear with an expired password, she is asked to change it" says 'expired|change your password' ssh_as h carol id
	check_rc 0 "carol: revoked" host_run h revoke-user carol --reason test --ref P01 --deny-only
	check "P01: carol revoked with an expired password is denied" says 'Reference: P01' ssh_as h carol id
	host_run h revoke-user --undo carol >/dev/null
	host_run h chage -d 20000 carol
	host_run h passwd -q -l carol
	check "P30: carol restored with a locked password logs in by key" says 'uid=1002' ssh_as h carol id
}

case_guards() {
	check_rc 4 "root: revocation is refused" host_run h revoke-user root --reason test
	check_rc 4 "daemon: a system account is refused" host_run h revoke-user daemon --reason test
	host_run h usermod -aG sudo dave
	check "dave: the last administrator is refused" says 'last usable member of the admin groups' host_run h revoke-user dave --reason test
	host_run h usermod -aG sudo bob
	check_rc 0 "dave: one of two administrators is revoked" host_run h revoke-user dave --reason test --deny-only
	check "bob: the other administrator is then the last" says 'last usable member of the admin groups' host_run h revoke-user bob --reason test
	host_run h revoke-user --undo dave >/dev/null
	host_sh h 'printf "# pam_revoke list 1\nuser:someone uid=1001\n" >/root/by-number'
	check "import: an administrator by UID is refused" says 'names an administrator, which takes --force' host_run h revoke-user --import /root/by-number --reason test
	check "bob: the own account is refused" says 'is your own account' host_run h env SUDO_USER=bob revoke-user bob --reason test
	host_sh h 'useradd -o -u 1001 bobby'
	check "bob: a UID with two names is refused and both are named" says 'bob: shares a user id with bobby' host_run h revoke-user bob --reason test
	check_rc 3 "bob: a UID with two names is not ended by the script" host_run h $script logout -u bob -c x
	host_sh h 'userdel bobby 2>/dev/null; id bob' >/dev/null
	check_rc 4 "bob: a caller without root is refused" host_run h setpriv --reuid 1001 --clear-groups revoke-user alice --reason test
	check_rc 0 "alice: a dry run succeeds" host_run h revoke-user alice --reason test --dry-run
	check_rc 0 "alice: clear after the dry run" host_run h revoke-user --check alice
}

# From inside the session that is asked about: by query it is seen, by logout it is ended last and never called done.
case_own_session() {
	check_rc 1 "bob: query from inside the session" ssh_as h bob "$script query -u bob -c x"
	ssh_open h carol 'sleep 1006'
	wait_for 10 says 'sleep 1006' running h carol
	check "alice: a login in flight is ended when logind loses its session" wait_for 10 nothing_of_opening
}
# The reply that pam_systemd waits for never comes: without the session's leader being ended, a shell would follow later.
nothing_of_opening() {
	host_sh h "ssh $client_options alice@127.0.0.1 'sleep 1007' >/dev/null 2>&1 &"
	sleep 0.1
	host_run h revoke-user alice --reason race --ref RACE >/dev/null || return 1
	fails host_run h pgrep -f 'sshd(-session)?: alice' || return 1
	host_run h revoke-user --undo alice >/dev/null
}

# A client that tries again and again while the revocation happens.
case_in_flight() {
	host_sh h 'for i in $(seq 60); do ssh '"$client_options"' alice@127.0.0.1 "echo in; sleep 500" & sleep 0.05; done; wait' >"$hosts_dir/h/flight.log" 2>&1 &
	sleep 1
	check_rc 0 "alice: revoked while she logs in again and again" host_run h revoke-user alice --reason flight --ref T10
	sleep 3
	check "alice: no process is left after logins in flight" nothing_of h alice
	check "alice: no session is left after logins in flight" no_sessions h alice
	wait $!
	check "alice: a client received the reference" grep -q 'Reference: T10' "$hosts_dir/h/flight.log"
	host_unit h loginctl enable-linger alice
	check_rc 1 "P12: alice revoked, her lingering manager does not start" host_run h systemctl start user@1000.service
	host_unit h loginctl disable-linger alice
	host_run h revoke-user --undo alice >/dev/null
}

case_logind_stopped() {
	local pid begun
	pid=$(host_run h systemctl show -P MainPID systemd-logind)
	host_run h kill -STOP "$pid"
	begun=$SECONDS
	check_rc 3 "logind stopped: query is unavailable" host_run h $script query -u bob -c x
	check "logind stopped: query prints active unknown and the cause" says '"active": "unknown".*did not answer in time' host_run h $script query -u bob -c x
	check "logind stopped: query returns within its bound" test $((SECONDS - begun)) -lt 25
	check_rc 3 "logind stopped: logout is unavailable" host_run h $script logout -u nobody-knows -c x
	check_rc 3 "logind stopped: alice is revoked and not verified" host_run h revoke-user alice --reason stopped
	host_run h kill -CONT "$pid"
	check_rc 1 "logind stopped: alice stays revoked" host_run h revoke-user --check alice
	check_rc 0 "logind continued: the second run completes" host_run h revoke-user alice --reason stopped
	host_run h revoke-user --undo alice >/dev/null
}

# Last: the package goes, and people can log in.
case_removal() {
	host_run h revoke-user alice --reason keep --ref KEEP --deny-only >/dev/null
	host_sh h 'dpkg -i /root/*.deb' >"$hosts_dir/h/upgrade.log" 2>&1
	check "upgrade: keeps the list" says 'Reference: KEEP' ssh_as h alice id
	host_sh h 'echo "account required pam_revoke.so" >>/etc/pam.d/other'
	check "removal: fails while a stack names the module" fails host_sh h 'DEBIAN_FRONTEND=noninteractive dpkg -r libpam-revoke'
	check "removal failed: the gate still denies alice" says 'Reference: KEEP' ssh_as h alice id
	host_sh h 'sed -i /pam_revoke/d /etc/pam.d/other'
	check "removal: succeeds when no stack names the module" host_sh h 'DEBIAN_FRONTEND=noninteractive dpkg -r libpam-revoke'
	check "removal: no stack names the module" fails host_sh h 'grep -rq pam_revoke /etc/pam.d'
	check "removal: alice logs in by key" says 'uid=1000' ssh_as h alice id
	check_rc 0 "removal: alice logs in on the console" console_try h ttyS43 alice
	check "removal: the list is kept" host_run h test -s /var/lib/pam_revoke/lists.d/console.list
	check "purge: removes lists and configuration" host_sh h 'dpkg -P libpam-revoke && ! test -e /var/lib/pam_revoke && ! test -e /etc/pam_revoke'
}
