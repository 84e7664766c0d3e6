"""Runs a program that is refused sockets of one family, as by RestrictAddressFamilies of systemd.

usage: refuse.py FAMILY PROGRAM [ARGUMENT ...]
"""

import ctypes
import os
import platform
import socket
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000
EAFNOSUPPORT = 97
SOCKET = {"x86_64": 41, "aarch64": 198}[platform.machine()]


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def refuse(family):
    """Makes socket(2) fail with EAFNOSUPPORT for a family, in this process and those that it starts."""
    steps = [
        (LOAD, 0, 0, 0),  # the number of the call
        (JUMP_EQUAL, 0, 3, SOCKET),
        (LOAD, 0, 0, 16),  # its first argument
        (JUMP_EQUAL, 0, 1, family),
        (RETURN, 0, 0, FAIL | EAFNOSUPPORT),
        (RETURN, 0, 0, ALLOW),
    ]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = Program(len(steps), ctypes.cast(buffer, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "seccomp is not permitted here")


refuse(getattr(socket, sys.argv[1]))
os.execvp(sys.argv[2], sys.argv[2:])
