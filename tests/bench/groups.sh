#!/bin/bash
# groups.sh - logins of a user in 4,000 groups, with 1, 100 and 10,000 entries of groups, beside
# pam_succeed_if with as many rules. The groups are in a /etc/group of this script alone. As root.
[ "${REVOKE_NAMESPACE:-}" = $$ ] || REVOKE_NAMESPACE=$$ exec unshare -m -- "$0" "$@"
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d -t revoke-groups.XXXXXX)
trap 'umount -l /etc/group 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$work"
{ cat /etc/group; seq 100001 104000 | sed 's/.*/team&:x:&:nobody/'; } >"$work/group"
chmod 644 "$work/group"
mount --bind "$work/group" /etc/group || exit 1
[ "$(id -G nobody | wc -w)" -gt 4000 ] || { echo 'nobody is not in the groups' >&2; exit 1; }

stack() { # NAME LINE...: a directory with the stack "LINE..., then pam_permit"
	local name=$1
	shift
	mkdir -p "$work/$name"
	printf 'account %s\n' "$@" 'required pam_permit.so' >"$work/$name/sshd"
}
module=$PWD/build/bench/pam_revoke.so
strip --strip-unneeded -o "$module" build/pam_revoke.so || exit 1
gate() { # COUNT: a list of that many groups, in none of which the user is
	local at=$work/state$1
	mkdir -p "$at/lists.d" "$at/index"
	{ echo '# pam_revoke list 1'; seq -f 'group:leavers%.0f reason="contract over"' "$1"; } \
		>"$at/lists.d/fleet.list"
	chmod 600 "$at/lists.d/fleet.list"
	printf '[gate]\nlists = %s\n[revoke-user]\nstate_dir = %s\n' "$at/lists.d" "$at" >"$at/conf"
	stack "gate$1" "requisite $module conf=$at/conf"
	build/revokectl reindex --quiet --conf "$at/conf" || exit 1
}
peer() { # COUNT: as many rules
	local rules
	mapfile -t rules < <(seq -f 'required pam_succeed_if.so quiet user notingroup leavers%.0f' "$1")
	stack "peer$1" "${rules[@]}"
}
for count in 1 100 10000; do gate $count; done
peer 1
peer 100
stack empty "required $PWD/build/bench/pam_empty.so"
echo 'pam_start, pam_acct_mgmt, pam_end in a fresh child, for a user in 4,000 groups'
echo '(bar: with one entry, at most 2 times pam_succeed_if)'
build/bench/login "${ROUNDS:-30}" "pam_succeed_if, 1 rule=$work/peer1" \
	"gate, 1 group=$work/gate1" "gate, 100 groups=$work/gate100" \
	"pam_succeed_if, 100 rules=$work/peer100" "gate, 10,000 groups=$work/gate10000" \
	"empty module=$work/empty"
