# keys.sh - a key instead of a person, on the command line. Sourced by run.sh.

case_keys() {
	local key ca other
	fresh
	ssh-keygen -q -t ed25519 -N '' -C 'a comment with ssh-words' -f "$work/key"
	ssh-keygen -q -t ed25519 -N '' -f "$work/ca"
	ssh-keygen -q -t ecdsa -N '' -f "$work/other"
	ssh-keygen -q -s "$work/ca" -I 'alice "at" home' -n alice -z 17 "$work/key.pub"
	ssh-keygen -q -s "$work/ca" -I 'no number' -n alice "$work/other.pub"
	key=$(ssh-keygen -l -f "$work/key.pub" | cut -d' ' -f2)
	ca=$(ssh-keygen -l -f "$work/ca.pub" | cut -d' ' -f2)
	other=$(ssh-keygen -l -f "$work/other.pub" | cut -d' ' -f2)

	check_rc 0 "a key by its fingerprint" deny --key "$key" --ref T1
	check "is in the list" grep -q "^key:$key ref=\"T1\"" "$console"
	check_rc 1 "and revoked" revoke --check --key "$key"
	check_rc 1 "by its file" revoke --check --key "$work/key.pub"
	check_rc 1 "and by that of its certificate" revoke --check --key "$work/key-cert.pub"
	check_rc 1 "and as the list has it" revoke --check "key:$key"
	check_rc 0 "another is clear" revoke --check --key "$work/other.pub"
	check_rc 4 "again: nothing changes" deny --key "$key" --ref T1
	check_rc 0 "the person is clear" revoke --check alice
	check "the history names the key" says 'revoke +key:SHA256:.* done ' revoke --history
	check_rc 0 "undo, dry" revoke --undo --key "$key" --dry-run
	check_rc 0 "undo" revoke --undo --key "$work/key.pub"
	check_rc 0 "it is clear" revoke --check --key "$key"
	check_rc 4 "undo again" revoke --undo --key "$key"

	check_rc 0 "a certificate by its file" deny --cert "$work/key-cert.pub"
	check "is denied by authority and serial" grep -q "^cert:$ca serial=\"17\"" "$console"
	check_rc 0 "another serial of it" deny --cert "$ca" --serial 20-22
	check_rc 0 "and a key id" deny --cert "$ca" --key-id 'alice "at" home'
	check "are entries of their own" test "$(grep -c "^cert:$ca" "$console")" -eq 3
	check_rc 1 "the first is revoked" revoke --check --cert "$work/key-cert.pub"
	check_rc 1 "the second is" revoke --check --cert "$ca" --serial 21
	check_rc 0 "one beside them is clear" revoke --check --cert "$ca" --serial 19
	check_rc 0 "a serial within that" deny --cert "$ca" --serial 21
	check_rc 3 "undo of one, while another denies a part of it" revoke --undo --cert "$ca" --serial 20-22
	check_rc 0 "undo of the other" revoke --undo --cert "$ca" --serial 21
	check_rc 0 "a range of very many" deny --cert "$ca" --serial 1000-18446744073709551615
	check_rc 1 "its last is revoked" revoke --check --cert "$ca" --serial 18446744073709551615
	check_rc 3 "undo of what can not all be asked about" revoke --undo --cert "$ca" --serial 1000-18446744073709551615
	check "leaves the others" test "$(grep -c "^cert:$ca" "$console")" -eq 2
	check_rc 0 "a certificate without a serial is known by its key id" deny --cert "$work/other-cert.pub"
	check "which the list says" grep -q "^cert:$ca keyid=\"no number\"" "$console"
	check_rc 0 "an authority" deny --ca "$work/ca.pub"
	check_rc 1 "denies what it signed" revoke --check --cert "$ca" --serial 19
	check_rc 0 "in force later" deny --key "$other" --from +1d
	check_rc 0 "is not now" revoke --check --key "$other"

	refused 2 'is not a SHA256: fingerprint' "a fingerprint that is none" deny --key SHA256:short
	refused 2 'can not be opened' "a file that is not there" deny --key "$work/none.pub"
	refused 2 'is no file of a public key' "a private key" deny --key "$work/key"
	refused 2 'is no file of a public key' "a program" deny --key /bin/true
	refused 2 'is a certificate, not the public key' "a certificate as an authority" deny --ca "$work/key-cert.pub"
	refused 2 'say --serial or --key-id' "a certificate of nothing but an authority" deny --cert "$ca"
	cat "$work/key.pub" "$work/other.pub" >"$work/two.pub"
	refused 2 'has more than one key' "two keys" deny --key "$work/two.pub"
	refused 4 'denied already, and for longer' "a planned denial is not lost by a short one" deny --key "$other" --until +1h
	refused 2 'is a key without a certificate' "a certificate that is none" deny --cert "$work/key.pub"
	refused 2 'exclude each other' "two at once" deny --key "$key" --ca "$ca"
	refused 2 'exclude each other' "a key and a name" deny alice --key "$key"
	refused 2 'go with --cert' "a serial of a key" deny --key "$key" --serial 17
	refused 2 'neither a number nor a range' "a serial that is none" deny --cert "$ca" --serial 20-17
	refused 2 'takes no key' "a list of keys" revoke --list --key "$key"
	refused 2 'selects its own sessions' "a key and a terminal" revoke --end-only --key "$key" --tty pts/1
	refused 2 '--reason is required' "without a reason" revoke --key "$key" --deny-only
}
