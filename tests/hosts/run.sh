#!/bin/bash
# run.sh SUITE... - the cases on a disposable host of each release, both at the same time.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/hosts/suites.sh
. tests/hosts/suites.sh

all_cases='installed open_services delivered delivered_elsewhere main_job su jobs keys log_out
	key_sessions resisting states starters held_off restarts_later supervisor roots_service
	low_uids odd_records without_root persistence subuid deep_groups selectors perhaps_exempt
	concurrent warn_and_now deleted_account expired_password guards own_session in_flight
	passed_the_gate manager_restarted sessions_max no_cgroup_kill operator_gone unkillable
	pid1_busy logind_stopped frozen_disk soft_reboot removal autopkgtest'

one_suite() {
	local part name
	# shellcheck source=tests/hosts/host.sh
	. tests/hosts/host.sh
	# shellcheck source=tests/assert.sh
	. tests/assert.sh
	# shellcheck source=tests/hosts/users.sh
	. tests/hosts/users.sh
	for part in main_job cases delivered keys states selectors units accounts bounds autopkgtest; do
		# shellcheck source=/dev/null # each is checked by itself
		. "tests/hosts/$part.sh"
	done
	# shellcheck disable=SC2034 # read by assert.sh
	check_label="$1: "
	on_failure() { [ -z "${host_leader[h]:-}" ] || host_state h; }
	# Not inside check: its command runs in a subshell, and the host's variables would be lost.
	packages "$1" && host_prepare h "$1" && users_add h alice bob carol dave erin &&
		install_packages h "$1" && host_boot h
	host_is_up $? "$1" alice || return
	for name in ${CASES:-$all_cases}; do
		"case_$name"
	done
	checks_summary
}

each_suite login one_suite "$@"
