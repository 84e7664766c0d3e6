"""Floods the network behind an interface with discovery datagrams whose senders are forged.

usage: flood.py INTERFACE
Frames are written as they are, from 200 addresses of 10.9.0.0/24 that nobody has: peers that do not exist by mDNS and
by gigi-dns, questions by both, and nonsense. Prints how many datagrams it sent. Needs the right to send raw frames.
"""
import random
import socket
import struct
import sys
import time

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
MDNS, GIGI = 5353, 7173
PTR, TXT = 12, 16


def base58(data):
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return text


def name(*labels):
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def strings(text):
    data = text.encode()
    parts = [data[start:start + 255] for start in range(0, len(data), 255)]
    return b"".join(bytes([len(part)]) + part for part in parts)


def record(owner, kind, data):
    return owner + struct.pack(">HHIH", kind, 1, 4500, len(data)) + data


def answer(records):
    return struct.pack(">HHHHHH", 0, 0x8400, 0, len(records), 0, 0) + b"".join(records)


def question(owner):
    return struct.pack(">HHHHHH", 0, 0, 1, 0, 0, 0) + owner + struct.pack(">HH", PTR, 1)


def frame(sender, port, payload):
    udp = struct.pack(">HHHH", port, port, 8 + len(payload), 0) + payload
    header = struct.pack(
        ">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 255, 17, 0, sender, bytes([224, 0, 0, 251]))
    total = sum(struct.unpack(">10H", header))
    total = (total & 0xffff) + (total >> 16)
    check = ~((total & 0xffff) + (total >> 16)) & 0xffff
    header = header[:10] + struct.pack(">H", check) + header[12:]
    return bytes.fromhex("01005e0000fb") + b"\x02\0\0\0\0" + sender[3:] + b"\x08\0" + header + udp


def main(interface):
    chance = random.Random(1)
    service = name("_p2p", "_udp", "local")
    gigi = name("_gigi-dns", "_udp", "local")
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind((interface, 0))
    sent = 0
    for number in range(16000):
        host = 2 + chance.randrange(200)
        sender = bytes([10, 9, 0, host])
        peer = base58(bytes([0x12, 0x20]) + chance.randbytes(32))
        address = f"/ip4/10.9.0.{host}/tcp/4001"
        kind = number % 5
        if kind < 2:
            instance = name(f"fake{number}", "_p2p", "_udp", "local")
            payload = answer([
                record(service, PTR, instance),
                record(instance, TXT, strings(f"dnsaddr={address}/p2p/{peer}"))])
            port = MDNS
        elif kind == 2:
            text = f"peer_id={peer} nickname=fake{number} addr={address} caps=chat meta="
            payload, port = answer([record(gigi, TXT, strings(text))]), GIGI
        elif kind == 3:
            port = MDNS if number % 2 else GIGI
            payload = question(service if port == MDNS else gigi)
        else:
            port, payload = (MDNS, GIGI)[number % 2], chance.randbytes(chance.randrange(200))
        out.send(frame(sender, port, payload))
        sent += 1
        if sent % 100 == 0:
            time.sleep(0.02)
    print(sent, flush=True)


main(sys.argv[1])
