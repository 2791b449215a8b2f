# bash completion for revoke-user(8)
_revoke_user()
{
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
	local options='--reason --ref --from --until --deny-only --end-only --now --descendants --warn --key --cert --serial --key-id --ca --service --tty --session --dry-run --force --yes --quiet --json --conf --all --undo --list --check --sessions --history --check-list --compile --doctor --root --import --import-krl --export-krl --break-glass --help --version'
	case $previous in
	--reason | --ref | --from | --until | --service | --warn | --session | --serial | --key-id) COMPREPLY=() ;;
	--root) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
	--tty) mapfile -t COMPREPLY < <(cd /dev && compgen -f -- "$current") ;;
	--conf | --check-list | --import | --import-krl | --export-krl | --key | --cert | --ca) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	*)
		if [[ $current == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
		else
			mapfile -t COMPREPLY < <(compgen -u -- "$current")
		fi
		;;
	esac
}
complete -F _revoke_user revoke-user
