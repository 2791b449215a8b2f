#!/bin/bash
# serial.sh SUITE... - a real serial console: a host in qemu, alice on ttyS0, root on ttyS1.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/hosts/suites.sh
. tests/hosts/suites.sh

# The second line is no console of the kernel, and systemd starts no getty on it by itself.
enable_gettys() { # ROOT
	local line wants=$1/etc/systemd/system/getty.target.wants
	mkdir -p "$wants"
	for line in ttyS0 ttyS1; do
		ln -s /lib/systemd/system/serial-getty@.service "$wants/serial-getty@$line.service"
	done
}

serial_line() { # NUMBER DIR: the words that connect a line with a socket
	local socket="socket,id=s$1,path=$2/ttyS$1,server=on,wait=off,logfile=$2/ttyS$1.log"
	echo "-chardev $socket -serial chardev:s$1"
}
start_qemu() { # SUITE DIR: sets qemu
	local kernels
	kernels=("$(tree kernel "$1")"/boot/vmlinuz-*)
	# shellcheck disable=SC2046 # several words
	qemu-system-x86_64 -accel tcg,thread=multi -smp 1 -m 2048 -nodefaults -no-reboot \
		-display none -net none -kernel "${kernels[-1]}" -initrd "$2/initramfs" \
		-append 'rdinit=/sbin/init console=ttyS0 quiet' \
		$(serial_line 0 "$2") $(serial_line 1 "$2") </dev/null >"$2/qemu.log" 2>&1 &
	qemu=$!
}

one_suite() {
	# shellcheck source=tests/hosts/host.sh
	. tests/hosts/host.sh
	# shellcheck source=tests/assert.sh
	. tests/assert.sh
	# shellcheck source=tests/hosts/users.sh
	. tests/hosts/users.sh
	# shellcheck disable=SC2034 # read by assert.sh
	check_label="$1 serial: "
	local root dir=$hosts_dir/s qemu='' verdict what
	packages "$1" && host_prepare s "$1" && users_add s alice && install_packages s "$1"
	check "host: the packages install" test $? -eq 0
	root=$(host_root s)
	echo root:secret-root | chroot "$root" chpasswd
	ln -sf /dev/null "$root/etc/systemd/system/ssh.service"
	enable_gettys "$root"
	(cd "$root" && find . -xdev | cpio -o -H newc --quiet) >"$dir/initramfs"
	umount "$root"
	start_qemu "$1" "$dir"
	trap 'kill -KILL "$qemu" 2>/dev/null; hosts_clean_up' EXIT
	wait_for 20 test -S "$dir/ttyS1"
	while read -r verdict what; do
		check "$what" test "$verdict" = ok
	done < <(expect -f tests/hosts/serial.exp "$dir/ttyS0" "$dir/ttyS1" 2>"$dir/expect.log" |
		grep -aE '^(ok|no) ')
	check "serial console: all steps were taken" test $((checks_passed + checks_failed)) -eq 8
	[ $checks_failed -eq 0 ] || tail -n 40 "$dir"/{ttyS0,ttyS1,expect,qemu}.log | tr -d '\r'
	kill -KILL "$qemu"
	wait "$qemu" 2>/dev/null
	checks_summary
}

each_suite serial one_suite "$@"
