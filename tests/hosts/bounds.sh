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
	check "logind is restarted in the middle: done" exited 0
	check "and nothing is left" nothing_of h alice
	host_run h revoke-user --undo alice >/dev/null
	stubborn alice
	answer=$(host_run h env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere revoke-user alice --reason nobus --now --yes 2>&1)
	code=$?
	check "no bus: it can not be told" exited 3
	check "and that is said" said_that 'system bus: can not be reached'
	check "but what runs is ended all the same" nothing_of h alice
	host_run h revoke-user --undo alice >/dev/null
}

case_pid1_busy() {
	stubborn alice
	kill -STOP "${host_leader[h]}"
	revoke alice --reason busy
	kill -CONT "${host_leader[h]}"
	check "process 1 does not answer: not done" exited 3
	check "within its bound ($took s)" test "$took" -lt 40
	check "and nothing runs all the same" nothing_of h alice
	wait_for 20 no_sessions h alice
	revoke alice --reason busy
	check "the rerun completes" exited 0
	host_run h revoke-user --undo alice >/dev/null
}

case_unkillable() {
	local hang
	helper hang
	host_sh h 'mkdir -p /mnt/hang; test -e /dev/fuse || mknod -m 666 /dev/fuse c 10 229'
	host_run h systemd-run -q --unit hang --property=KillMode=process /usr/local/bin/hang /mnt/hang
	wait_for 10 host_sh h 'grep -q /mnt/hang /proc/mounts'
	ssh_open h alice 'exec cat /mnt/hang/x'
	check "a process that will not be killed" wait_for 20 says 'cat /mnt/hang' running h alice
	revoke alice --reason unkillable
	check "is no false done" exited 3
	check "is named with its pid" said_that 'pid [0-9]+ cat .*still running'
	check "within its bound ($took s)" test "$took" -lt 30
	check_rc 1 "the logout.d script says so too" host_run h $script logout -u alice -c x
	host_run h systemctl kill -s KILL hang
	host_run h umount -l /mnt/hang
	revoke alice --reason unkillable
	check "and when it can be killed the rerun completes" exited 0
	host_run h revoke-user --undo alice >/dev/null
}

# A kernel without cgroup.kill: frozen, then killed one by one.
case_no_cgroup_kill() {
	local kill=/sys/fs/cgroup/user.slice/user-1000.slice/cgroup.kill
	helper resist
	ssh_open h alice '/usr/local/bin/resist bomb'
	check "a fork bomb" wait_for 20 host_sh h '[ $(pgrep -c -u alice) -gt 100 ]'
	host_run h mount --bind /proc/version $kill
	check "cgroup.kill is not there" fails host_sh h "echo 1 >$kill"
	revoke alice --reason bomb --now
	host_run h umount $kill 2>/dev/null
	check "is ended" exited 0
	check "and nothing is left" nothing_of h alice
	host_run h revoke-user --undo alice >/dev/null
}

# logind lets no more sessions in: sshd lets the person in all the same.
case_sessions_max() {
	host_sh h 'mkdir -p /etc/systemd/logind.conf.d; printf "[Login]\nSessionsMax=1\n" >/etc/systemd/logind.conf.d/max.conf; systemctl restart systemd-logind'
	ssh_open h alice 'sleep 1020'
	check "T09: a login without a session" wait_for 20 says 'sleep 1020' running h alice
	check "logind knows nothing of it" no_sessions h alice
	check_rc 1 "query says logged in" host_run h $script query -u alice -c x
	check "and how" says '"state": "unregistered"' host_run h $script query -u alice -c x
	host_sh h 'rm /etc/systemd/logind.conf.d/max.conf; systemctl restart systemd-logind'
	check_rc 0 "logout ends it" silent host_run h $script logout -u alice -c x
	check "nothing is left" nothing_of h alice
}

