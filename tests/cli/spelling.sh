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
build_nss() { # NAME
	check "NSS source $1: is built" gcc -Wall -Wextra -Werror -O1 -shared -fPIC \
		-o "$work/nss/libnss_$1.so.2" "tests/nss/$1.c"
}
on_conf() { folded "$@" --conf "$work/conf"; }
last_lines() { tail -n "${1:-1}" "$console"; }
case_spelling() {
	local name
	fresh
	mkdir -p "$work/nss"
	build_nss fold
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

deny_hung() { on_conf timeout 60 "$revoke_user" "$@" --reason test --no-end --yes; }
# An NSS source that never answers: the local user is revoked anyway.
case_hanging_accounts() {
	local late='the account database did not answer in time'
	fresh
	mkdir -p "$work/nss"
	build_nss hang
	printf 'passwd: files hang\ngroup: files hang\ninitgroups: files hang\n' \
		>"$work/nss/nsswitch.conf"
	printf '%s:x:%s:%s::/nonexistent:/bin/sh\n' root 0 0 nana 6100 6100 nora 6101 6101 \
		>"$work/nss/passwd"
	check "a hanging account database: needs --force, exit 4" \
		prints 4 "^revoke-user: nana: the admin groups cannot be checked: $late" deny_hung nana
	check_rc 0 "a hanging account database, --force: revoked" deny_hung nana --force
	check "a hanging account database, --force: the entry has the UID" \
		says '^user:nana uid=6100 ' last_lines
	check_rc 1 "a hanging account database: the gate denies" \
		on_conf timeout 60 "$revokectl" check nana
	check_rc 0 "a hanging account database: the gate allows another local user" \
		on_conf timeout 60 "$revokectl" check nora
	check "a hanging account database: a user that only it may have is revoked by name" \
		prints 0 'in the account database' deny_hung ghost --force
	check "a hanging account database: the entry has no UID" says '^user:ghost by=' last_lines
	check "a hanging account database: import needs --force" \
		prints 4 'the admin and exempt groups cannot be checked; --force is needed' \
		on_conf timeout 60 "$revokectl" import "$work/leavers.csv"
	check "a hanging account database: import warns, and adds no uid=" \
		prints 0 'without uid=: the account database did not answer' \
		import_hung
	check_rc 0 "a hanging account database: restored" \
		on_conf timeout 60 "$revoke_user" --undo nana
	check "a hanging account database: no child is left" \
		fails pgrep -f "^$revoke_user"
}
full_journal() { # CMD...
	# shellcheck disable=SC2016 # the other shell expands it
	unshare -m sh -c 'mount -t tmpfs tmpfs /run && mkdir -p "$0" && exec "$@"' \
		/run/systemd/journal python3 tests/cli/full_journal.py /run/systemd/journal/socket \
		"$@" --conf "$work/conf" </dev/null
}
# A journal that is stopped, and a FIFO for a key, delay a revocation and cannot stop it.
case_hanging_peers() {
	fresh
	check "a journal that is stopped: revoked, and the loss is printed" \
		prints 0 'the journal did not accept [0-9]+ entr' \
		full_journal "$revoke_user" nana --reason test --no-end --yes --force
	check "a journal that is stopped: the history has the record" \
		says '"target": "user:nana".*"result": "done"' tail -n 1 "$work/state/history.jsonl"
	mkfifo "$work/fifo"
	check "a FIFO as a key file: refused at once" \
		prints 2 "$work/fifo" revoke --key "$work/fifo" --reason test
	check "a FIFO as an import file: refused at once" prints 4 "$work/fifo" \
		ctl import "$work/fifo"
	rm "$work/fifo"
}
import_hung() {
	printf 'ghost2,left\n' >"$work/ghost.csv"
	on_conf timeout 120 "$revokectl" import "$work/ghost.csv" --force
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
