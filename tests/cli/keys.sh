#!/bin/bash
# keys.sh - keys, certificates and CAs as targets, on the command line. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

fingerprint() { ssh-keygen -l -f "$1" | cut -d' ' -f2; } # FILE

case_keys() {
	local key ca other
	fresh
	ssh-keygen -q -t ed25519 -N '' -C 'a comment with ssh-words' -f "$work/key"
	ssh-keygen -q -t ed25519 -N '' -f "$work/ca"
	ssh-keygen -q -t ecdsa -N '' -f "$work/other"
	ssh-keygen -q -s "$work/ca" -I 'alice "at" home' -n alice -z 17 "$work/key.pub"
	ssh-keygen -q -s "$work/ca" -I 'no number' -n alice "$work/other.pub"
	key=$(fingerprint "$work/key.pub")
	ca=$(fingerprint "$work/ca.pub")
	other=$(fingerprint "$work/other.pub")
	key_entries
	certificate_entries
	key_usage
	imported_keys
}

# The cases below use key, ca and other of case_keys.
imported_keys() {
	fresh
	{
		echo '# of stolen laptops'
		cat "$work/key.pub"
		echo "  $(cat "$work/other.pub")"
		echo zoe
		echo "yan,lost $(cat "$work/ca.pub")"
	} >"$work/revoked_keys"
	check_rc 0 "import of public keys: succeeds" \
		ctl import "$work/revoked_keys" --reason stolen --ref T9
	check "import of public keys: the list has the first" grep -q "^key:$key ref=\"T9\"" "$console"
	check "import of public keys: the list has the second" \
		grep -q "^key:$other ref=\"T9\"" "$console"
	check "import of public keys: the list has the name" grep -q '^user:zoe ' "$console"
	check "import: a reason with a key is a reason" grep -q '^user:yan .*lost ssh-' "$console"
	check "import: the key in a reason has no entry" fails grep -q "^key:$ca" "$console"
	check_rc 1 "imported key: revoked" ctl check --key "$work/key.pub"
	refused 4 "a certificate; use 'revoke-user --cert FILE'" "import of a certificate" \
		ctl import "$work/key-cert.pub" --reason stolen
}
key_entries() {
	check_rc 0 "key: revoked by its fingerprint" deny --key "$key" --ref T1
	check "key: the list has the entry" grep -q "^key:$key ref=\"T1\"" "$console"
	check_rc 1 "key: revoked by fingerprint" ctl check --key "$key"
	check_rc 1 "key: revoked by the file of the public key" ctl check --key "$work/key.pub"
	check_rc 1 "key: revoked by the file of its certificate" \
		ctl check --key "$work/key-cert.pub"
	check_rc 1 "key: revoked in the spelling of the list" ctl check "key:$key"
	check_rc 0 "other key: clear" ctl check --key "$work/other.pub"
	check_rc 4 "key: revoked again, nothing changes" deny --key "$key" --ref T1
	check_rc 0 "key: revoked again with its user" deny --key "$key" --user 'CORP\alice'
	check "key with its user: the list prints it" \
		says '^key:SHA256:[^ ]+ \(CORP\\alice\) ' ctl list
	check_rc 4 "key: revoked again without its user, nothing changes" deny --key "$key"
	check_rc 0 "alice: clear while the key is revoked" ctl check alice
	check "history: names the key" says 'revoke +key:SHA256:.* done ' ctl history
	check_rc 0 "key: undo as a dry run" revoke --undo --key "$key" --dry-run
	check_rc 0 "key: undo succeeds" revoke --undo --key "$work/key.pub"
	check_rc 0 "key: clear after the undo" ctl check --key "$key"
	check_rc 4 "key: a second undo changes nothing" revoke --undo --key "$key"

}
certificate_entries() {
	check_rc 0 "certificate: revoked by its file" deny --cert "$work/key-cert.pub"
	check "certificate: the entry has CA and serial" \
		grep -q "^cert:$ca serial=\"17\"" "$console"
	check_rc 0 "serial range 20-22: revoked" deny --cert "$ca" --serial 20-22
	check_rc 0 "key ID: revoked" deny --cert "$ca" --key-id 'alice "at" home'
	check "CA: the list has three entries" test "$(grep -c "^cert:$ca" "$console")" -eq 3
	check_rc 1 "certificate: revoked by the file" ctl check --cert "$work/key-cert.pub"
	check_rc 1 "serial 21: revoked" ctl check --cert "$ca" --serial 21
	check_rc 0 "serial 19: clear" ctl check --cert "$ca" --serial 19
	check_rc 0 "serial 21: revoked by an entry of its own" deny --cert "$ca" --serial 21
	check_rc 3 "serial range 20-22: undo is incomplete while serial 21 is revoked" \
		revoke --undo --cert "$ca" --serial 20-22
	check_rc 0 "serial 21: undo succeeds" revoke --undo --cert "$ca" --serial 21
	check_rc 0 "serial range from 1000: revoked" \
		deny --cert "$ca" --serial 1000-18446744073709551615
	check_rc 1 "serial range from 1000: its last serial is revoked" \
		ctl check --cert "$ca" --serial 18446744073709551615
	check_rc 3 "serial range from 1000: undo cannot be verified" \
		revoke --undo --cert "$ca" --serial 1000-18446744073709551615
	check "serial range from 1000: undo keeps the other entries" \
		test "$(grep -c "^cert:$ca" "$console")" -eq 2
	check_rc 0 "certificate without a serial: revoked by its key ID" \
		deny --cert "$work/other-cert.pub"
	check "certificate without a serial: the entry has the key ID" \
		grep -q "^cert:$ca keyid=\"no number\"" "$console"
	check_rc 0 "CA: revoked" deny --ca "$work/ca.pub"
	check_rc 1 "CA: its certificates are revoked" ctl check --cert "$ca" --serial 19
	check_rc 0 "other key: revoked from a later date" deny --key "$other" --from +1d
	check_rc 0 "other key: clear before that date" ctl check --key "$other"

}
key_usage() {
	refused 2 'not a SHA256: fingerprint' "invalid fingerprint" deny --key SHA256:short
	refused 2 'none.pub: cannot open' "missing key file" deny --key "$work/none.pub"
	refused 2 'not a public key file' "private key instead of a public key" \
		deny --key "$work/key"
	refused 2 'not a public key file' "program instead of a public key" \
		deny --key /bin/true
	refused 2 'a certificate, not the public key of a CA' "certificate instead of a CA" \
		deny --ca "$work/key-cert.pub"
	refused 2 'add --serial or --key-id' "certificate by its CA alone" deny --cert "$ca"
	cat "$work/key.pub" "$work/other.pub" >"$work/two.pub"
	refused 2 'more than one key' "file with two keys" deny --key "$work/two.pub"
	refused 4 'already revoked for a longer period; use --undo first' "planned entry shortened" \
		deny --key "$other" --until +1h
	refused 2 'a key without a certificate' "public key instead of a certificate" \
		deny --cert "$work/key.pub"
	refused 2 'exclude each other' "key and CA together" deny --key "$key" --ca "$ca"
	refused 2 'exclude each other' "key and user together" deny alice --key "$key"
	refused 2 "need '--cert'" "serial with a key" deny --key "$key" --serial 17
	refused 2 'invalid serial' "invalid serial range" \
		deny --cert "$ca" --serial 20-17
	refused 2 "'--key' cannot be used with 'revokectl list'" "list with a key" ctl list --key "$key"
	refused 2 'selects its own sessions' "key with a terminal" \
		ctl end --key "$key" --tty pts/1
	refused 2 '--reason is required' "key without a reason" revoke --key "$key" --no-end
}
