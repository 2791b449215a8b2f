#!/bin/bash
# pages.sh PAGE... - the pages are sound, they and --help name every option and exit code, and all
# texts are plain English.
# shellcheck disable=SC2015 # ok always succeeds
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0
ok() { passed=$((passed + 1)); }
no() { failed=$((failed + 1)); echo "not ok: $*"; }
plain() { # [OPTION]: runs plain.py, prints what it prints, adds its count
	local output p f
	output=$(tests/plain.py "$@" 2>&1)
	if read -r p f < <(sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' \
		<<<"$output"); then
		passed=$((passed + p)) failed=$((failed + f))
		sed '$d' <<<"$output"
	else
		no "plain.py $*: $output"
	fi
}

for page in "$@"; do
	said=$(mandoc -Tlint -Wwarning "$page" 2>&1) && ok || no "$page: $said"
done
# Every option and every verb stands in a page. That the help has them is for tests/unit/verbs.cpp.
options=$(sed -n '/Reserved/d
	s/^ *Row{Option::[a-z_]*, "\([a-z-]*\)", .*/\1/p' revoke_user/options.cpp)
verbs=$(sed -n 's/^ *Command{"revokectl \([a-z-]*\)",.*/\1/p' revoke_user/verbs.cpp)
[ "$(wc -w <<<"$options")" -ge 25 ] && [ "$(wc -w <<<"$verbs")" -ge 12 ] && ok ||
	no "options and verbs are not found in revoke_user/options.cpp and verbs.cpp: fix this script"
for option in $options; do
	grep -q -- "Fl -$option\b\|, -$option\b" man/revoke-user.8 man/revokectl.8 && ok ||
		no "--$option is in no page"
done
for verb in $verbs; do
	grep -q "^.It Cm $verb\b" man/revokectl.8 && ok || no "$verb is not in revokectl(8)"
done
# Every kind of entry that we write into the journal is explained, in the catalog and in a page.
ids=$(grep -hoE '"[0-9a-f]{32}"' \
	logind/audit.cpp include/revoke/pam_revoke/journal_socket.hpp | tr -d '"')
[ "$(wc -w <<<"$ids")" -ge 8 ] && ok ||
	no "the ids of the journal's entries are not found: fix this script"
for id in $ids; do
	grep -q "^-- $id$" conf/pam_revoke.catalog && ok || no "MESSAGE_ID $id is not in the catalog"
	grep -q "$id" man/revokectl.8 man/pam_revoke.8 && ok || no "MESSAGE_ID $id is in no page"
done
# Every key of the configuration stands in its page.
keys=$(sed -n '/kKeys = {/,/};/p' conf/policy.cpp | grep -o '"[a-z_]*"' | tr -d '"')
for key in $keys grace limit state_dir run_dir admin_groups; do
	grep -q "It Cm $key " man/pam_revoke.conf.5 && ok || no "$key is not in pam_revoke.conf(5)"
done
for code in 0 2 3 4; do
	grep -q "^.It $code$" man/revoke-user.8 && ok || no "exit status $code is not in revoke-user(8)"
done
for code in 0 1 2 3 4; do
	grep -q "^.It $code$" man/revokectl.8 && ok || no "exit status $code is not in revokectl(8)"
done
plain --self-test
plain
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
