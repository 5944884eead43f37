#!/usr/bin/env python3
"""The Python client against a server of scripted frames: what it sends, and what it makes of answers.

    /usr/bin/python3 -m unittest discover --start-directory Tests/PythonClient

Tests/Platform/RPCTests/Behaviour runs the same client against the real server.
"""

import concurrent.futures
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import unittest.mock

PROTO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../proto")
sys.path.insert(0, os.path.join(PROTO, "python"))

import tally_rpc
from google.protobuf import descriptor_pb2
from tally_rpc import Code, Frame, RpcError

PATIENCE = 60  # Seconds until a test that waits in vain fails.


class Peer:
    """The server's end of one connection."""

    def __init__(self, sock):
        self.socket = sock
        sock.settimeout(PATIENCE)

    def read_bytes(self, count):
        out = b""
        while len(out) < count:
            piece = self.socket.recv(count - len(out))
            if not piece:
                return out
            out += piece
        return out

    def read(self):
        """The next frame; None at the end."""
        head = self.read_bytes(4)
        return Frame.FromString(self.read_bytes(int.from_bytes(head, "big"))) if head else None

    def expect(self, kind, stream=None):
        frame = self.read()
        assert frame is not None, f"the end instead of {kind}"
        assert frame.WhichOneof("kind") == kind, f"{frame} instead of {kind}"
        assert stream in (None, frame.stream_id), f"stream {frame.stream_id} instead of {stream}"
        return frame

    def write(self, stream=0, **kind):
        payload = Frame(stream_id=stream, **kind).SerializeToString()
        self.write_bytes(len(payload).to_bytes(4, "big") + payload)

    def write_bytes(self, data):
        self.socket.sendall(data)

    def greet(self, **hello):
        self.expect("hello", 0)
        self.write(hello={"version": 1, **hello})

    def round_trip(self):
        """What was written is read by now, and nothing but a Pong was written."""
        self.write(ping={"opaque": 5})
        assert self.expect("pong", 0).pong.opaque == 5

    def answer(self, stream, payload=b"", **status):
        has_message = not status
        self.write(stream, close={"message": payload, "has_message": has_message, "status": status})

    def answer_next(self, payload):
        self.answer(self.expect("open").stream_id, payload)

    def expect_end(self, reason):
        """GoAway with that reason, then the shut writing side."""
        goodbye = self.expect("go_away", 0).go_away
        assert goodbye.reason == reason, goodbye
        assert self.read() is None


