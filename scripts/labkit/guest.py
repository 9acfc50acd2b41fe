# SPDX-License-Identifier: GPL-2.0
"""One guest: what it boots with and the QEMU that runs it."""

import os
import pathlib
import shlex
import subprocess
import time

from . import agent, backend, files, monitor, network, rootfs
from .errors import LabError
from .initramfs import Image

BOOT_MODULES = ["virtio_pci", "9pnet_virtio", "9p", "overlay", "virtio_console"]
BUSYBOX = pathlib.Path("/bin/busybox")
APPLETS = ["sh", "mount", "mkdir", "insmod", "uname", "cp", "switch_root", "poweroff"]
PORTS = 8
READY = b"weft-lab: ready"
# The slots of the second tell the kernel themselves of a card that comes or goes.
MACHINES = {
    "pc": [],
    "q35": ["-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"],
}


class Guest:
    """Node `node` of a lab, from the lab's options."""

    def __init__(self, options, kernel, directory, node):
        self.options = options
        self.kernel = kernel
        self.directory = directory
        self.node = node
        self.nics = network.nics_of(node, options.nics, options.machine)
        self.process = None
        self._backends = []

    @property
    def name(self):
        """The guest's hostname."""
        return f"node{self.node}"

    @property
    def log(self):
        """The file that the console goes to."""
        return self.directory / f"{self.name}.log"

    @property
    def output(self):
        """The frames of the one command of a deterministic run."""
        return self.directory / f"{self.name}.out"

    def start(self):
        """Starts QEMU. It is killed when this process ends, however it ends."""
        initrd = self.directory / f"{self.name}.initrd"
        initrd.write_bytes(self._initramfs())
        network.write_roms(self.nics, self.directory)
        self.log.touch()
        self.output.touch()
        self._backends = [backend.start(nic, self.directory)
                          for nic in self.nics if nic.backend]
        taps = [number for nic in self.nics for number in nic.descriptors]
        with open(self.directory / f"{self.name}.qemu", "wb") as errors:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *self._command(initrd)],
                stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                start_new_session=True, pass_fds=taps)
        for number in taps:
            os.close(number)

    def stop(self):
        """Ends QEMU at once."""
        for process in [self.process, *self._backends]:
            if process and process.poll() is None:
                process.kill()
                process.wait()

    def check_alive(self):
        """Raises LabError if QEMU has ended."""
        if self.process.poll() is None:
            return
        said = (self.directory / f"{self.name}.qemu").read_text().strip().splitlines()
        why = said[-1] if said else "see its log"
        raise LabError(f"{self.name} ended before it was ready: {why}")

    def wait_for_sockets(self, deadline):
        """Waits until the other nodes can join this one."""
        names = [network.socket_name(nic.index, node) for nic in self.nics
                 for node in range(2, self.options.nodes + 1)]
        while not all((self.directory / name).exists() for name in names):
            self.check_alive()
            if time.monotonic() > deadline:
                raise LabError(f"{self.name} does not open its network sockets")
            time.sleep(0.01)

    def wait_until_ready(self, deadline):
        """Waits until the agent runs."""
        size = 0
        while True:
            if size != self.log.stat().st_size:
                log = self.log.read_bytes()
                if READY in log:
                    return
                size = len(log)
            self.check_alive()
            if time.monotonic() > deadline:
                raise LabError(f"{self.name} did not come up in time")
            time.sleep(0.1)

    # --- the initramfs ----------------------------------------------------------

    def _initramfs(self):
        image = Image()
        for name in ("dev", "proc", "sys"):
            image.directory(name)
        image.device("dev/console", 5, 1)
        image.copy("bin/busybox", BUSYBOX)
        for applet in APPLETS:
            image.link(f"bin/{applet}", "busybox")
        image.copy("init", files.SCRIPTS / "guest/init")
        self._add_boot_modules(image)
        self._add_lab(image)
        if self.options.icount:
            rootfs.add(image, self.kernel, self.options)
        return image.data()

    def _add_boot_modules(self, image):
        order = self.kernel.load_order([] if self.options.once else BOOT_MODULES)
        names = [pathlib.PurePath(path).name for path in order]
        for name, path in zip(names, order):
            image.copy(f"modules/{name}", self.kernel.modules / path)
        image.file("modules/order", "".join(f"{name}\n" for name in names).encode())

    def _add_lab(self, image):
        options = self.options
        image.copy("lab/node", files.SCRIPTS / "guest/node")
        image.copy("lab/agent", agent.ensure())
        texts = {
            "env": self._environment(),
            "ip": network.ip_batch(self.nics, options.nodes),
            "hosts": network.ip_hosts(options.nodes, options.nics),
            "weft-hosts": network.weft_hosts(options.nodes, options.nics),
        }
        if options.once:
            texts["once"] = self._once()
        for name, text in texts.items():
            image.file(f"lab/{name}", text.encode())

    def _environment(self):
        variables = {
            "WEFT_NODE": self.name,
            "WEFT_TREE": str(files.TREE),
            "WEFT_RESULTS": str(self.options.results),
            "WEFT_ROOT": "initramfs" if self.options.icount else "host",
            "WEFT_MODULES": str(self.kernel.modules),
            "WEFT_MODPROBE": " ".join(self.options.modprobe),
            "WEFT_INSMOD": " ".join(self.options.insmod),
            # The kernel's virtio_pci would take these first.
            "WEFT_OVERRIDE": " ".join(
                nic.pci for nic in self.nics
                if nic.model == "virtio" and self.options.driver == "weft"),
            "WEFT_NICS": "".join(f"{nic.mac}={nic.name} " for nic in self.nics),
        }
        return _assignments(variables)

    def _once(self):
        """The script that runs the one command of a deterministic run."""
        variables = self.options.environment(self.node)
        lines = [f"export {line}" for line in _assignments(variables).splitlines()]
        lines.append(f"cd {shlex.quote(os.getcwd())} 2>/dev/null || cd /")
        lines.append(f"exec /lab/agent /dev/ttyS1 {shlex.join(self.options.command)}")
        return "\n".join(lines) + "\n"

    # --- QEMU's command line -----------------------------------------------------

    def _command(self, initrd):
        options = self.options
        return [options.emulator, "-nodefaults", "-no-user-config", "-display", "none",
                "-no-reboot", *self._machine(),
                "-name", f"weft-{options.name}-{self.name}",
                "-m", str(options.mem), "-smp", str(options.smp), *self._accelerator(),
                *(["-device", "intel-iommu"] if options.iommu else []),
                "-kernel", str(self.kernel.image), "-initrd", str(initrd),
                "-append", self._command_line(),
                "-chardev", f"file,id=console,path={self.log}", "-serial", "chardev:console",
                *monitor.qemu_arguments(self.directory, self.node),
                *self._channels(),
                *network.qemu_arguments(self.nics, options.nodes, self.directory,
                                        options.icount, options.one_hub)]

    def _machine(self):
        """The machine; its memory is shared where a back end is to map it."""
        machine = self.options.machine
        if not any(nic.backend == "vhost-user" for nic in self.nics):
            return ["-machine", machine, *MACHINES[machine]]
        return ["-machine", f"{machine},memory-backend=mem", *MACHINES[machine],
                "-object", f"memory-backend-memfd,id=mem,size={self.options.mem}M,share=on"]

    def _accelerator(self):
        options = self.options
        if options.icount:
            return ["-accel", "tcg,thread=single", "-cpu", "max",
                    "-icount", "shift=0,sleep=off", "-rtc", "base=2026-01-01,clock=vm",
                    "-seed", str(options.seed),
                    *(["-plugin", options.plugin] if options.plugin else [])]
        if options.accel == "kvm":
            return ["-accel", "kvm", "-cpu", "host"]
        return ["-accel", "tcg,thread=multi", "-cpu", "max"]

    def _command_line(self):
        words = ["console=ttyS0", "panic=-1", "loglevel=5", "net.ifnames=0",
                 "random.trust_cpu=on", "mitigations=off", "nokaslr"]
        if self.options.accel != "kvm":
            words += ["no_timer_check", "tsc=reliable", "watchdog_thresh=60",
                      "rcupdate.rcu_cpu_stall_timeout=120"]
        if self.kernel.debug:
            words.append("acpi=off")
        if self.options.iommu:
            words += ["intel_iommu=on", "iommu.strict=1"]
        return " ".join(words + [self.options.append]).strip()

    def _channels(self):
        """What joins the guest and the host."""
        if self.options.once:
            return ["-chardev", f"file,id=out,path={self.output}", "-serial", "chardev:out"]
        if self.options.icount:
            return self._ports()
        return self._shares() + self._ports()

    def _shares(self):
        return ["-fsdev", "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap",
                "-device", "virtio-9p-pci,fsdev=root,mount_tag=root",
                "-fsdev", f"local,id=results,path={self.options.results},security_model=none",
                "-device", "virtio-9p-pci,fsdev=results,mount_tag=results"]

    def _ports(self):
        arguments = ["-device", "virtio-serial-pci"]
        for port in range(PORTS):
            path = self.directory / f"{self.name}.port{port}"
            arguments += ["-chardev", f"socket,id=port{port},path={path},server=on,wait=off",
                          "-device", f"virtserialport,chardev=port{port},name=weft.{port}"]
        return arguments


def _assignments(variables):
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())
