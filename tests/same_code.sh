#!/bin/bash
# same_code.sh COMMIT COMMIT - the module's code is the same at both: function by function, wherever its source is.
#
# What may differ is where a function stands, and in which file. Relocations name what is called; addresses
# are left out.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'for tree in "$work"/*/; do git worktree remove --force "$tree"; done 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

code_of() { # COMMIT: a line for each function of the module, sorted
	git worktree add -q --detach "$work/$1" "$1"
	make -C "$work/$1" -s -j"$(nproc)" CXXFLAGS='-O2 -fstack-protector-strong -D_FORTIFY_SOURCE=2' build/pam_revoke.so >&2
	find "$work/$1/build/gate" -name '*.o' -exec objdump -dr --no-addresses --no-show-raw-insn {} + |
		awk '/^<.*>:$/ { if (code != "") print code; code = $0; next }
			/^Disassembly|file format/ { next }
			NF { code = code "\t" $0 }
			END { print code }' | sort
}

first=$(git rev-parse --short "$1") second=$(git rev-parse --short "$2")
code_of "$first" >"$work/first"
code_of "$second" >"$work/second"
functions=$(wc -l <"$work/first")
differing=$(diff "$work/first" "$work/second" | grep -c '^[<>]' || true)
echo "$first $second: $functions functions, $differing differ"
diff <(cut -f1 "$work/first" | c++filt) <(cut -f1 "$work/second" | c++filt) || true
[ "$functions" -gt 100 ] && [ "$differing" -eq 0 ]
