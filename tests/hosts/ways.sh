#!/bin/bash
# ways.sh - ways to resist an ending, a function for each, called with a user and the UID. Sourced
# by matrix.sh.
#
# Each leaves a process on host h that resists. `ways` has the names for the table.

resist=/usr/local/bin/resist

ways=(
	'bomb|fork bomb of 200'
	'cron_bomb|fork bomb below cron'
	'hop|forks and exits, from PID to PID'
	'cron_hop|forks and exits below cron'
	'many|300 deaf processes'
	'deaf_shell|shell with trap "" TERM HUP INT'
	'deaf|every signal blocked'
	'left_behind|nohup left in a closed session'
	'daemon|double fork, setsid'
	'respawn|a new process for every signal'
	'thread|leader has exited, thread runs'
	'title|calls itself a zombie'
	'stopped|stopped'
	'traced|stopped under a tracer'
	'vfork|parent waits in vfork'
	'stopper|stops everything of its own UID'
	'userns|own user namespace'
	'pidns|own PID namespace'
	'tmux|tmux server'
	'user_service|user service, Restart=always'
	'user_timer|user timer, every second'
	'user_path|user path unit'
	'linger|lingering, enabled user service'
	'frozen|own control group, frozen'
	'threaded|own control group, threaded'
	'cron|job below cron'
	'cron_pidns|PID namespace below cron'
	'cron_subuid|subordinate UID below cron'
	'at_job|at job'
	'system_service|system service with User=, Restart=always'
	'between_lives|system service between two lives'
	'no_session|sshd with UsePAM no'
	'console|shell on the serial console'
	'setuid|real UID alone'
	'in_anothers|inside another user'"'"'s session'
	'unknown_scope|scope that logind never knew'
	'reconnect|ssh client in a loop'
	'descendant|root by systemd-run (--descendants)'
)

# WAYS="deaf tmux" chooses some.
if [ -n "${WAYS:-}" ]; then
	for i in "${!ways[@]}"; do
		[[ " $WAYS " == *" ${ways[$i]%%|*} "* ]] || unset "ways[$i]"
	done
	ways=("${ways[@]}")
fi

# as USER WORDS: the words that start a process of the user in the background.
as() {
	local start="setsid setpriv --reuid $1 --regid $1 --init-groups"
	echo "$start ${*:2} >/dev/null 2>&1 </dev/null &"
}
# below UNIT USER WORDS: a process of the user in the cgroup of a system unit, like a job of cron.
below() {
	local unit=$1 user=$2
	shift 2
	host_sh h "echo 0 >/sys/fs/cgroup/system.slice/$unit/cgroup.procs &&
		exec $(as "$user" "$@")"
}
# user_unit USER NAME TEXT: a file for the user's own manager.
user_unit() {
	local dir
	dir=$(host_root h)/home/$1/.config/systemd/user
	mkdir -p "$dir"
	printf '%b' "$3" >"$dir/$2"
	host_run h chown -R "$1:" "/home/$1/.config"
}

