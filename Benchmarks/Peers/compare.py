# SPDX-License-Identifier: Apache-2.0
"""Trains the same models with Induct and with its peers, in turn, and writes the table of ratios.

    python compare.py --induct .build/release/induct --peers-python .venv/bin/python [--configurations a,c] [--quick]

Everyone is set up first and stays alive; then each takes its turn, repetition by repetition, so that whatever slows the
machine slows all of them. Every process may use exactly as many processors as it has threads. Medians count.
"""
import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import time

from shapes import HERE, SHAPES

PEERS = ["torch-eager", "torch-compiled", "torch-compiled-cpp", "jax-jit", "jax-scan"]
THREAD_VARIABLES = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"]


def confined(threads):
    """A hook for a child: it may use the first `threads` of our processors."""
    processors = sorted(os.sched_getaffinity(0))[:threads]
    return lambda: os.sched_setaffinity(0, processors)


class Peer:
    """A peer's process, which trains when it is asked to."""

    def __init__(self, name, configuration, threads, python):
        environment = dict(os.environ, JAX_PLATFORMS="cpu", CUDA_VISIBLE_DEVICES="")
        environment.update({variable: str(threads) for variable in THREAD_VARIABLES})
        if threads == 1:
            environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
        self.name = name
        self.process = subprocess.Popen(
            [python, os.path.join(HERE, "peer.py"), name, str(threads), configuration],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
            preexec_fn=confined(threads))
        self.about = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        while line and not line.startswith("{"):
            line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def measure(self, seconds):
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        answer = self.answer()
        if answer is None:
            raise SystemExit(f"compare.py: {self.name} ended while it was measured")
        return answer["steps_per_second"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Induct:
    """Our own training step; each measurement is a process of its own, data from the source included."""

    def __init__(self, configuration, threads, program, kernels=None):
        self.name = "induct" if kernels is None else f"induct, {kernels}"
        self.threads, self.steps = threads, 4
        self.command = [
            program, "bench", "train", "--format", "json", "--threads", str(threads), "--repetitions", "1",
            "--configuration", SHAPES[configuration]["recipe"]]
        if kernels is not None:
            self.command += ["--kernels", kernels]
        self.about = {"versions": {}}

    def start(self):
        return subprocess.Popen(
            self.command + ["--steps", str(self.steps)], stdout=subprocess.PIPE, text=True,
            preexec_fn=confined(self.threads))

    def measure(self, seconds):
        while True:
            process = self.start()
            output, _ = process.communicate()
            if process.returncode != 0:
                raise SystemExit(f"compare.py: {' '.join(self.command)} failed")
            rate = json.loads(output)["steps_per_second"]
            if self.steps >= rate * seconds / 2:
                return rate
            self.steps = max(2 * self.steps, round(rate * seconds))

    def close(self):
        pass


def side_by_side(configuration, program, seconds, repetitions):
    """Two independent runs of one thread each, at the same time: the sum of their steps per second."""
    runs = [Induct(configuration, 1, program) for _ in range(2)]
    processors = sorted(os.sched_getaffinity(0))
    if len(processors) < 2:
        return None
    rate = runs[0].measure(seconds)
    sums = []
    for _ in range(repetitions):
        processes = []
        for run, processor in zip(runs, processors):
            run.steps = round(3 * rate * seconds)
            processes.append(subprocess.Popen(
                run.command + ["--steps", str(run.steps)], stdout=subprocess.PIPE, text=True,
                preexec_fn=lambda processor=processor: os.sched_setaffinity(0, [processor])))
        sums.append(sum(json.loads(process.communicate()[0])["steps_per_second"] for process in processes))
    return sums


def compare(name, threads, options):
    """All contestants at one configuration and number of threads: a row of the table."""
    contestants = [Induct(name, threads, options.induct)]
    if options.kernels:
        contestants.append(Induct(name, threads, options.induct, options.kernels))
    for peer in options.peers:
        begun = time.perf_counter()
        contestant = Peer(peer, name, threads, options.peers_python)
        if contestant.about is None:
            print(f"  {peer} does not run here; see: {options.peers_python} {HERE}/peer.py {peer} {threads} {name}",
                  file=sys.stderr)
            continue
        contestants.append(contestant)
        print(f"  {peer} is ready after {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    if not any(isinstance(contestant, Peer) for contestant in contestants):
        raise SystemExit("compare.py: no peer runs here; set them up with `make bench-peers`")
    for contestant in contestants:
        contestant.measure(options.seconds)
    rates = {contestant.name: [] for contestant in contestants}
    for _ in range(options.repetitions):
        for contestant in contestants:
            time.sleep(0.02)
            rates[contestant.name].append(contestant.measure(options.seconds))
    versions = {}
    for contestant in contestants:
        versions.update(contestant.about["versions"])
        contestant.close()
    medians = {name: statistics.median(values) for name, values in rates.items()}
    best = max((name for name in medians if not name.startswith("induct")), key=medians.get)
    return {
        "configuration": name, "threads": threads, "versions": versions,
        "contestants": [{"name": name, "steps_per_second": medians[name], "repetitions": rates[name]}
                        for name in rates],
        "best_peer": best, "ratio": medians["induct"] / medians[best]}


def machine(options):
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown")
    kernels = json.loads(subprocess.run(
        [options.induct, "bench", "kernels", "--configurations", "a", "--only", "qkv", "--format", "json"],
        stdout=subprocess.PIPE, text=True, check=True).stdout)
    swift = subprocess.run(["swift", "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return {
        "processor": model, "processors": len(os.sched_getaffinity(0)), "kernels": kernels["kernels"],
        "peak_gflops_one_core": kernels["peak_gflops"], "system": platform.platform(),
        "python": platform.python_version(),
        "induct": subprocess.run([options.induct, "--version"], stdout=subprocess.PIPE, text=True).stdout.strip(),
        "swift": next((line for line in swift.stdout.splitlines() if "Swift version" in line), "unknown").strip(),
        "flags": "release; kernels -Ounchecked -march=x86-64-v4 (or v3), float32",
        "load_average": os.getloadavg()[0]}


def table(result):
    about = result["machine"]
    names = []
    for row in result["rows"]:
        names += [c["name"] for c in row["contestants"] if c["name"] not in names]
    lines = [
        "# Training steps per second, beside PyTorch and JAX", "",
        "Written by `make bench-peers`; the same numbers with every repetition lie in the JSON file of the same name.",
        "Medians of {repetitions} repetitions of about {seconds} s, contestants in turn. Induct's steps include its "
        "data; those of the peers do not.".format(**result), "",
        f"- {about['processor']}, {about['processors']} processors, one core's multiply-add peak "
        f"{about['peak_gflops_one_core']:.0f} GFLOP/s, kernels {about['kernels']}",
        f"- load average {about['load_average']:.1f} at the start, {result['load_average_at_end']:.1f} at the end "
        "(the comparison itself loads the machine)",
        f"- {about['induct']}, {about['swift']}, {about['flags']}",
        f"- Python {about['python']}, " + ", ".join(f"{k} {v}" for k, v in sorted(result["versions"].items())), "",
        "| configuration | threads | " + " | ".join(names) + " | best peer | ratio |",
        "|---|---|" + "---|" * len(names) + "---|---|"]
    for row in result["rows"]:
        rates = {c["name"]: c["steps_per_second"] for c in row["contestants"]}
        cells = [f"{rates[name]:.4g}" if name in rates else "-" for name in names]
        lines.append(f"| {row['configuration']} | {row['threads']} | " + " | ".join(cells)
                     + f" | {row['best_peer']} | **{row['ratio']:.2f}** |")
    columns = ["layers", "width", "heads", "length", "batch", "vocabulary"]
    lines += ["", "| configuration | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    for name in dict.fromkeys(row["configuration"] for row in result["rows"]):
        lines.append(f"| {name} | " + " | ".join(str(SHAPES[name].get(column, "-")) for column in columns) + " |")
    if result["side_by_side"]:
        median = statistics.median(result["side_by_side"])
        lines += ["", f"Two independent runs of configuration a, one thread each, side by side: {median:.0f} steps per "
                  "second together."]
    return "\n".join(lines) + "\n"


def arguments():
    parser = argparse.ArgumentParser(description="Training steps per second of Induct and of its peers.")
    parser.add_argument("--induct", required=True, help="the program induct")
    parser.add_argument("--peers-python", required=True, help="a Python that has torch and jax")
    parser.add_argument("--configurations", default=",".join(SHAPES), help="default: %(default)s")
    parser.add_argument("--threads", default="2,1", help="as in '1,2'")
    parser.add_argument("--peers", default=",".join(PEERS[:2] + PEERS[3:]), help="default: %(default)s")
    parser.add_argument("--kernels", help="measure this variant of our kernels as well, as in x86-64-v3")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.6, help="of one repetition, about")
    parser.add_argument("--quick", action="store_true", help="two threads, the two fastest peers, 5 short repetitions")
    parser.add_argument("--output", help="without extension; default: Benchmarks/Results/peers-VARIANT, by our kernels")
    options = parser.parse_args()
    if options.quick:
        options.threads, options.peers, options.repetitions, options.seconds = "2", "torch-compiled,jax-scan", 5, 0.3
    options.threads = [int(part) for part in options.threads.split(",")]
    options.peers, options.configurations = options.peers.split(","), options.configurations.split(",")
    unknown = [p for p in options.peers if p not in PEERS] + [c for c in options.configurations if c not in SHAPES]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; peers are {', '.join(PEERS)}, configurations {', '.join(SHAPES)}")
    if options.repetitions < 1 or options.seconds <= 0 or min(options.threads) < 1:
        parser.error("repetitions, seconds and threads must be positive")
    if max(options.threads) > len(os.sched_getaffinity(0)):
        parser.error(f"this process may use {len(os.sched_getaffinity(0))} processors, fewer than the threads asked for")
    return options


def main():
    options = arguments()
    result = {"started": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
              "machine": machine(options), "repetitions": options.repetitions, "seconds": options.seconds,
              "rows": [], "versions": {}, "side_by_side": None}
    for threads in options.threads:
        for name in options.configurations:
            print(f"configuration {name}, {threads} thread{'s' if threads > 1 else ''}", file=sys.stderr)
            row = compare(name, threads, options)
            result["versions"].update(row.pop("versions"))
            result["rows"].append(row)
            print(f"  induct trains {row['ratio']:.2f} times as fast as {row['best_peer']}", file=sys.stderr)
    if "a" in options.configurations:
        result["side_by_side"] = side_by_side("a", options.induct, options.seconds, options.repetitions)
    result["load_average_at_end"] = os.getloadavg()[0]
    output = options.output or os.path.join(HERE, "..", "Results", f"peers-{result['machine']['kernels']}")
    os.makedirs(os.path.dirname(os.path.abspath(output)), exist_ok=True)
    with open(output + ".json", "w") as file:
        json.dump(result, file, indent=1)
        file.write("\n")
    with open(output + ".md", "w") as file:
        file.write(table(result))
    print(table(result))


if __name__ == "__main__":
    main()
