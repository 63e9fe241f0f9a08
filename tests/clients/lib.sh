# SPDX-License-Identifier: BSD-2-Clause
# Sourced by the client tests: one router r1 and, on a cable to it, the machine from which real clients come.
# Two network namespaces that the test makes itself, nothing else of the host is used.
#
#   router < configuration         conftermd in its namespace; $R_IP is its address on the cable
#   front_door                     SSH to the router's prompt at $R_IP, port 22: the router's own server
#   openssh_door [LINE...]         the same by OpenSSH's server, the prompt as login shell; LINEs of sshd_config.
#                                  There is a user `forced`, too, with the key $T/forced
#   client COMMAND...              a program on the other machine; ssh_options are OpenSSH's
#   ios "command" ...              output of commands at the router's own shell, without SSH
#   check, await, has, lacks       as in tests/lab/lib.sh
#
# Users: admin (privilege 15) and oper (privilege 1), passwords $ADMIN_PASSWORD and $OPER_PASSWORD; enable secret $ENABLE.
set -u
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HERE=$TOP/tests/clients
B=$(cd "$TOP" && realpath "${B:-build}")
R=cfr$$ C=cfc$$ R_IP=198.18.0.1 C_IP=198.18.0.2
ADMIN_PASSWORD=Adm1n.pw OPER_PASSWORD=Op3r.pw ENABLE=En4ble.pw
PASSED=0 FAILED=0 PIDS=()
T=$(mktemp -d /tmp/confterm-clients.XXXXXX)
export LC_ALL=C.UTF-8 HOME=$T/home
chmod 711 "$T"; mkdir "$T/home"
ssh_options=(-F none -o UserKnownHostsFile="$T/known" -o GlobalKnownHostsFile=none -o StrictHostKeyChecking=accept-new
	-o LogLevel=ERROR -o ConnectTimeout=20)

