"""Makes organizations and connections through the RPC, by the Python client, and reads figures back.

    worker_client.py fill ORGANIZATIONS CONNECTIONS DAYS   prints nothing
    worker_client.py first DAYS                            prints seconds until the first figures

The environment has TALLY_ADDRESS, TALLY_CA_FILE and the operator's token as TALLY_TOKEN.
"""

import datetime
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "proto", "python"))
import tally_rpc  # noqa: E402


def client(token):
    """A client of the server under test."""
    return tally_rpc.Client(
        os.environ["TALLY_ADDRESS"], token=token, cafile=os.environ["TALLY_CA_FILE"]
    )


def make_organization(operator, slug):
    """Makes an organization; returns its owner's token."""
    request = operator.message("tally.v1.CreateOrganizationRequest")(
        slug=slug, display_name=slug, time_zone="UTC", reporting_currency="USD",
        owner_email=f"owner@{slug}.example",
    )
    request.limits.connections_max = 10_000
    answer = operator.call("tally.v1.TenantService/CreateOrganization", request)
    return answer.owner_token


def connect(owner, number, days):
    """Connects one made-up account."""
    request = owner.message("tally.v1.CreateConnectionRequest")(
        provider=1, display_name=f"Account {number}", backfill_days=days,
        api_key=f"sk-admin-benchmark-{number:08d}",
    )
    return owner.call("tally.v1.ConnectionService/CreateConnection", request)


def fill(organizations, connections, days):
    """Spreads connections over organizations, 8 organizations at a time."""
    with client(os.environ["TALLY_TOKEN"]) as operator:
        tokens = [make_organization(operator, f"org-{index}") for index in range(organizations)]
    failures = []

    def work(first):
        try:
            for index in range(first, organizations, 8):
                with client(tokens[index]) as owner:
                    for number in range(index, connections, organizations):
                        connect(owner, number, days)
        except Exception as error:  # Told by the main thread, which ends the run.
            failures.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def first(days):
    """Seconds from connecting an account until a report shows usage of it."""
    with client(os.environ["TALLY_TOKEN"]) as operator:
        token = make_organization(operator, f"first-{int(time.time())}")
    today = datetime.datetime.now(datetime.timezone.utc).date()
    with client(token) as owner:
        request = owner.message("tally.v1.UsageSummaryRequest")(breakdowns=["model"])
        for name, date in (("from", today - datetime.timedelta(days=days)), ("through", today)):
            day = getattr(request, name)
            day.year, day.month, day.day = date.year, date.month, date.day
        began = time.monotonic()
        connect(owner, 0, days)
        while time.monotonic() - began < 120:
            answer = owner.call("tally.v1.IngestionService/UsageSummary", request)
            if len(answer.rows) > 0:
                print(f"{time.monotonic() - began:.3f}")
                return
            time.sleep(0.05)
    sys.exit("No figures came within 120 seconds.")


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(*(int(number) for number in sys.argv[2:5]))
    else:
        first(int(sys.argv[2]))
