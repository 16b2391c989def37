"""What the tools of a service manager take, seen from inside: a line for each row, 'NAME N N N', times in microseconds.

Runs the same under systemd and under lohar, a few steps at a time. Each command is spawned and awaited without a shell, its output thrown away.
"""
import os
import socket
import sys
import time

UNITS = "/etc/systemd/system"
LOADED = 300
ROUNDS = 30
SOCKET = "/run/t-socket"
TIMER_DUE = 1e6
IDLE_SECONDS = 20
JOURNAL = ["journalctl", "-u", "t-bench.service", "-n", "5"]
NULL = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "SYSTEMD_PAGER": ""}


def run(words):
    pid = os.posix_spawnp(words[0], words, ENVIRONMENT, file_actions=NULL)
    return os.waitpid(pid, 0)[1]


def must(*words):
    if run(words) != 0:
        sys.exit(f"cannot measure: {' '.join(words)} failed")


def say(name, values):
    print(name, *(round(value) for value in values), flush=True)


def clock(words, rounds):
    run(words)
    took = []
    for _ in range(rounds):
        begin = time.perf_counter()
        status = run(words)
        took.append((time.perf_counter() - begin) * 1e6)
        if status != 0:
            sys.exit(f"cannot measure: {' '.join(words)} failed")
    return took


def tools():
    """Each once more after it was run: the other machines have had their turns meanwhile."""
    unit = "t-bench.service"
    for name, words in (
        ("true", ["true"]),
        ("is-active", ["systemctl", "is-active", unit]),
        ("show", ["systemctl", "show", unit]),
        ("status", ["systemctl", "status", unit]),
        ("journal", JOURNAL),
        ("restart", ["systemctl", "restart", unit]),
        ("daemon-reload", ["systemctl", "daemon-reload"]),
    ):
        say(name, clock(words, 1))


def write(name, text):
    with open(f"{UNITS}/{name}", "w") as file:
        file.write(text)


def output(*words):
    with os.popen(" ".join(words)) as stream:
        return stream.read().strip()


def memory():
    """KiB of every process that does what PID 1 and the journal's daemon do."""
    names = ("systemd", "systemd-journal", "lohar")
    total = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm") as file:
                if file.read().strip() not in names:
                    continue
            with open(f"/proc/{pid}/status") as file:
                total += next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
        except (OSError, StopIteration):
            continue
    say("resident", [total])


def prepare():
    lines = "for i in 1 2 3 4 5 6; do echo line $i of the unit that is measured; done"
    write("t-bench.service", f"[Service]\nExecStart=/bin/sh -c '{lines}; exec sleep infinity'\nStartLimitBurst=0\n")
    must("systemctl", "daemon-reload")
    must("systemctl", "start", "t-bench.service")


def load_units():
    """Loaded and not running: an active target wants them, and their condition does not hold."""
    names = [f"t-load{i}.service" for i in range(LOADED)]
    for name in names:
        text = "[Unit]\nDescription=One of many\nConditionPathExists=/no/such\nAfter=network.target\n"
        write(name, f"{text}[Service]\nExecStart=/bin/sleep infinity\n")
    write("t-load.target", f"[Unit]\nWants={' '.join(names)}\n")
    must("systemctl", "daemon-reload")
    must("systemctl", "start", "t-load.target")


def grow_journal(mib):
    """As a service would fill it, through its stdout; long lines, for under emulation short ones take an hour."""
    fill = f"yes $(head -c 40000 /dev/zero | tr '\\\\0' x) | head -c {mib}M"
    settings = "Type=oneshot\nLogRateLimitIntervalSec=0\nTimeoutStartSec=0"
    write("t-fill.service", f"[Service]\n{settings}\nExecStart=/bin/sh -c \"{fill}\"\n")
    must("systemctl", "daemon-reload")
    must("systemctl", "start", "t-fill.service")
    must("systemctl", "restart", "t-bench.service")


def first_byte():
    """From connect() to what a service says that is started for the connection."""
    begin = time.perf_counter()
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(30)
        client.connect(SOCKET)
        if client.recv(1) != b"h":
            sys.exit("cannot measure: nothing answered on the socket")
        took = (time.perf_counter() - begin) * 1e6
        client.recv(100)
    return took


def socket_activation():
    write("t-socket.socket", f"[Socket]\nListenStream={SOCKET}\nAccept=yes\n")
    write("t-socket@.service", "[Service]\nExecStart=/bin/echo hello\nStandardInput=socket\nStandardOutput=socket\n")
    must("systemctl", "daemon-reload")
    must("systemctl", "start", "t-socket.socket")


def moment(unit, name):
    return int(output("systemctl", "show", "-P", name, unit) or 0)


def make_timers():
    # A quick machine would start both more often than the limit of five in ten seconds.
    often = "[Unit]\nStartLimitIntervalSec=0\n"
    write("t-late.timer", f"{often}[Timer]\nOnActiveSec=1s\nAccuracySec=1us\n")
    write("t-late.service", f"{often}[Service]\nType=oneshot\nExecStart=/bin/true\n")
    write("t-far.timer", "[Timer]\nOnActiveSec=1d\nUnit=t-late.service\n")
    must("systemctl", "daemon-reload")


def timer():
    """How long after it was due a timer's service was begun."""
    before = moment("t-late.service", "ExecMainStartTimestampMonotonic")
    must("systemctl", "restart", "t-late.timer")
    due = moment("t-late.timer", "ActiveEnterTimestampMonotonic") + TIMER_DUE
    deadline = time.monotonic() + 30
    while (begun := moment("t-late.service", "ExecMainStartTimestampMonotonic")) == before:
        if time.monotonic() > deadline:
            sys.exit("cannot measure: a timer did not start its service")
    say("timer", [begun - due])


def wakeups():
    """How often PID 1 went to sleep again while a timer was due a day later."""
    must("systemctl", "stop", "t-late.timer")
    must("systemctl", "start", "t-far.timer")
    time.sleep(5)  # what was begun before has ended
    before = switches()
    time.sleep(IDLE_SECONDS)
    say("wakeups", [switches() - before])


def switches():
    with open("/proc/1/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt_switches"))


def large_journal():
    prepare()
    say("small", clock(JOURNAL, ROUNDS))
    grow_journal(1024)
    say("large", clock(JOURNAL, ROUNDS))


def triggers():
    first_byte()
    say("socket", [first_byte()])
    timer()


def make_triggers():
    socket_activation()
    make_timers()


def boot():
    say("boot", [int(output("systemctl", "show", "-P", "ActiveEnterTimestampMonotonic", "multi-user.target"))])


for step in sys.argv[1:]:
    {
        "boot": boot,
        "prepare": prepare,
        "load": load_units,
        "memory": memory,
        "tools": tools,
        "make-triggers": make_triggers,
        "triggers": triggers,
        "wakeups": wakeups,
        "journal": large_journal,
    }[step]()
