#!/bin/bash
# keys.sh - keys as targets, with the real OpenSSH client. Sourced by run.sh.
# shellcheck source=tests/hosts/commands.sh
. tests/hosts/commands.sh
: "${security_key:?is set by trees.sh}"

# key_make NAME TYPE [BITS]: a key for carol, and NAME-ca, another that logs in by its certificate.
key_make() {
	serial=$((serial + 1))
	host_sh h "export SSH_SK_PROVIDER=$security_key; cd /root/keys &&
		ssh-keygen -q -t $2 ${3:+-b $3} -N '' -C $1 -f $1 &&
		ssh-keygen -q -t $2 ${3:+-b $3} -N '' -C $1-ca -f $1-ca &&
		ssh-keygen -q -s ca -I 'carol at $1' -n carol -z $serial $1-ca.pub &&
		cat $1.pub >>/home/carol/.ssh/authorized_keys"
}
# by_key NAME [OPTIONS] [-- WORDS]: carol logs in with this key alone.
by_key() {
	local key=$1
	shift
	ssh_as h carol -F none -i "/root/keys/$key" -o IdentitiesOnly=yes -o IdentityAgent=none \
		-o SecurityKeyProvider="$security_key" -o LogLevel=ERROR "$@"
}
in_by() { [ "$(by_key "$1" id -un 2>/dev/null)" = carol ] || { by_key "$1" id; return 1; }; }
out_by() {
	local said
	said=$(by_key "$1" id -un 2>&1) && { echo "$1 is let in"; return 1; }
	grep -q 'Reference: T7' <<<"$said" || { echo "$1: $said"; return 1; }
}

# burnt LABEL KEY OPTION...: the key is revoked by these options, denied, restored, and logs in.
burnt() {
	local label=$1 key=$2
	shift 2
	check_rc 0 "$label: revoked" \
		silent host_run h revoke-user "$@" --reason stolen --ref T7 --no-end --quiet
	check "$label: denied with the reference" out_by "$key"
	[ "$key" != "$neighbour_of" ] ||
		check "$label: another key of carol logs in" in_by neighbour
	check_rc 0 "$label: restored" silent host_run h revoke-user --undo "$@" --quiet
	check "$label: logs in after the undo" in_by "$key"
}

case_keys() {
	local serial=100 ca type neighbour_of
	host_sh h 'mkdir -p /root/keys && cd /root/keys && rm -f * &&
		ssh-keygen -q -t ed25519 -N "" -f ca && ssh-keygen -q -t ecdsa -N "" -f ca2 &&
		(printf "cert-authority "; cat ca.pub) >>/home/carol/.ssh/authorized_keys'
	ca=$(host_sh h 'ssh-keygen -l -f /root/keys/ca.pub' | cut -d' ' -f2)
	key_make neighbour ed25519
	for type in rsa 'ecdsa 256' 'ecdsa 384' 'ecdsa 521' ed25519 ecdsa-sk ed25519-sk; do
		# shellcheck disable=SC2086 # a type and its bits
		key_make "${type/ /-}" $type
		type=${type/ /-}
		check "$type: logs in" in_by "$type"
		check "$type, certified: logs in" in_by "$type-ca"
		neighbour_of=$type
		burnt "$type" "$type" --key "/root/keys/$type.pub"
		neighbour_of=$type-ca
		burnt "$type, certified, by its key" "$type-ca" --key "/root/keys/$type-ca.pub"
		neighbour_of=
		burnt "$type, certified, by serial" "$type-ca" --cert "$ca" --serial "$serial"
		burnt "$type, certified, by key id" \
			"$type-ca" --cert "$ca" --key-id "carol at $type"
		burnt "$type, certified, by its file" \
			"$type-ca" --cert "/root/keys/$type-ca-cert.pub"
		burnt "$type, certified, by authority" "$type-ca" --ca /root/keys/ca.pub
	done
	check "log: has key and reference" \
		says 'access denied: key:SHA256:.*user=carol.*ref=T7' \
		host_run h journalctl -q --no-pager -t sshd -t sshd-session
	check_rc 0 "other CA: revoked" \
		host_run h revoke-user --ca /root/keys/ca2.pub --reason x --quiet --yes
	check "other CA: a certificate by the first CA logs in" in_by rsa-ca
}

# A certificate for carol with the key rsa-ca and the given dates, as rsa-ca logs in.
certify() { # DATES
	host_sh h "cd /root/keys && ssh-keygen -q -s ca -I fresh -n carol -V $1 rsa-ca.pub"
}

