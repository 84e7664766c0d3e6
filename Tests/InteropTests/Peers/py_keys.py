"""Keys as independent Python packages derive them: mnemonic, bip_utils, eth-account.

Reads one JSON object a line until the end of input, then answers each with a line of the same order.
    {"words", "passphrase", "path", "index", "message"}   all that follows from these words
    {"make": strength in bits, "message"}                 the same for new words of its own
    {"check": text, "peer", "peer_signature", "signature"}  whose signatures these are
    {"sign": text}                                        signatures of new keys
"""
import base64
import json
import sys

from bip_utils import Base58Decoder, Base58Encoder, Bip32Slip10Ed25519, Bip32Slip10Secp256k1, Bip39SeedGenerator
from eth_account import Account
from eth_account.messages import encode_defunct
from mnemonic import Mnemonic
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

# What stands before the key in the peer id of an Ed25519 key: identity multihash, protobuf's type and length.
PEER_PREFIX = bytes.fromhex("002408011220")

english = Mnemonic("english")


def answer(question):
    if "make" in question:
        question["words"] = english.generate(strength=question["make"])
        question.setdefault("passphrase", "")
        question.setdefault("path", "m/44'/60'/0'/0/0")
        question.setdefault("index", 0)
    words, passphrase = question["words"], question["passphrase"]
    assert english.check(words), "checksum"
    seed = Mnemonic.to_seed(words, passphrase)
    assert seed == Bip39SeedGenerator(words).Generate(passphrase), "the packages differ"
    key = Bip32Slip10Secp256k1.FromSeed(seed).DerivePath(question["path"])
    hardened = "/".join(part if part == "m" else part.rstrip("'") + "'" for part in question["path"].split("/"))
    ed25519 = Bip32Slip10Ed25519.FromSeed(seed).DerivePath(hardened)
    tree = Bip32Slip10Secp256k1.FromSeed(seed)
    account = Account.from_key(tree.DerivePath(f"m/44'/60'/0'/0/{question['index']}").PrivateKey().Raw().ToBytes())
    message = encode_defunct(bytes.fromhex(question["message"]))
    result = {
        "words": words,
        "entropy": bytes(english.to_entropy(words)).hex(),
        "seed": seed.hex(),
        "xprv": key.PrivateKey().ToExtended(),
        "xpub": key.PublicKey().ToExtended(),
        "ed25519": ed25519.PrivateKey().Raw().ToHex(),
        "hardened": hardened,
        "address": account.address,
        "signature": bytes(account.sign_message(message).signature).hex(),
        "group": tree.DerivePath(f"m/44'/60'/1'/0/{question['index']}").PrivateKey().Raw().ToHex(),
        "peer": tree.DerivePath(f"m/44'/60'/2'/0/{question['index']}").PrivateKey().Raw().ToHex(),
    }
    if "signature" in question:
        result["recovered"] = Account.recover_message(message, signature=bytes.fromhex(question["signature"]))
    return result


def peer_message(text):
    message = text.encode()
    return b"\x19Linnet Signed Message:\n" + str(len(message)).encode() + message


def check(question):
    peer = Base58Decoder.Decode(question["peer"])
    assert peer[:6] == PEER_PREFIX, "no Ed25519 peer"
    try:
        VerifyKey(peer[6:]).verify(peer_message(question["check"]), base64.b64decode(question["peer_signature"]))
        verdict = "valid"
    except BadSignatureError:
        verdict = "invalid"
    message = encode_defunct(text=question["check"])
    return {"verdict": verdict, "recovered": Account.recover_message(message, signature=question["signature"])}


def sign(question):
    key, account = SigningKey.generate(), Account.create()
    return {
        "peer": Base58Encoder.Encode(PEER_PREFIX + key.verify_key.encode()),
        "peer_signature": base64.b64encode(key.sign(peer_message(question["sign"])).signature).decode(),
        "address": account.address,
        "signature": "0x" + bytes(account.sign_message(encode_defunct(text=question["sign"])).signature).hex(),
    }


def respond(question):
    if "check" in question:
        return check(question)
    return sign(question) if "sign" in question else answer(question)


for line in sys.stdin.read().splitlines():
    print(json.dumps(respond(json.loads(line))), flush=True)
