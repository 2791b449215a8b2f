#!/bin/bash
# assert.sh - checks, and their count. Sourced.

checks_passed=0 checks_failed=0 checks_skipped=0 checks_why=
check_label=${check_label:-}

# check LABEL CMD...: the command must succeed; when it fails, its output is printed.
check() {
	local label=$1 said
	shift
	if said=$("$@" 2>&1); then
		checks_passed=$((checks_passed + 1))
		echo "ok      $check_label$label"
	else
		checks_failed=$((checks_failed + 1))
		echo "not ok  $check_label$label"
		printf '%s\n' "$said" | sed 's/^/        | /' | tail -n 15
		! declare -F on_failure >/dev/null || on_failure 2>&1 | sed 's/^/        : /'
	fi
}

# check_rc WANTED LABEL CMD...: the command must exit with this status.
check_rc() {
	local wanted=$1 label=$2
	shift 2
	check "$label (exit $wanted)" rc_is "$wanted" "$@"
}
rc_is() {
	local wanted=$1 got
	shift
	"$@"
	got=$?
	[ $got -eq "$wanted" ] || { echo "exit $got, wanted $wanted: $*"; return 1; }
}

# says PATTERN CMD...: the output of the command, on both streams, matches the pattern; its exit
# status does not count.
says() {
	local pattern=$1 said
	shift
	said=$("$@" 2>&1)
	grep -qE -- "$pattern" <<<"$said" || { echo "does not print '$pattern': $said"; return 1; }
}

# silent CMD...: succeeds and prints nothing.
silent() {
	local said
	said=$("$@" 2>&1) || { echo "exit $?: $said"; return 1; }
	[ -z "$said" ] || { echo "prints: $said"; return 1; }
}

# fails CMD...
fails() { ! "$@"; }

# check_skip LABEL REASON: counts a check that cannot be made on this machine.
check_skip() {
	checks_skipped=$((checks_skipped + 1))
	checks_why+="${checks_why:+, }$2"
	echo "skip    $check_label$1: $2"
}

checks_summary() {
	local skipped=
	[ $checks_skipped -eq 0 ] || skipped=", $checks_skipped skipped ($checks_why)"
	echo "$checks_passed passed, $checks_failed failed$skipped"
	[ $checks_failed -eq 0 ]
}
