#!/bin/bash
# states.sh - the states that query prints, persistence, and UIDs and cgroups of a user. Sourced by
# run.sh.
# shellcheck source=tests/hosts/commands.sh
. tests/hosts/commands.sh

state_is() { says "\"state\": \"$1\"" query alice; }
case_states() {
	check "alice: state none" wait_for 20 state_is none
	host_run h systemd-run -q --unit bg --uid=alice sleep 1030
	check "alice: state background" wait_for 10 state_is background
	host_run h systemctl stop bg
	host_unit h loginctl enable-linger alice
	check "alice: state lingering" wait_for 10 state_is lingering
	check_rc 0 "T05: lingering is not logged in" query alice
	check "alice lingering: the sessions list has her" \
		says 'alice: lingering' host_run h revokectl sessions alice
	ssh_open h alice 'sleep 1031'
	check "alice: state logged in" wait_for 10 state_is 'logged in'
	await 10 says 'sleep 1031' running h alice
	check "alice: query prints service, host, processes and leader" \
		test "$(query alice | jq -r '.sessions[0] |
			[.service, .remote_host, (.processes > 0), (.leader > 0)] | join(" ")')" = \
		'sshd 127.0.0.1 true true'
	answer=$(host_unit h revoke-user alice --reason linger --json)
	code=$?
	check "alice lingering: revoked and ended" exited 0
	check "alice lingering: lingering is disabled" \
		fails host_run h test -e /var/lib/systemd/linger/alice
	check "alice lingering: JSON has linger_suspended" printed '"linger_suspended": true'
	check "alice lingering: undo enables lingering" \
		says 'lingering is enabled again' host_unit h revoke-user --undo alice
	check "alice lingering: lingering is enabled" \
		host_run h test -e /var/lib/systemd/linger/alice
	host_unit h loginctl disable-linger alice
	host_unit h revoke-user alice --reason linger --yes >/dev/null
	check "alice not lingering: undo enables no lingering" \
		fails says 'lingering' host_unit h revoke-user --undo alice
	stubborn alice
	(sleep 0.7; host_unit h loginctl enable-linger alice) &
	check_rc 0 "alice: ended while lingering is enabled" \
		host_unit h revoke-user alice --reason linger --yes
	wait $!
	check "alice: lingering enabled meanwhile" test $? -eq 0
	check "lingering enabled meanwhile: disabled by the ending" \
		fails host_run h test -e /var/lib/systemd/linger/alice
	check "lingering enabled meanwhile: not restored by undo" \
		fails says 'lingering' host_unit h revoke-user --undo alice
	host_unit h loginctl enable-linger dave
	host_unit h revoke-user dave --reason linger --yes >/dev/null
	host_sh h 'userdel dave && useradd -m -u 1013 -s /bin/bash dave'
	check "another user named dave: undo restores him" \
		says 'dave: restored' host_unit h revoke-user --undo dave
	check "another user named dave: undo enables no lingering" \
		fails host_run h test -e /var/lib/systemd/linger/dave
	host_sh h 'userdel dave && useradd -u 1003 -s /bin/bash dave'
	ssh_as h alice 'setsid nohup sleep 1032 >/dev/null 2>&1 </dev/null &'
	# systemd 257 ends what is left in a session that closes: then the state is none.
	check "alice: state closing or ended" \
		wait_for 10 says '"state": "(closing|none|background)"' query alice
	logout alice
}

