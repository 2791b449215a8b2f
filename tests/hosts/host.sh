# host.sh - disposable Debian hosts: real systemd, logind and sshd in a container that is thrown away.
#
# Sourced. A host is an overlay over a kept tree, booted by systemd-nspawn on a network of its own (loopback only).
# Everything started here is ended here, by pid, also when the caller is interrupted.

. "$(dirname "${BASH_SOURCE[0]}")/trees.sh"

hosts_dir=$(mktemp -d "${TMPDIR:-/var/tmp}/revoke-hosts.XXXXXX")
declare -gA host_nspawn host_leader  # -g: this file may be sourced inside a function
guest_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# host_root NAME: the host's file system, seen from outside.
host_root() { echo "$hosts_dir/$1/root"; }

# host_prepare NAME SUITE: lays the overlay; files can be put in before the boot.
host_prepare() {
	local dir=$hosts_dir/$1 lower
	lower=$(tree host "$2") || return 1
	mkdir -p "$dir"/{upper,work,root}
	mount -t overlay overlay -o "lowerdir=$lower,upperdir=$dir/upper,workdir=$dir/work" "$dir/root" || return 1
	printf '%s\n' "$1" >"$dir/root/etc/hostname"
	mkdir -p "$dir/root/etc/ssh/sshd_config.d"
	{
		echo 'UseDNS no'
		echo 'MaxStartups 200'
		# From 9.8 on sshd refuses an address whose logins were refused; here that would prove nothing about the gate.
		[ "$2" = bookworm ] || echo 'PerSourcePenalties no'
	} >"$dir/root/etc/ssh/sshd_config.d/test.conf"
	local unit
	for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer systemd-networkd-wait-online.service; do
		ln -sf /dev/null "$dir/root/etc/systemd/system/$unit"
	done
}

# first_process_below NSPAWN: the host's process 1. Before it there is another child, which prepares and goes.
first_process_below() {
	local child
	for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		awk '/^NSpid:/ && NF > 2 && $NF == 1 { found = 1 } END { exit !found }' "/proc/$child/status" 2>/dev/null && echo "$child" && return
	done
	return 1
}

# host_boot NAME: boots a prepared host and waits until systemd says that it runs.
host_boot() {
	local name=$1 dir=$hosts_dir/$1 state
	SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 setsid systemd-nspawn --quiet --register=no --keep-unit --private-network \
		--console=pipe -M "$name" -D "$dir/root" --boot </dev/null >"$dir/console.log" 2>&1 &
	host_nspawn[$name]=$!
	for _ in $(seq 600); do
		host_leader[$name]=$(first_process_below "${host_nspawn[$name]}") && break
		kill -0 "${host_nspawn[$name]}" 2>/dev/null || break
		sleep 0.1
	done
	for _ in $(seq 600); do
		state=$(host_run "$name" systemctl is-system-running 2>/dev/null)
		case $state in running | degraded) break ;; esac
		sleep 0.1
	done
	case $state in
	running | degraded) host_run "$name" ip link set lo up ;;
	*) echo "host $name does not boot, see $dir/console.log" >&2; tail -n 5 "$dir/console.log" >&2; return 1 ;;
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

# host_stop NAME: ends the host and takes its overlay away.
host_stop() {
	local name=$1 dir=$hosts_dir/$1
	if [ -n "${host_nspawn[$name]:-}" ]; then
		# SIGRTMIN+4 asks systemd to power off; what does not follow in 5 s is killed with all it contains.
		[ -n "${host_leader[$name]:-}" ] && kill -s RTMIN+4 "${host_leader[$name]}" 2>/dev/null
		for _ in $(seq 50); do
			kill -0 "${host_nspawn[$name]}" 2>/dev/null || break
			sleep 0.1
		done
		kill -0 "${host_nspawn[$name]}" 2>/dev/null && kill -KILL "${host_leader[$name]}" "${host_nspawn[$name]}" 2>/dev/null
		wait "${host_nspawn[$name]}" 2>/dev/null
		unset "host_nspawn[$name]" "host_leader[$name]"
	fi
	mountpoint -q "$dir/root" && umount "$dir/root"
	rm -rf --one-file-system "$dir"
}

hosts_clean_up() {
	local dir
	for dir in "$hosts_dir"/*/; do
		[ -d "$dir" ] && host_stop "$(basename "$dir")"
	done
	rmdir "$hosts_dir" 2>/dev/null
}
trap hosts_clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# wait_for SECONDS CMD...: polls until the command succeeds.
wait_for() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -ge $deadline ] && return 1
		sleep 0.05
	done
}
