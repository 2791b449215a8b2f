# fish completion for revoke-user(8) and revokectl(8). fish quotes what it inserts.

function __revoke_sessions
    loginctl list-sessions --no-legend 2>/dev/null | string trim | string replace -r ' .*' ''
end

function __revoke_terminals
    for path in /dev/tty?* /dev/pts/*
        string replace /dev/ '' -- $path
    end
end

# __revoke_option VERBS COMPLETION...: an option of these verbs; "-" is revoke-user.
function __revoke_option
    for verb in (string split ' ' -- $argv[1])
        if test $verb = -
            complete -c revoke-user $argv[2..]
        else
            complete -c revokectl -n "__fish_seen_subcommand_from $verb" $argv[2..]
        end
    end
end

set -l verbs break-glass check doctor end export-krl history import import-krl list reindex \
    sessions verify
set -l with_conf - break-glass check doctor end export-krl history import import-krl list reindex \
    sessions

complete -c revoke-user -f
complete -c revokectl -f
complete -c revoke-user -s h -l help -d 'Print help'
complete -c revoke-user -s V -l version -d 'Print the version'
complete -c revokectl -s h -l help -d 'Print help'
complete -c revokectl -n "not __fish_seen_subcommand_from $verbs" -s V -l version \
    -d 'Print the version'

set -l no_verb "not __fish_seen_subcommand_from $verbs"
complete -c revokectl -n $no_verb -a break-glass -d 'Allow logins that cannot be checked'
complete -c revokectl -n $no_verb -a check -d 'Print the verdict of the gate'
complete -c revokectl -n $no_verb -a doctor -d 'Find what is wrong with the gate'
complete -c revokectl -n $no_verb -a end -d 'End sessions; revoke nothing'
complete -c revokectl -n $no_verb -a export-krl -d 'Write the revoked keys to a KRL'
complete -c revokectl -n $no_verb -a history -d 'List revocations and denied logins'
complete -c revokectl -n $no_verb -a import -d 'Revoke the users in a file'
complete -c revokectl -n $no_verb -a import-krl -d 'Revoke the keys in a KRL'
complete -c revokectl -n $no_verb -a list -d 'List the entries in force'
complete -c revokectl -n $no_verb -a reindex -d 'Rebuild the indexes of the lists'
complete -c revokectl -n $no_verb -a sessions -d 'List sessions'
complete -c revokectl -n $no_verb -a verify -d 'Check whether a file is a valid list'

__revoke_option '- check end history sessions' -a '(__fish_complete_users)'
__revoke_option 'export-krl import import-krl verify' -F
__revoke_option break-glass -a off

__revoke_option "$with_conf" -l conf -rF -d 'Read another configuration'
__revoke_option "- $verbs" -l json -d 'Print JSON'
__revoke_option "- $verbs" -l quiet -d 'Print errors only'
__revoke_option '- check end sessions' -l key -rF -d 'An SSH key'
__revoke_option '- check end sessions' -l cert -rF -d 'A certificate'
__revoke_option '- check end sessions' -l ca -rF -d 'All certificates of a CA'
__revoke_option '- check end sessions' -l serial -x -d 'Serials of the certificate'
__revoke_option '- check end sessions' -l key-id -x -d 'Key ID of the certificate'
__revoke_option export-krl -l ca -rF -d 'Public keys of CAs'
__revoke_option 'end sessions' -l address -x -d 'From this address or network'
__revoke_option 'end sessions' -l all -d 'All users but you, system and exempt users'
__revoke_option 'end sessions' -l session -xa '(__revoke_sessions)' -d 'This session'
__revoke_option 'end sessions' -l tty -xa '(__revoke_terminals)' -d 'On this terminal'
__revoke_option 'check end sessions' -l service -x -d 'Of this PAM service'
__revoke_option list -l all -d 'List expired and planned entries as well'
__revoke_option doctor -l root -xa '(__fish_complete_directories)' -d 'Examine this tree'
__revoke_option '- break-glass end import import-krl' -l reason -x -d 'Why'
__revoke_option '- break-glass end import import-krl' -l ref -x -d 'Ticket or incident'
__revoke_option '- end import import-krl' -l dry-run -d 'Print what would be done'
__revoke_option '- end export-krl import import-krl' -l force -d 'Allow what is refused for safety'
__revoke_option '- break-glass end' -l yes -d 'Do not ask for confirmation'
__revoke_option '- end' -l now -d 'Kill at once'
__revoke_option '- end' -l warn -x -d 'Write a text to the terminals first'
__revoke_option '- end' -l descendants -d 'End root shells and containers as well'
__revoke_option - -l from -x -d 'Revoke from then on'
__revoke_option - -l until -x -d 'Revoke until then'
__revoke_option - -l log-out -d 'Allow new logins again after the ending'
__revoke_option - -l no-end -d 'Do not end sessions'
__revoke_option - -l undo -d 'Restore the target'
__revoke_option - -l user -xa '(__fish_complete_users)' -d 'User of the key'
