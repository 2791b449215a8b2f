#!/bin/bash
# autopkgtest.sh - debian/tests on a host, run by Debian's own test runner. Sourced by run.sh.

# The host is the testbed: autopkgtest installs the package, and nothing resets the host afterwards.
# Both restrictions ask for a testbed that may be thrown away, and so may the host.
run_autopkgtest() {
	host_sh h "HOME=/root autopkgtest --no-built-binaries --timeout-factor=0.1 \
		--ignore-restrictions=isolation-container,breaks-testbed \
		/root/libpam-revoke_*.deb /root/pam-revoke -- null"
}

case_autopkgtest() {
	local tree
	tree=$(host_root h)/root/pam-revoke
	mkdir "$tree"
	cp -r debian "$tree/"
	touch "$tree/debian/files" # makes it a tree that is already built
	host_run h dpkg --purge libpam-revoke
	check_rc 0 "autopkgtest: each test of debian/tests passes" run_autopkgtest
}
