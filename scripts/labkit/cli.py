# SPDX-License-Identifier: GPL-2.0
"""The command line of scripts/lab."""

import argparse
import os
import shlex
import signal
import sys
import time

from . import files, lab, monitor, once, options as boot_options
from .errors import STATUS_FAILURE, LabError
from .session import Command, Port, RawTerminal, Session

DEFAULT_NAME = files.TREE.name
# Not a login shell, and without root's own settings: both would change PATH.
SHELL = ["/bin/bash", "--rcfile", "/etc/bash.bashrc"]
EPILOG = """\
`exec` and `run` exit with the command's status, 128 + N when signal N ended it;
123 when a guest's kernel reported a fault, 125 when the lab itself failed.
"""


class Interrupted(Exception):
    """A signal asked the lab to end."""

    def __init__(self, number):
        super().__init__(number)
        self.status = 128 + number


def main(arguments):
    """Runs one command of the lab; returns the exit status."""
    arguments, command = _split(arguments)
    options = _parser().parse_args(arguments)
    options.command = command
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        return options.function(options)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return error.status
    except Interrupted as error:
        return error.status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 128 + signal.SIGPIPE


def _interrupt(number, _frame):
    raise Interrupted(number)


def _split(arguments):
    """Divides the arguments at the first --."""
    if "--" not in arguments:
        return arguments, []
    at = arguments.index("--")
    return arguments[:at], arguments[at + 1:]


# --- the commands ----------------------------------------------------------------

def _up(options):
    options.once = False
    options.results_name = options.name = options.name or DEFAULT_NAME
    lab.remove_stale()
    boot_options.complete(options)
    lab.start_detached(options, options.booted)
    running = lab.Running(options.name)
    try:
        running.check_faults()
    except LabError:
        running.stop()
        raise
    return 0


def _exec(options):
    if not options.command:
        raise LabError("exec: no command after --")
    running = _running(options)
    status = _session(running, options.node, options.command, timeout=options.timeout)
    running.check_faults()
    return status


def _shell(options):
    running = _running(options)
    with RawTerminal():
        status = _session(running, options.node, SHELL, pty=os.isatty(0))
    running.check_faults()
    return status


def _monitor(options):
    if not options.command:
        raise LabError("monitor: no command after --")
    running = _running(options)
    said = monitor.command(running.directory, options.node, " ".join(options.command))
    if said:
        print(said)
    running.check_faults()
    return 0


def _log(options):
    running = _running(options)
    sys.stdout.buffer.write(running.consoles()[options.node - 1].path.read_bytes())
    sys.stdout.flush()
    running.check_faults()
    return 0


def _down(options):
    running = lab.Running(options.name or DEFAULT_NAME)
    try:
        running.check_faults()
    finally:
        running.stop()
    return 0


def _run(options):
    if not options.command:
        raise LabError("run: no command after --")
    options.once = options.icount
    options.results_name = options.name or "run"
    options.name = options.name or f"run-{os.getpid()}"
    lab.remove_stale()
    boot_options.complete(options)
    owned = lab.Lab(options, options.booted)
    owned.claim()
    try:
        status = _run_once(owned) if options.once else _run_session(owned)
    finally:
        owned.stop()
    if status and options.once:
        print(f"lab: to replay: {_replay(options)}", file=sys.stderr)
    return status


def _run_session(owned):
    owned.boot()
    running = lab.Running(owned.options.name)
    running.check_faults()
    status = _session(running, 1, owned.options.command)
    running.check_faults()
    return status


def _run_once(owned):
    status = once.run(owned.start_alone(), owned.options.timeout)
    lab.Running(owned.options.name).check_faults()
    return status


def _replay(options):
    words = ["scripts/lab", "run", "--icount", "--seed", str(options.seed)]
    for flag in ("kernel", "qemu", "driver", "machine", "mem"):
        words += [f"--{flag}", str(getattr(options, flag))]
    for flag, values in (("--nic", options.nic), ("--module", options.module),
                         ("--include", options.include)):
        for value in values:
            words += [flag, value]
    if options.append:
        words += ["--append", options.append]
    words += [flag for flag, wanted in (("--one-hub", options.one_hub),
                                        ("--iommu", options.iommu)) if wanted]
    if options.plugin:
        words += ["--plugin", options.plugin]
    return shlex.join([*words, "--", *options.command])


# --- what they share ---------------------------------------------------------------

def _running(options):
    running = lab.Running(options.name or DEFAULT_NAME)
    running.check_node(options.node)
    return running


def _session(running, node, argv, pty=False, timeout=None):
    console = running.consoles()[node - 1]
    deadline = time.monotonic() + timeout if timeout else None

    def watch():
        if console.is_fatal():
            running.check_faults(everything=True)
        if deadline and time.monotonic() > deadline:
            raise LabError(f"node{node}: {argv[0]} did not end in {timeout:g} s")

    state = running.state
    env = boot_options.environment(state["results"], node, state["nodes"])
    port = Port(running.directory, node, patience=10)
    try:
        return Session(port, Command(argv, os.getcwd(), env, pty), watch).run()
    except LabError:
        running.check_faults()      # a guest that is gone has a reason
        raise
    finally:
        port.close()


# --- the arguments -----------------------------------------------------------------

COMMANDS = (
    ("up", _up, "boot a lab"),
    ("exec", _exec, "run a command in a guest"),
    ("shell", _shell, "open a shell in a guest"),
    ("monitor", _monitor, "have QEMU's monitor do something to a guest"),
    ("log", _log, "print a guest's console"),
    ("down", _down, "end a lab"),
    ("run", _run, "boot a lab, run a command on node 1, end the lab"),
)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, and failures of the lab."""

    def error(self, message):
        print(f"lab: {message}; see {self.prog} --help", file=sys.stderr)
        sys.exit(STATUS_FAILURE)


def _parser():
    parser = _Parser(prog="scripts/lab", epilog=EPILOG,
                     description="QEMU guests that run Weft. doc/lab.md tells more.",
                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, function, text in COMMANDS:
        _add_command(commands, name, function, text)
    return parser


def _add_command(commands, name, function, text):
    command = commands.add_parser(name, help=text, description=text.capitalize() + ".")
    command.set_defaults(function=function)
    command.add_argument("--name", help=f"the lab's name; default: {DEFAULT_NAME}")
    if name in ("exec", "shell", "monitor", "log"):
        command.add_argument("node", type=int, metavar="NODE")
    if name == "exec":
        command.add_argument("--timeout", type=float, metavar="S",
                             help="kill the command after that; default: never")
    if name in ("up", "run"):
        boot_options.add(command)
    if name in ("exec", "monitor", "run"):
        command.usage = command.format_usage().removeprefix("usage: ").rstrip() \
            + " -- COMMAND [ARG...]"
