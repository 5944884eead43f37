"""What TLS peers of other people's do, on Python's ssl and openssl's s_client.

    tls_peer.py resume HOST:PORT AUTHORITY [CERTIFICATE KEY]
    tls_peer.py update HOST:PORT AUTHORITY
    tls_peer.py reload HOST:PORT AUTHORITY PROCESS LOG CERTIFICATE KEY NEW_CERTIFICATE NEW_KEY

The few frames it needs are written by hand: Hello, and a unary call without fields.
"""

import os
import re
import select
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time

scenario, address, authority, *rest = sys.argv[1:]
host, port = address.rsplit(":", 1)
HELLO = bytes([0, 0, 0, 4, 0x12, 2, 8, 1])


def call(stream, method):
    """The frame of a unary call of `method` with an empty request."""
    body = bytes([0x0A, len(method)]) + method.encode() + bytes([0x28, 1, 0x30, 1])
    frame = bytes([8, stream, 0x1A, len(body)]) + body
    return struct.pack(">I", len(frame)) + frame


def read_exactly(peer, count):
    out = b""
    while len(out) < count:
        piece = peer.recv(count - len(out))
        assert piece, "closed"
        out += piece
    return out


def close_frame(peer, stream):
    """The Close of `stream`, past what else the server says."""
    while True:
        frame = read_exactly(peer, *struct.unpack(">I", read_exactly(peer, 4)))
        if frame[:1] == bytes([8]) and frame[1] == stream and frame[2] == 0x32:
            return frame


def context(version=None, certificate=None, key=None):
    made = ssl.create_default_context(cafile=authority)
    made.set_alpn_protocols(["tally/1"])
    if version:
        made.minimum_version = made.maximum_version = version
    if certificate:
        made.load_cert_chain(certificate, key)
    return made


def connect(made, session=None):
    peer = made.wrap_socket(
        socket.create_connection((host, int(port)), timeout=20),
        server_hostname=host,
        session=session,
    )
    peer.sendall(HELLO)
    return peer


def resume():
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        made, session, said = context(version, *rest), None, []
        for _ in range(2):
            peer = connect(made, session)
            peer.sendall(call(1, "tally.test.TestService/Echo"))
            # The answer is the caller's subject: CN first, or nobody.
            subject = re.search(rb"CN=[^\x00-\x1f]*|nobody", close_frame(peer, 1)).group().decode()
            said.append(("resumed " if peer.session_reused else "full ") + subject)
            session = peer.session
            peer.close()
        print(peer.version() or version.name.replace("v1_", "v1."), *said)


def update():
    """Key updates of TLS 1.3 in the midst of calls; renegotiation of TLS 1.2 is refused."""
    for option, letter in (("-tls1_3", b"K\n"), ("-tls1_2", b"R\n")):
        client = subprocess.Popen(
            ["openssl", "s_client", "-connect", address, "-CAfile", authority, option]
            + ["-alpn", "tally/1"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        seen = b""

        def wait_for(text, count=1):
            nonlocal seen
            end = time.monotonic() + 20
            while seen.count(text) < count:
                assert select.select([client.stdout], [], [], end - time.monotonic())[0], seen
                piece = os.read(client.stdout.fileno(), 65536)
                assert piece, (text, seen)
                seen += piece

        def say(piece):
            client.stdin.write(piece)
            client.stdin.flush()

        wait_for(b"Verify return code: 0")
        say(HELLO)
        if option == "-tls1_3":
            for stream in range(1, 6):
                say(call(stream, "no/such"))
                wait_for(b"METHOD_UNKNOWN", stream)
                say(letter)
                wait_for(b"KEYUPDATE", stream)
        else:
            say(call(1, "no/such"))
            wait_for(b"METHOD_UNKNOWN")
            say(letter)
            wait_for(b"no renegotiation")
        client.kill()
        client.wait()
    print("all is well")


def reload():
    """SIGHUP with new files, then with broken ones, past a connection that stays."""
    process, log, certificate, key, new_certificate, new_key = rest

    def until(truth):
        end = time.monotonic() + 20
        while not truth():
            assert time.monotonic() < end, "too late"
            time.sleep(0.02)

    def shown():
        peer = connect(context())
        subject = peer.getpeercert()["subject"]
        peer.close()
        return subject

    def check(stream):
        kept.sendall(call(stream, "tally.v1.HealthService/Check"))
        assert b"does not answer" in close_frame(kept, stream)

    kept = connect(context())
    check(1)
    before = shown()
    shutil.copy(new_key, key)
    shutil.copy(new_certificate, certificate)
    os.kill(int(process), signal.SIGHUP)
    until(lambda: shown() != before)
    check(2)
    after = shown()
    with open(certificate, "w") as broken:
        broken.write("no certificate")
    os.kill(int(process), signal.SIGHUP)
    until(lambda: "could not be reloaded" in open(log).read())
    assert certificate in open(log).read()
    assert shown() == after
    check(3)
    print("all is well")


{"resume": resume, "update": update, "reload": reload}[scenario]()
