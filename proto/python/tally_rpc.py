"""A client of the Tally RPC protocol in plain Python, from proto/README.md alone.

It needs nothing but the standard library, so it writes and reads the few protobuf fields of a
frame by hand; with a protobuf runtime that part is gone. One call at a time, unary calls only:

    client = Client.connect("tally.example.com", 7443, authority="ca.pem", token="tly_…")
    response = client.call("tally.v1.HealthService/Check", b"")
"""

import socket
import ssl
import struct


class TallyError(Exception):
    """A call that ended with a status other than OK."""

    def __init__(self, code, message, reason, field):
        super().__init__(f"{code} {reason} {field}: {message}")
        self.code, self.reason, self.field = code, reason, field


class ConnectionEnded(Exception):
    """The server said GoAway, or closed."""


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value) if value else b""


def data(field, value):
    return varint(field << 3 | 2) + varint(len(value)) + value


def fields(message):
    """Yields (field number, value); a value is an int or bytes."""
    at = 0

    def read_varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        tag = read_varint()
        if tag & 7 == 0:
            yield tag >> 3, read_varint()
            continue
        size = {1: 8, 5: 4}[tag & 7] if tag & 7 != 2 else read_varint()
        yield tag >> 3, message[at : at + size]
        at += size


def metadata(entries):
    return [data(1, key.encode()) + data(2, value.encode()) for key, value in entries.items()]


HELLO, OPEN, CLOSE, WINDOW, PING, PONG, GO_AWAY = 2, 3, 6, 8, 9, 10, 11


class Client:
    def __init__(self, sock, token=None):
        self.socket, self.last_stream, self.credit = sock, 0, 1 << 20
        defaults = metadata({"authorization": "Bearer " + token} if token else {})
        hello = number(1, 1) + data(5, b"tally-python") + b"".join(data(6, m) for m in defaults)
        self.send(0, HELLO, hello)

    @classmethod
    def connect(cls, host, port, authority=None, token=None):
        sock = socket.create_connection((host, port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if authority:
            context = ssl.create_default_context(cafile=authority)
            context.set_alpn_protocols(["tally/1"])
            sock = context.wrap_socket(sock, server_hostname=host)
        return cls(sock, token)

    def send(self, stream, kind, body):
        frame = number(1, stream) + data(kind, body)
        self.socket.sendall(struct.pack(">I", len(frame)) + frame)

    def read_exactly(self, count):
        out = bytearray()
        while len(out) < count:
            piece = self.socket.recv(count - len(out))
            if not piece:
                raise ConnectionEnded("closed")
            out += piece
        return bytes(out)

    def next_frame(self):
        """(stream, kind, body) of the next frame that concerns a call."""
        while True:
            stream, kind, body = 0, None, b""
            for field, value in fields(self.read_exactly(*struct.unpack(">I", self.read_exactly(4)))):
                if field == 1:
                    stream = value
                else:
                    kind, body = field, value
            if kind == PING:
                self.send(0, PONG, body)
            elif kind == WINDOW and stream == 0:
                self.credit += dict(fields(body)).get(1, 0)
            elif kind == GO_AWAY:
                raise ConnectionEnded(dict(fields(body)).get(2, b"").decode())
            elif kind not in (HELLO, WINDOW, None):
                return stream, kind, body

    def call(self, method, request, timeout_ms=0, **entries):
        while self.credit <= 0:
            self.next_frame()
        self.credit -= len(request) + 16
        self.last_stream += 1
        call_metadata = metadata({key.replace("_", "-"): value for key, value in entries.items()})
        self.send(
            self.last_stream,
            OPEN,
            data(1, method.encode())
            + number(2, timeout_ms)
            + b"".join(data(3, m) for m in call_metadata)
            + data(4, request)
            + number(5, 1)
            + number(6, 1),
        )
        while True:
            stream, kind, body = self.next_frame()
            if kind == CLOSE and stream == self.last_stream:
                return self.closed(dict(fields(body)))

    def closed(self, close):
        status = list(fields(close.get(1, b"")))
        code = dict(status).get(1, 0)
        if code:
            details = [dict(fields(value)) for field, value in status if field == 3] or [{}]
            text = [dict(status).get(2, b""), details[0].get(1, b""), details[0].get(2, b"")]
            raise TallyError(code, *(t.decode() for t in text))
        response = close.get(2, b"")
        self.send(0, WINDOW, number(1, len(response) + 16))
        return response