connections_of_evidence() {
	host_run h tail -n 1 /var/lib/pam_revoke/evidence.jsonl |
		jq -r '.processes[].connections[]?'
}
# After a log-out, carol logs in with her key and with a new certificate, not with an old one.
case_log_out() {
	local second
	host_unit h loginctl enable-linger carol
	by_key rsa "trap '' TERM HUP; sleep 2101; sleep 2102" </dev/null >/dev/null 2>&1 &
	await 20 says 'sleep 2101' running h carol
	answer=$(host_unit h revoke-user carol --log-out --reason 'password changed' --ref T7 --json)
	code=$?
	check "log-out: nothing is left" exited 0
	check "log-out: JSON says that logins are possible" \
		printed '"denied": false, "changed": true, "not_before": "20'
	check "log-out: the session is ended" fails says 'sleep 210' running h carol
	check "log-out: carol logs in again" in_by rsa
	check "log-out: evidence has the command and the connection" \
		says '"arguments": "[^"]*sleep 2101.*' \
		host_run h tail -n 1 /var/lib/pam_revoke/evidence.jsonl
	check "log-out: evidence is JSON with the connection of the client" \
		says '^127\.0\.0\.1:22 127\.0\.0\.1:' connections_of_evidence
	check "log-out: lingering is enabled again" host_run h test -e /var/lib/systemd/linger/carol
	check "log-out: check prints clear" says 'carol: clear' host_run h revokectl check carol
	check "log-out: the list has the time" \
		says '^user:carol +before 20' host_run h revokectl list
	check "log-out: a certificate without a start is denied" out_by rsa-ca
	certify 20200101:+1h
	check "log-out: an old certificate is denied" out_by rsa-ca
	second=$(host_run h date +%Y%m%d%H%M%S)
	certify "$second:+1h"
	check "log-out: a new certificate logs in" in_by rsa-ca
	by_key rsa "sleep 2103" </dev/null >/dev/null 2>&1 &
	await 20 says 'sleep 2103' running h carol
	answer=$(host_unit h revoke-user carol --log-out --now --reason again)
	code=$?
	check "log-out again: nothing is left" exited 0
	check "log-out again: prints that logins are possible" \
		printed '^carol: logged out; new logins are possible'
	host_unit h loginctl disable-linger carol
	check "log-out again: the session is ended" fails says 'sleep 2103' running h carol
	check_rc 0 "log-out: restored" silent host_run h revoke-user --undo carol --quiet
	check "log-out, restored: an old certificate logs in" in_by rsa-ca
	host_run h revoke-user carol --reason stolen --no-end --quiet --yes
	revoke carol --log-out --reason again
	check "log-out of a revoked user: refused" exited 4
	check_rc 1 "log-out of a revoked user: still revoked" host_run h revokectl check carol
	revoke carol --log-out --reason again --force
	check "log-out of a revoked user, with force: refused" exited 4
	check_rc 1 "log-out of a revoked user, with force: still revoked" \
		host_run h revokectl check carol
	host_run h revoke-user --undo carol --quiet
	revoke carol --log-out --now --reason again
	check "log-out before a contract ends: nothing is left" exited 0
	revoke carol --until +7d --no-end --reason 'contract ends'
	check "revoked for a time after a log-out: done" exited 0
	check "revoked for a time after a log-out: both entries stay" \
		test "$(host_run h grep -c '^user:carol ' /var/lib/pam_revoke/lists.d/console.list)" -eq 2
	host_run h revoke-user --undo carol --quiet
	check "undo after a log-out: no entry stays" \
		fails host_run h grep -q '^user:carol ' /var/lib/pam_revoke/lists.d/console.list
	log_out_incomplete
}

# A root shell of carol is reported and left.
log_out_incomplete() {
	host_run h systemd-run --quiet --unit rootshell \
		sh -c 'echo 1002 >/proc/self/loginuid; exec sleep 2104'
	await 10 says 'sleep 2104' host_run h pgrep -a -x sleep
	revoke carol --log-out --now --reason again
	check "log-out with something left: incomplete" exited 3
	check "log-out with something left: prints until when logins are denied" \
		printed '^revoke-user: carol: new logins are denied until 20.*Z, then possible'
	check_rc 1 "log-out with something left: carol is denied" host_run h revokectl check carol
	host_run h systemctl stop rootshell
	revoke carol --log-out --now --reason again
	check "log-out repeated: nothing is left" exited 0
	check "log-out repeated: carol logs in again" in_by rsa
	host_run h revoke-user --undo carol --quiet
}

