"""A client of the Tally RPC protocol, version 1, in one file to copy.

It needs Python 3.9 and the `protobuf` package (Debian: python3-protobuf), and no generated code:
the classes of messages come from the server. Generated classes work as well.

    import tally_rpc

    with tally_rpc.Client("tally.example.com:7443", token="tly_…") as client:
        ListMembers = client.message("tally.v1.ListMembersRequest")
        try:
            answer = client.call("tally.v1.TenantService/ListMembers", ListMembers(page_size=50))
        except tally_rpc.RpcError as error:
            print(error.code.name, error.reason, error.field, error.message)

    with client.stream(method, request) as rows:    # server streaming
        for row in rows: ...
    with client.open(method) as call:               # client and bidirectional streaming
        call.send(message); call.half_close(); rows = list(call)

Any number of threads may share a client: their calls share one connection, which the first call
makes and which is made anew where it was lost, the server drains, or it is silent for too long. A
call is repeated only where it was certainly never begun, or where it was UNAVAILABLE and is safe to
repeat: it carries an idempotency key, or the schema declares its method NO_SIDE_EFFECTS or IDEMPOTENT.
The schema is that of the request's class, or what was read from the server. The protocol stands in
proto/README.md.
"""

from __future__ import annotations

import collections
import contextlib
import enum
import ipaddress
import itertools
import math
import random
import re
import selectors
import socket
import ssl
import threading
import time
from typing import Any, Callable, Deque, Dict, List, Mapping, NamedTuple, Optional, Tuple, Union

from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory

Bytes = Union[str, bytes]
Request = Union[message.Message, bytes]

_MESSAGES = {  # The fields of each message of frame.proto, numbered from 1.
    "Frame": "uint32 stream_id, Hello hello, Open open, bytes message, HalfClose half_close, "
    "Close close, Cancel cancel, Window window, Ping ping, Pong pong, GoAway go_away",
    "Hello": "uint32 version, uint32 max_frame_bytes, uint32 max_streams, "
    "uint32 initial_window_bytes, string agent, Metadata* metadata",
    "Open": "string method, uint32 timeout_ms, Metadata* metadata, bytes message, "
    "bool has_message, bool half_close",
    "HalfClose": "",
    "Close": "Status status, bytes message, bool has_message, Metadata* trailers",
    "Status": "int32 code, string message, ErrorDetail* details",
    "ErrorDetail": "string reason, string field, string description, uint32 retry_after_ms",
    "Metadata": "string key, bytes value",
    "Cancel": "",
    "Window": "uint32 bytes",
    "Ping": "fixed64 opaque",
    "Pong": "fixed64 opaque",
    "GoAway": "uint32 last_stream_id, string reason, string message",
    "GetSchemaResponse": "bytes file_descriptor_set",  # ReflectionService's; only the fields matter.
}


def _class_of(pool: Any, descriptor: Any) -> Any:
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    with contextlib.suppress(AttributeError, TypeError):  # Before protobuf 4.22.
        return descriptor._concrete_class
    factory: Any = message_factory.MessageFactory(pool)
    return factory.GetPrototype(descriptor)


def _frame_classes() -> Dict[str, Any]:
    """The messages of `_MESSAGES`, in a pool of their own: generated ones may exist beside them."""
    package = "tally.rpc.v1"
    file = descriptor_pb2.FileDescriptorProto(name="frame.proto", package=package, syntax="proto3")
    for name, fields in _MESSAGES.items():
        described = file.message_type.add(name=name)
        for number, (kind, label) in enumerate((f.split() for f in fields.split(", ") if f), 1):
            field = described.field.add(name=label, number=number)
            field.label = field.LABEL_REPEATED if kind.endswith("*") else field.LABEL_OPTIONAL
            if kind[0].isupper():
                field.type, field.type_name = field.TYPE_MESSAGE, f".{package}.{kind.rstrip('*')}"
            else:
                field.type = getattr(field, "TYPE_" + kind.upper())
            if name == "Frame" and number > 1:
                field.oneof_index = 0
    file.message_type[0].oneof_decl.add(name="kind")
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return {n: _class_of(pool, pool.FindMessageTypeByName(f"{package}.{n}")) for n in _MESSAGES}


_FRAMES = _frame_classes()
Frame, Hello, Open = _FRAMES["Frame"], _FRAMES["Hello"], _FRAMES["Open"]

