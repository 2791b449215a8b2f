#!/bin/bash
# run.sh - whatever fails while revoke-user changes a list, and whenever it is killed: the list is the old or the new one, the history is
# never behind it, the exit status does not lie, and the next run completes. A table: action by fault, how many points, how many lost.
cd "$(dirname "$0")/../.." || exit 1
revoke_user=$PWD/build/revoke-user
work=$(mktemp -d -t revoke-faults.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
state=$work/state
passed=0 failed=0
mkdir -p build/check
gcc -Wall -Wextra -Werror -O1 -shared -fPIC -o build/check/fail_malloc.so tests/faults/fail_malloc.c -ldl || exit 1

# The state before: alice and some others, enough for an index; history, index and all.
printf '[gate]\nlists = %s\n[revoke-user]\nstate_dir = %s\n' "$state/lists.d" "$state" >"$work/conf"
revoke() { "$revoke_user" "$@" --conf "$work/conf" </dev/null; }
mkdir -p "$state/lists.d"
{ echo '# pam_revoke list 1'; seq -f 'user:other%.0f reason="before"' 60; } >"$state/lists.d/console.list"
chmod 600 "$state/lists.d/console.list"
revoke alice --deny-only --reason before --yes --quiet || exit 1
printf 'bob,left\ncarol,left\n' >"$work/import.csv"
cp -a "$state" "$work/before"
reset() { rm -rf "$state"; cp -a "$work/before" "$state"; }

# What an action is, whom it is about, and whether they are denied when it has been done.
action_words() {
	case $1 in
	revoke) echo bob --deny-only --reason faults --yes --quiet ;;
	undo) echo --undo alice --quiet ;;
	import) echo --import "$work/import.csv" --quiet ;;
	esac
}
subject() { case $1 in undo) echo alice ;; *) echo bob ;; esac; }
is_done() { # ACTION: the list says so
	local there=1
	grep -q "^user:$(subject "$1") " "$state/lists.d/console.list" && there=0
	[ "$1" = undo ] && [ $there -eq 1 ] || { [ "$1" != undo ] && [ $there -eq 0 ]; }
}
target_in_history() { case $1 in import) echo "$work/import.csv" ;; *) echo "user:$(subject "$1")" ;; esac; }

# verify ACTION CODE: says what is lost, or nothing.
verify() {
	local list=$state/lists.d/console.list
	[ -s "$list" ] && "$revoke_user" --check-list "$list" >/dev/null 2>&1 || { echo 'the list is neither old nor new'; return; }
	[ "$(grep -c '^user:other' "$list")" -eq 60 ] || { echo 'others are gone from the list'; return; }
	if is_done "$1"; then
		[ "$2" -ne 4 ] || { echo 'exit 4, and done'; return; }
		grep -F "\"target\": \"$(target_in_history "$1")\"" "$state/history.jsonl" | grep -q "\"action\": \"$1\"" || { echo 'done, and not in the history'; return; }
	else
		[ "$2" -ne 0 ] || { echo 'exit 0, and not done'; return; }
		cmp -s "$list" "$work/before/lists.d/console.list" || { echo 'not done, and the list is another'; return; }
	fi
	revoke $(action_words "$1") >/dev/null 2>&1
	is_done "$1" || { echo 'the next run does not complete it'; return; }
	[ "$(grep -c "^user:$(subject "$1") " "$list")" -le 1 ] || { echo 'the next run did it twice'; return; }
	revoke --check other7 >/dev/null 2>&1
	[ $? -eq 1 ] || { echo 'the gate does not refuse who is in the list'; return; }
}

# points ACTION FAULT FIRST...: runs it once for each point at which the fault can strike, until it strikes no more.
points() {
	local action=$1 fault=$2 n lost=0 said code
	shift 2
	for ((n = 1; n < 3000; n++)); do
		reset
		rm -f "$work/trace"
		"strike_$fault" "$n" $(action_words "$action") >"$work/out" 2>&1
		code=$?
		said=$(verify "$action" $code)
		[ -z "$said" ] || { lost=$((lost + 1)); echo "not ok: $action, $fault, point $n (exit $code): $said"; head -n 3 "$work/out"; }
		"struck_$fault" "$n" || break
	done
	printf '%-8s %-22s %5d points   %d lost\n' "$action" "$fault" $((n - 1)) "$lost"
	# What never struck has shown nothing.
	case "$action $fault" in
	"import "*getdents64*) ;;
	*) [ $n -gt 1 ] || { lost=1; echo "not ok: $action, $fault: never struck"; } ;;
	esac
	[ $lost -eq 0 ] && passed=$((passed + 1)) || failed=$((failed + 1))
}

