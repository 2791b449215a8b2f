#include "help.hpp"

namespace pam_revoke {

const char kHelpRevokeUser[] =
    R"(usage: revoke-user TARGET --reason TEXT [OPTION]...
       revoke-user --undo TARGET [OPTION]...

Revokes a user or an SSH key on this host and ends the open sessions.

TARGET is one of:
  NAME            a login name, user:NAME or uid:NUMBER
  --key KEY       an SSH key: SHA256:... or the file of its public key
  --cert CERT     a certificate: its file; or SHA256:... of its CA, with
                  --serial N or N-M, --key-id TEXT, or both
  --ca CA         all certificates of a CA: SHA256:... or its public key file

Options:
  --conf FILE     read FILE instead of /etc/pam_revoke/pam_revoke.conf
  --descendants   also end root shells of the user and processes in containers
  --dry-run       print what would be done; change nothing
  --force         allow root, exempt users, the last administrator, yourself
  --from WHEN     revoke from then on: +7d, 2026-12-01, 2026-12-01T10:00Z (UTC)
  --json          print JSON
  --log-out       end everything, then allow new logins again
  --no-end        do not end sessions
  --now           kill at once, without the grace period
  --quiet         print errors only
  --reason TEXT   why; required, asked for on a terminal
  --ref TEXT      ticket or incident; shown to the denied user
  --undo          restore TARGET: remove its entry from this host's own list
  --until WHEN    revoke until then
  --user NAME     for --key and --cert: the user that the key belongs to
  --warn TEXT     write TEXT to the terminals before the sessions are ended
  --yes           do not ask for confirmation
  -h, --help      print this help
  -V, --version   print the version

Exit status: 0 all done and verified; 2 usage error; 3 revoked, but something is
left or not verified; 4 nothing changed. See revokectl --help, revoke-user(8).
)";

const char kHelpRevokectl[] =
    R"(usage: revokectl VERB [ARGUMENT] [OPTION]...
       revokectl VERB --help

Shows and maintains the revocations of this host. To revoke a user or a key,
use revoke-user.

Verbs:
  break-glass DURATION|off  allow logins that cannot be checked, for a time
  check TARGET              print the verdict of the gate for a user or a key
  doctor                    find what is wrong with the gate of this host
  end TARGET                end sessions; revoke nothing
  export-krl FILE           write the revoked keys to FILE, an OpenSSH KRL
  history [NAME]            list revocations, denied logins and ended sessions
  import FILE               revoke the users in FILE
  import-krl FILE           revoke the keys in FILE, an OpenSSH KRL
  list                      list the entries in force
  reindex                   rebuild the indexes of the lists
  sessions [TARGET]         list sessions
  verify FILE               check whether FILE is a valid list

  -h, --help                print this help
  -V, --version             print the version

Exit status: 0 done; 1 a negative answer (check, doctor, verify); 2 usage
error; 3 done or answered in part; 4 nothing changed. Manual: revokectl(8).
)";

}  // namespace pam_revoke
