#!/bin/bash
# check.sh - everything, as the README and CI run it: installs what is missing, runs each part, and
# prints the counts.
cd "$(dirname "$0")/.." || exit 1
if [ "$(id -u)" != 0 ]; then
	echo 'make check: needs root, for disposable hosts and files of root' >&2
	exit 1
fi
tests/deps.sh >/dev/null || exit 1
mkdir -p build/check
rm -f build/check/*
passed=0 failed=0 skipped=0 reasons=
begun=$SECONDS

# Parts that compile little come first; hosts are built and booted at the same time.
part() { # NAME: runs make NAME, shows it, adds its count
	local name=$1 at=$SECONDS made
	make --no-print-directory -j"$(nproc)" "$name" >"build/check/$name.log" 2>&1 &
	made=$!
	trap 'kill -TERM $made; wait $made; exit 143' INT TERM
	wait $made
	echo $? >"build/check/$name.rc"
	echo $((SECONDS - at)) >"build/check/$name.seconds"
}
count() { # NAME
	local name=$1 rc p f s why
	rc=$(cat "build/check/$name.rc" 2>/dev/null || echo 1)
	# Criterion's synthesis, or "N passed, N failed", with ", N skipped (WHY)" behind it.
	read -r p f s why < <(sed 's/\x1b\[[0-9;]*m//g' "build/check/$name.log" | awk '
		/Synthesis: Tested:/ { gsub(/[^0-9 ]/, " "); p += $2; f += $3 + $4; n++ }
		/^total: [0-9]+ passed, [0-9]+ failed/ {
			total = 1; sub(/^total: /, ""); lp = lf = ls = m = 0
		}
		/^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped.*)?$/ && (!total || !m) {
			lp = $1; lf = $3; ls = $5; m++; why = $5 ? substr($0, index($0, "(")) : ""
		}
		END { if (n + m == 0) f++; print p + lp, f + lf, ls + 0, why }')
	[ "$rc" -eq 0 ] || [ "$f" -gt 0 ] || f=1
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	reasons+=${why:+ $why}
	printf '%-14s %4d passed, %d failed, %d skipped   (%d s)\n' "$name" "$p" "$f" "$s" \
		"$(cat "build/check/$name.seconds")"
	[ $((rc + f)) -eq 0 ] ||
		sed 's/^/    /' "build/check/$name.log" | grep -vE '^    ok ' | tail -n 150
}

# An interrupted check says which parts had not ended, and how far they came.
interrupted() {
	local parts log
	trap '' INT TERM
	mapfile -t parts <<<"$(jobs -p)"
	kill -TERM "${parts[@]}" 2>/dev/null
	wait
	for log in build/check/*.log; do
		[ ! -e "${log%.log}.rc" ] || continue
		echo "$log, interrupted:"
		tail -n 60 "$log"
	done
	exit 130
}
trap interrupted INT TERM
{ part check-hosts; part check-matrix; ROUNDS=40 part check-rounds; part check-serial; } &
hosts=$!
faults='kill_at_write kill_at_fsync kill_at_renameat kill_at_close write_ENOSPC fsync_EIO
	openat_EMFILE renameat_EIO full_from_then_on'
for name in check-shell layers pages check-unit check-pam check-cli check-race check-faults \
	check-clang check-fuzz check-reproducible; do
	VERDICTS=120000 ACTIONS=revoke FAULTS=$faults part $name &
	wait $!  # a signal does not end a wait for what runs in the foreground
	count $name
done
wait $hosts
for name in check-hosts check-matrix check-rounds check-serial; do
	count $name
done
echo "in $((SECONDS - begun)) s"
echo "$passed passed, $failed failed, $skipped skipped$reasons"
[ $failed -eq 0 ]
