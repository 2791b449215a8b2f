# assert.sh - asserting, and counting what was asserted. Sourced.

checks_passed=0 checks_failed=0
check_label=${check_label:-}

# check WHAT CMD...: the command must succeed; when it does not, what it printed is shown.
check() {
	local what=$1 said
	shift
	if said=$("$@" 2>&1); then
		checks_passed=$((checks_passed + 1))
		echo "ok      $check_label$what"
	else
		checks_failed=$((checks_failed + 1))
		echo "not ok  $check_label$what"
		printf '%s\n' "$said" | sed 's/^/        | /' | tail -n 15
		! declare -F on_failure >/dev/null || on_failure 2>&1 | sed 's/^/        : /'
	fi
}

# check_rc WANTED WHAT CMD...: the command must exit with exactly that.
check_rc() {
	local wanted=$1 what=$2
	shift 2
	check "$what (exit $wanted)" rc_is "$wanted" "$@"
}
rc_is() {
	local wanted=$1 got
	shift
	"$@"
	got=$?
	[ $got -eq "$wanted" ] || { echo "exit $got, wanted $wanted: $*"; return 1; }
}

# says PATTERN CMD...: what the command prints, on either stream, fits the pattern; its exit code does not count.
says() {
	local pattern=$1 said
	shift
	said=$("$@" 2>&1)
	grep -qE -- "$pattern" <<<"$said" || { echo "does not say '$pattern': $said"; return 1; }
}

# silent CMD...: succeeds and prints nothing.
silent() {
	local said
	said=$("$@" 2>&1) || { echo "exit $?: $said"; return 1; }
	[ -z "$said" ] || { echo "said: $said"; return 1; }
}

# fails CMD...
fails() { ! "$@"; }

checks_summary() { echo "$checks_passed passed, $checks_failed failed"; [ $checks_failed -eq 0 ]; }