_MAX_FRAME, _MAX_STREAMS, _WINDOW = 4 << 20, 100, 256 << 10  # Defaults; announced values only raise them.
_CONNECTION_WINDOW, _CREDIT_MAX, _LAST_ID = 1 << 20, 2**31 - 1, 2**32 - 1
_COST = 16  # What a message costs in credit beyond its length.
_DISCARD = 1.0  # Seconds.


class Code(enum.IntEnum):
    """The canonical status codes, gRPC's numbers."""

    OK, CANCELLED, UNKNOWN, INVALID_ARGUMENT, DEADLINE_EXCEEDED, NOT_FOUND = range(6)
    ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION = range(6, 10)
    ABORTED, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS = range(10, 16)
    UNAUTHENTICATED = 16


class Detail(NamedTuple):
    """One exact cause of an error."""

    reason: str  # Stable, UPPER_SNAKE, for programs.
    field: str = ""  # Path of the field at fault, such as "events[3].model".
    description: str = ""
    retry_after: float = 0.0  # Seconds; 0 where waiting does not help.


# The server found no room to begin the call in, which passes.
_NO_ROOM = ((Code.RESOURCE_EXHAUSTED, "TOO_MANY_STREAMS"), (Code.UNAVAILABLE, "OVERLOADED"))


class RpcError(Exception):
    """A call that ended with a status other than OK, at the server or before it got there."""

    def __init__(self, code: Code, message: str, *details: Detail, never_begun: bool = False):
        self.code, self.message, self.details = code, message, details
        first = details[0] if details else Detail("")
        self.reason, self.field, self.retry_after = first.reason, first.field, first.retry_after
        self.trailers: Dict[str, bytes] = {}
        self.never_begun = never_begun  # Whether the server certainly did nothing for the call.
        super().__init__(" ".join(filter(None, (code.name, self.reason, self.field))) + ": " + message)


def _error(code: Code, reason: str, text: str, never_begun: bool = False) -> RpcError:
    return RpcError(code, text, Detail(reason), never_begun=never_begun)


def _violation(text: str, reason: str = "PROTOCOL_ERROR") -> RpcError:
    """The server broke a rule: the connection ends with this reason."""
    return _error(Code.UNAVAILABLE, reason, text)


