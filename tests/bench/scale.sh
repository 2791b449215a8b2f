#!/bin/bash
# scale.sh - the gate with lists of any size, beside its peers, in one run: read the ratios, the machine is not ours alone.
# PEOPLE (10000000) in the largest list; needs twice its text in TMPDIR.
cd "$(dirname "$0")/../.." || exit 1
people=${PEOPLE:-10000000}
work=$(mktemp -d -t revoke-scale.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$work"

stack() { # NAME LINE: a folder with the stack "LINE, then pam_permit"
	mkdir -p "$work/$1"
	{ [ -z "$2" ] || echo "account $2"; echo 'account required pam_permit.so'; } >"$work/$1/sshd"
}
# As the package ships it.
module=$PWD/build/bench/pam_revoke.so
strip --strip-unneeded -o "$module" build/pam_revoke.so || exit 1
# A list of COUNT people, a configuration and state of its own, and its index.
gate() { # COUNT
	local at=$work/state$1
	mkdir -p "$at/lists.d" "$at/index"
	build/bench/people "$1" >"$at/lists.d/fleet.list"
	chmod 600 "$at/lists.d/fleet.list"
	printf '[gate]\nlists = %s\n[revoke-user]\nstate_dir = %s\n' "$at/lists.d" "$at" >"$at/conf"
	stack "gate$1" "requisite $module conf=$at/conf"
}
compile() { build/revoke-user --compile --quiet --conf "$work/state$1/conf"; }
index_of() { ls "$work/state$1/index/"*.index; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

sizes="0 1000 100000 1000000"
for count in $sizes "$people"; do gate "$count"; done
for count in $sizes; do compile "$count" || exit 1; done

echo "$(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //'), kernel $(uname -r), $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)"
echo
list=$work/state$people/lists.d/fleet.list
echo "Compiling $people entries, $(stat -c %s "$list") bytes"
read -r sort_sec sort_mib < <(LC_ALL=C python3 tests/bench/cost.py sort --parallel=2 -T "$work" -o "$work/sorted" "$list")
rm -f "$work/sorted"
read -r ours_sec ours_mib < <(python3 tests/bench/cost.py build/revoke-user --compile --quiet --conf "$work/state$people/conf")
[ -s "$(index_of "$people")" ] || { echo 'the index was not made' >&2; exit 1; }
printf 'LC_ALL=C sort --parallel=2        %8s s   %6s MiB\n' "$sort_sec" "$sort_mib"
printf 'revoke-user --compile             %8s s   %6s MiB   ratio %s (bar 3; memory bar 1024 MiB)\n' "$ours_sec" "$ours_mib" "$(ratio "$ours_sec" "$sort_sec")"

echo
echo "pam_start, pam_acct_mgmt, pam_end in a fresh child; somebody who is not listed (bar: 1.15 of the empty module, 1.05 between sizes)"
stack permit ''
stack empty "required $PWD/build/bench/pam_empty.so"
stack nologin 'required pam_nologin.so'
seq -f 'person%.0f' 1000 >"$work/listfile.txt"
stack listfile "required pam_listfile.so item=user sense=deny onerr=fail file=$work/listfile.txt"
seq -f '-:person%.0f:ALL' 1000 >"$work/access.conf"
stack access "required pam_access.so accessfile=$work/access.conf"
build/bench/login "${ROUNDS:-1000}" "empty module=$work/empty" "pam_permit alone=$work/permit" "pam_nologin=$work/nologin" \
	"gate, 0=$work/gate0" "gate, 1,000=$work/gate1000" "gate, 100,000=$work/gate100000" "gate, 1,000,000=$work/gate1000000" \
	"gate, $people=$work/gate$people" "pam_listfile, 1,000=$work/listfile" || exit 1
build/bench/login 5 "empty module=$work/empty" "pam_access, 1,000 rules=$work/access" || exit 1

echo
echo 'A login with a certificate, 1,000,000 keys revoked: the gate beside sshd with RevokedKeys, which reads its KRL at each login'
echo "(ssh-keygen -Q, less what ssh-keygen -l takes; bar: 10 times as fast)"
at=$work/statekeys
mkdir -p "$at/lists.d" "$at/index"
python3 tests/bench/keys.py 1000000 "$at/lists.d/fleet.list" "$work/krl" && chmod 600 "$at/lists.d/fleet.list"
printf '[gate]\nlists = %s\n[revoke-user]\nstate_dir = %s\n' "$at/lists.d" "$at" >"$at/conf"
stack gatekeys "requisite $module conf=$at/conf"
compile keys || exit 1
ssh-keygen -q -t ed25519 -N '' -f "$work/ca" && ssh-keygen -q -t ed25519 -N '' -f "$work/key" && ssh-keygen -q -s "$work/ca" -I bench -n nobody -z 7 "$work/key.pub" || exit 1
# It is a KRL as it should be: of one that is made the same way ssh-keygen says that a key is in it, and another not.
ssh-keygen -q -t ed25519 -N '' -f "$work/burnt" && python3 tests/bench/keys.py 1000 "$work/small.list" "$work/small.krl" "$(ssh-keygen -l -f "$work/burnt.pub" | cut -d' ' -f2)" &&
	! ssh-keygen -Q -f "$work/small.krl" "$work/burnt.pub" >/dev/null && ssh-keygen -Q -f "$work/small.krl" "$work/key.pub" >/dev/null || exit 1
median_usec() { # ROUNDS CMD...
	local i begun rounds=$1
	shift
	for i in $(seq "$rounds"); do
		begun=${EPOCHREALTIME/[.,]/}
		"$@" >/dev/null || return 1
		echo $((${EPOCHREALTIME/[.,]/} - begun))
	done | sort -n | sed -n "$(((rounds + 1) / 2))p"
}
krl_usec=$(($(median_usec "${KRL_ROUNDS:-1}" ssh-keygen -Q -f "$work/krl" "$work/key-cert.pub") - $(median_usec 21 ssh-keygen -l -f "$work/key-cert.pub")))
export SSH_AUTH_INFO_0
SSH_AUTH_INFO_0="publickey $(cut -d' ' -f1,2 "$work/key-cert.pub")"
build/bench/login "${ROUNDS:-1000}" "empty module=$work/empty" "gate, 1,000,000 keys=$work/gatekeys" | tee "$work/keys.txt" || exit 1
unset SSH_AUTH_INFO_0
gate_usec=$(awk '/1,000,000 keys/ { print $4 }' "$work/keys.txt")
printf 'OpenSSH, KRL of 1,000,000 keys     %9s us; the whole transaction with the gate %s us: %s times as fast\n' "$krl_usec" "$gate_usec" "$(ratio "$krl_usec" "$gate_usec")"

echo
echo "One look-up among $people, warm; one scan of 100,000 lines"
build/bench/lookup "$list" "$(index_of "$people")" | head -n 3
build/bench/lookup "$work/state100000/lists.d/fleet.list" "$(index_of 100000)" | tail -n 1

echo
echo '64 logins at once, 1,000 people, 20 times, each from the moment all were let go (bar: no error, p99 at most 3 times the idle median)'
storm() { # NAME STACK WRITES
	local median p99 failed all
	read -r median p99 failed all < <(build/bench/storm "$work/$2" "$work/state1000/lists.d/fleet.list" "$3" 20)
	idle=${idle:-$median}
	printf '%-34s median %6s us   p99 %8s us   %s times the median when idle; %s of %s failed\n' "$1" "$median" "$p99" "$(ratio "$p99" "$idle")" "$failed" "$all"
}
idle=
storm 'empty module, idle' empty 0
storm 'empty module, 100 writes a second' empty 100
idle=
compile 1000  # the writes before have outdated it
storm 'gate, idle' gate1000 0
storm 'gate, 100 writes a second' gate1000 100

echo
echo 'Adding to and removing from a list of 1,000,000 (bar: twice the time of writing the file once)'
at=$work/state1000000
mkdir -p "$at/lists.d" && mv "$at/lists.d/fleet.list" "$at/lists.d/console.list" && build/revoke-user --compile --quiet --conf "$at/conf"
read -r write_sec _ < <(python3 tests/bench/cost.py dd if="$at/lists.d/console.list" of="$work/written" bs=1M conv=fsync status=none)
# What any way of replacing the whole of it costs here: the old file is given back to the disk as well.
cp "$work/written" "$work/replaced" && sync "$work/replaced"
read -r replace_sec _ < <(python3 tests/bench/cost.py mv -f "$work/written" "$work/replaced")
read -r add_sec _ < <(python3 tests/bench/cost.py build/revoke-user user:added --deny-only --reason bench --yes --quiet --conf "$at/conf")
read -r undo_sec _ < <(python3 tests/bench/cost.py build/revoke-user --undo user:added --quiet --conf "$at/conf")
printf 'dd conv=fsync %s s; --deny-only %s s, ratio %s; --undo %s s, ratio %s\n' "$write_sec" "$add_sec" "$(ratio "$add_sec" "$write_sec")" "$undo_sec" "$(ratio "$undo_sec" "$write_sec")"
printf 'putting it in the place of another of its size: %s s more\n' "$replace_sec"

echo
echo 'Instructions of one clear verdict with an index, by callgrind'
mkdir -p "$work/callgrind"
valgrind -q --tool=callgrind --callgrind-out-file="$work/callgrind/%p" --toggle-collect=pam_sm_acct_mgmt build/bench/login 1 "x=$work/gate$people" >/dev/null 2>&1
counted=$(sed -n 's/^totals: \([1-9][0-9]*\)$/\1/p' "$work"/callgrind/* | sort -n | tail -n 1)
recorded=$(sed -n 's/^Instructions of one clear verdict: \([0-9]*\).*/\1/p' tests/bench/RESULTS.md)
echo "$counted; recorded in RESULTS.md $recorded: $(ratio "$counted" "$recorded") (more than 1.05 must be said in the commit)"
