# bounds.sh - what is said when something is in the way of an ending; selections; what comes back. Sourced by run.sh.

# A file system, a program: both static, made once.
helper() { # NAME
	mkdir -p build/hosts
	gcc -Wall -Wextra -Werror -O1 -static -pthread -o "build/hosts/$1-$$-$BASHPID" "tests/hosts/resist/$1.c" &&
		mv "build/hosts/$1-$$-$BASHPID" "$(host_root h)/usr/local/bin/$1"
}
stubborn() { # NAME: a session that ends only by KILL
	ssh_open h "$1" -tt "trap '' TERM HUP INT; while :; do sleep 1; done"
	wait_for 15 says 'trap' running h "$1"
}
# revoke NAME WORDS: exit code in $code, what it said in $answer, seconds in $took.
revoke() {
	local begun=$SECONDS
	answer=$(host_run h revoke-user "$@" --yes 2>&1)
	code=$?
	took=$((SECONDS - begun))
}
exited() { [ "$code" -eq "$1" ] || { echo "exit $code, wanted $1: $answer"; return 1; }; }
said_that() { grep -qE -- "$1" <<<"$answer" || { echo "does not say '$1': $answer"; return 1; }; }

case_manager_restarted() {
	stubborn alice
	(sleep 0.5; host_run h systemctl restart systemd-logind) &
	revoke alice --reason restart
	wait $!
	check "logind restarted meanwhile: alice is ended" exited 0
	check "logind restarted meanwhile: no process of alice is left" nothing_of h alice
	host_run h revoke-user --undo alice >/dev/null
	stubborn alice
	answer=$(host_run h env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere revoke-user alice --reason nobus --now --yes 2>&1)
	code=$?
	check "no bus: the ending is not verified" exited 3
	check "no bus: the cause is printed" said_that 'system bus: can not be reached'
	check "no bus: no process of alice is left" nothing_of h alice
	host_run h revoke-user --undo alice >/dev/null
}

case_pid1_busy() {
	stubborn alice
	kill -STOP "${host_leader[h]}"
	revoke alice --reason busy
	kill -CONT "${host_leader[h]}"
	check "systemd stopped: the ending is not verified" exited 3
	check "systemd stopped: returns within its bound ($took s)" test "$took" -lt 40
	check "systemd stopped: no process of alice is left" nothing_of h alice
	wait_for 20 no_sessions h alice
	revoke alice --reason busy
	check "systemd continued: the second run completes" exited 0
	host_run h revoke-user --undo alice >/dev/null
}

case_unkillable() {
	local hang
	helper hang
	host_sh h 'mkdir -p /mnt/hang; test -e /dev/fuse || mknod -m 666 /dev/fuse c 10 229'
	host_run h systemd-run -q --unit hang --property=KillMode=process /usr/local/bin/hang /mnt/hang
	wait_for 10 host_sh h 'grep -q /mnt/hang /proc/mounts'
	ssh_open h alice 'exec cat /mnt/hang/x'
	check "alice: a process that cannot be killed" wait_for 20 says 'cat /mnt/hang' running h alice
	revoke alice --reason unkillable
	check "unkillable process: the ending is incomplete" exited 3
	check "unkillable process: its PID is printed" said_that 'pid [0-9]+ cat .*still running'
	check "unkillable process: returns within its bound ($took s)" test "$took" -lt 30
	check_rc 1 "unkillable process: logout is incomplete" host_run h $script logout -u alice -c x
	host_run h systemctl kill -s KILL hang
	host_run h umount -l /mnt/hang
	revoke alice --reason unkillable
	check "unkillable process gone: the second run completes" exited 0
	host_run h revoke-user --undo alice >/dev/null
}

# A kernel without cgroup.kill: frozen, then killed one by one.
case_no_cgroup_kill() {
	local kill=/sys/fs/cgroup/user.slice/user-1000.slice/cgroup.kill
	helper resist
	ssh_open h alice '/usr/local/bin/resist bomb'
	check "alice: a fork bomb runs" wait_for 20 host_sh h '[ $(pgrep -c -u alice) -gt 100 ]'
	host_run h mount --bind /proc/version $kill
	check "cgroup.kill: missing" fails host_sh h "echo 1 >$kill"
	revoke alice --reason bomb --now
	host_run h umount $kill 2>/dev/null
	check "fork bomb without cgroup.kill: ended" exited 0
	check "fork bomb without cgroup.kill: no process is left" nothing_of h alice
	host_run h revoke-user --undo alice >/dev/null
}

