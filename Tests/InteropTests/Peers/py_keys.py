"""Keys as independent Python packages derive them: mnemonic, bip_utils, eth-account.

Reads one JSON object a line until the end of input, then answers each with a line of the same order.
    {"words", "passphrase", "path", "index", "message"}   all that follows from these words
    {"make": strength in bits, "message"}                 the same for new words of its own
"""
import json
import sys

from bip_utils import Bip32Slip10Ed25519, Bip32Slip10Secp256k1, Bip39SeedGenerator
from eth_account import Account
from eth_account.messages import encode_defunct
from mnemonic import Mnemonic

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


for line in sys.stdin.read().splitlines():
    print(json.dumps(answer(json.loads(line))), flush=True)
