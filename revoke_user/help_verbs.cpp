// help_verbs.cpp - the --help text of each verb.

#include "help.hpp"

namespace pam_revoke {

const char kHelpBreakGlass[] =
    R"(usage: revokectl break-glass DURATION --reason TEXT [OPTION]...
       revokectl break-glass off [OPTION]...

Allows logins on this host that cannot be checked, for DURATION (30m, 2h).
Revoked users are still denied. break_glass= in pam_revoke.conf must allow it.
Break-glass ends by itself, with "off", and at the next boot.

  --conf FILE     read FILE instead of /etc/pam_revoke/pam_revoke.conf
  --json          print JSON
  --quiet         print errors only
  --reason TEXT   why; required unless "off"
  --ref TEXT      ticket or incident
  --yes           do not ask for confirmation; required without a terminal
  -h, --help      print this help

Exit status: 0 done; 2 usage error; 3 done, but not verified or not recorded;
4 nothing changed.
)";

const char kHelpCheck[] =
    R"(usage: revokectl check TARGET [OPTION]...

Prints the verdict of the gate for TARGET on this host, now: clear, revoked or
unavailable. TARGET is NAME, user:NAME, uid:NUMBER or one of:

  --key KEY       an SSH key: SHA256:... or the file of its public key
  --cert CERT     a certificate: its file; or SHA256:... of its CA, with
                  --serial N or N-M, --key-id TEXT, or both
  --ca CA         the key of a CA: SHA256:... or its public key file

  --conf FILE     read FILE instead of /etc/pam_revoke/pam_revoke.conf
  --json          print JSON
  --quiet         print errors only
  --service NAME  for a login through this PAM service (default: sshd)
  -h, --help      print this help

Exit status: 0 clear; 1 revoked; 2 usage error; 3 unavailable.
)";

const char kHelpDoctor[] =
    R"(usage: revokectl doctor [OPTION]...

Examines the gate of this host: PAM stacks, sshd, units, lists, indexes and the
clock. Prints one line for each finding, with the next step.

  --conf FILE     read FILE instead of /etc/pam_revoke/pam_revoke.conf
  --json          print JSON
  --quiet         print errors only
  --root DIR      examine the tree in DIR: an image or a container
  -h, --help      print this help

Exit status: 0 no findings; 1 findings; 2 usage error.
)";

const char kHelpEnd[] =
    R"(usage: revokectl end TARGET [OPTION]...

Ends sessions and processes; revokes nothing. The user can log in again.
TARGET is NAME, user:NAME, uid:NUMBER, a key (--key, --cert with --serial or
--key-id, --ca), or --session ID, or --all: all users but you, system users and
exempt users. NAME and --all can be limited to some sessions:

  --address ADDR  from this address or network: 192.0.2.7, 2001:db8::/32
  --service NAME  opened by this PAM service: sshd, login
  --session ID    this session
  --tty NAME      on this terminal: ttyS0, pts/3

  --descendants   also end root shells of the user and processes in containers
  --dry-run       print what would be done; change nothing
  --force         allow root, system users, shared UIDs, yourself
  --now           kill at once, without the grace period
  --reason TEXT, --ref TEXT   for the history
  --warn TEXT     write TEXT to the terminals before the sessions are ended
  --yes           do not ask for confirmation
  --conf FILE, --json, --quiet, -h, --help

Exit status: 0 nothing is left; 2 usage error; 3 something is left or could not
be verified; 4 nothing changed.
)";

const char kHelpExportKrl[] =
    R"(usage: revokectl export-krl FILE [OPTION]...

Writes the keys, certificates and CAs that the lists revoke now to FILE, an
OpenSSH key revocation list for RevokedKeys in sshd_config(5).

  --ca FILE       public keys of CAs, one per line; needed for certificates
  --conf FILE     read FILE instead of /etc/pam_revoke/pam_revoke.conf
  --force         replace FILE when it is not a key revocation list
  --json          print JSON
  --quiet         print errors only
  -h, --help      print this help

Exit status: 0 all entries written; 2 usage error; 3 some entries left out;
4 nothing changed.
)";

