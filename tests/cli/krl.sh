#!/bin/bash
# krl.sh - OpenSSH's key revocation lists: ssh-keygen reads what we write, and we read what it
# writes. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh
# shellcheck source=tests/cli/keys.sh
. tests/cli/keys.sh

krl=$work/krl authorities=$work/authorities
krl_key() { # NAME [CA ID SERIAL]: a key, certified by CA
	ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$work/$1"
	[ $# -lt 2 ] || ssh-keygen -q -s "$work/$2" -I "$3" -n carol -z "$4" "$work/$1.pub"
}
in_krl() { says 'REVOKED' ssh-keygen -Q -f "$krl" "$1"; }
# krl_agrees LABEL CODE OPTION FILE: revokectl and ssh-keygen return the same.
krl_agrees() {
	local wanted=()
	[ "$2" = 1 ] || wanted=(fails)
	check_rc "$2" "$1: by revokectl" ctl check "$3" "$4"
	check "$1: by ssh-keygen" "${wanted[@]}" in_krl "$4"
}
all_agree() { # LABEL
	krl_agrees "$1, a key" 1 --key "$work/krl-a.pub"
	krl_agrees "$1, another key" 0 --key "$work/krl-b.pub"
	krl_agrees "$1, a serial" 1 --cert "$work/krl-17-cert.pub"
	krl_agrees "$1, the end of a range" 1 --cert "$work/krl-22-cert.pub"
	krl_agrees "$1, a serial after the range" 0 --cert "$work/krl-23-cert.pub"
	krl_agrees "$1, a key id" 1 --cert "$work/krl-id-cert.pub"
	krl_agrees "$1, an authority" 1 --cert "$work/krl-other-cert.pub"
	krl_agrees "$1, the authority's key" 1 --key "$work/krl-ca2.pub"
	krl_agrees "$1, the other authority's key" 0 --key "$work/krl-ca1.pub"
}
listed_in() { ssh-keygen -Q -l -f "$1" | grep -v '^# KRL version\|^# Generated' | sort; }

case_krl() {
	local ca1
	krl_make_keys
	krl_usage
	krl_export
	krl_import
	krl_export_over_files
	krl_export_incomplete
	krl_import_incomplete
}
krl_make_keys() {
	fresh
	krl_key krl-ca1 && krl_key krl-ca2 && krl_key krl-a && krl_key krl-b
	krl_key krl-17 krl-ca1 carol 17 && krl_key krl-22 krl-ca1 dave 22
	krl_key krl-23 krl-ca1 erin 23
	krl_key krl-id krl-ca1 'we ird "x"' 30 && krl_key krl-other krl-ca2 frank 1
	ca1=$(fingerprint "$work/krl-ca1.pub")
}
krl_usage() {
	check_rc 4 "KRL import of a public key: fails" ctl import-krl "$work/krl-a.pub"
	check "KRL import of a public key: the message names the file" \
		says 'krl-a.pub: rejected by ssh-keygen' ctl import-krl "$work/krl-a.pub"
	check_rc 4 "KRL import of a missing file: fails" ctl import-krl "$work/nowhere"
	check_rc 2 "KRL export without a file: usage error" ctl export-krl
	check_rc 2 "KRL export with a key: usage error" \
		ctl export-krl "$krl" --key "$work/krl-a.pub"
	check_rc 0 "KRL export of no entries: succeeds" ctl export-krl "$krl"
	check "KRL export of no entries: a valid KRL" fails in_krl "$work/krl-a.pub"
}
krl_export() {
	deny --key "$work/krl-a.pub" >/dev/null
	deny --cert "$work/krl-17-cert.pub" >/dev/null
	deny --cert "$ca1" --serial 20-22 >/dev/null
	deny --cert "$work/krl-id-cert.pub" --key-id 'we ird "x"' >/dev/null
	deny --ca "$work/krl-ca2.pub" >/dev/null
	deny alice >/dev/null
	check_rc 3 "KRL export without the public key of the CA: incomplete" \
		ctl export-krl "$krl"
	check "KRL export without the public key of the CA: the message names the option" \
		says 'cert:SHA256:.*: 3 entries without the public key of the CA; use --ca FILE' \
		ctl export-krl "$krl"
	{ echo '# authorities'; cat "$work/krl-ca1.pub" "$work/krl-ca2.pub"; } >"$authorities"
	check_rc 0 "KRL export with the public key of the CA: succeeds" \
		ctl export-krl "$krl" --ca "$authorities"
	check "KRL export with the public key of the CA: 5 entries written" \
		says ': 5 entries written' ctl export-krl "$krl" --ca "$authorities"
	check "KRL export with the public key of the CA: JSON has the entries" \
		says '"entries": 5, "left_out": \[\], "exit": 0' \
		ctl export-krl "$krl" --ca "$authorities" --json
	check "KRL export with the public key of the CA: no temporary file is left" \
		test -z "$(ls -d "$work"/state/krl.* 2>/dev/null)"
	all_agree "KRL export"
}
krl_import() {
	fresh
	check_rc 0 "KRL import: succeeds" ctl import-krl "$krl" --reason leak --ref T9
	check_rc 0 "KRL import again: nothing is new" \
		says ': 0 added, 5 already known' ctl import-krl "$krl" --reason leak
	all_agree "KRL import"
	check "KRL import: the list has the reason" \
		test "$(grep -c 'ref="T9".*reason="leak"' "$console")" -eq 5
	check_rc 0 "KRL export of the imported list: succeeds" \
		ctl export-krl "$work/again" --ca "$authorities"
	check "KRL export of the imported list: the same entries" \
		test "$(listed_in "$krl")" = "$(listed_in "$work/again")"
	check "KRL export of the imported list: writable by root alone" \
		test "$(stat -c '%a %u' "$work/again")" = '644 0'
}
krl_export_over_files() {
	echo precious >"$work/notes"
	check_rc 4 "KRL export over a file that is no KRL: fails" ctl export-krl "$work/notes"
	check "KRL export over a file that is no KRL: the file is kept" \
		grep -q precious "$work/notes"
	check_rc 3 "KRL export over a file that is no KRL: succeeds with force" \
		ctl export-krl "$work/notes" --force
	check_rc 4 "KRL export with a certificate instead of a CA: fails" \
		ctl export-krl "$work/again" --ca "$work/krl-17-cert.pub"
}
krl_export_incomplete() {
	local reason exporting=(ctl export-krl "$work/again" --ca "$authorities")
	printf '%s\n' "cert:$ca1 serial=010" "cert:$ca1 serial=12-12" \
		"key:$(fingerprint "$work/krl-b.pub") until=2099-01-01T00:00:00Z" >>"$console"
	check "KRL export of an entry with an end: reported" \
		says '1 entry has until=' "${exporting[@]}"
	check "KRL export of serial 010: decimal" grep -q '^serial: 10$' <(listed_in "$work/again")
	check "KRL export of range 12-12: one serial" \
		grep -q '^serial: 12$' <(listed_in "$work/again")
	printf 'nonsense\n' >>"$console"
	check_rc 3 "KRL export of a list with an invalid line: incomplete" "${exporting[@]}"
	check "KRL export of a list with an invalid line: the message names the line" \
		says 'console.list:[0-9]+: ' "${exporting[@]}"
	sed -i '/^nonsense/d' "$console"
	check_rc 0 "KRL export while child signals are ignored: succeeds" \
		env --ignore-signal=CHLD "$revokectl" "${exporting[@]:1}" --conf "$work/conf" \
		</dev/null
	deny --cert "$ca1" --key-id 'a # b' >/dev/null
	printf '%s\n' "cert:$ca1 serial=0" "cert:$ca1 serial=7 keyid=\"x\"" "key:$ca1 hosts=db*" \
		>>"$console"
	check_rc 3 "KRL export of entries that no KRL can hold: incomplete" "${exporting[@]}"
	for reason in 'key ID that ssh-keygen cannot read' 'serial 0' 'a KRL cannot combine them' \
		'some services or hosts'; do
		check "KRL export of entries that no KRL can hold: $reason" \
			says "console.list:[0-9]+: .*$reason" "${exporting[@]}"
	done
}
krl_import_incomplete() {
	local importing=(ctl import-krl "$krl" --reason leak)
	fresh
	ssh-keygen -q -k -f "$work/krl-one" "$work/krl-a.pub"
	printf 'serial: 7\n' >"$work/spec"
	cp "$work/krl-one" "$krl"
	ssh-keygen -q -k -u -f "$krl" -s none "$work/spec"
	check_rc 4 "KRL import of a KRL without a CA: fails" "${importing[@]}"
	check "KRL import of a KRL without a CA: the message names the line" \
		says 'line [0-9]+ of ssh-keygen -Q -l: a serial or key ID without a CA' \
		"${importing[@]}"
	check "KRL import of a KRL without a CA: nothing is imported" fails test -s "$console"
	check_rc 3 "KRL forced import, dry run: incomplete" "${importing[@]}" --force --dry-run
	check "KRL forced import, dry run: prints what would be left out" \
		says 'would be added, 0 already known, 1 left out' \
		"${importing[@]}" --force --dry-run
	check "KRL forced import, dry run: nothing is imported" fails test -s "$console"
	check "KRL forced import, dry run: JSON has left_out" \
		says '"added": 1, "known": 0, "bad": 0, "left_out": 1, "dry_run": true, "exit": 3' \
		"${importing[@]}" --force --dry-run --json
	check_rc 3 "KRL forced import: incomplete" "${importing[@]}" --force
	check "KRL forced import: the history has incomplete as result" \
		says 'import .* incomplete .*1 added, 0 already known, 1 left out' ctl history
	check_rc 1 "KRL forced import: the key is revoked" ctl check --key "$work/krl-a.pub"
	{ printf 'sha1: '; cat "$work/krl-b.pub"; } >"$work/spec"
	ssh-keygen -q -k -f "$krl" "$work/spec"
	check "KRL import of a SHA1 hash: the message names it" \
		says 'a SHA1 hash has no equivalent' ctl import-krl "$krl"
}