class ClientTestCase(unittest.TestCase):
    def setUp(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(PATIENCE)
        self.addCleanup(self.listener.close)
        self.threads = concurrent.futures.ThreadPoolExecutor(16)
        self.addCleanup(self.threads.shutdown)
        self.client = self.make_client()

    def make_client(self, **options):
        client = tally_rpc.Client(f"127.0.0.1:{self.listener.getsockname()[1]}", plaintext=True, **options)
        self.addCleanup(client.close)
        return client

    def accept(self, greet=True, **hello):
        sock, _ = self.listener.accept()
        self.addCleanup(sock.close)
        peer = Peer(sock)
        if greet:
            peer.greet(**hello)
        return peer

    def begin(self, function, *arguments, **options):
        """Runs a blocking call of the client beside the script."""
        return self.threads.submit(function, *arguments, **options)

    def call(self, payload=b"", **options):
        return self.begin(self.client.call, "a.B/C", payload, **options)

    def failure(self, outcome):
        with self.assertRaises(RpcError) as caught:
            outcome.result(PATIENCE)
        return caught.exception


class FrameTests(ClientTestCase):
    def test_the_pages_example(self):
        self.assertEqual(Frame(stream_id=1, cancel={}).SerializeToString().hex(" "), "08 01 3a 00")

    def test_first_bytes_of_a_connection(self):
        self.client = self.make_client(token="t", agent="me")
        outcome = self.call(b"xyz", metadata={"k": "v"}, timeout=None)
        peer = self.accept(greet=False)
        hello = "08 01 10 80 80 80 02 20 80 80 10 2a 02 6d 65 32 19"
        hello += " 0a 0d" + " ".join([""] + [f"{b:02x}" for b in b"authorization"])
        hello += " 12 08" + " ".join([""] + [f"{b:02x}" for b in b"Bearer t"])
        expected = bytes.fromhex("00 00 00 2c 12 2a" + hello)
        self.assertEqual(peer.read_bytes(len(expected)), expected)
        peer.write_bytes(bytes.fromhex("00 00 00 04 12 02 08 01"))  # Hello { version: 1 }
        # Stream 1: method, metadata, message, has_message, half_close.
        expected = bytes.fromhex(
            "00 00 00 1c 08 01 1a 18 0a 05 61 2e 42 2f 43 1a 06 0a 01 6b 12 01 76 22 03 78 79 7a 28 01 30 01"
        )
        self.assertEqual(peer.read_bytes(len(expected)), expected)
        # Stream 1: Close { status {}, message: "ok", has_message: true }
        peer.write_bytes(bytes.fromhex("00 00 00 0c 08 01 32 08 0a 00 12 02 6f 6b 18 01"))
        self.assertEqual(outcome.result(PATIENCE), b"ok")

    def test_frames_are_those_of_frame_proto(self):
        with tempfile.NamedTemporaryFile() as file:
            subprocess.run(
                ["protoc", "-I", PROTO, f"--descriptor_set_out={file.name}", "tally/rpc/v1/frame.proto"], check=True
            )
            described = descriptor_pb2.FileDescriptorSet.FromString(file.read()).file[0].message_type
        ours = descriptor_pb2.FileDescriptorProto.FromString(Frame.DESCRIPTOR.file.serialized_pb).message_type
        for field in (field for one in described for field in one.field):
            field.ClearField("json_name")
        self.assertEqual({m.name: m for m in described}, {m.name: m for m in ours if m.name != "GetSchemaResponse"})

    def test_frames_in_pieces_and_unknown_fields(self):
        outcome = self.call()
        peer = self.accept()
        peer.expect("open", 1)
        # Field 99 of Close: varint 7.
        for byte in bytes.fromhex("00 00 00 0b 08 01 32 07 12 00 18 01 98 06 07"):
            peer.write_bytes(bytes([byte]))
        self.assertEqual(outcome.result(PATIENCE), b"")


class UnaryTests(ClientTestCase):
    def test_answers_come_in_any_order(self):
        outcomes = {}
        peer = None
        for payload in (b"one", b"two", b"three"):
            outcome = self.call(payload)
            peer = peer or self.accept()
            outcomes[peer.expect("open").stream_id] = (outcome, payload)
        self.assertEqual(sorted(outcomes), [1, 2, 3])
        for stream in (2, 3, 1):
            outcome, payload = outcomes[stream]
            peer.answer(stream, payload)
            self.assertEqual(outcome.result(PATIENCE), payload)

    def test_errors_are_said_exactly(self):
        outcome = self.call()
        peer = self.accept()
        detail = {"reason": "R", "field": "f[1].g", "description": "d", "retry_after_ms": 1500}
        status = {"code": 9, "message": "no", "details": [detail, {"reason": "S"}]}
        peer.expect("open")
        peer.write(1, close={"status": status, "trailers": [{"key": "k", "value": b"v"}]})
        error = self.failure(outcome)
        self.assertEqual(
            (error.code, error.message, error.reason, error.field, error.retry_after, error.trailers),
            (Code.FAILED_PRECONDITION, "no", "R", "f[1].g", 1.5, {"k": b"v"}),
        )
        self.assertEqual([d.reason for d in error.details], ["R", "S"])
        self.assertEqual(str(error), "FAILED_PRECONDITION R f[1].g: no")

    def test_codes_of_the_future_are_unknown(self):
        outcome = self.call()
        peer = self.accept()
        peer.expect("open")
        peer.answer(1, code=99, message="?")
        self.assertIs(self.failure(outcome).code, Code.UNKNOWN)

    def test_trailers(self):
        trailers = {}
        outcome = self.call(trailers=trailers)
        peer = self.accept()
        peer.expect("open")
        peer.write(1, close={"has_message": True, "trailers": [{"key": "cost", "value": b"7"}]})
        self.assertEqual(outcome.result(PATIENCE), b"")
        self.assertEqual(trailers, {"cost": b"7"})

    def test_answer_without_a_message_is_none(self):
        outcome = self.call()
        peer = self.accept()
        peer.expect("open")
        peer.write(1, close={})
        self.assertEqual(self.failure(outcome).reason, "MALFORMED_CALL")

    def test_streaming_method_is_no_unary_one(self):
        outcome = self.call()
        peer = self.accept()
        peer.expect("open")
        peer.write(1, message=b"1")
        peer.write(1, message=b"2")
        self.assertEqual(self.failure(outcome).reason, "MALFORMED_CALL")
        peer.expect("cancel", 1)

    def test_metadata_and_idempotency_key_stand_on_open(self):
        self.client = self.make_client(token="t", metadata={"tally-org": "acme"})
        self.call(metadata={"tally-org": ""}, idempotency_key="once")
        peer = self.accept(greet=False)
        hello = {m.key: m.value for m in peer.expect("hello").hello.metadata}
        self.assertEqual(hello, {"tally-org": b"acme", "authorization": b"Bearer t"})
        peer.write(hello={"version": 1})
        opening = {m.key: m.value for m in peer.expect("open").open.metadata}
        self.assertEqual(opening, {"tally-org": b"", "idempotency-key": b"once"})

    def test_deadline_cancels_and_keeps_the_stream_counted(self):
        outcome = self.call(timeout=0.3)
        peer = self.accept()
        opening = peer.expect("open", 1).open
        self.assertTrue(0 < opening.timeout_ms <= 300, opening.timeout_ms)
        error = self.failure(outcome)
        self.assertEqual((error.code, error.reason), (Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"))
        peer.expect("cancel", 1)
        self.assertEqual(list(self.client._current.streams), [1])
        peer.answer(1, code=1)
        outcome = self.call(b"next")
        peer.answer_next(b"next")
        self.assertEqual(outcome.result(PATIENCE), b"next")
        self.assertEqual(list(self.client._current.streams), [])

    def test_no_timeout_is_the_servers(self):
        self.call(timeout=None)
        self.assertEqual(self.accept().expect("open").open.timeout_ms, 0)


class CreditTests(ClientTestCase):
    def test_requests_wait_for_the_connections_credit(self):
        # 1 MiB - 1 leaves credit of 1 - 16 = -15 and one more byte gives none.
        first = self.call(bytes((1 << 20) - 1))
        peer = self.accept()
        peer.expect("open", 1)
        second = self.call(b"second")
        peer.write(window={"bytes": 15})
        peer.round_trip()
        peer.write(window={"bytes": 1})
        self.assertEqual(peer.expect("open", 2).open.message, b"second")
        peer.answer(1, b"1")
        peer.answer(2, b"2")
        self.assertEqual((first.result(PATIENCE), second.result(PATIENCE)), (b"1", b"2"))

    def test_answers_give_the_connections_credit_back(self):
        owed = given = 0
        peer = None
        for number in range(12):
            outcome = self.call()
            peer = peer or self.accept()
            frame = peer.read()
            while frame.WhichOneof("kind") == "window":
                self.assertEqual(frame.stream_id, 0)
                given += frame.window.bytes
                frame = peer.read()
            self.assertLess(owed - given, 1 << 20)
            peer.answer(frame.stream_id, bytes(300_000))
            owed += 300_000 + 16
            self.assertEqual(len(outcome.result(PATIENCE)), 300_000)
        self.assertGreater(given, 2 << 20)

    def test_messages_of_a_stream_wait_for_both_windows(self):
        outcome = self.begin(self.client.open, "a.B/C", response_type=bytes)
        peer = self.accept()
        self.assertFalse(peer.expect("open", 1).open.has_message)
        call = outcome.result(PATIENCE)
        call.send(bytes(256 << 10))
        self.assertEqual(len(peer.expect("message", 1).message), 256 << 10)
        blocked = self.begin(call.send, b"more")
        peer.write(1, window={"bytes": 16})
        peer.round_trip()
        peer.write(1, window={"bytes": 1})
        self.assertEqual(peer.expect("message", 1).message, b"more")
        blocked.result(PATIENCE)
        call.half_close()
        peer.expect("half_close", 1)
        peer.write(1, message=b"row")
        peer.write(1, close={})
        self.assertEqual(list(call), [b"row"])

    def test_stream_credit_returns_as_the_application_reads(self):
        outcome = self.begin(self.client.stream, "a.B/C", b"")
        peer = self.accept()
        opening = peer.expect("open", 1).open
        self.assertTrue(opening.has_message and opening.half_close)
        rows = outcome.result(PATIENCE)
        for _ in range(4):
            peer.write(1, message=bytes(60_000))
        peer.round_trip()  # Four messages have arrived, and nothing was given back.
        for _ in range(3):
            next(rows)
        self.assertEqual(peer.expect("window", 1).window.bytes, 3 * 60_016)
        peer.write(1, close={"trailers": [{"key": "rows", "value": b"4"}]})
        self.assertEqual(len(list(rows)), 1)
        self.assertEqual(rows.trailers, {"rows": b"4"})

    def test_unread_stream_holds_up_no_other_call(self):
        outcomes = [self.begin(self.client.stream, "a.B/C", b"") for _ in range(5)]
        peer = self.accept()
        for stream in [peer.expect("open").stream_id for _ in outcomes]:
            peer.write(stream, message=bytes(256 << 10))
        given = peer.expect("window", 0).window.bytes + peer.expect("window", 0).window.bytes
        self.assertEqual(given, 4 * ((256 << 10) + 16))
        for outcome in outcomes:
            outcome.result(PATIENCE).close()

    def test_late_frames_are_dropped_and_credited(self):
        outcome = self.call()
        peer = self.accept()
        peer.expect("open", 1)
        peer.answer(1, b"early")
        self.assertEqual(outcome.result(PATIENCE), b"early")
        peer.write(1, message=bytes(600_000))
        peer.write(1, window={"bytes": 5})
        self.assertEqual(peer.expect("window", 0).window.bytes, 600_016 + 21)
        outcome = self.call()
        peer.answer_next(b"still here")
        self.assertEqual(outcome.result(PATIENCE), b"still here")

    def test_large_request_waits_for_the_servers_hello(self):
        outcome = self.call(bytes(5 << 20))
        peer = self.accept(greet=False)
        peer.expect("hello")
        peer.write(hello={"version": 1, "max_frame_bytes": 6 << 20})
        peer.answer_next(b"large")
        self.assertEqual(outcome.result(PATIENCE), b"large")

    def test_request_beyond_the_servers_frame_is_not_sent(self):
        outcome = self.call(bytes(4 << 20))
        peer = self.accept(max_frame_bytes=1000)  # Lower than the default counts as the default.
        error = self.failure(outcome)
        self.assertEqual((error.code, error.reason), (Code.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE"))
        opening = {"method": "a.B/C", "has_message": True, "half_close": True, "message": bytes(4 << 20)}
        over = Frame(stream_id=1, open=opening).ByteSize() - (4 << 20)
        outcome = self.call(bytes((4 << 20) - over), timeout=None)
        peer.answer_next(b"fits")
        self.assertEqual(outcome.result(PATIENCE), b"fits")


class StreamLimitTests(ClientTestCase):
    def test_one_call_more_than_the_server_takes_waits(self):
        calls = [self.begin(self.client.stream, "a.B/C", b"") for _ in range(1)]
        peer = self.accept()
        calls = [calls[0].result(PATIENCE)] + [self.client.stream("a.B/C", b"") for _ in range(99)]
        for stream in range(1, 101):
            peer.expect("open", stream)
        waiting = self.call(b"101")
        peer.round_trip()
        peer.write(42, close={})
        peer.expect("open", 101)
        peer.answer(101, b"done")
        self.assertEqual(waiting.result(PATIENCE), b"done")
        for call in calls:
            call.close()

    def test_forgotten_iterator_cancels_its_call(self):
        outcome = self.begin(self.client.stream, "a.B/C", b"")
        peer = self.accept()
        peer.expect("open", 1)
        peer.write(1, message=b"first")
        for row in outcome.result(PATIENCE):
            self.assertEqual(row, b"first")
            break
        del row, outcome
        peer.expect("cancel", 1)

    def test_ids_run_out(self):
        outcome = self.call()
        peer = self.accept()
        peer.answer_next(b"")
        outcome.result(PATIENCE)
        self.client._current.last_id = 2**32 - 2
        outcome = self.call(b"last")
        peer.expect("open", 2**32 - 1)
        second = self.call(b"first again")
        anew = self.accept()
        self.assertEqual(anew.expect("open", 1).open.message, b"first again")
        anew.answer(1, b"new")
        peer.answer(2**32 - 1, b"old")
        self.assertEqual((outcome.result(PATIENCE), second.result(PATIENCE)), (b"old", b"new"))
        self.assertIsNone(peer.read())


class EndOfConnectionTests(ClientTestCase):
    def test_drain_finishes_what_was_begun_and_repeats_the_rest_elsewhere(self):
        kept, unbegun = self.call(b"kept"), None
        peer = self.accept()
        peer.expect("open", 1)
        unbegun = self.call(b"unbegun")
        peer.expect("open", 2)
        peer.write(go_away={"last_stream_id": 2**32 - 1, "reason": "DRAIN"})
        peer.write(ping={"opaque": 77})
        self.assertEqual(peer.expect("pong", 0).pong.opaque, 77)
        later = self.call(b"later")
        anew = self.accept()
        self.assertEqual(anew.expect("open", 1).open.message, b"later")
        anew.answer(1, b"3")
        peer.write(go_away={"last_stream_id": 1, "reason": "DRAIN"})
        self.assertEqual(anew.expect("open", 2).open.message, b"unbegun")
        anew.answer(2, b"2")
        peer.answer(1, b"1")
        self.assertEqual([o.result(PATIENCE) for o in (kept, unbegun, later)], [b"1", b"2", b"3"])
        self.assertIsNone(peer.read())

    def test_other_go_aways_end_the_calls(self):
        begun = self.call(b"begun")
        peer = self.accept()
        peer.expect("open", 1)
        above = self.call(b"above")
        peer.expect("open", 2)
        peer.write(go_away={"last_stream_id": 1, "reason": "IDLE", "message": "silence"})
        error = self.failure(begun)
        self.assertEqual((error.code, error.reason, error.message), (Code.UNAVAILABLE, "IDLE", "silence"))
        self.accept().answer_next(b"repeated")
        self.assertEqual(above.result(PATIENCE), b"repeated")
        self.assertIsNone(peer.read())

    def test_too_many_connections_is_said_after_a_few_attempts(self):
        self.client = self.make_client(attempts=3)
        outcome = self.call()
        for _ in range(3):
            peer = self.accept(greet=False)
            peer.write(go_away={"reason": "TOO_MANY_CONNECTIONS"})
        self.assertEqual(self.failure(outcome).reason, "TOO_MANY_CONNECTIONS")

    def test_call_on_a_connection_lost_before_hello_is_repeated(self):
        outcome = self.call(b"safe")
        peer = self.accept(greet=False)
        peer.expect("hello")
        peer.socket.close()
        self.accept().answer_next(b"answered")
        self.assertEqual(outcome.result(PATIENCE), b"answered")

    def test_lost_call_is_repeated_only_with_an_idempotency_key(self):
        once, twice = self.call(b"once"), None
        peer = self.accept()
        peer.expect("open", 1)
        twice = self.call(b"twice", idempotency_key="k")
        peer.expect("open", 2)
        peer.socket.close()
        self.assertEqual(self.failure(once).reason, "CONNECTION_LOST")
        anew = self.accept()
        self.assertEqual(anew.expect("open").open.message, b"twice")
        anew.answer(1, code=14, message="busy", details=[{"reason": "BUSY", "retry_after_ms": 1}])
        anew.answer_next(b"at last")
        self.assertEqual(twice.result(PATIENCE), b"at last")

    def test_repeated_call_is_half_closed_again(self):
        outcome = self.begin(self.client.open, "a.B/C", b"first", idempotency_key="k")
        peer = self.accept()
        self.assertFalse(peer.expect("open", 1).open.half_close)
        call = outcome.result(PATIENCE)
        call.half_close()
        call.half_close()
        peer.expect("half_close", 1)
        peer.round_trip()  # Once is enough.
        rows = self.begin(list, call)
        peer.socket.close()
        anew = self.accept()
        opening = anew.expect("open", 1).open
        self.assertEqual((opening.message, opening.half_close), (b"first", True))
        anew.write(1, message=b"row")
        anew.write(1, close={})
        self.assertEqual(rows.result(PATIENCE), [b"row"])

    def repeated_while(self, act):
        """A call that was repeated, and its new connection. `act` is done once the repetition is under
        way, but before the call knows of it."""
        outcome = self.begin(self.client.open, "a.B/C", b"first", idempotency_key="k")
        peer = self.accept()
        peer.expect("open", 1)
        call, begin = outcome.result(PATIENCE), tally_rpc._Connection.open

        def begin_and_act(*arguments):
            stream = begin(*arguments)
            act(call)
            return stream

        patch = unittest.mock.patch.object(tally_rpc._Connection, "open", begin_and_act)
        patch.start()
        self.addCleanup(patch.stop)
        rows = self.begin(list, call)
        peer.socket.close()
        anew = self.accept()
        self.assertFalse(anew.expect("open", 1).open.half_close)
        return rows, anew

    def test_half_close_during_a_repetition_counts(self):
        rows, anew = self.repeated_while(lambda call: call.half_close())
        anew.expect("half_close", 1)
        anew.write(1, close={})
        self.assertEqual(rows.result(PATIENCE), [])

    def test_close_during_a_repetition_counts(self):
        rows, anew = self.repeated_while(lambda call: call.close())
        anew.expect("cancel", 1)
        self.assertEqual(self.failure(rows).reason, "CANCELLED")

    def test_message_during_a_repetition_ends_it(self):
        # What was sent went to the lost connection.
        rows, anew = self.repeated_while(lambda call: call.send(b"second"))
        anew.expect("cancel", 1)
        error = self.failure(rows)
        self.assertEqual((error.reason, error.never_begun), ("CONNECTION_LOST", False))

    def test_server_that_says_no_hello_is_left(self):
        self.client = self.make_client(connect_timeout=0.2, attempts=2)
        outcome = self.begin(self.client.stream, "a.B/C", b"")
        for _ in range(2):
            peer = self.accept(greet=False)
            peer.expect("hello")
            peer.expect_end("PROTOCOL_ERROR")
        error = self.failure(outcome)
        self.assertEqual((error.code, error.reason), (Code.UNAVAILABLE, "PROTOCOL_ERROR"))
        self.assertIn("no Hello", error.message)
        later = self.call()
        self.accept().answer_next(b"later")
        self.assertEqual(later.result(PATIENCE), b"later")

    def test_greeted_connection_outlives_the_connect_timeout(self):
        self.client = self.make_client(connect_timeout=0.2)
        outcome = self.call(timeout=None)
        peer = self.accept()
        peer.expect("open", 1)
        self.assertEqual(concurrent.futures.wait([outcome], 0.5).done, set())
        peer.answer(1, b"late")
        self.assertEqual(outcome.result(PATIENCE), b"late")

    def test_silent_server_is_given_up(self):
        self.client = self.make_client(idle_timeout=0.05, pong_timeout=0.2, attempts=1)
        outcome = self.begin(self.client.stream, "a.B/C", b"")
        peer = self.accept()
        peer.expect("open", 1)
        rows = outcome.result(PATIENCE)
        row = self.begin(next, rows)
        peer.expect("ping", 0)
        peer.expect_end("IDLE")
        error = self.failure(row)
        self.assertEqual((error.code, error.reason), (Code.UNAVAILABLE, "IDLE"))
        later = self.call()
        self.accept().answer_next(b"later")
        self.assertEqual(later.result(PATIENCE), b"later")

    def test_whatever_a_silent_server_sends_keeps_it(self):
        self.client = self.make_client(idle_timeout=0.05, pong_timeout=PATIENCE)
        outcome = self.call(timeout=None)
        peer = self.accept()
        peer.expect("open", 1)
        for _ in range(3):
            opaque = peer.expect("ping", 0).ping.opaque
            peer.write(pong={"opaque": opaque})
        peer.expect("ping", 0)
        peer.write(window={"bytes": 1})
        peer.expect("ping", 0)
        peer.answer(1, b"at last")
        self.assertEqual(outcome.result(PATIENCE), b"at last")

    def test_refused_connections_are_tried_a_few_times(self):
        self.client = self.make_client(attempts=2)
        self.listener.close()
        self.assertEqual(self.failure(self.call()).reason, "CONNECT_FAILED")

    def test_closed_client_ends_its_calls(self):
        outcome = self.call()
        peer = self.accept()
        peer.expect("open")
        peer.round_trip()
        self.client.close()
        self.assertEqual(self.failure(outcome).reason, "CLIENT_CLOSED")
        self.assertIsNone(peer.read())
        self.assertEqual(self.failure(self.call()).reason, "CLIENT_CLOSED")

    def test_plaintext_is_for_loopback(self):
        with self.assertRaises(RpcError) as caught:
            tally_rpc.Client("192.0.2.1:1", plaintext=True)
        self.assertEqual(caught.exception.reason, "PLAINTEXT_REFUSED")
        tally_rpc.Client("192.0.2.1:1", insecure_plaintext=True)
        tally_rpc.Client("[::1]:1", plaintext=True)
        with self.assertRaises(ValueError):
            tally_rpc.Client("nowhere")

    def test_unix_socket(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
            listener.bind(folder + "/s")
            listener.listen()
            listener.settimeout(PATIENCE)
            self.listener, self.client = listener, tally_rpc.Client(f"unix:{folder}/s")
            self.addCleanup(self.client.close)
            outcome = self.call()
            self.accept().answer_next(b"local")
            self.assertEqual(outcome.result(PATIENCE), b"local")


class ViolationTests(ClientTestCase):
    """The server breaks a rule: it is told so, and calls under way are UNAVAILABLE."""

    def violate(self, reason, *frames, greet=True):
        self.client = self.make_client(attempts=1)
        outcome = self.call()
        peer = self.accept(greet=greet)
        peer.expect("open" if greet else "hello")
        for stream, kind in frames:
            peer.write(stream, **kind)
        peer.expect_end(reason)
        error = self.failure(outcome)
        self.assertEqual((error.code, error.reason), (Code.UNAVAILABLE, reason))

    def test_first_frame_is_no_hello(self):
        self.violate("PROTOCOL_ERROR", (0, {"ping": {"opaque": 1}}), greet=False)

    def test_second_hello(self):
        self.violate("PROTOCOL_ERROR", (0, {"hello": {"version": 1}}))

    def test_version_nobody_speaks(self):
        self.violate("UNSUPPORTED_VERSION", (0, {"hello": {}}), greet=False)

    def test_stream_never_opened(self):
        self.violate("PROTOCOL_ERROR", (2, {"close": {}}))

    def test_stream_opened_by_the_server(self):
        self.violate("PROTOCOL_ERROR", (1, {"open": {"method": "x"}}))

    def test_call_on_stream_0(self):
        self.violate("PROTOCOL_ERROR", (0, {"close": {}}))

    def test_ping_on_a_stream(self):
        self.violate("PROTOCOL_ERROR", (1, {"ping": {"opaque": 1}}))

    def test_frame_without_a_kind(self):
        self.violate("PROTOCOL_ERROR", (0, {}), (1, {}))

    def test_connections_credit_beyond_its_range(self):
        self.violate("PROTOCOL_ERROR", (0, {"window": {"bytes": 2**31 - 1}}))

    def test_streams_credit_beyond_its_range(self):
        self.violate("PROTOCOL_ERROR", (1, {"window": {"bytes": 2**31 - (256 << 10)}}))

    def test_message_without_credit(self):
        outcome = self.begin(self.client.stream, "a.B/C", b"")
        peer = self.accept()
        peer.expect("open")
        for payload in (bytes(256 << 10), b""):
            peer.write(1, message=payload)
        peer.expect_end("PROTOCOL_ERROR")
        rows = outcome.result(PATIENCE)
        self.assertEqual(len(next(rows)), 256 << 10)
        self.assertEqual(self.failure(self.begin(next, rows)).reason, "PROTOCOL_ERROR")

    def test_frame_that_cannot_be_read(self):
        outcome = self.call()
        peer = self.accept()
        peer.expect("open")
        peer.write_bytes(bytes.fromhex("00 00 00 02 0a ff"))
        peer.expect_end("PROTOCOL_ERROR")
        self.failure(outcome)

    def test_frame_too_long_is_refused_at_its_length(self):
        outcome = self.call()
        peer = self.accept()
        peer.expect("open")
        peer.write_bytes(((4 << 20) + 1).to_bytes(4, "big"))
        peer.expect_end("FRAME_TOO_LARGE")
        self.failure(outcome)


class SchemaTests(ClientTestCase):
    SCHEMA = descriptor_pb2.FileDescriptorSet()
    FILE = SCHEMA.file.add(name="t.proto", package="t", syntax="proto3")
    FILE.message_type.add(name="Text").field.add(name="text", number=1, label=1, type=9)
    SERVICE = FILE.service.add(name="Service")
    for number, name in enumerate(("Echo", "Read", "Set")):  # Of each idempotency level.
        METHOD = SERVICE.method.add(name=name, input_type=".t.Text", output_type=".t.Text")
        METHOD.options.idempotency_level = number

    def setUp(self):
        super().setUp()
        described = self.begin(self.client.message, "t.Text")
        self.peer = self.accept()
        opening = self.peer.expect("open", 1)
        self.assertEqual(opening.open.method, "tally.v1.ReflectionService/GetSchema")
        schema = self.SCHEMA.SerializeToString()
        # GetSchemaResponse { file_descriptor_set = 1 }, by hand; the length is a varint of two bytes.
        self.assertIn(len(schema), range(128, 1 << 14))
        self.peer.answer(1, bytes([0x0A, len(schema) & 0x7F | 0x80, len(schema) >> 7]) + schema)
        self.Text = described.result(PATIENCE)

    def test_classes_come_from_the_server(self):
        outcome = self.begin(self.client.call, "t.Service/Echo", self.Text(text="Grüße"))
        opening = self.peer.expect("open", 2).open
        self.assertEqual(opening.message, b"\x0a\x07Gr\xc3\xbc\xc3\x9fe")
        self.peer.answer(2, opening.message)
        answer = outcome.result(PATIENCE)
        self.assertIsInstance(answer, self.Text)
        self.assertEqual(answer.text, "Grüße")

    def test_call_that_is_declared_safe_is_repeated(self):
        for name in ("Read", "Set"):
            # Raw requests, too, once the schema is here.
            for request in (self.Text(text="x"), b"\x0a\x01x"):
                outcome = self.begin(self.client.call, f"t.Service/{name}", request)
                self.peer.answer(self.peer.expect("open").stream_id, code=14, message="busy")
                self.peer.answer_next(b"\x0a\x04done")
                answer = outcome.result(PATIENCE)
                self.assertIn(answer, (self.Text(text="done"), b"\x0a\x04done"))

    def test_call_that_is_not_declared_safe_is_not_repeated(self):
        for method in ("t.Service/Echo", "t.Service/Other", "x.Y/Z"):
            outcome = self.begin(self.client.call, method, b"")
            self.peer.answer(self.peer.expect("open").stream_id, code=14, message="busy")
            self.assertEqual(self.failure(outcome).code, Code.UNAVAILABLE)
        self.peer.round_trip()

    def test_answer_of_another_type_is_said(self):
        outcome = self.begin(self.client.call, "t.Service/Echo", self.Text())
        self.peer.expect("open", 2)
        self.peer.answer(2, b"\x0a\xff")
        self.assertEqual(self.failure(outcome).reason, "MALFORMED_MESSAGE")

    def test_generated_classes_work_too(self):
        # Classes of the default pool, as protoc's are.
        Name = descriptor_pb2.UninterpretedOption.NamePart
        outcome = self.begin(
            self.client.call, "x.Y/Z", Name(name_part="n", is_extension=True), response_type=Name
        )
        opening = self.peer.expect("open", 2).open
        self.peer.answer(2, opening.message)
        self.assertEqual(outcome.result(PATIENCE), Name(name_part="n", is_extension=True))


if __name__ == "__main__":
    unittest.main()
