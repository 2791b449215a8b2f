#!/bin/bash
# clang.sh SOURCE... - every source compiles with clang, without a warning.
cd "$(dirname "$0")/.." || exit 1
flags=(-std=c++20 -Iinclude -Irevoke_user -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow
	-Werror '-DREVOKE_VERSION="0"')
passed=0 failed=0
for source in "$@"; do
	if clang++ "${flags[@]}" -fsyntax-only "$source"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
