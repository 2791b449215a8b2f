#!/bin/bash
# doctor_trees.sh - file trees for the doctor: healthy hosts, and hosts with one error each.
# Sourced by doctor.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

tree=$work/tree
gate_first='account requisite pam_revoke.so'
unix_debian='account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so
account requisite pam_deny.so
account required pam_permit.so'
module=/usr/lib/x86_64-linux-gnu/security/pam_revoke.so
list=etc/pam_revoke/lists.d/fleet.list
conf=etc/pam_revoke/pam_revoke.conf

# put FILE LINE...: into the tree.
put() {
	mkdir -p "$(dirname "$tree/$1")"
	printf '%s\n' "${@:2}" >"$tree/$1"
	chmod 600 "$tree/$1"
}
put_common() { # STACK CONTROL...: a file that includes Debian's stacks
	put "$@" '@include common-account' '@include common-session'
}
put_list() { put "$list" '# pam_revoke list 1' "$@"; }
put_account() { put etc/pam.d/common-account "$@"; }

# A Debian host as our package leaves it.
tree_debian() {
	local service
	rm -rf "$tree"
	mkdir -p "$tree/etc/pam_revoke/lists.d" "$tree/var/lib/pam_revoke/lists.d" \
		"$tree/etc/systemd/system"
	put "$module" module
	put_account "$gate_first" "$unix_debian"
	put etc/pam.d/common-session 'session requisite pam_revoke.so' \
		'session required pam_unix.so'
	for service in login su su-l sudo sudo-i cron atd other; do
		put_common "etc/pam.d/$service"
	done
	# shellcheck disable=SC1003 # the backslash continues a line of the stack
	put etc/pam.d/sshd 'auth required pam_env.so' \
		'account    required     pam_nologin.so   # a comment' \
		'@include common-account' \
		'session [success=ok ignore=ignore module_unknown=ignore default=bad] \' \
		'	pam_selinux.so close' \
		'@include common-session'
	put usr/lib/pam.d/systemd-user 'account sufficient pam_unix.so no_pass_expiry'
	put_common etc/pam.d/systemd-user
	put etc/ssh/sshd_config 'Include /etc/ssh/sshd_config.d/*.conf' 'UsePAM yes' \
		'Match User git' '	PasswordAuthentication no'
	put etc/ssh/sshd_config.d/10.conf 'X11Forwarding no'
	# shellcheck disable=SC2016 # systemd expands it
	put usr/lib/systemd/system/ssh.service '[Service]' 'ExecStart=/usr/sbin/sshd -D $SSHD_OPTS'
	put usr/lib/systemd/system/daemon.service '[Service]' 'User=daemon' 'ExecStart=/usr/bin/x'
	put etc/passwd 'root:x:0:0::/root:/bin/sh' 'daemon:x:1:1::/:/bin/sh' \
		'alice:x:1000:1000::/home/alice:/bin/sh'
	put etc/group 'rescue:x:900:alice'
	put_list '%issued 2026-01-01T00:00:00Z' 'user:mallory'
}
# The same as authselect makes it: one system-auth that the others include.
tree_authselect() {
	local service if_cron='pam_succeed_if.so service in crond quiet use_uid'

	tree_debian
	rm -r "$tree/etc/pam.d"
	put etc/pam.d/system-auth "$gate_first" \
		'account required pam_unix.so' \
		'account sufficient pam_localuser.so' \
		'account sufficient pam_usertype.so issystem' \
		'account [default=bad success=ok user_unknown=ignore] pam_sss.so' \
		'account required pam_permit.so' \
		'session requisite pam_revoke.so' \
		"session [success=1 default=ignore] $if_cron" \
		'session required pam_unix.so'
	for service in sshd login su sudo crond systemd-user other; do
		put "etc/pam.d/$service" 'account required pam_nologin.so' \
			'account include system-auth' 'session include system-auth'
	done
}
tree_substack() {
	tree_authselect
	put etc/pam.d/sshd 'account required pam_sepermit.so' 'account substack system-auth' \
		'session include system-auth'
}
tree_jumps() {
	tree_debian
	put etc/pam.d/sshd "$gate_first" \
		'account [success=2 default=ignore] pam_localuser.so' \
		'account [default=bad success=ok] pam_sss.so' \
		'account required pam_time.so' \
		'account required pam_permit.so' \
		'@include common-session'
}

