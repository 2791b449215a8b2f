#!/bin/bash
# run.sh - truth tables of the commands, on folders of the test's own. As root, for ownership is part of the question.
cd "$(dirname "$0")/../.." || exit 1
. tests/assert.sh
. tests/cli/keys.sh
. tests/cli/doctor.sh
. tests/cli/krl.sh
. tests/cli/policy.sh
revoke_user=$PWD/build/revoke-user
script=$PWD/build/systemd-login
work=$(mktemp -d -t revoke-cli.XXXXXX)
trap 'umount "$work/full" 2>/dev/null; rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$work"
unset SUDO_USER NO_COLOR

fresh() {
	rm -rf "$work/state" "$work/lists" "$work/conf"
	mkdir -p "$work/state/lists.d" "$work/lists"
	printf '[gate]\nlists = %s/lists,%s/state/lists.d\n[revoke-user]\nstate_dir = %s/state\n' "$work" "$work" "$work" >"$work/conf"
	chmod 644 "$work/conf"
}
revoke() { "$revoke_user" --conf "$work/conf" "$@" </dev/null; }
deny() { revoke --reason test --deny-only "$@"; }
console=$work/state/lists.d/console.list
# What the list is and holds; never opened unless it is a file: a FIFO would block the test itself.
state_of() { stat -c '%F %a %u %s' "$console" 2>/dev/null && [ -f "$console" ] && [ ! -L "$console" ] && head -c 10000 "$console" | sha256sum; }
unchanged() { [ "$(state_of)" = "$1" ] || { state_of; return 1; }; }

# refused CODE WHAT-IT-SAYS LABEL CMD...: exit code, one clear line on standard error, and the list as it was.
refused() {
	local code=$1 pattern=$2 label=$3 before said got
	shift 3
	before=$(state_of)
	said=$("$@" 2>&1 >/dev/null)
	got=$?
	check "$label: exit $code" test $got -eq "$code"
	check "$label: prints the cause" grep -qE -- "$pattern" <<<"$said"
	check "$label: changes nothing" unchanged "$before"
	check "$label: prints no control bytes" fails grep -q $'[\x01-\x08\x0b-\x1f]' <<<"$said"
}

fresh
printf '# pam_revoke list 1\nuser:someone\n' >"$console"
chmod 600 "$console"
long=$(printf 'x%.0s' $(seq 4000))
while IFS='|' read -r name pattern; do
	refused 2 "$pattern" "name $(printf '%q' "${name:0:20}")" deny -- "$(printf '%b' "$name")"
