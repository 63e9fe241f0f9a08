# SPDX-License-Identifier: BSD-2-Clause
# Sourced by tests of two routers, LEFT and RIGHT, that ask for the SAs of a tunnel between them at the same moment.
vici="--uri unix:///run/confterm/charon/charon.vici"
spis() { on "$1" ip xfrm state | grep -o 'spi 0x[0-9a-f]*' | sort; }
one_at_both() {
	local a b; a=$(spis "$LEFT") b=$(spis "$RIGHT")
	[ "$(wc -l <<< "$a")" = 2 ] && [ "$a" = "$b" ] || { printf '%s:\n%s\n%s:\n%s\n' "$LEFT" "$a" "$RIGHT" "$b"; return 1; }
}
# On a line that takes its time their messages cross.
slow_line() { # DEVICE
	local r
	for r in "$LEFT" "$RIGHT"; do check "$r: a slow line" on "$r" tc qdisc add dev "$1" root netem delay 500ms; done
}
# RIGHT takes the old one down, as swanctl is told, and each end asks; true when there are two pairs at one of them then.
both_ask() { # CHILD ARGUMENTS...
	local r child=$1; shift
	on "$RIGHT" swanctl --terminate "$@" $vici > /dev/null 2>&1
	for r in "$LEFT" "$RIGHT"; do
		on "$r" swanctl --initiate --child "$child" $vici > "$OUT/$r.initiate" 2>&1 &
	done
	wait $(jobs -p)
	[ "$(spis "$LEFT" | wc -l)" -gt 2 ] || [ "$(spis "$RIGHT" | wc -l)" -gt 2 ]
}
