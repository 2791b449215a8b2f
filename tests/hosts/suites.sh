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

# each_suite LABEL FUNCTION SUITE...: runs FUNCTION SUITE for each, in a subshell of its own; prints
# their output, one after the other, and adds their counts. A suite without a count has failed.
each_suite() {
	local label=$1 function=$2 suite logs=()
	shift 2
	declare -gA suite_pids=()
	mkdir -p build/hosts
	# Each suite cleans up its own host on SIGTERM.
	trap 'kill -TERM "${suite_pids[@]}" 2>/dev/null; wait; exit 130' INT TERM
	for suite in "$@"; do
		("$function" "$suite") >"build/hosts/$label-$suite.log" 2>&1 &
		suite_pids[$suite]=$!
		logs+=("build/hosts/$label-$suite.log")
	done
	for suite in "$@"; do
		wait "${suite_pids[$suite]}"
		cat "build/hosts/$label-$suite.log"
	done
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
