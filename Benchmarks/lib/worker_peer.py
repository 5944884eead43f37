"""A provider that is as fast as pages can be sent: OpenAI's organization usage, costs and lists, made up
from the request alone. It checks no key and keeps nothing.

    worker_peer.py PORT_FILE RESULTS_PER_HOUR
"""

import http.server
import json
import os
import sys
import threading
import urllib.parse

HOUR, DAY = 3600, 86_400
COUNTS = (
    '"input_tokens":1200,"output_tokens":300,"input_cached_tokens":400,"num_model_requests":7,'
    '"input_audio_tokens":0,"output_audio_tokens":0'
)


def usage_results(count):
    """Results of one bucket, the same in each: `count` keys of a tenth as many projects."""
    return ",".join(
        '{"object":"organization.usage.completions.result",'
        f'"project_id":"proj_{index // 10}","user_id":"user-{index}","api_key_id":"key_{index}",'
        f'"model":"gpt-4.1","batch":false,"service_tier":"default",{COUNTS}}}'
        for index in range(count)
    )


class Peer(http.server.BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 20
    disable_nagle_algorithm = True
    hour = ""

    def do_GET(self):
        """Any page of any report."""
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if "start_time" in query:
            body = self.page(url.path, query)
        else:
            body = '{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false}'
        data = body.encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def page(self, path, query):
        """Buckets from the one that the cursor names on, as many as are asked for."""
        width = {"1h": HOUR, "1d": DAY}[query["bucket_width"]]
        start = int(query.get("page") or query["start_time"]) // width * width
        end = int(query["end_time"])
        stop = min(end, start + int(query["limit"]) * width)
        results = self.hour if path.endswith("/usage/completions") else ""
        buckets = ",".join(
            f'{{"object":"bucket","start_time":{at},"end_time":{at + width},"results":[{results}]}}'
            for at in range(start, stop, width)
        )
        cursor = json.dumps(str(stop) if stop < end else None)
        more = json.dumps(stop < end)
        return f'{{"object":"page","data":[{buckets}],"has_more":{more},"next_page":{cursor}}}'

    def log_message(self, *_):
        """Nothing: a line for each request would cost more than its answer."""


def main():
    Peer.hour = usage_results(int(sys.argv[2]))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Peer)
    server.daemon_threads = True
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        file.write(str(server.server_address[1]))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    threading.Thread(target=server.serve_forever).run()


if __name__ == "__main__":
    main()