def _timeout(text: str) -> RpcError:
    return _error(Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", text)


def _unavailable(ended: Tuple[str, str], never_begun: bool) -> RpcError:
    """Trying again does not help against a certificate that is not accepted."""
    code = Code.FAILED_PRECONDITION if ended[0] == "TLS_FAILED" else Code.UNAVAILABLE
    return _error(code, *ended, never_begun=never_begun)


def _refuses_us(error: OSError) -> bool:
    """Whether the server did not accept our certificate, or misses one. TLS 1.3 lets it say so only
    after a handshake that went well for us."""
    said = re.search("alert (.*certificate|unknown ca|access denied)", str(error))
    return isinstance(error, ssl.SSLError) and said is not None


def _error_of(close: Any) -> RpcError:
    status = close.status
    details = (Detail(d.reason, d.field, d.description, d.retry_after_ms / 1000) for d in status.details)
    error = RpcError(Code(status.code) if 0 < status.code <= 16 else Code.UNKNOWN, status.message, *details)
    error.trailers = {t.key: t.value for t in close.trailers}
    return error


def _left(deadline: Optional[float]) -> Optional[float]:
    return None if deadline is None else max(0.0, deadline - time.monotonic())


def _metadata(entries: Mapping[str, Bytes]) -> List[Dict[str, Any]]:
    return [{"key": k, "value": v.encode() if isinstance(v, str) else v} for k, v in entries.items()]


class _Stream:
    """What a connection knows of one call. The connection's lock guards it."""

    def __init__(self, connection: "_Connection"):
        self.id = connection.last_id
        self.ready = threading.Condition(connection.lock)
        self.inbox: Deque[bytes] = collections.deque()
        self.credit, self.window, self.owed = connection.peer_window, connection.own_window, 0
        self.close: Any = None
        self.error: Optional[RpcError] = None
        self.sent = self.cancelled = False


class _Connection:
    """One connection. A thread of its own does all input and output, for an SSL socket serves one
    thread at a time; callers leave frames in `outbox` and wait on conditions of `lock`."""

    def __init__(
        self, sock: socket.socket, hello: Any, hello_timeout: float, idle_timeout: float, pong_timeout: float
    ):
        # Reentrant, since the end of a forgotten `Call` may come at any allocation.
        self.lock = threading.RLock()
        self.room = threading.Condition(self.lock)  # A stream ended, or credit came.
        self.outbox: Deque[Tuple[bytes, Optional[_Stream]]] = collections.deque()
        self.streams: Dict[int, _Stream] = {}  # Open until their Close arrives.
        self.last_id = 0
        self.max_frame, self.max_streams, self.peer_window = _MAX_FRAME, _MAX_STREAMS, _WINDOW
        self.own_max_frame = max(hello.max_frame_bytes, _MAX_FRAME)
        self.own_window = max(hello.initial_window_bytes, _WINDOW)
        self.credit = self.window = _CONNECTION_WINDOW  # What we may send; what the server may.
        self.owed = 0
        self.usable, self.greeted, self.closing = True, False, False
        self._greeted_by = time.monotonic() + hello_timeout  # When the server's Hello is there at the latest.
        self._idle_timeout, self._pong_timeout = idle_timeout, pong_timeout
        self._quiet_since = time.monotonic()  # Any byte shows that the server lives.
        self._pinged_at: Optional[float] = None
        self.ended: Optional[Tuple[str, str]] = None  # Reason and text of the server's GoAway.
        self._socket, self._buffer, self._chunk = sock, bytearray(), memoryview(b"")
        self._wake_reader, self._wake_writer = socket.socketpair()
        for end in (sock, self._wake_reader, self._wake_writer):
            end.setblocking(False)
        self._send(Frame(hello=hello))
        self.thread = threading.Thread(target=self._run, name="tally-rpc", daemon=True)
        self.thread.start()

    # What callers do.

    def open(self, opening: Any, deadline: Optional[float]) -> _Stream:
        """Begins a call as soon as there is room for it."""
        frame = Frame(open=opening)
        with self.lock:
            while True:
                if not self.usable:
                    ended = self.ended or ("CONNECTION_ENDED", "The connection takes no further calls.")
                    raise _unavailable(ended, never_begun=True)
                frame.stream_id = self.last_id + 1
                if deadline is not None:
                    left = math.ceil((deadline - time.monotonic()) * 1000)
                    frame.open.timeout_ms = min(max(left, 1), 2**32 - 1)
                # The protocol allows calls before the server's Hello; but on a connection that is lost
                # before it, as that to a server about to stop may be, nobody would know their fate.
                if self.greeted:
                    self._check_size(frame)
                    if len(self.streams) < self.max_streams and self.credit > 0:
                        break
                self._wait(self.room, deadline)
            self.last_id += 1
            self.usable = self.last_id < _LAST_ID
            if opening.has_message:
                self.credit -= len(opening.message) + _COST
            stream = self.streams[self.last_id] = _Stream(self)
            self._send(frame, stream)
            return stream

    def send(self, stream: _Stream, payload: bytes, deadline: Optional[float]) -> None:
        frame = Frame(stream_id=stream.id, message=payload)
        self._check_size(frame)
        with self.lock:
            while stream.id in self.streams and not stream.cancelled:
                if stream.credit > 0 and self.credit > 0:
                    stream.credit -= len(payload) + _COST
                    self.credit -= len(payload) + _COST
                    return self._send(frame)
                self._wait(self.room, deadline)

    def half_close(self, stream: _Stream) -> None:
        with self.lock:
            if stream.id in self.streams and not stream.cancelled:
                self._send(Frame(stream_id=stream.id, half_close={}))

    def receive(self, stream: _Stream, deadline: Optional[float]) -> Optional[bytes]:
        """The next message; None once the call has ended well. `stream.close` holds its trailers."""
        with self.lock:
            while not stream.inbox and stream.close is None and stream.error is None:
                if stream.cancelled:
                    raise _error(Code.CANCELLED, "CANCELLED", "The call was cancelled.")
                self._wait(stream.ready, deadline)
            if stream.inbox:
                payload = stream.inbox.popleft()
                stream.owed += len(payload) + _COST
                if stream.owed >= self.own_window // 2 and stream.id in self.streams:
                    self._send(Frame(stream_id=stream.id, window={"bytes": stream.owed}))
                    stream.window, stream.owed = stream.window + stream.owed, 0
                return payload
            if stream.error is not None:
                raise stream.error
            if stream.close.status.code:
                raise _error_of(stream.close)
            if not stream.close.has_message:
                return None
            stream.close.has_message = False
            return stream.close.message

    def cancel(self, stream: _Stream) -> None:
        """Gives the call up; nothing happens where it has ended."""
        with self.lock:
            if stream.id in self.streams and not stream.cancelled:
                stream.cancelled = True
                stream.inbox.clear()
                stream.ready.notify_all()
                self.room.notify_all()
                self._send(Frame(stream_id=stream.id, cancel={}))

    def shut(self) -> None:
        with self.lock:
            self.closing, self.usable = True, False
            self._wake()
        self.thread.join()

    def _wait(self, condition: threading.Condition, deadline: Optional[float]) -> None:
        left = _left(deadline)
        if left == 0 or not condition.wait(left) and _left(deadline) == 0:
            raise _timeout("The call took longer than its timeout.")

    def _check_size(self, frame: Any) -> None:
        if frame.ByteSize() > self.max_frame:
            text = "The request does not fit the server's frames."
            raise _error(Code.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE", text)

    def _send(self, frame: Any, stream: Optional[_Stream] = None) -> None:
        payload = frame.SerializeToString()
        self.outbox.append((len(payload).to_bytes(4, "big") + payload, stream))
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # Where it is awake already, or at its end.
            self._wake_writer.send(b"\0")

    # What the connection's thread does.

    def _run(self) -> None:
        ended, violation = ("CONNECTION_LOST", "The connection was lost."), None
        try:
            ended = self._serve()
        except RpcError as error:
            broke = "" if error.reason == "IDLE" else "The server broke the protocol: "
            violation, ended = error, (error.reason, broke + error.message)
        except OSError as error:
            cause = error
            try:  # It may have said why before.
                while piece := self._read():
                    self._buffer += piece
                    self._parse()
            except ssl.SSLError as alert:
                cause = error if isinstance(error, ssl.SSLError) else alert
            except (OSError, RpcError):
                pass
            lost = ("CONNECTION_LOST", f"The connection was lost: {cause}")
            ended = self.ended or (("TLS_FAILED", f"TLS failed: {cause}") if _refuses_us(cause) else lost)
        finally:
            self._fail(ended)
            if violation is not None:
                with contextlib.suppress(OSError):  # Where the server is gone already.
                    self._part(violation)
            for end in (self._socket, self._wake_reader, self._wake_writer):
                end.close()

    def _serve(self) -> Tuple[str, str]:
        """Reads and writes until the connection's end, and tells why it ended."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_reader, selectors.EVENT_READ)
            selector.register(self._socket, selectors.EVENT_READ)
            while True:
                blocked = selectors.EVENT_WRITE if self._flush() else 0
                selector.modify(self._socket, selectors.EVENT_READ | blocked)
                for key, _ in selector.select(self._patience()):
                    if key.fileobj is self._wake_reader:
                        self._wake_reader.recv(4096)
                while not self.closing and (piece := self._read()) is not None:
                    if not piece:
                        return self.ended or ("CONNECTION_LOST", "The server closed the connection.")
                    self._quiet_since, self._pinged_at = time.monotonic(), None
                    self._buffer += piece
                    self._parse()
                    self._flush()
                with self.lock:
                    if self.closing:
                        return "CLIENT_CLOSED", "The client was closed."
                    if not self.usable and not self.streams and not self.outbox and not self._chunk:
                        return self.ended or ("CONNECTION_ENDED", "The connection is out of ids.")

    def _patience(self) -> float:
        """Seconds that the server may be silent for, from now. Pings it where it was for too long."""
        if not self.greeted:
            if not (left := self._greeted_by - time.monotonic()) > 0:
                raise _violation("It sent no Hello in time.")
            return left
        if self._pinged_at is not None:
            if not (left := self._pinged_at + self._pong_timeout - time.monotonic()) > 0:
                raise _violation("The server did not answer a Ping.", "IDLE")
            return left
        if not (left := self._quiet_since + self._idle_timeout - time.monotonic()) > 0:
            self._pinged_at, left = time.monotonic(), self._pong_timeout
            with self.lock:
                self._send(Frame(ping={"opaque": 1}))
        return left

    def _read(self) -> Optional[bytes]:
        """What has arrived; None where nothing has, and no bytes at the end."""
        try:
            return self._socket.recv(1 << 18)
        except (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None

    def _flush(self) -> bool:
        """Writes what the socket takes. Returns whether something is left."""
        while True:
            if not self._chunk:
                with self.lock:
                    pieces: List[bytes] = []
                    while self.outbox and (not pieces or len(pieces[-1]) < 4096 and len(pieces) < 64):
                        piece, stream = self.outbox.popleft()
                        pieces.append(piece)
                        if stream is not None:
                            stream.sent = True
                if not pieces:
                    return False
                self._chunk = memoryview(b"".join(pieces))
            try:
                self._chunk = self._chunk[self._socket.send(self._chunk) :]
            except (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return True

    def _parse(self) -> None:
        at = 0
        while len(self._buffer) - at >= 4:
            length = int.from_bytes(self._buffer[at : at + 4], "big")
            if length > self.own_max_frame:
                raise _violation("A frame is too long.", "FRAME_TOO_LARGE")
            if len(self._buffer) - at - 4 < length:
                break
            try:
                frame = Frame.FromString(bytes(self._buffer[at + 4 : at + 4 + length]))
            except message.DecodeError:
                raise _violation("A frame cannot be read.") from None
            at += 4 + length
            with self.lock:
                self._received(frame, frame.WhichOneof("kind"))
        del self._buffer[:at]

    def _received(self, frame: Any, kind: Optional[str]) -> None:
        if kind == "go_away" and frame.stream_id == 0:
            self._went_away(frame.go_away)
        elif not self.greeted:
            if kind != "hello" or frame.stream_id:
                raise _violation("The first frame is no Hello.")
            self._greeted(frame.hello)
        elif frame.stream_id == 0:
            if kind == "ping":
                self._send(Frame(pong={"opaque": frame.ping.opaque}))
            elif kind == "window":
                self.credit = self._credited(self.credit, frame.window.bytes)
            elif kind not in ("pong", None):
                raise _violation(f"A frame '{kind}' stands on stream 0.")
        elif kind not in ("message", "close", "window"):
            raise _violation(f"A frame '{kind}' stands on stream {frame.stream_id}.")
        elif frame.stream_id > self.last_id:
            raise _violation(f"Stream {frame.stream_id} was never opened.")
        else:
            self._received_on(self.streams.get(frame.stream_id), frame, kind)

    def _received_on(self, stream: Optional[_Stream], frame: Any, kind: str) -> None:
        """`stream` is None for frames that come late: they are dropped, their bytes credited back."""
        if kind == "message":
            self._arrived(len(frame.message) + _COST, stream)
            if stream is not None and not stream.cancelled:
                stream.inbox.append(frame.message)
                stream.ready.notify_all()
        elif kind == "close":
            if frame.close.has_message:
                self._arrived(len(frame.close.message) + _COST, None)
            if stream is not None:
                stream.close = frame.close
                del self.streams[frame.stream_id]
                stream.ready.notify_all()
                self.room.notify_all()
        elif stream is not None:
            stream.credit = self._credited(stream.credit, frame.window.bytes)

    def _arrived(self, cost: int, stream: Optional[_Stream]) -> None:
        """Counts a message on its windows. The connection's credit goes back at once: how much may
        lie here unread is up to the streams' windows, and a slow reader holds up nobody else."""
        if self.window <= 0 or stream is not None and stream.window <= 0:
            raise _violation("A message came without credit.")
        if stream is not None:
            stream.window -= cost
        self.window -= cost
        self.owed += cost
        if self.owed >= _CONNECTION_WINDOW // 2:
            self._send(Frame(window={"bytes": self.owed}))
            self.window, self.owed = self.window + self.owed, 0

    def _credited(self, credit: int, more: int) -> int:
        if credit + more > _CREDIT_MAX:
            raise _violation("Credit exceeds 2^31-1.")
        self.room.notify_all()
        return credit + more

    def _greeted(self, hello: Any) -> None:
        if hello.version < 1:
            raise _violation("The server speaks version 0.", "UNSUPPORTED_VERSION")
        self.greeted = True
        self.max_frame = max(self.max_frame, hello.max_frame_bytes)
        self.max_streams = max(self.max_streams, hello.max_streams)
        self.peer_window = max(self.peer_window, hello.initial_window_bytes)
        self.room.notify_all()

    def _went_away(self, notice: Any) -> None:
        self.ended = (notice.reason, notice.message or f"The server ended the connection: {notice.reason}.")
        # While the server drains, streams up to the last are finished; those above were not begun.
        self._fail(self.ended, notice.last_stream_id, only_above=notice.reason == "DRAIN")

    def _fail(self, ended: Tuple[str, str], last_id: int = _LAST_ID, only_above: bool = False) -> None:
        with self.lock:
            self.usable, self.ended = False, ended
            for stream in list(self.streams.values()):
                never_begun = not stream.sent or stream.id > last_id
                if stream.id > last_id or not only_above:
                    stream.error = _unavailable(ended, never_begun)
                    del self.streams[stream.id]
                    stream.ready.notify_all()
            self.room.notify_all()

    def _part(self, violation: RpcError) -> None:
        """Says why, shuts the writing side, and discards what arrives for a moment."""
        self.outbox.clear()
        self._send(Frame(go_away={"reason": violation.reason, "message": violation.message}))
        self._socket.settimeout(_DISCARD)
        while self._flush():
            pass
        self._socket.shutdown(socket.SHUT_WR)
        end = time.monotonic() + _DISCARD
        while time.monotonic() < end and self._socket.recv(1 << 16):
            pass


class Call:
    """One call, from `Client.open`: an iterator of its responses, and of the one response of a method
    that does not stream. Closing it before its end cancels it at the server."""

    def __init__(
        self, client: "Client", opening: Any, timeout: Optional[float], parse: Callable[[bytes], Any], repeatable: bool
    ):
        self._client, self._opening, self._parse, self._attempts = client, opening, parse, 1
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._repeatable = repeatable  # Also where the server may have begun it.
        self._begun = self._over = self._closed = False
        self._half_closed = opening.half_close
        self._connection: Any = None
        # One thread may repeat the call while others send or end it. Taken before a connection's lock.
        self._lock = threading.RLock()
        self._begin()

    def send(self, request: Request) -> None:
        """Sends one more request message, as soon as the server has room for it."""
        with self._lock:
            self._begun = True  # A repetition would lack what was sent.
            connection, stream = self._connection, self._stream
        self._guarded(connection.send, stream, _bytes(request))

    def half_close(self) -> None:
        """Says that no further request message follows; doing so again changes nothing."""
        with self._lock:
            if not self._half_closed:
                self._half_closed = True  # A repetition says so too.
                self._connection.half_close(self._stream)

    def __iter__(self) -> "Call":
        return self

    def __next__(self) -> Any:
        """The next response message; waits for it."""
        while not self._over:
            try:
                payload = self._guarded(self._connection.receive, self._stream)
            except RpcError as error:
                self._begin(error)
                continue
            self._begun = True
            self._over = payload is None
            if payload is not None:
                return self._parse(payload)
        raise StopIteration

    @property
    def trailers(self) -> Dict[str, bytes]:
        """The server's metadata at the end of a call that ended well; empty before."""
        close = self._stream.close
        return {entry.key: entry.value for entry in close.trailers} if close is not None else {}

    def close(self) -> None:
        """Cancels the call where it has not ended. Other threads may do so as well."""
        with self._lock:
            self._closed = True
            self._cancel()

    def _cancel(self) -> None:
        if self._connection is not None:
            self._connection.cancel(self._stream)

    __del__ = close

    def __enter__(self) -> "Call":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _guarded(self, act: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return act(*arguments, self._deadline)
        except BaseException:
            with self._lock:
                self._cancel()
            raise

    def _begin(self, error: Optional[RpcError] = None) -> None:
        """Opens the call, and again after an `error` that allows it."""
        while True:
            if error is not None:
                self._back_off(error)
            try:
                connection = self._client._connected(self._deadline)
                self._opening.half_close = self._half_closed
                stream = connection.open(self._opening, self._deadline)
            except RpcError as failure:
                error = failure
                continue
            with self._lock:
                self._connection, self._stream = connection, stream
                # What other threads said meanwhile went to the stream before.
                if self._closed or error is not None and self._begun:
                    self._cancel()
                elif self._half_closed and not self._opening.half_close:
                    connection.half_close(stream)
            if error is not None and self._begun:
                self._over = True  # The repetition may have had its effect, before it was cancelled.
                raise _error(error.code, error.reason, error.message)
            return

    def _back_off(self, error: RpcError) -> None:
        no_room = (error.code, error.reason) in _NO_ROOM
        may = error.code is Code.UNAVAILABLE and (error.never_begun or self._repeatable) or no_room
        may = may and not self._begun
        # Half of the delay is random, so that clients that failed together do not come back together.
        delay = max(min(0.05 * 2**self._attempts, 5.0) * random.uniform(0.5, 1), error.retry_after)
        left = _left(self._deadline)
        if not may or self._attempts >= self._client.attempts or left is not None and left <= delay:
            self._over = True
            raise error
        self._attempts += 1
        time.sleep(delay)


class Client:
    """Calls one server. `with` ends its connection; any number of threads may share it.

    address      "host:port", "[address]:port" or "unix:/path"
    token        sent as `authorization` for every call
    cafile       PEM file of the authorities that the server's certificate is verified against; the system's if None
    certificate  the client's own certificate and key, as PEM files, for servers that ask
    server_name  what the certificate must name, where that is not the host of `address`
    plaintext    no TLS; refused beyond loopback unless `insecure_plaintext`. Unix sockets never have TLS.
    metadata     sent for every call, such as {"tally-org": "acme"}
    timeout      seconds for unary calls that state none, repetitions included; None for the server's five minutes
    attempts     how often a call is tried that may be repeated
    connect_timeout    seconds for the connection, for TLS and for the server's Hello, each
    idle_timeout       seconds of silence after which the server gets a Ping
    pong_timeout       seconds for its answer; without one, calls under way are UNAVAILABLE (IDLE)
    window_bytes, max_frame_bytes    what one stream may leave unread here, and the largest answer; can only be raised
    """

    def __init__(
        self, address: str, *, token: Optional[str] = None, metadata: Optional[Mapping[str, Bytes]] = None,
        cafile: Optional[str] = None, certificate: Optional[Tuple[str, str]] = None,
        server_name: Optional[str] = None, plaintext: bool = False, insecure_plaintext: bool = False,
        timeout: Optional[float] = 60.0, connect_timeout: float = 10.0, attempts: int = 5,
        idle_timeout: float = 60.0, pong_timeout: float = 20.0,
        window_bytes: int = _WINDOW, max_frame_bytes: int = _MAX_FRAME, agent: str = "tally-python/1",
    ):
        self.timeout, self.attempts = timeout, attempts
        self._address, self._connect_timeout = address, connect_timeout
        self._idle_timeout, self._pong_timeout = idle_timeout, pong_timeout
        self._path = address[len("unix:") :] if address.startswith("unix:") else None
        host, _, port = address.rpartition(":")
        if self._path is None and not (host and port.isdigit()):
            raise ValueError(f"The address {address!r} is not host:port, [address]:port or unix:/path.")
        self._place = (host.strip("[]"), 0 if self._path is not None else int(port))
        self._server_name, self._context = server_name or self._place[0], None
        if plaintext and self._path is None and not insecure_plaintext and not _is_loopback(self._place[0]):
            raise _error(Code.FAILED_PRECONDITION, "PLAINTEXT_REFUSED", "Plaintext is for loopback only; use TLS.")
        if self._path is None and not plaintext and not insecure_plaintext:
            self._context = ssl.create_default_context(cafile=cafile)
            self._context.minimum_version = ssl.TLSVersion.TLSv1_2
            self._context.set_alpn_protocols(["tally/1"])
            if certificate is not None:
                self._context.load_cert_chain(*certificate)
        defaults = dict(metadata or {})
        if token is not None:
            defaults["authorization"] = "Bearer " + token
        self._hello = Hello(
            version=1, agent=agent, metadata=_metadata(defaults),
            max_frame_bytes=max_frame_bytes, initial_window_bytes=window_bytes,
        )
        self._lock, self._closed = threading.Lock(), False
        self._current: Optional[_Connection] = None
        self._connections: List[_Connection] = []
        self._schema: Optional[descriptor_pool.DescriptorPool] = None

    def call(
        self, method: str, request: Request, *, trailers: Optional[Dict[str, bytes]] = None, **options: Any
    ) -> Any:
        """Calls a unary method, such as "tally.v1.HealthService/Check", and returns its response: a
        message, or bytes where `request` is bytes. `options` are those of `open`; `trailers`, if
        given, receives the server's metadata.
        """
        options.setdefault("timeout", self.timeout)
        with self.open(method, request, half_close=True, **options) as call:
            answers = list(itertools.islice(call, 2))
            if len(answers) != 1:
                raise _error(Code.INTERNAL, "MALFORMED_CALL", f"{method} does not answer with one message.")
            if trailers is not None:
                trailers.update(call.trailers)
            return answers[0]

    def stream(self, method: str, request: Request, **options: Any) -> Call:
        """Calls a server-streaming method: an iterator of its responses, to be used up or closed."""
        return self.open(method, request, half_close=True, **options)

    def open(
        self, method: str, request: Optional[Request] = None, *, half_close: bool = False,
        timeout: Optional[float] = None, metadata: Optional[Mapping[str, Bytes]] = None,
        idempotency_key: Optional[str] = None, response_type: Any = None,
    ) -> Call:
        """Begins a call of any kind, with the first request message if there is one.

        timeout          seconds until it fails as DEADLINE_EXCEEDED; None for the server's default
        metadata         for this call; replaces the client's of the same key, and an empty value removes it
        idempotency_key  lets a mutating call be repeated where its fate is unknown
        response_type    class of the responses, or `bytes`; by default as the schema of `request` says
        """
        entries = dict(metadata or {})
        if idempotency_key is not None:
            entries["idempotency-key"] = idempotency_key
        opening = Open(method=method, metadata=_metadata(entries), half_close=half_close)
        if request is not None:
            opening.message, opening.has_message = _bytes(request), True
        parse = self._parser(method, request, response_type)
        repeatable = "idempotency-key" in entries or self._is_declared_repeatable(method, request)
        return Call(self, opening, timeout, parse, repeatable)

    def message(self, name: str) -> Any:
        """The class of the message of that full name, as the server describes it."""
        pool = self._described()
        return _class_of(pool, pool.FindMessageTypeByName(name))

    def close(self) -> None:
        """Ends the connection; calls under way fail as UNAVAILABLE, later ones at once."""
        with self._lock:
            self._closed = True
            for connection in self._connections:
                connection.shut()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _parser(self, method: str, request: Any, response_type: Any) -> Callable[[bytes], Any]:
        if response_type is bytes or response_type is None and isinstance(request, bytes):
            return bytes
        if response_type is None:
            pool = self._described() if request is None else request.DESCRIPTOR.file.pool
            response_type = _class_of(pool, _described_method(pool, method).output_type)

        def parse(payload: bytes) -> Any:
            try:
                return response_type.FromString(payload)
            except message.DecodeError:
                raise _error(Code.INTERNAL, "MALFORMED_MESSAGE", f"{method} answers with another message.") from None

        return parse

    def _is_declared_repeatable(self, method: str, request: Any) -> bool:
        """Whether the schema, as far as it is known here, says that the method may be repeated as it is."""
        pool = request.DESCRIPTOR.file.pool if isinstance(request, message.Message) else self._schema
        try:
            return pool is not None and bool(_described_method(pool, method).GetOptions().idempotency_level)
        except KeyError:  # A method of somebody else's.
            return False

    def _described(self) -> descriptor_pool.DescriptorPool:
        if self._schema is None:
            answer = _FRAMES["GetSchemaResponse"].FromString(self.call("tally.v1.ReflectionService/GetSchema", b""))
            pool = descriptor_pool.DescriptorPool()
            for file in descriptor_pb2.FileDescriptorSet.FromString(answer.file_descriptor_set).file:
                pool.AddSerializedFile(file.SerializeToString())
            self._schema = pool
        return self._schema

    def _connected(self, deadline: Optional[float]) -> _Connection:
        """The connection for a new call."""
        left = _left(deadline)
        if not self._lock.acquire(timeout=-1 if left is None else left):
            raise _timeout("There is no connection yet.")
        try:
            if self._closed:
                raise _error(Code.FAILED_PRECONDITION, "CLIENT_CLOSED", "The client was closed.")
            if self._current is None or not self._current.usable:
                left = _left(deadline)
                within = self._connect_timeout if left is None else min(left, self._connect_timeout)
                sock = self._connect(max(within, 0.001))
                self._current = _Connection(
                    sock, self._hello, self._connect_timeout, self._idle_timeout, self._pong_timeout
                )
                # Those that drain finish their streams beside it.
                self._connections = [c for c in self._connections if c.thread.is_alive()] + [self._current]
            return self._current
        except OSError as error:
            left_early = isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
            if isinstance(error, ssl.SSLError) and not left_early:
                # Trying again does not help against a certificate that is not accepted.
                text = f"TLS with {self._address} failed: {error}"
                raise _error(Code.FAILED_PRECONDITION, "TLS_FAILED", text) from error
            if _left(deadline) == 0:
                raise _timeout("No connection came in time.") from error
            text = f"The server cannot be reached at {self._address}: {error}"
            raise _error(Code.UNAVAILABLE, "CONNECT_FAILED", text, never_begun=True) from error
        finally:
            self._lock.release()

    def _connect(self, within: float) -> socket.socket:
        if self._path is not None:
            sock = socket.socket(socket.AF_UNIX)
        else:
            sock = socket.create_connection(self._place, within)
        try:
            sock.settimeout(within)
            if self._path is not None:
                sock.connect(self._path)
                return sock
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # A server that is silently gone is noticed by the system, within two minutes where it can be told so.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
                if hasattr(socket, name):
                    sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
            if self._context is not None:
                sock = self._context.wrap_socket(sock, server_hostname=self._server_name)
                if sock.selected_alpn_protocol() != "tally/1":
                    raise _error(Code.FAILED_PRECONDITION, "TLS_FAILED", "The server does not speak tally/1.")
            return sock
        except BaseException:
            sock.close()
            raise


def _described_method(pool: Any, method: str) -> Any:
    """Throws KeyError where the pool has no such method."""
    service, _, name = method.rpartition("/")
    return pool.FindServiceByName(service).methods_by_name[name]


def _bytes(request: Request) -> bytes:
    return request if isinstance(request, bytes) else request.SerializeToString()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
