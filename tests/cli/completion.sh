#!/bin/bash
# completion.sh - completion in the shells, and with hostile names. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

export completion=$PWD/conf/completion/revoke-user
# complete_line WORD...: what bash offers for the last word.
complete_line() {
	# shellcheck disable=SC2016 # the other shell expands it
	known_users=$users bash -c '. "$0.bash"; compopt() { :; }
		compgen() { printf "%s\n" "$known_users"; }
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _revoke_user
		printf "%s\n" "${COMPREPLY[@]}"' "$completion" "$@"
}
help_options() { grep -oE -- '--[a-z-]+' <<<"$("$@" --help)" | grep -vx -- --option | sort -u; }

# The help is what tests/unit/verbs.cpp compares with the options that are accepted.
case_completion() {
	local verb verbs users=
	verbs=$(complete_line revokectl '' | sort)
	check "completion: verbs are those of the help" test "$verbs" = \
		"$("$revokectl" --help | sed -n '/^Verbs/,/^$/s/^  \([a-z-]*\) .*/\1/p' | sort)"
	check "completion of revoke-user: options are those of its help" test \
		"$(complete_line revoke-user alice -- | sort)" = "$(help_options "$revoke_user")"
	for verb in $verbs; do
		check "completion of $verb: options are those of its help" test \
			"$(complete_line revokectl "$verb" -- | sort)" = "$(help_options "$revokectl" "$verb")"
	done
	check "completion: the verb behind an option" \
		test "$(complete_line revokectl --json list --a)" = --all
	users=$'alice\nalbert\nbob'
	check "completion: users by their beginning" \
		test "$(complete_line revoke-user al)" = $'alice\nalbert'
	check "completion: users behind a verb" test "$(complete_line revokectl check b)" = bob
	check "completion: no users for the value of an option" \
		test -z "$(complete_line revoke-user --reason '')"
	check "completion: no users for the value behind =" \
		test -z "$(complete_line revoke-user --reason = al)"
}

# Names that a user of the host may have chosen.
# shellcheck disable=SC2016 # hostile names are there to be left alone
case_hostile_completion() {
	local users='$(touch PWNED)' here=$PWD
	mkdir "$work/hostile" && cd "$work/hostile" || return
	touch 'laptop$(touch PWNED).pub' 'other file;touch PWNED.pub'
	check "hostile file: completed and quoted" says '<--key><laptop\$\(touch PWNED\)\.pub>' \
		complete_on_terminal 'revoke-user --key lap'
	check "hostile file: completed and quoted behind =" \
		says '<--key=laptop\$\(touch PWNED\)\.pub>' \
		complete_on_terminal 'revoke-user --key=lap'
	check "hostile file with a blank: one word" says '<import><other file;touch PWNED\.pub>' \
		complete_on_terminal 'revokectl import oth'
	printf '%s:x:5000:5000::/:/bin/sh\n' "$users" >"$work/passwd"
	check "hostile user: completed and quoted" says '<\$\(touch PWNED\)>' \
		unshare -m sh -c 'mount --bind "$1" /etc/passwd && shift && exec "$@"' sh \
		"$work/passwd" bash -c \
		"$(declare -f complete_on_terminal); complete_on_terminal 'revoke-user '"
	users+=$'\n`touch PWNED`\nx;touch PWNED\nx y\n*'
	check "hostile users: quoted" test "$(complete_line revoke-user '')" = \
		$'\\$\\(touch\\ PWNED\\)\n\\`touch\\ PWNED\\`\nx\\;touch\\ PWNED\nx\\ y\n\\*'
	check "hostile text: offered what begins like it" \
		test "$(complete_line revoke-user '$(touch')" = '\$\(touch\ PWNED\)'
	check "hostile names: nothing is run" test ! -e PWNED
	cd "$here" || return
}
# complete_on_terminal TEXT: bash at work, TAB and return behind TEXT; the command prints its words.
complete_on_terminal() {
	# shellcheck disable=SC2016 # expect and the shell in it expand it
	TYPED=$1 expect -c '
		set timeout 20
		spawn -noecho env PS1=READY> HISTFILE= bash --norc --noprofile -i
		expect READY>
		send -- ". $env(completion).bash\r"
		expect READY>
		send -- "revoke-user() { printf words:; printf \"<%s>\" \"\$@\"; echo; }\r"
		expect READY>
		send -- "revokectl() { revoke-user \"\$@\"; }; unset PROMPT_COMMAND\r"
		expect READY>
		send -- $env(TYPED)
		send -- "\t"
		sleep 1
		send -- "\r"
		expect -re {words:[^\r]*\r} {} timeout { send -- "\003" }
		send -- "exit\r"
		expect eof'
}

case_completion_syntax() {
	local shell
	for shell in zsh fish; do
		command -v $shell >/dev/null || continue
		check "completion for $shell: its syntax is valid" $shell -n "$completion.$shell"
	done
	for shell in zsh fish; do
		check "completion for $shell: has each verb and each option" \
			silent missing_words "$completion.$shell"
	done
}
missing_words() { # FILE: verbs, and options of any command, that do not occur in it
	local word verbs
	verbs=$(complete_line revokectl '')
	{
		help_options "$revoke_user"
		for word in $verbs; do echo "$word" && help_options "$revokectl" "$word"; done
	} | sort -u | while read -r word; do
		grep -qE -- "(--|-l |[ '])${word#--}([^a-z-]|$)" "$1" || echo "$word"
	done
}
