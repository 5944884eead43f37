"""Drives the Python client by commands on standard input, and writes outcomes to standard output.

Either is JSON after its length, a big-endian uint32. The tests in Tests/Platform/RPCTests/Behaviour
write the commands: the first is `connect`; each has an `id`, which its outcome repeats, and outcomes
come in any order.
"""

import base64
import concurrent.futures
import itertools
import json
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../proto/python"))
import tally_rpc


class Driver:
    def __init__(self):
        self.options = {}
        self.made = None
        self.calls = {}
        self.lock = threading.Lock()

    def client(self):
        """Made by the first call, so that what is wrong with it is that call's outcome."""
        with self.lock:
            if self.made is None:
                options = self.options
                pair = (options.get("certificateFile"), options.get("privateKeyFile"))
                names = {"idle_timeout": "idleTimeoutMilliseconds", "pong_timeout": "pongTimeoutMilliseconds"}
                self.made = tally_rpc.Client(
                    options["address"],
                    token=options.get("token"),
                    metadata=options["metadata"],
                    cafile=options.get("authorityFile"),
                    certificate=pair if pair[0] else None,
                    server_name=options.get("serverName"),
                    plaintext=options["isPlaintext"],
                    attempts=options["attemptCount"],
                    **{name: options[key] / 1000 for name, key in names.items() if key in options},
                )
            return self.made

    def open(self, id, call):
        timeout = call.get("timeoutMilliseconds")
        self.calls[id] = self.client().open(
            call["method"],
            None if call["streamsRequests"] else base64.b64decode(call["request"]),
            half_close=not call["streamsRequests"],
            timeout=None if timeout is None else timeout / 1000,
            metadata=call["metadata"],
            idempotency_key=call.get("idempotencyKey"),
            response_type=bytes,
        )
        return self.calls[id]

    def run(self, command):
        """Carries out one command and returns its messages."""
        if "connect" in command:
            self.options = command["connect"]
        elif "call" in command:
            call = command["call"]
            options = {"metadata": call["metadata"], "idempotency_key": call.get("idempotencyKey")}
            if "timeoutMilliseconds" in call:
                options["timeout"] = call["timeoutMilliseconds"] / 1000
            return [self.client().call(call["method"], base64.b64decode(call["request"]), **options)]
        elif "begin" in command:
            return list(self.open(command["id"], command["begin"]))
        elif "open" in command:
            self.open(command["id"], command["open"])
        elif "next" in command:
            return list(itertools.islice(self.calls[command["next"]], 1))
        elif "send" in command:
            self.calls[command["send"]].send(base64.b64decode(command["message"]))
        elif "halfClose" in command:
            self.calls[command["halfClose"]].half_close()
        elif "cancel" in command:
            self.calls[command["cancel"]].close()
        elif "typed" in command:
            client = self.client()
            request = client.message(command["requestName"])()
            return [client.call(command["typed"], request).SerializeToString()]
        return []

    def outcome(self, command):
        outcome = {"messages": [], "code": 0, "reason": "", "field": "", "message": "", "retryAfterMilliseconds": 0}
        try:
            outcome["messages"] = [base64.b64encode(m).decode() for m in self.run(command)]
        except tally_rpc.RpcError as error:
            outcome.update(
                code=int(error.code),
                reason=error.reason,
                field=error.field,
                message=error.message,
                retryAfterMilliseconds=round(error.retry_after * 1000),
            )
        except Exception as error:  # A defect of the client is an outcome that no test expects.
            outcome.update(code=-1, reason=type(error).__name__, message=str(error))
        return json.dumps({"id": command["id"], "outcome": outcome}).encode()


def main():
    driver, lock = Driver(), threading.Lock()

    def carry_out(command):
        outcome = driver.outcome(command)
        with lock:
            sys.stdout.buffer.write(len(outcome).to_bytes(4, "big") + outcome)
            sys.stdout.buffer.flush()

    with concurrent.futures.ThreadPoolExecutor(max_workers=400) as threads:
        while length := sys.stdin.buffer.read(4):
            command = json.loads(sys.stdin.buffer.read(int.from_bytes(length, "big")))
            if "closes" in command:
                break
            threads.submit(carry_out, command)
        if driver.made is not None:
            driver.made.close()


main()
