# SPDX-License-Identifier: Apache-2.0
"""What a training step needs at least, what it takes, and where the rest goes: Documentation/Roofline/VARIANT.md.

    python3 Benchmarks/roofline.py --induct .build/release/induct

Everything is measured now: the peak and every kernel by `induct bench kernels`, steps by `induct bench train`, shares of
the program's parts by `perf record` where it is installed.
"""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "Peers"))
from compare import Induct, machine  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
# Groups of kernels, in the order of the table.
GROUPS = [
    ("products forward", lambda k: k["kernel"] == "gemm" and k["use"].endswith("forward")),
    ("products of input gradients", lambda k: k["kernel"] == "gemm" and k["use"].endswith("input gradient")),
    ("products of weight gradients", lambda k: k["kernel"] == "gemm" and k["use"].endswith("weight gradient")),
    ("attention", lambda k: k["kernel"] == "attention"),
    ("its gradient", lambda k: k["kernel"] == "attention_backward"),
    ("norms and their gradients", lambda k: k["kernel"].startswith("norm")),
    ("loss and its gradient", lambda k: k["kernel"] == "cross_entropy"),
    ("embedding and its gradient", lambda k: k["kernel"].startswith("embedding")),
    ("sum of the shards' gradients", lambda k: k["kernel"] == "add"),
    ("Adam", lambda k: k["kernel"] == "adam"),
]


def processor_seconds(command, count):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command + ["--steps", str(count)], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def steps(options, name, threads):
    """Steps per second: one thread by processor time, two by the wall."""
    run = Induct(name, threads, options.induct)
    if threads == 1:
        count = max(2, round(options.seconds * run.measure(options.seconds)))
        times = [processor_seconds(run.command, 1 + count) - processor_seconds(run.command, 1)
                 for _ in range(options.repetitions)]
        return count / max(1e-6, statistics.median(times))
    run.measure(options.seconds)
    return statistics.median(run.measure(options.seconds) for _ in range(options.repetitions))


