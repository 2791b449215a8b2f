#!/bin/bash
# serial.sh SUITE... - a real serial console: the whole host in qemu, alice on ttyS0, the operator on ttyS1.
cd "$(dirname "$0")/../.." || exit 1
. tests/hosts/suites.sh

one_suite() {
	. tests/hosts/host.sh
	. tests/assert.sh
	. tests/hosts/users.sh
	check_label="$1 serial: "
	local root kernel dir=$hosts_dir/s qemu=
	packages "$1" && host_prepare s "$1" && users_add s alice && install_packages s "$1"
	check "host: the packages install" test $? -eq 0
	root=$(host_root s)
	echo root:secret-root | chroot "$root" chpasswd
	kernel=$(ls "$(tree kernel "$1")"/boot/vmlinuz-* | tail -n 1)
	ln -sf /dev/null "$root/etc/systemd/system/ssh.service"
	# Without being a console of the kernel's, the second line gets no getty by itself.
	local line
	mkdir -p "$root/etc/systemd/system/getty.target.wants"
	for line in ttyS0 ttyS1; do
		ln -s /lib/systemd/system/serial-getty@.service "$root/etc/systemd/system/getty.target.wants/serial-getty@$line.service"
	done
	(cd "$root" && find . -xdev | cpio -o -H newc --quiet) >"$dir/initramfs"
	umount "$root"
	qemu-system-x86_64 -accel tcg,thread=multi -smp 1 -m 2048 -nodefaults -no-reboot -display none -net none \
		-kernel "$kernel" -initrd "$dir/initramfs" -append 'rdinit=/sbin/init console=ttyS0 quiet' \
		-chardev "socket,id=s0,path=$dir/ttyS0,server=on,wait=off,logfile=$dir/ttyS0.log" -serial chardev:s0 \
		-chardev "socket,id=s1,path=$dir/ttyS1,server=on,wait=off,logfile=$dir/ttyS1.log" -serial chardev:s1 \
		</dev/null >"$dir/qemu.log" 2>&1 &
	qemu=$!
	trap 'kill -KILL $qemu 2>/dev/null; hosts_clean_up' EXIT
	wait_for 20 test -S "$dir/ttyS1"
	while read -r verdict what; do
		check "$what" test "$verdict" = ok
	done < <(expect -f tests/hosts/serial.exp "$dir/ttyS0" "$dir/ttyS1" 2>"$dir/expect.log" | grep -aE '^(ok|no) ')
	check "serial console: all steps were taken" test $((checks_passed + checks_failed)) -eq 8
	[ $checks_failed -eq 0 ] || { echo '--- ttyS0'; tail -n 30 "$dir/ttyS0.log"; echo '--- ttyS1'; tail -n 40 "$dir/ttyS1.log"; cat "$dir/expect.log" "$dir/qemu.log"; } | tr -d '\r'
	kill -KILL $qemu
	wait $qemu 2>/dev/null
	checks_summary
}

each_suite serial one_suite "$@"
