#!/bin/sh
# Answers in groups, with jq alone: who is called by name (@nick, a mention, an answer to what it said) says what it can,
# and !ping and !time are answered as well. --bot says what it is, and keeps it from talking to bots without end.
#
#     ann: @helper hello                       helper: I know !ping and !time.
#     ann: !ping                               helper: pong
#
# Invite it into a group, and it comes. A message that comes again after a crash is answered once: the answer's key is
# made of the message's id.
# Options of linnet may follow, such as: Examples/reply-bot.sh --profile helper --nick helper --lan
# LINNET names the program (default: the one on the PATH).
# shellcheck disable=SC2016
exec "${LINNET:-linnet}" --bot "$@" --exec 'jq --unbuffered -c "
    if .type == \"group.invited\" then {cmd: \"group.accept\", invite}
    elif .type == \"error\" then debug | empty
    elif .type != \"message\" or (.group | not) or .is_bot or .is_from_self then empty
    else
        ( if .text == \"!ping\" then \"pong\"
          elif .text == \"!time\" then (now | todate)
          elif .mentions_me then \"I know !ping and !time.\"
          else empty end ) as \$answer
        | {cmd: \"message.send\", key: (\"re \" + .message), to: .group, reply_to: .message, text: \$answer}
    end"'