# By strace: the system call number N of a set fails, or is the last one. A trace of our own tells whether it came to that.
by_strace() { # SET:WHAT WORDS
	local what=$1
	shift
	strace -qq -o "$work/trace" -e "trace=${what%%:*}" -e "inject=$what" "$revoke_user" "$@" --conf "$work/conf" </dev/null
}
injected() { grep -q 'INJECTED\|killed by' "$work/trace"; }
# strace counts each system call of a set by itself: so one set for each.
for call in openat read pread64 write fsync renameat unlinkat fchmod flock newfstatat,fstat close mkdir getdents64 mmap brk; do
	name=kill_at_${call//,/_}
	eval "strike_$name() { local n=\$1; shift; by_strace '$call:signal=KILL:when='\$n \"\$@\"; }; struck_$name() { [ \"\$code\" -ge 128 ]; }"
	kills="${kills:-} $name"
done
for fault in write:ENOSPC write:EIO write:EDQUOT fsync:EIO fsync:ENOSPC openat:EMFILE openat:ENOSPC openat:EACCES pread64:EIO read:EIO \
	renameat:EIO renameat:ENOSPC unlinkat:EIO fchmod:EIO flock:ENOLCK newfstatat,fstat:EIO close:EIO getdents64:EIO mkdir:ENOSPC mmap:ENOMEM brk:ENOMEM; do
	name=${fault//[:,]/_}
	eval "strike_$name() { local n=\$1; shift; by_strace '${fault%:*}:error=${fault#*:}':when=\$n \"\$@\"; }; struck_$name() { injected; }"
	faults="${faults:-} $name"
done
# A disk that is full from a point on stays full.
strike_full_from_then_on() { local n=$1; shift; by_strace "write,fsync,mkdir:error=ENOSPC:when=$n+" "$@"; }
struck_full_from_then_on() { injected; }
strike_malloc() { local n=$1; shift; rm -f "$work/count"; FAIL_MALLOC_AT=$n FAIL_MALLOC_COUNT_FILE=$work/count LD_PRELOAD=$PWD/build/check/fail_malloc.so "$revoke_user" "$@" --conf "$work/conf" </dev/null; }
struck_malloc() { [ ! -s "$work/count" ] || [ "$n" -le "$(cat "$work/count")" ]; }

# The judge is judged first: what is lost must be seen.
judge() { # WHAT PATTERN ACTION CODE
	if [[ "$(verify "$3" "$4")" == *"$2"* ]]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "not ok: the judge does not see $1"; fi
}
list=$state/lists.d/console.list
reset && judge 'a false success' 'exit 0, and not done' revoke 0
reset && truncate -s 100 "$list" && judge 'a cut list' 'neither old nor new' revoke 1
reset && sed -i /other7/d "$list" && judge 'a lost line' 'others are gone' revoke 1
reset && echo 'user:bob reason=x' >>"$list" && judge 'a history that is behind' 'not in the history' revoke 0
reset && revoke bob --deny-only --reason x --yes --quiet && judge 'a false failure' 'exit 4, and done' revoke 4
reset && echo 'user:zoe reason=x' >>"$list" && judge 'another list' 'not done, and the list is another' revoke 1

for action in ${ACTIONS:-revoke undo import}; do
	for fault in ${FAULTS:-$kills $faults full_from_then_on malloc}; do
		points "$action" "$fault"
	done
done

# A power cut takes what was not synced: so each of these must be on disk before the next begins.
power_cut() { # ACTION
	reset
	rm -f "$state/history.jsonl"
	strace -qq -y -o "$work/trace" -e trace=write,fsync,renameat "$revoke_user" $(action_words "$1") --conf "$work/conf" </dev/null >/dev/null 2>&1
	awk -v state="$state" '
		/^write\(.*history\.jsonl>/ { history = "written" }
		/^fsync\(.*history\.jsonl>\) *= 0/ { if (history == "written") history = "synced" }
		$0 ~ "^fsync\\([0-9]+<" state ">\\) *= 0" { if (history == "synced") history = "durable" }
		/^write\(.*lists\.d\/\.console\.list\.new>/ { list = "written" }
		/^fsync\(.*lists\.d\/\.console\.list\.new>\) *= 0/ { if (list == "written") list = "synced" }
		/^renameat\(.*console\.list"\) *= 0/ { renamed = list == "synced" && history == "durable" ? "in order" : "too early: list " list ", history " history }
		/^fsync\([0-9]+<.*lists\.d>\) *= 0/ { if (renamed == "in order") renamed = "durable" }
		END { print renamed; exit renamed != "durable" }' "$work/trace"
}
for action in ${ACTIONS:-revoke undo import}; do
	if said=$(power_cut "$action"); then passed=$((passed + 1)) lost=0; else failed=$((failed + 1)) lost=1; fi
	printf '%-8s %-22s %5s          %d lost: %s\n' "$action" 'power cut' '' "$lost" "$said"
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
