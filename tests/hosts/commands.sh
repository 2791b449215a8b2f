#!/bin/bash
# commands.sh - our commands on host h, what they print, and what the journal has of them. Sourced.
: "${hosts_dir:?is set by host.sh}"

script=/etc/logout.d/50-systemd-login
# The MESSAGE_ID of each kind of journal entry.
# shellcheck disable=SC2034 # used by the cases
{
	denied_id=60d396af4b114e1883b27cd9063d77f1
	revoked_id=31c3c4475237450993fced101c139c33
	restored_id=34b155ec64bf46079f01698758e8bd51
	session_ended_id=08f7c907362c438589c71a5805dd2a28
	imported_id=0c2fee4e31e8412b915ec63ba174dec7
	only_ended_id=a5368d37579a4d0f9a083ae43ab6b2d2
}

query() { host_run h "$script" query -u "$1" -c x; }   # NAME
logout() { host_run h "$script" logout -u "$1" -c x; } # NAME
entries() { host_run h journalctl -q -o json "MESSAGE_ID=$1" "${@:2}"; } # ID MATCH...
explained() { host_run h journalctl -q --no-pager -x "MESSAGE_ID=$1"; } # ID: with the catalog
log_count() { host_run h journalctl -q --no-pager | grep -c "$1"; } # PATTERN

# revoke NAME WORDS: exit status in $code, output in $answer, seconds in $took.
revoke() { run_with_yes revoke-user "$@"; }
ctl() { run_with_yes revokectl "$@"; }
run_with_yes() { # COMMAND WORDS...
	local begun=$SECONDS
	answer=$(host_run h "$@" --yes 2>&1)
	code=$?
	# shellcheck disable=SC2034 # read by the cases
	took=$((SECONDS - begun))
}
exited() { [ "$code" -eq "$1" ] || { echo "exit $code, wanted $1: $answer"; return 1; }; }
printed() { grep -qE -- "$1" <<<"$answer" || { echo "does not print '$1': $answer"; return 1; }; }

stubborn() { # NAME: a session that ends only by KILL
	ssh_open h "$1" -tt "trap '' TERM HUP INT; while :; do sleep 1; done"
	await 15 says 'trap' running h "$1"
}
