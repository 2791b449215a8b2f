#!/bin/bash
# ending.sh [SUITE] - the time of an ending, compared with a write to cgroup.kill, loginctl and a
# script, on a disposable host, in one run.
#
# Read the ratios: the machine is shared. Each figure is a median, with the minimum and maximum.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/hosts/host.sh
. tests/hosts/host.sh
# shellcheck source=tests/hosts/users.sh
. tests/hosts/users.sh
# shellcheck source=tests/assert.sh
. tests/assert.sh
suite=${1:-bookworm}
mkdir -p build/bench
gcc -Wall -Wextra -Werror -O1 -static -pthread -o build/bench/resist \
	tests/hosts/resist/resist.c
gcc -Wall -Wextra -Werror -O2 -static -o build/bench/silence tests/bench/silence.c
gcc -Wall -Wextra -Werror -O2 -o build/bench/crowd tests/bench/crowd.c -lpam
packages "$suite" && host_prepare h "$suite" && users_add h alice bob &&
	install_packages h "$suite" || exit 1
root=$(host_root h)
# Python is not part of a host; it is installed for this comparison.
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null
chroot "$root" sh -c 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
	--no-install-recommends python3-dbus' >build/bench/apt.log 2>&1 ||
	echo 'python3-dbus cannot be installed: no comparison with Python'
cp build/bench/{resist,silence,crowd} tests/bench/query.py "$root/usr/local/bin/"
host_boot h || exit 1
slice=/sys/fs/cgroup/user.slice/user-1000.slice

# Prints median, minimum and maximum.
spread() {
	sort -n | awk '{ v[NR] = $1 } END {
		median = v[int((NR + 1) / 2)]
		printf "%8.1f ms   (%.1f to %.1f, %d times)\n", median, v[1], v[NR], NR
	}'
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

gone() { no_sessions h alice && host_sh h "! grep -qs 'populated 1' $slice/cgroup.events"; }
has_in_sessions() { # COUNT: processes in session scopes of alice
	host_sh h "[ \$(cat $slice/session-*.scope/cgroup.procs 2>/dev/null | wc -l) -ge $1 ]"
}
# many_open COUNT: opens a session of alice with COUNT processes. A login while logind removes the
# slice may get no session, and is repeated: only processes in the slice are measured.
many_open() {
	for _ in 1 2 3; do
		ssh_open h alice "resist many$1"
		wait_for $((10 + $1 / 100)) has_in_sessions "$1" && return
		host_run h revokectl end alice --now --yes --quiet
		wait_for 60 gone
	done
	echo "no session with $1 processes could be opened: nothing was measured" >&2
	return 1
}

echo "$suite, $(nproc) cores, kernel $(uname -r)"
echo
echo 'From the start of the command to the last process gone'
for count in 1 100 5000; do
	rounds=15
	[ $count -lt 5000 ] || rounds=5
	: >build/bench/bare
	: >build/bench/ours
	for _ in $(seq $rounds); do
		for how in bare ours; do
			many_open $count || exit 1
			sleep 0.3
			case $how in
			bare) timed=(sh -c "echo 1 >$slice/cgroup.kill") ;;
			ours) timed=(revokectl end alice --now --yes --quiet) ;;
			esac
			host_run h silence $slice "${timed[@]}" >>"build/bench/$how"
			wait_for 60 gone
			sleep 0.5
		done
	done
	printf '%6d processes  sh and a write to cgroup.kill %s' $count \
		"$(spread <build/bench/bare)"
	printf '\n%6s            revokectl end --now           %s' '' "$(spread <build/bench/ours)"
	printf '\n%6s            ratio %.2f\n' '' "$(echo "$(median <build/bench/ours)" \
		"$(median <build/bench/bare)" | awk '{ print $1 / $2 }')"
done

echo
echo '200 sessions of one user, 50 of them deaf: until nothing is left'
for how in ours loginctl; do
	for i in $(seq 200); do
		session='sleep 1000'
		[ $((i % 4)) -ne 0 ] || session='resist deaf'
		ssh_open h alice "$session"
		[ $((i % 10)) -ne 0 ] || sleep 0.5
	done
	wait_for 120 has_sessions h alice 200
	sleep 2
	case $how in
	ours) label='revokectl end' timed=(revokectl end alice --yes --quiet) ;;
	loginctl) label='loginctl terminate-user' timed=(loginctl terminate-user alice) ;;
	esac
	printf '%-28s %s\n' "$label" "$(host_run h silence $slice "${timed[@]}" | spread)"
	wait_for 120 gone
done

echo
echo 'query, cold, of a user who is logged in'
ssh_open h bob 'sleep 1000'
wait_for 20 has_sessions h bob 1
query='/etc/logout.d/50-systemd-login query -c x -u'
timed() { # LABEL CMD: milliseconds of 21 runs
	printf '%-28s %s\n' "$1" "$(host_sh h "for i in \$(seq 21); do
		a=\$(date +%s%N); ${*:2} >/dev/null 2>&1; b=\$(date +%s%N)
		echo \$(((b - a) / 1000))
		done" | awk '{ print $1 / 1000 }' | spread)"
}
timed 'loginctl show-user' loginctl show-user bob
timed 'systemd-login query' "$query" bob
timed 'systemd-login query (logged out)' "$query" alice
[ ! -x "$root/usr/bin/python3" ] ||
	timed 'Python and python3-dbus' python3 /usr/local/bin/query.py bob

echo
echo 'query with 1,000 sessions on the host'
host_sh h 'mkdir -p /etc/systemd/logind.conf.d
	printf "[Login]\nSessionsMax=20000\n" >/etc/systemd/logind.conf.d/max.conf
	systemctl restart systemd-logind
	echo "session required pam_systemd.so" >/etc/pam.d/crowd
	systemd-run -q --unit crowd -p TasksMax=infinity crowd alice 999'
crowded() { [ "$(host_run h loginctl list-sessions --no-legend | wc -l)" -ge 1000 ]; }
wait_for 300 crowded || echo 'not all of them could be opened'
sleep 5
printf 'sessions: %s\n' "$(host_run h loginctl list-sessions --no-legend | wc -l)"
timed 'systemd-login query (1 of them)' "$query" bob
timed 'loginctl show-user' loginctl show-user bob
timed 'systemd-login query (999)' "$query" alice
timed 'loginctl show-user' loginctl show-user alice
