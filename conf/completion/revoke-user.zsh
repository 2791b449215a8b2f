#compdef revoke-user revokectl
# zsh completion for revoke-user(8), revokectl(8). compadd, _files and _users quote what they add.

_revoke_sessions() {
	local -a ids
	ids=(${(f)"$(loginctl list-sessions --no-legend 2>/dev/null | awk '{ print $1 }')"})
	compadd -a ids
}

_revoke_terminals() {
	local -a names
	names=(/dev/tty[A-Za-z0-9]*(N) /dev/pts/[0-9]*(N))
	names=(${names#/dev/})
	compadd -a names
}

_revoke_verbs() {
	local -a verbs
	verbs=(
		'break-glass:allow logins that cannot be checked, for a time'
		'check:print the verdict of the gate for a user or a key'
		'doctor:find what is wrong with the gate of this host'
		'end:end sessions; revoke nothing'
		'export-krl:write the revoked keys to a key revocation list'
		'history:list revocations, denied logins and ended sessions'
		'import:revoke the users in a file'
		'import-krl:revoke the keys in a key revocation list'
		'list:list the entries in force'
		'reindex:rebuild the indexes of the lists'
		'sessions:list sessions'
		'verify:check whether a file is a valid list'
	)
	_describe verb verbs
}

_revoke_user() {
	local curcontext=$curcontext state line command=$service
	local -a output common key selection end
	output=('(-h --help)'{-h,--help}'[print help]' '--json[print JSON]' '--quiet[print errors only]')
	common=($output '--conf[read another configuration]:file:_files')
	key=(
		'--ca[all certificates of a CA]:public key file:_files'
		'--cert[a certificate]:certificate file:_files'
		'--key[an SSH key]:public key file:_files'
		'--key-id[key ID of the certificate]:key ID:'
		'--serial[serials of the certificate]:number or range:'
	)
	selection=(
		'--address[from this address or network]:address:'
		'--all[all users but the operator, system and exempt users]'
		'--service[opened by this PAM service]:service:'
		'--session[this session]:session:_revoke_sessions'
		'--tty[on this terminal]:terminal:_revoke_terminals'
	)
	end=(
		'--descendants[also end root shells of the user and processes in containers]'
		'--dry-run[print what would be done]'
		'--force[allow what is refused for safety]'
		'--now[kill at once]'
		'--reason[why]:text:'
		'--ref[ticket or incident]:text:'
		'--warn[write a text to the terminals first]:text:'
		'--yes[do not ask for confirmation]'
	)

	if [[ $service == revokectl ]]; then
		_arguments -C '(-h --help)'{-h,--help}'[print help]' \
			'(-V --version)'{-V,--version}'[print the version]' \
			'1:verb:_revoke_verbs' '*::argument:->argument' && return
		[[ $state == argument ]] || return
		command=$words[1]
	fi
	case $command in
	revoke-user)
		_arguments $common $key $end '--from[revoke from then on]:time:' \
			'--log-out[allow new logins again after the ending]' \
			'--no-end[do not end sessions]' '--undo[restore the target]' \
			'--until[revoke until then]:time:' '--user[user of the key]:user:_users' \
			'(-V --version)'{-V,--version}'[print the version]' '1:user:_users'
		;;
	break-glass)
		_arguments $common '--reason[why]:text:' '--ref[ticket or incident]:text:' \
			'--yes[do not ask for confirmation]' '1:duration:(off)'
		;;
	check) _arguments $common $key '--service[for this PAM service]:service:' '1:user:_users' ;;
	doctor) _arguments $common '--root[examine this tree]:directory:_files -/' ;;
	end) _arguments $common $key $selection $end '1:user:_users' ;;
	export-krl)
		_arguments $common '--ca[public keys of CAs]:file:_files' \
			'--force[replace a file of another kind]' '1:file:_files'
		;;
	history) _arguments $common '1:user:_users' ;;
	import | import-krl)
		_arguments $common '--dry-run[print what would be done]' \
			'--force[allow what is refused for safety]' '--reason[why]:text:' \
			'--ref[ticket or incident]:text:' '1:file:_files'
		;;
	list) _arguments $common '--all[list expired and planned entries as well]' ;;
	reindex) _arguments $common ;;
	sessions) _arguments $common $key $selection '1:user:_users' ;;
	verify) _arguments $output '1:file:_files' ;;
	esac
}

_revoke_user "$@"
