# bash completion for revoke-user(8) and revokectl(8)
#
# Names of files, users and sessions are data: none is expanded, and each is quoted when inserted.

# The words that begin with what is typed, quoted. No compgen -W: it expands its words.
_revoke_offer() { # WORD...
	local word
	for word; do
		[[ $word != "$current"* ]] || COMPREPLY+=("$(printf '%q' "$word")")
	done
}

_revoke_offer_users() {
	local users
	mapfile -t users < <(compgen -u)
	_revoke_offer "${users[@]}"
}

_revoke_offer_sessions() {
	local id _
	while read -r id _; do
		_revoke_offer "$id"
	done < <(loginctl list-sessions --no-legend 2>/dev/null)
}

_revoke_offer_terminals() {
	local path
	for path in /dev/tty[A-Za-z0-9]* /dev/pts/[0-9]*; do
		[[ ! -e $path ]] || _revoke_offer "${path#/dev/}"
	done
}

# The value of an option; fails when the option takes none.
_revoke_offer_value() { # OPTION
	case $1 in
	--address | --from | --key-id | --reason | --ref | --serial | --service | --until | --warn) ;;
	--ca | --cert | --conf | --key) compopt -o default ;;
	--root) compopt -o dirnames ;;
	--session) _revoke_offer_sessions ;;
	--tty) _revoke_offer_terminals ;;
	*) return 1 ;;
	esac
}

# Sets options and argument of a command; unknown verbs have none.
_revoke_describe() { # COMMAND
	local key=(--ca --cert --key --key-id --serial)
	local selection=(--address --all --service --session --tty)
	options=(--conf --help --json --quiet) argument=none
	case $1 in
	revoke-user)
		argument=user
		options+=("${key[@]}" --descendants --dry-run --force --from --log-out --no-end --now
			--reason --ref --undo --until --user --version --warn --yes)
		;;
	revokectl) options=(--help --version) argument=verb ;;
	break-glass) options+=(--reason --ref --yes) argument=duration ;;
	check) options+=("${key[@]}" --service) argument=user ;;
	doctor) options+=(--root) ;;
	end)
		argument=user
		options+=("${key[@]}" "${selection[@]}" --descendants --dry-run --force --now --reason
			--ref --warn --yes)
		;;
	export-krl) options+=(--ca --force) argument=file ;;
	history) argument=user ;;
	import | import-krl) options+=(--dry-run --force --reason --ref) argument=file ;;
	list) options+=(--all) ;;
	reindex) ;;
	sessions) options+=("${key[@]}" "${selection[@]}") argument=user ;;
	verify) options=(--help --json --quiet) argument=file ;;
	*) options=() ;;
	esac
}

_revoke_user() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[0]##*/} options argument at
	local verbs=(break-glass check doctor end export-krl history import import-krl list reindex
		sessions verify)
	COMPREPLY=()
	# --option=value is three words here.
	if [[ $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	! _revoke_offer_value "$previous" || return 0
	if [[ $command == revokectl ]]; then
		for ((at = 1; at < COMP_CWORD; at++)); do
			[[ ${COMP_WORDS[at]} == -* ]] || { command=${COMP_WORDS[at]}; break; }
		done
	fi
	_revoke_describe "$command"
	if [[ $current == -* ]]; then
		_revoke_offer "${options[@]}"
		return
	fi
	case $argument in
	duration) _revoke_offer off ;;
	file) compopt -o default ;;
	user) _revoke_offer_users ;;
	verb) _revoke_offer "${verbs[@]}" ;;
	esac
}
complete -F _revoke_user revoke-user revokectl
