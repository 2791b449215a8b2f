#!/bin/bash
# delivered.sh - lists that other programs deliver: the index follows, no verdict waits for it.
# Sourced by run.sh.
# shellcheck source=tests/hosts/commands.sh
. tests/hosts/commands.sh

lists_d=/etc/pam_revoke/lists.d
delivered=$lists_d/central.list
drop_in=/run/systemd/system/revoke-compile.service.d
delivered_index=/var/lib/pam_revoke/index/etc-pam_revoke-lists.d-central.list.index

# deliver NAME...: a list of them and 300 others, by rename.
deliver() {
	host_sh h "{
			echo '# pam_revoke list 1'; seq -f 'user:leaver%.0f' 300
			for name in $*; do echo \"user:\$name ref=T300\"; done
		} >$lists_d/.new
		chmod 600 $lists_d/.new && mv $lists_d/.new $delivered"
}
index_matches() {
	local said
	said=$(host_run h revokectl check nobody-at-all 2>&1) &&
		grep -q ': clear$' <<<"$said" && ! grep -q 'line by line' <<<"$said"
}
# A list that arrives after the indexes are made and before systemd watches again: once, in a step
# of the service.
deliver_between() {
	cat >"$(host_root h)/root/between" <<-'END'
		rm /root/armed 2>/dev/null || exit 0
		cd /etc/pam_revoke/lists.d && cp -p central.list .new &&
			echo 'user:zoe ref=T300' >>.new && mv .new central.list
	END
	host_sh h "touch /root/armed && mkdir -p $drop_in &&
		printf '[Service]\nExecStartPost=+/bin/sh /root/between\n' >$drop_in/between.conf &&
		systemctl daemon-reload"
	deliver dave
	wait_for 20 host_run h grep -q zoe $delivered && wait_for 10 index_matches
}

case_delivered() {
	local lines
	check "revoke-compile.path: active" host_run h systemctl is-active revoke-compile.path
	deliver dave
	check "dave: denied at once by a delivered list" says 'Reference: T300' ssh_as h dave id
	check "delivered list: the index is created" wait_for 20 host_run h test -s $delivered_index
	check "delivered list: the index matches" wait_for 10 index_matches
	deliver frank && deliver dave
	check "list delivered during the rebuild: the index matches" wait_for 10 index_matches
	sleep 1
	check "list delivered during the rebuild: the index still matches" index_matches
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
	check "list delivered between rebuild and watch: the index matches" deliver_between
	host_sh h "rm -r $drop_in && systemctl daemon-reload; rm $delivered"
	check "list deleted: bob logs in" says 'uid=1001' ssh_as h bob id
	check "list deleted: the index is gone" \
		wait_for 20 fails host_run h test -e $delivered_index
	check "our units: none has failed" \
		fails says 'revoke-compile' host_run h systemctl --failed --no-legend
}
