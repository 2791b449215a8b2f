#!/bin/sh
# inih.sh ARCHIVE COPY - copies the static inih, with its settings as constants.
#
# inih keeps its settings (ini_allow_bom and others) in variables, for programs that change them.
# This project changes none. As constants they share the page that relocation writes in any case; as
# variables they are one page more that each login copies. That adds 1.9 % (1.3 to 2.7) to a login
# transaction: the median of the paired differences of 20 alternations of tests/bench/login.cpp.
set -eu

# Name and size of each section that a program could write to.
writable() {
	LC_ALL=C readelf -SW "$1" | sed -n 's/^ *\[ *[0-9]*\] \./\./p' |
		awk '$7 ~ /W/ && $5 !~ /^0*$/ { print $1, $2, $5 }'
}
same() { # ARCHIVE WANTED: stops unless the archive is one object with these sections
	[ "$(ar t "$1")" = ini.c.o ] && [ "$(writable "$1")" = "$2" ] && return
	echo "$1: not the inih that this step is for; expected ini.c.o with" >&2
	echo "$2" >&2
	echo 'found' >&2
	ar t "$1" >&2
	writable "$1" >&2
	exit 1
}

same "$1" '.data PROGBITS 00000c
.bss NOBITS 000003
.data.rel.local PROGBITS 000010'
"${OBJCOPY:-objcopy}" \
	--rename-section .data=.data.rel.ro,alloc,load,data,contents \
	--set-section-flags .bss=alloc,load,data,contents \
	--rename-section .bss=.data.rel.ro.zero,alloc,load,data,contents \
	--rename-section .data.rel.local=.data.rel.ro.local,alloc,load,data,contents \
	"$1" "$2"
same "$2" '.data.rel.ro PROGBITS 00000c
.data.rel.ro.zero PROGBITS 000003
.data.rel.ro.local PROGBITS 000010'
