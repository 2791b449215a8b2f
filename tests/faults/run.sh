#!/bin/bash
# run.sh - faults and kills while revoke-user changes a list: the list is the old or the new one,
# the history is never behind it, the exit status is right, and the next run completes.
#
# Prints a table: action, fault, number of points, number of losses.
# PAM services of the tests' own need a mount namespace.
[ "${REVOKE_NAMESPACE:-}" = $$ ] || REVOKE_NAMESPACE=$$ exec unshare -m -- "$0" "$@"
cd "$(dirname "$0")/../.." || exit 1
revoke_user=$PWD/build/revoke-user
revokectl=$PWD/build/revokectl
work=$(mktemp -d -t revoke-faults.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
state=$work/state
# shellcheck source=tests/own_pam.sh
. tests/own_pam.sh
own_pam "$work" "$work/conf"
passed=0 failed=0
mkdir -p build/check
gcc -Wall -Wextra -Werror -O1 -shared -fPIC -o build/check/fail_malloc.so \
	tests/faults/fail_malloc.c -ldl || exit 1

# The state before: alice and some others, enough for an index; history, index and all.
printf '[gate]\nlists = %s\n[revoke-user]\nstate_dir = %s\n' "$state/lists.d" "$state" >"$work/conf"
revoke() { "$revoke_user" "$@" --conf "$work/conf" </dev/null; }
mkdir -p "$state/lists.d"
list=$state/lists.d/console.list
{
	echo '# pam_revoke list 1'
	seq -f 'user:other%.0f reason="before"' 60
} >"$list"
chmod 600 "$list"
revoke alice --no-end --reason before --yes --quiet || exit 1
printf 'bob,left\ncarol,left\n' >"$work/import.csv"
cp -a "$state" "$work/before"
reset() { rm -rf "$state"; cp -a "$work/before" "$state"; }

# action_words ACTION: sets words, the command first.
action_words() {
	case $1 in
	revoke) words=("$revoke_user" bob --no-end --reason faults --yes --quiet) ;;
	undo) words=("$revoke_user" --undo alice --quiet) ;;
	import) words=("$revokectl" import "$work/import.csv" --quiet) ;;
	esac
}
# subject ACTION: the user whose entry changes.
subject() {
	case $1 in
	undo) echo alice ;;
	*) echo bob ;;
	esac
}
is_listed() { grep -q "^user:$(subject "$1") " "$list"; } # ACTION
is_done() { # ACTION: by the list
	if [ "$1" = undo ]; then ! is_listed "$1"; else is_listed "$1"; fi
}
target_in_history() { # ACTION
	case $1 in
	import) echo "$work/import.csv" ;;
	*) echo "user:$(subject "$1")" ;;
	esac
}
is_in_history() { # ACTION
	grep -F "\"target\": \"$(target_in_history "$1")\"" "$state/history.jsonl" |
		grep -q "\"action\": \"$1\""
}
is_valid() { [ -s "$list" ] && "$revokectl" verify "$list" >/dev/null 2>&1; }

# loss ACTION CODE: prints the first loss, or nothing.
loss() {
	local words
	is_valid || { echo 'the list is neither old nor new'; return; }
	[ "$(grep -c '^user:other' "$list")" -eq 60 ] ||
		{ echo 'the list lost other entries'; return; }
	if is_done "$1"; then
		[ "$2" -ne 4 ] || { echo 'exit 4, but done'; return; }
		is_in_history "$1" || { echo 'done, but not in the history'; return; }
	else
		[ "$2" -ne 0 ] || { echo 'exit 0, but not done'; return; }
		cmp -s "$list" "$work/before/lists.d/console.list" ||
			{ echo 'not done, but the list is changed'; return; }
	fi
	action_words "$1"
	"${words[@]}" --conf "$work/conf" </dev/null >/dev/null 2>&1
	is_done "$1" || { echo 'the next run does not complete it'; return; }
	[ "$(grep -c "^user:$(subject "$1") " "$list")" -le 1 ] ||
		{ echo 'the next run adds a second entry'; return; }
	"$revokectl" check other7 --conf "$work/conf" >/dev/null 2>&1
	[ $? -eq 1 ] || echo 'the gate does not deny a user in the list'
}

count_result() { # LOST
	if [ "$1" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# points ACTION FAULT: runs the action with the fault at its first point, its second, and so on,
# until the fault no longer occurs.
points() {
	local action=$1 fault=$2 n lost=0 found code words
	action_words "$action"
	for ((n = 1; n < 3000; n++)); do
		reset
		rm -f "$work/trace"
		"inject_$fault" "$n" "${words[@]}" >"$work/out" 2>&1
		code=$?
		found=$(loss "$action" $code)
		if [ -n "$found" ]; then
			lost=$((lost + 1))
			echo "not ok: $action, $fault, point $n (exit $code): $found"
			head -n 3 "$work/out"
		fi
		"occurred_$fault" "$n" || break
	done
	printf '%-8s %-22s %5d points   %d lost\n' "$action" "$fault" $((n - 1)) "$lost"
	# A fault that never occurred has tested nothing.
	case "$action $fault" in
	"import "*getdents64*) ;;
	*) [ $n -gt 1 ] || { lost=1; echo "not ok: $action, $fault: never occurred"; } ;;
	esac
	count_result $lost
}

