"""What a client of somebody else's does, against a server of tests: HOST PORT [AUTHORITY]."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../proto/python"))
import tally_rpc
from tally_rpc import Code, RpcError

host, port, authority = (sys.argv[1:] + [None])[:3]
client = tally_rpc.Client(f"{host}:{port}", cafile=authority, plaintext=authority is None, token="tly_1_2")


def text(value):
    """tally.test.Text { text: value }, for values of less than 128 bytes."""
    return bytes([0x0A, len(value.encode())]) + value.encode()


def failure(method, request, **options):
    try:
        client.call(method, request, **options)
    except RpcError as error:
        return error
    raise SystemExit(f"no error from {method}")


assert client.call("tally.test.TestService/Echo", text("Grüße")) == text("Grüße")

error = failure("tally.test.TestService/Fail", text("service"))
assert (error.code, error.reason, error.field) == (9, "TEST_REASON", "rules[2].weight"), error

error = failure("tally.test.TestService/Wait", text("x"), timeout=0.05)
assert (error.code, error.reason) == (4, "DEADLINE_EXCEEDED"), error

assert failure("no/such", b"").code is Code.UNIMPLEMENTED

# Far more than the windows of both directions together.
large = b"\x0a\xe0\xa7\x12" + b"0123456789" * 30_000
for _ in range(30):
    assert client.call("tally.test.TestService/Echo", large) == large

client.close()
print("all is well")
