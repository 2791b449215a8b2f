#!/bin/bash
# bounds.sh - endings while logind, systemd, the bus or the kernel do not help. Sourced by run.sh.
# shellcheck source=tests/hosts/commands.sh
. tests/hosts/commands.sh

helper() { # NAME: builds a program for the host, static
	local built=build/hosts/$1-$$-$BASHPID
	mkdir -p build/hosts
	gcc -Wall -Wextra -Werror -O1 -static -pthread -o "$built" "tests/hosts/resist/$1.c" &&
		mv "$built" "$(host_root h)/usr/local/bin/$1"
}

case_manager_restarted() {
	stubborn alice
	(sleep 0.5; host_run h systemctl restart systemd-logind) &
	revoke alice --reason restart
	wait $!
	check "logind restarted meanwhile: alice is ended" exited 0
	check "logind restarted meanwhile: no process of alice is left" nothing_of h alice
	host_run h revoke-user --undo alice >/dev/null
	stubborn alice
	answer=$(host_run h env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere \
		revoke-user alice --reason nobus --now --yes 2>&1)
	code=$?
	check "no bus: the ending is not verified" exited 3
	check "no bus: the cause is printed" printed 'system bus: cannot connect: '
	check "no bus: no process of alice is left" nothing_of h alice
	check_rc 1 "no bus: query finds bob by the files" \
		host_run h env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere "$script" query -u bob -c x
	check_rc 0 "no bus: alice is not logged in, by the files and the processes" \
		host_run h env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere "$script" query -u alice -c x
	host_run h revoke-user --undo alice >/dev/null
}

case_pid1_busy() {
	stubborn alice
	kill -STOP "${host_leader[h]:?is set by host_boot}"
	revoke alice --reason busy
	kill -CONT "${host_leader[h]:?is set by host_boot}"
	check "systemd stopped: the ending is not verified" exited 3
	check "systemd stopped: returns within its bound ($took s)" test "$took" -lt 40
	check "systemd stopped: no process of alice is left" nothing_of h alice
	await 20 no_sessions h alice
	revoke alice --reason busy
	check "systemd continued: the second run completes" exited 0
	host_run h revoke-user --undo alice >/dev/null
}

case_operator_gone() {
	stubborn alice
	# shellcheck disable=SC2016 # the shell on the host expands it
	host_sh h 'revoke-user alice --reason gone --yes >/root/gone 2>&1 & pid=$!
		sleep 0.7; kill -HUP $pid; kill -TERM $pid; wait $pid'
	check "operator gone during the ending: exit 0" test $? -eq 0
	check "operator gone during the ending: no process of alice is left" nothing_of h alice
	check "operator gone during the ending: the history has the result" \
		says 'user:alice .*done.*gone' host_run h revokectl history alice
	host_run h revoke-user --undo alice >/dev/null
}

case_unkillable() {
	helper hang
	host_sh h 'mkdir -p /mnt/hang; test -e /dev/fuse || mknod -m 666 /dev/fuse c 10 229'
	host_run h systemd-run -q --unit hang --property=KillMode=process \
		/usr/local/bin/hang /mnt/hang
	await 10 host_sh h 'grep -q /mnt/hang /proc/mounts'
	ssh_open h alice 'exec cat /mnt/hang/x'
	check "alice: a process that cannot be killed" \
		wait_for 20 says 'cat /mnt/hang' running h alice
	# Before it waits for the file system it can be killed.
	check "alice: the process waits for the file system" \
		wait_for 20 host_sh h "ps -u alice -o wchan:32=,args= |
			grep -qE '(request_wait|fuse).* cat /mnt/hang'"
	revoke alice --reason unkillable
	check "unkillable process: the ending is incomplete" exited 3
	check "unkillable process: its PID is printed" printed 'pid [0-9]+ cat .*still running'
	check "unkillable process: returns within its bound ($took s)" test "$took" -lt 30
	check_rc 1 "unkillable process: logout is incomplete" \
		logout alice
	host_run h systemctl kill -s KILL hang
	host_run h umount -l /mnt/hang
	revoke alice --reason unkillable
	check "unkillable process gone: the second run completes" exited 0
	host_run h revoke-user --undo alice >/dev/null
}