# by_strace SET:FAULT WORDS...: the fault occurs at a call of the set; the trace shows it.
by_strace() {
	strace -qq -o "$work/trace" -e "trace=${1%%:*}" -e "inject=$1" \
		"${@:2}" --conf "$work/conf" </dev/null
}
injected() { grep -q 'INJECTED\|killed by' "$work/trace"; }
was_killed() { [ "$code" -ge 128 ]; }
define() { # NAME STRACE-FAULT OCCURRED: inject_NAME N WORDS..., occurred_NAME
	eval "inject_$1() { by_strace \"$2:when=\$1\" \"\${@:2}\"; }; occurred_$1() { $3; }"
}
# strace counts the calls of a set together; a set of one call has each of its calls as a point.
for call in openat read pread64 write fsync renameat unlinkat fchmod flock newfstatat,fstat close \
	mkdir getdents64 mmap brk; do
	name=kill_at_${call//,/_}
	define "$name" "$call:signal=KILL" was_killed
	kills="${kills:-} $name"
done
for fault in write:ENOSPC write:EIO write:EDQUOT fsync:EIO fsync:ENOSPC openat:EMFILE \
	openat:ENOSPC openat:EACCES pread64:EIO read:EIO renameat:EIO renameat:ENOSPC unlinkat:EIO \
	fchmod:EIO flock:ENOLCK newfstatat,fstat:EIO close:EIO getdents64:EIO mkdir:ENOSPC \
	mmap:ENOMEM brk:ENOMEM; do
	name=${fault//[:,]/_}
	define "$name" "${fault%:*}:error=${fault#*:}" injected
	faults="${faults:-} $name"
done
# The disk is full from this point on.
inject_full_from_then_on() { by_strace "write,fsync,mkdir:error=ENOSPC:when=$1+" "${@:2}"; }
occurred_full_from_then_on() { injected; }
inject_malloc() {
	rm -f "$work/count"
	FAIL_MALLOC_AT=$1 FAIL_MALLOC_COUNT_FILE=$work/count \
		LD_PRELOAD=$PWD/build/check/fail_malloc.so \
		"${@:2}" --conf "$work/conf" </dev/null
}
occurred_malloc() { [ ! -s "$work/count" ] || [ "$1" -le "$(cat "$work/count")" ]; }

# First a test of loss(): it must find each kind of loss.
finds() { # LABEL PATTERN ACTION CODE
	[[ "$(loss "$3" "$4")" == *"$2"* ]]
	local missed=$?
	[ $missed -eq 0 ] || echo "not ok: loss() does not find $1"
	count_result $missed
}
reset && finds 'a false success' 'exit 0, but not done' revoke 0
reset && truncate -s 100 "$list" && finds 'a truncated list' 'neither old nor new' revoke 1
reset && sed -i /other7/d "$list" && finds 'a lost line' 'lost other entries' revoke 1
reset && echo 'user:bob reason=x' >>"$list" &&
	finds 'a history that is behind' 'not in the history' revoke 0
reset && revoke bob --no-end --reason x --yes --quiet &&
	finds 'a false failure' 'exit 4, but done' revoke 4
reset && echo 'user:zoe reason=x' >>"$list" &&
	finds 'a changed list' 'not done, but the list is changed' revoke 1

for action in ${ACTIONS:-revoke undo import}; do
	for fault in ${FAULTS:-$kills $faults full_from_then_on malloc}; do
		points "$action" "$fault"
	done
done

# A power failure loses what is not synced: each of these must be on disk before the next begins.
power_failure() { # ACTION
	local words
	action_words "$1"
	reset
	rm -f "$state/history.jsonl"
	strace -qq -y -o "$work/trace" -e trace=write,fsync,renameat \
		"${words[@]}" --conf "$work/conf" </dev/null >/dev/null 2>&1
	awk -v state="$state" '
		/^write\(.*history\.jsonl>/ { history = "written" }
		/^fsync\(.*history\.jsonl>\) *= 0/ { if (history == "written") history = "synced" }
		$0 ~ "^fsync\\([0-9]+<" state ">\\) *= 0" {
			if (history == "synced") history = "durable"
		}
		/^write\(.*lists\.d\/\.console\.list\.new>/ { list = "written" }
		/^fsync\(.*lists\.d\/\.console\.list\.new>\) *= 0/ {
			if (list == "written") list = "synced"
		}
		/^renameat\(.*console\.list"\) *= 0/ {
			renamed = "too early: list " list ", history " history
			if (list == "synced" && history == "durable") renamed = "in order"
		}
		/^fsync\([0-9]+<.*lists\.d>\) *= 0/ {
			if (renamed == "in order") renamed = "durable"
		}
		END { print renamed; exit renamed != "durable" }' "$work/trace"
}
for action in ${ACTIONS:-revoke undo import}; do
	order=$(power_failure "$action")
	lost=$?
	count_result $lost
	printf '%-8s %-22s %5s          %d lost: %s\n' "$action" 'power failure' '' "$lost" "$order"
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
