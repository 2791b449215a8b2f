#!/bin/bash
# spelling.sh - names that the account database takes in several spellings. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

# folded CMD...: with an account database that also takes ALICE, alice@corp and CORP\\alice.
folded() {
	# shellcheck disable=SC2016 # the other shell expands it
	unshare -m sh -c 'mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf &&
		mount --bind "$1/passwd" /etc/passwd && export LD_LIBRARY_PATH="$1" && shift &&
		exec "$@"' sh "$work/nss" "$@" </dev/null
}
on_conf() { folded "$@" --conf "$work/conf"; }
last_lines() { tail -n "${1:-1}" "$console"; }
case_spelling() {
	local name
	fresh
	mkdir -p "$work/nss"
	gcc -Wall -Wextra -Werror -O1 -shared -fPIC -o "$work/nss/libnss_fold.so.2" \
		tests/nss/fold.c || return
	printf 'passwd: files fold\ngroup: files\n' >"$work/nss/nsswitch.conf"
	printf '%s:x:%s:%s::/nonexistent:/bin/sh\n' root 0 0 nana 6100 6100 nora 6101 6101 \
		>"$work/nss/passwd"
	printf '# pam_revoke list 1\nuser:nana reason="of a fleet"\n' >"$work/lists/fleet.list"
	for name in nana NANA nana@corp 'CORP\nana'; do
		check_rc 1 "gate, an entry without uid=, typed $name: revoked" \
			on_conf "$revokectl" check "$name"
	done
	check_rc 0 "gate, typed NORA, who has no entry: clear" on_conf "$revokectl" check NORA
	seq -f 'user:other%.0f reason="x"' 2000 >>"$work/lists/fleet.list"
	ctl reindex >/dev/null
	check_rc 1 "gate with an index, typed NANA: revoked" on_conf "$revokectl" check NANA
	check_rc 0 "gate with an index, typed NORA: clear" on_conf "$revokectl" check NORA
	rm "$work/lists/fleet.list"
	check_rc 0 "revocation, typed NORA@corp: done" \
		on_conf "$revoke_user" NORA@corp --reason test --no-end --yes
	check "revocation, typed NORA@corp: the entry has the name of the account database" \
		says '^user:nora uid=6101 ' last_lines
	check_rc 0 "undo, typed Nora: restored" on_conf "$revoke_user" --undo Nora
	check_rc 0 "gate after the undo: clear" on_conf "$revokectl" check nora
	printf 'nana,left\nunknown,left\n' >"$work/leavers.csv"
	check_rc 0 "import: done" on_conf "$revokectl" import "$work/leavers.csv"
	check "import: adds uid= for a user with an account" says '^user:nana uid=6100 ' last_lines 2
	check "import: adds none for a user without one" fails says 'uid=' last_lines
	check_rc 4 "a second import: nothing is changed" \
		on_conf "$revokectl" import "$work/leavers.csv"
}

# An entry has the UID: it denies each name of it.
case_alias() {
	fresh
	mkdir -p "$work/nss"
	printf 'passwd: files\ngroup: files\n' >"$work/nss/nsswitch.conf"
	printf '%s:x:%s:%s::/nonexistent:/bin/sh\n' root 0 0 nana 6100 6100 nana2 6100 6100 \
		>"$work/nss/passwd"
	check_rc 4 "revocation of an alias, no sessions ended: refused" \
		on_conf "$revoke_user" nana2 --reason test --no-end --yes
	check "revocation of an alias: the other name is printed" \
		says 'nana2: shares a UID with nana; their logins are denied as well' \
		on_conf "$revoke_user" nana2 --reason test --no-end --yes
	check_rc 0 "revocation of an alias, --force: done" \
		on_conf "$revoke_user" nana2 --reason test --no-end --yes --force
	check_rc 1 "gate about the other name: revoked" on_conf "$revokectl" check nana
}