# The state directory on a file system of its own, which can be frozen: reads answer, writes wait.
mount_state() {
	local image loop
	image=$(host_root h)/root/state.img
	truncate -s 16M "$image" && mkfs.ext4 -q "$image" &&
		loop=$(losetup -f --show "$image") &&
		host_sh h "mknod -m 600 /root/state.dev b 7 ${loop#/dev/loop} && mkdir /root/state &&
			mount -t ext4 /root/state.dev /root/state &&
			cp -a /var/lib/pam_revoke/. /root/state/ && umount /root/state &&
			mount -t ext4 /root/state.dev /var/lib/pam_revoke"
	local mounted=$?
	losetup -d "$loop"  # done when it is unmounted
	return $mounted
}
freeze_for() { # SECONDS
	host_run h mountpoint -q /var/lib/pam_revoke &&
		host_run h fsfreeze -f /var/lib/pam_revoke || return
	host_sh h "(sleep $1; fsfreeze -u /var/lib/pam_revoke) >/dev/null 2>&1 </dev/null &"
}
is_denied() { ! host_run h revokectl check "$1" >/dev/null 2>&1; }
case_frozen_disk() {
	losetup -f >/dev/null 2>&1 ||
		{ check_skip "frozen disk" "this machine has no loop device"; return; }
	check "frozen disk: the state directory is mounted" mount_state
	stubborn alice
	await 5 freeze_for 15
	revoke alice --reason frozen
	check "frozen disk: the revocation is incomplete" exited 3
	check "frozen disk: no process of alice is left" nothing_of h alice
	check "frozen disk: prints that the entry is not written yet" \
		printed '^revoke-user: alice: the entry is not written yet: .*console.list'
	check "frozen disk: returns within its bound ($took s)" test "$took" -lt 14
	check "frozen disk: the entry is written when it answers" wait_for 20 is_denied alice
	host_run h revoke-user --undo alice >/dev/null
	stubborn alice
	await 5 freeze_for 3
	revoke alice --reason frozen
	check "disk that answers late: the revocation is complete" exited 0
	check "disk that answers late: prints that alice is revoked" printed '^alice: revoked'
	check "disk that answers late: no process of alice is left" nothing_of h alice
	check "disk that answers late: alice is denied" is_denied alice
	host_run h revoke-user --undo alice >/dev/null
	check "frozen disk: the state directory is unmounted" \
		wait_for 10 host_run h umount /var/lib/pam_revoke
}

# A soft-reboot keeps /run and the boot ID. Before systemd 254 there is none: then only what a boot
# does is run.
tmpfiles_ran() {
	host_run h systemctl show -P ActiveEnterTimestampMonotonic systemd-tmpfiles-setup
}
rebooted() { # BEFORE
	[ "$(tmpfiles_ran 2>/dev/null)" != "$1" ] && host_run h systemctl -q is-active ssh.service
}
case_soft_reboot() {
	local before
	host_sh h 'echo "pam_revoke break-glass 1" >/run/pam_revoke/break-glass'
	before=$(tmpfiles_ran)
	if host_sh h 'systemctl --help | grep -q soft-reboot'; then
		host_run h systemctl soft-reboot
		check "soft-reboot: the host is up again" wait_for 90 rebooted "$before"
	else
		host_run h systemd-tmpfiles --remove --boot --prefix=/run/pam_revoke
	fi
	check "soft-reboot: ends break-glass" fails host_run h test -e /run/pam_revoke/break-glass
}

# Without cgroup.kill the cgroup is frozen and each process killed.
has_processes() { [ "$(host_run h pgrep -c -u alice)" -gt "$1" ]; } # COUNT
case_no_cgroup_kill() {
	local kill=/sys/fs/cgroup/user.slice/user-1000.slice/cgroup.kill
	helper resist
	ssh_open h alice '/usr/local/bin/resist bomb'
	check "alice: a fork bomb runs" wait_for 20 has_processes 100
	host_run h mount --bind /proc/version $kill
	check "cgroup.kill: missing" fails host_sh h "echo 1 >$kill"
	revoke alice --reason bomb --now
	host_run h umount $kill 2>/dev/null
	check "fork bomb without cgroup.kill: ended" exited 0
	check "fork bomb without cgroup.kill: no process is left" nothing_of h alice
	host_run h revoke-user --undo alice >/dev/null
}

# logind registers no more sessions; sshd opens them anyway.
case_sessions_max() {
	host_sh h 'mkdir -p /etc/systemd/logind.conf.d
		printf "[Login]\nSessionsMax=1\n" >/etc/systemd/logind.conf.d/max.conf
		systemctl restart systemd-logind'
	ssh_open h alice 'sleep 1020'
	check "T09: a login without a session" wait_for 20 says 'sleep 1020' running h alice
	check "login without a session: logind has no session" no_sessions h alice
	check_rc 1 "login without a session: query returns logged in" \
		query alice
	check "login without a session: query prints unregistered" \
		says '"state": "unregistered"' query alice
	host_sh h 'rm /etc/systemd/logind.conf.d/max.conf; systemctl restart systemd-logind'
	check_rc 0 "login without a session: logout ends it" \
		silent logout alice
	check "login without a session: no process is left" nothing_of h alice
}
