"""Compares systemd-login's command line with Python's argparse, which its callers use.

The parser below states the contract; the program must accept, reject and print help exactly as it
does, and parse the same values. One difference is wanted: --user, in full, means --uid.
"""

import argparse
import contextlib
import io
import json
import random
import subprocess
import sys


def make_parser():
    parser = argparse.ArgumentParser(description="logout.d script")
    parser.add_argument("-v", "--verbose", action="count", default=0)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("query", "logout"):
        command = commands.add_parser(name)
        command.add_argument("-u", "--uid", required=True)
        command.add_argument("-c", "--cn", required=True)
    commands.add_parser("list")
    return parser


def wanted(argv):
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            parsed = make_parser().parse_args(argv)
    except SystemExit as stop:
        return ("help" if stop.code == 0 else "usage", None)
    return ("accepted", parsed.uid if parsed.command == "query" else None)


def got(program, argv):
    no_bus = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}
    run = subprocess.run([program, *argv], capture_output=True, env=no_bus)
    if run.returncode == 2:
        on_stderr = run.stderr.startswith(b"usage:") and not run.stdout
        return ("usage" if on_stderr else "usage on the wrong stream", None)
    if run.returncode == 0 and run.stdout.startswith(b"usage:"):
        return ("help", None)
    uid = json.loads(run.stdout)["id"] if run.stdout.startswith(b"{") else None
    return ("accepted", uid)


TABLE = [line.split("|") for line in (
    "", "-h", "--help", "query|-h", "logout|--help", "list|-h", "list", "-v|list", "-vvv|list",
    "list|extra", "list|--uid|u", "list|-v", "query", "query|--uid|u", "query|-u|u",
    "query|--cn|c", "query|--uid|u|--cn|c", "query|--cn|c|--uid|u", "query|-u|u|-c|c",
    "query|-uu|-cc", "query|-u=u|-c=c", "query|--uid=u|--cn=c", "query|--ui|u|--c|c",
    "query|--u|u|--c|c", "--verb|list", "--v|query|-u|u|-c|c", "query|-u|u|-c|c|all",
    "logout|-u|u|-c|c|all", "query|all", "query|--uid||--cn|", "query|--uid|u|--cn|First Last",
    "query|--uid|u|--cn|First|Last", "query|--uid|-1|--cn|c", "query|--uid|-x|--cn|c",
    "query|--uid=-x|--cn|c", "query|--uid|--cn|c", "query|-u|a|-u|b|-c|c", "query|-u|u|-c|c|-v",
    "query|-v|-u|u|-c|c", "--verbose=2|list", "-u|u|-c|c|query", "invalid", "que", "QUERY",
    "query|logout|-u|u|-c|c", "--version", "--force", "-x", "query|-uc|u",
    "query|--uid|J\u00fcrgen|--cn|a\nb", "-vv|query|--cn|bill|--uid|Bill", "query|--uid=|--cn=",
    "query|-u|-|-c|-", "query|-u|-1.5|-c|-.5", "query|-u|a -b|-c|-a b",
    "query|--uid=--help|--cn|c", "query|-h|--nonsense", "--force|query|-h",
    "query|--user|u|--cn|c|--us|x", "query|--us|u|--cn|c", "query|--use=u|--cn|c", "-vh", "-vx",
    "-v=1|list", "query|-u", "query|-u|u|-c",
)]
TABLE[0] = []

# The one wanted difference, and "--": argparse's versions differ in it, and it is an error here.
OURS = [
    (["query", "--user", "u", "--cn", "c"], ("accepted", "u")),
    (["query", "--user=u", "--cn", "c"], ("accepted", "u")),
    (["query", "-u", "u", "-c", "c", "--"], ("usage", None)),
    (["--", "query", "-u", "u", "-c", "c"], ("usage", None)),
    (["query", "--", "-u", "u", "-c", "c"], ("usage", None)),
]

WORDS = ["query", "logout", "list", "-u", "-c", "--uid", "--cn", "--ui", "--c", "-v", "-vv", "-h",
         "--verbose", "--uid=x", "--cn=y", "-uz", "-c=w", "alice", "", "-1", "-x", "a b", "-a b",
         "--nonsense", "-", "all", "--help", "-vq", "--u", "--v", "-u=", "-12.5"]


def main():
    program = sys.argv[1]
    rows = [(argv, wanted(argv)) for argv in TABLE] + OURS
    chance = random.Random(283242)
    for _ in range(1500):
        argv = [chance.choice(WORDS) for _ in range(chance.randint(0, 6))]
        if chance.random() < 0.7:
            argv = [chance.choice(["query", "logout", "list"])] + argv
        rows.append((argv, wanted(argv)))
    failed = 0
    for argv, answer in rows:
        ours = got(program, argv)
        # The output of logout and list does not contain the parsed values.
        if ours != answer and not (ours[0] == answer[0] and ours[1] is None):
            failed += 1
            print(f"{argv}: argparse {answer}, ours {ours}")
    print(f"{len(rows) - failed} rows agree, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
