#!/bin/bash
# disk.sh - full file systems, and other programs that write the list. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

full() { "$revoke_user" --conf "$work/conf.full" "$@" </dev/null; }
full_ctl() { "$revokectl" "$@" --conf "$work/conf.full" </dev/null; }
full_console=$work/full/lists.d/console.list
case_full_disk() {
	mkdir -p "$work/full"
	mount -t tmpfs -o size=64k,mode=755 tmpfs "$work/full"
	mkdir -p "$work/full/lists.d"
	printf '# pam_revoke list 1\nuser:bob\n' >"$full_console"
	touch "$work/full/history.jsonl" "$work/full/lock"
	chmod 600 "$full_console" "$work/full/history.jsonl"
	dd if=/dev/zero of="$work/full/filler" bs=4k 2>/dev/null
	sed "s|$work/state|$work/full|g" "$work/conf" >"$work/conf.full"
	check "full disk: the message names what can still be done" \
		says "'revokectl end' ends sessions without an entry" full carol --reason x --no-end
	check_rc 4 "full disk: revocation fails" full carol --reason x --no-end
	check "full disk: the message names the system error" \
		says 'No space left on device' full carol --reason x --no-end
	check "full disk: the old list is kept" grep -qx user:bob "$full_console"
	check "full disk: the history has no half line" test ! -s "$work/full/history.jsonl"
	check "full disk: no temporary file is left" \
		test ! -e "$work/full/lists.d/.console.list.new"
	umount "$work/full"
}

# A user can use up the blocks of a writable file system, too.
fill_blocks() {
	dd if=/dev/zero of="$work/full/filler" oflag=append conv=notrunc bs=512 2>/dev/null
	check "file system: no block is left" \
		fails sh -c "echo more >'$work/full/more' 2>/dev/null && test -s '$work/full/more'"
}
case_no_block() {
	local name
	mkdir -p "$work/full"
	sed "s|$work/state|$work/full|g" "$work/conf" >"$work/conf.full"
	services_use "$work/conf.full"
	mount -t tmpfs -o size=1m,mode=755 tmpfs "$work/full"
	mkdir -p "$work/full/lists.d"
	check_rc 0 "spare blocks: allocated by the index rebuild" full_ctl reindex
	check "spare blocks: at least 64 KiB in each spare" test "$(find "$work/full/lists.d" \
		-name '.spare*' -size +127b | wc -l)" = 2
	fill_blocks
	for name in bob carol; do
		full "$name" --reason x --no-end >"$work/out" 2>&1
		check "no block left: the entry of $name is written" \
			grep -q "^user:$name .*reason=\"x\"$" "$full_console"
		check "no block left: the list ends after the entry of $name" \
			test "$(tail -c 4 "$full_console" | head -c 3)" = '"x"'
		check_rc 1 "no block left: the gate revokes $name" full_ctl check "$name"
		check "no block left: the history has $name" \
			grep -q "\"user:$name\"" "$work/full/history.jsonl"
		fill_blocks
	done
	check_rc 0 "no block left: undo for bob" full --undo bob
	check "no block left: no temporary file is left" \
		test ! -e "$work/full/lists.d/.console.list.new"
	rm "$work/full/lists.d/".spare*
	fill_blocks
	check "no block and no spare: the sessions are ended without an entry" \
		says 'dave: not recorded, new logins are possible; make' full dave --reason x --force
	check_rc 3 "no block and no spare: incomplete" full dave --reason x --force
	check "no block and no spare: the old list is kept" \
		grep -q '^user:carol ' "$full_console"
	umount "$work/full"
	services_use "$work/conf"
}

# A user can use up the inodes of a writable file system: that must not prevent a revocation.
fill() {
	for _ in $(seq 60); do touch "$work/full/filler$((++filled))" 2>/dev/null; done
	check "file system: no inode is left" fails touch "$work/full/more"
}
spoilt_spare() { # LABEL CMD...: a spare that must not be used
	local what=$1
	shift
	rm -rf "$work/full/lists.d/".spare*
	"$@"
	fill
	check_rc 4 "no inode left and spare $what: revocation fails" \
		full erin --reason x --no-end
	check "no inode left and spare $what: the old list is kept" \
		test "$(cat "$full_console")" = "$before"
}
case_no_inode() {
	local filled=0 name before
	services_use "$work/conf.full"
	mount -t tmpfs -o nr_inodes=40,size=1m,mode=755 tmpfs "$work/full"
	mkdir -p "$work/full/lists.d"
	check_rc 0 "spare files: created by the index rebuild" full_ctl reindex
	check "spare files: two exist, and the history" \
		stat "$work"/full/{lists.d/.spare,lists.d/.spare2,history.jsonl}
	fill
	for name in bob carol dave; do
		check_rc 0 "no inode left: $name is revoked" full "$name" --reason x --no-end
		check "no inode left: a spare remains for the next change after $name" \
			test -f "$work/full/lists.d/.spare" -o -f "$work/full/lists.d/.spare2"
		fill
		check_rc 1 "no inode left: the gate revokes $name" full_ctl check "$name"
	done
	check_rc 0 "no inode left: undo for bob" full --undo bob
	check "no inode left: two entries remain in the list" \
		test "$(grep -cE '^user:(bob|carol|dave) ' "$full_console")" = 2
	check "no inode left: no temporary file is left" \
		test ! -e "$work/full/lists.d/.console.list.new"
	before=$(cat "$full_console")
	spoilt_spare gone true
	rm "$work/full/filler1" && spoilt_spare 'a directory' mkdir "$work/full/lists.d/.spare"
	spoilt_spare 'a symbolic link' ln -s "$work/full/history.jsonl" "$work/full/lists.d/.spare"
	spoilt_spare 'a hard link' ln "$work/full/history.jsonl" "$work/full/lists.d/.spare"
	rm "$work/full/filler2" "$work/full/filler3"
	spoilt_spare 'writable by others' install -m 666 /dev/null "$work/full/lists.d/.spare"
	spoilt_spare 'owned by another user' \
		install -m 600 -o nobody /dev/null "$work/full/lists.d/.spare"
	check_rc 3 "no inode left and no spare: the sessions are ended" \
		full erin --reason x --force
	check "no inode left and no spare: the history has no revocation, but an ending" \
		grep -q '"end", "target": "user:erin".*no entry could be written' \
		"$work/full/history.jsonl"
	umount "$work/full"
	services_use "$work/conf"
}