# logind lets no more sessions in: sshd lets the person in all the same.
case_sessions_max() {
	host_sh h 'mkdir -p /etc/systemd/logind.conf.d; printf "[Login]\nSessionsMax=1\n" >/etc/systemd/logind.conf.d/max.conf; systemctl restart systemd-logind'
	ssh_open h alice 'sleep 1020'
	check "T09: a login without a session" wait_for 20 says 'sleep 1020' running h alice
	check "login without a session: logind has no session" no_sessions h alice
	check_rc 1 "login without a session: query returns logged in" host_run h $script query -u alice -c x
	check "login without a session: query prints unregistered" says '"state": "unregistered"' host_run h $script query -u alice -c x
	host_sh h 'rm /etc/systemd/logind.conf.d/max.conf; systemctl restart systemd-logind'
	check_rc 0 "login without a session: logout ends it" silent host_run h $script logout -u alice -c x
	check "login without a session: no process is left" nothing_of h alice
}

state_is() { says "\"state\": \"$1\"" host_run h $script query -u alice -c x; }
case_states() {
	check "alice: state none" wait_for 20 state_is none
	host_run h systemd-run -q --unit bg --uid=alice sleep 1030
	check "alice: state background" wait_for 10 state_is background
	host_run h systemctl stop bg
	host_unit h loginctl enable-linger alice
	check "alice: state lingering" wait_for 10 state_is lingering
	check_rc 0 "T05: lingering is not logged in" host_run h $script query -u alice -c x
	check "alice lingering: the sessions list has her" says 'alice: lingering' host_run h revoke-user --sessions alice
	ssh_open h alice 'sleep 1031'
	check "alice: state logged in" wait_for 10 state_is 'logged in'
	wait_for 10 says 'sleep 1031' running h alice
	check "alice: query prints service, host, processes and leader" test "$(host_run h $script query -u alice -c x | jq -r '.sessions[0] | [.service, .remote_host, (.processes > 0), (.leader > 0)] | join(" ")')" = 'sshd 127.0.0.1 true true'
	answer=$(host_unit h revoke-user alice --reason linger --json)
	code=$?
	check "alice lingering: revoked and ended" exited 0
	check "alice lingering: lingering is disabled" fails host_run h test -e /var/lib/systemd/linger/alice
	check "alice lingering: JSON has linger_suspended" said_that '"linger_suspended": true'
	check "alice lingering: undo enables lingering" says 'lingering is on again' host_unit h revoke-user --undo alice
	check "alice lingering: lingering is enabled" host_run h test -e /var/lib/systemd/linger/alice
	host_unit h loginctl disable-linger alice
	host_unit h revoke-user alice --reason linger --yes >/dev/null
	check "alice not lingering: undo enables no lingering" fails says 'lingering' host_unit h revoke-user --undo alice
	stubborn alice
	(sleep 0.7; host_unit h loginctl enable-linger alice) &
	check_rc 0 "alice: ended while lingering is enabled" host_unit h revoke-user alice --reason linger --yes
	wait $!
	check "alice: lingering enabled meanwhile" test $? -eq 0
	check "lingering enabled meanwhile: disabled by the ending" fails host_run h test -e /var/lib/systemd/linger/alice
	check "lingering enabled meanwhile: not restored by undo" fails says 'lingering' host_unit h revoke-user --undo alice
	ssh_as h alice 'setsid nohup sleep 1032 >/dev/null 2>&1 </dev/null &'
	# 257 ends what is left in a session that closes; there is then nothing to tell apart.
	check "alice: state closing or ended" wait_for 10 says '"state": "(closing|none|background)"' host_run h $script query -u alice -c x
	host_run h $script logout -u alice -c x
}

