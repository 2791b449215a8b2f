#!/bin/bash
# index.sh - imports, and the indexes that changes update and rebuilds repair. Sourced by run.sh.
# An outdated or damaged index is reported and changes no verdict.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

index=$work/state/index/$(sed 's/-/\\x2d/g; s/^\///; s/\//-/g' <<<"$console").index
indexes() { find "$work/state/index" -maxdepth 1 -name '*.index' | wc -l; }
import_newcomer() { # OPTIONS...: from standard input, as a dry run
	"$revokectl" import --conf "$work/conf" - --reason x --dry-run "$@" <<<newcomer
}
many() { printf 'name,reason\n'; seq -f 'leaver%.0f,"left, for good"' "$1"; }
# The five cases continue each other's list.
case_import() {
	fresh
	many 300 >"$work/many.csv"
	check_rc 0 "import: succeeds" ctl import "$work/many.csv" --ref T7
	check "import: 300 entries have their reason" \
		test "$(grep -c 'ref="T7".*reason="left, for good"$' "$console")" -eq 300
	check "import: the history names the action" \
		says '"action": "import"' cat "$work/state/history.jsonl"
	check "import: the index is created" test -s "$index"
	check "import: the history has the number of entries" \
		says '"result": "done".*300 added' tail -n 1 "$work/state/history.jsonl"
	check "import dry run: JSON has dry_run" \
		says '"dry_run": true' import_newcomer --json
	check "import without a final newline: a warning" \
		says 'no newline at the end; the last line may be truncated' \
		ctl import <(printf 'one\ntwo') --reason x --dry-run
	check_rc 0 "import without a final newline: succeeds" \
		ctl import <(printf 'one\ntwo') --reason x --dry-run
	printf '# pam_revoke list 1\nuser:one\nuser:tw' >"$work/truncated.list"
	refused 4 'truncated.list:3: truncated: no newline at the end' \
		"import of a truncated list" ctl import "$work/truncated.list" --reason x
	printf '# pam_revoke list 1\nuser:x reson=y\nnonsense\n' >"$work/lists/bad.list"
	check "check: the number of invalid lines is printed" \
		says '2 lines are invalid and not enforced' ctl check nobody-such
	check "check: JSON has the number of invalid lines" \
		says '"bad_lines": 2' ctl check nobody-such --json
	rm "$work/lists/bad.list"
}
case_imported_user() {
	check_rc 0 "undo dry run: succeeds" revoke --undo leaver77 --dry-run
	check "undo dry run: prints what would change" \
		says '1 entry would be removed' revoke --undo leaver77 --dry-run
	check "undo dry run: changes nothing" \
		says '"verdict": "revoked"' ctl check leaver77 --json
	check_rc 4 "undo dry run: an unknown user" revoke --undo nobody-such --dry-run
	refused 2 '^revokectl: option .--from. cannot be used with .revokectl import' \
		"import with a start date: the message names the option" \
		ctl import "$work/many.csv" --reason x --from +7d
	check_rc 1 "imported user: revoked" ctl check leaver77
	check "imported user: found by the index" fails says 'line by line' ctl check leaver77
}
case_import_again() {
	check_rc 4 "import again: nothing changes" ctl import "$work/many.csv"
	check "import again: 300 entries are known" \
		says '0 added, 300 already known' ctl import "$work/many.csv"
	check "import dry run: prints what would change" \
		says '1 would be added' import_newcomer
	printf 'good\nbad name\no'"'"'brien\n"domain user",left\n' >"$work/bad.csv"
	ctl import "$work/bad.csv" --reason x >"$work/out" 2>&1
	check "import of an invalid line: incomplete" test $? -eq 3
	check "import of an invalid line: the message names the line" \
		says "bad.csv:2: a name with a blank or '#' must be in double quotes" cat "$work/out"
	check_rc 1 "import of an invalid line: the line before is imported" ctl check good
	check_rc 1 "import of a name with an apostrophe: revoked" ctl check "o'brien"
	check_rc 1 "import of a quoted name: revoked" ctl check "domain user"
	check "import of a quoted name: quoted in the list" \
		grep -q '^user:"domain user" ' "$console"
	check "import of an invalid line: the history has the count" \
		grep -q '"result": "incomplete".*3 added, 0 already known, 1 not imported' \
		"$work/state/history.jsonl"
	for name in good "o'brien" "domain user"; do
		check_rc 0 "import of an invalid line: undo of $name" revoke --undo "$name"
	done
	printf 'bad name\n' >"$work/bad.csv"
	refused 4 'nothing was imported' "import of invalid lines only" \
		ctl import "$work/bad.csv" --reason x
	refused 4 'no reason; add one, or use --reason' "import without a reason" ctl import <(echo x)
	refused 4 'cannot open' "import of a missing file" \
		ctl import "$work/missing.csv" --reason x
	refused 2 'no FILE given' "import without a file name" ctl import
	printf 'root\nnewcomer\n' >"$work/root.csv"
	refused 3 'names root; --force is needed' "import of root" \
		ctl import "$work/root.csv" --reason x --dry-run
	printf '# pam_revoke list 1\ngroup:staff\n' >"$work/group.list"
	refused 4 'names a group; --force is needed' "import of a group" \
		ctl import "$work/group.list" --reason x
	check_rc 0 "import of a group: succeeds with force" \
		ctl import "$work/group.list" --reason x --force --dry-run
	refused 2 'control byte' "import with an invalid reason" \
		ctl import "$work/many.csv" --reason $'a\nb'
}
damage_pages() { # a byte of each page of the index but the first
	local page
	for page in $(seq $(($(stat -c %s "$index") / 1024 - 1))); do
		printf x | dd of="$index" bs=1 seek=$((page * 1024 + 900)) conv=notrunc status=none
	done
}
case_index() {
	check_rc 0 "mallory: revoked" deny mallory
	check "mallory: the revocation updates the index" \
		fails says 'line by line' ctl check mallory
	printf 'user:byhand\n' >>"$console"
	check_rc 1 "edit by hand: enforced at once" ctl check byhand
	check "edit by hand: the outdated index is reported" \
		says 'another state of the list' ctl check byhand
	check_rc 0 "edit by hand: the index is rebuilt" ctl reindex
	check "edit by hand: the rebuilt index is used" \
		fails says 'line by line' ctl check byhand
	damage_pages
	check_rc 1 "damaged index: the verdict comes from the text" ctl check leaver77
	check "damaged index: reported" says 'damaged' ctl check nobody-knows
	check_rc 0 "damaged index: the rebuild reads every page" ctl reindex
	check "damaged index: the rebuilt index is used" \
		fails says 'line by line' ctl check nobody-knows
}
case_indexes() {
	printf '# pam_revoke list 1\nuser:zoe' >"$work/lists/truncated.list"
	check_rc 3 "truncated list: the rebuild is incomplete" ctl reindex
	check "truncated list: the rebuild names list and reason" \
		says 'truncated.list: truncated: no newline' ctl reindex
	rm "$work/lists/truncated.list"
	seq -f 'user:other%.0f' 200 >"$work/lists/gone.list"
	ctl reindex >/dev/null
	check "second list: has an index of its own" test "$(indexes)" -eq 2
	rm "$work/lists/gone.list"
	check "rebuild: prints each list" says 'console.list: 302 entries' ctl reindex
	check "rebuild: removes the index of a deleted list" \
		test "$(indexes)" -eq 1
	check "rebuild: JSON has indexed and entries" \
		says '"indexed": true, "entries": 302' ctl reindex --json
	check_rc 2 "rebuild with a user name: usage error" ctl reindex alice
	check_rc 0 "imported user: undo succeeds" revoke --undo leaver77
	check "imported user: undo updates the index" \
		fails says 'line by line' ctl check leaver77
}
