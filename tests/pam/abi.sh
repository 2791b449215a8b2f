#!/bin/bash
# abi.sh MODULE - the module exports its six hooks alone, and needs libc and libpam alone.
set -u
module=$1
passed=0 failed=0
expect() { # LABEL WANTED GOT
	if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
		failed=$((failed + 1))
		printf 'not ok: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
	fi
}
hooks=$(nm -D --defined-only "$module" | awk '{print $3}' | sort | tr '\n' ' ')
expect 'exported symbols' 'pam_sm_acct_mgmt pam_sm_authenticate pam_sm_chauthtok '\
'pam_sm_close_session pam_sm_open_session pam_sm_setcred ' "$hooks"
expect 'NEEDED' 'libc.so.6 libpam.so.0 ' \
	"$(readelf -d "$module" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')"
expect 'constructors' '' "$(nm "$module" | awk '/_GLOBAL__sub_I/ {print $3}')"
expect 'functions that run on load or unload' '' \
	"$(readelf -d "$module" | grep -oE '\((INIT|FINI)(_ARRAY)?\)')"
expect 'writable data' '' \
	"$(readelf -SW "$module" | grep -oE ' \.(data|bss|tdata|tbss)(\.[^r][^ ]*)? ')"
expect 'unique symbols, which prevent an unload' '' "$(nm "$module" | awk '$2 == "u"')"
expect 'full RELRO' yes "$(readelf -d "$module" | grep -q 'FLAGS.*NOW' &&
	readelf -l "$module" | grep -q GNU_RELRO && echo yes)"
expect 'executable stack' '' "$(readelf -lW "$module" | awk '/GNU_STACK/ && /RWE/')"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