case_traces() {
	host_sh h "echo '0 0 1 1 * true' | crontab -u alice -"
	host_sh h "echo true | setpriv --reuid alice --regid alice --init-groups at now + 1 day" 2>/dev/null
	host_sh h 'd=/home/alice/.config/systemd/user/default.target.wants; mkdir -p $d; ln -s ../evil.service $d/; touch /home/alice/.ssh/authorized_keys; chown -R alice: /home/alice/.config'
	host_sh h 'systemd-run -q --scope --unit=libpod-4f2c --slice=user-1000.slice --uid=alice sleep 1061 >/dev/null 2>&1 </dev/null &'
	wait_for 10 says 'sleep 1061' running h alice
	host_sh h 'setsid setpriv --reuid alice --regid alice --init-groups unshare -Ur --pid --fork sleep 1062 >/dev/null 2>&1 </dev/null &'
	wait_for 10 says 'sleep 1062' running h alice
	revoke alice --reason traces
	check "persistence: alice is ended" exited 0
	check "persistence: a container is named by its scope" said_that 'would bring it back: container libpod-4f2c.scope'
	check "persistence: a sandbox is no container" test "$(grep -c 'bring it back: container' <<<"$answer")" -eq 1
	for what in 'crontab /var/spool/cron/crontabs/alice' 'at job /var/spool/cron/atjobs/' 'user unit /home/alice/.config/systemd/user/default.target.wants/evil.service' 'authorized_keys /home/alice/.ssh/authorized_keys'; do
		check "persistence: ${what%% /*} is reported" said_that "would bring it back: $what"
	done
	check "persistence: the crontab is kept" host_sh h 'crontab -u alice -l | grep -q true'
	host_run h revoke-user --undo alice >/dev/null
	host_sh h 'crontab -u alice -r; rm -rf /home/alice/.config; ln -s /etc /home/alice/.config; atrm $(atq | cut -f1)'
	check "persistence: a link in the home directory is not followed" fails says 'user unit' host_run h revoke-user alice --end-only --yes
	host_sh h 'rm /home/alice/.config'
}

# Files that give numbers away know nothing of LDAP's people.
case_numbers() {
	host_sh h 'cp /etc/subuid /root/subuid; echo alice:300000:10 >>/etc/subuid; useradd -u 300001 -M frank'
	host_run h systemd-run -q --unit number setpriv --reuid 300002 --regid 300002 --clear-groups sleep 1051
	host_run h systemd-run -q --unit account --uid=frank sleep 1052
	check "subordinate UIDs: two processes run" wait_for 10 host_sh h 'pgrep -u 300001 sleep && pgrep -u 300002 sleep'
	host_run h revoke-user alice --reason numbers --dry-run --json | jq -r '.processes[] | select(.uid >= 300000) | "\(.uid) \(.tie)"' >"$hosts_dir/h/numbers"
	check "subordinate UIDs: a UID of alice in /etc/subuid is hers" test "$(cat "$hosts_dir/h/numbers")" = '300002 user'
	revoke alice --reason numbers --now
	check "subordinate UIDs: alice is ended" exited 0
	check "subordinate UIDs: no process under a UID of alice is left" fails host_run h systemctl -q is-active number
	check "subordinate UIDs: an account in the same range is not hers" host_run h systemctl -q is-active account
	host_run h systemctl stop account
	host_sh h 'mv /root/subuid /etc/subuid; userdel frank'
	host_run h revoke-user --undo alice >/dev/null
}

# As deep as one likes: each level would cost an open file, if it were gone down into.
case_deep_groups() {
	host_sh h 'd=/sys/fs/cgroup/user.slice/user-1000.slice; for i in $(seq 300); do d=$d/d; done; mkdir -p $d
		echo 0 >$d/cgroup.procs; exec setsid setpriv --reuid alice --regid alice --init-groups sleep 1053 >/dev/null 2>&1 </dev/null &'
	check "alice: a process 300 cgroups deep" wait_for 10 says 'sleep 1053' running h alice
	answer=$(host_run h prlimit --nofile=64 revoke-user alice --reason deep --now --yes 2>&1)
	code=$?
	check "300 cgroups deep: ended with 64 open files" exited 0
	check "300 cgroups deep: no process is left" nothing_of h alice
	host_run h revoke-user --undo alice >/dev/null
}