const char kHelpHistory[] =
    R"(usage: revokectl history [NAME] [OPTION]...

Lists revocations, denied logins (with service and source address) and ended
sessions, of all users or of NAME (a login name, user:NAME or uid:NUMBER).

  --conf FILE     read FILE instead of /etc/pam_revoke/pam_revoke.conf
  --json          print JSON, one object per line
  --quiet         print errors only
  -h, --help      print this help

Exit status: 0 complete; 2 usage error; 3 incomplete.
)";

const char kHelpImport[] =
    R"(usage: revokectl import FILE [OPTION]...

Revokes the users in FILE ("-" for standard input). Each line holds a login
name, NAME,REASON or a public key; or FILE is a list as in pam_revoke.list(5).
Invalid lines are printed and not imported. No session is ended.

  --conf FILE     read FILE instead of /etc/pam_revoke/pam_revoke.conf
  --dry-run       print what would be done; change nothing
  --force         allow root, groups, administrators and yourself
  --json          print JSON
  --quiet         print errors only
  --reason TEXT   the reason for lines that have none
  --ref TEXT      the reference for lines that have none
  -h, --help      print this help

Exit status: 0 imported; 2 usage error; 3 imported in part, not durable or not
recorded, or a PAM service does not deny; 4 nothing changed.
)";

const char kHelpImportKrl[] =
    R"(usage: revokectl import-krl FILE --reason TEXT [OPTION]...

Revokes the keys and certificates in FILE, an OpenSSH key revocation list.
No session is ended.

  --conf FILE     read FILE instead of /etc/pam_revoke/pam_revoke.conf
  --dry-run       print what would be done; change nothing
  --force         import the rest when some items have no equivalent
  --json          print JSON
  --quiet         print errors only
  --reason TEXT   why
  --ref TEXT      ticket or incident
  -h, --help      print this help

Exit status: 0 imported; 2 usage error; 3 imported in part; 4 nothing changed.
)";

const char kHelpList[] =
    R"(usage: revokectl list [OPTION]...

Lists the entries in force, of all lists.

  --all           list expired and planned entries as well
  --conf FILE     read FILE instead of /etc/pam_revoke/pam_revoke.conf
  --json          print JSON, one object per line
  --quiet         print errors only
  -h, --help      print this help

Exit status: 0 complete; 2 usage error; 3 incomplete.
)";

const char kHelpReindex[] =
    R"(usage: revokectl reindex [OPTION]...

Rebuilds missing, outdated and damaged indexes of the lists, and removes indexes
of lists that are gone. revoke-compile.path does this when a list changes.

  --conf FILE     read FILE instead of /etc/pam_revoke/pam_revoke.conf
  --json          print JSON, one object per line
  --quiet         print errors only
  -h, --help      print this help

Exit status: 0 done; 2 usage error; 3 some lists were not indexed; 4 nothing
changed.
)";

const char kHelpSessions[] =
    R"(usage: revokectl sessions [TARGET] [OPTION]...

Lists the sessions of all users or of TARGET: NAME, user:NAME, uid:NUMBER, or a
key (--key, --cert with --serial or --key-id, --ca). With NAME, prints processes
and presence as well: logged in, closing, unregistered, background, lingering,
none or unknown.

  --address ADDR  from this address or network: 192.0.2.7, 2001:db8::/32
  --all           leave out your own, system and exempt users
  --service NAME  opened by this PAM service: sshd, login
  --session ID    this session
  --tty NAME      on this terminal: ttyS0, pts/3

  --conf FILE     read FILE instead of /etc/pam_revoke/pam_revoke.conf
  --json          print JSON, one object per line
  --quiet         print errors only
  -h, --help      print this help

Exit status: 0 complete; 2 usage error; 3 incomplete.
)";

const char kHelpVerify[] =
    R"(usage: revokectl verify FILE [OPTION]...

Checks whether FILE is a valid list, before it is delivered. Prints each invalid
line with its number.

  --json          print JSON
  --quiet         print errors only
  -h, --help      print this help

Exit status: 0 valid; 1 invalid; 2 usage error.
)";

}  // namespace pam_revoke
