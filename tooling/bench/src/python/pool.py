"""Measures concurrent.futures the way the probes in ../probes measure a pool, and prints what they give, as JSON."""
import concurrent.futures
import json
import math
import resource
import sys
import threading
import time


def noop(x):
    return x


def double(x):
    return x * 2


def is_prime(n):
    if n < 2:
        return False
    if n % 2 == 0:
        return n == 2
    for divisor in range(3, math.isqrt(n) + 1, 2):
        if n % divisor == 0:
            return False
    return True


def cpu_seconds():
    own = resource.getrusage(resource.RUSAGE_SELF)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


def run_many(pool, count, in_flight):
    places = threading.Semaphore(in_flight)
    wrong = []

    def start(i):
        def done(future):
            if future.result() != i:
                wrong.append(i)
            places.release()

        pool.submit(noop, i).add_done_callback(done)

    for i in range(count):
        places.acquire()
        start(i)
    for _ in range(in_flight):
        places.acquire()
    if wrong:
        raise SystemExit(f"wrong answers: {wrong[:5]}")


def throughput(pool, request):
    run_many(pool, int(request["params"]["warmUpCalls"]), int(request["params"]["inFlight"]))
    count = int(request["params"]["pythonCalls"])
    began = time.perf_counter()
    run_many(pool, count, int(request["params"]["inFlight"]))
    return count, count / (time.perf_counter() - began), "callsPerSecond"


def mapped(pool, request):
    count = int(request["params"]["items"])
    list(pool.map(double, range(1000), chunksize=100))
    began = time.perf_counter()
    outputs = list(pool.map(double, range(count), chunksize=max(1, min(10_000, count // 20))))
    elapsed = time.perf_counter() - began
    if outputs != [x * 2 for x in range(count)]:
        raise SystemExit("wrong answers")
    return count, count / elapsed, "itemsPerSecond"


def primes(pool, request):
    numbers = [(int(n), expected) for n, expected in request["numbers"]]
    list(pool.map(is_prime, range(10)))
    began = time.perf_counter()
    answers = list(pool.map(is_prime, [n for n, _ in numbers]))
    elapsed = time.perf_counter() - began
    if answers != [expected for _, expected in numbers]:
        raise SystemExit("wrong answers")
    return len(numbers), elapsed, "seconds"


def main():
    request = json.loads(sys.argv[1])
    executors = {
        "threads": concurrent.futures.ThreadPoolExecutor,
        "processes": concurrent.futures.ProcessPoolExecutor,
    }
    probes = {"throughput": throughput, "map": mapped, "primes": primes}
    before = cpu_seconds()
    with executors[request["executor"]](max_workers=request["size"]) as pool:
        count, figure, name = probes[request["probe"]](pool, request)
    # Start and warm-up are part of it: the CPU time of a worker is known only when it has ended.
    micros = (cpu_seconds() - before) * 1e6 / count
    print(json.dumps({"figures": {name: figure}, "cpuMicros": micros}))


if __name__ == "__main__":
    main()
