"""Attacks a server of Tally RPC as peers of ill will do, and measures it before and after.

Usage: rpc_attacks.py SERVER ATTACK ROUNDS [NAME=VALUE...]

Starts the program SERVER with the settings, lets ATTACK at it ROUNDS times, and prints what came of
it as one JSON object: how the attacking connections ended, whether the server answered a normal call
after each round, and its descriptors and memory after each, once they are what they were or have had
the time to be. It speaks the protocol by itself, from
the page alone.
"""

import collections
import json
import os
import random
import resource
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time

# Where the attacking connections come from: any address of the loopback network.
SOURCES = ["127.0.1.%d" % host for host in range(1, 9)]

IP_BIND_ADDRESS_NO_PORT = 24

# Seconds until an attack that waits in vain is over.
PATIENCE = 40

# What round may differ from round: what each thread keeps of the blocks it freed, and a table that
# has grown. Of 400 connections that each left a kilobyte, more.
ALLOCATED_TOLERANCE = 256 * 1024

# What a server may keep in all, in bytes, beyond what it had before the attack: the room of tables and
# of caches that have grown, by about 420 bytes for each connection that was open at once.
KEPT_MAX = 2 * 1024 * 1024
KEPT_MAX_OF_TEN_THOUSAND = 8 * 1024 * 1024


# Frames


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value) if value else b""


def delimited(field, value):
    return varint(field << 3 | 2) + varint(len(value)) + value


def frame(stream, kind, body):
    content = number(1, stream) + delimited(kind, body)
    return struct.pack(">I", len(content)) + content


def hello(window=0):
    return frame(0, 2, number(1, 1) + number(4, window))


def open_call(stream, method, message=b"", half_close=True):
    body = delimited(1, method.encode()) + delimited(4, message)
    return frame(stream, 3, body + number(5, 1) + number(6, int(half_close)))


def message(stream, payload):
    return frame(stream, 4, payload)


def window(stream, credit):
    return frame(stream, 8, number(1, credit))


