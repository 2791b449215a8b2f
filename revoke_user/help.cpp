// help.cpp - what --help says.

#include "arguments.hpp"

namespace pam_revoke {

const char* const kHelp =
    R"(usage: revoke-user NAME --reason TEXT [--ref TEXT] [--from WHEN] [--until WHEN] [--now]
       revoke-user {--key | --ca} {FINGERPRINT | FILE} --reason TEXT [...]
       revoke-user --cert {FINGERPRINT | FILE} [--serial N] [--key-id TEXT] --reason TEXT [...]
       revoke-user --end-only {NAME | --key ... | --all | --session ID} [--service S] [--tty T] [--from ADDRESS]
       revoke-user --undo {NAME | --key ... | --cert ... | --ca ...}
       revoke-user {--import | --import-krl} FILE [--reason TEXT] [--ref TEXT]
       revoke-user --export-krl FILE [--ca FILE]
       revoke-user --check {NAME | --key ...} | --sessions [NAME] | --list | --history [NAME] | --check-list FILE | --compile | --doctor
       revoke-user --break-glass {DURATION | off} [--reason TEXT]

Withdraws a person's access to this host: no new login, and everything that is open ended.
NAME is a login name, or user:NAME or uid:NUMBER as in the list.

What to do:
  NAME               deny logins, end everything, look again, report
  --undo NAME        let in again: take out of this host's own list
  --import FILE      deny everybody in FILE: a name a line, or name,reason; or a list
  --import-krl FILE  deny the keys and certificates of FILE, a KRL of OpenSSH's
  --export-krl FILE  write those of all lists into FILE, as a KRL; --ca: authorities' public keys
  --list             entries in force, of all lists; with --all also past and future ones
  --check NAME       ask the gate: is NAME revoked here and now?
  --sessions [NAME]  what logind and the kernel know of everybody, or of NAME
  --history [NAME]   what revoke-user did here, to whom, and who asked
  --check-list FILE  is FILE a sound revocation list?
  --compile          make the indexes of all lists anew, as is done by itself when one changes

A key instead of a person: denied, and exactly the sessions it opened are ended:
  --key WHAT         this SSH key, also with a certificate: SHA256:... or its public file
  --cert WHAT        a certificate: its file, or its authority's SHA256:... with:
  --serial N, N-M    its serial, or a range of them
  --key-id TEXT      its key id
  --ca WHAT          all that this authority signed

  --break-glass 2h   let in who can not be checked, for so long, as the configuration allows; or off
  --doctor           what is wrong with the gate here: stacks, sshd, units, lists, clock
  --root DIR         with --doctor: of the tree DIR, an image or a container

How:
  --reason TEXT      why; required when revoking, asked for on a terminal
  --ref TEXT         ticket or incident; the person is shown it
  --from WHEN        in force from then on: +7d, 2026-12-01, 2026-12-01T10:00Z (UTC)
  --until WHEN       no longer in force from then on
  --deny-only        do not end what is open
  --end-only         do not deny, only end
  --now              KILL at once, instead of asking first and waiting for the grace
  --descendants      end also root shells and containers that the person started
  --warn TEXT        a last line on the person's terminals
  --dry-run          say what would be done, do nothing
  --force            also root, exempt people, the last administrator, yourself, shared numbers
  --yes              do not ask
  --quiet            say only what went wrong
  --json             one JSON object (or one a line) instead of words
  --conf FILE        another configuration than /etc/pam_revoke/pam_revoke.conf
  --help, --version

Which sessions, with --sessions and --end-only:
  --service NAME     of this PAM service (with --check: to ask for, default sshd)
  --tty NAME         at this terminal: ttyS0, pts/3
  --from ADDRESS     from there: 192.0.2.7, 2001:db8::/32
  --session ID       this one
  --all              everybody's but your own and those of exempt people

Exit: 0 done and verified; 1 revoked (--check), unsound (--check-list), findings (--doctor); 2 usage;
      3 denied, but something survived or could not be verified; 4 nothing changed.
See revoke-user(8).
)";

}  // namespace pam_revoke
