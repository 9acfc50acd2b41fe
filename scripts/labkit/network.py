# SPDX-License-Identifier: GPL-2.0
"""The virtual Ethernets of a lab: hubs, sockets, MACs and addresses.

NIC I of node N has the MAC 52:54:00:57:NN:II, the PCI address 00:1I.0, the name
ethI, and the addresses 10.87.I.N/24 and fd57:I::N/64. Its Weft address is the
link-local one that follows from the MAC.

With several nodes, the NICs of one index share an Ethernet: a hub inside the
QEMU of node 1, joined by the other nodes through Unix sockets. With one node,
the NICs of one model share a hub, or with --one-hub all of them.

A NIC is told as MODEL[,PROPERTY=VALUE...]: QEMU's device gets the properties, but for
`backend` and `queues`, which are the lab's. A NIC with a back end is on no hub:

  vhost-user    a process, see vhost/__main__.py, which takes orders on a serial port of
                the guest named `backend.ethI`
  tap           a tap with `queues` queues in a network namespace, see peer.py. The
                host's addresses there are those of node 254

The option ROM of a NIC is blank: all ones. Nothing boots from it, and where a test
lays it over the registers, they read like those of a card that was pulled out.
"""

import dataclasses

MODELS = {"e1000": "e1000", "e1000e": "e1000e", "virtio": "virtio-net-pci"}
INTREE_MODULES = {"e1000": "e1000", "e1000e": "e1000e", "virtio": "virtio_net"}
BACKENDS = ["vhost-user", "tap"]
QUEUES_MAX = 16
# The node that the host is to a NIC with a tap.
PEER = 254
FIRST_SLOT = 0x10
# Bytes of a NIC's registers in memory, and so of its option ROM.
ROM_SIZES = {"e1000": 0x20000, "e1000e": 0x20000, "virtio": 0x4000}


@dataclasses.dataclass(frozen=True)
class Nic:
    """NIC `index` of node `node`, both as the user counts them.

    `descriptors` are the queues of its tap, once that is there.
    """

    node: int
    index: int
    model: str
    properties: str = ""
    backend: str = ""
    queues: int = 1
    machine: str = "pc"
    descriptors: list = dataclasses.field(default_factory=list, compare=False)

    @property
    def name(self):
        """The name of the network device in the guest."""
        return f"eth{self.index}"

    @property
    def mac(self):
        """The MAC address."""
        return f"52:54:00:57:{self.node:02x}:{self.index:02x}"

    @property
    def pci(self):
        """The PCI address, in the guest's notation. Behind each slot is a bus."""
        if self.machine == "q35":
            return f"0000:{self.index + 1:02x}:00.0"
        return f"0000:00:{FIRST_SLOT + self.index:02x}.0"

    @property
    def ipv4(self):
        """The IPv4 address, without the prefix length."""
        return f"10.87.{self.index}.{self.node}"

    @property
    def ipv6(self):
        """The IPv6 address, without the prefix length."""
        return f"fd57:{self.index}::{self.node}"

    @property
    def weft(self):
        """The link-local Weft address."""
        return f"fe80:5254:57:{self.node << 8 | self.index:x}"


def nics_of(node, models, machine="pc"):
    """The NICs of one node."""
    return [Nic(node, index, *_split(model), machine) for index, model in enumerate(models)]


def peer_of(nic):
    """The host's end of a NIC's tap, as if it were one."""
    return dataclasses.replace(nic, node=PEER)


def _split(text):
    """The model, the device's properties, the back end if it is not a hub, and the queues."""
    model, *properties = text.split(",")
    ours = dict(each.split("=", 1) for each in properties
                if each.startswith(("backend=", "queues=")))
    theirs = "".join(f",{each}" for each in properties if each.split("=")[0] not in ours)
    queues = ours.get("queues", "1")
    return model, theirs, ours.get("backend", ""), int(queues) if queues.isdecimal() else 0


def model_of(text):
    """The model of a NIC as the user tells it."""
    return _split(text)[0]


def backend_of(text):
    """The back end of a NIC as the user tells it; nothing if that is a hub."""
    return _split(text)[2]


def queues_of(text):
    """How many queue pairs it has, as the user tells it; 0 for what is not a number."""
    return _split(text)[3]


# --- what QEMU is told ----------------------------------------------------------

def socket_name(index, node):
    """The Unix socket that joins NIC `index` of `node` to the hub on node 1."""
    return f"net{index}-{node}"


def rom(model, directory):
    """The file with the option ROM of NICs of a model."""
    return directory / f"{model}.rom"


def write_roms(nics, directory):
    """Makes the option ROMs."""
    for model in {nic.model for nic in nics}:
        rom(model, directory).write_bytes(b"\xff" * ROM_SIZES[model])


def backend_socket(nic, directory):
    """The Unix socket on which a NIC's back end is a device."""
    return directory / f"{nic.name}.device"


def backend_control(nic, directory):
    """The Unix socket on which it takes orders."""
    return directory / f"{nic.name}.control"


def _listen(name, directory):
    return ["-netdev", f"stream,id={name},server=on,addr.type=unix,"
                       f"addr.path={directory}/{name}"]


def _connect(name, directory):
    return ["-netdev", f"stream,id={name},server=off,addr.type=unix,"
                       f"addr.path={directory}/{name}"]


