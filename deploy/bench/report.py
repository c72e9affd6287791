"""What measuring commands share: medians, tables, the machine they ran on, llama.cpp."""
import datetime
import json
import os
import statistics
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "target")


def median(values):
    return statistics.median(values) if values else None


def rounded(value, digits=3):
    return None if value is None else float("%.*g" % (digits, value))


def shown(value, digits=3, suffix=""):
    """A number with so many significant digits, without an exponent; a dash where there is none."""
    if value is None:
        return "-"
    value = rounded(value, digits)
    return ("%d" % value if value >= 10 ** (digits - 1) else "%g" % value) + suffix


def table(head, rows):
    """A table in Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head)] + rows)


def machine():
    """The conditions of a measurement: processor, cores, memory, when."""
    with open("/proc/cpuinfo") as file:
        facts = dict(line.split(":", 1) for line in file if ":" in line)
    facts = {key.strip(): value.strip() for key, value in facts.items()}
    with open("/proc/meminfo") as file:
        memory = int(next(line for line in file if line.startswith("MemTotal")).split()[1])
    flags = facts.get("flags", "").split()
    return {"processor": "%s, family %s model %s" % (facts.get("model name"), facts.get("cpu family"), facts.get("model")),
            "features": [flag for flag in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8") if flag in flags],
            "cores": os.cpu_count(), "memoryGiB": round(memory / 2 ** 20),
            "date": datetime.date.today().isoformat()}


class Neighbours:
    """Owns the account of what other programs than the measured ones compute: cores that they keep busy, on average."""

    def __init__(self):
        self.seen = []

    def around(self, measure, *processes):
        """Runs a measurement; the processes named, and children that have ended meanwhile, are not neighbours."""
        began, busy, own = time.monotonic(), _busy(), _own(processes)
        result = measure()
        spent = _busy() - busy - (_own(processes) - own)
        self.seen.append(max(0.0, spent / (time.monotonic() - began)))
        return result


def _busy():
    with open("/proc/stat") as file:
        user, nice, system, _, _, irq, soft, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")


def _own(processes):
    ended = os.times()
    seconds = ended.user + ended.system + ended.children_user + ended.children_system
    for process in processes:
        with open("/proc/%d/stat" % process) as file:
            seconds += sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")
    return seconds


def conditions(facts):
    """The same as a sentence."""
    sentence = "%(processor)s (%(names)s), %(cores)d cores, %(memoryGiB)d GiB, %(date)s" % dict(
        facts, names=", ".join(facts["features"]))
    return sentence + ("; neighbours kept %.1f cores busy" % facts["neighbours"] if "neighbours" in facts else "")


def write(report, text, path):
    """Writes the JSON, and the table beside it."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w") as file:
        json.dump(report, file, indent=2)
        file.write("\n")
    with open(os.path.splitext(path)[0] + ".md", "w") as file:
        file.write(text + "\n")


def publish(report, text, path):
    """The same, and prints the table."""
    write(report, text, path)
    print(text)


def llamacpp():
    """The folder of llama.cpp's tools, built where they are missing."""
    return subprocess.run([os.path.join(HERE, "llamacpp")], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def without_avx512(folder):
    """A copy of llama.cpp's folder, in links, with the kernels for Haswell and older ones only."""
    copy = os.path.join(TARGET, "llamacpp-avx2")
    os.makedirs(copy, exist_ok=True)
    kinds = ["libggml-cpu-%s.so" % kind for kind in ("haswell", "ivybridge", "piledriver", "sandybridge", "sse42", "x64")]
    for name in os.listdir(folder):
        link = os.path.join(copy, name)
        if (name in kinds or not name.startswith("libggml-cpu-")) and not os.path.exists(link):
            os.link(os.path.join(folder, name), link)
    return copy


def requantised(folder, file, kind):
    """SmolLM2's GGUF file in another of llama.cpp's formats."""
    target = os.path.join(TARGET, "SmolLM2-135M-Instruct.%s.gguf" % kind)
    if not os.path.exists(target):
        os.makedirs(TARGET, exist_ok=True)
        subprocess.run([os.path.join(folder, "llama-quantize"), "--allow-requantize", file, target, kind], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return target