# The list cannot be changed while another command holds the lock.
case_lock_held() {
	local holder name
	fresh
	for name in iris:3 jana:9; do
		flock "$work/state/lock" sleep "${name#*:}" &
		holder=$!
		name=${name%:*}
		while flock -n "$work/state/lock" true; do sleep 0.05; done
		revoke "$name" --reason x >"$work/out" 2>&1
		check "lock held, $name: without a UID the revocation is incomplete" test $? -eq 3
		if [ "$name" = iris ]; then
			check "lock held for a moment: the entry is written" grep -q "^user:$name " "$console"
			check "lock held for a moment: no promise" fails grep -q 'not written yet' "$work/out"
		else
			check "lock held for long: prints that the entry is not written yet" \
				grep -q "^revoke-user: $name: the entry is not written yet" "$work/out"
			check "lock held for long: nothing is written" fails grep -q "^user:$name " "$console"
		fi
		wait $holder
		check "lock released, $name: the entry is in the list" \
			wait_until_listed "$name"
	done
}
wait_until_listed() { # NAME
	local _
	for _ in $(seq 50); do
		! grep -q "^user:$1 " "$console" || return 0
		sleep 0.1
	done
	return 1
}

# Editors and deliveries do not take the lock: their changes must be kept.
slow_options=
slowly() { # WORDS...: half a second passes between reading the list and writing it
	strace -qq ${slow_options:+"$slow_options"} -o /dev/null -e trace=fsync \
		-e inject=fsync:delay_enter=500000:when=1 \
		"$revoke_user" --conf "$work/conf" "$@" </dev/null &
	slow=$!
	sleep 0.25
}
case_written_meanwhile() {
	local slow signal
	fresh
	deny alice >/dev/null
	slowly bob --reason x --no-end
	printf '# pam_revoke list 1\nuser:carol\n' >"$work/new"
	install -m 600 "$work/new" "$work/state/lists.d/.delivered" &&
		mv "$work/state/lists.d/.delivered" "$console"
	wait "$slow"
	check "list replaced meanwhile: exit 4" test $? -eq 4
	check "list replaced meanwhile: the new list is kept" cmp -s "$work/new" "$console"
	slowly bob --reason x --no-end
	echo user:dave >>"$console"
	wait "$slow"
	check "list written meanwhile: exit 4" test $? -eq 4
	check "list written meanwhile: the new line is kept" grep -qx user:dave "$console"
	slowly gina --reason x --no-end
	for signal in HUP TERM; do kill -$signal "$(pgrep -P "$slow")"; done
	wait "$slow"
	check "operator gone after the change began: exit 0" test $? -eq 0
	check_rc 1 "operator gone after the change began: the user is revoked" ctl check gina
	check "operator gone after the change began: the history has the result" \
		says 'user:gina .*done' ctl history gina
	slow_options=-f slowly hina --reason x  # a child writes
	for signal in HUP TERM; do kill -$signal "$(pgrep -P "$slow")"; done
	wait "$slow"
	check "operator gone while a child writes: the ending follows" \
		says 'user:hina .*incomplete' ctl history hina
	: >"$console"
	refused 4 'empty; if no program is writing it' "list empty while it is written" deny bob
	fresh
	check_rc 3 "standard output full: the revocation is done, its report is lost" \
		sh -c "$revoke_user --conf $work/conf carol --reason x --no-end >/dev/full"
	check_rc 1 "standard output full: the user is revoked" ctl check carol
	fresh
	check_rc 3 "standard streams closed: the revocation is done, its report is lost" \
		sh -c "exec $revoke_user --conf $work/conf dora --reason x --no-end <&- >&- 2>&-"
	check_rc 1 "standard streams closed: the user is revoked" ctl check dora
	check_rc 0 "standard streams closed: the list has the entry only" \
		"$revokectl" verify "$console"
}