state_is() { says "\"state\": \"$1\"" host_run h $script query -u alice -c x; }
case_states() {
	check "none" wait_for 20 state_is none
	host_run h systemd-run -q --unit bg --uid=alice sleep 1030
	check "background" wait_for 10 state_is background
	host_run h systemctl stop bg
	host_unit h loginctl enable-linger alice
	check "lingering" wait_for 10 state_is lingering
	check_rc 0 "T05: which is not logged in" host_run h $script query -u alice -c x
	check "and the operator sees it too" says 'alice: lingering' host_run h revoke-user --sessions alice
	ssh_open h alice 'sleep 1031'
	check "logged in" wait_for 10 state_is 'logged in'
	wait_for 10 says 'sleep 1031' running h alice
	check "with what belongs to it" test "$(host_run h $script query -u alice -c x | jq -r '.sessions[0] | [.service, .remote_host, (.processes > 0), (.leader > 0)] | join(" ")')" = 'sshd 127.0.0.1 true true'
	answer=$(host_unit h revoke-user alice --reason linger --json)
	code=$?
	check "revoked while lingering: done" exited 0
	check "linger is off" fails host_run h test -e /var/lib/systemd/linger/alice
	check "and said so" said_that '"linger_suspended": true'
	check "undo puts it back" says 'lingering is on again' host_unit h revoke-user --undo alice
	check "truly" host_run h test -e /var/lib/systemd/linger/alice
	host_unit h loginctl disable-linger alice
	host_unit h revoke-user alice --reason linger --yes >/dev/null
	check "what was not ours is not put back" fails says 'lingering' host_unit h revoke-user --undo alice
	stubborn alice
	(sleep 0.7; host_unit h loginctl enable-linger alice) &
	check_rc 0 "she is ended" host_unit h revoke-user alice --reason linger --yes
	wait $!
	check "lingering was switched on meanwhile" test $? -eq 0
	check "switched on while she is being ended: off all the same" fails host_run h test -e /var/lib/systemd/linger/alice
	check "and not given back" fails says 'lingering' host_unit h revoke-user --undo alice
	ssh_as h alice 'setsid nohup sleep 1032 >/dev/null 2>&1 </dev/null &'
	# 257 ends what is left in a session that closes; there is then nothing to tell apart.
	check "closing, or over" wait_for 10 says '"state": "(closing|none|background)"' host_run h $script query -u alice -c x
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
	check "with traces: done" exited 0
	check "a container's scope is named" said_that 'would bring it back: container libpod-4f2c.scope'
	check "a sandbox is no container" test "$(grep -c 'bring it back: container' <<<"$answer")" -eq 1
	for what in 'crontab /var/spool/cron/crontabs/alice' 'at job /var/spool/cron/atjobs/' 'user unit /home/alice/.config/systemd/user/default.target.wants/evil.service' 'authorized_keys /home/alice/.ssh/authorized_keys'; do
		check "would bring it back: ${what%% /*}" said_that "would bring it back: $what"
	done
	check "and nothing was deleted" host_sh h 'crontab -u alice -l | grep -q true'
	host_run h revoke-user --undo alice >/dev/null
	host_sh h 'crontab -u alice -r; rm -rf /home/alice/.config; ln -s /etc /home/alice/.config; atrm $(atq | cut -f1)'
	check "a link in her home leads nowhere" fails says 'user unit' host_run h revoke-user alice --end-only --yes
	host_sh h 'rm /home/alice/.config'
}

# Files that give numbers away know nothing of LDAP's people.
case_numbers() {
	host_sh h 'cp /etc/subuid /root/subuid; echo alice:300000:10 >>/etc/subuid; useradd -u 300001 -M frank'
	host_run h systemd-run -q --unit number setpriv --reuid 300002 --regid 300002 --clear-groups sleep 1051
	host_run h systemd-run -q --unit account --uid=frank sleep 1052
	check "two numbers at work" wait_for 10 host_sh h 'pgrep -u 300001 sleep && pgrep -u 300002 sleep'
	host_run h revoke-user alice --reason numbers --dry-run --json | jq -r '.processes[] | select(.uid >= 300000) | "\(.uid) \(.tie)"' >"$hosts_dir/h/numbers"
	check "a number of hers in /etc/subuid is hers" test "$(cat "$hosts_dir/h/numbers")" = '300002 user'
	revoke alice --reason numbers --now
	check "is ended" exited 0
	check "what runs under it is gone" fails host_run h systemctl -q is-active number
	check "an account of its own in the same range is not hers" host_run h systemctl -q is-active account
	host_run h systemctl stop account
	host_sh h 'mv /root/subuid /etc/subuid; userdel frank'
	host_run h revoke-user --undo alice >/dev/null
}

