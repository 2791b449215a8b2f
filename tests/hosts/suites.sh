#!/bin/bash
# suites.sh - the same cases on several releases at the same time. Sourced.

# The release that is still being made: a failure there can be its own.
suite_in_the_making=forky

# host_is_up CODE SUITE NAME: the first check of a suite: CODE, of preparing and booting host h with
# our packages, is 0, and NAME logs in. When that fails, it prints the suite's summary and fails.
# A release in the making is skipped if its hosts do not work without our packages either.
host_is_up() {
	local reason
	if [ "$1" -eq 0 ] && wait_for 10 ssh_as h "$3" true; then
		check "host: the packages install, it boots, $3 logs in" true
		return
	fi
	# There is none if no tree could be made.
	cat "${hosts_dir:?is set by host.sh}/h/"*.log 2>/dev/null
	if [ "$2" = $suite_in_the_making ] && ! reason=$(plain_host_works "$2"); then
		echo "0 passed, 0 failed, 1 skipped ($2: $reason)"
		return 1
	fi
	check "host: the packages install, it boots, $3 logs in" false
	checks_summary
	return 1
}

# plain_host_works SUITE: both trees can be made, and a user logs in on a host without our packages;
# prints what does not work.
plain_host_works() {
	local works
	tree build "$1" >&2 || { echo 'the build tree cannot be made'; return 1; }
	tree host "$1" >&2 || { echo 'the host tree cannot be made'; return 1; }
	if ! { host_prepare plain "$1" && users_add plain alice && host_boot plain; } >&2; then
		echo 'a host without our packages does not boot'
		return 1
	fi
	wait_for 10 ssh_as plain alice true
	works=$?
	host_stop plain
	[ $works -eq 0 ] || { echo 'no login on a host without our packages'; return 1; }
}

# A suite that prints nothing for this long hangs; making a tree on a slow day takes the longest.
silent_minutes=20

# descendants PID: the processes below it.
descendants() {
	local child children
	children=$(cat "/proc/$1/task/"*/children 2>/dev/null)
	for child in $children; do
		echo "$child"
		descendants "$child"
	done
}

# suite_runs SUITE: its process is still a child of this script.
suite_runs() { [ "$(($(ps -o ppid= -p "${suite_pids[$1]}")))" -eq $$ ]; }

# end_suite SUITE LOG REASON: adds to the log what the suite is waiting for, and ends the suite. It
# cleans up its own host, as soon as what it waits for is gone.
end_suite() {
	local below
	mapfile -t below < <(descendants "${suite_pids[$1]}")
	{
		echo "$1: ended: $3. It was waiting for:"
		ps -ww -o pid,ppid,stat,wchan:20,etime,args -p "$(IFS=,; echo "${below[*]}")"
	} >>"$2"
	kill -TERM "${suite_pids[$1]}"
	kill -KILL "${below[@]}" 2>/dev/null
}

# watch_suites LABEL: ends each suite that prints nothing for too long.
watch_suites() {
	local suite log
	while sleep 20; do
		for suite in "${!suite_pids[@]}"; do
			log=build/hosts/$1-$suite.log
			if [ -n "$(find "$log" -mmin +$silent_minutes)" ] && suite_runs "$suite"; then
				end_suite "$suite" "$log" "printed nothing for $silent_minutes minutes"
			fi
		done
	done
}

# interrupt_suites LABEL: ends what still runs and prints how far it came.
interrupt_suites() {
	local suite log
	trap '' INT TERM
	kill "$watcher" 2>/dev/null
	for suite in "${!suite_pids[@]}"; do
		suite_runs "$suite" || continue
		log=build/hosts/$1-$suite.log
		end_suite "$suite" "$log" interrupted
		tail -n 40 "$log"
	done
	wait
	exit 130
}

# each_suite LABEL FUNCTION SUITE...: runs FUNCTION SUITE for each, in a subshell of its own; prints
# their output, one after the other, and adds their counts. A suite without a count has failed.
each_suite() {
	local label=$1 function=$2 suite watcher logs=()
	shift 2
	declare -gA suite_pids=()
	mkdir -p build/hosts
	for suite in "$@"; do
		: >"build/hosts/$label-$suite.log"
		("$function" "$suite") >>"build/hosts/$label-$suite.log" 2>&1 &
		suite_pids[$suite]=$!
		logs+=("build/hosts/$label-$suite.log")
	done
	watch_suites "$label" >/dev/null &
	watcher=$!
	# shellcheck disable=SC2064 # the label of now
	trap "interrupt_suites '$label'" INT TERM
	for suite in "$@"; do
		wait "${suite_pids[$suite]}"
		cat "build/hosts/$label-$suite.log"
	done
	kill "$watcher"
	# The label keeps this line apart from the suites' own counts, which it adds.
	awk -v suites=$# '/^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped .*)?$/ {
			p += $1; f += $3; s += $5; n++
			if ($5) reasons = reasons " " substr($0, index($0, "("))
		}
		END {
			f += n != suites
			printf "total: %d passed, %d failed, %d skipped%s\n", p, f, s, reasons
			exit f > 0
		}' \
		"${logs[@]}"
}
