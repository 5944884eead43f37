"""What a client of somebody else's does, against a server of tests: HOST PORT [AUTHORITY]."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../proto/python"))
import tally_rpc

host, port, authority = (sys.argv[1:] + [None])[:3]
client = tally_rpc.Client.connect(host, int(port), authority, token="tly_1_2")

text = lambda value: tally_rpc.data(1, value.encode())

assert client.call("tally.test.TestService/Echo", text("Grüße")) == text("Grüße")

try:
    client.call("tally.test.TestService/Fail", text("service"))
    raise SystemExit("no error")
except tally_rpc.TallyError as error:
    assert (error.code, error.reason, error.field) == (9, "TEST_REASON", "rules[2].weight"), error

try:
    client.call("tally.test.TestService/Wait", text("x"), timeout_ms=50)
    raise SystemExit("no deadline")
except tally_rpc.TallyError as error:
    assert (error.code, error.reason) == (4, "DEADLINE_EXCEEDED"), error

try:
    client.call("no/such", b"")
    raise SystemExit("no error")
except tally_rpc.TallyError as error:
    assert error.code == 12, error

# Far more than the windows of both directions together.
large = text("0123456789" * 30_000)
for _ in range(30):
    assert client.call("tally.test.TestService/Echo", large) == large

try:
    client.send(0, tally_rpc.HELLO, tally_rpc.number(1, 1))
    client.call("tally.test.TestService/Echo", b"")
    raise SystemExit("no GoAway")
except tally_rpc.ConnectionEnded as error:
    assert str(error) == "PROTOCOL_ERROR", error

print("all is well")
