#!/bin/bash
# abi.sh MODULE - the module exports only its six hooks and needs only libc and libpam; inih.sh
# changes only the inih archive of this release.
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
# inih.sh copies the inih of this release, and no archive with different sections.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
inih=$(${CC:-cc} -print-file-name=libinih.a)
copies() { # ARCHIVE: whether inih.sh copies it
	conf/inih.sh "$1" "$work/copy.a" 2>/dev/null && echo yes || echo no
}
changed() { # MEMBER SOURCE: whether it copies inih with SOURCE, compiled, as that member
	cp "$inih" "$work/changed.a"
	printf '%s\n' "$2" | ${CC:-cc} -x c -c -o "$work/$1" - && ar r "$work/changed.a" "$work/$1"
	copies "$work/changed.a"
}
expect 'inih.sh: the inih of this release' yes "$(copies "$inih")"
expect 'inih.sh: settings of another size' no "$(changed ini.c.o 'int ini_max_line = 200;')"
expect 'inih.sh: a second member' no "$(changed more.c.o 'int more(void) { return 0; }')"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
