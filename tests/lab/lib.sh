# SPDX-License-Identifier: BSD-2-Clause
# Sourced by the lab tests: a running lab, checks that print one line each, and a count at the end.
#
#   check "what must hold" COMMAND...          passes when COMMAND does
#   ios ROUTER "command" ...                   output of commands at the router's shell
#   await SECONDS "what" COMMAND...            check, tried again until it holds
#   same "what" EXPECTED-FILE < text           equal after masking volatile fields
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
shows() { has "$(ios "$1" "$2")" "$3"; }
shows_not() { lacks "$(ios "$1" "$2")" "$3"; }
route() { on "$1" ip route show "$2"; }
# the process ids of program NAME of a router: those in its network name space
process() { # ROUTER NAME
	local pid
	for pid in $(on "$1" pgrep -x "$2"); do
		[ "$(readlink "/proc/$pid/ns/net")" = "$(on "$1" readlink /proc/self/ns/net)" ] && echo "$pid"
	done
}
# exactly one NAME runs in the router, and it is not process OLD
replaced() { local p; p=$(process "$1" "$2"); [ "$(echo "$p" | wc -w)" = 1 ] && [ "$p" != "$3" ]; }
# SPIs, times, counters and connection ids are as they are; everything else must be equal.
mask() {
	sed -E -e 's/[[:space:]]+/ /g' -e 's/^ //; s/ $//' \
	    -e 's/0x[0-9A-F]+\([0-9]+\)/SPI/g' -e 's/#pkts ([a-z]+): [0-9]+/#pkts \1: N/g' \
	    -e 's/\(k\/sec\): \([0-9]+\/[0-9]+\)/(k\/sec): (KB\/SEC)/' -e 's/conn id: [0-9]+, flow_id: SW:[0-9]+/conn id: N, flow_id: SW:N/' \
	    -e 's/ 1[0-9]{3} ACTIVE/ CONN ACTIVE/' -e 's/^[0-9]+ (IPsec|IKE) ([A-Z0-9+]+) [0-9]+ [0-9]+ [0-9]+ /ID \1 \2 N N N /' \
	    -e 's/, ([0-9]{2}:){2}[0-9]{2},/, TIME,/' | grep -v '^$'
}
same() {
	local what=$1 file=$2 got
	got=$(mask)
	if [ "$got" = "$(mask < "$HERE/expected/$file")" ]; then ok "$what"; else
		bad "$what" "$(diff <(mask < "$HERE/expected/$file") <(printf '%s\n' "$got"))"; fi
}
finish() { echo "$PASSED passed, $FAILED failed"; [ "$FAILED" = 0 ]; }