def _hub_port(hub, name, backend=None):
    join = f",netdev={backend}" if backend else ""
    return ["-netdev", f"hubport,id={name},hubid={hub}{join}"]


def _device(nic, netdev, directory, exact=False):
    """A NIC. One of exact time does its work at once or by the guest's clock, not when
    QEMU comes to it."""
    late = ",ioeventfd=off,tx=timer,x-txtimer=1000" if exact and nic.model == "virtio" else ""
    late += _vectors(nic)
    slot, place = _place(nic)
    return [*slot, "-device", f"{MODELS[nic.model]},id={nic.name},netdev={netdev},"
                              f"mac={nic.mac},{place},romfile={rom(nic.model, directory)}"
                              f"{late}{nic.properties}"]


def _vectors(nic):
    """A vhost-user NIC has no MSI-X: QEMU 7.2 without KVM crashes else."""
    if nic.backend == "tap":
        return f",mq=on,vectors={2 * nic.queues + 2}"
    return ",vectors=0" if nic.backend else ""


def _place(nic):
    """What the NIC's slot takes, if it is a device itself, and where the NIC is then."""
    addr = f"addr={FIRST_SLOT + nic.index:#x}"
    if nic.machine == "pc":
        return [], addr
    slot = f"slot{nic.index}"
    return ["-device", f"pcie-root-port,id={slot},chassis={nic.index + 1},{addr}"], f"bus={slot}"


def _own_backend(nic, directory):
    """A NIC with a back end."""
    name = f"nic{nic.index}"
    if nic.backend == "tap":
        queues = ":".join(map(str, nic.descriptors))
        return ["-netdev", f"tap,id={name},fds={queues},vhost=off",
                *_device(nic, name, directory)]
    path, port = backend_socket(nic, directory), backend_control(nic, directory)
    return ["-chardev", f"socket,id=back{nic.index},path={path}",
            "-netdev", f"vhost-user,id={name},chardev=back{nic.index}",
            *_device(nic, name, directory),
            "-chardev", f"socket,id=control{nic.index},path={port}",
            "-device", f"virtserialport,chardev=control{nic.index},name=backend.{nic.name}"]


def _one_node(nics, directory, exact, one_hub):
    arguments = []
    for nic in nics:
        if nic.backend:
            arguments += _own_backend(nic, directory)
    nics = [nic for nic in nics if not nic.backend]
    hubs = [0 if one_hub else list(MODELS).index(nic.model) for nic in nics]
    for nic, hub in zip(nics, hubs):
        arguments += _hub_port(hub, f"nic{nic.index}")
        arguments += _device(nic, f"nic{nic.index}", directory, exact)
        if hubs.count(hub) == 1:
            # A virtio NIC blocks for ever on a hub without another port: this
            # one has no peer and drops what it gets.
            sink = f"sink{nic.index}"
            arguments += _listen(sink, directory)
            arguments += _hub_port(hub, f"port-{sink}", sink)
    return arguments


def _first_node(nics, nodes, directory):
    arguments = []
    for nic in nics:
        arguments += _hub_port(nic.index, f"nic{nic.index}")
        arguments += _device(nic, f"nic{nic.index}", directory)
        for node in range(2, nodes + 1):
            name = socket_name(nic.index, node)
            arguments += _listen(name, directory)
            arguments += _hub_port(nic.index, f"port-{name}", name)
    return arguments


def _other_node(nics, directory):
    arguments = []
    for nic in nics:
        name = socket_name(nic.index, nic.node)
        arguments += _connect(name, directory) + _device(nic, name, directory)
    return arguments


def qemu_arguments(nics, nodes, directory, exact=False, one_hub=False):
    """The arguments that give a node its NICs, of exact time in deterministic runs."""
    if not nics:
        return ["-nic", "none"]
    if nodes == 1:
        return _one_node(nics, directory, exact, one_hub)
    if nics[0].node == 1:
        return _first_node(nics, nodes, directory)
    return _other_node(nics, directory)


# --- what the guest is told -----------------------------------------------------

def ip_batch(nics, nodes):
    """What `ip -batch` does in a node.

    A guest that is alone sets up its first NIC only: the others wait to be
    moved into network namespaces.
    """
    lines = ["link set lo up"]
    for nic in nics if nodes > 1 else nics[:1]:
        lines += [f"addr add {nic.ipv4}/24 dev {nic.name}",
                  f"addr add {nic.ipv6}/64 dev {nic.name} nodad",
                  f"link set {nic.name} up"]
    return "\n".join(lines) + "\n"


def _node_names(nic):
    return f"node{nic.node}" if nic.index == 0 else f"node{nic.node}-{nic.name}"


def ip_hosts(nodes, models):
    """/etc/hosts: the nodes by their first NIC, nodeN-ethI by the others."""
    lines = ["127.0.0.1 localhost", "::1 localhost"]
    for node in range(1, nodes + 1):
        for nic in nics_of(node, models):
            lines += [f"{nic.ipv4} {_node_names(nic)}", f"{nic.ipv6} {_node_names(nic)}"]
    return "\n".join(lines) + "\n"


def weft_hosts(nodes, models):
    """/etc/weft/hosts, with the scope that every node sees the others through."""
    lines = [f"{nic.weft}%{nic.name} {_node_names(nic)}"
             for node in range(1, nodes + 1) for nic in nics_of(node, models)]
    return "\n".join(lines) + "\n"
