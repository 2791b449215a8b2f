#!/bin/bash
# run.sh [replay] - fuzzes each target for SECONDS (default 60), starting from the corpus; or replays the corpus alone.
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0
for source in tests/fuzz/fuzz_*.cpp; do
	target=$(basename "$source" .cpp)
	mkdir -p "build/fuzz/$target.corpus"
	if [ "${1:-}" = replay ]; then
		set -- replay
		build/fuzz/$target -runs=0 "tests/fuzz/corpus/$target" >"build/fuzz/$target.log" 2>&1
	else
		build/fuzz/$target -max_total_time="${SECONDS_EACH:-60}" -max_len=8192 -print_final_stats=1 -artifact_prefix=build/fuzz/ "build/fuzz/$target.corpus" "tests/fuzz/corpus/$target" >"build/fuzz/$target.log" 2>&1
	fi
	if [ $? -eq 0 ]; then passed=$((passed + 1)); else
		failed=$((failed + 1))
		tail -n 30 "build/fuzz/$target.log"
	fi
	grep -E 'stat::number_of_executed_units|INITED' "build/fuzz/$target.log" | tail -n 1
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
