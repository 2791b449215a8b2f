#!/bin/bash
# run.sh - the gate in a login transaction, beside its peers, in one run: read the ratios, the machine is not ours alone.
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/revoke-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$work"
stack() { # NAME LINE: a folder with the stack "LINE, then pam_permit"
	mkdir -p "$work/$1"
	{ [ -z "$2" ] || echo "account $2"; echo 'account required pam_permit.so'; } >"$work/$1/sshd"
}
list() { # COUNT: a revocation list of that many people
	mkdir -p "$work/lists$1"
	{ echo '# pam_revoke list 1'; seq -f 'user:person%.0f' "$1"; } >"$work/lists$1/a.list"
}
gate() { list "$1"; stack "gate$1" "requisite $PWD/build/pam_revoke.so lists=$work/lists$1"; }
stack permit ''
stack empty "required $PWD/build/bench/pam_empty.so"
stack nologin 'required pam_nologin.so'
for count in 0 1000 100000; do gate $count; done
for count in 1000 100000; do
	seq -f 'person%.0f' $count >"$work/listfile$count.txt"
	stack "listfile$count" "required pam_listfile.so item=user sense=deny onerr=fail file=$work/listfile$count.txt"
done
seq -f '-:person%.0f:ALL' 1000 >"$work/access.conf"
stack access1000 "required pam_access.so accessfile=$work/access.conf"

echo "pam_start, pam_acct_mgmt, pam_end in a fresh child; somebody who is not listed; $(nproc) cores, $(uname -r)"
build/bench/login "${ROUNDS:-300}" "empty module=$work/empty" "pam_permit alone=$work/permit" "pam_nologin=$work/nologin" \
	"gate, empty list=$work/gate0" "gate, 1,000 people=$work/gate1000" "pam_listfile, 1,000 people=$work/listfile1000" || exit 1
build/bench/login 30 "gate, 1,000 people=$work/gate1000" "gate, 100,000 people (text, no index yet)=$work/gate100000" \
	"pam_listfile, 100,000 people=$work/listfile100000" || exit 1
build/bench/login 5 "gate, 1,000 people=$work/gate1000" "pam_access, 1,000 rules=$work/access1000"
