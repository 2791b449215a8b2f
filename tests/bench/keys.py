# keys.py COUNT LIST KRL [FINGERPRINT] - COUNT revoked keys, and the one with this fingerprint, as
# our list and as the KRL that sshd reads. ssh-keygen -k would take hours for a million: its buffer
# grows by 256 bytes, and is copied each time.
# Source: PROTOCOL.krl of OpenSSH, section KRL_SECTION_FINGERPRINT_SHA256.
import base64
import os
import struct
import sys
import time

count, list_path, krl_path = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def string(data):
    return struct.pack(">I", len(data)) + data


one = [base64.b64decode(digest.removeprefix("SHA256:") + "=") for digest in sys.argv[4:]]
digests = sorted([os.urandom(32) for _ in range(count)] + one)
with open(list_path, "w") as entries:
    entries.write("# pam_revoke list 1\n")
    for digest in digests:
        fingerprint = base64.b64encode(digest).decode().rstrip("=")
        entries.write('key:SHA256:%s reason="laptop stolen"\n' % fingerprint)
with open(krl_path, "wb") as krl:
    krl.write(b"SSHKRL\n\0" + struct.pack(">IQQQ", 1, 1, int(time.time()), 0))
    krl.write(string(b"") + string(b""))
    krl.write(b"\x05" + string(b"".join(string(digest) for digest in digests)))