def shares(options, name, rate):
    """Share of processor time by library, as perf samples it; None without perf."""
    if shutil.which("perf") is None:
        return None
    run = Induct(name, 1, options.induct)
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "perf.data")
        command = run.command + ["--steps", str(max(4, round(4 * options.seconds * rate)))]
        recorded = subprocess.run(["perf", "record", "-e", "cpu-clock", "-F", "1000", "-o", path] + command,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if recorded.returncode != 0:
            return None
        report = subprocess.run(["perf", "report", "-i", path, "--stdio", "--sort", "dso"], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True).stdout
    found = {}
    for line in report.splitlines():
        parts = line.split()
        if len(parts) >= 2 and parts[0].endswith("%"):
            found[parts[1]] = float(parts[0][:-1])
    return found


def microseconds(seconds):
    value = 1e6 * seconds
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def results(kernels):
    return f"roofline-{kernels['kernels']}.json"


def page(result):
    about, kernels = result["machine"], result["kernels"]
    peak, memory = kernels["peak_gflops"] * 1e9, kernels["memory_gbytes"] * 1e9
    lines = [
        f"# Roofline of a training step, {kernels['kernels']}", "",
        "Written by `python3 Benchmarks/roofline.py --induct .build/release/induct`, which measures everything anew; the",
        f"numbers lie in [Benchmarks/Results/{results(kernels)}](../../Benchmarks/Results/{results(kernels)}).", "",
        f"- {about['processor']}, {about['processors']} processors; one core: {peak / 1e9:.0f} GFLOP/s of multiply-adds in "
        f"registers, copies of {memory / 1e9:.0f} GB/s outside the caches",
        f"- kernels {kernels['kernels']}, {about['induct']}, {about['swift']}",
        f"- load average {about['load_average']:.1f} when it began"
        + (": if other processes took part of the machine meanwhile, the steps of two threads are too long" if about["load_average"] > 0.5 else ""),
        "",
        "The arithmetic floor of a step is 6 operations for each token and weight of a matrix and 6 (T + 1) width for each "
        "token and layer's attention, at the peak. The memory floor is what has to be moved if no cache held anything: "
        "parameters and both moments of Adam, gradients, activations written and read, at the speed of copies. Times in "
        "microseconds: of the processor for one thread, of the wall for two.", "",
        "| configuration | MFLOP | arithmetic floor, 1 core | MB | memory floor, 1 core | step, 1 thread | of the peak | "
        "step, 2 threads | of both peaks |", "|---|---|---|---|---|---|---|---|---|"]
    for row in result["rows"]:
        one, two = 1 / row["steps_per_second"]["1"], 1 / row["steps_per_second"]["2"]
        floor = row["operations"] / peak
        lines.append(
            f"| {row['name']} | {row['operations'] / 1e6:,.0f} | {microseconds(floor)} | {row['bytes'] / 1e6:,.1f} | "
            f"{microseconds(row['bytes'] / memory)} | {microseconds(one)} | {floor / one:.0%} | {microseconds(two)} | "
            f"{floor / 2 / two:.0%} |")
    names = [row["name"] for row in result["rows"]]
    lines += ["", "## Where one thread's step goes", "",
              "Each kernel alone, at its shapes and on rows that follow each other (a step leaves a line between rows of "
              "1 KiB), times its calls in a step; what is left of the step is the source, the calls between plugins, and "
              "caches that are colder than in a kernel's own loop. Both are processor time.", "",
              "| microseconds | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for group, _ in GROUPS:
        lines.append(f"| {group} | " + " | ".join(microseconds(row["groups"][group]) for row in result["rows"]) + " |")
    lines.append("| all kernels | " + " | ".join(microseconds(sum(row["groups"].values())) for row in result["rows"]) + " |")
    lines.append("| the step | " + " | ".join(
        microseconds(1 / row["steps_per_second"]["1"]) for row in result["rows"]) + " |")
    lines += ["", "The same by operations: what each group reaches of the peak.", "",
              "| share of the peak | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for group, _ in GROUPS[:5]:
        lines.append(f"| {group} | " + " | ".join(
            f"{row['group_operations'][group] / row['groups'][group] / peak:.0%}" for row in result["rows"]) + " |")
    if all(row["shares"] for row in result["rows"]):
        libraries = sorted({library for row in result["rows"] for library in row["shares"]},
                           key=lambda library: -max(row["shares"].get(library, 0) for row in result["rows"]))
        lines += ["", "## By library", "", "Share of processor time on one thread, sampled by perf; what never reaches half "
                  "a percent is left out. `[kernel.kallsyms]` is the operating system.", "",
                  "| | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
        for library in libraries:
            values = [row["shares"].get(library, 0) for row in result["rows"]]
            if max(values) >= 0.5:
                lines.append(f"| {library} | " + " | ".join(f"{value:.1f}%" for value in values) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description="The roofline of a training step.")
    parser.add_argument("--induct", required=True, help="the program induct")
    parser.add_argument("--configurations", default="abcde", help="as in 'ce'; default: all")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="of one repetition, about")
    parser.add_argument("--output", help="default: Documentation/Roofline/VARIANT.md, by the kernels that were used")
    parser.add_argument("--json", help="default: Benchmarks/Results/roofline-VARIANT.json")
    options = parser.parse_args()
    about = machine(options)
    kernels = json.loads(subprocess.run(
        [options.induct, "bench", "kernels", "--configurations", options.configurations, "--format", "json",
         "--repetitions", str(options.repetitions)], stdout=subprocess.PIPE, text=True, check=True).stdout)
    rows = []
    for shape in kernels.pop("configurations"):
        print(f"configuration {shape['name']}", file=sys.stderr)
        groups, operations = {}, {}
        for group, belongs in GROUPS:
            members = [kernel for kernel in shape["measurements"] if belongs(kernel)]
            groups[group] = sum(kernel["calls_per_step"] * kernel["seconds"] for kernel in members)
            operations[group] = sum(1e9 * kernel["rate"] * kernel["calls_per_step"] * kernel["seconds"]
                                    for kernel in members if kernel["unit"] == "GFLOP/s")
        rates = {str(threads): steps(options, shape["name"], threads) for threads in (1, 2)}
        rows.append({
            "name": shape["name"], "operations": shape["operations_per_step"], "bytes": shape["bytes_per_step"],
            "steps_per_second": rates, "groups": groups, "group_operations": operations,
            "shares": shares(options, shape["name"], rates["1"]), "kernels": shape["measurements"]})
    result = {"machine": about, "kernels": kernels, "rows": rows}
    numbers = options.json or os.path.join(ROOT, "Benchmarks", "Results", results(kernels))
    text = options.output or os.path.join(ROOT, "Documentation", "Roofline", f"{kernels['kernels']}.md")
    for path in numbers, text:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(numbers, "w") as file:
        json.dump(result, file, indent=1)
        file.write("\n")
    with open(text, "w") as file:
        file.write(page(result))
    print(page(result))


if __name__ == "__main__":
    main()
