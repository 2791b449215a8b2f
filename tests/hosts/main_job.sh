#!/bin/bash
# main_job.sh - the package on a host, and a user revoked with all sessions. Sourced by run.sh.
# shellcheck source=tests/hosts/commands.sh
. tests/hosts/commands.sh

case_installed() {
	local root
	root=$(host_root h)
	check "package: installed" grep -q '^ii' <(chroot "$root" dpkg -l libpam-revoke)
	check "common-account: the gate is first" \
		says '^account.*requisite.*pam_revoke.so' \
		grep -m1 '^[^#]' "$root/etc/pam.d/common-account"
	check "common-session: the gate is before pam_unix" \
		awk '/^session/ && /pam_revoke/ { r = NR } /^session/ && /pam_unix/ { u = NR }
			END { exit !(r && r < u) }' "$root/etc/pam.d/common-session"
	check "revoke-user: prints its version" \
		says '^revoke-user .*[0-9]' host_run h revoke-user --version
	check_rc 0 "alice: clear" host_run h revokectl check alice
	check "doctor: healthy" says '^healthy$' host_run h revokectl doctor
	echo 'UsePAM no' >"$root/etc/ssh/sshd_config.d/00-test.conf"
	check "doctor: reports UsePAM no from sshd -T" \
		says '^sshd: /etc/ssh/sshd_config: UsePAM no, from sshd -T' \
		host_run h revokectl doctor
	host_run h rmdir /run/sshd
	check "doctor: reports UsePAM no without /run/sshd" \
		says '^sshd: /etc/ssh/sshd_config: UsePAM no' host_run h revokectl doctor
	check "doctor: prints no warning without /run/sshd" \
		fails says 'the files are read instead' host_run h revokectl doctor
	host_run h mkdir -m 755 /run/sshd
	echo 'Nonsense' >"$root/etc/ssh/sshd_config.d/00-test.conf"
	check "doctor: reads a configuration that sshd rejects" \
		says 'sshd -T fails, the files are read instead: .*Nonsense' \
		host_run h revokectl doctor
	rm "$root/etc/ssh/sshd_config.d/00-test.conf"
}

# What the list says is not what the host does.
case_open_services() {
	local stack
	stack=$(host_root h)/etc/pam.d/common-account
	cp "$stack" "$hosts_dir/h/common-account"
	sed -i '/pam_revoke/d' "$stack"
	revoke alice --reason open --no-end
	check "common-account without the gate: not done" exited 3
	check "common-account without the gate: sshd is named" \
		printed 'alice: PAM service sshd does not deny: the gate is not in the account stack'
	check "common-account without the gate: cron is named" printed 'PAM service cron does not'
	cp "$hosts_dir/h/common-account" "$stack"
	revoke alice --reason open --no-end --force
	check "common-account with the gate: no service is named" fails printed 'does not deny'
	host_run h revoke-user --undo alice >/dev/null
}

listed_users() { host_run h "$script" list | jq -r .user | tr '\n' ' '; }

# attempt LABEL CMD...: a login to be denied with the reference; counted, or its output shown.
attempt() {
	local what=$1 said code
	shift
	said=$("$@" 2>&1)
	code=$?
	if [ $code -ne 0 ] && grep -q 'Reference: T283242' <<<"$said"; then
		denied=$((denied + 1))
	else
		echo "        $what: exit $code: $said"
	fi
}

