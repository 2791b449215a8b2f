#!/bin/bash
# matrix.sh SUITE... - every way to resist, by loginctl and by revoke-user, on a disposable host of
# each release.
#
# Prints a table: milliseconds from revoke-user to the last process gone, and how many processes
# `loginctl terminate-user` leaves alive after 5 s. A cell counts only if a process was alive
# before, none is after, and the exit status is 0.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/hosts/suites.sh
. tests/hosts/suites.sh
# shellcheck source=tests/hosts/ways.sh
. tests/hosts/ways.sh
lanes=4

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
	mkdir -p build/hosts
	gcc -Wall -Wextra -Werror -O1 -static -pthread -o "build/hosts/resist-$1" \
		tests/hosts/resist/resist.c
	packages "$1" && host_prepare h "$1" && users_add h bob && users_resisting &&
		install_packages h "$1" && take_time && host_boot h
	host_is_up $? "$1" bob || return
	ssh_open h bob 'sleep 5000'
	await 20 has_sessions h bob 1
	: >"build/hosts/matrix-$1.peer"
	: >"build/hosts/matrix-$1.ours"
	step begin_all
	step peer_all
	step in_lanes clean_up
	step begin_all
	step in_lanes revoke_one
	judge "$1"
	check "bob: the session goes on" says 'sleep 5000' host_sh h 'pgrep -a -u bob'
	checks_summary
}

# The machine is shared: a slow ending is not wrong here. bounds.sh checks the limit.
take_time() {
	sed -i 's/^#limit = .*/limit = 60s/' "$(host_root h)/etc/pam_revoke/pam_revoke.conf"
}

# One user for each way: p01, p02 ...
users_resisting() {
	local root i
	root=$(host_root h)
	cp "build/hosts/resist-$suite_name" "$root$resist"
	cp "$root$resist" "$root$resist-setuid"
	chmod 755 "$root$resist"
	chmod 4755 "$root$resist-setuid"
	for i in "${!ways[@]}"; do
		row "$i"
		mkdir -p "$root/home/$user/.ssh"
		cp "$root/root/.ssh/id_ed25519.pub" "$root/home/$user/.ssh/authorized_keys"
		echo "$user:secret-$user:$uid:$uid::/home/$user:/bin/bash"
	done >"$root/root/users"
	# shellcheck disable=SC2016 # the shell on the host expands it
	chroot "$root" sh -ec 'newusers /root/users
		for home in /home/p*; do chown -R "${home#/home/}:" $home; done' \
		2>"$hosts_dir/h/newusers.log"
}

step() {
	local begun=$SECONDS
	"$@"
	echo "        $*: $((SECONDS - begun)) s"
}

# Each suite has UIDs of its own: the kernel counts the processes of all hosts on this machine.
first_uid() {
	case $suite_name in
	bookworm) echo 1101 ;;
	trixie) echo 2101 ;;
	*) echo 3101 ;;
	esac
}
row() { # INDEX: sets way, user, uid
	way=${ways[$1]%%|*} user=$(printf 'p%02d' $(($1 + 1))) uid=$(($(first_uid) + $1))
}
is_alive() { [ "$(alive "$@")" -gt 0 ]; }

begin_all() {
	local i way user uid
	for i in "${!ways[@]}"; do
		row "$i"
		(use "$way" "$user" "$uid") >/dev/null 2>>"$hosts_dir/h/use.log" &
		[ $((i % 6)) -ne 5 ] || sleep 0.5
	done
	for i in "${!ways[@]}"; do
		row "$i"
		wait_for "${ALIVE_SEC:-30}" is_alive "$way" "$user" "$uid" && continue
		echo "        $way is not alive"
		cat "$hosts_dir/h/use.log"
	done
}

peer_all() {
	local i way user uid
	# One by one: it stops at the first user that logind does not know.
	for i in "${!ways[@]}"; do
		row "$i"
		host_run h timeout 5 loginctl terminate-user "$user" 2>/dev/null
	done
	sleep 5
	for i in "${!ways[@]}"; do
		row "$i"
		echo "$i $(alive "$way" "$user" "$uid")" >>"build/hosts/matrix-$suite_name.peer"
	done
}

# in_lanes FUNCTION: for every row, several at the same time.
in_lanes() {
	local lane pids=()
	for lane in $(seq 0 $((lanes - 1))); do
		(for i in "${!ways[@]}"; do [ $((i % lanes)) -ne "$lane" ] || "$1" "$i"; done) &
		pids+=($!)
	done
	wait "${pids[@]}"
}

clean_up() {
	local way user uid
	row "$1"
	host_run h systemctl stop "again-$user" 2>/dev/null
	host_run h revokectl end "$user" --now --descendants --yes >/dev/null 2>&1
	host_run h systemctl reset-failed "again-$user" "root-$user" "lives-$user" 2>/dev/null
}

revoke_one() {
	local way user uid begun code took before after options=() run=host_run
	local log=$hosts_dir/h/matrix-
	row "$1"
	before=$(alive "$way" "$user" "$uid")
	[ "$way" != descendant ] || options=(--descendants)
	[ "$way" != linger ] || run=host_unit
	begun=$(date +%s%N)
	$run h revoke-user "$user" --reason matrix --yes "${options[@]}" >"$log$way.log" 2>&1
	code=$?
	took=$((($(date +%s%N) - begun) / 1000000))
	after=$(alive "$way" "$user" "$uid")
	[ "$way" != reconnect ] || host_run h systemctl stop "again-$user" 2>/dev/null
	echo "$1 $before $code $after $took" >>"build/hosts/matrix-$suite_name.ours"
	[ $((code + after)) -eq 0 ] || sed "s/^/        $way: /" "$log$way.log"
}

is_ended() { [ "$1" -gt 0 ] && [ "$2" -eq 0 ] && [ "$3" -eq 0 ]; } # BEFORE CODE AFTER
judge() { # SUITE
	local i before code after took what
	for i in "${!ways[@]}"; do
		read -r _ before code after took < <(grep "^$i " "build/hosts/matrix-$1.ours")
		what="was alive (${before:-no row}), exit 0 ($code), 0 left ($after), $took ms"
		check "${ways[$i]#*|}: $what" is_ended "${before:-0}" "${code:-1}" "${after:-1}"
	done
}

with_name() { suite_name=$1; one_suite "$1"; }
each_suite matrix with_name "$@"
result=$?

cell() { awk -v i="$2" '$1 == i { print $NF }' "build/hosts/matrix-$3.$1" 2>/dev/null; }
{
	printf '%-44s' 'way to resist'
	for suite in "$@"; do printf ' %10s %14s' "$suite" 'loginctl'; done
	printf '\n'
	for i in "${!ways[@]}"; do
		printf '%-44s' "${ways[$i]#*|}"
		for suite in "$@"; do
			printf ' %7s ms %8s alive' "$(cell ours "$i" "$suite")" \
				"$(cell peer "$i" "$suite")"
		done
		printf '\n'
	done
} | tee build/hosts/matrix.txt
[ $result -eq 0 ]
