#!/bin/bash
# against.sh BASE - a login transaction with the module of commit BASE and with ours, in turn.
#
# RUNS (20) alternations of ROUNDS (200) transactions each, with 0 and ENTRIES (10000000) entries,
# beside the empty module, pam_nologin and pam_listfile. Prints the medians, and the median of the
# paired differences with the interval that holds 95 % of the time (binomial).
cd "$(dirname "$0")/../.." || exit 1
base=${1:?usage: against.sh BASE}
entries=${ENTRIES:-10000000} runs=${RUNS:-20}
work=$(mktemp -d -t revoke-against.XXXXXX)
trap 'rm -rf "$work"; git worktree prune' EXIT
trap 'exit 130' INT TERM
chmod 755 "$work"

git worktree add -q --detach "$work/base" "$base" || exit 1
make -C "$work/base" -s -j"$(nproc)" all >/dev/null || exit 1
strip --strip-unneeded -o "$work/before.so" "$work/base/build/pam_revoke.so" || exit 1
strip --strip-unneeded -o "$work/after.so" build/pam_revoke.so || exit 1

stack() { # NAME LINE: a directory with the stack "LINE, then pam_permit"
	mkdir -p "$work/$1"
	printf 'account %s\naccount required pam_permit.so\n' "$2" >"$work/$1/sshd"
}
# Each module reads the index of its own version, and would read the text with another one.
reindex() { # BUILD CONF
	if [ -e "$1/revokectl" ]; then
		"$1/revokectl" reindex --quiet --conf "$2"
	else
		"$1/revoke-user" --compile --quiet --conf "$2"
	fi
}
gate() { # NAME COUNT BUILD
	local at=$work/state-$1-$2
	mkdir -p "$at/index"
	printf '[gate]\nlists = %s\n[revoke-user]\nstate_dir = %s\n' \
		"$work/lists-$2" "$at" >"$at/conf"
	reindex "$3" "$at/conf" || exit 1
	[ "$2" -eq 0 ] || [ -n "$(ls "$at/index")" ] || { echo 'no index' >&2; exit 1; }
	stack "$1$2" "requisite $work/$1.so conf=$at/conf"
}
for count in 0 "$entries"; do
	mkdir -p "$work/lists-$count"
	build/bench/users "$count" >"$work/lists-$count/fleet.list"
	chmod 600 "$work/lists-$count/fleet.list"
	gate before "$count" "$work/base/build"
	gate after "$count" build
done
stack empty "required $PWD/build/bench/pam_empty.so"
stack nologin 'required pam_nologin.so'
seq -f 'leaver%.0f' 1000 >"$work/listfile.txt"
stack listfile "required pam_listfile.so item=user sense=deny onerr=fail file=$work/listfile.txt"

for ((run = 0; run < runs; run++)); do
	# Which of the two is first changes each time.
	if ((run % 2)); then order="after before"; else order="before after"; fi
	stacks=("empty=$work/empty" "pam_nologin=$work/nologin" "pam_listfile=$work/listfile")
	for which in $order; do
		stacks+=("$which,0=$work/${which}0" "$which,$entries=$work/$which$entries")
	done
	build/bench/login "${ROUNDS:-200}" "${stacks[@]}" || exit 1
done >"$work/runs"
python3 tests/bench/pairs.py "$entries" <"$work/runs"
for how in --parent --cold; do
	echo "$how: the account database was used by the parent only, or not at all"
	build/bench/login $how "${ROUNDS:-200}" "empty=$work/empty" \
		"before,$entries=$work/before$entries" "after,$entries=$work/after$entries"
done
