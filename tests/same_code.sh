#!/bin/bash
# same_code.sh COMMIT... - the module's code is the same at each: function by function.
#
# A function may stand elsewhere, and in another file. Relocations name what is called; addresses
# are left out.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"; git worktree prune' EXIT
trap 'exit 130' INT TERM HUP

code_of() { # COMMIT: a line for each function of the module, sorted
	git worktree add -q --detach "$work/$1" "$1"
	make -C "$work/$1" -s -j"$(nproc)" \
		CXXFLAGS='-O2 -fstack-protector-strong -D_FORTIFY_SOURCE=2' build/pam_revoke.so >&2
	find "$work/$1/build/gate" -name '*.o' \
		-exec objdump -dr --no-addresses --no-show-raw-insn {} + |
		awk '/^<.*>:$/ { if (code != "") print code; code = $0; next }
			/^Disassembly|file format/ { next }
			NF { code = code "\t" $0 }
			END { print code }' | sort
}

before='' status=0
for name in "$@"; do
	commit=$(git rev-parse --short "$name")
	code_of "$commit" >"$work/$commit.code"
	git worktree remove --force "$work/$commit"
	if [ -n "$before" ]; then
		functions=$(wc -l <"$work/$before.code")
		differing=$(diff "$work/$before.code" "$work/$commit.code" | grep -c '^[<>]' || true)
		echo "$before $commit: $functions functions, $differing differ"
		[ "$functions" -gt 100 ] && [ "$differing" -eq 0 ] || status=1
	fi
	before=$commit
done
exit $status
