#!/bin/bash
# units.sh - system units: what starts a user's service again, and a service of root in which only
# the user's processes are left. Sourced by run.sh.
# shellcheck source=tests/hosts/commands.sh
. tests/hosts/commands.sh

case_starters() {
	host_run h systemd-run -q --unit=again --uid=alice --on-active=1 --on-unit-inactive=1 \
		sleep 3301
	await 10 says 'sleep 3301' running h alice
	ctl end alice
	check "a timer that starts a service as alice: incomplete" exited 3
	check "a timer that starts a service as alice: it is named" \
		printed '^revokectl: again.timer .again.service.: will start this service of the user'
	host_run h systemctl stop again.timer again.service
	ctl end alice
	check "after the timer is stopped: nothing is left" says '^[04]$' echo "$code"
}

case_held_off() {
	local units
	units="$(host_root h)/etc/systemd/system"
	printf '%s\n' '[Service]' 'User=alice' 'ExecStart=/bin/sleep 3305' >"$units/hers.service"
	printf '%s\n' '[Timer]' 'OnActiveSec=1' 'OnUnitInactiveSec=1' 'AccuracySec=100ms' \
		>"$units/hers.timer"
	host_sh h 'systemctl daemon-reload && systemctl start hers.timer'
	await 10 says 'sleep 3305' running h alice
	revoke alice --reason held --now
	check "--now and a timer of alice: done" exited 0
	check "--now and a timer of alice: it is held off" printed 'unit hers.timer held off'
	sleep 3
	check "--now and a timer of alice: nothing runs again" nothing_of h alice
	host_run h systemctl start hers.service
	check "--now and a service of alice: it does not start" nothing_of h alice
	check "--now: the history has the units" \
		says 'unit hers.service held off' host_run h revokectl history alice
	answer=$(host_run h revoke-user --undo alice 2>&1)
	check "undo: prints the units" \
		printed 'unit hers.timer is no longer held off; its start was requested'
	await 10 says 'sleep 3305' running h alice
	check "undo: no drop-in is left" \
		fails host_run h test -e /run/systemd/system/hers.service.d
	revoke alice --reason masked --now
	host_sh h 'rm /etc/systemd/system/hers.timer; systemctl mask hers.timer' >/dev/null 2>&1
	answer=$(host_run h revoke-user --undo alice 2>&1)
	code=$?
	check "undo, the timer is masked meanwhile: done" exited 0
	check "undo, the timer is masked meanwhile: it is named" \
		printed 'unit hers.timer is gone or masked'
	host_sh h 'systemctl unmask hers.timer; systemctl stop hers.service
		rm -f /etc/systemd/system/hers.*; systemctl daemon-reload'
}

# The service ends with the program that it ran as alice, and restarts after a minute.
case_restarts_later() {
	host_run h systemd-run -q --unit=later -p Restart=always -p RestartSec=60 \
		runuser -u alice sleep 3306
	await 10 says 'sleep 3306' running h alice
	ctl end alice
	check "a service of root that runs a program as alice: incomplete" exited 3
	check "a service of root that runs a program as alice: it is named" \
		printed '^revokectl: later.service: ran a process of the user and is about to restart'
	host_run h systemctl stop later
}

# It starts the next one after a minute.
case_supervisor() {
	host_run h systemd-run -q --unit=super sh -c \
		'while :; do setpriv --reuid alice --clear-groups sleep 3304; sleep 60; done'
	await 10 says 'sleep 3304' running h alice
	ctl end alice
	check "a supervisor that runs a program as alice: incomplete" exited 3
	check "a supervisor that runs a program as alice: it is named" printed \
		'^revokectl: pid [0-9]+ sh of super.service: started a process of the user and may'
	host_run h systemctl stop super
	ctl end alice
	check "after the supervisor is stopped: nothing is left" says '^[04]$' echo "$code"
}

case_roots_service() {
	local unit
	unit="$(host_root h)/etc/systemd/system/handed.service"
	printf '%s\n' '[Service]' 'Type=oneshot' 'RemainAfterExit=yes' \
		'ExecStop=/bin/touch /root/stopped' \
		"ExecStart=/bin/sh -c 'setpriv --reuid 1000 --regid 1000 --clear-groups sleep 3302 &'" \
		>"$unit"
	host_sh h 'rm -f /root/stopped; systemctl daemon-reload && systemctl start handed'
	await 10 says 'sleep 3302' running h alice
	ctl end alice
	check "a service of root with a process of alice: ended" exited 0
	check "a service of root with a process of alice: no process of alice is left" \
		nothing_of h alice
	check "a service of root with a process of alice: is not stopped" \
		fails host_run h test -e /root/stopped
	host_run h systemd-run -q --unit=hers --uid=alice sleep 3303
	await 10 says 'sleep 3303' running h alice
	ctl end alice
	check "a service of alice: stopped, and named" printed 'unit hers.service stopped'
	host_sh h 'systemctl stop handed; rm /etc/systemd/system/handed.service
		systemctl daemon-reload'
}