way_deaf_shell() { ssh_open h "$1" -tt "trap '' TERM HUP INT; while :; do sleep 1; done"; }
way_left_behind() { ssh_as h "$1" "setsid nohup $resist deaf >/dev/null 2>&1 </dev/null &"; }
way_daemon() { ssh_open h "$1" "$resist deaf daemon; sleep 1000"; }
way_tmux() { ssh_as h "$1" "tmux new-session -d '$resist deaf'"; }
way_user_service() {
	ssh_open h "$1" "systemd-run --user -q -p Restart=always -p RestartSec=0 $resist deaf
		sleep 1000"
}
way_user_timer() {
	ssh_open h "$1" "systemd-run --user -q --on-active=0 --on-unit-inactive=1 \
		--timer-property=AccuracySec=100ms $resist deaf; sleep 1000"
}
way_user_path() {
	user_unit "$1" stay.path "[Path]\nPathExists=/home/$1\n"
	user_unit "$1" stay.service "[Service]\nExecStart=$resist deaf\n"
	ssh_open h "$1" 'systemctl --user daemon-reload; systemctl --user start stay.path
		sleep 1000'
}
way_linger() {
	user_unit "$1" stay.service "[Service]\nExecStart=$resist deaf\nRestart=always
[Install]\nWantedBy=default.target\n"
	host_unit h loginctl enable-linger "$1"
	ssh_as h "$1" 'systemctl --user daemon-reload
		systemctl --user -q enable --now stay.service' 2>/dev/null
}
way_frozen() { ssh_open h "$1" "systemd-run --user --scope -q -p Delegate=yes $resist frozen"; }
way_threaded() { ssh_open h "$1" "systemd-run --user --scope -q -p Delegate=yes $resist threaded"; }
way_cron() { below cron.service "$1" "$resist deaf"; }
way_cron_bomb() { below cron.service "$1" "$resist bomb"; }
way_cron_hop() { below cron.service "$1" "$resist hop"; }
way_cron_pidns() { below cron.service "$1" "$resist pidns"; }
# newuidmap(1) would write the map; here the test does, as root.
way_cron_subuid() {
	below cron.service "$1" "$resist subuid"
	host_sh h "for i in \$(seq 100); do
		pid=\$(pgrep -u $2 -x resist) &&
			echo 0 $((2 << 16 | $2)) 1 >/proc/\$pid/uid_map && exit
		sleep 0.05
		done" 2>/dev/null
}
way_at_job() {
	host_sh h "echo 'exec $resist deaf' |
		setpriv --reuid $1 --regid $1 --init-groups at -q z now" 2>/dev/null
}
way_system_service() {
	host_run h systemd-run -q --uid="$1" -p Restart=always -p RestartSec=0 "$resist" deaf
}
way_between_lives() {
	host_run h systemd-run -q --unit="lives-$1" --uid="$1" -p Restart=always -p RestartSec=1 \
		-p StartLimitIntervalSec=0 sh -c 'sleep 0.1'
}
way_no_session() {
	host_run h systemctl -q is-active nopam || host_run h systemd-run -q --unit nopam \
		/usr/sbin/sshd -D -p 2222 -o UsePAM=no -o PidFile=none
	await 10 host_sh h 'ss -ltn | grep -q :2222'
	ssh_open h "$1" -p 2222 "$resist deaf"
}
way_console() { console_open h ttyS44 "$1"; }
way_stopper() { below cron.service "$1" "$resist stopper"; }
way_setuid() { below cron.service "$1" "$resist-setuid deaf"; }
way_in_anothers() {
	host_sh h "id=\$(loginctl list-sessions --no-legend |
			awk '\$3 == \"bob\" { print \$1; exit }')
		scope=\$(loginctl show-session -P Scope \$id) &&
		echo 0 >/sys/fs/cgroup/user.slice/user-1000.slice/\$scope/cgroup.procs &&
		exec $(as "$1" "$resist" deaf)"
}
way_unknown_scope() {
	host_sh h "systemd-run -q --scope --slice=user-$2.slice --uid=$1 $resist deaf \
		>/dev/null 2>&1 </dev/null &"
}
way_reconnect() {
	host_run h systemd-run -q --unit "again-$1" sh -c "while :; do
		ssh ${client_options:?is set by users.sh} $1@127.0.0.1 '$resist deaf'; sleep 0.1
		done"
}
way_descendant() {
	host_run h systemd-run -q --unit "root-$1" \
		sh -c "echo $2 >/proc/self/loginuid; exec $resist deaf"
}

# use WAY USER UID: the function of that name, or else the program's own way in an SSH session.
use() {
	if declare -F "way_$1" >/dev/null; then
		"way_$1" "$2" "$3"
	else
		ssh_open h "$2" "$resist $1"
	fi
}

# alive WAY USER UID: the number of processes, from ps and cgroups, not from our commands.
alive() {
	case $1 in
	between_lives)
		host_sh h "case \$(systemctl show -P ActiveState lives-$2) in
			active | activating) echo 1 ;;
			*) echo 0 ;;
			esac"
		;;
	descendant) host_sh h "systemctl -q is-active root-$2 && echo 1 || echo 0" ;;
	cron_subuid)
		host_sh h "ps -eo uid=,stat= |
			awk '(\$1 == $3 || \$1 == $((2 << 16 | $3))) && \$2 !~ /^Z/' | wc -l"
		;;
	# A scan rarely sees such a process; a limit of two processes leaves no room for a third.
	# Zombies count until they are reaped, which is soon; a process that hops stays.
	*hop)
		host_sh h "for i in 1 2 3 4 5; do
			prlimit --nproc=2 setpriv --reuid $3 --regid $3 --clear-groups \
				sh -c '(exit 0)' 2>/dev/null && echo 0 && exit
			sleep 0.2
			done; echo 1"
		;;
	# Root's own removal of /run/user is not the user's.
	*)
		host_sh h "ps -eo ruid=,euid=,suid=,stat= |
			awk '(\$1 == $3 || \$2 == $3 || \$3 == $3) && \$4 !~ /^Z[^l]*\$/'
			find /sys/fs/cgroup/user.slice/user-$3.slice -name cgroup.procs \
				-not -path '*/user-runtime-dir@*' -exec cat {} + 2>/dev/null" |
			wc -l
		;;
	esac
}
