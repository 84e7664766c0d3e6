#!/usr/bin/env bash
# py-libp2p 0.8.1 forgets what a peer subscribes to when its own pubsub stream to that peer breaks.
#
# Two nodes share a topic and one connection. One resets the stream on which the other sends, and nothing else. The
# sender notices at its next message, opens a new stream within a second, and takes the peer for present again; but it
# has dropped the peer's subscriptions with the old stream, and does not hear them again, for they were announced on
# the peer's stream to it, which is whole. From then on it sends that peer nothing, although both are connected and the
# other direction works. The same happens when one of two connections ends with that stream on it.
#
# So: whoever sees a peer open its pubsub stream anew announces its own subscriptions again.
#
# Seen with Python 3.11 on Linux:
#   before: delivered both ways
#   the message that meets the broken stream: lost
#   6 s later: stream open again, subscription unknown, not delivered; other direction delivered
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check libp2p==0.8.1

cat >"$folder/observe.py" <<'PYTHON'
import secrets
import sys
from contextlib import AsyncExitStack

import trio
from libp2p import new_host
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.pubsub.gossipsub import GossipSub
from libp2p.pubsub.pubsub import Pubsub
from libp2p.tools.anyio_service import background_trio_service
from multiaddr import Multiaddr

TOPIC = "room"


class Node:
    async def start(self, stack):
        self.host = new_host(key_pair=create_new_key_pair(secrets.token_bytes(32)))
        router = GossipSub(["/meshsub/1.1.0"], degree=6, degree_low=4, degree_high=12, heartbeat_interval=1)
        self.pubsub = Pubsub(self.host, router)
        self.inbound = []
        read = self.pubsub.continuously_read_stream

        async def keep(stream):
            self.inbound.append(stream)
            await read(stream)

        self.pubsub.continuously_read_stream = keep
        await stack.enter_async_context(self.host.run([Multiaddr("/ip4/127.0.0.1/tcp/0")]))
        await stack.enter_async_context(background_trio_service(self.pubsub))
        await stack.enter_async_context(background_trio_service(router))
        self.messages = await self.pubsub.subscribe(TOPIC)

    async def say(self, text, to):
        await self.pubsub.publish(TOPIC, text)
        with trio.move_on_after(4):
            while (await to.messages.get()).data != text:
                pass
            return True
        return False


async def main():
    async with AsyncExitStack() as stack:
        a, b = Node(), Node()
        await a.start(stack)
        await b.start(stack)
        await a.host.connect(info_from_p2p_addr(b.host.get_addrs()[0]))
        await a.pubsub.wait_for_subscription(b.host.get_id(), TOPIC)
        await b.pubsub.wait_for_subscription(a.host.get_id(), TOPIC)
        before = (await b.say(b"one", a), await a.say(b"two", b))
        print(f"before: b to a {before[0]}, a to b {before[1]}")

        await a.inbound[0].reset()
        meets = await b.say(b"three", a)
        print(f"the message that meets the broken stream: {meets}")
        await trio.sleep(6)

        back = a.host.get_id() in b.pubsub.peers and len(a.inbound) == 2
        known = a.host.get_id() in b.pubsub.peer_topics.get(TOPIC, ())
        after = (await b.say(b"four", a), await a.say(b"five", b))
        print(f"6 s later: stream open again {back}, subscription known {known}")
        print(f"6 s later: b to a {after[0]}, a to b {after[1]}")
        as_stated = before == (True, True) and not meets and back and not known and after == (False, True)
        return None if as_stated else "this has changed"


sys.exit(trio.run(main))
PYTHON
timeout 120 "$folder/venv/bin/python" "$folder/observe.py"
