#!/bin/bash
# scale.sh - the gate with lists of several sizes, and its peers, in one run. Read the ratios:
# the machine is shared. ENTRIES (10000000) in the largest list; needs twice its text in TMPDIR.
cd "$(dirname "$0")/../.." || exit 1
entries=${ENTRIES:-10000000}
work=$(mktemp -d -t revoke-scale.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$work"

stack() { # NAME LINE: a directory with the stack "LINE, then pam_permit"
	mkdir -p "$work/$1"
	printf '%s\n' ${2:+"account $2"} 'account required pam_permit.so' >"$work/$1/sshd"
}
# Stripped, as in the package.
module=$PWD/build/bench/pam_revoke.so
strip --strip-unneeded -o "$module" build/pam_revoke.so || exit 1
# A list of COUNT users, a configuration and state of its own, and its index.
gate() { # COUNT
	local at=$work/state$1
	mkdir -p "$at/lists.d" "$at/index"
	build/bench/users "$1" >"$at/lists.d/fleet.list"
	chmod 600 "$at/lists.d/fleet.list"
	printf '[gate]\nlists = %s\n[revoke-user]\nstate_dir = %s\n' "$at/lists.d" "$at" >"$at/conf"
	stack "gate$1" "requisite $module conf=$at/conf"
}
compile() { build/revokectl reindex --quiet --conf "$work/state$1/conf"; }
index_of() { ls "$work/state$1/index/"*.index; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

sizes="0 1000 100000 1000000"
for count in $sizes "$entries"; do gate "$count"; done
for count in $sizes; do compile "$count" || exit 1; done

echo "$(nproc) cores, $(sed -n '/model name/{s/.*: //p;q}' /proc/cpuinfo), kernel $(uname -r)," \
	"$(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)"
echo
list=$work/state$entries/lists.d/fleet.list
echo "Compiling $entries entries, $(stat -c %s "$list") bytes"
cost() { python3 tests/bench/cost.py "$@"; } # CMD...: seconds and MiB
read -r sort_sec sort_mib < <(
	LC_ALL=C cost sort --parallel=2 -T "$work" -o "$work/sorted" "$list")
rm -f "$work/sorted"
read -r ours_sec ours_mib < <(
	cost build/revokectl reindex --quiet --conf "$work/state$entries/conf")
[ -s "$(index_of "$entries")" ] || { echo 'the index was not made' >&2; exit 1; }
printf 'LC_ALL=C sort --parallel=2        %8s s   %6s MiB\n' "$sort_sec" "$sort_mib"
printf 'revokectl reindex                 %8s s   %6s MiB   ' "$ours_sec" "$ours_mib"
printf 'ratio %s (bar 3; memory bar 1024 MiB)\n' "$(ratio "$ours_sec" "$sort_sec")"

echo
echo 'pam_start, pam_acct_mgmt, pam_end in a fresh child, for a user who is not listed'
echo '(bar: 1.15 of the empty module, 1.05 between sizes)'
stack permit ''
stack empty "required $PWD/build/bench/pam_empty.so"
stack nologin 'required pam_nologin.so'
seq -f 'leaver%.0f' 1000 >"$work/listfile.txt"
stack listfile "required pam_listfile.so item=user sense=deny onerr=fail file=$work/listfile.txt"
seq -f '-:leaver%.0f:ALL' 1000 >"$work/access.conf"
stack access "required pam_access.so accessfile=$work/access.conf"
build/bench/login "${ROUNDS:-1000}" "empty module=$work/empty" "pam_permit alone=$work/permit" \
	"pam_nologin=$work/nologin" "gate, 0=$work/gate0" "gate, 1,000=$work/gate1000" \
	"gate, 100,000=$work/gate100000" "gate, 1,000,000=$work/gate1000000" \
	"gate, $entries=$work/gate$entries" "pam_listfile, 1,000=$work/listfile" || exit 1
build/bench/login 5 "empty module=$work/empty" "pam_access, 1,000 rules=$work/access" || exit 1

echo
echo 'A login with a certificate, 1,000,000 keys revoked: the gate beside sshd with RevokedKeys,'
echo 'which reads its KRL at each login'
echo "(ssh-keygen -Q, less what ssh-keygen -l takes; bar: 10 times as fast)"
at=$work/statekeys
mkdir -p "$at/lists.d" "$at/index"
python3 tests/bench/keys.py 1000000 "$at/lists.d/fleet.list" "$work/krl" &&
	chmod 600 "$at/lists.d/fleet.list"
printf '[gate]\nlists = %s\n[revoke-user]\nstate_dir = %s\n' "$at/lists.d" "$at" >"$at/conf"
stack gatekeys "requisite $module conf=$at/conf"
compile keys || exit 1
key_make() { ssh-keygen -q -t ed25519 -N '' -f "$work/$1"; }
key_make ca && key_make key &&
	ssh-keygen -q -s "$work/ca" -I bench -n nobody -z 7 "$work/key.pub" || exit 1
# Checks a small KRL made the same way: ssh-keygen finds the revoked key and no other.
key_make burnt && python3 tests/bench/keys.py 1000 "$work/small.list" "$work/small.krl" \
	"$(ssh-keygen -l -f "$work/burnt.pub" | cut -d' ' -f2)" &&
	! ssh-keygen -Q -f "$work/small.krl" "$work/burnt.pub" >/dev/null &&
	ssh-keygen -Q -f "$work/small.krl" "$work/key.pub" >/dev/null || exit 1
median_usec() { # ROUNDS CMD...
	local begun rounds=$1
	shift
	for _ in $(seq "$rounds"); do
		begun=${EPOCHREALTIME/[.,]/}
		"$@" >/dev/null || return 1
		echo $((${EPOCHREALTIME/[.,]/} - begun))
	done | sort -n | sed -n "$(((rounds + 1) / 2))p"
}
cert=$work/key-cert.pub
read_usec=$(median_usec 21 ssh-keygen -l -f "$cert")
krl_usec=$(($(median_usec "${KRL_ROUNDS:-1}" ssh-keygen -Q -f "$work/krl" "$cert") - read_usec))
export SSH_AUTH_INFO_0
SSH_AUTH_INFO_0="publickey $(cut -d' ' -f1,2 "$cert")"
build/bench/login "${ROUNDS:-1000}" "empty module=$work/empty" \
	"gate, 1,000,000 keys=$work/gatekeys" | tee "$work/keys.txt" || exit 1
unset SSH_AUTH_INFO_0
gate_usec=$(awk '/1,000,000 keys/ { print $4 }' "$work/keys.txt")
printf 'OpenSSH, KRL of 1,000,000 keys     %9s us; the transaction with the gate %s us: ' \
	"$krl_usec" "$gate_usec"
printf '%s times as fast\n' "$(ratio "$krl_usec" "$gate_usec")"

echo
echo "One look-up among $entries, warm; one scan of 100,000 lines"
build/bench/lookup "$list" "$(index_of "$entries")" | head -n 3
build/bench/lookup "$work/state100000/lists.d/fleet.list" "$(index_of 100000)" | tail -n 1

echo
echo '64 logins at once, 1,000 users, 20 times, each timed from the start of all'
echo '(bar: no error, p99 at most 3 times the idle median)'
storm() { # NAME STACK WRITES
	local median p99 failed all
	read -r median p99 failed all < <(
		build/bench/storm "$work/$2" "$work/state1000/lists.d/fleet.list" "$3" 20)
	idle=${idle:-$median}
	printf '%-34s median %6s us   p99 %8s us   ' "$1" "$median" "$p99"
	printf '%s times the idle median; %s of %s failed\n' "$(ratio "$p99" "$idle")" \
		"$failed" "$all"
}
idle=
storm 'empty module, idle' empty 0
storm 'empty module, 100 writes a second' empty 100
idle=
compile 1000  # the writes before have outdated it
storm 'gate, idle' gate1000 0
storm 'gate, 100 writes a second' gate1000 100

echo
echo 'Adding to and removing from a list of 1,000,000 (bar: twice the time of writing the file)'
at=$work/state1000000
mkdir -p "$at/lists.d" && mv "$at/lists.d/fleet.list" "$at/lists.d/console.list" &&
	compile 1000000
read -r write_sec _ < <(cost dd if="$at/lists.d/console.list" of="$work/written" bs=1M \
	conv=fsync status=none)
# The least that a replacement of the file costs: the file system also frees the old blocks.
cp "$work/written" "$work/replaced" && sync "$work/replaced"
read -r replace_sec _ < <(cost mv -f "$work/written" "$work/replaced")
read -r add_sec _ < <(cost build/revoke-user user:added --no-end --reason bench --yes \
	--quiet --conf "$at/conf")
read -r undo_sec _ < <(cost build/revoke-user --undo user:added --quiet --conf "$at/conf")
printf 'dd conv=fsync %s s; --no-end %s s, ratio %s; ' "$write_sec" "$add_sec" \
	"$(ratio "$add_sec" "$write_sec")"
printf -- '--undo %s s, ratio %s\n' "$undo_sec" "$(ratio "$undo_sec" "$write_sec")"
printf 'replacing a file of this size: %s s more\n' "$replace_sec"

echo
echo 'Instructions of one clear verdict with an index, by callgrind'
mkdir -p "$work/callgrind"
valgrind -q --tool=callgrind --callgrind-out-file="$work/callgrind/%p" \
	--toggle-collect=pam_sm_acct_mgmt build/bench/login 1 "x=$work/gate$entries" >/dev/null 2>&1
counted=$(sed -n 's/^totals: \([1-9][0-9]*\)$/\1/p' "$work"/callgrind/* | sort -n | tail -n 1)
recorded=$(sed -n 's/^Instructions of one clear verdict: \([0-9]*\).*/\1/p' tests/bench/RESULTS.md)
echo "$counted; recorded in RESULTS.md $recorded: $(ratio "$counted" "$recorded")" \
	'(a commit that exceeds 1.05 names it)'
