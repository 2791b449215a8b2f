#!/bin/bash
# host.sh - disposable Debian hosts: real systemd, logind and sshd in a container that is removed.
#
# Sourced. A host is an overlay over a kept tree, booted by systemd-nspawn on a network of its own
# (loopback only). Everything started here is ended here, by PID, also after an interrupt.

# shellcheck source=tests/hosts/trees.sh
. "$(dirname "${BASH_SOURCE[0]}")/trees.sh"

hosts_dir=$(mktemp -d "${TMPDIR:-/var/tmp}/revoke-hosts.XXXXXX")
declare -gA host_nspawn host_leader host_group  # -g: this file may be sourced inside a function
guest_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# host_root NAME: the host's file system, seen from outside.
host_root() { echo "$hosts_dir/$1/root"; }

# host_prepare NAME SUITE: lays the overlay; files can be put in before the boot.
host_prepare() {
	local dir=$hosts_dir/$1 lower
	lower=$(tree host "$2") || return 1
	mkdir -p "$dir"/{upper,work,root}
	mount -t overlay overlay -o "lowerdir=$lower,upperdir=$dir/upper,workdir=$dir/work" \
		"$dir/root" || return 1
	printf '%s\n' "$1" >"$dir/root/etc/hostname"
	mkdir -p "$dir/root/etc/ssh/sshd_config.d"
	{
		echo 'UseDNS no'
		echo 'MaxStartups 200'
		# From 9.8 on, sshd denies an address after denied logins; that would hide the gate.
		[ "$2" = bookworm ] || echo 'PerSourcePenalties no'
	} >"$dir/root/etc/ssh/sshd_config.d/test.conf"
	local unit
	for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer \
		systemd-networkd-wait-online.service; do
		ln -sf /dev/null "$dir/root/etc/systemd/system/$unit"
	done
}

# first_process_below NSPAWN: the host's process 1. An earlier child prepares the host and exits.
first_process_below() {
	local child children
	read -ra children 2>/dev/null <"/proc/$1/task/$1/children"
	for child in "${children[@]}"; do
		awk '/^NSpid:/ && NF > 2 && $NF == 1 { found = 1 } END { exit !found }' \
			"/proc/$child/status" 2>/dev/null && echo "$child" && return
	done
	return 1
}

# own_group NAME: makes a cgroup for a host. Otherwise, concurrent hosts would share a tree, and
# each would end the users of the other.
own_group() {
	local group
	group=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	group+=$(sed -n 's/^0:://p' /proc/self/cgroup)
	host_group[$1]=${group%/}/revoke-$1-$$-$BASHPID
	mkdir "${host_group[$1]}"
}

# host_boot NAME: boots a prepared host and waits until systemd reports that it is running.
host_boot() {
	local name=$1 dir=$hosts_dir/$1 state
	own_group "$name" || return 1
	(
		echo 0 >"${host_group[$name]}/cgroup.procs" || exit 1
		SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 exec setsid systemd-nspawn --quiet \
			--register=no --keep-unit --private-network --console=pipe \
			-M "$name" -D "$dir/root" --boot
	) </dev/null >"$dir/console.log" 2>&1 &
	host_nspawn[$name]=$!
	for _ in $(seq 3000); do
		host_leader[$name]=$(first_process_below "${host_nspawn[$name]}") && break
		kill -0 "${host_nspawn[$name]}" 2>/dev/null || break
		sleep 0.1
	done
	for _ in $(seq 3000); do
		state=$(host_run "$name" systemctl is-system-running 2>/dev/null)
		case $state in running | degraded) break ;; esac
		sleep 0.1
	done
	case $state in
	running | degraded) host_run "$name" ip link set lo up ;;
	*)
		echo "host $name does not boot, see $dir/console.log" >&2
		tail -n 5 "$dir/console.log" >&2
		return 1
		;;
	esac
}

# host_run NAME CMD...: runs a command as root inside, in no session.
host_run() {
	local name=$1
	shift
	nsenter -t "${host_leader[$name]}" -a env -i PATH=$guest_path TERM=dumb LC_ALL=C.UTF-8 "$@"
}

# host_sh NAME SCRIPT: the same for a line of shell.
host_sh() {
	local name=$1
	shift
	host_run "$name" sh -c "$*"
}

# host_unit NAME CMD...: the same in a unit of the host: systemd 257 denies some requests of a
# process whose parent is outside of the host.
host_unit() {
	local name=$1
	shift
	host_run "$name" systemd-run --quiet --pipe --wait --collect "$@" 2>&1
}

# host_stop NAME: ends the host and removes its overlay.
host_stop() {
	local name=$1 dir=$hosts_dir/$1
	if [ -n "${host_nspawn[$name]:-}" ]; then
		# The cgroup contains the processes of the host, and no others.
		echo 1 >"${host_group[$name]}/cgroup.kill"
		wait "${host_nspawn[$name]}" 2>/dev/null
		for _ in $(seq 50); do
			find "${host_group[$name]}" -depth -type d -exec rmdir {} + 2>/dev/null &&
				break
			sleep 0.1
		done
		unset "host_nspawn[$name]" "host_leader[$name]" "host_group[$name]"
	fi
	mountpoint -q "$dir/root" && umount "$dir/root"
	rm -rf --one-file-system "$dir"
}

hosts_clean_up() {
	local dir
	trap '' INT TERM HUP # a second signal must not interrupt this
	for dir in "$hosts_dir"/*/; do
		[ -d "$dir" ] && host_stop "$(basename "$dir")"
	done
	rmdir "$hosts_dir" 2>/dev/null
}
trap hosts_clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# host_state NAME: prints the state of a host after a failed check.
host_state() {
	# shellcheck disable=SC2016 # the shell on the host expands it
	host_sh "$1" 'cd /sys/fs/cgroup/user.slice &&
		find . -name cgroup.procs | while read -r f; do
			p=$(tr "\n" " " <"$f"); [ -z "$p" ] || echo "$f $p"
		done
		grep -l "populated 1" user-*.slice/cgroup.events user-*.slice/*/cgroup.events
		ps -eo pid,ppid,stat,user,wchan:16,args | tail -n 40
		systemctl list-jobs --no-pager; loginctl list-sessions --no-legend
		journalctl -q --no-pager -n 25 -o short-precise'
}

# Timeouts of wait_for are for an idle machine; this factor allows for a shared one.
patience=6

# wait_for SECONDS CMD...: polls until the command succeeds.
wait_for() {
	local deadline=$((SECONDS + $1 * patience))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -ge $deadline ] && return 1
		sleep 0.05
	done
}
# await SECONDS CMD...: the same for what a case is built on; in vain, it fails the case.
await() { wait_for "$@" || check "waits $1 s for: ${*:2}" false; }