# As deep as one likes: each level would cost an open file, if it were gone down into.
case_deep_groups() {
	host_sh h 'd=/sys/fs/cgroup/user.slice/user-1000.slice; for i in $(seq 300); do d=$d/d; done; mkdir -p $d
		echo 0 >$d/cgroup.procs; exec setsid setpriv --reuid alice --regid alice --init-groups sleep 1053 >/dev/null 2>&1 </dev/null &'
	check "a process 300 groups deep" wait_for 10 says 'sleep 1053' running h alice
	answer=$(host_run h prlimit --nofile=64 revoke-user alice --reason deep --now --yes 2>&1)
	code=$?
	check "is ended with 64 open files" exited 0
	check "and nothing is left" nothing_of h alice
	host_run h revoke-user --undo alice >/dev/null
}

case_selectors() {
	ssh_open h alice 'sleep 1041'
	ssh_open h alice -tt 'sleep 1042'
	console_open h ttyS45 carol
	check "people at work" wait_for 30 says 'ttyS45' host_run h revoke-user --sessions carol
	wait_for 10 says 'sleep 1042' running h alice
	check "--sessions --service" test "$(host_run h revoke-user --sessions --service login --json | jq -r .user)" = carol
	check "--sessions --tty" says 'carol' host_run h revoke-user --sessions --tty /dev/ttyS45
	check "--sessions --from" test "$(host_run h revoke-user --sessions --from 127.0.0.0/8 --json | jq -r .user | grep -v bob | sort -u)" = alice
	check_rc 0 "--dry-run" host_run h revoke-user --end-only alice --from 127.0.0.1 --dry-run
	check "does nothing" says 'sleep 1041' running h alice
	revoke --end-only carol --tty ttyS45
	check "--end-only --tty" exited 0
	check "ends it" fails says 'ttyS45' host_run h revoke-user --sessions carol
	check "and no other" says 'sleep 1041' running h alice
	id=$(host_run h revoke-user --sessions alice --json | jq -r 'select(.tty != null and .tty != "") | .id')
	revoke --end-only --session "$id" --json
	check "--end-only --session" exited 0
	check "the count is in the answer" said_that '"sessions_ended": 1, "processes_ended": [1-9]'
	check "that one is gone" fails says 'sleep 1042' running h alice
	check "the other is not" says 'sleep 1041' running h alice
	revoke --end-only alice --service nothing
	check "nothing fits: nothing changed" exited 4
	ssh_open h bob 'sleep 1043'
	wait_for 10 says 'sleep 1043' running h bob
	host_sh h 'printf "[gate]\nexempt_users = root,bob\n" >/etc/pam_revoke/pam_revoke.conf'
	check "--sessions --all" says '"user": "alice"' host_run h revoke-user --sessions --all --json
	check "leaves out the exempt" fails says '"user": "bob"' host_run h revoke-user --sessions --all --json
	revoke --end-only --all --from 10.0.0.0/8
	check "--all --from elsewhere: nothing" exited 4
	revoke --end-only --all --now
	host_sh h 'printf "" >/etc/pam_revoke/pam_revoke.conf'
	check "--all" exited 0
	check "ends everybody" nothing_of h alice
	check "but the exempt" says 'sleep 1043' running h bob
	check "the history has it under her name" test "$(host_run h revoke-user --history alice --json | jq -r 'select(.action == "end") | "\(.action) \(.target)"' | tail -n 1)" = 'end user:alice'
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
	check "eight logouts at once: all done" says '^(0 ){8}$' echo "$codes"
	check "all silent" silent cat "$hosts_dir/h/logout-"*
	check "nothing of the one" nothing_of h alice
	check "nor of the other" nothing_of h carol
	check "bob works on" says 'sleep 1044' running h bob
}

case_warn_and_now() {
	ssh_open h alice -tt "trap '' TERM HUP; while :; do sleep 1; done"
	wait_for 10 says trap running h alice
	revoke alice --end-only --warn 'The host says good-bye.'
	check "--warn: done" exited 0
	check "the line was on the terminal" wait_for 5 grep -q 'The host says good-bye' "$hosts_dir/h/sessions.log"
	check "it may come back, and that is said" said_that 'was not denied'
	ssh_open h alice -tt "trap '' TERM HUP; while :; do sleep 1; done"
	wait_for 10 says trap running h alice
	revoke alice --end-only --now --warn 'Good-bye at once.'
	check "--now --warn: the line was on the terminal, too" wait_for 5 grep -q 'Good-bye at once' "$hosts_dir/h/sessions.log"
	stubborn alice
	revoke alice --end-only --now --json
	check "--now" exited 0
	check "does not wait for the grace" test "$(jq -r .elapsed_ms <<<"$answer")" -lt 1900
}
