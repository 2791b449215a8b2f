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
	check "$label: says why" grep -qE -- "$pattern" <<<"$said"
	check "$label: changes nothing" unchanged "$before"
	check "$label: without control bytes" fails grep -q $'[\x01-\x08\x0b-\x1f]' <<<"$said"
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
check_rc 2 "an empty name" deny ""
check_rc 0 "UTF-8 is a name" deny jürgen
check_rc 0 "DOMAIN\\user is a name" deny 'EXAMPLE\alice'
check_rc 0 "so is user:99999" deny user:99999
check "the list holds them" grep -qF 'user:EXAMPLE\alice' "$console"

for date in 2026-02-30 2026-13-01 2026-00-10 31.12.2026 tomorrow +7 +7x 2026-12-01T25:00Z 2020-01-01; do
	refused 2 'calendar|not in the future' "--until $date" deny carol --until "$date"
done
refused 2 'longer than 128' 'a reference too long' deny carol --ref "$long"
refused 2 'control byte' 'a reason with an escape' revoke carol --deny-only --reason $'a\x1b[2J'
refused 2 'reason is required' 'no reason, no terminal' revoke carol --deny-only
refused 2 'exclude each other' 'two actions' revoke --undo --list carol
refused 2 'is no option' 'an unknown option' revoke --nonsense
refused 2 'whose access' 'nobody' revoke

