#!/usr/bin/env python3
"""A Dither client in Python's standard library, written from docs/protocol.md alone; its randomizers are mechanisms.py.

    client.py registry.json values.json [--day YYYY-MM-DD] [--json]
              [--post http://127.0.0.1:8787] [--write-key dwk_...]

`values.json` holds the value of the period that ended last, by metric: true, a text of the list, or a number; a
metric that is not named had no event, and is reported all the same. The batch is printed (hexadecimal, or JSON) or
posted.

It shows the protocol and feeds test servers. It is no telemetry client: it keeps no ledger, draws no participation
and asks nobody. Run twice for one period it spends twice, and run twice in one epoch of a metric with two stages it
answers twice, which a client must never do (docs/protocol.md, sections 4 and 5).
"""

import argparse
import base64
import datetime
import json
import secrets
import sys
import urllib.error
import urllib.request

from mechanisms import draw_cohort, randomize

EPOCH = datetime.date(1970, 1, 1)


# Section 3: the value of a period.


def value_of(metric, event):
    """Index of the event's value, or the text; None stands for "no event"."""
    kind, domain = metric["kind"], metric["domain"]
    if kind == "text":
        return cut(event or "", domain["maxLength"])
    if kind == "boolean":
        return 0 if event is None else 1
    if kind == "count":
        return 0 if event is None else min(domain["clamp"], max(0, int(event + 0.5)))
    if kind == "category":
        return len(domain["values"]) if event is None else domain["values"].index(event)
    edges = domain["edges"]
    buckets = len(edges) - 1
    if event is None:
        return buckets
    return max(0, min(buckets - 1, sum(edge <= event for edge in edges) - 1))


def cut(text, length):
    """The first `length` UTF-16 code units."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * length].decode("utf-16-le", "surrogatepass")


# Sections 1, 2, 6 and 7: the batch.


def wire_table(registry):
    metrics = registry["metrics"]
    return [(name, metrics[name]) for name in sorted(metrics)]


def make_groups(registry, values, day, nonce):
    """Window to {place in the wire table: report}, of the periods that ended last; for the batch of that day and nonce."""
    groups = {}
    draw_cohort()
    for place, (name, metric) in enumerate(wire_table(registry)):
        window = day // metric["period"] * metric["period"] - metric["period"]
        report = randomize(metric, value_of(metric, values.get(name)), window, day, nonce)
        groups.setdefault(window, {})[place] = report
    return dict(sorted(groups.items()))


def to_bytes(registry, day, nonce, groups):
    batch = bytes([1]) + day.to_bytes(2, "little") + nonce + bytes.fromhex(registry["fingerprint"])
    bitmap_bytes = (len(wire_table(registry)) + 7) // 8
    for window, reports in groups.items():
        bitmap = sum(1 << place for place in reports)
        batch += window.to_bytes(2, "little") + bitmap.to_bytes(bitmap_bytes, "little") + b"".join(reports.values())
    return batch


def base64url(some):
    return base64.urlsafe_b64encode(some).rstrip(b"=").decode()


def to_json(registry, day, nonce, groups):
    return {
        "version": 1,
        "day": day,
        "nonce": base64url(nonce),
        "registry": registry["fingerprint"],
        "groups": [
            {"window": window, "reports": {str(place): base64url(report) for place, report in reports.items()}}
            for window, reports in groups.items()
        ],
    }


# Section 8: HTTP.


def post(server, body, media_type, write_key=None):
    """What the server says: a receipt, or a problem."""
    headers = {"content-type": media_type}
    if write_key is not None:
        headers["dither-key"] = write_key
    request = urllib.request.Request(f"{server}/v1/reports", body, headers)
    try:
        with urllib.request.urlopen(request) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        return json.load(error)


def main():
    parser = argparse.ArgumentParser(description="Randomize values and print or post the batch.")
    parser.add_argument("registry")
    parser.add_argument("values")
    parser.add_argument("--day", type=datetime.date.fromisoformat, default=datetime.datetime.now(datetime.timezone.utc).date())
    parser.add_argument("--json", action="store_true", help="the JSON form instead of bytes")
    parser.add_argument("--post", metavar="SERVER")
    parser.add_argument("--write-key", metavar="KEY", help="the app's, if it has one")
    args = parser.parse_args()
    with open(args.registry, encoding="utf-8") as file:
        registry = json.load(file)
    with open(args.values, encoding="utf-8") as file:
        values = json.load(file)

    day = (args.day - EPOCH).days
    nonce = secrets.token_bytes(16)
    groups = make_groups(registry, values, day, nonce)
    if args.json:
        text = json.dumps(to_json(registry, day, nonce, groups))
        body, media_type = text.encode(), "application/json"
    else:
        body, media_type = to_bytes(registry, day, nonce, groups), "application/octet-stream"
        text = body.hex()
    if args.post is None:
        print(text)
        return 0
    answer = post(args.post, body, media_type, args.write_key)
    print(json.dumps(answer))
    return 0 if answer.get("batch") == base64url(nonce) else 1


if __name__ == "__main__":
    sys.exit(main())
