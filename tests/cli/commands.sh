#!/bin/bash
# commands.sh - two commands in one program, verbs of packages, misspelt words. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh
# shellcheck source=tests/cli/doctor_trees.sh
. tests/cli/doctor_trees.sh

case_commands() {
	check_rc 0 "revoke-user: help" says '^usage: revoke-user TARGET' "$revoke_user" --help
	check_rc 0 "revokectl: help" says '^usage: revokectl VERB' "$revokectl" --help
	check_rc 0 "revokectl: help of a verb" says '^usage: revokectl list' "$revokectl" list --help
	check "revoke-user: version" says '^revoke-user \(pam_revoke\) [0-9]' "$revoke_user" --version
	check "revokectl: version" says '^revokectl \(pam_revoke\) [0-9]' "$revokectl" --version
	ln -s "$revoke_user" "$work/renamed"
	check "other name of the program: revoke-user" says '^usage: revoke-user' "$work/renamed" --help
	refused 2 "^revokectl: no verb given" "revokectl without a verb" "$revokectl"
	refused 2 "^Try 'revokectl list --help'" "usage error of a verb" "$revokectl" list --force
	refused 2 "unknown verb 'chekc'; did you mean 'check'" "misspelt verb" "$revokectl" chekc
	refused 2 "unknown option '--raeson'; did you mean '--reason'" "misspelt option" \
		revoke carol --raeson x
	check "misspelt user: the nearest local user is named" \
		says "daemno: not in the account database; did you mean 'daemon'" ctl check daemno
	check "unknown user: nothing is suggested" \
		fails says 'did you mean' ctl check nobody-such-here
	check "known user: no warning" fails says 'account database' ctl check daemon
}

# in_libexec CMD...: with an empty /usr/libexec/pam_revoke of its own, where CMD may write.
in_libexec() {
	# shellcheck disable=SC2016 # the shell in the namespace expands it
	unshare -m sh -c 'mount -t tmpfs -o mode=755 tmpfs /usr/libexec &&
		mkdir /usr/libexec/pam_revoke && "$@"' sh "$@"
}
# with_verb MODE OWNER DIRECTORY-MODE WORDS...: revokectl WORDS; "status" is a program of a package.
with_verb() {
	local mode=$1 owner=$2 directory_mode=$3
	shift 3
	# shellcheck disable=SC2016 # the shell in the namespace expands it
	in_libexec sh -c 'cd /usr/libexec/pam_revoke &&
		printf "#!/bin/sh\nfor word; do echo \"word: \$word\"; done\nexit 9\n" \
			>revokectl-status &&
		chown "$2" revokectl-status && chmod "$1" revokectl-status && chmod "$3" . && shift 3 &&
		exec "$@"' sh "$mode" "$owner" "$directory_mode" "$revokectl" "$@"
}
# shellcheck disable=SC2016 # a hostile word is there to be left alone
case_verbs_of_packages() {
	refused 2 '^revokectl: status: not installed; install pam-revoke-agent' \
		"verb of a package, not installed" in_libexec "$revokectl" status
	refused 2 '^revokectl: publish: not installed; install pam-revoke-relay' \
		"verb of another package, not installed" in_libexec "$revokectl" publish
	check_rc 9 "verb of a package: its exit status is passed on" with_verb 755 0 755 status
	check "verb of a package: gets its words as they are" \
		says '^word: a  b\$\(touch x\)$' with_verb 755 0 755 status 'a  b$(touch x)' --help
	check "verb of a package: gets its own help option" \
		says '^word: --help$' with_verb 755 0 755 status --help
	refused 4 'revokectl-status: .*writable' "verb of a package, writable by others" \
		with_verb 757 0 755 status
	refused 4 'revokectl-status: not owned by root' \
		"verb of a package, owned by another user" with_verb 755 65534 755 status
	refused 4 '/usr/libexec/pam_revoke: .*writable' "verb in a directory writable by others" \
		with_verb 755 0 777 status
	refused 4 'revokectl-status: cannot run' "verb of a package, not executable" \
		with_verb 644 0 755 status
	printf '#!/bin/sh\ntouch %s/PWNED\n' "$work" >"$work/revokectl-evil"
	chmod 755 "$work/revokectl-evil"
	refused 2 "unknown verb 'evil'" "program of a verb in PATH" \
		env PATH="$work:$PATH" "$revokectl" evil
	refused 2 "unknown verb '../" "path as a verb" "$revokectl" "../../..$work/revokectl-evil"
	check "program of a verb in PATH: not run" test ! -e "$work/PWNED"
}

# Exit statuses of commands whose standard output cannot be written.
lost_rows() {
	cat <<END
4 $revoke_user --help
4 $revoke_user --version
4 $revoke_user --undo --help
4 $revokectl --help
4 $revokectl --version
4 $revokectl sessions --help
4 $revoke_user lost --reason x --no-end --dry-run --conf $work/conf
3 $revoke_user lost --reason x --no-end --conf $work/conf
3 $revoke_user key --reason x --no-end --json --conf $work/conf
3 $revokectl check lost --conf $work/conf
3 $revokectl check lost --json --conf $work/conf
3 $revokectl check nobody-such-here --conf $work/conf
3 $revokectl list --conf $work/conf
3 $revokectl list --json --conf $work/conf
3 $revokectl history --conf $work/conf
3 $revokectl history --json --conf $work/conf
3 $revokectl verify $console
3 $revokectl reindex --conf $work/conf
3 $revokectl import $work/leavers --reason x --conf $work/conf
3 $revokectl list --conf $work/conf
3 $revokectl export-krl $work/lost.krl --conf $work/conf
3 $revokectl import-krl $work/lost.krl --reason x --conf $work/conf
3 $revokectl break-glass 1h --yes --reason x --conf $work/conf
3 $revokectl break-glass off --conf $work/conf
3 $revokectl doctor --root $tree
3 $revoke_user --undo lost --conf $work/conf
3 $script -h
3 $script list
END
}
case_lost_output() {
	local code name words said got
	fresh
	sed -i '1a break_glass = 2h' "$work/conf"
	echo "run_dir = $work/run" >>"$work/conf"
	mkdir -p "$work/run"
	tree_debian
	seq -f 'leaver%.0f' 300 >"$work/leavers"
	printf '# pam_revoke list 1\nkey:SHA256:%043d\n' 0 >"$work/lists/keys.list"
	while read -r code name words; do
		# shellcheck disable=SC2086 # words
		said=$("$name" $words 2>&1 >/dev/full </dev/null)
		got=$? name=${name##*/}
		check "$name ${words//$work\//}: output lost, exit $code" test $got -eq "$code"
		check "$name ${words//$work\//}: output lost, an error is printed" \
			grep -qE "^$name: standard output: cannot write(: No space left on device)?$" \
			<<<"$said"
	done < <(lost_rows)
	check_rc 0 "nothing to print: a full standard output is no error" \
		sh -c "$revokectl reindex --quiet --conf $work/conf >/dev/full"
}
