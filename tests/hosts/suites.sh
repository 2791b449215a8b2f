#!/bin/bash
# suites.sh - the same cases on several releases at the same time. Sourced.

# each_suite LABEL FUNCTION SUITE...: runs FUNCTION SUITE for each, in a subshell of its own; shows what they said, one
# after the other, and adds their counts. A suite that did not come to its count has failed.
each_suite() {
	local label=$1 function=$2 suite logs=()
	shift 2
	declare -gA suite_pids=()
	mkdir -p build/hosts
	# Each suite cleans up its own host when it is told to stop.
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
	awk -v suites=$# '/^[0-9]+ passed, [0-9]+ failed$/ { p += $1; f += $3; n++ }
		END { f += n != suites; printf "total: %d passed, %d failed\n", p, f; exit f > 0 }' \
		"${logs[@]}"
}
