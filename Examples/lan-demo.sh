#!/usr/bin/env bash
# Three machines on one network find each other by name, and talk. Nobody types an address.
#
# The machines are network namespaces on one bridge, made for this and gone with it; nothing of it touches the network
# of this machine. Where namespaces are not permitted it says so, and ends with status 77.
# LINNET names the program (default: the one on the PATH).
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

skip() {
    echo "lan-demo: $1" >&2
    exit 77
}

if [ "${LAN_DEMO_INSIDE:-}" = "" ]; then
    for program in ip unshare jq; do
        command -v "$program" >/dev/null || skip "needs the program '$program' (Debian: iproute2, util-linux, jq)"
    done
    unshare --user --map-root-user --net true 2>/dev/null ||
        skip "network namespaces are not permitted here; try as root, or outside of the container"
    # The rest runs where it is root over a network of its own.
    LAN_DEMO_INSIDE=yes exec unshare --user --map-root-user --net "$0" "$@"
fi

linnet=${LINNET:-linnet}
room=$(mktemp -d)
children=()
end() {
    kill "${children[@]}" 2>/dev/null || true
    rm -rf "$room"
}
trap end EXIT

ip link add br0 type bridge 2>/dev/null || skip "bridges are not permitted here, or the kernel has none"
ip link set br0 up

# machine NUMBER NAME: a namespace with a cable to the bridge, and linnet in it
machine() {
    mkfifo "$room/$2.ready" "$room/$2.in" "$room/$2.out"
    # The namespace lives as long as its process, which waits for the cable.
    # shellcheck disable=SC2016
    unshare --net sh -c '
        read -r _ <"$1/$2.ready"
        ip link set lo up
        ip addr add "10.7.0.$3/24" dev eth0
        ip link set eth0 up
        exec "$4" --ephemeral --lan --discover on --nick "$2" <"$1/$2.in" >"$1/$2.out"
    ' machine "$room" "$2" "$1" "$linnet" &
    children+=($!)
    while [ "$(readlink "/proc/$!/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
    ip link add "cable$1" type veth peer name eth0 netns $!
    ip link set "cable$1" master br0 up
    echo >"$room/$2.ready"
}

# What a person would like to see of an engine's lines. Times are from when the last machine was plugged in.
view() {
    jq --unbuffered -r --arg me "$1" --argjson plugged "$plugged" '
        def who: .nick // .alias // .peer[-8:];
        def ms: (.time[:19] + "Z" | fromdate) * 1000 + (.time[20:23] | tonumber);
        if .type == "peer.discovered" then
            "\($me): sees \(who) at \(.addresses[0]) after \([ms - $plugged, 0] | max) ms"
        elif .type == "peer.updated" and .nick then empty
        elif .type == "peer.connected" then "\($me): is connected with \(.peer[-8:])"
        elif .type == "topic.message" then "\($me): hears \"\(.text)\""
        elif .type == "peer.expired" then "\($me): \(who) has gone"
        elif .type == "error" then "\($me): \(.message)"
        else empty end'
}

names=(alice bob carol)
for number in 1 2 3; do machine "$number" "${names[number - 1]}"; done
plugged=$(date +%s%3N)
for name in "${names[@]}"; do view "$name" <"$room/$name.out" & done
exec 3>"$room/alice.in" 4>"$room/bob.in" 5>"$room/carol.in"

for descriptor in 3 4 5; do echo '{"cmd":"topic.subscribe","topic":"lan"}' >&"$descriptor"; done
sleep 3
echo '{"cmd":"topic.publish","topic":"lan","text":"hello, this is alice"}' >&3
sleep 1
echo '{"cmd":"topic.publish","topic":"lan","text":"hi alice, bob here"}' >&4
sleep 1

# The end of stdin ends an engine, and the others are told.
exec 5>&-
sleep 1
exec 4>&-
sleep 1
exec 3>&-
wait
