#!/bin/bash
# run.sh SUITE... - the cases on a disposable host of each release, both at the same time.
cd "$(dirname "$0")/../.." || exit 1
. tests/hosts/suites.sh

one_suite() {
	. tests/hosts/host.sh
	. tests/assert.sh
	. tests/hosts/users.sh
	. tests/hosts/cases.sh
	. tests/hosts/bounds.sh
	. tests/hosts/delivered.sh
	. tests/hosts/keys.sh
	check_label="$1: "
	on_failure() { [ -z "${host_leader[h]:-}" ] || host_state h; }
	# Not inside check, which runs its command in a subshell: what the host is would be forgotten there.
	packages "$1" && host_prepare h "$1" && users_add h alice bob carol dave erin && install_packages h "$1" && host_boot h
	check "host: the packages install and it boots" test $? -eq 0
	[ $checks_failed -eq 0 ] || { cat "$hosts_dir/h/"*.log; checks_summary; return; }
	local name
	for name in ${CASES:-installed delivered main_job su jobs keys key_sessions resisting states traces numbers deep_groups selectors concurrent warn_and_now deleted_account expired_password guards own_session in_flight manager_restarted sessions_max no_cgroup_kill unkillable pid1_busy logind_stopped removal}; do
		"case_$name"
	done
	checks_summary
}

each_suite login one_suite "$@"
