#!/bin/bash
# layers.sh - includes point downwards, edges do not include each other, foreign headers have one home each.
#
# Every header says "Layer: NAME." in its head, and so does every source without a header of its own; a source with
# one is in its header's layer.
# shellcheck disable=SC2015 # ok always succeeds
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0
no() { failed=$((failed + 1)); echo "not ok: $*"; }
ok() { passed=$((passed + 1)); }

declare -A rank=([result]=0 [pure]=1 [ground]=2 [edge]=3 [join]=4 [command]=5 [entry]=6)

header_of() { # the file an #include "..." in $2 means
	[ -e "include/$1" ] && echo "include/$1" || echo "$(dirname "$2")/$1"
}
layer_of() {
	local said own
	said=$(sed -n '1,25s/^\/\/ Layer: \([a-z]*\)\.$/\1/p' "$1")
	[ -n "$said" ] && { echo "$said"; return; }
	own=$(sed -n 's/^#include "\(.*\)"$/\1/p' "$1" | head -n 1)
	[ -n "$own" ] && sed -n '1,25s/^\/\/ Layer: \([a-z]*\)\.$/\1/p' "$(header_of "$own" "$1")"
}

mapfile -t files < <(git ls-files --cached --others --exclude-standard 'include/*.hpp' \
	'pam_revoke/*' 'logind/*' 'conf/*' 'revoke_user/*' | grep -E '\.[ch]pp$')
for file in "${files[@]}"; do
	layer=$(layer_of "$file")
	[ -n "${rank[${layer:-none}]:-}" ] && ok || { no "$file: says no layer"; continue; }
	while read -r include; do
		header=$(header_of "$include" "$file")
		below=$(layer_of "$header")
		[ "$(basename "${header%.hpp}")" = "$(basename "${file%.*}")" ] && continue
		if [ "${rank[$below]}" -gt "${rank[$layer]}" ]; then
			no "$file ($layer) includes $include ($below), which is above it"
		elif [ "$below" = edge ] && [ "$layer" = edge ]; then
			no "$file: an edge includes the edge $include"
		elif [ "$below" = entry ]; then
			no "$file includes the entry $include"
		else
			ok
		fi
	done < <(sed -n 's/^#include "\(.*\)"$/\1/p' "$file")
done

home() { # home PATTERN FILE...: only these may include it
	local pattern=$1 found file
	shift
	found=$(grep -lE "^#include <$pattern" "${files[@]}")
	for file in $found; do
		[[ " $* " == *" $file "* ]] && ok || no "$file includes <$pattern>, whose home is $*"
	done
	[ -n "$found" ] || no "<$pattern> has no home any more: fix this list"
}
home 'security/' pam_revoke/module.cpp pam_revoke/gate_log.cpp
home 'systemd/' logind/audit.cpp logind/bus.cpp logind/journal.cpp logind/sessions.cpp logind/units.cpp
home 'ini\.h' conf/config.cpp
home '(pwd|grp)\.h' pam_revoke/identity.cpp
home 'sys/pidfd' logind/kernel/signal.cpp
home 'sha2\.h' pam_revoke/base/digest.cpp
home 'spawn\.h' logind/kernel/run_program.cpp
for foreign in 'curl/' 'ldap'; do
	grep -lqE "^#include <$foreign" "${files[@]}" && no "<$foreign> is nobody's yet" || ok
done
# What is linked into the module: no library beyond libc and libpam, nothing that throws.
for file in pam_revoke/*.cpp conf/*.cpp; do
	grep -nE '#include <(string|vector|map|functional|iostream|fmt/)' "$file" && no "$file: not for the module" || ok
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