def fields(content):
    """Number and value of each field; a value is an integer or bytes."""
    position = 0

    def take_varint():
        nonlocal position
        value = shift = 0
        while True:
            byte = content[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(content):
        key = take_varint()
        if key & 7 == 0:
            yield key >> 3, take_varint()
        elif key & 7 == 1:
            yield key >> 3, content[position : position + 8]
            position += 8
        else:
            length = take_varint()
            yield key >> 3, content[position : position + length]
            position += length


class Connection:
    def __init__(self, server, receive_buffer=None, tls=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        # Else the system looks for a free port before it knows whom the connection is for.
        self.socket.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        self.socket.bind((random.choice(SOURCES), 0))
        self.socket.connect(server.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.buffer = b""

    def send(self, data):
        """Whether the server still took it."""
        try:
            self.socket.sendall(data)
            return True
        except (ConnectionError, ssl.SSLError):
            return False

    def read_frame(self):
        """The next frame's fields, None at the end of the connection."""
        while True:
            if len(self.buffer) >= 4:
                length = 4 + struct.unpack(">I", self.buffer[:4])[0]
                if len(self.buffer) >= length:
                    content, self.buffer = self.buffer[4:length], self.buffer[length:]
                    return dict(fields(content))
            data = self.socket.recv(65536)
            if not data:
                return None
            self.buffer += data

    def ending(self):
        """Reads on to the end: the reason of the server's GoAway, or how else it ended."""
        reason = "closed"
        try:
            while (received := self.read_frame()) is not None:
                if 11 in received:
                    reason = dict(fields(received[11]))[2].decode()
        except socket.timeout:
            reason = "left open"
        except ConnectionError:
            reason = "reset" if reason == "closed" else reason
        self.close()
        return reason

    def close(self, reset=True):
        # A reset leaves no port waiting, of which 10,000 connections would need many.
        try:
            if reset:
                linger = struct.pack("ii", 1, 0)
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        except OSError:
            pass
        self.socket.close()


# Attacks: each is one round, and returns how its connections ended.


def garbage(server, rng):
    endings = collections.Counter()
    for index in range(200):
        connection = Connection(server)
        if index % 2:
            connection.send(hello())
        if index % 4 < 2:
            connection.send(struct.pack(">I", 64) + b"\xff" * 64)
            endings[connection.ending()] += 1
        else:
            # Now a body that may even be a frame, now a length that nobody meant.
            noise = rng.randbytes(rng.randrange(1, 200))
            connection.send(struct.pack(">I", len(noise)) + noise if index % 8 < 4 else noise)
            connection.close(reset=index % 16 < 8)
    return endings


def truncations(server, rng):
    whole = hello() + open_call(1, "test/Echo", b"x" * 100) + open_call(
        2, "test/Hold", b"y" * 100, half_close=False
    ) + message(2, b"z" * 50)
    for length in range(len(whole)):
        connection = Connection(server)
        connection.send(whole[:length])
        connection.close(reset=length % 2 == 0)
    return collections.Counter()


def lengths(server, rng):
    endings = collections.Counter()
    for length in (0xFFFFFFFF, 0x80000000, 4 * 1024 * 1024 + 1) * 30:
        connection = Connection(server)
        connection.send(hello() + struct.pack(">I", length) + b"a few bytes of it")
        endings[connection.ending()] += 1
    for _ in range(12):
        # A length that is allowed, and all but the last byte of it.
        connection = Connection(server)
        connection.send(hello() + struct.pack(">I", 4 * 1024 * 1024))
        connection.send(b"\x22" * (4 * 1024 * 1024 - 1))
        connection.close()
    return endings


def reused_ids(server, rng):
    endings = collections.Counter()
    for again in (7, 6, 1, 0) * 25:
        connection = Connection(server)
        connection.send(
            hello()
            + open_call(7, "test/Hold", half_close=False)
            + open_call(again, "test/Echo", b"x")
        )
        endings[connection.ending()] += 1
    return endings


def client_hello():
    """The first bytes of a TLS client."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = server_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def server_context():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["tally/1"])
    return context


def half_open_tls(server, rng):
    connections = []
    whole = client_hello()
    for index in range(200):
        connection = Connection(server)
        # Nothing, a part of the ClientHello, or all of it and then silence.
        connection.send(whole[: (0, 1, len(whole) // 2, len(whole) - 1, len(whole))[index % 5]])
        connections.append(connection)
    return collections.Counter(tls_ending(connection) for connection in connections)


def tls_ending(connection):
    try:
        while connection.socket.recv(65536):
            pass
        return "closed"
    except socket.timeout:
        return "left open"
    except ConnectionError:
        return "closed"
    finally:
        connection.close()


def drip(server, data, greeting=b"", count=50):
    """A byte a second on each of many connections, until the server has had enough of all.

    To one who counts from the last byte it would last for as many seconds as there are bytes.
    """
    started = time.monotonic()
    connections = [Connection(server) for _ in range(count)]
    for connection in connections:
        connection.send(greeting)
    for index in range(min(len(data), 28)):
        alive = [each.send(data[index : index + 1]) for each in connections]
        # The sending side is the last to notice.
        readable = [each for each in connections if ended(each)]
        if not any(alive) or len(readable) == len(connections):
            break
        time.sleep(1)
    server.seconds = max(server.seconds, time.monotonic() - started)
    for connection in connections:
        connection.socket.settimeout(0.1)
    return connections


def ended(connection):
    try:
        connection.socket.setblocking(False)
        data = connection.socket.recv(65536)
        connection.buffer += data
        return not data
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except ConnectionError:
        return True
    finally:
        connection.socket.settimeout(PATIENCE)


def slow_hello(server, rng):
    connections = drip(server, hello() + b"\0" * 20)
    return collections.Counter(connection.ending() for connection in connections)


def slow_frame(server, rng):
    connections = drip(server, open_call(1, "test/Echo", b"x" * 20), greeting=hello())
    return collections.Counter(connection.ending() for connection in connections)


def slow_handshake(server, rng):
    connections = drip(server, client_hello())
    return collections.Counter(tls_ending(connection) for connection in connections)


def window_overruns(server, rng):
    endings = collections.Counter()
    hold = hello() + open_call(1, "test/Hold", b"first", half_close=False)
    for index in range(30):
        connection = Connection(server)
        if index % 3 == 0:
            # Beyond the stream's 256 KiB, of which the handler takes nothing.
            connection.send(hold + message(1, b"x" * 100_000) * 4)
        elif index % 3 == 1:
            # Beyond the connection's 1 MiB, on streams that each keep to theirs.
            connection.send(hello())
            for stream in range(1, 8):
                connection.send(
                    open_call(stream, "test/Hold", b"x" * 200_000, half_close=False)
                )
        else:
            # Credit above 2^31-1.
            connection.send(hold + window(index % 2, 2**31 - 1) * 2)
        endings[connection.ending()] += 1
    return endings


def ten_thousand(server, rng):
    server.kept_max = KEPT_MAX_OF_TEN_THOUSAND
    connections = []
    for _ in range(10_000):
        connection = Connection(server)
        connection.send(hello())
        connections.append(connection)
    greeted = sum(2 in connection.read_frame() for connection in connections)
    server.descriptors_max = max(server.descriptors_max, server.descriptors())
    # The server serves meanwhile, too.
    server.call()
    for connection in connections:
        connection.close()
    return collections.Counter({"greeted": greeted})


def never_reads(server, rng):
    connections = []
    for index in range(20):
        connection = Connection(server, receive_buffer=4096, tls=server.tls)
        connection.send(hello(2**31 - 1) + window(0, 2**31 - 1 - 1024 * 1024))
        connection.send(open_call(1, "test/Flood"))
        if index % 2:
            # Answers that pile up, too; until the server no longer reads either.
            connection.socket.settimeout(0.05)
            try:
                for stream in range(2, 80):
                    connection.socket.sendall(open_call(stream, "test/Echo", b"x" * 10_000))
            except (socket.timeout, ConnectionError):
                pass
        connections.append(connection)
    # What they are sent has come to a halt once the memory has.
    last = None
    while (now := server.resident_kib()) != last:
        last = now
        time.sleep(0.2)
    server.resident_max_kib = max(server.resident_max_kib, last)
    server.call()
    for connection in connections:
        connection.close()
    return collections.Counter()


def cancelled_requests(server, rng):
    """Large requests to a handler that does not heed its cancellation, each cancelled at once: their
    credit comes back, and the next one goes out."""
    connections = []
    for _ in range(4):
        connection = Connection(server)
        connection.send(hello())
        # Two fit the connection's 1 MiB; further ones want credit.
        credit = 1024 * 1024
        for stream in range(1, 61):
            request = open_call(stream, "test/Deaf", b"x" * 500_000)
            connection.send(request + frame(stream, 7, b""))
            credit -= 500_016
            while credit < 500_016:
                received = connection.read_frame()
                if 8 in received and received.get(1, 0) == 0:
                    credit += dict(fields(received[8]))[1]
        connections.append(connection)
        server.resident_max_kib = max(server.resident_max_kib, server.resident_kib())
    server.call()
    for connection in connections:
        connection.close()
    return collections.Counter()


def partial_frames(server, rng):
    """Frames of 4 MiB that miss their last byte, on more connections than there is room for."""
    connections = []
    body = b"x" * (4 * 1024 * 1024 - 1)
    for _ in range(40):
        connection = Connection(server)
        connection.send(hello())
        connection.socket.setblocking(False)
        data = struct.pack(">I", len(body) + 1) + body
        connections.append((connection, [data]))
    # Until the server takes no more of any of them.
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < 1:
        for connection, left in connections:
            try:
                sent = connection.socket.send(left[0]) if left[0] else 0
            except (BlockingIOError, ConnectionError):
                sent = 0
            if sent:
                left[0] = left[0][sent:]
                quiet_since = time.monotonic()
        time.sleep(0.01)
    server.resident_max_kib = max(server.resident_max_kib, server.resident_kib())
    # Others are served meanwhile, though not with frames as long.
    server.call()
    for connection, _ in connections:
        connection.close()
    return collections.Counter()


# The server and what is measured of it


class Server:
    def __init__(self, program, settings):
        # The server and the peers of 10,000 connections need a descriptor each.
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self.tls = None
        if any(setting.startswith("certificate=") for setting in settings):
            self.tls = server_context()
        self.process = subprocess.Popen(
            [program, *settings], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        host, port = self.process.stdout.readline().strip().rsplit(":", 1)
        self.address = (host, int(port))
        self.round = 0
        self.seconds = 0
        self.descriptors_max = 0
        self.resident_max_kib = 0
        self.before = None
        self.allocated_before = None
        self.kept_max = KEPT_MAX

    def descriptors(self):
        return len(os.listdir("/proc/%d/fd" % self.process.pid))

    def resident_kib(self):
        with open("/proc/%d/status" % self.process.pid) as status:
            return int(next(line for line in status if line.startswith("VmRSS")).split()[1])

    def allocated(self):
        """Lets the server give back what is free; the bytes that it still uses."""
        self.process.stdin.write("trim\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def allocated_at_rest(self):
        """The least of what it uses within a while."""
        allocated = self.allocated()
        for _ in range(20):
            time.sleep(0.02)
            allocated = min(allocated, self.allocated())
        return allocated

    def settled(self, index, rounds, descriptors):
        """Measures once the attack has left nothing behind, or it has had the time to leave nothing.

        The first round shows what a server needs that is at work, and a second one what is left in
        caches; later ones must need nothing more. Of two rounds, the second must not. Whatever the
        round, all that is kept is little.
        """
        until = time.monotonic() + PATIENCE
        while self.descriptors() > descriptors and time.monotonic() < until:
            time.sleep(0.02)
        # A connection is closed before what it held is freed, by tasks that may still wait for a core.
        most = self.allocated_before + self.kept_max
        if index > min(1, rounds - 2):
            most = min(most, self.before + ALLOCATED_TOLERANCE)
        while (allocated := self.allocated()) > most and time.monotonic() < until:
            time.sleep(0.02)
        if index <= min(1, rounds - 2):
            # Not yet at rest, it would forgive as much as it still holds.
            allocated = self.before = self.allocated_at_rest()
        return {
            "descriptors": self.descriptors(),
            "allocatedExcess": allocated - self.before - ALLOCATED_TOLERANCE,
            "keptExcess": allocated - self.allocated_before - self.kept_max,
            "allocated": allocated,
            "residentKiB": self.resident_kib(),
        }

    def call(self):
        """A normal call; fails where it is not answered."""
        connection = Connection(self, tls=self.tls)
        connection.send(hello() + open_call(1, "test/Echo", b"still here"))
        while (received := connection.read_frame()) is not None:
            if 6 in received:
                assert dict(fields(received[6]))[2] == b"still here"
                connection.close(reset=False)
                return
        raise AssertionError("the server closed instead of answering")

    def stop(self):
        """Ends its input; its status."""
        self.process.stdin.close()
        return self.process.wait(timeout=PATIENCE)


def main():
    # A server that keeps none of its promises must not keep the tests waiting either.
    signal.alarm(150)
    program, name, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    attack = globals()[name]
    server = Server(program, sys.argv[4:])
    server.call()
    time.sleep(0.2)
    before = server.descriptors()
    server.allocated_before = server.allocated_at_rest()
    endings = collections.Counter()
    after = []
    for index in range(rounds):
        server.round = index
        endings.update(attack(server, random.Random(index)))
        server.call()
        after.append(server.settled(index, rounds, before))
    report = {
        "endings": endings,
        "descriptorsBefore": before,
        "allocatedBefore": server.allocated_before,
        "descriptorsMax": server.descriptors_max,
        "residentMaxKiB": server.resident_max_kib,
        "after": after,
        "seconds": server.seconds,
        "status": server.stop(),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
