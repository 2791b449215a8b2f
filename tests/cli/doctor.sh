# doctor.sh - revoke-user --doctor on trees that are sound, and on trees with one hole each. Sourced by run.sh.

gate_first='account requisite pam_revoke.so'
unix_debian='account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so
account requisite pam_deny.so
account required pam_permit.so'

# put FILE TEXT: into the tree.
put() {
	mkdir -p "$(dirname "$tree/$1")"
	printf '%s\n' "$2" >"$tree/$1"
	chmod 600 "$tree/$1"
}

# A Debian host as our package leaves it.
tree_debian() {
	local service
	rm -rf "$tree"
	mkdir -p "$tree/etc/pam_revoke/lists.d" "$tree/var/lib/pam_revoke/lists.d" "$tree/etc/systemd/system"
	put usr/lib/x86_64-linux-gnu/security/pam_revoke.so module
	put etc/pam.d/common-account "$gate_first
$unix_debian"
	put etc/pam.d/common-session 'session requisite pam_revoke.so
session required pam_unix.so'
	for service in login su su-l sudo sudo-i cron atd other; do
		put "etc/pam.d/$service" '@include common-account
@include common-session'
	done
	put etc/pam.d/sshd 'auth required pam_env.so
account    required     pam_nologin.so   # a comment
@include common-account
session [success=ok ignore=ignore module_unknown=ignore default=bad] \
	pam_selinux.so close
@include common-session'
	put usr/lib/pam.d/systemd-user 'account sufficient pam_unix.so no_pass_expiry'
	put etc/pam.d/systemd-user '@include common-account
@include common-session'
	put etc/ssh/sshd_config 'Include /etc/ssh/sshd_config.d/*.conf
UsePAM yes
Match User git
	PasswordAuthentication no'
	put etc/ssh/sshd_config.d/10.conf 'X11Forwarding no'
	put usr/lib/systemd/system/ssh.service '[Service]
ExecStart=/usr/sbin/sshd -D $SSHD_OPTS'
	put usr/lib/systemd/system/daemon.service '[Service]
User=daemon
ExecStart=/usr/bin/x'
	put etc/passwd 'root:x:0:0::/root:/bin/sh
daemon:x:1:1::/:/bin/sh
alice:x:1000:1000::/home/alice:/bin/sh'
	put etc/group 'rescue:x:900:alice'
	put etc/pam_revoke/lists.d/fleet.list '# pam_revoke list 1
%issued 2026-01-01T00:00:00Z
user:mallory'
}
# The same as authselect makes it: one system-auth that the others include.
tree_authselect() {
	local service
	tree_debian
	rm -r "$tree/etc/pam.d"
	put etc/pam.d/system-auth "$gate_first
account required pam_unix.so
account sufficient pam_localuser.so
account sufficient pam_usertype.so issystem
account [default=bad success=ok user_unknown=ignore] pam_sss.so
account required pam_permit.so
session requisite pam_revoke.so
session [success=1 default=ignore] pam_succeed_if.so service in crond quiet use_uid
session required pam_unix.so"
	for service in sshd login su sudo crond systemd-user other; do
		put "etc/pam.d/$service" 'account required pam_nologin.so
account include system-auth
session include system-auth'
	done
}
tree_substack() { tree_authselect; put etc/pam.d/sshd 'account required pam_sepermit.so
account substack system-auth
session include system-auth'; }
tree_jumps() { tree_debian; put etc/pam.d/sshd "$gate_first
account [success=2 default=ignore] pam_localuser.so
account [default=bad success=ok] pam_sss.so
account required pam_time.so
account required pam_permit.so
@include common-session"; }
tree_required() { tree_debian; put etc/pam.d/common-account "account required pam_revoke.so
$unix_debian"; }
tree_brackets() { tree_debian; put etc/pam.d/common-account "account [success=ok ignore=ignore default=die] /usr/lib/x86_64-linux-gnu/security/pam_revoke.so
$unix_debian"; }

common() { tree_debian; put etc/pam.d/common-account "$1"; }
tree_last() { common "$unix_debian
$gate_first"; }
tree_sufficient_before() { tree_debian; put etc/pam.d/sshd 'account sufficient pam_localuser.so
@include common-account
@include common-session'; }
tree_optional() { common "account optional pam_revoke.so
$unix_debian"; }
tree_sufficient() { common "account sufficient pam_revoke.so
$unix_debian"; }
tree_jumped_over() { tree_debian; put etc/pam.d/su "account [success=1 default=ignore] pam_wheel.so
$gate_first
account required pam_permit.so"; }
tree_substack_done() { tree_debian; put etc/pam.d/site 'account sufficient pam_localuser.so'; put etc/pam.d/sudo "account substack site
account optional pam_revoke.so
account required pam_permit.so"; }
tree_no_gate() { tree_debian; put etc/pam.d/sudo 'account required pam_unix.so
@include common-session'; }
tree_vendor() { tree_debian; rm "$tree/etc/pam.d/systemd-user"; }
tree_falls_to_other() { tree_debian; put etc/pam.d/other 'account required pam_unix.so'; put etc/pam.d/atd 'session required pam_unix.so'; }
tree_case() { tree_debian; put etc/pam.d/sshd 'Account SUFFICIENT pam_permit.so
@include common-account
@include common-session'; }
tree_swallowed() { common "account required pam_time.so \\  
$gate_first
$unix_debian"; }
tree_closed_only() { common "account [perm_denied=die ignore=ignore default=ignore] pam_revoke.so
$unix_debian"; }
tree_ignore_is_ok() { common "account [ignore=ok perm_denied=die default=die] pam_revoke.so
$unix_debian"; }
tree_service_name() { tree_debian; put etc/ssh/sshd_config 'UsePAM yes
PAMServiceName fleet'; put etc/pam.d/fleet 'account required pam_unix.so'; }
tree_template() { tree_debian; put usr/lib/systemd/system/code@.service '[Service]
User = %i'; mkdir -p "$tree/etc/systemd/system/multi-user.target.wants"; ln -s /usr/lib/systemd/system/code@.service "$tree/etc/systemd/system/multi-user.target.wants/code@alice.service"; }
tree_defaults() { tree_debian; put etc/default/ssh 'SSHD_OPTS="-oUsePAM=no"'; }
tree_no_module() { tree_debian; rm -r "$tree/usr/lib/x86_64-linux-gnu"; }
tree_shut() { common "account [default=bad] pam_revoke.so
$unix_debian"; }
tree_include_missing() { tree_debian; put etc/pam.d/su '@include common-acount'; }
tree_loop() { tree_debian; put etc/pam.d/su '@include su'; }
tree_usepam_no() { tree_debian; put etc/ssh/sshd_config.d/10.conf 'usepam=no'; }
tree_usepam_unsaid() { tree_debian; put etc/ssh/sshd_config 'Port 22'; }
tree_second_sshd() { tree_debian; put etc/ssh/admin_config 'Port 2222
UsePAM no'; put etc/systemd/system/sshd-admin.service '[Service]
ExecStart=/usr/sbin/sshd -D -f /etc/ssh/admin_config'; }
tree_sshd_option() { tree_debian; put etc/systemd/system/ssh.service '[Service]
ExecStart=/usr/sbin/sshd -D -o UsePAM=no'; }
tree_unit() { tree_debian; put etc/systemd/system/job.service '[Service]
ExecStart=/usr/bin/x'; put etc/systemd/system/job.service.d/user.conf '[Service]
User=alice'; }
tree_bad_line() { tree_debian; put etc/pam_revoke/lists.d/fleet.list '# pam_revoke list 1
usr:mallory'; }
tree_expired() { tree_debian; put etc/pam_revoke/lists.d/fleet.list '# pam_revoke list 1
%expires 2026-01-02T00:00:00Z'; }
tree_future() { tree_debian; put etc/pam_revoke/lists.d/fleet.list "# pam_revoke list 1
%issued $(date -u -d '+1 day' +%FT%TZ)"; }
tree_due() { tree_debian; put etc/pam_revoke/lists.d/fleet.list "# pam_revoke list 1
%issued $(date -u -d '-7 days' +%FT%TZ)
%expires $(date -u -d '+36 hours' +%FT%TZ)"; }
tree_hourly() { tree_debian; put etc/pam_revoke/lists.d/fleet.list "# pam_revoke list 1
%issued $(date -u -d '-10 minutes' +%FT%TZ)
%expires $(date -u -d '+110 minutes' +%FT%TZ)"; }
tree_old() { tree_debian; put etc/pam_revoke/pam_revoke.conf '[gate]
max_age = 8d'; }
tree_no_date() { tree_debian; put etc/pam_revoke/pam_revoke.conf '[gate]
max_age = 8d'; put etc/pam_revoke/lists.d/fleet.list '# pam_revoke list 1
user:mallory'; }
tree_group_missing() { tree_debian; put etc/pam_revoke/pam_revoke.conf '[group recsue]
unavailable = allow'; }
tree_old_for_some() { tree_debian; put etc/pam_revoke/pam_revoke.conf '[group rescue]
max_age = 8d'; }
tree_writable() { tree_debian; chmod 666 "$tree/etc/pam_revoke/lists.d/fleet.list"; }
tree_no_folder() { tree_debian; rm -r "$tree/var/lib/pam_revoke/lists.d"; }
tree_no_index() { tree_debian; put etc/pam_revoke/lists.d/fleet.list "# pam_revoke list 1
$(seq -f 'user:leaver%.0f' 300)"; }
tree_typo() { tree_debian; put etc/pam_revoke/pam_revoke.conf '[gate]
unavailble = deny'; }
tree_not_read() { tree_debian; put etc/pam_revoke/pam_revoke.conf '[gate]
lists = /etc/pam_revoke/lists.d'; }
tree_exempt_empty() { tree_debian; put etc/group 'rescue:x:900:'; put etc/pam_revoke/pam_revoke.conf '[gate]
exempt_groups = rescue'; }
tree_exempt_all() { tree_debian; put etc/group "staff:x:50:$(seq -s, -f 'u%.0f' 40)"; put etc/pam_revoke/pam_revoke.conf '[gate]
exempt_groups = staff'; }

case_doctor() {
	local tree=$work/tree name count pattern said found=0 sound=0
	for name in debian authselect substack jumps required brackets hourly; do
		"tree_$name"
		check_rc 0 "doctor: $name is healthy" says '^healthy$' "$revoke_user" --doctor --root "$tree"
		check_rc 0 "doctor: $name, quiet" silent "$revoke_user" --doctor --root "$tree" --quiet
		sound=$((sound + 1))
	done
	# Name of the tree, how many findings there must be, and what one of them says.
	while IFS='|' read -r name count pattern; do
		"tree_$name"
		said=$("$revoke_user" --doctor --root "$tree")
		check "doctor: $name: exit 1" test $? -eq 1
		check "doctor: $name: is found" grep -qE -- "$pattern" <<<"$said"
		check "doctor: $name: nothing else is found" test "$(wc -l <<<"$said")" -eq "$count"
		check "doctor: $name: JSON has the findings" test "$("$revoke_user" --doctor --root "$tree" --json | jq -r .finding | wc -l)" -eq "$count"
		found=$((found + 1))
	done <<EOF
last|10|^pam: sshd: common-account:1 .* pam_unix.so\) can end the phase before the gate is asked \(the session's gate still refuses\)
sufficient_before|1|^pam: sshd: sshd:1 \(sufficient pam_localuser.so\) can end
optional|10|^pam: cron: the gate's refusal is not heard
sufficient|10|^pam: cron: the gate's refusal is not heard
jumped_over|1|^pam: su: .* before the gate is asked
substack_done|1|^pam: sudo: the gate's refusal is not heard
no_gate|1|^pam: sudo: the gate is not in its account stack \(the session
vendor|1|^pam: systemd-user: the gate is not in its account stack \(the session
falls_to_other|2|^pam: atd: the gate is not in its account stack
case|1|^pam: sshd: sshd:1 \(sufficient pam_permit.so\) can end
swallowed|10|^pam: sshd: the gate is not in its account stack
closed_only|10|^pam: sshd: the gate's refusal is not heard
ignore_is_ok|10|^pam: sshd: lets nobody in
service_name|1|^pam: fleet: the gate is not in its account stack
template|1|^unit: code@.service: runs as alice
defaults|1|^sshd: /etc/default/ssh: starts sshd with UsePAM=no
no_module|1|^pam: pam_revoke.so: is named in the stacks and not installed
shut|10|^pam: sshd: lets nobody in
include_missing|1|^pam: su: common-acount: is missing
loop|1|^pam: su: su: includes itself
usepam_no|1|^sshd: /etc/ssh/sshd_config: UsePAM no in /etc/ssh/sshd_config.d/10.conf
usepam_unsaid|1|^sshd: /etc/ssh/sshd_config: does not say UsePAM yes
second_sshd|1|^sshd: /etc/ssh/admin_config: UsePAM no
sshd_option|1|^sshd: ssh.service: starts sshd with UsePAM=no
unit|1|^unit: job.service: runs as alice
bad_line|1|^list: /etc/pam_revoke/lists.d/fleet.list:2: 
expired|1|^list: .*has expired
future|1|^list: .*issued in the future
no_date|1|^list: .*does not say when it was issued
group_missing|1|^configuration: recsue: is a group with rules that is not there
due|1|^list: .*becomes stale at .* and there is no newer one yet; deliver the next
old|1|^list: .*is older than max_age allows, since 2026-01-09
old_for_some|1|^list: .*is older than max_age allows, since 2026-01-09
writable|1|^list: .*writable by group or others
no_folder|1|^list: /var/lib/pam_revoke/lists.d: is missing
no_index|1|^index: /etc/pam_revoke/lists.d/fleet.list: is read line by line
typo|1|^configuration: .*pam_revoke.conf:2: unavailble
not_read|1|^configuration: /var/lib/pam_revoke/lists.d: is where revoke-user writes
exempt_empty|1|^exempt: rescue: is an exempt group without
exempt_all|1|^exempt: staff: exempts 40 people
EOF
	echo "        doctor: $sound sound trees, no alarm; $found with a hole, each found"
	refused 2 '--root goes with --doctor' "root directory without doctor" revoke --list --root "$tree"
	refused 2 'is no directory' "missing root directory" revoke --doctor --root "$work/nowhere"
	refused 2 'takes no NAME' "doctor with a user name" revoke --doctor alice
}