ok() { PASSED=$((PASSED + 1)); echo "ok - $1"; }
bad() { FAILED=$((FAILED + 1)); echo "not ok - $1"; [ $# -lt 2 ] || printf '%s\n' "$2" | tail -n 60 | sed 's/^/    /'; }
check() { local what=$1 out; shift; if out=$("$@" 2>&1); then ok "$what"; else bad "$what" "$out"; fi; }
now() { read -r t _ < /proc/uptime; echo "${t%.*}"; }
try() { # SECONDS COMMAND...: until it holds
	local limit=$1 start; shift; start=$(now)
	until "$@" > /dev/null 2>&1; do
		[ $(($(now) - start)) -lt "$limit" ] || return 1
		read -rt 0.1 <> <(:) || :
	done
}
await() { local limit=$1 what=$2; shift 2; if try "$limit" "$@"; then ok "$what"; else bad "$what (within $limit s)" "$("$@" 2>&1)"; fi; }
has() { printf '%s\n' "$1" | grep -qE -- "$2" || { echo "expected: $2"; echo "got:"; printf '%s\n' "$1"; return 1; }; }
lacks() { ! printf '%s\n' "$1" | grep -E -- "$2"; }
equal() { [ "$1" = "$2" ] || { diff <(printf '%s\n' "$1") <(printf '%s\n' "$2"); return 1; }; }
finish() { echo "$PASSED passed, $FAILED failed"; [ "$FAILED" = 0 ]; }
# a test written in another language prints its own lines; here they are counted
count() { # COMMAND...
	local log=$T/count rc
	"$@" 2>&1 | tee "$log"; rc=${PIPESTATUS[0]}
	PASSED=$((PASSED + $(grep -c '^ok - ' "$log"))) FAILED=$((FAILED + $(grep -c '^not ok - ' "$log")))
	[ "$rc" = 0 ] || grep -q '^not ok - ' "$log" || bad "$1 ended with status $rc"
}

give_up() { echo "not ok - $*"; echo "$PASSED passed, $((FAILED + 1)) failed"; exit 1; }
clean_up() {
	local p ns left
	trap '' INT TERM HUP
	# conftermd ends what it started; the namespaces were made here, so whoever is still in them came from here
	for p in "${PIDS[@]}"; do kill "$p" 2>/dev/null; done
	for p in "${PIDS[@]}"; do try 10 sh -c "! kill -0 $p"; done
	for ns in "$R" "$C"; do
		left=$(ip netns pids "$ns" 2>/dev/null)
		# shellcheck disable=SC2086 # one word for each process
		[ -z "$left" ] || kill -9 $left 2>/dev/null
		ip netns del "$ns" 2>/dev/null
	done
	if [ -n "${KEEP:-}" ]; then echo "kept: $T"; else rm -rf "$T"; fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

in_router() { ip netns exec "$R" "$@"; }
client() { ip netns exec "$C" "$@"; }
ios() { local c=() x; for x; do c+=(-c "$x"); done; in_router "$B/confterm" -s "$T/run/cli.sock" "${c[@]}"; }

router() { # < configuration
	local f=$T/startup
	[ "$(id -u)" = 0 ] || give_up "not root: no network namespaces"
	{ ip netns add "$R" && ip netns add "$C" && ip link add gi0-0 netns "$R" type veth peer name lan netns "$C" &&
		ip -n "$C" address add "$C_IP/24" dev lan && ip -n "$C" link set lan up && ip -n "$C" link set lo up && ip -n "$R" link set lo up; } ||
		give_up "cannot make network namespaces"
	cat - > "$f" <<-E
		hostname r1
		enable secret $ENABLE
		username admin privilege 15 secret $ADMIN_PASSWORD
		username oper secret $OPER_PASSWORD
		interface GigabitEthernet0/0
		 ip address $R_IP 255.255.255.0
	E
	[ -t 0 ] || cat >> "$f"
	# not in_router: a function in the background is a shell, and that would be the process to end
	ip netns exec "$R" "$B/conftermd" -f --run-dir "$T/run" --startup-config "$f" > "$T/conftermd.log" 2>&1 &
	PIDS+=($!)
	try 30 sh -c "ip -n $R address | grep -q $R_IP" || give_up "conftermd did not start: $(tail -n 20 "$T/conftermd.log")"
}

# OpenSSH's own server, the prompt as the users' login shell. Users and passwords are files of its mount namespace only.
openssh_door() { # [line of sshd_config]...
	local d=$T/sshd
	mkdir "$d"
	printf '#!/bin/sh\nexec %q -s %q "$@"\n' "$B/confterm" "$T/run/cli.sock" > "$d/login-shell"
	chmod 755 "$d/login-shell" && chmod 711 "$d"
	{ cat /etc/passwd; printf '%s\n' "admin:x:0:0::/:$d/login-shell" "oper:x:65433:65433::/:$d/login-shell" "forced:x:65434:65434::/:/bin/sh"; } > "$d/passwd"
	{ echo "admin:$(openssl passwd -6 "$ADMIN_PASSWORD"):1::::::"; echo "oper:$(openssl passwd -6 "$OPER_PASSWORD"):1::::::"; echo "forced:*:1::::::"; } > "$d/shadow"
	chmod 600 "$d/shadow"
	ssh-keygen -q -t ed25519 -N '' -f "$T/host_key" && ssh-keygen -q -t ed25519 -N '' -f "$T/forced" && cp "$T/forced.pub" "$d/keys"
	{ printf '%s\n' "HostKey $T/host_key" "ListenAddress $R_IP:22" "PidFile $d/pid" "UsePAM no" "PermitRootLogin yes" "PrintMotd no" \
		"PrintLastLog no" "MaxStartups 200" "LoginGraceTime 60" "StrictModes no" "AuthorizedKeysFile $d/keys" "$@"; } > "$d/config"
	ip netns exec "$R" unshare --mount sh -c 'mount --bind "$0/passwd" /etc/passwd && mount --bind "$0/shadow" /etc/shadow &&
		mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec /usr/sbin/sshd -D -e -f "$0/config"' "$d" > "$d/log" 2>&1 &
	PIDS+=($!)
	chmod 666 "$T/run/cli.sock"
	try 20 client bash -c ": < /dev/tcp/$R_IP/22" || give_up "sshd does not answer: $(cat "$d/log")"
}
# The router's own server.
confterm_door() { # [configuration line]...
	ios "configure terminal" "ip domain name example.net" "crypto key generate rsa modulus 2048" "line vty 0 63" "login local" \
		"transport input ssh" "exit" "$@" end > "$T/door" || give_up "no SSH server: $(cat "$T/door")"
	try 20 client bash -c ": < /dev/tcp/$R_IP/22" || give_up "no SSH server: $(cat "$T/door"; tail -n 20 "$T/conftermd.log")"
}
front_door() { confterm_door "$@"; }
ssh_config() { # > file: the same options for programs that take a file
	printf '%s\n' "Host *" "UserKnownHostsFile $T/known" "GlobalKnownHostsFile none" "StrictHostKeyChecking accept-new" "LogLevel ERROR" "ConnectTimeout 20"
}
