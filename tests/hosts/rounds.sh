#!/bin/bash
# rounds.sh SUITE... - ROUNDS of "revoke while a client is logging in", each at another moment of the login: no round may end
# with a process left, or with a login that is accepted afterwards.
cd "$(dirname "$0")/../.." || exit 1
. tests/hosts/suites.sh
rounds=${ROUNDS:-500}
users=(p1 p2 p3 p4)

one_suite() {
	. tests/hosts/host.sh
	. tests/assert.sh
	. tests/hosts/users.sh
	check_label="$1: "
	on_failure() { [ -z "${host_leader[h]:-}" ] || host_state h; }
	packages "$1" && host_prepare h "$1" && users_add h "${users[@]}" && install_packages h "$1" && host_boot h
	check "host: the packages install and it boots" test $? -eq 0
	[ $checks_failed -eq 0 ] || { cat "$hosts_dir/h/"*.log; checks_summary; return; }
	local i lanes=()
	for i in "${!users[@]}"; do
		lane "${users[$i]}" $((1000 + i)) $((rounds / ${#users[@]})) >"$hosts_dir/h/lane-$i" &
		lanes+=($!)
	done
	wait "${lanes[@]}"
	cat "$hosts_dir/h/lane-"* | grep -v '^round' | head -n 40
	check "rounds: $rounds run" test "$(grep -hc '^round' "$hosts_dir/h/lane-"* | awk '{ n += $1 } END { print n }')" -eq $((rounds / ${#users[@]} * ${#users[@]}))
	check "rounds: every revocation is done and verified" fails grep -hq 'exit [^0]' "$hosts_dir/h/lane-"*
	check "rounds: no process is left" fails grep -hq 'LEFT' "$hosts_dir/h/lane-"*
	check "rounds: no later login is accepted" fails grep -hq 'ACCEPTED' "$hosts_dir/h/lane-"*
	awk '/^round/ { n++; s += $5; if ($5 > m) m = $5; f += $7 == "in" } END { printf "        %d rounds, revoke-user took %d ms on average, %d at most; in %d the client was in before\n", n, s / n, m, f }' "$hosts_dir/h/lane-"*
	checks_summary
}

# lane USER UID COUNT: the moment of the revocation wanders over the whole of a login, 0 to 1.2 s.
lane() {
	local user=$1 uid=$2 i begun took code was
	for i in $(seq "$3"); do
		ssh_as h "$user" 'echo in; exec sleep 600' </dev/null >"$hosts_dir/h/client-$user" 2>&1 &
		sleep "$(awk -v i="$i" 'BEGIN { printf "%.3f", (i * 37 % 1200) / 1000 }')"
		begun=$(date +%s%N)
		host_run h revoke-user "$user" --reason round --yes >"$hosts_dir/h/revoke-$user" 2>&1
		code=$?
		took=$((($(date +%s%N) - begun) / 1000000))
		host_sh h "ps -eo pid=,ruid=,euid=,stat=,args= | awk '(\$2 == $uid || \$3 == $uid) && \$4 !~ /^Z/'" | sed 's/^/LEFT /'
		wait $!
		was=out
		grep -q '^in$' "$hosts_dir/h/client-$user" && was=in
		echo "round $user exit $code took $took $was" | sed -E 's/exit ([0-9]+) took ([0-9]+)/exit \1 \2 ms/'
		[ $code -eq 0 ] || cat "$hosts_dir/h/revoke-$user"
		ssh_as h "$user" 'echo ACCEPTED' </dev/null 2>/dev/null
		host_sh h "ps -eo pid=,ruid=,euid=,stat=,args= | awk '(\$2 == $uid || \$3 == $uid) && \$4 !~ /^Z/'" | sed 's/^/LEFT /'
		host_run h revoke-user --undo "$user" >/dev/null
	done
}

each_suite rounds one_suite "$@"