tree_with_account() { # LINE...: Debian's tree with this account stack
	tree_debian
	put_account "$@"
}
tree_required() { tree_with_account 'account required pam_revoke.so' "$unix_debian"; }
tree_brackets() {
	tree_with_account "account [success=ok ignore=ignore default=die] $module" "$unix_debian"
}
tree_last() { tree_with_account "$unix_debian" "$gate_first"; }
tree_sufficient_before() {
	tree_debian
	put_common etc/pam.d/sshd 'account sufficient pam_localuser.so'
}
tree_optional() { tree_with_account 'account optional pam_revoke.so' "$unix_debian"; }
tree_sufficient() { tree_with_account 'account sufficient pam_revoke.so' "$unix_debian"; }
tree_jumped_over() {
	tree_debian
	put etc/pam.d/su 'account [success=1 default=ignore] pam_wheel.so' "$gate_first" \
		'account required pam_permit.so'
}
tree_substack_done() {
	tree_debian
	put etc/pam.d/site 'account sufficient pam_localuser.so'
	put etc/pam.d/sudo 'account substack site' 'account optional pam_revoke.so' \
		'account required pam_permit.so'
}
tree_no_gate() {
	tree_debian
	put etc/pam.d/sudo 'account required pam_unix.so' '@include common-session'
}
tree_vendor() { tree_debian; rm "$tree/etc/pam.d/systemd-user"; }
tree_falls_to_other() {
	tree_debian
	put etc/pam.d/other 'account required pam_unix.so'
	put etc/pam.d/atd 'session required pam_unix.so'
}
tree_case() {
	tree_debian
	put_common etc/pam.d/sshd 'Account SUFFICIENT pam_permit.so'
}
tree_swallowed() {
	tree_with_account 'account required pam_time.so \  ' "$gate_first" "$unix_debian"
}
tree_closed_only() {
	tree_with_account \
		'account [perm_denied=die ignore=ignore default=ignore] pam_revoke.so' \
		"$unix_debian"
}
tree_ignore_is_ok() {
	tree_with_account 'account [ignore=ok perm_denied=die default=die] pam_revoke.so' \
		"$unix_debian"
}
tree_service_name() {
	tree_debian
	put etc/ssh/sshd_config 'UsePAM yes' 'PAMServiceName fleet'
	put etc/pam.d/fleet 'account required pam_unix.so'
}
tree_service_match() {
	tree_service_name
	put etc/ssh/sshd_config 'UsePAM yes' 'PAMServiceName sshd' 'Match User alice' \
		'  PAMServiceName fleet'
}
tree_daemon() { # GROUP...: PostgreSQL, and the lines of /etc/group
	tree_debian
	put_common etc/pam.d/postgresql
	put etc/group 'rescue:x:900:alice' "$@"
}
tree_readers() { tree_daemon 'pam-revoke:x:901:jupyterhub,postgres'; }
tree_no_readers() { tree_daemon 'pam-revoke:x:901:'; }
tree_template() {
	local wants=$tree/etc/systemd/system/multi-user.target.wants
	tree_debian
	put usr/lib/systemd/system/code@.service '[Service]' 'User = %i'
	mkdir -p "$wants"
	ln -s /usr/lib/systemd/system/code@.service "$wants/code@alice.service"
}
tree_defaults() { tree_debian; put etc/default/ssh 'SSHD_OPTS="-oUsePAM=no"'; }
tree_no_module() { tree_debian; rm -r "$tree/usr/lib/x86_64-linux-gnu"; }
tree_other_denies() { tree_debian; put etc/pam.d/other 'account required pam_deny.so'; }
tree_denies_all() { tree_debian; put etc/pam.d/su "$gate_first" 'account required pam_deny.so'; }
tree_shut() { tree_with_account 'account [default=bad] pam_revoke.so' "$unix_debian"; }
tree_include_missing() { tree_debian; put etc/pam.d/su '@include common-acount'; }
tree_loop() { tree_debian; put etc/pam.d/su '@include su'; }
tree_usepam_no() { tree_debian; put etc/ssh/sshd_config.d/10.conf 'usepam=no'; }
tree_usepam_unsaid() { tree_debian; put etc/ssh/sshd_config 'Port 22'; }
tree_second_sshd() {
	tree_debian
	put etc/ssh/admin_config 'Port 2222' 'UsePAM no'
	put etc/systemd/system/sshd-admin.service '[Service]' \
		'ExecStart=/usr/sbin/sshd -D -f /etc/ssh/admin_config'
}
tree_sshd_option() {
	tree_debian
	put etc/systemd/system/ssh.service '[Service]' 'ExecStart=/usr/sbin/sshd -D -o UsePAM=no'
}
tree_unit() {
	tree_debian
	put etc/systemd/system/job.service '[Service]' 'ExecStart=/usr/bin/x'
	put etc/systemd/system/job.service.d/user.conf '[Service]' 'User=alice'
}
tree_bad_line() { tree_debian; put_list 'usr:mallory'; }
tree_expired() { tree_debian; put_list '%expires 2026-01-02T00:00:00Z'; }
at() { date -u -d "$1" +%FT%TZ; }
tree_future() { tree_debian; put_list "%issued $(at '+1 day')"; }
tree_due() {
	tree_debian
	put_list "%issued $(at '-7 days')" "%expires $(at '+36 hours')"
}
tree_hourly() {
	tree_debian
	put_list "%issued $(at '-10 minutes')" "%expires $(at '+110 minutes')"
}
tree_old() { tree_debian; put "$conf" '[gate]' 'max_age = 8d'; }
tree_no_date() { tree_old; put_list 'user:mallory'; }
tree_group_missing() { tree_debian; put "$conf" '[group recsue]' 'unavailable = allow'; }
tree_old_for_some() { tree_debian; put "$conf" '[group rescue]' 'max_age = 8d'; }
tree_writable() { tree_debian; chmod 666 "$tree/$list"; }
tree_no_directory() { tree_debian; rm -r "$tree/var/lib/pam_revoke/lists.d"; }
tree_no_index() { tree_debian; put_list "$(seq -f 'user:leaver%.0f' 300)"; }
tree_typo() { tree_debian; put "$conf" '[gate]' 'unavailble = deny'; }
tree_not_read() { tree_debian; put "$conf" '[gate]' 'lists = /etc/pam_revoke/lists.d'; }
tree_exempt_empty() {
	tree_debian
	put etc/group 'rescue:x:900:'
	put "$conf" '[gate]' 'exempt_groups = rescue'
}
tree_exempt_half() { # two of four users; of three, they may be the administrators
	tree_debian
	put etc/group 'rescue:x:900:alice,bob'
	put "$conf" '[gate]' 'exempt_groups = rescue'
	put etc/passwd 'root:x:0:0::/root:/bin/sh' 'alice:x:1000:1000::/:/bin/sh' \
		'bob:x:1001:1001::/:/bin/sh' 'carol:x:1002:1002::/:/bin/sh' "$@"
}
tree_exempt_few() { tree_exempt_half; }
tree_exempt_two() { tree_exempt_half 'dave:x:1003:1003::/:/bin/sh'; }
tree_exempt_all() {
	tree_debian
	put etc/group "staff:x:50:$(seq -s, -f 'u%.0f' 40)"
	put "$conf" '[gate]' 'exempt_groups = staff'
}
