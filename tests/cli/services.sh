#!/bin/bash
# services.sh - the PAM services of the host, each with its own stack and options. Sourced by run.sh.
# shellcheck source=tests/cli/common.sh
. tests/cli/common.sh

# Each row: a label, the account lines of login (with \n), and what is printed; - for nothing.
service_rows() {
	cat <<-END
		the gate|account requisite pam_revoke.so conf=$work/conf\naccount required pam_unix.so|-
		no gate|account required pam_unix.so|login does not deny: the gate is not in the account stack
		no line and no other|# nothing|-
		pam_deny alone|account required pam_deny.so|-
		another configuration|account requisite pam_revoke.so\naccount required pam_unix.so|login does not deny: login:1: could not be checked: 
		other lists|account requisite pam_revoke.so conf=$work/conf lists=$work/lists\naccount required pam_unix.so|login does not deny: login:1: the gate does not read $console
		exempt on the line|account requisite pam_revoke.so conf=$work/conf exempt_users=zoe\naccount required pam_unix.so|login does not deny: login:1: exempt by the configuration
		exempt for the service|account requisite pam_revoke.so conf=$work/conf.login\naccount required pam_unix.so|login does not deny: login:1: exempt by the configuration
		sufficient before it|account sufficient pam_localuser.so\naccount requisite pam_revoke.so conf=$work/conf|can end the phase before the gate is asked
		a second gate|account requisite pam_revoke.so conf=$work/conf exempt_users=zoe\naccount requisite pam_revoke.so conf=$work/conf\naccount required pam_unix.so|-
		an invalid option|account requisite pam_revoke.so conf=$work/conf lists\naccount required pam_unix.so|-
	END
}
named() { # LABEL OPTIONS: zoe is revoked, exit 3, and $pattern is printed
	check_rc 3 "$1: incomplete" deny zoe "${@:2}"
	check "$1: the service is named" says "$pattern" deny zoe "${@:2}"
}
case_services() {
	local label lines pattern
	fresh
	printf '%s\n' "$(cat "$work/conf")" '[service login]' 'exempt_users = zoe' >"$work/conf.login"
	while IFS='|' read -r label lines pattern; do
		printf '%b\n' "$lines" >/etc/pam.d/login
		if [ "$pattern" = - ]; then
			check_rc 0 "PAM service, $label: revoked" deny zoe
		else
			named "PAM service, $label"
			revoke --undo zoe >/dev/null
			named "PAM service, $label, a planned entry" --from +1d
			check "PAM service, $label: JSON has it" says "$pattern" deny zoe --json --force
		fi
		revoke --undo zoe >/dev/null
	done < <(service_rows)
	services_use "$work/conf"
	mkdir -p /etc/ssh
	echo 'UsePAM no' >/etc/ssh/sshd_config
	pattern='zoe: PAM service sshd does not deny: /etc/ssh/sshd_config: UsePAM no'
	named "PAM service, sshd with UsePAM no"
	rm /etc/ssh/sshd_config
	revoke --undo zoe >/dev/null
	check_rc 0 "PAM services as before: revoked" deny zoe
}
