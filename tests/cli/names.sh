#!/bin/bash
# names.sh - which names, dates and option combinations revoke-user accepts. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

case_names() {
	local long name pattern
	long=$(printf 'x%.0s' $(seq 4000))
	fresh
	printf '# pam_revoke list 1\nuser:someone\n' >"$console"
	chmod 600 "$console"
	while IFS='|' read -r name pattern; do
		refused 2 "$pattern" "name $(printf '%q' "${name:0:20}")" \
			deny -- "$(printf '%b' "$name")"
	done <<EOF
a/b|contains '/'
../etc|contains '/'
 ab|begins or ends with a blank
ab |begins or ends with a blank
a"b|double quote
a\\\\\\\\b|two backslashes
a\nb|control byte
a\x1b[31mb|control byte
a\xffb|not UTF-8
a\xe2\x80\xaeb|control byte
$long|longer than 256 bytes
-alice|begins with '-'
--|begins with '-'
a,b|','
group:staff|not a user
key:SHA256:x|fingerprint
uid:x|uid:x: invalid UID
99999|not a login name
EOF
	check_rc 2 "name empty: usage error" deny ""
	check_rc 0 "name in UTF-8: accepted" deny jürgen
	check_rc 0 "name DOMAIN\\user: accepted" deny 'EXAMPLE\alice'
	check_rc 0 "name user:99999: accepted" deny user:99999
	check "console.list: holds the accepted names" grep -qF 'user:EXAMPLE\alice' "$console"
}
case_usage() {
	local date long
	long=$(printf 'x%.0s' $(seq 4000))
	for date in 2026-02-30 2026-13-01 2026-00-10 31.12.2026 tomorrow +7 +7x 2026-12-01T25:00Z \
		2020-01-01; do
		refused 2 'invalid time|in the past' "end date $date" deny carol --until "$date"
	done
	refused 2 'longer than 128' "reference of 4000 bytes" deny carol --ref "$long"
	refused 2 'control byte' "reason with an escape sequence" \
		revoke carol --no-end --reason $'a\x1b[2J'
	refused 2 'reason is required' "reason missing and no terminal" revoke carol --no-end
	refused 2 "unknown option '--list'" "undo and list together" revoke --undo --list carol
	refused 2 'unknown option' "unknown option" revoke --nonsense
	refused 2 'no target given' "no name" revoke
}
