#!/bin/bash
# own_pam.sh - PAM services that call the gate with a configuration of the test's own. Sourced.

# own_pam DIRECTORY CONF: in the mount namespace of the test, this host has sshd and login only.
own_pam() {
	local directory
	[ "${REVOKE_NAMESPACE:-}" = $$ ] || { echo 'own_pam: no mount namespace' >&2; exit 1; }
	mkdir "$1/pam.d"
	services_use "$2" "$1/pam.d"
	mount --bind "$1/pam.d" /etc/pam.d || exit 1
	for directory in /usr/lib/pam.d /etc/ssh; do
		[ ! -d "$directory" ] || mount -t tmpfs tmpfs "$directory" || exit 1
	done
}

# services_use CONF [DIRECTORY]
services_use() {
	local service
	for service in sshd login; do
		printf '%s\n' "account requisite pam_revoke.so conf=$1" \
			'account required pam_permit.so' >"${2:-/etc/pam.d}/$service"
	done
}