# Six sessions of one user with three keys, and a shared connection with three channels.
case_key_sessions() {
	key_sessions_open
	key_sessions_ended
	key_sessions_without_record
	key_login_in_flight
}
key_sessions_open() {
	local key n=2001
	for key in rsa ed25519 neighbour; do
		by_key "$key" -tt "sleep $n" </dev/null >/dev/null 2>&1 &
		by_key "$key" "sleep $((n + 1))" </dev/null >/dev/null 2>&1 &
		n=$((n + 10))
	done
	by_key ed25519 -M -S /root/keys/mux "sleep 2031" </dev/null >/dev/null 2>&1 &
	ssh_open h bob 'sleep 2041'
	check "carol: six sessions and a shared one" wait_for 30 has_sessions h carol 7
	await 10 host_run h test -S /root/keys/mux
	by_key ed25519 -S /root/keys/mux -tt 'sleep 2032' </dev/null >/dev/null 2>&1 &
	by_key ed25519 -S /root/keys/mux "trap '' TERM HUP; sleep 2033; sleep 2034" \
		</dev/null >/dev/null 2>&1 &
	for n in 2001 2002 2011 2012 2021 2022 2031 2032 2033; do
		check "carol: sleep $n runs" wait_for 20 says "sleep $n" running h carol
	done
	check "sessions: print the key of each" \
		says 'carol .*SHA256:' host_run h revokectl sessions carol
	check "sessions by key: three" \
		test "$(host_run h revokectl sessions --key /root/keys/ed25519.pub --json |
			grep -c '"id"')" -eq 3
}
key_sessions_ended() {
	local n
	check_rc 0 "key: revoked and its sessions ended" \
		host_run h revoke-user --key /root/keys/ed25519.pub --reason stolen --ref T7
	check "key: no process of its sessions is left" \
		fails says 'sleep 20(11|12|31|32|33|34)' running h carol
	for n in 2001 2002 2021 2022; do
		check "carol: sleep $n goes on" says "sleep $n" running h carol
	done
	check "bob: the session goes on" says 'sleep 2041' running h bob
	check "carol: four sessions with other keys are left" test "$(sessions_of h carol)" -ge 4
	check "key: denied with the reference" out_by ed25519
	check "key: a new channel of a shared connection is denied" \
		fails by_key ed25519 -S /root/keys/mux id
}
# Sessions older than the module have no record; the journal has their key.
key_sessions_without_record() {
	local n journald=(systemd-journald.socket systemd-journald-dev-log.socket
		systemd-journald.service)
	local unknown_key=SHA256:0000000000000000000000000000000000000000000
	host_sh h 'rm -f /run/pam_revoke/sessions/*'
	check "sessions without a record: the key comes from the journal" \
		says 'carol .*SHA256:.*by the journal' host_run h revokectl sessions carol
	check_rc 0 "sessions without a record: ended by key" \
		host_run h revoke-user --key /root/keys/rsa.pub --reason stolen --ref T7
	check "sessions without a record: no process is left" \
		fails says 'sleep 200[12]' running h carol
	for n in 2021 2022; do
		check "carol: sleep $n goes on" says "sleep $n" running h carol
	done
	host_run h systemctl stop "${journald[@]}"
	host_sh h 'mv /var/log/journal /var/log/journal.away
		mv /run/log/journal /run/log/journal.away' 2>/dev/null
	check_rc 3 "sessions without record and journal: not verified" \
		host_run h revoke-user --key /root/keys/rsa.pub --reason stolen --ref T7
	check "sessions without record and journal: the cause is printed" \
		says 'neither a record nor the journal' \
		host_run h revokectl end --key /root/keys/rsa.pub
	host_sh h 'mv /var/log/journal.away /var/log/journal
		mv /run/log/journal.away /run/log/journal' 2>/dev/null
	host_run h systemctl start "${journald[@]}"
	check_rc 0 "carol: revoked and ended" host_run h revoke-user carol --reason x --now
	check "carol: no process is left" nothing_of h carol
	check "carol: no login record is left" \
		wait_for 20 says '^0$' host_sh h "
			revokectl end --key $unknown_key --quiet 2>/dev/null
			ls /run/pam_revoke/sessions | wc -l"
	host_run h revoke-user --undo carol --quiet
}
# The login is behind the gate, and logind has no session of it yet.
key_login_in_flight() {
	local key
	for key in rsa ed25519; do
		host_run h revoke-user --undo --key "/root/keys/$key.pub" --quiet
	done
	cp "$(host_root h)/etc/pam.d/common-session" "$(host_root h)/root/common-session"
	host_sh h "sed -i '/pam_revoke/a session optional pam_exec.so quiet /bin/sleep 8' \
		/etc/pam.d/common-session"
	by_key rsa "sleep 2051" </dev/null >/dev/null 2>&1 &
	check "login in flight: it has a record" \
		wait_for 10 says '[0-9]' host_run h ls /run/pam_revoke/sessions
	check "login in flight: logind has no session" no_sessions h carol
	check "login in flight: ended by key" \
		says '1 logins without a session killed' \
		host_run h revoke-user --key /root/keys/rsa.pub --reason stolen --ref T7
	check_rc 0 "login in flight: a second ending finds nothing" \
		host_run h revoke-user --key /root/keys/rsa.pub --reason stolen --ref T7
	sleep 8
	check "login in flight: no process comes later" fails says 'sleep 2051' running h carol
	host_run h mv /root/common-session /etc/pam.d/common-session
	host_run h revoke-user --undo --key /root/keys/rsa.pub --quiet
}
