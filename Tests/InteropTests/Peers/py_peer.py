"""A py-libp2p host driven over JSON lines, as a foreign peer for the interop tests. Loopback only.

Out, first:  {"ready": true, "peer": ID, "addresses": [MULTIADDR, ...]}
In:          {"op": NAME, "tag": ANY, ...}
Out:         {"tag": ANY, "ok": true, ...} or {"tag": ANY, "ok": false, "error": TEXT}

Operations: connect{address} disconnect{peer} ping{peer,count} identify{peer} push{peer}
            echo{peer,size,count} perf{address,upload,download} request{peer,hex} quit
            subscribe{topic} publish{topic,text} heard{topic,count} (waits for that many messages)
It serves /echo/1.0.0, /perf/1.0.0 and the request-response protocol /reverse/1.0.0.
"""
import json
import os
import sys
import time

import trio
from libp2p import create_yamux_muxer_option, new_host
from libp2p.crypto.ed25519 import create_new_key_pair as new_identity
from libp2p.crypto.x25519 import create_new_key_pair as new_static_key
from libp2p.custom_types import TProtocol
from libp2p.host.ping import PingService
from libp2p.identity.identify.identify import ID as IDENTIFY
from libp2p.identity.identify.pb.identify_pb2 import Identify
from libp2p.identity.identify_push.identify_push import push_identify_to_peer
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.perf import PerfService
from libp2p.pubsub.gossipsub import GossipSub
from libp2p.pubsub.pubsub import Pubsub
from libp2p.request_response import BytesCodec, RequestResponse
from libp2p.security.noise.transport import PROTOCOL_ID as NOISE
from libp2p.security.noise.transport import Transport as NoiseTransport
from libp2p.tools.anyio_service.context import background_trio_service
from multiaddr import Multiaddr

ECHO = TProtocol("/echo/1.0.0")
REVERSE = TProtocol("/reverse/1.0.0")


