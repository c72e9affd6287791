#!/usr/bin/env python3
"""Measures many concurrent streams against a running platform: tokens per second, time to first token, failures.

    deploy/bench/streams.py                          64 streams of 64 tokens, SmolLM2, the platform of ~/.altiplano
    deploy/bench/streams.py --streams 8 --json       as one JSON value
    deploy/bench/streams.py --url http://host:8080 --key llmk_...

Every stream asks for exactly --max-tokens tokens (ignore_eos). Times are taken at the client; the first token is the
first event with text. Only Python's standard library is used.
"""
import argparse
import http.client
import json
import os
import statistics
import sys
import threading
import time
import urllib.parse


def arguments():
    home = os.environ.get("ALTIPLANO_HOME", os.path.expanduser("~/.altiplano"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", default=home)
    parser.add_argument("--url", help="base URL of the gateway (default: that of the home)")
    parser.add_argument("--key", help="API key (default: that of the home)")
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--streams", type=int, default=64)
    parser.add_argument("--max-tokens", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=1, help="requests one after the other in each stream")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if not (given.url and given.key):
        url, key = platform(given.home)
        given.url, given.key = given.url or url, given.key or key
    return given


def platform(home):
    """Base URL and API key of the platform that runs in a home."""
    with open(os.path.join(home, "run", "ports.json")) as file:
        url = "http://127.0.0.1:%d" % json.load(file)["httpPort"]
    with open(os.path.join(home, "credentials.json")) as file:
        return url, json.load(file)["apiKey"]


def ask(url, key, body):
    """One streamed chat completion: (seconds to the first token, seconds in all, usage)."""
    address = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=600)
    begin = time.monotonic()
    connection.request("POST", "/v1/chat/completions", json.dumps(dict(body, stream=True, stream_options={"include_usage": True})),
                       {"Authorization": "Bearer " + key, "Content-Type": "application/json"})
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError("status %d: %s" % (response.status, response.read().decode()))
    first, usage = None, {}
    for line in response:
        if not line.startswith(b"data: {"):
            continue
        event = json.loads(line[6:])
        if "error" in event:
            raise RuntimeError(event["error"]["message"])
        if first is None and any(choice["delta"].get("content") for choice in event["choices"]):
            first = time.monotonic() - begin
        usage = event.get("usage") or usage
    connection.close()
    return first, time.monotonic() - begin, usage


def stream(given, number):
    """One request of the many: (seconds to the first token, seconds in all, tokens)."""
    first, total, usage = ask(given.url, given.key, {
        "model": given.model, "max_tokens": given.max_tokens, "ignore_eos": True, "seed": number,
        "messages": [{"role": "user", "content": "Tell me something about the number %d." % number}]})
    if usage["completion_tokens"] != given.max_tokens:
        raise RuntimeError("%d tokens instead of %d" % (usage["completion_tokens"], given.max_tokens))
    return first, total, given.max_tokens


def main():
    given = arguments()
    results, failures, lock = [], [], threading.Lock()

    def client(number):
        for turn in range(given.rounds):
            try:
                result = stream(given, number * given.rounds + turn)
                with lock:
                    results.append(result)
            except Exception as failure:  # counted and reported: the point of the measurement
                with lock:
                    failures.append(str(failure))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(given.streams)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - begin

    firsts = sorted(result[0] for result in results)
    totals = sorted(result[1] for result in results)
    tokens = sum(result[2] for result in results)

    def quantile(values, share):
        return round(values[min(len(values) - 1, int(share * len(values)))], 3) if values else None
    report = {"model": given.model, "streams": given.streams, "rounds": given.rounds, "maxTokens": given.max_tokens,
              "failures": len(failures), "seconds": round(seconds, 2), "tokensPerSecond": round(tokens / seconds, 1),
              "firstTokenSeconds": {"mean": round(statistics.mean(firsts), 3) if firsts else None,
                                    "p50": quantile(firsts, 0.5), "p95": quantile(firsts, 0.95),
                                    "max": quantile(firsts, 1)},
              "totalSeconds": {"p50": quantile(totals, 0.5), "max": quantile(totals, 1)}}
    if given.json:
        print(json.dumps(report, indent=2))
    else:
        first, total = report["firstTokenSeconds"], report["totalSeconds"]
        print("%(streams)d streams x %(rounds)d of %(maxTokens)d tokens, %(model)s" % report)
        print("  failures        %(failures)d" % report)
        print("  tokens/s        %(tokensPerSecond)s in all, over %(seconds)s s" % report)
        print("  first token     p50 %(p50)s s, p95 %(p95)s s, max %(max)s s" % first)
        print("  whole answer    p50 %(p50)s s, max %(max)s s" % total)
    for failure in sorted(set(failures))[:5]:
        print("failed: " + failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
