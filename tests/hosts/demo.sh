#!/bin/bash
# demo.sh - the main job as a transcript: on a disposable host, alice is logged in, revoked, denied
# and restored.
cd "$(dirname "$0")/../.." || exit 1
tests/deps.sh >/dev/null || exit 1
# shellcheck source=tests/hosts/host.sh
. tests/hosts/host.sh
# shellcheck source=tests/hosts/users.sh
. tests/hosts/users.sh
# shellcheck source=tests/assert.sh
. tests/assert.sh
suite=${SUITE:-bookworm}

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n# %s\n' "$*"; }
on_host() { # prompt, command, output
	printf '%s# %s\n' demo "$*"
	host_sh demo "$*" 2>&1
	shown=$?
	printf '(exit %d)\n' $shown
}
as_alice() {
	printf 'laptop$ ssh alice@demo %s\n' "$*"
	ssh_as demo alice "$*" 2>&1 | tr -d '\r'
	printf '(exit %d)\n' "${PIPESTATUS[0]}"
}

echo 'demo: makes trees and packages if they are missing; the first time takes some minutes'
say "A disposable Debian host ($suite) with the libpam-revoke package"
packages "$suite" && host_prepare demo "$suite" && users_add demo alice bob &&
	install_packages demo "$suite" && host_boot demo || exit 1
on_host "grep -v '^#' /etc/pam.d/common-account"

say "alice logs in from her laptop: a shell, and a tunnel; bob works too"
ssh_open demo alice -tt 'bash --norc'
ssh_open demo alice -N
ssh_open demo bob -tt 'sleep 300'
wait_for 20 has_sessions demo alice 2 && wait_for 20 says 'sleep 300' running demo bob && sleep 1
on_host revokectl sessions

say "The laptop is lost"
on_host "revoke-user alice --reason 'laptop lost' --ref T283242"

revoked=$shown
nothing_of demo alice >/dev/null && gone=yes

say "No process or session of alice is left; the session of bob goes on"
on_host revokectl sessions
on_host "ps -o pid,user,args -u alice || echo 'no process of alice'"

say "The laptop tries again"
as_alice id
on_host revokectl check alice
on_host revokectl list

say "The laptop is found, and she may come back"
on_host revoke-user --undo alice
as_alice id
on_host revokectl history

# The demo fails when what it shows is not true.
[ "$revoked" = 0 ] && [ "$gone" = yes ] && host_run demo revokectl check alice >/dev/null &&
	has_sessions demo bob 1 && ssh_as demo alice true >/dev/null 2>&1 &&
	host_run demo journalctl -q --no-pager | grep -q 'access denied: user:alice .*ref=T283242'
code=$?
verdict='demo: FAILED, a step above did not succeed'
[ $code -ne 0 ] || verdict='demo: each step succeeded'
say "$verdict; the host is removed"
exit $code
