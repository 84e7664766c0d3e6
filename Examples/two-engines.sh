#!/usr/bin/env bash
# Two engines on this machine find each other by address and exchange messages.
#
# Every line that goes into an engine is shown with <, every line that comes out with >.
# LINNET names the program (default: the one on the PATH).
set -euo pipefail

linnet=${LINNET:-linnet}
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

# start NAME OPTION...: an engine with its stdin and stdout on pipes of ours
start() {
    local name=$1
    shift
    mkfifo "$room/$name.in" "$room/$name.out"
    "$linnet" --ephemeral "$@" <"$room/$name.in" >"$room/$name.out" &
}

# say FD NAME LINE: write a command
say() {
    printf '%-5s < %s\n' "$2" "$3"
    printf '%s\n' "$3" >&"$1"
}

# hear FD NAME PATTERN: show lines until one matches; it is left in $line
hear() {
    while IFS= read -r -t 20 -u "$1" line; do
        printf '%-5s > %s\n' "$2" "$line"
        if [[ $line == *$3* ]]; then return; fi
    done
    echo "$2 never said $3" >&2
    exit 1
}

# field NAME: the value of a text field of $line
field() {
    local rest=${line#*\""$1"\":\"}
    printf '%s' "${rest%%\"*}"
}

start alice --listen /ip4/127.0.0.1/tcp/0
exec 3>"$room/alice.in" 4<"$room/alice.out"
hear 4 alice '"type":"started"'
alice=$(field peer)
address=${line#*\"addresses\":[\"}
address=${address%%\"*}

start bob
exec 5>"$room/bob.in" 6<"$room/bob.out"
hear 6 bob '"type":"started"'
bob=$(field peer)

say 5 bob '{"cmd":"net.connect","id":1,"address":"'"$address"'"}'
hear 6 bob '"type":"ok"'
say 5 bob '{"cmd":"message.send","id":2,"to":"'"$alice"'","text":"Hello from the other pipe","wait":"delivered"}'
hear 4 alice '"type":"message"'
hear 6 bob '"state":"delivered"'
say 3 alice '{"cmd":"message.send","id":"re","to":"'"$bob"'","text":"and hello back","wait":"delivered"}'
hear 6 bob '"type":"message"'
hear 4 alice '"state":"delivered"'

# The end of stdin ends an engine, when all is said.
exec 3>&- 5>&-
hear 4 alice '"type":"stopped"'
hear 6 bob '"type":"stopped"'
wait
