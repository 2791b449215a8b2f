# krl.sh - OpenSSH's key revocation lists: what we write, ssh-keygen reads, and the other way round. Sourced by run.sh.

krl_key() { # NAME [CA ID SERIAL]: a key, certified by CA
	ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$work/$1"
	[ $# -lt 2 ] || ssh-keygen -q -s "$work/$2" -I "$3" -n carol -z "$4" "$work/$1.pub"
}
in_krl() { says 'REVOKED' ssh-keygen -Q -f "$work/krl" "$1"; }
# krl_agrees LABEL CODE WAY FILE: revoke-user and ssh-keygen say the same of it.
krl_agrees() {
	check_rc "$2" "$1: by revoke-user" revoke --check "$3" "$4"
	if [ "$2" = 1 ]; then check "$1: by ssh-keygen" in_krl "$4"; else check "$1: by ssh-keygen" fails in_krl "$4"; fi
}
all_agree() { # LABEL
	krl_agrees "$1, a key" 1 --key "$work/krl-a.pub"
	krl_agrees "$1, another key" 0 --key "$work/krl-b.pub"
	krl_agrees "$1, a serial" 1 --cert "$work/krl-17-cert.pub"
	krl_agrees "$1, the end of a range" 1 --cert "$work/krl-22-cert.pub"
	krl_agrees "$1, a serial beside it" 0 --cert "$work/krl-23-cert.pub"
	krl_agrees "$1, a key id" 1 --cert "$work/krl-id-cert.pub"
	krl_agrees "$1, an authority" 1 --cert "$work/krl-other-cert.pub"
	krl_agrees "$1, the authority's key" 1 --key "$work/krl-ca2.pub"
	krl_agrees "$1, the other authority's" 0 --key "$work/krl-ca1.pub"
}
listed_in() { ssh-keygen -Q -l -f "$1" | grep -v '^# KRL version\|^# Generated' | sort; }

case_krl() {
	local ca1
	fresh
	krl_key krl-ca1 && krl_key krl-ca2 && krl_key krl-a && krl_key krl-b
	krl_key krl-17 krl-ca1 carol 17 && krl_key krl-22 krl-ca1 dave 22 && krl_key krl-23 krl-ca1 erin 23
	krl_key krl-id krl-ca1 'we ird "x"' 30 && krl_key krl-other krl-ca2 frank 1
	ca1=$(ssh-keygen -l -f "$work/krl-ca1.pub" | cut -d' ' -f2)
	check_rc 4 "no KRL" revoke --import-krl "$work/krl-a.pub"
	check "is said to be none" says 'krl-a.pub: is not taken by ssh-keygen' revoke --import-krl "$work/krl-a.pub"
	check_rc 4 "one that is missing" revoke --import-krl "$work/nowhere"
	check_rc 2 "without a file" revoke --export-krl
	check_rc 2 "with a key" revoke --export-krl "$work/krl" --key "$work/krl-a.pub"
	check_rc 0 "an empty one" revoke --export-krl "$work/krl"
	check "is one" fails in_krl "$work/krl-a.pub"

	deny --key "$work/krl-a.pub" >/dev/null
	deny --cert "$work/krl-17-cert.pub" >/dev/null
	deny --cert "$ca1" --serial 20-22 >/dev/null
	deny --cert "$work/krl-id-cert.pub" --key-id 'we ird "x"' >/dev/null
	deny --ca "$work/krl-ca2.pub" >/dev/null
	deny alice >/dev/null
	check_rc 3 "certificates without their authority's key" revoke --export-krl "$work/krl"
	check "are left out, and it is said how to put them in" says 'cert:SHA256:.*: 3 entries want the public key of their authority: --ca FILE' revoke --export-krl "$work/krl"
	{ echo '# authorities'; cat "$work/krl-ca1.pub" "$work/krl-ca2.pub"; } >"$work/authorities"
	check_rc 0 "with it" revoke --export-krl "$work/krl" --ca "$work/authorities"
	check "5 entries are written" says ': 5 entries written' revoke --export-krl "$work/krl" --ca "$work/authorities"
	check "json" says '"entries": 5, "left_out": \[\], "exit": 0' revoke --export-krl "$work/krl" --ca "$work/authorities" --json
	check "nothing is left of the making" test -z "$(ls -d "$work"/state/krl.* 2>/dev/null)"
	all_agree "written"

	fresh
	check_rc 0 "read" revoke --import-krl "$work/krl" --reason leak --ref T9
	check_rc 0 "again: nothing is new" says ': 0 added, 5 known' revoke --import-krl "$work/krl" --reason leak
	all_agree "read"
	check "the reason stands in the list" test "$(grep -c 'ref="T9".*reason="leak"' "$console")" -eq 5
	check_rc 0 "written again" revoke --export-krl "$work/again" --ca "$work/authorities"
	check "it says the same" test "$(listed_in "$work/krl")" = "$(listed_in "$work/again")"
	check "nobody but root writes it" test "$(stat -c '%a %u' "$work/again")" = '644 0'

	echo precious >"$work/notes"
	check_rc 4 "a file that is none" revoke --export-krl "$work/notes"
	check "is not written over" grep -q precious "$work/notes"
	check_rc 3 "but by force" revoke --export-krl "$work/notes" --force
	check_rc 4 "a certificate for the key of an authority" revoke --export-krl "$work/again" --ca "$work/krl-17-cert.pub"
	printf 'cert:%s serial=010\ncert:%s serial=12-12\nkey:%s until=2099-01-01T00:00:00Z\n' "$ca1" "$ca1" "$(ssh-keygen -l -f "$work/krl-b.pub" | cut -d' ' -f2)" >>"$console"
	check "what ends is said" says '1 entry ends with its until=' revoke --export-krl "$work/again" --ca "$work/authorities"
	check "no number is octal" grep -q '^serial: 10$' <(listed_in "$work/again")
	check "a range of one" grep -q '^serial: 12$' <(listed_in "$work/again")
	printf 'nonsense\n' >>"$console"
	check_rc 3 "a list that is not whole" revoke --export-krl "$work/again" --ca "$work/authorities"
	check "is named" says 'console.list:[0-9]+: ' revoke --export-krl "$work/again" --ca "$work/authorities"
	sed -i '/^nonsense/d' "$console"
	check_rc 0 "started by one that ignores dead children" bash -c 'trap "" CHLD; exec "$@" </dev/null' sh "$revoke_user" --conf "$work/conf" --export-krl "$work/again" --ca "$work/authorities"
	deny --cert "$ca1" --key-id 'a # b' >/dev/null
	printf 'cert:%s serial=0\ncert:%s serial=7 keyid="x"\nkey:%s hosts=db*\n' "$ca1" "$ca1" "$ca1" >>"$console"
	check_rc 3 "what no KRL can say" revoke --export-krl "$work/again" --ca "$work/authorities"
	for reason in 'key id that ssh-keygen' 'means serial 0' 'each would deny alone' 'some services or hosts'; do
		check "is named: $reason" says "console.list:[0-9]+: .*$reason" revoke --export-krl "$work/again" --ca "$work/authorities"
	done

	fresh
	ssh-keygen -q -k -f "$work/krl-one" "$work/krl-a.pub"
	printf 'serial: 7\n' >"$work/spec"
	cp "$work/krl-one" "$work/krl"
	ssh-keygen -q -k -u -f "$work/krl" -s none "$work/spec"
	check_rc 4 "what no list of ours can say" revoke --import-krl "$work/krl" --reason leak
	check "is named" says 'line [0-9]+ of ssh-keygen -Q -l: is of no particular authority' revoke --import-krl "$work/krl" --reason leak
	check "and nothing was imported" fails test -s "$console"
	check_rc 3 "what the rest would be" revoke --import-krl "$work/krl" --reason leak --force --dry-run
	check "is said" says 'would be added, 0 known already, 1 left out' revoke --import-krl "$work/krl" --reason leak --force --dry-run
	check "and nothing was imported then" fails test -s "$console"
	check "json of the rest" says '"added": 1, "known": 0, "bad": 0, "left_out": 1, "dry_run": true, "exit": 3' revoke --import-krl "$work/krl" --reason leak --force --dry-run --json
	check_rc 3 "the rest is, by force" revoke --import-krl "$work/krl" --reason leak --force
	check "the history does not call it done" says 'import .* incomplete .*1 added, 0 known already, 1 left out' revoke --history
	check_rc 1 "and holds" revoke --check --key "$work/krl-a.pub"
	{ printf 'sha1: '; cat "$work/krl-b.pub"; } >"$work/spec"
	ssh-keygen -q -k -f "$work/krl" "$work/spec"
	check "a SHA1 hash is named" says 'is a SHA1 hash' revoke --import-krl "$work/krl"
}