def emit(**line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def read_exactly(stream, count):
    data = b""
    while len(data) < count:
        chunk = await stream.read(count - len(data))
        if not chunk:
            raise EOFError(f"end of stream after {len(data)} of {count} bytes")
        data += chunk
    return data


async def read_to_end(stream):
    data = b""
    while True:
        try:
            chunk = await stream.read(65536)
        except Exception:
            return data
        if not chunk:
            return data
        data += chunk


def uvarint(data):
    value = shift = index = 0
    while True:
        byte = data[index]
        value |= (byte & 127) << shift
        shift += 7
        index += 1
        if byte < 128:
            return value, index


class Peer:
    def __init__(self, host, pubsub):
        self.host = host
        self.pubsub = pubsub
        self.messages = {}
        self.perf_service = PerfService(host)
        self.requests = RequestResponse(host)

    async def start(self):
        async def echo(stream):
            try:
                while chunk := await stream.read(65536):
                    await stream.write(chunk)
            except Exception:
                pass  # this host tells the end of a stream by an exception
            await stream.close()

        async def reverse(request, _context):
            return request[::-1]

        self.host.set_stream_handler(ECHO, echo)
        self.requests.set_handler(REVERSE, reverse, BytesCodec())
        await self.perf_service.start()

    async def connect(self, command):
        await self.host.connect(info_from_p2p_addr(Multiaddr(command["address"])))
        return {}

    async def disconnect(self, command):
        await self.host.disconnect(ID.from_string(command["peer"]))
        return {}

    async def ping(self, command):
        peer = ID.from_string(command["peer"])
        return {"rtt": await PingService(self.host).ping(peer, command.get("count", 1))}

    async def identify(self, command):
        stream = await self.host.new_stream(ID.from_string(command["peer"]), [IDENTIFY])
        data = await read_to_end(stream)
        length, start = uvarint(data)
        message = Identify()
        message.ParseFromString(data[start : start + length])
        return {
            "agent": message.agent_version,
            "protocol_version": message.protocol_version,
            "protocols": list(message.protocols),
            "addresses": [str(Multiaddr(a)) for a in message.listen_addrs],
            "observed": str(Multiaddr(message.observed_addr)) if message.observed_addr else None,
            "public_key": message.public_key.hex(),
            "signed_peer_record": message.signedPeerRecord.hex(),
        }

    async def push(self, command):
        return {"pushed": bool(await push_identify_to_peer(self.host, ID.from_string(command["peer"])))}

    async def echo(self, command):
        stream = await self.host.new_stream(ID.from_string(command["peer"]), [ECHO])
        message = os.urandom(command.get("size", 64))
        started = time.monotonic()
        for _ in range(command.get("count", 1)):
            await stream.write(message)
            if await read_exactly(stream, len(message)) != message:
                raise ValueError("the echo differs")
        await stream.close()
        return {"seconds": time.monotonic() - started}

    async def perf(self, command):
        result = None
        async for output in self.perf_service.measure_performance(
            Multiaddr(command["address"]), command["upload"], command["download"]
        ):
            result = output
        return {"result": result}

    async def request(self, command):
        answer = await self.requests.send_request(
            ID.from_string(command["peer"]), [REVERSE], bytes.fromhex(command["hex"]), BytesCodec()
        )
        return {"hex": answer.hex()}

    async def subscribe(self, command):
        topic = command["topic"]
        subscription = await self.pubsub.subscribe(topic)
        heard = self.messages[topic] = []

        async def drain():
            while True:
                message = await subscription.get()
                heard.append({"from": str(ID(message.from_id)), "text": message.data.decode()})

        self.nursery.start_soon(drain)
        return {}

    async def publish(self, command):
        await self.pubsub.publish(command["topic"], command["text"].encode())
        return {}

    async def heard(self, command):
        while len(self.messages[command["topic"]]) < command["count"]:
            await trio.sleep(0.02)
        return {"messages": self.messages[command["topic"]]}

    async def answer(self, command):
        operation = {
            name: getattr(self, name)
            for name in (
                "connect", "disconnect", "ping", "identify", "push", "echo", "perf", "request", "subscribe", "publish",
                "heard",
            )
        }.get(command["op"])
        try:
            if operation is None:
                raise ValueError(f"no operation {command['op']}")
            with trio.fail_after(command.get("timeout", 30)):
                emit(tag=command.get("tag"), ok=True, **await operation(command))
        except Exception as error:
            emit(tag=command.get("tag"), ok=False, error=f"{type(error).__name__}: {error}")


async def main():
    identity = new_identity()
    listen = [Multiaddr("/ip4/127.0.0.1/tcp/0")]
    host = new_host(
        key_pair=identity,
        sec_opt={NOISE: NoiseTransport(identity, noise_privkey=new_static_key().private_key)},
        muxer_opt=create_yamux_muxer_option(),
        listen_addrs=listen,
    )
    # Its defaults are for other networks: ten messages a second, and a heartbeat every two minutes.
    gossip = GossipSub(
        protocols=[TProtocol("/meshsub/1.2.0"), TProtocol("/meshsub/1.1.0"), TProtocol("/meshsub/1.0.0")],
        degree=6, degree_low=4, degree_high=12, heartbeat_interval=1, spam_protection_enabled=False,
        max_messages_per_topic_per_second=1e9)
    pubsub = Pubsub(host, gossip)
    async with (
        host.run(listen_addrs=listen), background_trio_service(pubsub), background_trio_service(gossip),
        trio.open_nursery() as nursery,
    ):
        await pubsub.wait_until_ready()
        peer = Peer(host, pubsub)
        peer.nursery = nursery
        await peer.start()
        emit(ready=True, peer=str(host.get_id()), addresses=[str(a) for a in host.get_addrs()])
        async for line in trio.wrap_file(sys.stdin):
            command = json.loads(line)
            if command["op"] == "quit":
                break
            nursery.start_soon(peer.answer, command)
        os._exit(0)


trio.run(main)
