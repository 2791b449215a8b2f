#!/bin/bash
# run.sh [replay] - fuzzes each target for SECONDS_EACH (60), starting from the corpus, JOBS at a
# time (default: one on each processor); with replay, runs the corpus alone.
cd "$(dirname "$0")/../.." || exit 1
interrupted() {
	local running
	mapfile -t running <<<"$(jobs -p)"
	kill "${running[@]}" 2>/dev/null
	exit 130
}
trap interrupted INT TERM

one() { # TARGET
	local words=(-runs=0)
	[ "$mode" = replay ] || words=("-max_total_time=${SECONDS_EACH:-60}" -max_len=8192
		-print_final_stats=1 -artifact_prefix=build/fuzz/ "build/fuzz/$1.corpus")
	mkdir -p "build/fuzz/$1.corpus"
	exec "build/fuzz/$1" "${words[@]}" "tests/fuzz/corpus/$1" >"build/fuzz/$1.log" 2>&1
}

mode=${1:-}
declare -A pids=()
for source in tests/fuzz/fuzz_*.cpp; do
	[ "$(jobs -rp | wc -l)" -lt "${JOBS:-$(nproc)}" ] || wait -n
	target=$(basename "$source" .cpp)
	one "$target" &
	pids[$target]=$!
done
passed=0 failed=0
for target in "${!pids[@]}"; do
	if wait "${pids[$target]}"; then passed=$((passed + 1)); else
		failed=$((failed + 1))
		tail -n 30 "build/fuzz/$target.log"
	fi
	echo "$target: $(grep -E 'stat::number_of_executed_units|INITED' "build/fuzz/$target.log" |
		tail -n 1)"
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
