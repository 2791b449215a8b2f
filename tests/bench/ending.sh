#!/bin/bash
# ending.sh [SUITE] - how fast an ending is, beside a bare write to cgroup.kill, loginctl, and a script; on a disposable host, in one run.
#
# Read the ratios: the machine is not ours alone. Each figure is a median, with the fastest and the slowest.
cd "$(dirname "$0")/../.." || exit 1
. tests/hosts/host.sh
. tests/hosts/users.sh
. tests/assert.sh
suite=${1:-bookworm}
mkdir -p build/bench
gcc -Wall -Wextra -Werror -O1 -static -pthread -o build/bench/resist tests/hosts/resist/resist.c
gcc -Wall -Wextra -Werror -O2 -static -o build/bench/silence tests/bench/silence.c
gcc -Wall -Wextra -Werror -O2 -o build/bench/crowd tests/bench/crowd.c -lpam
packages "$suite" && host_prepare h "$suite" && users_add h alice bob && install_packages h "$suite" || exit 1
# Python is no part of a host; for this comparison it is put there.
cp /etc/resolv.conf "$(host_root h)/etc/resolv.conf" 2>/dev/null
chroot "$(host_root h)" sh -c 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends python3-dbus' >build/bench/apt.log 2>&1 ||
	echo 'python3-dbus can not be installed: no comparison with Python'
cp build/bench/resist build/bench/silence build/bench/crowd tests/bench/query.py "$(host_root h)/usr/local/bin/"
host_boot h || exit 1
slice=/sys/fs/cgroup/user.slice/user-1000.slice

# In order: the middle one, the first, the last.
spread() { sort -n | awk '{ v[NR] = $1 } END { printf "%8.1f ms   (%.1f to %.1f, %d times)\n", v[int((NR + 1) / 2)], v[1], v[NR], NR }'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

gone() { no_sessions h alice && host_sh h "! grep -qs 'populated 1' $slice/cgroup.events"; }
# many_open COUNT: that many processes in a session of hers. Who comes while logind takes her slice down may get no session, and is opened
# again: what is not in her slice measures nothing.
many_open() {
	local try
	for try in 1 2 3; do
		ssh_open h alice "resist many$1"
		wait_for $((10 + $1 / 100)) host_sh h "[ \$(cat $slice/session-*.scope/cgroup.procs 2>/dev/null | wc -l) -ge $1 ]" && return
		host_run h revoke-user alice --end-only --now --yes --quiet
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
	: >build/bench/bare >build/bench/ours
	for round in $(seq $rounds); do
		for how in bare ours; do
			many_open $count || exit 1
			sleep 0.3
			case $how in
			bare) host_run h silence $slice sh -c "echo 1 >$slice/cgroup.kill" >>build/bench/bare ;;
			ours) host_run h silence $slice revoke-user alice --end-only --now --yes --quiet >>build/bench/ours ;;
			esac
			wait_for 60 gone
			sleep 0.5
		done
	done
	printf '%6d processes  sh and a write to cgroup.kill %s' $count "$(spread <build/bench/bare)"
	printf '\n%6s            revoke-user --now           %s' '' "$(spread <build/bench/ours)"
	printf '\n%6s            ratio %.2f\n' '' "$(awk -v a="$(median <build/bench/ours)" -v b="$(median <build/bench/bare)" 'BEGIN { print a / b }')"
done

echo
echo '200 sessions of one person, 50 of them deaf: until nothing is left'
for how in ours loginctl; do
	for i in $(seq 200); do
		if [ $((i % 4)) -eq 0 ]; then ssh_open h alice 'resist deaf'; else ssh_open h alice 'sleep 1000'; fi
		[ $((i % 10)) -ne 0 ] || sleep 0.5
	done
	wait_for 120 has_sessions h alice 200
	sleep 2
	case $how in
	ours) printf 'revoke-user                  %s\n' "$(host_run h silence $slice revoke-user alice --end-only --yes --quiet | spread)" ;;
	loginctl) printf 'loginctl terminate-user      %s\n' "$(host_run h silence $slice loginctl terminate-user alice | spread)" ;;
	esac
	wait_for 120 gone
done

echo
echo 'query, cold, of a person who is logged in'
ssh_open h bob 'sleep 1000'
wait_for 20 has_sessions h bob 1
timed() { # CMD: milliseconds of 21 runs
	host_sh h "for i in \$(seq 21); do a=\$(date +%s%N); $* >/dev/null 2>&1; b=\$(date +%s%N); echo \$(((b - a) / 1000)); done" | awk '{ print $1 / 1000 }'
}
printf 'loginctl show-user           %s\n' "$(timed loginctl show-user bob | spread)"
printf 'systemd-login query          %s\n' "$(timed /etc/logout.d/50-systemd-login query -u bob -c x | spread)"
printf 'systemd-login query (nobody) %s\n' "$(timed /etc/logout.d/50-systemd-login query -u alice -c x | spread)"
[ ! -x "$(host_root h)/usr/bin/python3" ] || printf 'Python and python3-dbus       %s\n' "$(timed python3 /usr/local/bin/query.py bob | spread)"

echo
echo 'query with 1,000 sessions on the host'
host_sh h 'mkdir -p /etc/systemd/logind.conf.d; printf "[Login]\nSessionsMax=20000\n" >/etc/systemd/logind.conf.d/max.conf; systemctl restart systemd-logind
	echo "session required pam_systemd.so" >/etc/pam.d/crowd; systemd-run -q --unit crowd -p TasksMax=infinity crowd alice 999'
crowded() { [ "$(host_run h loginctl list-sessions --no-legend | wc -l)" -ge 1000 ]; }
wait_for 300 crowded || echo 'not all of them could be opened'
sleep 5
printf 'sessions: %s\n' "$(host_run h loginctl list-sessions --no-legend | wc -l)"
printf 'systemd-login query (one of them)   %s\n' "$(timed /etc/logout.d/50-systemd-login query -u bob -c x | spread)"
printf 'loginctl show-user                  %s\n' "$(timed loginctl show-user bob | spread)"
printf 'systemd-login query (999 of them)   %s\n' "$(timed /etc/logout.d/50-systemd-login query -u alice -c x | spread)"
printf 'loginctl show-user                  %s\n' "$(timed loginctl show-user alice | spread)"
