#!/bin/bash
# delivered.sh - lists that other programs deliver: the index follows, no verdict waits for it.
# Sourced by run.sh.
# shellcheck source=tests/hosts/commands.sh
. tests/hosts/commands.sh

lists_d=/etc/pam_revoke/lists.d
delivered=$lists_d/central.list
drop_in=/run/systemd/system/revoke-compile.service.d
delivered_index=/var/lib/pam_revoke/index/etc-pam_revoke-lists.d-central.list.index

path_waits() {
	[ "$(host_run h systemctl show -P SubState revoke-compile.path)" = waiting ]
}
# deliver NAME...: a list of them and 300 others, by rename, while systemd watches. The new file is
# written elsewhere: otherwise its writing starts the service, and the rename can come in the
# milliseconds between the last look of the service and the next watch of systemd.
deliver() {
	await 10 path_waits
	host_sh h "{
			echo '# pam_revoke list 1'; seq -f 'user:leaver%.0f' 300
			for name in $*; do echo \"user:\$name ref=T300\"; done
		} >/etc/pam_revoke/.new
		chmod 600 /etc/pam_revoke/.new && mv /etc/pam_revoke/.new $delivered"
}
index_matches() {
	local said
	said=$(host_run h revokectl check nobody-at-all 2>&1) &&
		grep -q ': clear$' <<<"$said" && ! grep -q 'line by line' <<<"$said"
}
# deliver_in STEP: a list arrives once in that step of the service, while systemd does not watch.
deliver_in() {
	cat >"$(host_root h)/root/between" <<-'END'
		rm /root/armed 2>/dev/null || exit 0
		cd /etc/pam_revoke/lists.d && cp -p central.list .new &&
			echo 'user:zoe ref=T300' >>.new && mv .new central.list
	END
	host_sh h "touch /root/armed && mkdir -p $drop_in &&
		printf '[Service]\n$1=+/bin/sh /root/between\n' >$drop_in/between.conf &&
		systemctl daemon-reload"
	deliver dave
	await 20 host_run h grep -q zoe $delivered
	await 10 index_matches
}

case_delivered() {
	local lines
	check "revoke-compile.path: active" host_run h systemctl is-active revoke-compile.path
	deliver dave
	check "dave: denied at once by a delivered list" says 'Reference: T300' ssh_as h dave id
	check "delivered list: the index is created" wait_for 20 host_run h test -s $delivered_index
	check "delivered list: the index matches" wait_for 10 index_matches
	check "list delivered before the rebuild: the index matches" deliver_in ExecStartPre
	sleep 1
	check "list delivered before the rebuild: the index still matches" index_matches
	host_sh h "rm -r $drop_in && systemctl daemon-reload"
	deliver dave
	check "next list: the index matches it" wait_for 20 index_matches
	lines=$(log_count 'list is read line by line')
	check "dave: denied by the index" says 'Reference: T300' ssh_as h dave id
	check "bob: logs in" says 'uid=1001' ssh_as h bob id
	check "journal: no message about the index" \
		test "$(log_count 'list is read line by line')" -eq "$lines"
	deliver erin
	check "erin: denied at once by the next list" says 'Reference: T300' ssh_as h erin id
	check "dave: logs in after the next list" says 'uid=1003' ssh_as h dave id
	check "next list: the index matches" wait_for 20 index_matches
	host_sh h "systemctl stop revoke-compile.path
		for page in 0 1 2; do
			printf x | dd of=$delivered_index bs=1 seek=\$((page * 4096 + 50)) \
				conv=notrunc status=none
		done"
	check "damaged index: erin is denied" says 'Reference: T300' ssh_as h erin id
	check "damaged index: bob logs in" says 'uid=1001' ssh_as h bob id
	check "damaged index: the journal has it" \
		test "$(log_count 'list is read line by line: .*damaged')" -ge 1
	host_sh h "echo 'user:bob ref=T301' >>$delivered"
	check "edit by hand: bob is denied at once" says 'Reference: T301' ssh_as h bob id
	check "revoke-compile.service: succeeds" host_run h systemctl start revoke-compile.service
	check "revoke-compile.service: the index matches" index_matches
	host_sh h "systemctl start revoke-compile.path"
	check "list delivered after the rebuild: the index matches" deliver_in ExecStartPost
	host_sh h "rm -r $drop_in && systemctl daemon-reload; rm $delivered"
	check "list deleted: bob logs in" says 'uid=1001' ssh_as h bob id
	check "list deleted: the index is gone" \
		wait_for 20 fails host_run h test -e $delivered_index
	check "our units: none has failed" \
		fails says 'revoke-compile' host_run h systemctl --failed --no-legend
}

# A directory that lists= names, with characters that mean something to systemd.
other_d="/srv/our \"lists\" at 100%n\\"
deliver_elsewhere() { # NAME...: the same in that directory
	await 10 path_waits
	{
		echo '# pam_revoke list 1'; seq -f 'user:leaver%.0f' 300
		printf 'user:%s ref=T302\n' "$@"
	} >"$(host_root h)/srv/.new" && mv "$(host_root h)/srv/.new" "$(host_root h)$other_d/other.list"
}
paths_watched() { host_run h systemctl show -P Paths revoke-compile.path; }
is_watched() { paths_watched | grep -qxF "$1 (PathChanged)"; }
# configure_lists TEXT: replaces the configuration by a [gate] section, and has systemd reload.
configure_lists() {
	printf '[gate]\n%s\n' "$1" >"$(host_root h)/etc/pam_revoke/pam_revoke.conf" &&
		host_run h systemctl daemon-reload
}

case_delivered_elsewhere() {
	local kept default root
	root=$(host_root h)
	kept=$(cat "$root/etc/pam_revoke/pam_revoke.conf")
	default=$(paths_watched)
	check "default lists: their directories are watched" is_watched "$lists_d"
	mkdir -p "$root$other_d"
	configure_lists "lists = $other_d,/var/lib/pam_revoke/lists.d"
	check "changed lists=: its directory is watched" is_watched "$other_d"
	check "changed lists=: no other directory is watched" fails is_watched "$lists_d"
	deliver_elsewhere dave
	check "dave: denied at once by the list elsewhere" says 'Reference: T302' ssh_as h dave id
	check "list elsewhere: the index matches" wait_for 10 index_matches
	deliver_elsewhere erin
	check "replaced list elsewhere: erin is denied at once" \
		says 'Reference: T302' ssh_as h erin id
	check "replaced list elsewhere: the index matches" wait_for 10 index_matches
	configure_lists "lits = $other_d"
	check "invalid configuration: the unit's own directories are watched" \
		test "$(paths_watched)" = "$default"
	echo "$kept" >"$root/etc/pam_revoke/pam_revoke.conf"
	rm -r "${root:?}$other_d"
	host_run h systemctl daemon-reload
	check "default lists again: their directories are watched" \
		test "$(paths_watched)" = "$default"
	deliver dave
	check "default lists again: the index matches" wait_for 20 index_matches
	host_run h rm $delivered
	check "our units: none has failed after that" \
		fails says 'revoke-compile' host_run h systemctl --failed --no-legend
}
