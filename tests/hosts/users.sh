#!/bin/bash
# users.sh - the users on a test host: their logins and their processes. Sourced after host.sh.
: "${hosts_dir:?is set by host.sh}"

any_options='-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=INFO'
client_options="$any_options -o ConnectTimeout=10 -o BatchMode=yes"

# users_add HOST NAME...: users with a home, the client's key and the password "secret-NAME".
users_add() {
	local host=$1 root name
	root=$(host_root "$host")
	shift
	[ -e "$root/root/.ssh/id_ed25519" ] || {
		install -d -m 700 "$root/root/.ssh"
		ssh-keygen -q -t ed25519 -N '' -C client -f "$root/root/.ssh/id_ed25519"
		sed 's/^/127.0.0.1 /' "$root"/etc/ssh/ssh_host_*_key.pub \
			>"$root/etc/ssh/ssh_known_hosts"
	}
	for name in "$@"; do
		chroot "$root" useradd -m -s /bin/bash "$name"
		echo "$name:secret-$name" | chroot "$root" chpasswd
		install -d -m 700 "$root/home/$name/.ssh"
		cp "$root/root/.ssh/id_ed25519.pub" "$root/home/$name/.ssh/authorized_keys"
		chroot "$root" chown -R "$name:" "/home/$name/.ssh"
	done
}

# install_packages HOST SUITE: our packages, with all that their scripts do.
install_packages() {
	local root
	root=$(host_root "$1")
	cp "build/deb/$2/"*.deb "$root/root/"
	chroot "$root" sh -c 'DEBIAN_FRONTEND=noninteractive dpkg -i /root/*.deb' \
		>"$hosts_dir/$1/install.log" 2>&1
}

# ssh_as HOST NAME [WORDS]: the real client, inside the host; the user's shell gets the words.
ssh_as() {
	local host=$1 name=$2
	shift 2
	# shellcheck disable=SC2086 # several options
	host_run "$host" ssh $client_options "$name@127.0.0.1" "$@"
}

# ssh_password HOST NAME: by password, which an askpass program prints.
ssh_password() {
	host_sh "$1" "printf '#!/bin/sh\necho secret-$2\n' >/root/askpass; chmod 700 /root/askpass
		DISPLAY=: SSH_ASKPASS=/root/askpass SSH_ASKPASS_REQUIRE=force \
			setsid ssh $any_options -o ConnectTimeout=10 -o PubkeyAuthentication=no \
			-o NumberOfPasswordPrompts=1 $2@127.0.0.1 id"
}

# ssh_open HOST NAME WORDS: a session that stays, in the background.
ssh_open() {
	ssh_as "$@" </dev/null >>"$hosts_dir/$1/sessions.log" 2>&1 &
}

# console_open HOST TTY NAME: the same on a serial line, by password.
console_open() {
	cp tests/hosts/console.exp "$(host_root "$1")/root/"
	host_run "$1" expect -f /root/console.exp "$2" "$3" "secret-$3" 300 \
		</dev/null >"$hosts_dir/$1/$2.log" 2>&1 &
}
console_try() {
	cp tests/hosts/console.exp "$(host_root "$1")/root/"
	host_run "$1" expect -f /root/console.exp "$2" "$3" "secret-$3" 0 </dev/null
}

# running HOST NAME: the processes under the user's UID, whatever the account database has now.
running() {
	local uid
	uid=$(uid_of "$2")
	host_sh "$1" "ps -o pid=,stat=,args= -U $uid -u $uid | grep -v ' Z'"
}
uid_of() {
	case $1 in
	alice) echo 1000 ;;
	bob) echo 1001 ;;
	carol) echo 1002 ;;
	dave) echo 1003 ;;
	erin) echo 1004 ;;
	esac
}
# A host that cannot be reached is not a host without processes.
nothing_of() {
	local left
	host_run "$1" true || return 1
	left=$(running "$1" "$2")
	[ -z "$left" ] || { echo "$left"; return 1; }
}
sessions_of() {
	host_run "$1" loginctl list-sessions --no-legend | awk -v u="$2" '$3 == u' | wc -l
}
no_sessions() {
	host_run "$1" loginctl list-sessions >/dev/null || return 1
	[ "$(sessions_of "$1" "$2")" -eq 0 ]
}
has_sessions() { [ "$(sessions_of "$1" "$2")" -ge "$3" ]; }
