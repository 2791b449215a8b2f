#!/bin/bash
# rounds.sh SUITE... - ROUNDS of a revocation while a client logs in, each at another moment of the
# login. No round may leave a process or accept a later login.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/hosts/suites.sh
. tests/hosts/suites.sh
rounds=${ROUNDS:-500}
users=(p1 p2 p3 p4)

one_suite() {
	# shellcheck source=tests/hosts/host.sh
	. tests/hosts/host.sh
	# shellcheck source=tests/assert.sh
	. tests/assert.sh
	# shellcheck source=tests/hosts/users.sh
	. tests/hosts/users.sh
	# shellcheck disable=SC2034 # read by assert.sh
	check_label="$1: "
	on_failure() { [ -z "${host_leader[h]:-}" ] || host_state h; }
	packages "$1" && host_prepare h "$1" && users_add h "${users[@]}" &&
		install_packages h "$1" && host_boot h
	host_is_up $? "$1" "${users[0]}" || return
	local i lanes=() each=$((rounds / ${#users[@]}))
	for i in "${!users[@]}"; do
		lane "${users[$i]}" $((1000 + i)) $each >"$hosts_dir/h/lane-$i" &
		lanes+=($!)
	done
	wait "${lanes[@]}"
	cat "$hosts_dir/h/lane-"* | grep -v '^round' | head -n 40
	check "rounds: $rounds run" \
		test "$(cat "$hosts_dir/h/lane-"* | grep -c '^round')" -eq $((each * ${#users[@]}))
	check "rounds: every revocation is done and verified" \
		fails grep -hq 'exit [^0]' "$hosts_dir/h/lane-"*
	check "rounds: no process is left" fails grep -hq 'LEFT' "$hosts_dir/h/lane-"*
	check "rounds: no later login is accepted" fails grep -hq 'ACCEPTED' "$hosts_dir/h/lane-"*
	awk '/^round/ { n++; s += $5; if ($5 > m) m = $5; f += $7 == "in" }
		END {
			printf "        %d rounds, revoke-user took %d ms on average, ", n, s / n
			printf "%d at most; in %d the client was in before\n", m, f
		}' "$hosts_dir/h/lane-"*
	checks_summary
}

left_of() { # UID: its processes
	host_sh h "ps -eo pid=,ruid=,euid=,stat=,args= |
		awk '(\$2 == $1 || \$3 == $1) && \$4 !~ /^Z/'" | sed 's/^/LEFT /'
}
# lane USER UID COUNT: the moment of the revocation moves over a whole login, 0 to 1.2 s.
lane() {
	local user=$1 uid=$2 i begun took code was
	local client=$hosts_dir/h/client-$1 output=$hosts_dir/h/revoke-$1
	for i in $(seq "$3"); do
		ssh_as h "$user" 'echo in; exec sleep 60' </dev/null >"$client" 2>&1 &
		sleep "$(awk -v i="$i" 'BEGIN { printf "%.3f", (i * 37 % 1200) / 1000 }')"
		begun=$(date +%s%N)
		host_run h revoke-user "$user" --reason round --yes >"$output" 2>&1
		code=$?
		took=$((($(date +%s%N) - begun) / 1000000))
		left_of "$uid"
		wait $!
		was=out
		grep -q '^in$' "$client" && was=in
		echo "round $user exit $code $took ms $was"
		[ $code -eq 0 ] || cat "$output"
		ssh_as h "$user" 'echo ACCEPTED' </dev/null 2>/dev/null
		left_of "$uid"
		host_run h revoke-user --undo "$user" >/dev/null
	done
}

each_suite rounds one_suite "$@"