# The list itself, as it may be found. Each row makes it; nothing may be changed by the run.
bad_list() { # LABEL PATTERN MAKE...
	fresh
	local label=$1 pattern=$2
	shift 2
	"$@"
	refused 4 "$pattern" "console.list $label" deny carol
	check_rc 0 "console.list $label: questions are answered in words" says 'console.list' revoke --list
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
check_rc 0 "console.list missing: made" deny carol
check "with the mode that keeps reasons private" test "$(stat -c %a "$console")" = 600
rm -rf "$work/state/lists.d"
check_rc 4 "no folder for it" deny carol
fresh
chmod 777 "$work/state"
check_rc 4 "a state folder that others can write" deny carol

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
check "full disk: says what can still be done" says '--end-only ends what is open' "$revoke_user" --conf "$work/conf.full" carol --reason x --deny-only
check_rc 4 "full disk" "$revoke_user" --conf "$work/conf.full" carol --reason x --deny-only
check "full disk: named" says 'No space left on device' "$revoke_user" --conf "$work/conf.full" carol --reason x --deny-only
check "full disk: the list is the old one" grep -qx user:bob "$work/full/lists.d/console.list"
check "full disk: no half line in the history" test ! -s "$work/full/history.jsonl"
check "full disk: nothing lies about" test ! -e "$work/full/lists.d/.console.list.new"
umount "$work/full"
# No inode left: whoever may write anywhere on the file system can bring that about, and must not keep their access by it.
full() { "$revoke_user" --conf "$work/conf.full" "$@" </dev/null; }
fill() {
	local i
	for i in $(seq 60); do touch "$work/full/filler$((++filled))" 2>/dev/null; done
	check "no inode is left" fails touch "$work/full/more"
}
filled=0
mount -t tmpfs -o nr_inodes=40,size=1m,mode=755 tmpfs "$work/full"
mkdir -p "$work/full/lists.d"
check_rc 0 "room is kept" full --compile
check "for a list and a history" test -f "$work/full/lists.d/.spare" -a -f "$work/full/lists.d/.spare2" -a -f "$work/full/history.jsonl"
fill
for name in bob carol dave; do
	check_rc 0 "no inode left: $name is denied all the same" full "$name" --reason x --deny-only
	check "no inode left: and a spare is there for the next" test -f "$work/full/lists.d/.spare" -o -f "$work/full/lists.d/.spare2"
	fill
	check_rc 1 "no inode left: the gate knows $name" full --check "$name"
done
check_rc 0 "no inode left: undo" full --undo bob
check "no inode left: two are in the list" test "$(grep -cE '^user:(bob|carol|dave) ' "$work/full/lists.d/console.list")" = 2
check "no inode left: nothing lies about" test ! -e "$work/full/lists.d/.console.list.new"
before=$(cat "$work/full/lists.d/console.list")
spoilt_spare() { # WHAT CMD...: a spare that must not be taken
	local what=$1
	shift
	rm -rf "$work/full/lists.d/".spare*
	"$@"
	fill
	check_rc 4 "no inode left, and the spare is $what" full erin --reason x --deny-only
	check "the spare is $what: the list is the old one" test "$(cat "$work/full/lists.d/console.list")" = "$before"
}
spoilt_spare gone true
rm "$work/full/filler1" && spoilt_spare 'a folder' mkdir "$work/full/lists.d/.spare"
spoilt_spare 'a symbolic link' ln -s "$work/full/history.jsonl" "$work/full/lists.d/.spare"
spoilt_spare 'a hard link' ln "$work/full/history.jsonl" "$work/full/lists.d/.spare"
rm "$work/full/filler2" "$work/full/filler3"
spoilt_spare 'writable by others' install -m 666 /dev/null "$work/full/lists.d/.spare"
spoilt_spare "somebody else's" install -m 600 -o nobody /dev/null "$work/full/lists.d/.spare"
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
check "a list that was replaced meanwhile: exit 4" test $? -eq 4
check "a list that was replaced meanwhile is not undone" cmp -s "$work/new" "$console"
slowly bob --reason x --deny-only
echo user:dave >>"$console"
wait $slow
check "a list that was written meanwhile: exit 4" test $? -eq 4
check "a list that was written meanwhile is not undone" grep -qx user:dave "$console"
: >"$console"
refused 4 'is empty: if nobody is writing it' "a list that is being written" deny bob
fresh
check_rc 0 "standard output is full: the denial happens" sh -c "$revoke_user --conf $work/conf carol --reason x --deny-only >/dev/full"
check_rc 1 "and holds" revoke --check carol

# A name that two accounts had, one after the other: both numbers stay denied.
fresh
printf '# pam_revoke list 1\nuser:nobody uid=4242 reason="x"\n' >"$console"
chmod 600 "$console"
check_rc 0 "another account of the same name" deny nobody --force
check_rc 1 "the first one's number stays denied" revoke --check uid:4242
check "both are in the list" test "$(grep -c '^user:nobody ' "$console")" = 2
check_rc 0 "undo takes both" revoke --undo nobody
check_rc 0 "the first one's number is clear" revoke --check uid:4242

# One after the other.
fresh
check_rc 0 "deny" deny alice --ref T1
check "a list too small for an index is named as such" says '1 entry, read line by line: too few' revoke --compile
check "and in JSON" says '"indexed": false, "entries": 1' revoke --compile --json
check_rc 4 "the same again" deny alice --ref T1
check_rc 0 "another reference replaces it" deny alice --ref T2
check "there is one entry" test "$(grep -c user:alice "$console")" = 1
check_rc 1 "--check" revoke --check alice
check_rc 0 "--check of another" revoke --check bob
check "--check --json" test "$(revoke --check alice --json | jq -r .verdict)" = revoked
check_rc 1 "--check user:alice" revoke --check user:alice
check "--list is aligned" says '^TARGET +STATE +UNTIL +REF' revoke --list
check "--list --json" test "$(revoke --list --json | jq -r .ref)" = T2
check_rc 0 "later" deny dora --from +7d
check_rc 0 "is not in force now" revoke --check dora
check "--list hides what is not in force" fails says 'user:dora' revoke --list
check "--list --all shows it" says 'user:dora +planned' revoke --list --all
check_rc 0 "from a date on, nothing is ended now" revoke emil --reason contract --from +30d
check_rc 0 "until" deny frank --until +1d
check_rc 1 "is in force" revoke --check frank
check_rc 4 "a later start for somebody who is denied now" deny alice --from +30d
check_rc 4 "an end for somebody who is denied for good" deny alice --until +1d
check_rc 1 "both change nothing" revoke --check alice
check_rc 0 "--undo" revoke --undo alice
check "--undo is in the history as done" test "$(revoke --history alice --json | jq -rs '.[-1] | .action + " " + .result')" = 'undo done'
printf '# pam_revoke list 1\nuser:moved uid=4242 reason=x\n' >"$console"
check_rc 0 "an account that was deleted or renamed" deny moved
check "keeps its number" grep -q 'user:moved uid=4242' "$console"
check_rc 4 "--undo again" revoke --undo alice
printf '# pam_revoke list 1\nuser:gina ref=CENTRAL\nuser:kim hosts=nowhere-*\nuser:lee services=cron\n' >"$work/lists/central.list"
chmod 644 "$work/lists/central.list"
deny gina >/dev/null
check_rc 3 "--undo while another list denies" revoke --undo gina
check "names it" says 'central.list:2' sh -c "$revoke_user --conf $work/conf gina --reason x --deny-only; $revoke_user --conf $work/conf --undo gina"
check_rc 0 "--check --service" revoke --check lee
check_rc 1 "--check --service cron" revoke --check lee --service cron
check_rc 0 "hosts= of elsewhere" revoke --check kim
printf '[service sshd]\nexempt_users = root,nina\n' >>"$work/conf"
check_rc 4 "exempt for one service: refused as the login will meet it" deny nina
check_rc 0 "--check with the service's settings" revoke --check nina
check "--history is one JSON object a line" test "$(revoke --history --json | jq -s length)" -ge 10
check "--history of one" test "$(revoke --history dora --json | jq -rs '.[0].action')" = revoke
check "the author is SUDO_USER" says '"by": "nobody"' sh -c "SUDO_USER=nobody $revoke_user --conf $work/conf hal --reason x --deny-only >/dev/null; tail -n 1 $work/state/history.jsonl"
check "and never what is no name" fails says 'evil' sh -c "SUDO_USER='evil
name' $revoke_user --conf $work/conf ian --reason x --deny-only >/dev/null; tail -n 1 $work/state/history.jsonl"
check_rc 4 "root is refused" revoke root --reason x --deny-only
check_rc 4 "a system account is refused" deny daemon
check_rc 3 "forced, the gate still exempts root, and that is said" revoke root --reason x --deny-only --force
revoke --undo root >/dev/null
check_rc 0 "--dry-run needs no reason" revoke alice --dry-run --deny-only
check_rc 0 "and does nothing" revoke --check alice
check "--quiet is quiet" silent deny jan --quiet
check_rc 4 "not root" setpriv --reuid 65534 --clear-groups "$revoke_user" --conf "$work/conf" bob --reason x
check_rc 3 "lists that can not be read are no clear answer" setpriv --reuid 65534 --clear-groups "$revoke_user" --conf "$work/conf" --check bob

# C09: twenty at once, none lost, each in the history.
fresh
for i in $(seq 20); do deny "person$i" --quiet & done
wait
check "20 at once: none lost" test "$(grep -c '^user:person' "$console")" = 20
check "20 at once: all in the history" test "$(grep -c '"result": "done"' "$work/state/history.jsonl")" = 20
check_rc 0 "and the list is sound" revoke --check-list "$console"

# --check-list, as Puppet's validate_cmd calls it.
sound() { printf "$1" >"$work/check.list" && revoke --check-list "$work/check.list"; }
check_rc 0 "a sound list" sound '# pam_revoke list 1\nuser:a\n'
check_rc 1 "a bad line" sound '# pam_revoke list 1\nuser:a\nuser:a b\n'
check_rc 1 "no header" sound 'user:a\n'
check_rc 1 "expired" sound '# pam_revoke list 1\n%%expires 2020-01-01T00:00:00Z\nuser:a\n'
check_rc 1 "cut" sound '# pam_revoke list 1\nuser:a'
check_rc 1 "empty" sound ''
check_rc 1 "missing" revoke --check-list "$work/nowhere"
check "the line is named" says 'check.list:3: ' sound '# pam_revoke list 1\nuser:a\nuser:a b\n'

# On a terminal: the reason is asked for, and whether to go on; colours there and only there.
fresh
on_terminal() { # ENVIRONMENT INPUT WORDS...
	local environment=$1 input=$2
	shift 2
	printf "$input" | env $environment script -qec "$revoke_user --conf $work/conf $*" /dev/null
}
check "asks for the reason" says 'Reason: ' on_terminal A=1 'because\ny\n' anna --deny-only
check_rc 1 "and takes it" revoke --check anna
check "asks whether to go on" says 'not confirmed; nothing was changed' on_terminal A=1 'n\n' berta --deny-only --reason x
check_rc 0 "and means it" revoke --check berta
check "colours on a terminal" says $'\033\\[' on_terminal A=1 '' --list
check "none with NO_COLOR" fails says $'\033\\[' on_terminal NO_COLOR=1 '' --list
check "none in a pipe" fails says $'\033\\[' revoke --list

# The logout.d script's command line, beside the parser its callers use.
check "systemd-login agrees with argparse" python3 tests/cli/argparse_table.py "$script"
check_rc 3 "an empty name is nobody: query" "$script" query --uid '' --cn ''
check_rc 3 "an empty name is nobody: logout" "$script" logout --uid '' --cn ''
DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/no-bus
export DBUS_SYSTEM_BUS_ADDRESS
check_rc 3 "no bus: query can not tell" "$script" query -u root -c x
check "no bus: and says so in JSON" test "$("$script" query -u root -c x | jq -r .active)" = unknown
check_rc 3 "no bus: logout can not tell" "$script" logout -u root -c x
check "no bus: on standard output" says 'system bus' sh -c "$script logout -u root -c x 2>/dev/null"
check_rc 3 "no bus: list can not tell" "$script" list
check_rc 3 "no bus: revoke-user denies and says that it could not verify" revoke kurt --reason x
check_rc 3 "no bus: a dry run does not claim to have seen all" revoke kurt --dry-run
check_rc 1 "no bus: the denial holds" revoke --check kurt
check "a name that nobody knows is said to be one" says 'does not know this name' revoke --sessions nobody-knows
check "whose access: the way out is named" says 'end-only --all' revoke --end-only --service sshd
check "undo, dry: claims no entry that may not be there" says "is not in" revoke --undo nobody-knows --dry-run

# Indexes: made after a change, by hand, and mended; what is off is said and does not change a verdict.
fresh
index=$work/state/index/$(sed 's/-/\\x2d/g; s/^\///; s/\//-/g' <<<"$console").index
many() { printf 'name,reason\n'; seq -f 'person%.0f,"left, for good"' "$1"; }
many 300 >"$work/many.csv"
check_rc 0 "import" revoke --import "$work/many.csv" --ref T7
check "300 entries with their reason" test "$(grep -c 'ref="T7".*reason="left, for good"$' "$console")" -eq 300
check "the import is in the history" says '"action": "import"' cat "$work/state/history.jsonl"
check "and made the index" test -s "$index"
check "and how it went" says '"result": "done".*300 added' tail -n 1 "$work/state/history.jsonl"
check "dry: JSON says so" says '"dry_run": true' "$revoke_user" --conf "$work/conf" --import - --reason x --dry-run --json <<<newcomer
check "a last line without a newline is doubted" says 'has no newline at its end: is the last line whole' revoke --import <(printf 'one\ntwo') --reason x --dry-run
check_rc 0 "and taken" revoke --import <(printf 'one\ntwo') --reason x --dry-run
printf '# pam_revoke list 1\nuser:one\nuser:tw' >"$work/cut.list"
refused 4 'cut.list:3: has no newline at its end and may have been cut' "import of a list that was cut" revoke --import "$work/cut.list" --reason x
printf '# pam_revoke list 1\nuser:x reson=y\nnonsense\n' >"$work/lists/bad.list"
check "check: says how many lines are not understood" says '2 lines are not understood and not enforced' revoke --check nobody-such
check "check: and in JSON" says '"bad_lines": 2' revoke --check nobody-such --json
rm "$work/lists/bad.list"
check_rc 0 "undo, dry" revoke --undo person77 --dry-run
check "undo, dry: says what it would do" says '1 entry would be taken out' revoke --undo person77 --dry-run
check "undo, dry: nor is it done" says '"verdict": "revoked"' revoke --check person77 --json
check_rc 4 "undo, dry, of somebody else" revoke --undo nobody-such --dry-run
refused 2 '^revoke-user: --from does not go with --import' "the word that does not fit is named" revoke --import "$work/many.csv" --reason x --from +7d
check_rc 1 "who was imported is revoked" revoke --check person77
check "by the index: no word of reading line by line" fails says 'line by line' revoke --check person77
check_rc 4 "import again: all are known" revoke --import "$work/many.csv"
check "and that is said" says '0 added, 300 known' revoke --import "$work/many.csv"
check "dry: says what it would do" says '1 would be added' "$revoke_user" --conf "$work/conf" --import - --reason x --dry-run <<<newcomer
printf 'good\nbad name\n' >"$work/bad.csv"
refused 4 'bad.csv:2: has a blank' "import of a bad line" revoke --import "$work/bad.csv" --reason x
refused 4 'has no reason' "import without a reason" revoke --import <(echo x)
refused 4 'can not be opened' "import of nothing" revoke --import "$work/missing.csv" --reason x
refused 2 'needs a FILE' "import without a file" revoke --import
printf 'root\nnewcomer\n' >"$work/root.csv"
refused 4 'names root, which takes --force' "import of root" revoke --import "$work/root.csv" --reason x
printf '# pam_revoke list 1\ngroup:staff\n' >"$work/group.list"
refused 4 'names a whole group' "import of a group" revoke --import "$work/group.list" --reason x
check_rc 0 "with --force it is taken" revoke --import "$work/group.list" --reason x --force --dry-run
refused 2 'control byte' "import with a bad reason" revoke --import "$work/many.csv" --reason $'a\nb'
check_rc 0 "a revocation" deny mallory
check "refreshes the index" fails says 'line by line' revoke --check mallory
printf 'user:byhand\n' >>"$console"
check_rc 1 "an edit by hand counts at once" revoke --check byhand
check "and the index is said to be old" says 'another state of the list' revoke --check byhand
check_rc 0 "compile" revoke --compile
check "mends it" fails says 'line by line' revoke --check byhand
for page in $(seq $(($(stat -c %s "$index") / 1024 - 1))); do printf 'x' | dd of="$index" bs=1 seek=$((page * 1024 + 900)) conv=notrunc status=none; done
check_rc 1 "a damaged index: the verdict is the text's" revoke --check person77
check "and it is said" says 'damaged' revoke --check nobody-knows
check_rc 0 "compile looks at every page" revoke --compile
check "and mends it" fails says 'line by line' revoke --check nobody-knows
printf '# pam_revoke list 1\nuser:zoe' >"$work/lists/cut.list"
check_rc 3 "compile: a list that can have none is named" revoke --compile
check "with its reason" says 'cut.list: has no newline' revoke --compile
rm "$work/lists/cut.list"
seq -f 'user:other%.0f' 200 >"$work/lists/gone.list"
revoke --compile >/dev/null
check "another list has its own" test "$(ls "$work/state/index" | grep -c '\.index$')" -eq 2
rm "$work/lists/gone.list"
check "compile says each list" says 'console.list: 302 entries' revoke --compile
check "and removes what is no list's any more" test "$(ls "$work/state/index" | grep -c '\.index$')" -eq 1
check "json" says '"indexed": true, "entries": 302' revoke --compile --json
check_rc 2 "compile takes no name" revoke --compile alice
check_rc 0 "undo" revoke --undo person77
check "refreshes it, too" fails says 'line by line' revoke --check person77
case_keys
case_krl
case_policy
case_doctor
checks_summary
