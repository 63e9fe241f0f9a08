# SPDX-License-Identifier: BSD-2-Clause
# Sourced by the lab tests: a running lab, checks that print one line each, and a count at the end.
#
#   check "what must hold" COMMAND...          passes when COMMAND does
#   ios ROUTER "command" ...                   output of commands at the router's shell
#   await SECONDS "what" COMMAND...            check, tried again until it holds
#   same "what" EXPECTED-FILE < text           equal after masking volatile fields
#   set_lines ROUTER "line" ...                lines in configuration mode
#   restarts_end_alike ROUTER "DAEMON..." [COMMAND...]
#                                              they are killed; what it holds in the end is what it held before
#   traffic_begins ROUTER DESTINATION SOURCE   echo requests in the background, until
#   traffic_ends "what must hold"              check: none of them was lost
#   plain_charon HOST < swanctl.conf           strongSwan as it comes, on a host of the lab
set -u
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LAB=$TOP/lab/confterm-lab
HERE=$TOP/tests/lab
PASSED=0 FAILED=0
OUT=${CONFTERM_OUT:-/tmp}

now() { read -r t _ < /proc/uptime; echo "${t%.*}"; }
ok() { PASSED=$((PASSED + 1)); echo "ok - $1"; }
bad() { FAILED=$((FAILED + 1)); echo "not ok - $1"; [ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/    /'; }
check() { local what=$1 out; shift; if out=$("$@" 2>&1); then ok "$what"; else bad "$what" "$out"; fi; }
await() {
	local limit=$1 what=$2 start out; shift 2; start=$(now)
	until out=$("$@" 2>&1); do
		[ $(($(now) - start)) -lt "$limit" ] || { bad "$what (within $limit s)" "$out"; return 1; }
		read -rt 0.5 <> <(:) || :
	done
	ok "$what (after $(($(now) - start)) s)"
}
ios() { local r=$1; shift; "$LAB" console "$r" "$@"; }
on() { local r=$1; shift; "$LAB" exec "$r" "$@"; }
has() { local text=$1; shift; printf '%s\n' "$text" | grep -qE -- "$1" || { echo "expected: $1"; echo "got:"; printf '%s\n' "$text"; return 1; }; }
lacks() { local text=$1; ! printf '%s\n' "$text" | grep -E -- "$2"; }
# nothing that they print is of interest unless something is refused
set_lines() { local r=$1 out; shift; out=$(ios "$r" "configure terminal" "$@" "end" 2>&1); lacks "$out" '^% (Invalid|Incomplete|Ambiguous)|^%[^ ]*ERROR'; }
shows() { has "$(ios "$1" "$2")" "$3"; }
shows_not() { lacks "$(ios "$1" "$2")" "$3"; }
route() { on "$1" ip route show "$2"; }
# the process ids of program NAME of a router: those in its network name space
process() { # ROUTER NAME
	local pid
	for pid in $(pgrep -x "$2"); do
		[ "/proc/$pid/ns/net" -ef "/run/confterm-lab/$CONFTERM_LAB/$1/net" ] && echo "$pid"
	done
}
# exactly one NAME runs in the router, and it is not process OLD
replaced() { local p; p=$(process "$1" "$2"); [ "$2" != conftermd ] || p=$(worker "$1"); [ "$(echo "$p" | wc -w)" = 1 ] && [ "$p" != "$3" ]; }
# The worker is the child of the watching parent.
worker() {
	local pid
	for pid in $(process "$1" conftermd); do
		case $(cat "/proc/$(awk '{print $4}' "/proc/$pid/stat")/comm") in conftermd) echo "$pid" ;; esac
	done
}
# kill -9 one daemon of a router and wait for the next one of that name
killed() { # ROUTER NAME
	local p; p=$(process "$1" "$2")
	[ "$2" != conftermd ] || p=$(worker "$1")
	on "$1" kill -9 $p && await 60 "$1: a new $2 after kill -9" replaced "$1" "$2" "$p"
}
# What a router holds: devices, addresses, routes of all tables, policies, rules, and two show commands; a line each, sorted, without
# what is another after a restart: indexes, ids, times, MAC addresses, which caller has which number, sessions that ended. Two
# pairs of SAs for one flow, which both ends asked for at the same moment, are as good as one.
end_state() { # ROUTER
	{
		on "$1" sh -c 'ip -d -o link; ip -4 -o addr; ip -4 route show table all; ip -o xfrm policy | grep -v socket
			nft list ruleset | sed "s/packets [0-9]* bytes [0-9]*//"'
		ios "$1" "show ip route" "show crypto session"
	} 2>&1 | sed -E -e 's/^[0-9]+: //; s/link\/ether [0-9a-f:]+/link\/ether MAC/; s/nhid [0-9]+ //; s/reqid [0-9]+/reqid N/g' \
	    -e 's/(va|Virtual-Access)[0-9]+/\1N/g; s/if_id 0x[0-9a-f]{1,7}\b/if_id N/g; s/@if[0-9]+:/:/; s/valid_lft .*//; s/Active SAs: [2-9],/Active SAs: some,/; /SA: .* Inactive *$/d' | mask | sort -u
}
# The command has to hold, too: it brings the traffic that a tunnel may need to come up.
back_to() { # ROUTER STATE [COMMAND...]
	local r=$1 was=$2; shift 2
	[ $# = 0 ] || "$@" || { echo "not yet: $*"; return 1; }
	diff <(printf '%s\n' "$was") <(end_state "$r")
}
rests() { local was; was=$(end_state "$1"); read -rt 3 <> <(:); diff <(printf '%s\n' "$was") <(end_state "$1"); } # ROUTER
# Its daemons are killed, one after the other; after each of them all is as it was. What was typed is saved: a new conftermd begins
# with the startup configuration. Labs name the daemons that hold a part of what the lab is about, and conftermd.
restarts_end_alike() { # ROUTER DAEMONS [COMMAND...]
	local r=$1 daemons=$2 was d; shift 2
	ios "$r" "write memory" > /dev/null
	await 60 "$r has come to rest" rests "$r" || return
	was=$(end_state "$r")
	for d in $daemons; do
		killed "$r" $d && await 90 "$r: its state is what it was before $d died" back_to "$r" "$was" "$@" || return
	done
}
# Ten echo requests a second until the end of what is looked at. Only the last one may still be on its way then.
traffic_begins() { # ROUTER DESTINATION SOURCE
	TRAFFIC_FROM=$1
	on "$1" ping -n -i 0.1 -c 3000 -I "$3" "$2" > "$OUT/traffic.txt" 2>&1 &
	TRAFFIC=$!
}
traffic_ends() { # what it shows
	local sent lost
	kill -INT $(process "$TRAFFIC_FROM" ping) 2> /dev/null || bad "$1" "the traffic ended too early"
	wait "$TRAFFIC"
	sent=$(sed -n 's/^\([0-9]*\) packets transmitted.*/\1/p' "$OUT/traffic.txt")
	lost=$(sed -n 's/.* icmp_seq=\([0-9]*\) ttl=.*/\1/p' "$OUT/traffic.txt" | sort -nu |
		awk -v end="${sent:-0}" '$1 != n + 1 { print n + 1 "-" $1 - 1 } { n = $1 } END { if (n < end - 1) print n + 1 "-" end }')
	if [ "${sent:-0}" -ge 20 ] && [ -z "$lost" ]; then ok "$1 (of $sent)"; else bad "$1 (of ${sent:-none})" "lost: $lost"; fi
}
# When both ends have asked at the same moment, there are more of them for some seconds.
one_pair_each() { on "$1" ip xfrm state | grep -o 'reqid [0-9]*' | sort | uniq -c | awk '{ n++ } $1 != 2 { bad = 1; print } END { exit bad || !n }'; } # ROUTER
# What a router has said since it was started, charon's words among them: show logging forgets.
said() { grep -acE -- "$2" "/run/confterm-lab/$CONFTERM_LAB/$1/conftermd.log"; } # ROUTER PATTERN; how many lines
# Packets in a capture that match a filter; tcpdump writes them some time after they have passed.
pcap() { tcpdump -nn -r "$1" "$2" 2>/dev/null | wc -l; }
swan() { local h=$1; shift; on "$h" env STRONGSWAN_CONF="$OUT/$h.plain/strongswan.conf" swanctl "$@" --uri unix:///run/charon.vici; }
plain_charon() { # HOST; ends with the host
	local d=$OUT/$1.plain pid
	mkdir -p "$d" && cat > "$d/swanctl.conf"
	cat > "$d/strongswan.conf" <<-E
		charon {
		  load = random nonce kdf openssl kernel-netlink socket-default vici updown
		  install_routes = no
		  install_virtual_ip = no
		  filelog { log { path = $d/charon.log
		    default = 1
		    flush_line = yes } }
		}
		swanctl { load = random openssl }
	E
	on "$1" sh -c '[ -e /run/plain ] || mount -t tmpfs tmpfs /run; : > /run/plain; mkdir -p /run/frr && chown frr:frr /run/frr'
	on "$1" env STRONGSWAN_CONF="$d/strongswan.conf" setsid /usr/lib/ipsec/charon > "$d/out" 2>&1 &
	disown $!
	await 60 "$1: a plain charon runs" swan "$1" --stats
	swan "$1" --load-all --file "$d/swanctl.conf" > "$d/load" 2>&1 || { bad "$1: swanctl" "$(cat "$d/load")"; }
}
plain_frr() { # HOST DAEMON < configuration
	local d=$OUT/$1.plain; mkdir -p "$d" && cat > "$d/$2.conf" && chmod -R a+rX "$d"
	[ "$2" = zebra ] || on "$1" test -S /run/frr/zserv.api || : | plain_frr "$1" zebra
	on "$1" /usr/lib/frr/"$2" -d -f "$d/$2.conf" -A 127.0.0.1
}
plain_end() { # HOST: everything that was started there
	on "$1" sh -c 'for p in /run/charon.pid /run/frr/*.pid; do [ -s "$p" ] && kill "$(cat "$p")"; done' 2>/dev/null
}
# Of what a router made nothing is left: no policy, no SA, no connection, none of our devices but those named.
nothing_left() { # ROUTER [DEVICE...]
	local r=$1 left; shift
	left=$({ on "$r" ip xfrm policy list | grep -A1 'dir ' | grep -v socket
		on "$r" ip xfrm state list
		on "$r" swanctl --list-conns --uri unix:///run/confterm/charon/charon.vici 2>/dev/null
		on "$r" ip -d -o link | grep 'alias confterm' | sed 's/^[0-9]*: //; s/[@:].*//' | grep -vxF "$(printf '%s\n' lo "$@")"; })
	[ -z "$left" ] || { echo "$left"; return 1; }
}
# SPIs, times, counters and connection ids are as they are; everything else must be equal.
mask() {
	sed -E -e 's/[[:space:]]+/ /g' -e 's/^ //; s/ $//' \
	    -e 's/0x[0-9A-F]+\([0-9]+\)/SPI/g' -e 's/#pkts ([a-z]+): [0-9]+/#pkts \1: N/g' -e 's/#(send|recv) errors [0-9]+/#\1 errors N/g' \
	    -e 's/\(k\/sec\): \([0-9]+\/[0-9]+\)/(k\/sec): (KB\/SEC)/' -e 's/conn id: [0-9]+, flow_id: SW:[0-9]+/conn id: N, flow_id: SW:N/' \
	    -e 's/ 1[0-9]{3} ACTIVE/ CONN ACTIVE/' -e 's/^[0-9]+ (IPsec|IKE) ([A-Z0-9+]+) [0-9]+ [0-9]+ [0-9]+ /ID \1 \2 N N N /' \
	    -e 's/([0-9]{2}:){2}[0-9]{2}/TIME/g' | grep -v '^$'
}
same() {
	local what=$1 file=$2 got
	got=$(mask)
	if [ "$got" = "$(mask < "$HERE/expected/$file")" ]; then ok "$what"; else
		mkdir -p "$OUT/got" && printf '%s\n' "$got" > "$OUT/got/$file"
		bad "$what" "$(diff <(mask < "$HERE/expected/$file") <(printf '%s\n' "$got"))"; fi
}
finish() { echo "$PASSED passed, $FAILED failed"; [ "$FAILED" = 0 ]; }