done <<EOF
a/b|has a '/'
../etc|has a '/'
a b|blank
a"b|quote
a'b|quote
a\nb|control byte
a\x1b[31mb|control byte
a\xffb|not UTF-8
a\xe2\x80\xaeb|control byte
$long|longer than 256 bytes
-alice|begins with '-'
--|begins with '-'
a,b|','
a#b|'#'
group:staff|is not a person
key:SHA256:x|fingerprint
uid:x|is not a user id
99999|nobody's name
EOF
check_rc 2 "name empty: usage error" deny ""
check_rc 0 "name in UTF-8: accepted" deny jürgen
check_rc 0 "name DOMAIN\\user: accepted" deny 'EXAMPLE\alice'
check_rc 0 "name user:99999: accepted" deny user:99999
check "console.list: holds the accepted names" grep -qF 'user:EXAMPLE\alice' "$console"

for date in 2026-02-30 2026-13-01 2026-00-10 31.12.2026 tomorrow +7 +7x 2026-12-01T25:00Z 2020-01-01; do
	refused 2 'calendar|not in the future' "--until $date" deny carol --until "$date"
done
refused 2 'longer than 128' "reference of 4000 bytes" deny carol --ref "$long"
refused 2 'control byte' "reason with an escape sequence" revoke carol --deny-only --reason $'a\x1b[2J'
refused 2 'reason is required' "reason missing and no terminal" revoke carol --deny-only
refused 2 'exclude each other' "undo and list together" revoke --undo --list carol
refused 2 'is no option' "unknown option" revoke --nonsense
refused 2 'whose access' "no name" revoke

# The list itself, as it may be found. Each row makes it; nothing may be changed by the run.
bad_list() { # LABEL PATTERN MAKE...
	fresh
	local label=$1 pattern=$2
	shift 2
	"$@"
	refused 4 "$pattern" "console.list $label" deny carol
	check_rc 0 "console.list $label: the list command names the file" says 'console.list' revoke --list
}
make_file() { printf "$1" >"$console" && chmod "${2:-600}" "$console"; }
bad_list foreign-owned 'not owned by root' sh -c "printf '# pam_revoke list 1\n' >$console; chown 65534 $console"
bad_list world-writable 'writable by' make_file '# pam_revoke list 1\n' 666
bad_list truncated 'no newline' make_file '# pam_revoke list 1\nuser:bo'
bad_list binary 'not a revocation list' make_file '\177ELF\001\002\n'
bad_list 'of another version' 'version' make_file '# pam_revoke list 2\nuser:bob\n'
bad_list huge 'too large' sh -c "truncate -s 1073741825 $console; chmod 600 $console"
bad_list 'a FIFO' 'not a regular file' mkfifo -m 600 "$console"
bad_list 'a directory' 'not a regular file' mkdir "$console"
bad_list 'a link' 'symbolic link' ln -s /etc/passwd "$console"
fresh
check_rc 0 "console.list missing: created" deny carol
check "console.list created: its mode keeps reasons private" test "$(stat -c %a "$console")" = 600
rm -rf "$work/state/lists.d"
check_rc 4 "state directory without lists.d" deny carol
fresh
chmod 777 "$work/state"
check_rc 4 "state directory writable by others" deny carol

# The configuration.
fresh
bad_conf() {
	local label=$1 pattern=$2
	shift 2
	fresh
	rm -rf "$work/conf"
	"$@"
	refused 4 "$pattern" "configuration $label" deny carol
}
bad_conf missing 'is missing' true
bad_conf 'a directory' 'not a regular file' mkdir "$work/conf"
bad_conf 'a FIFO' 'not a regular file' mkfifo -m 600 "$work/conf"
bad_conf 'a link' 'symbolic link' ln -s /etc/passwd "$work/conf"
bad_conf 'world-writable' 'writable by' install -m 666 /dev/null "$work/conf"
bad_conf 'huge' 'too large' sh -c "yes '#' | head -c 100000 >$work/conf"
bad_conf 'with a typing error' 'conf:2: unavailble: is unknown' sh -c "printf '[gate]\nunavailble = deny\n' >$work/conf"
bad_conf 'binary' 'NUL byte' sh -c "printf 'a\0b' >$work/conf"
fresh

# Full disk: a file system with room for nothing more.
mkdir -p "$work/full"
mount -t tmpfs -o size=64k,mode=755 tmpfs "$work/full"
mkdir -p "$work/full/lists.d"
printf '# pam_revoke list 1\nuser:bob\n' >"$work/full/lists.d/console.list"
touch "$work/full/history.jsonl" "$work/full/lock"
chmod 600 "$work/full/lists.d/console.list" "$work/full/history.jsonl"
dd if=/dev/zero of="$work/full/filler" bs=4k 2>/dev/null
sed "s|$work/state|$work/full|g" "$work/conf" >"$work/conf.full"
check "full disk: the message names what can still be done" says '--end-only ends what is open' "$revoke_user" --conf "$work/conf.full" carol --reason x --deny-only
check_rc 4 "full disk: revocation fails" "$revoke_user" --conf "$work/conf.full" carol --reason x --deny-only
check "full disk: the message names the system error" says 'No space left on device' "$revoke_user" --conf "$work/conf.full" carol --reason x --deny-only
check "full disk: the old list is kept" grep -qx user:bob "$work/full/lists.d/console.list"
check "full disk: the history has no half line" test ! -s "$work/full/history.jsonl"
check "full disk: no temporary file is left" test ! -e "$work/full/lists.d/.console.list.new"
umount "$work/full"
# No inode left: whoever may write anywhere on the file system can bring that about, and must not keep their access by it.
full() { "$revoke_user" --conf "$work/conf.full" "$@" </dev/null; }
fill() {
	local i
	for i in $(seq 60); do touch "$work/full/filler$((++filled))" 2>/dev/null; done
	check "file system: no inode is left" fails touch "$work/full/more"
}
filled=0
mount -t tmpfs -o nr_inodes=40,size=1m,mode=755 tmpfs "$work/full"
mkdir -p "$work/full/lists.d"
check_rc 0 "spare files: created by the index rebuild" full --compile
check "spare files: one list, one more and the history exist" test -f "$work/full/lists.d/.spare" -a -f "$work/full/lists.d/.spare2" -a -f "$work/full/history.jsonl"
fill
for name in bob carol dave; do
	check_rc 0 "no inode left: $name is revoked" full "$name" --reason x --deny-only
	check "no inode left: a spare remains for the next change after $name" test -f "$work/full/lists.d/.spare" -o -f "$work/full/lists.d/.spare2"
	fill
	check_rc 1 "no inode left: the gate revokes $name" full --check "$name"
done
check_rc 0 "no inode left: undo for bob" full --undo bob
check "no inode left: two entries remain in the list" test "$(grep -cE '^user:(bob|carol|dave) ' "$work/full/lists.d/console.list")" = 2
check "no inode left: no temporary file is left" test ! -e "$work/full/lists.d/.console.list.new"
before=$(cat "$work/full/lists.d/console.list")
spoilt_spare() { # WHAT CMD...: a spare that must not be taken
	local what=$1
	shift
	rm -rf "$work/full/lists.d/".spare*
	"$@"
	fill
	check_rc 4 "no inode left and spare $what: revocation fails" full erin --reason x --deny-only
	check "no inode left and spare $what: the old list is kept" test "$(cat "$work/full/lists.d/console.list")" = "$before"
}
spoilt_spare gone true
rm "$work/full/filler1" && spoilt_spare 'a directory' mkdir "$work/full/lists.d/.spare"
spoilt_spare 'a symbolic link' ln -s "$work/full/history.jsonl" "$work/full/lists.d/.spare"
spoilt_spare 'a hard link' ln "$work/full/history.jsonl" "$work/full/lists.d/.spare"
rm "$work/full/filler2" "$work/full/filler3"
spoilt_spare 'writable by others' install -m 666 /dev/null "$work/full/lists.d/.spare"
spoilt_spare 'owned by another user' install -m 600 -o nobody /dev/null "$work/full/lists.d/.spare"
umount "$work/full"

# Who does not ask for the lock, an editor or a delivery, is not undone by us.
fresh
deny alice >/dev/null
slowly() { # a change that takes half a second between reading the list and writing it
	strace -qq -o /dev/null -e trace=fsync -e inject=fsync:delay_enter=500000:when=1 "$revoke_user" --conf "$work/conf" "$@" </dev/null &
	slow=$!
	sleep 0.25
}
slowly bob --reason x --deny-only
printf '# pam_revoke list 1\nuser:carol\n' >"$work/new"
install -m 600 "$work/new" "$work/state/lists.d/.delivered" && mv "$work/state/lists.d/.delivered" "$console"
wait $slow
check "list replaced meanwhile: exit 4" test $? -eq 4
check "list replaced meanwhile: the new list is kept" cmp -s "$work/new" "$console"
slowly bob --reason x --deny-only
echo user:dave >>"$console"
wait $slow
check "list written meanwhile: exit 4" test $? -eq 4
check "list written meanwhile: the new line is kept" grep -qx user:dave "$console"
: >"$console"
refused 4 'is empty: if nobody is writing it' "list empty while it is written" deny bob
fresh
check_rc 0 "standard output full: the revocation succeeds" sh -c "$revoke_user --conf $work/conf carol --reason x --deny-only >/dev/full"
check_rc 1 "standard output full: the user is revoked" revoke --check carol

# A name that two accounts had, one after the other: both numbers stay denied.
fresh
printf '# pam_revoke list 1\nuser:nobody uid=4242 reason="x"\n' >"$console"
chmod 600 "$console"
check_rc 0 "second account of the same name: revoked" deny nobody --force
check_rc 1 "second account of the same name: the first UID stays revoked" revoke --check uid:4242
check "second account of the same name: the list has two entries" test "$(grep -c '^user:nobody ' "$console")" = 2
check_rc 0 "second account of the same name: undo succeeds" revoke --undo nobody
check_rc 0 "second account of the same name: undo clears the first UID" revoke --check uid:4242

# One after the other.
fresh
check_rc 0 "alice: revoked" deny alice --ref T1
check "list without index: the reason is that it is too small" says '1 entry, read line by line: too few' revoke --compile
check "list without index: JSON has indexed and entries" says '"indexed": false, "entries": 1' revoke --compile --json
check_rc 4 "alice: revoked again with the same reference, nothing changes" deny alice --ref T1
check_rc 0 "alice: another reference replaces the entry" deny alice --ref T2
check "alice: the list has one entry" test "$(grep -c user:alice "$console")" = 1
check_rc 1 "alice: check answers revoked" revoke --check alice
check_rc 0 "bob: check answers clear" revoke --check bob
check "alice: check prints the verdict as JSON" test "$(revoke --check alice --json | jq -r .verdict)" = revoked
check_rc 1 "user:alice: check answers revoked" revoke --check user:alice
check "list: columns are aligned" says '^TARGET +STATE +UNTIL +REF' revoke --list
check "list: JSON has the reference" test "$(revoke --list --json | jq -r .ref)" = T2
check_rc 0 "dora: revoked from a later date" deny dora --from +7d
check_rc 0 "dora: clear before that date" revoke --check dora
check "list: omits the planned entry for dora" fails says 'user:dora' revoke --list
check "list: all entries include dora as planned" says 'user:dora +planned' revoke --list --all
check_rc 0 "emil: a later date ends no session now" revoke emil --reason contract --from +30d
check_rc 0 "frank: revoked until a date" deny frank --until +1d
check_rc 1 "frank: revoked before that date" revoke --check frank
check_rc 4 "alice: a later start does not replace the entry in force" deny alice --from +30d
check_rc 4 "alice: an end date does not replace the entry without one" deny alice --until +1d
check_rc 1 "alice: still revoked after both attempts" revoke --check alice
check_rc 0 "alice: undo succeeds" revoke --undo alice
check "history: undo for alice is done" test "$(revoke --history alice --json | jq -rs '.[-1] | .action + " " + .result')" = 'undo done'
printf '# pam_revoke list 1\nuser:moved uid=4242 reason=x\n' >"$console"
check_rc 0 "moved: revoked without an account of that name" deny moved
check "moved: the entry keeps its UID" grep -q 'user:moved uid=4242' "$console"
check_rc 4 "alice: a second undo changes nothing" revoke --undo alice
printf '# pam_revoke list 1\nuser:gina ref=CENTRAL\nuser:kim hosts=nowhere-*\nuser:lee services=cron\n' >"$work/lists/central.list"
chmod 644 "$work/lists/central.list"
deny gina >/dev/null
check_rc 3 "gina: undo is incomplete while another list revokes" revoke --undo gina
check "gina: undo names the other list and line" says 'central.list:2' sh -c "$revoke_user --conf $work/conf gina --reason x --deny-only; $revoke_user --conf $work/conf --undo gina"
check_rc 0 "lee: clear at the default PAM service" revoke --check lee
check_rc 1 "lee: revoked at cron" revoke --check lee --service cron
check_rc 0 "kim: an entry for other hosts does not match" revoke --check kim
printf '[service sshd]\nexempt_users = root,nina\n' >>"$work/conf"
check_rc 4 "nina: exempt at sshd, revocation is refused" deny nina
check_rc 0 "nina: check uses the settings of the service" revoke --check nina
check "history: one JSON object per line" test "$(revoke --history --json | jq -s length)" -ge 10
check "history: dora alone" test "$(revoke --history dora --json | jq -rs '.[0].action')" = revoke
check "history: the author is SUDO_USER" says '"by": "nobody"' sh -c "SUDO_USER=nobody $revoke_user --conf $work/conf hal --reason x --deny-only >/dev/null; tail -n 1 $work/state/history.jsonl"
check "history: an invalid SUDO_USER is not the author" fails says 'evil' sh -c "SUDO_USER='evil
name' $revoke_user --conf $work/conf ian --reason x --deny-only >/dev/null; tail -n 1 $work/state/history.jsonl"
check_rc 4 "root: revocation is refused" revoke root --reason x --deny-only
check_rc 4 "daemon: a system account is refused" deny daemon
check_rc 3 "root: forced, the exemption by the gate is reported" revoke root --reason x --deny-only --force
revoke --undo root >/dev/null
check_rc 0 "alice: a dry run needs no reason" revoke alice --dry-run --deny-only
check_rc 0 "alice: a dry run revokes nothing" revoke --check alice
check "jan: quiet prints nothing" silent deny jan --quiet
check_rc 4 "bob: a caller without root is refused" setpriv --reuid 65534 --clear-groups "$revoke_user" --conf "$work/conf" bob --reason x
check_rc 3 "bob: unreadable lists are not a clear answer" setpriv --reuid 65534 --clear-groups "$revoke_user" --conf "$work/conf" --check bob

# C09: twenty at once, none lost, each in the history.
fresh
for i in $(seq 20); do deny "person$i" --quiet & done
wait
check "20 at once: no entry is lost" test "$(grep -c '^user:person' "$console")" = 20
check "20 at once: the history has all of them" test "$(grep -c '"result": "done"' "$work/state/history.jsonl")" = 20
check_rc 0 "20 at once: the list is valid" revoke --check-list "$console"

# --check-list, as Puppet's validate_cmd calls it.
sound() { printf "$1" >"$work/check.list" && revoke --check-list "$work/check.list"; }
check_rc 0 "list file: valid" sound '# pam_revoke list 1\nuser:a\n'
check_rc 1 "list file: invalid line" sound '# pam_revoke list 1\nuser:a\nuser:a b\n'
check_rc 1 "list file: no header" sound 'user:a\n'
check_rc 1 "list file: expired" sound '# pam_revoke list 1\n%%expires 2020-01-01T00:00:00Z\nuser:a\n'
check_rc 1 "list file: truncated" sound '# pam_revoke list 1\nuser:a'
check_rc 1 "list file: empty" sound ''
check_rc 1 "list file: missing" revoke --check-list "$work/nowhere"
check "list file: the message names the line" says 'check.list:3: ' sound '# pam_revoke list 1\nuser:a\nuser:a b\n'

# On a terminal: the reason is asked for, and whether to go on; colours there and only there.
fresh
on_terminal() { # ENVIRONMENT INPUT WORDS...
	local environment=$1 input=$2
	shift 2
	printf "$input" | env $environment script -qec "$revoke_user --conf $work/conf $*" /dev/null
}
check "terminal: prompts for the reason" says 'Reason: ' on_terminal A=1 'because\ny\n' anna --deny-only
check_rc 1 "anna: revoked with the reason from the prompt" revoke --check anna
check "terminal: asks for confirmation" says 'not confirmed; nothing was changed' on_terminal A=1 'n\n' berta --deny-only --reason x
check_rc 0 "berta: clear without confirmation" revoke --check berta
check "terminal: colours" says $'\033\\[' on_terminal A=1 '' --list
check "terminal: no colours with NO_COLOR" fails says $'\033\\[' on_terminal NO_COLOR=1 '' --list
check "pipe: no colours" fails says $'\033\\[' revoke --list

# The logout.d script's command line, beside the parser its callers use.
check "systemd-login: agrees with argparse" python3 tests/cli/argparse_table.py "$script"
check_rc 3 "systemd-login query: an empty name is unknown" "$script" query --uid '' --cn ''
check_rc 3 "systemd-login logout: an empty name is unknown" "$script" logout --uid '' --cn ''
DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/no-bus
export DBUS_SYSTEM_BUS_ADDRESS
check_rc 3 "no bus: query is unavailable" "$script" query -u root -c x
check "no bus: query prints active unknown as JSON" test "$("$script" query -u root -c x | jq -r .active)" = unknown
check_rc 3 "no bus: logout is unavailable" "$script" logout -u root -c x
check "no bus: logout prints the cause on standard output" says 'system bus' sh -c "$script logout -u root -c x 2>/dev/null"
check_rc 3 "no bus: list is unavailable" "$script" list
check_rc 3 "no bus: kurt is revoked and not verified" revoke kurt --reason x
check_rc 3 "no bus: a dry run for kurt is not verified" revoke kurt --dry-run
check_rc 1 "no bus: kurt stays revoked" revoke --check kurt
check "sessions: an unknown name is reported" says 'does not know this name' revoke --sessions nobody-knows
check "ending without a user: the message names the option for all" says 'end-only --all' revoke --end-only --service sshd
check "undo dry run: the message names no entry for an unknown user" says "is not in" revoke --undo nobody-knows --dry-run

# Indexes: made after a change, by hand, and mended; what is off is said and does not change a verdict.
fresh
index=$work/state/index/$(sed 's/-/\\x2d/g; s/^\///; s/\//-/g' <<<"$console").index
many() { printf 'name,reason\n'; seq -f 'person%.0f,"left, for good"' "$1"; }
many 300 >"$work/many.csv"
check_rc 0 "import: succeeds" revoke --import "$work/many.csv" --ref T7
check "import: 300 entries have their reason" test "$(grep -c 'ref="T7".*reason="left, for good"$' "$console")" -eq 300
check "import: the history names the action" says '"action": "import"' cat "$work/state/history.jsonl"
check "import: the index is created" test -s "$index"
check "import: the history has the number of entries" says '"result": "done".*300 added' tail -n 1 "$work/state/history.jsonl"
check "import dry run: JSON has dry_run" says '"dry_run": true' "$revoke_user" --conf "$work/conf" --import - --reason x --dry-run --json <<<newcomer
check "import without a final newline: a warning" says 'has no newline at its end: is the last line whole' revoke --import <(printf 'one\ntwo') --reason x --dry-run
check_rc 0 "import without a final newline: succeeds" revoke --import <(printf 'one\ntwo') --reason x --dry-run
printf '# pam_revoke list 1\nuser:one\nuser:tw' >"$work/cut.list"
refused 4 'cut.list:3: has no newline at its end and may have been cut' "import of a truncated list" revoke --import "$work/cut.list" --reason x
printf '# pam_revoke list 1\nuser:x reson=y\nnonsense\n' >"$work/lists/bad.list"
check "check: the number of invalid lines is printed" says '2 lines are not understood and not enforced' revoke --check nobody-such
check "check: JSON has the number of invalid lines" says '"bad_lines": 2' revoke --check nobody-such --json
rm "$work/lists/bad.list"
check_rc 0 "undo dry run: succeeds" revoke --undo person77 --dry-run
check "undo dry run: prints what would change" says '1 entry would be taken out' revoke --undo person77 --dry-run
check "undo dry run: changes nothing" says '"verdict": "revoked"' revoke --check person77 --json
check_rc 4 "undo dry run: an unknown user" revoke --undo nobody-such --dry-run
refused 2 '^revoke-user: --from does not go with --import' "import with a start date: the message names the option" revoke --import "$work/many.csv" --reason x --from +7d
check_rc 1 "imported user: revoked" revoke --check person77
check "imported user: found by the index" fails says 'line by line' revoke --check person77
check_rc 4 "import again: nothing changes" revoke --import "$work/many.csv"
check "import again: 300 entries are known" says '0 added, 300 known' revoke --import "$work/many.csv"
check "import dry run: prints what would change" says '1 would be added' "$revoke_user" --conf "$work/conf" --import - --reason x --dry-run <<<newcomer
printf 'good\nbad name\n' >"$work/bad.csv"
refused 4 'bad.csv:2: has a blank' "import of an invalid line" revoke --import "$work/bad.csv" --reason x
refused 4 'has no reason' "import without a reason" revoke --import <(echo x)
refused 4 'can not be opened' "import of a missing file" revoke --import "$work/missing.csv" --reason x
refused 2 'needs a FILE' "import without a file name" revoke --import
printf 'root\nnewcomer\n' >"$work/root.csv"
refused 4 'names root, which takes --force' "import of root" revoke --import "$work/root.csv" --reason x
printf '# pam_revoke list 1\ngroup:staff\n' >"$work/group.list"
refused 4 'names a whole group' "import of a group" revoke --import "$work/group.list" --reason x
check_rc 0 "import of a group: succeeds with force" revoke --import "$work/group.list" --reason x --force --dry-run
refused 2 'control byte' "import with an invalid reason" revoke --import "$work/many.csv" --reason $'a\nb'
check_rc 0 "mallory: revoked" deny mallory
check "mallory: the revocation updates the index" fails says 'line by line' revoke --check mallory
printf 'user:byhand\n' >>"$console"
check_rc 1 "edit by hand: enforced at once" revoke --check byhand
check "edit by hand: the outdated index is reported" says 'another state of the list' revoke --check byhand
check_rc 0 "edit by hand: the index is rebuilt" revoke --compile
check "edit by hand: the rebuilt index is used" fails says 'line by line' revoke --check byhand
for page in $(seq $(($(stat -c %s "$index") / 1024 - 1))); do printf 'x' | dd of="$index" bs=1 seek=$((page * 1024 + 900)) conv=notrunc status=none; done
check_rc 1 "damaged index: the verdict comes from the text" revoke --check person77
check "damaged index: reported" says 'damaged' revoke --check nobody-knows
check_rc 0 "damaged index: the rebuild reads every page" revoke --compile
check "damaged index: the rebuilt index is used" fails says 'line by line' revoke --check nobody-knows
printf '# pam_revoke list 1\nuser:zoe' >"$work/lists/cut.list"
check_rc 3 "truncated list: the rebuild is incomplete" revoke --compile
check "truncated list: the rebuild names list and reason" says 'cut.list: has no newline' revoke --compile
rm "$work/lists/cut.list"
seq -f 'user:other%.0f' 200 >"$work/lists/gone.list"
revoke --compile >/dev/null
check "second list: has an index of its own" test "$(ls "$work/state/index" | grep -c '\.index$')" -eq 2
rm "$work/lists/gone.list"
check "rebuild: prints each list" says 'console.list: 302 entries' revoke --compile
check "rebuild: removes the index of a deleted list" test "$(ls "$work/state/index" | grep -c '\.index$')" -eq 1
check "rebuild: JSON has indexed and entries" says '"indexed": true, "entries": 302' revoke --compile --json
check_rc 2 "rebuild with a user name: usage error" revoke --compile alice
check_rc 0 "imported user: undo succeeds" revoke --undo person77
check "imported user: undo updates the index" fails says 'line by line' revoke --check person77
case_keys
case_krl
case_policy
case_doctor
checks_summary