history_is_sorted() {
	local times
	times=$(host_run h revokectl history --json | jq -r .at)
	[ "$(wc -l <<<"$times")" -ge 25 ] && sort -c <<<"$times"
}
# Three kinds of SSH session and a console session end, and stay ended.
case_main_job() {
	main_job_ends
	main_job_denies
	main_job_again
	main_job_recorded
	main_job_restores
}
main_job_ends() {
	local begun ended
	ssh_open h alice -tt 'sleep 1000'
	ssh_open h alice 'sleep 1001'
	ssh_open h alice -N
	ssh_open h bob 'sleep 1002'
	console_open h ttyS40 alice
	check "alice: three SSH sessions and one on the console" wait_for 30 has_sessions h alice 4
	check "bob: one SSH session" wait_for 10 has_sessions h bob 1
	check "alice: logind has the session on the serial line" \
		wait_for 20 says 'ttyS40' host_run h revokectl sessions alice
	check_rc 1 "alice: query returns logged in" \
		host_run h "$script" query --uid alice --cn 'Alice A'
	check "systemd-login list: both users, sorted" says '^alice bob $' listed_users
	begun=$(date +%s%N)
	check_rc 0 "alice: revoked and ended" \
		host_run h revoke-user alice --reason 'laptop lost' --ref T283242
	ended=$(date +%s%N)
	echo "        revoke-user took $(((ended - begun) / 1000000)) ms"
	check "alice: ended within 3 s" test $((ended - begun)) -lt 3000000000
	check "alice: no process is left" nothing_of h alice
	check "alice: no session is left" no_sessions h alice
	check "bob: the session goes on" says 'sleep 1002' running h bob
}
main_job_denies() {
	local i denied=0
	for i in $(seq 16); do attempt "key $i" ssh_as h alice id; done
	for i in 1 2; do attempt "password $i" ssh_password h alice; done
	for i in 1 2; do attempt "console $i" console_try h "ttyS5$i" alice; done
	echo "        20 attempts (16 by key, 2 by password, 2 on the console), $denied denied"
	check "alice: 20 logins denied with the reference on the screen" test $denied -eq 20
	check "log: an entry for each denied login of alice" \
		test "$(log_count 'access denied: user:alice.*ref=T283242')" -ge 20
	check "journal: an entry with fields by root for each denied login of alice" \
		test "$(entries $denied_id _UID=0 REVOKE_USER=alice REVOKE_REF=T283242 |
			jq -r .REVOKE_RESULT | grep -c refused)" -ge 20
	check "catalog: explains a denied login" \
		says 'A login of alice through sshd was denied' explained $denied_id
	check "log: no denied login is logged twice" \
		test "$(log_count 'access denied: user:alice')" -eq \
		"$(entries $denied_id REVOKE_TARGET=user:alice | wc -l)"
}
main_job_again() {
	check_rc 0 "alice: query returns not logged in" \
		host_run h "$script" query --uid alice --cn 'Alice A'
	check_rc 1 "alice: check returns revoked" host_run h revokectl check alice
	check_rc 4 "alice: a second revocation without ending changes nothing" \
		host_run h revoke-user alice --reason 'laptop lost' --ref T283242 --no-end
	check_rc 0 "alice: a second revocation is done and verified" \
		host_run h revoke-user alice --reason 'laptop lost' --ref T283242
}
main_job_recorded() {
	check "journal: has the revocation with its target" \
		says '"REVOKE_TARGET":"user:alice"' entries $revoked_id
	check "journal: has each ended session" \
		says '"REVOKE_USER":"alice"' entries $session_ended_id
	check "catalog: explains the revocation" \
		says 'user:alice was revoked' explained $revoked_id
	check "history: has operator and reason" \
		says 'revoke .*user:alice .*root .*done .*T283242 .*laptop lost' \
		host_run h revokectl history alice
	check "history: has the denied login by SSH" \
		says 'denied .*user:alice .*refused .*T283242 .*alice at sshd from ' \
		host_run h revokectl history alice
	check "history: has the denied login on the console" \
		says 'denied .*user:alice .*alice at login on ' \
		host_run h revokectl history alice
	check "history: has the ended sessions" \
		says 'session-ended .*user:alice .*alice, session ' \
		host_run h revokectl history alice
	check "history: sorted by time" history_is_sorted
}
main_job_restores() {
	check_rc 0 "alice: undo succeeds" host_run h revoke-user --undo alice
	check "journal: has the undo with its target" \
		says '"REVOKE_TARGET":"user:alice"' entries $restored_id
	echo nobody-here >"$(host_root h)/root/leavers"
	check_rc 0 "import: succeeds" host_run h revokectl import /root/leavers --reason gone
	check "journal: has the import with its file" \
		says '"REVOKE_TARGET":"/root/leavers"' entries $imported_id
	check_rc 0 "alice: ended without revocation" host_run h revokectl end alice --yes
	check "journal: has the ending with its target" \
		says '"REVOKE_TARGET":"user:alice"' entries $only_ended_id
	check_rc 4 "alice: a second undo changes nothing" host_run h revoke-user --undo alice
	check "alice: logs in by key after the undo" says 'uid=1000' ssh_as h alice id
	check "alice: logs in by password after the undo" says 'uid=1000' ssh_password h alice
	check_rc 0 "alice: logs in on the console after the undo" console_try h ttyS42 alice
}