case_selectors() {
	ssh_open h alice 'sleep 1041'
	ssh_open h alice -tt 'sleep 1042'
	console_open h ttyS45 carol
	check "carol: a session on the console" wait_for 30 says 'ttyS45' host_run h revoke-user --sessions carol
	wait_for 10 says 'sleep 1042' running h alice
	check "sessions by PAM service: carol" test "$(host_run h revoke-user --sessions --service login --json | jq -r .user)" = carol
	check "sessions by terminal: carol" says 'carol' host_run h revoke-user --sessions --tty /dev/ttyS45
	check "sessions by source address: alice" test "$(host_run h revoke-user --sessions --from 127.0.0.0/8 --json | jq -r .user | grep -v bob | sort -u)" = alice
	check_rc 0 "ending by source address: a dry run succeeds" host_run h revoke-user --end-only alice --from 127.0.0.1 --dry-run
	check "ending by source address: a dry run ends nothing" says 'sleep 1041' running h alice
	revoke --end-only carol --tty ttyS45
	check "ending by terminal: succeeds" exited 0
	check "ending by terminal: the session of carol is gone" fails says 'ttyS45' host_run h revoke-user --sessions carol
	check "ending by terminal: the session of alice goes on" says 'sleep 1041' running h alice
	id=$(host_run h revoke-user --sessions alice --json | jq -r 'select(.tty != null and .tty != "") | .id')
	revoke --end-only --session "$id" --json
	check "ending by session: succeeds" exited 0
	check "ending by session: JSON has the numbers" said_that '"sessions_ended": 1, "processes_ended": [1-9]'
	check "ending by session: the selected session is gone" fails says 'sleep 1042' running h alice
	check "ending by session: the other session goes on" says 'sleep 1041' running h alice
	revoke --end-only alice --service nothing
	check "ending without a match: changes nothing" exited 4
	ssh_open h bob 'sleep 1043'
	wait_for 10 says 'sleep 1043' running h bob
	host_sh h 'printf "[gate]\nexempt_users = root,bob\n" >/etc/pam_revoke/pam_revoke.conf'
	check "sessions of all: alice is listed" says '"user": "alice"' host_run h revoke-user --sessions --all --json
	check "sessions of all: bob is exempt and not listed" fails says '"user": "bob"' host_run h revoke-user --sessions --all --json
	revoke --end-only --all --from 10.0.0.0/8
	check "ending of all by another address: changes nothing" exited 4
	revoke --end-only --all --now
	host_sh h 'printf "" >/etc/pam_revoke/pam_revoke.conf'
	check "ending of all: succeeds" exited 0
	check "ending of all: no process of alice is left" nothing_of h alice
	check "ending of all: the session of bob, who is exempt, goes on" says 'sleep 1043' running h bob
	check "ending of all: the history has it for alice" test "$(host_run h revoke-user --history alice --json | jq -r 'select(.action == "end") | "\(.action) \(.target)"' | tail -n 1)" = 'end user:alice'
}

case_concurrent() {
	local i pids=() codes=
	ssh_open h bob 'sleep 1044'
	wait_for 15 says 'sleep 1044' running h bob
	stubborn alice
	stubborn carol
	for i in 1 2 3 4; do
		host_run h $script logout -u alice -c x >"$hosts_dir/h/logout-a$i" & pids+=($!)
		host_run h $script logout -u carol -c x >"$hosts_dir/h/logout-c$i" & pids+=($!)
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
	wait_for 10 says trap running h alice
	revoke alice --end-only --warn 'The host says good-bye.'
	check "ending with a warning: succeeds" exited 0
	check "ending with a warning: the terminal shows it" wait_for 5 grep -q 'The host says good-bye' "$hosts_dir/h/sessions.log"
	check "ending without revocation: the message names it" said_that 'was not denied'
	ssh_open h alice -tt "trap '' TERM HUP; while :; do sleep 1; done"
	wait_for 10 says trap running h alice
	revoke alice --end-only --now --warn 'Good-bye at once.'
	check "ending at once with a warning: the terminal shows it" wait_for 5 grep -q 'Good-bye at once' "$hosts_dir/h/sessions.log"
	stubborn alice
	revoke alice --end-only --now --json
	check "ending at once: succeeds" exited 0
	check "ending at once: does not wait for the grace period" test "$(jq -r .elapsed_ms <<<"$answer")" -lt 1900
}
