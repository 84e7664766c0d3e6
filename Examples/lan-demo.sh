#!/usr/bin/env bash
# Three machines on one network find each other by name, and talk in a private group. Nobody types an address.
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

# What a program does for its person: alice invites whoever she sees into her group, the others accept.
react() {
    if [ "$1" = alice ]; then
        jq --unbuffered -c 'select(.type == "peer.discovered") | {cmd: "group.invite", group: "#lan", to: .peer}'
    else
        jq --unbuffered -c 'select(.type == "group.invited") | {cmd: "group.accept", invite}'
    fi
}

# What a person would like to see of an engine's lines. Times are from when the last machine was plugged in.
view() {
    jq -n --unbuffered -r --arg me "$1" --argjson plugged "$plugged" '
        def ms: (.time[:19] + "Z" | fromdate) * 1000 + (.time[20:23] | tonumber);
        foreach inputs as $line (
            {};
            if $line.nick and $line.peer then .[$line.peer] = $line.nick else . end;
            . as $names | $line |
            def who($peer): $names[$peer] // $peer[-8:];
            if .type == "peer.discovered" then
                "sees \(who(.peer)) at \(.addresses[0]) after \([ms - $plugged, 0] | max) ms"
            elif .type == "group.invited" then "is invited by \(who(.from)) to the group \(.name)"
            elif .type == "group.member_joined" then "sees \(who(.peer)) come into \(.chat)"
            elif .type == "message" then "hears \(who(.from)) say \(.text | tojson) in \(.chat)"
            elif .type == "peer.expired" then "sees that \(who(.peer)) has gone"
            elif .type == "error" then .text
            else empty end | "\($me): \(.)"
        )'
}

names=(alice bob carol)
for number in 1 2 3; do machine "$number" "${names[number - 1]}"; done
plugged=$(date +%s%3N)
for name in "${names[@]}"; do
    tee >(react "$name" >"$room/$name.in") <"$room/$name.out" | view "$name" &
done
exec 3>"$room/alice.in" 4>"$room/bob.in" 5>"$room/carol.in"

echo '{"cmd":"group.create","name":"lan"}' >&3
sleep 4
echo '{"cmd":"message.send","to":"#lan","text":"hello, this is alice"}' >&3
sleep 1
echo '{"cmd":"message.send","to":"#lan","text":"hi alice, bob here"}' >&4
sleep 1

# Who leaves says so, and the others are told.
echo '{"cmd":"shutdown"}' >&5
sleep 1
echo '{"cmd":"shutdown"}' >&4
sleep 1
echo '{"cmd":"shutdown"}' >&3
wait
