"""py-libp2p's mDNS and linnet in one network namespace: does each find the other, and hear it say goodbye?

usage: py_mdns.py LINNET
Prints one JSON object: {"ours": they found us, "theirs": we found them, "connected": ..., "goodbye": we heard them
leave, "farewell": they heard us leave, "ms": {...}}. To be run where loopback is all there is:
unshare --user --map-root-user --net sh -c 'ip link set lo up; exec python py_mdns.py linnet'
"""
import json
import subprocess
import sys
import threading
import time

import trio
from libp2p import create_yamux_muxer_option, new_host
from libp2p.crypto.ed25519 import create_new_key_pair as new_identity
from libp2p.crypto.x25519 import create_new_key_pair as new_static_key
from libp2p.discovery.events.peerDiscovery import peerDiscovery
from libp2p.discovery.mdns.mdns import MDNSDiscovery
from libp2p.security.noise.transport import PROTOCOL_ID as NOISE
from libp2p.security.noise.transport import Transport as NoiseTransport
from multiaddr import Multiaddr


class Engine:
    """linnet, with what it has said."""

    def __init__(self, program):
        self.lines = []
        self.process = subprocess.Popen(
            [program, "--ephemeral", "--listen", "/ip4/127.0.0.1/tcp/0", "--discover", "mdns"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def heard(self, kind, peer=None):
        return any(line["type"] == kind and peer in (None, line.get("peer")) for line in list(self.lines))

    def line(self, kind):
        return next((line for line in list(self.lines) if line["type"] == kind), None)

    def stop(self):
        self.process.stdin.close()


async def until(condition, seconds=20):
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > seconds:
            return None
        await trio.sleep(0.02)
    return int((time.monotonic() - start) * 1000)


async def main(program):
    identity = new_identity()
    host = new_host(
        key_pair=identity, sec_opt={NOISE: NoiseTransport(identity, noise_privkey=new_static_key().private_key)},
        muxer_opt=create_yamux_muxer_option())
    found = {}
    peerDiscovery.register_peer_discovered_handler(lambda info: found.setdefault(str(info.peer_id), info.addrs))
    result = {"ms": {}}
    async with host.run(listen_addrs=[Multiaddr("/ip4/127.0.0.1/tcp/0")]):
        own = str(host.get_id())
        engine = Engine(program)
        await until(lambda: engine.line("started"))
        started = engine.line("started")
        discovery = MDNSDiscovery(host.get_network(), host=host, retry_attempts=1)
        # Its calls block; what they wait for happens on threads of their own.
        await trio.to_thread.run_sync(discovery.broadcaster.register)
        result["ms"]["ours"] = await until(lambda: started["peer"] in found)
        result["ours"] = started["peer"] in found
        result["addresses"] = [str(address) for address in found.get(started["peer"], [])]
        result["ms"]["theirs"] = await until(lambda: engine.heard("peer.discovered", own))
        result["theirs"] = engine.heard("peer.discovered", own)
        await until(lambda: engine.heard("peer.connected", own))
        result["connected"] = engine.heard("peer.connected", own)
        await trio.to_thread.run_sync(discovery.broadcaster.unregister)
        await until(lambda: engine.heard("peer.expired", own))
        result["goodbye"] = engine.heard("peer.expired", own)
        known = dict(discovery.listener.discovered_services)
        engine.stop()
        await until(lambda: known and not discovery.listener.discovered_services)
        result["farewell"] = bool(known) and not discovery.listener.discovered_services
        discovery.listener.stop()
        discovery.zeroconf.close()
        engine.process.wait(10)
    print(json.dumps(result), flush=True)


trio.run(main, sys.argv[1])
