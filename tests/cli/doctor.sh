#!/bin/bash
# doctor.sh - the doctor on healthy trees, and on trees with one error each. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh
# shellcheck source=tests/cli/doctor_trees.sh
. tests/cli/doctor_trees.sh

# Name of the tree, the number of findings, and the text of one of them.
doctor_rows() {
	cat <<END
last|10|^pam: sshd: common-account:1 .* pam_unix.so\) can end the phase before the gate is asked \
\(the session phase still denies revoked users\)
sufficient_before|1|^pam: sshd: sshd:1 \(sufficient pam_localuser.so\) can end
optional|10|^pam: cron: the verdict of the gate is ignored
sufficient|10|^pam: cron: the verdict of the gate is ignored
jumped_over|1|^pam: su: .* before the gate is asked
substack_done|1|^pam: sudo: the verdict of the gate is ignored
no_gate|1|^pam: sudo: the gate is not in the account stack \(the session
vendor|1|^pam: systemd-user: the gate is not in the account stack \(the session
falls_to_other|2|^pam: atd: the gate is not in the account stack
case|1|^pam: sshd: sshd:1 \(sufficient pam_permit.so\) can end
swallowed|10|^pam: sshd: the gate is not in the account stack
closed_only|10|^pam: sshd: the verdict of the gate is ignored
ignore_is_ok|10|^pam: sshd: denies every login
service_name|1|^pam: fleet: the gate is not in the account stack
no_readers|1|^pam: postgresql: postgres is not in the group pam-revoke
service_match|1|^pam: fleet: the gate is not in the account stack
template|1|^unit: code@.service: runs as alice
defaults|1|^sshd: /etc/default/ssh: starts sshd with UsePAM=no
no_module|1|^pam: pam_revoke.so: in the stacks and not installed
shut|10|^pam: sshd: denies every login
include_missing|1|^pam: su: common-acount: missing
loop|1|^pam: su: su: includes itself
usepam_no|1|^sshd: /etc/ssh/sshd_config: UsePAM no in /etc/ssh/sshd_config.d/10.conf
usepam_unsaid|1|^sshd: /etc/ssh/sshd_config: no 'UsePAM yes'
second_sshd|1|^sshd: /etc/ssh/admin_config: UsePAM no
sshd_option|1|^sshd: ssh.service: starts sshd with UsePAM=no
unit|1|^unit: job.service: runs as alice
bad_line|1|^list: /etc/pam_revoke/lists.d/fleet.list:2: 
expired|1|^list: .*: expired
future|1|^list: .*issued in the future
no_date|1|^list: .*: no %issued line
group_missing|1|^configuration: recsue: the group has rules and does not exist
due|1|^list: .*: outdated at .* and there is no newer list; deliver a newer
old|1|^list: .*: older than max_age since 2026-01-09
old_for_some|1|^list: .*: older than max_age since 2026-01-09
writable|1|^list: .*writable by group or others
no_directory|1|^list: /var/lib/pam_revoke/lists.d: missing
no_index|1|^index: /etc/pam_revoke/lists.d/fleet.list: read line by line
typo|1|^configuration: .*pam_revoke.conf:2: unavailble
not_read|1|^configuration: /var/lib/pam_revoke/lists.d: revoke-user writes there
exempt_empty|1|^exempt: rescue: exempt group without
exempt_two|1|^exempt: rescue: exempts 2 users
exempt_all|1|^exempt: staff: exempts 40 users
END
}

# doctor_asks STATE...: runs the doctor with a script as /usr/sbin/sshd and STATE... as directories
# in /run: sshd (sshd is running), old (sshd has no -G), bad (sshd rejects its configuration),
# users (another user owns sshd).
# sshd_config has UsePAM no; the script prints never.
doctor_asks() {
	# shellcheck disable=SC2016 # the shell in the namespace expands it
	unshare -m sh -c 'for each in /etc /run /usr/sbin; do
			mount -t tmpfs -o mode=755 tmpfs $each || exit
		done
		cp "$1" /usr/sbin/sshd && shift && mkdir /etc/ssh && echo UsePAM no >/etc/ssh/sshd_config
		cd /run && doctor=$1 && shift && { [ $# -eq 0 ] || mkdir "$@"; } &&
			{ [ ! -d users ] || chown 1 /usr/sbin/sshd; } && exec "$doctor" doctor' \
		sh "$work/sshd" "$revokectl" "$@"
}
case_doctor_asks() {
	local asked='^sshd: /etc/ssh/sshd_config: UsePAM never, from sshd' instead
	cat >"$work/sshd" <<-'END'
		#!/bin/sh
		[ "$1" = -G ] && [ -d /run/old ] && echo "unknown option -- G" && exit 1
		[ -d /run/bad ] && echo "Bad configuration option: Nonsense" && exit 255
		[ "$1" = -G ] || [ -d /run/sshd ] ||
			{ echo "Missing privilege separation directory: /run/sshd"; exit 255; }
		echo "usepam never"
	END
	chmod 755 "$work/sshd"
	check "doctor: asks an sshd that runs" says "$asked -T;" doctor_asks sshd
	check "doctor: asks an sshd that a socket starts" says "$asked -G;" doctor_asks
	check "doctor: reads the files of an old sshd that a socket starts" \
		says '^sshd: .*: UsePAM no in /etc/ssh/sshd_config;' doctor_asks old
	check "doctor: prints no warning of that" fails says 'files are read' doctor_asks old
	check "doctor: warns of a configuration that sshd rejects" \
		says 'sshd -T fails, the files are read instead: .*Nonsense' doctor_asks sshd bad
	instead='the files are read instead'
	check "doctor: runs no sshd of another user" \
		fails says '^sshd: .* from sshd' doctor_asks sshd users
	check "doctor: warns of an sshd of another user" \
		says "sshd is not run, $instead: others than root can write /usr/sbin/sshd" \
		doctor_asks sshd users
	check "doctor: warns of it where a socket starts sshd" \
		says 'sshd -G fails, the files are read instead: .*Nonsense' doctor_asks bad
}

case_doctor() {
	local name count pattern said found=0 healthy=0
	for name in debian authselect substack jumps required brackets hourly other_denies \
		denies_all readers exempt_few; do
		"tree_$name"
		check_rc 0 "doctor: $name is healthy" \
			says '^healthy$' "$revokectl" doctor --root "$tree"
		check_rc 0 "doctor: $name, quiet" \
			silent "$revokectl" doctor --root "$tree" --quiet
		healthy=$((healthy + 1))
	done
	while IFS='|' read -r name count pattern; do
		"tree_$name"
		said=$("$revokectl" doctor --root "$tree")
		check "doctor: $name: exit 1" test $? -eq 1
		check "doctor: $name: is found" grep -qE -- "$pattern" <<<"$said"
		check "doctor: $name: nothing else is found" test "$(wc -l <<<"$said")" -eq "$count"
		check "doctor: $name: JSON has the findings" test "$("$revokectl" doctor \
			--root "$tree" --json | jq -r .finding | wc -l)" -eq "$count"
		found=$((found + 1))
	done < <(doctor_rows)
	echo "        doctor: $healthy healthy trees without a finding, $found with an error found"
	refused 2 "'--root' cannot be used with 'revokectl list'" "root directory without doctor" \
		ctl list --root "$tree"
	refused 2 'nowhere: not a directory' "missing root directory" ctl doctor --root "$work/nowhere"
	refused 2 "unexpected argument 'alice'" "doctor with a user name" ctl doctor alice
}