alice_units=/home/alice/.config/systemd/user/default.target.wants
leave_hooks() { # for alice: crontab, at job, user unit, authorized_keys
	host_sh h "echo '0 0 1 1 * true' | crontab -u alice -"
	host_sh h "echo true | setpriv --reuid alice --regid alice --init-groups at now + 1 day" \
		2>/dev/null
	host_sh h "mkdir -p $alice_units; ln -s ../evil.service $alice_units/
		touch /home/alice/.ssh/authorized_keys; chown -R alice: /home/alice/.config"
}
case_persistence() {
	local what
	leave_hooks
	host_sh h 'systemd-run -q --scope --unit=libpod-4f2c --slice=user-1000.slice --uid=alice \
		sleep 1061 >/dev/null 2>&1 </dev/null &'
	await 10 says 'sleep 1061' running h alice
	host_sh h 'setsid setpriv --reuid alice --regid alice --init-groups \
		unshare -Ur --pid --fork sleep 1062 >/dev/null 2>&1 </dev/null &'
	await 10 says 'sleep 1062' running h alice
	revoke alice --reason traces
	check "persistence: alice is ended" exited 0
	check "persistence: a container is named by its scope" \
		printed 'persistence: container libpod-4f2c.scope'
	check "persistence: a sandbox is no container" \
		test "$(grep -c 'persistence: container' <<<"$answer")" -eq 1
	for what in 'crontab /var/spool/cron/crontabs/alice' 'at job /var/spool/cron/atjobs/' \
		"user unit $alice_units/evil.service" \
		'authorized_keys /home/alice/.ssh/authorized_keys'; do
		check "persistence: ${what%% /*} is reported" printed "persistence: $what"
	done
	check "persistence: the crontab is kept" host_sh h 'crontab -u alice -l | grep -q true'
	host_run h revoke-user --undo alice >/dev/null
	# shellcheck disable=SC2016 # the shell on the host expands it
	host_sh h 'crontab -u alice -r; atrm $(atq | cut -f1)
		rm -rf /home/alice/.config; ln -s /etc /home/alice/.config'
	check "persistence: a link in the home directory is not followed" \
		fails says 'user unit' host_run h revokectl end alice --yes
	host_sh h 'rm /home/alice/.config'
}

# /etc/subuid may hold UIDs that are accounts elsewhere.
case_subuid() {
	local processes
	host_sh h 'cp /etc/subuid /root/subuid; echo alice:300000:10 >>/etc/subuid
		useradd -u 300001 -M frank'
	host_run h systemd-run -q --unit subordinate \
		setpriv --reuid 300002 --regid 300002 --clear-groups sleep 1051
	host_run h systemd-run -q --unit account --uid=frank sleep 1052
	check "subordinate UIDs: two processes run" \
		wait_for 10 host_sh h 'pgrep -u 300001 sleep && pgrep -u 300002 sleep'
	processes=$(host_run h revoke-user alice --reason subuid --dry-run --json |
		jq -r '.processes[] | select(.uid >= 300000) | "\(.uid) \(.tie)"')
	check "subordinate UIDs: a UID of alice in /etc/subuid is hers" \
		test "$processes" = '300002 user'
	revoke alice --reason subuid --now
	check "subordinate UIDs: alice is ended" exited 0
	check "subordinate UIDs: no process under a UID of alice is left" \
		fails host_run h systemctl -q is-active subordinate
	check "subordinate UIDs: an account in the same range is not hers" \
		host_run h systemctl -q is-active account
	host_run h systemctl stop account
	host_sh h 'mv /root/subuid /etc/subuid; userdel frank'
	host_run h revoke-user --undo alice >/dev/null
}

# Each level would cost an open file if the ending kept the levels above open.
case_deep_groups() {
	# shellcheck disable=SC2016 # the shell on the host expands it
	host_sh h 'd=/sys/fs/cgroup/user.slice/user-1000.slice
		for i in $(seq 300); do d=$d/d; done
		mkdir -p $d; echo 0 >$d/cgroup.procs
		exec setsid setpriv --reuid alice --regid alice --init-groups sleep 1053 \
			>/dev/null 2>&1 </dev/null &'
	check "alice: a process 300 cgroups deep" wait_for 10 says 'sleep 1053' running h alice
	answer=$(host_run h prlimit --nofile=64 revoke-user alice --reason deep --now --yes 2>&1)
	code=$?
	check "300 cgroups deep: ended with 64 open files" exited 0
	check "300 cgroups deep: no process is left" nothing_of h alice
	host_run h revoke-user --undo alice >/dev/null
}
