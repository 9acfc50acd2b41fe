/* SPDX-License-Identifier: GPL-2.0 */
/*
 * weftnic: what the device-independent core and the back ends share.
 *
 * The core owns the net_device, the rings' memory, buffers, skbs, NAPI, BQL,
 * ethtool and the order of bringing up and down. A back end owns registers and
 * descriptors. Cold calls go through struct weftnic_hw_ops; the per-packet
 * code is in rx.h and tx.h, as templates that each back end instantiates.
 *
 * Locks, outermost first:
 *   rtnl                 rings, configuration, up and down
 *   weftnic_adapter.phy_lock    (mutex) one MDIO transaction at a time
 *   netif_tx_lock        a transmit ring, its reclaim included
 *   weftnic_adapter.filter_lock (spinlock, BH off) receive filters and control
 *   weftnic_adapter.stats_lock  (spinlock, BH off) totals of device counters
 * A receive ring belongs to its NAPI instance and needs no lock.
 */
#ifndef WEFTNIC_H
#define WEFTNIC_H

#include <linux/bpf.h>
#include <linux/dim.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>
#include <net/xdp.h>

#define WEFTNIC_NAME		"weftnic"

/* Most queue pairs of a device; each has a NAPI instance. */
#define WEFTNIC_MAX_VECTORS	4
/* Room for the name of an interrupt: the interface's, and "-rx0" or longer. */
#define WEFTNIC_IRQ_NAME	(IFNAMSIZ + 16)

/* The frame that a given MTU needs, without FCS, with one VLAN tag. */
#define WEFTNIC_MAX_FRAME(mtu)	((mtu) + ETH_HLEN + VLAN_HLEN)

struct ethtool_rxfh_fields;
struct ethtool_rxfh_param;
struct netdev_stat_ops;
struct weftnic_adapter;
struct weftnic_rx_ring;
struct weftnic_tx_ring;
struct xsk_buff_pool;

/**
 * struct weftnic_rx_stats - counters of one receive queue
 * @packets: good frames, whether for the stack or for an XDP program
 * @bytes: their bytes, Ethernet header included, FCS excluded
 * @chains: frames that took more than one descriptor
 * @csum_ok: frames whose checksum the device found right
 * @csum_bad: frames whose checksum the device found wrong (handed on)
 * @length_errors: descriptors whose length cannot be (zero or past the buffer)
 * @chain_errors: frames that never ended or outgrew an skb
 * @device_errors: frames that the device marked as damaged
 * @no_skb: frames dropped because no skb could be had
 * @no_page: times that refilling the ring found no page
 * @polls: NAPI polls
 * @xdp_pass: frames that an XDP program left to the stack
 * @xdp_drop: frames that it dropped
 * @xdp_tx: frames that it sent back
 * @xdp_redirect: frames that it sent elsewhere
 * @xdp_errors: frames dropped because it failed, or what it asked for did
 * @xsk: frames received into chunks of AF_XDP sockets
 * @xsk_no_chunk: polls that found too few of those
 * @bad_used: times that the device told of a buffer what cannot be (virtio)
 *
 * Written by the queue's NAPI poll only, under @syncp of the vector.
 */
struct weftnic_rx_stats {
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t chains;
	u64_stats_t csum_ok;
	u64_stats_t csum_bad;
	u64_stats_t length_errors;
	u64_stats_t chain_errors;
	u64_stats_t device_errors;
	u64_stats_t no_skb;
	u64_stats_t no_page;
	u64_stats_t polls;
	u64_stats_t xdp_pass;
	u64_stats_t xdp_drop;
	u64_stats_t xdp_tx;
	u64_stats_t xdp_redirect;
	u64_stats_t xdp_errors;
	u64_stats_t xsk;
	u64_stats_t xsk_no_chunk;
	u64_stats_t bad_used;
};

/**
 * struct weftnic_tx_stats - counters of one transmit queue
 * @packets: frames on the wire that the device has reported done; the segments
 *	of a segmented skb count singly
 * @bytes: their bytes, headers of all segments included, FCS excluded
 * @tso: skbs that the device segmented (TCP over IPv4, streams of Weft)
 * @tso_soft: skbs that the driver segmented into descriptors (IPv6)
 * @csum: skbs whose checksum the device filled in
 * @contexts: context descriptors written
 * @doorbells: writes of the tail register
 * @reminders: of those, the ones of nothing new, since the device had not moved (virtio)
 * @irq_arms: times that a completion had to be waited for by interrupt
 * @busy: skbs refused because the ring was full
 * @map_errors: skbs dropped because they could not be mapped for DMA
 * @too_long: skbs dropped because they need more descriptors than the ring
 *	has: made for a longer one, they waited while it was changed
 * @xdp: of the frames, those that came from XDP, this device's or another's
 * @xsk: of those, the ones sent from chunks of AF_XDP sockets
 * @bad_used: times that the device told of a frame what cannot be (virtio)
 *
 * Written with the queue's netif_tx_lock held only.
 */
struct weftnic_tx_stats {
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t tso;
	u64_stats_t tso_soft;
	u64_stats_t csum;
	u64_stats_t contexts;
	u64_stats_t doorbells;
	u64_stats_t reminders;
	u64_stats_t irq_arms;
	u64_stats_t busy;
	u64_stats_t map_errors;
	u64_stats_t too_long;
	u64_stats_t xdp;
	u64_stats_t xsk;
	u64_stats_t bad_used;
};

/**
 * struct weftnic_vector - a queue pair and what polls it
 * @napi: polls both rings
 * @rx: receive ring; NULL while down
 * @tx: transmit ring; NULL while down
 * @adapter: owner
 * @index: number of the queue pair
 * @tx_armed: a transmit completion interrupt will come; written with the
 *	queue's netif_tx_lock held. Here, since the interrupt handler reads it
 *	while rings come and go
 * @adaptive: let net_dim choose @usecs (rtnl)
 * @usecs: least time between two interrupts, in microseconds
 * @events: interrupts' worth of polls seen, for net_dim
 * @dim: net_dim's state; its work writes the device's moderation register
 * @tx_since: since when the service has seen frames outstanding and none reported
 *	done, in jiffies; 0 for none outstanding
 * @tx_seen: how many were reported then
 * @rx_irq_name: of its receive interrupt, where it has one of its own
 * @tx_irq_name: of its transmit interrupt, likewise
 * @rx_stats: receive counters; they outlive the rings
 * @rx_syncp: guards @rx_stats on 32-bit machines
 * @tx_stats: transmit counters; they outlive the rings
 * @tx_syncp: guards @tx_stats on 32-bit machines
 * @xsk_rxq: what XDP knows of this queue while AF_XDP sockets give the chunks;
 *	they look at it whether there are rings or not
 */
struct weftnic_vector {
	struct napi_struct napi;
	struct weftnic_rx_ring *rx;
	struct weftnic_tx_ring *tx;
	struct weftnic_adapter *adapter;
	u16 index;
	bool tx_armed;
	bool adaptive;
	u16 usecs;
	u16 events;
	struct dim dim;
	u64 tx_seen;
	unsigned long tx_since;
	char rx_irq_name[WEFTNIC_IRQ_NAME];
	char tx_irq_name[WEFTNIC_IRQ_NAME];
	struct weftnic_rx_stats rx_stats;
	struct u64_stats_sync rx_syncp;
	struct weftnic_tx_stats tx_stats;
	struct u64_stats_sync tx_syncp;
	struct xdp_rxq_info xsk_rxq;
};

/**
 * struct weftnic_rings - a complete set of rings, not yet in use
 * @rx: receive rings by vector
 * @tx: transmit rings by vector
 *
 * A change of configuration builds a new set first and swaps it in only when
 * it is whole, so that a failure leaves the device as it was.
 */
struct weftnic_rings {
	struct weftnic_rx_ring *rx[WEFTNIC_MAX_VECTORS];
	struct weftnic_tx_ring *tx[WEFTNIC_MAX_VECTORS];
};

/**
 * struct weftnic_config - what decides the rings' memory
 * @rx_count: descriptors of a receive ring, a power of two
 * @tx_count: descriptors of a transmit ring, a power of two
 * @mtu: largest network-layer packet, in bytes
 * @queues: queue pairs in use
 * @prog: XDP program, or NULL; the device's reference is this one
 * @xsk: by queue, the chunks of AF_XDP sockets that send without a copy and, with
 *	a program, receive so; NULL for none
 */
struct weftnic_config {
	u16 rx_count;
	u16 tx_count;
	u16 mtu;
	u16 queues;
	struct bpf_prog *prog;
	struct xsk_buff_pool *xsk[WEFTNIC_MAX_VECTORS];
};

/* Sizes that receive side scaling has in every device that has it. */
#define WEFTNIC_RSS_TABLE	128
#define WEFTNIC_RSS_KEY		40

/**
 * struct weftnic_rss - how received flows are spread over the queues
 * @usable: the device can do it; the back end has found out by the end of its probe
 * @table: queue by the low seven bits of a flow's hash
 * @key: of the Toeplitz hash
 */
struct weftnic_rss {
	bool usable;
	u8 table[WEFTNIC_RSS_TABLE];
	u8 key[WEFTNIC_RSS_KEY];
};

/**
 * struct weftnic_link - link state as the back end found it
 * @up: carrier present
 * @duplex: DUPLEX_HALF or DUPLEX_FULL
 * @speed: in Mbit/s
 * @rx_pause: pause frames are obeyed
 * @tx_pause: pause frames are sent
 */
struct weftnic_link {
	bool up;
	u8 duplex;
	u32 speed;
	bool rx_pause;
	bool tx_pause;
};

/**
 * struct weftnic_hw_stat - one counter that the device keeps
 * @name: as ethtool -S shows it
 * @reg: register offset in bytes; of the low half for a 64-bit counter
 * @wide: 64 bits, the high half in the next register
 */
struct weftnic_hw_stat {
	char name[ETH_GSTRING_LEN];
	u32 reg;
	bool wide;
};

/**
 * struct weftnic_hw_totals - device counters that the core itself reports
 * @rx_missed: frames lost for want of a receive descriptor or FIFO space
 * @rx_crc_errors: frames with a bad FCS
 * @rx_length_errors: undersized and oversized frames
 * @rx_errors: frames damaged in any way
 * @multicast: multicast frames received
 * @collisions: collisions seen by the transmitter
 * @tx_errors: frames given up by the transmitter
 */
struct weftnic_hw_totals {
	u64 rx_missed;
	u64 rx_crc_errors;
	u64 rx_length_errors;
	u64 rx_errors;
	u64 multicast;
	u64 collisions;
	u64 tx_errors;
};

/**
 * struct weftnic_hw_ops - a back end's cold path
 * @name: the device's name, for the log
 * @priv_size: bytes of private memory, at &weftnic_adapter.priv
 * @netdev_ops: made with WEFTNIC_NETDEV_OPS and the back end's own transmit
 * @poll: NAPI poll
 * @irq: handler of the only interrupt, INTx (maybe shared) or MSI; its argument
 *	is the adapter
 * @irq_queue: handler of a queue's own interrupt (MSI-X), receive or transmit;
 *	its argument is the vector. NULL for a device without MSI-X
 * @irq_other: with it, handler of what is no queue's; its argument is the adapter
 * @alive_reg: a register that never reads as all ones on a present device
 * @map: once, instead of mapping BAR 0: map the device, and narrow what the
 *	adapter has from here (@max_queues, @rx_max, @tx_max, @max_mtu,
 *	@features; &weftnic_adapter.hw may become another of the same
 *	@priv_size). Process context. 0 or -errno, with nothing left behind
 * @unmap: undo @map; given if that is
 * @is_gone: instead of looking at @alive_reg: whether the device was pulled
 *	out. Any context
 * @max_queues: most queue pairs
 * @ring_min: fewest descriptors of a ring
 * @ring_max: most descriptors of a ring
 * @rx_desc_size: bytes of a receive descriptor
 * @tx_desc_size: bytes of a transmit descriptor
 * @max_mtu: largest MTU
 * @max_usecs: longest interrupt moderation
 * @dma_bits: width of the DMA addresses that it bears
 * @soft_tso6: as in its struct weftnic_txd_ops
 * @features: offered and on
 * @features_off: offered, but off at first
 * @hw_stats: device counters; their totals are &weftnic_adapter.hw_stats
 * @n_hw_stats: number of @hw_stats
 * @regs: register offsets for ethtool -d; none may have a read side effect
 * @n_regs: number of @regs
 * @read_reg: how to read one of @regs, if not by weftnic_read()
 * @rx_ring_init: optional: make &weftnic_rx_ring.priv. May sleep. 0 or -errno
 * @rx_ring_exit: undo it; also of a ring that has none
 * @tx_ring_init: make &weftnic_tx_ring.priv, instead of the memory for headers
 *	of frames that the driver segments. May sleep. 0 or -errno
 * @tx_ring_exit: undo it; also of a ring that has none
 * @probe: once: learn the device, reset it, set the netdev's address. Process
 *	context. 0 or -errno; leaves nothing behind on error
 * @reset: bring the device from any state to a quiet one with DMA and
 *	interrupts off, filters cleared and the PHY kept. May sleep; bounded.
 *	0 or -errno (device gone, does not come out of reset)
 * @start: give the device its rings (&weftnic_vector.rx, .tx) and start both
 *	directions; interrupts stay off. rtnl; cannot fail
 * @stop: end all DMA; may sleep; bounded. rtnl
 * @set_filter: bring the device's filters to what the netdev's lists, flags
 *	and &weftnic_adapter.vlans ask. filter_lock held
 * @filter_wait: optional: wait until the device does what @set_filter was asked.
 *	rtnl held; may sleep; bounded
 * @set_vlan_strip: bring VLAN stripping to what the netdev's features ask.
 *	filter_lock held; called only if @features have it
 * @link: find the link's state; may sleep
 * @irq_arm: enable interrupts of a vector; @tx adds transmit completion
 * @irq_arm_tx: enable transmit completion only; netif_tx_lock held. For
 *	weftnic_tx_flush()
 * @tx_flush: ring the doorbell of a transmit ring for what it was not rung for yet,
 *	and reclaim. netif_tx_lock held
 * @tx_paused: whether the other end of the link keeps it from sending. NULL: what is
 *	behind the device may do so for any time without a word. Then only the stack's
 *	own watch finds a hang
 * @irq_mask: disable all interrupts
 * @set_moderation: write a vector's @usecs to the device; NULL if it has none
 * @set_rss: bring the device, which is up, to what &weftnic_adapter.rss says; rtnl.
 *	0 or -errno. For devices where that is usable
 * @get_link_ksettings: as ethtool's; may sleep
 * @set_link_ksettings: as ethtool's; may sleep. Optional
 * @restart_autoneg: begin a new negotiation; may sleep. 0 or -errno. Optional
 * @set_pause: advertise pause frames, or with negotiation off use them so.
 *	Optional
 * @read_eeprom: one 16-bit word by word offset; may sleep. 0 or -errno.
 *	Optional
 * @eeprom_words: number of such words
 * @sum_totals: fill the totals from &weftnic_adapter.hw_stats; stats_lock
 *	held. Optional
 * @mac_stats: ethtool's group eth-mac, likewise. Optional, as the next three
 * @ctrl_stats: ethtool's group eth-ctrl, likewise
 * @rmon_stats: ethtool's group rmon by weftnic_rmon_ranges, likewise
 * @pause_stats: ethtool's pause frames, likewise
 * @irq_raise: make the device interrupt for a vector. May sleep
 * @set_loopback: send frames back to oneself, or end that. May sleep. 0 or -errno
 * @test_registers: try the registers of a stopped device, which is reset after
 *	that. May sleep. 0 or -errno. NULL: the device has no self-test
 * @test_eeprom: see whether the EEPROM is whole. May sleep. 0 or -errno
 * @set_led: make the port known by its light
 * @wake_modes: the WAKE_* bits that the device bears
 * @set_wake: before sleep: what to wake up for. May sleep
 */
struct weftnic_hw_ops {
	const char *name;
	size_t priv_size;
	const struct net_device_ops *netdev_ops;
	int (*poll)(struct napi_struct *napi, int budget);
	irqreturn_t (*irq)(int irq, void *data);
	irqreturn_t (*irq_queue)(int irq, void *data);
	irqreturn_t (*irq_other)(int irq, void *data);
	u32 alive_reg;
	u16 max_queues;
	u16 ring_min;
	u16 ring_max;
	u16 rx_desc_size;
	u16 tx_desc_size;
	u16 max_mtu;
	u16 max_usecs;
	u8 dma_bits;
	bool soft_tso6;
	netdev_features_t features;
	netdev_features_t features_off;
	const struct weftnic_hw_stat *hw_stats;
	unsigned int n_hw_stats;
	const u32 *regs;
	unsigned int n_regs;
	u32 (*read_reg)(struct weftnic_adapter *ad, u32 reg);

	int (*map)(struct weftnic_adapter *ad);
	void (*unmap)(struct weftnic_adapter *ad);
	bool (*is_gone)(struct weftnic_adapter *ad);
	int (*rx_ring_init)(struct weftnic_rx_ring *ring);
	void (*rx_ring_exit)(struct weftnic_rx_ring *ring);
	int (*tx_ring_init)(struct weftnic_tx_ring *ring);
	void (*tx_ring_exit)(struct weftnic_tx_ring *ring);
	int (*probe)(struct weftnic_adapter *ad);
	int (*reset)(struct weftnic_adapter *ad);
	void (*start)(struct weftnic_adapter *ad);
	void (*stop)(struct weftnic_adapter *ad);
	void (*set_filter)(struct weftnic_adapter *ad);
	void (*filter_wait)(struct weftnic_adapter *ad);
	void (*set_vlan_strip)(struct weftnic_adapter *ad);
	void (*link)(struct weftnic_adapter *ad, struct weftnic_link *link);
	void (*irq_arm)(struct weftnic_vector *vec, bool tx);
	void (*irq_arm_tx)(struct weftnic_vector *vec);
	void (*tx_flush)(struct weftnic_tx_ring *ring);
	bool (*tx_paused)(struct weftnic_adapter *ad);
	void (*irq_mask)(struct weftnic_adapter *ad);
	void (*set_moderation)(struct weftnic_vector *vec);
	int (*set_rss)(struct weftnic_adapter *ad);
	int (*get_link_ksettings)(struct weftnic_adapter *ad,
				  struct ethtool_link_ksettings *ks);
	int (*set_link_ksettings)(struct weftnic_adapter *ad,
				  const struct ethtool_link_ksettings *ks);
	int (*restart_autoneg)(struct weftnic_adapter *ad);
	int (*set_pause)(struct weftnic_adapter *ad);
	int (*read_eeprom)(struct weftnic_adapter *ad, u16 offset, u16 *word);
	u16 eeprom_words;
	void (*sum_totals)(struct weftnic_adapter *ad,
			   struct weftnic_hw_totals *totals);
	void (*mac_stats)(struct weftnic_adapter *ad,
			  struct ethtool_eth_mac_stats *mac);
	void (*ctrl_stats)(struct weftnic_adapter *ad,
			   struct ethtool_eth_ctrl_stats *ctrl);
	void (*rmon_stats)(struct weftnic_adapter *ad,
			   struct ethtool_rmon_stats *rmon);
	void (*pause_stats)(struct weftnic_adapter *ad,
			    struct ethtool_pause_stats *pause);
	void (*irq_raise)(struct weftnic_vector *vec);
	int (*set_loopback)(struct weftnic_adapter *ad, bool on);
	int (*test_registers)(struct weftnic_adapter *ad);
	int (*test_eeprom)(struct weftnic_adapter *ad);
	void (*set_led)(struct weftnic_adapter *ad,
			enum ethtool_phys_id_state state);
	u32 (*wake_modes)(struct weftnic_adapter *ad);
	void (*set_wake)(struct weftnic_adapter *ad, u32 modes);
};

/*
 * Jiffies between two runs of the service: device counters of 32 bits are read
 * before they can wrap.
 */
#define WEFTNIC_SERVICE_PERIOD	(10 * HZ)

/* &weftnic_adapter.flags: while there is one, the service may run. */
enum weftnic_flag {
	/* Between weftnic_up() and weftnic_down(). */
	WEFTNIC_UP,
	/* The last reset has failed; the service has it tried again. */
	WEFTNIC_STUCK,
};

/**
 * struct weftnic_adapter - one device, from probe to remove
 * @regs: its registers, or NULL once it is known to be gone
 * @netdev: the interface; this struct is its private part
 * @hw: back end
 * @n_vectors: queue pairs in use, as &weftnic_adapter.cfg says
 * @max_vectors: most that can be in use, by the device and its interrupts
 * @max_queues: most that the device has, at most those of @hw
 * @rx_max: most descriptors of its receive rings
 * @tx_max: most descriptors of its transmit rings
 * @max_mtu: its largest MTU
 * @features: what of the interface's features it can do
 * @msix: every queue has interrupts of its own
 * @flags: &enum weftnic_flag, atomic
 * @vec: interrupts and queue pairs
 * @pdev: the PCI device
 * @bar: what @regs was mapped as, for unmapping
 * @cfg: ring sizes and MTU in force (rtnl)
 * @rss: how received flows are spread (rtnl)
 * @link: state last reported (service work, or rtnl while that is cancelled)
 * @other_irq_name: of the interrupt that is no queue's, where there is one
 * @pause_autoneg: negotiate pause frames (rtnl)
 * @rx_pause: obey pause frames if not negotiated (rtnl)
 * @tx_pause: send pause frames if not negotiated (rtnl)
 * @msg_enable: NETIF_MSG_* bits
 * @wake: WAKE_* bits: what to wake the machine for when it sleeps (rtnl)
 * @service: link, device counters, rescue of a starved receive ring
 * @reset_work: gets the device going again
 * @fault: why, if it is for users to know, else NULL; a constant
 * @devlink: what users see of the device
 * @reporter: of @fault
 * @tx_timeouts: transmit timeouts seen
 * @resets: resets done because of them or of a link lost under traffic
 * @filter_lock: receive filters, VLAN set and receive control register
 * @vlans: VLAN identifiers to let through (filter_lock)
 * @phy_lock: one MDIO transaction at a time
 * @stats_lock: @hw_stats
 * @hw_stats: totals of the device's own counters
 * @priv: the back end's private part
 */
struct weftnic_adapter {
	void __iomem *regs;
	struct net_device *netdev;
	const struct weftnic_hw_ops *hw;
	unsigned int n_vectors;
	unsigned int max_vectors;
	u16 max_queues;
	u16 rx_max;
	u16 tx_max;
	u16 max_mtu;
	netdev_features_t features;
	bool msix;
	unsigned long flags;
	struct weftnic_vector vec[WEFTNIC_MAX_VECTORS];

	struct pci_dev *pdev;
	void __iomem *bar;
	struct weftnic_config cfg;
	struct weftnic_rss rss;
	struct weftnic_link link;
	char other_irq_name[WEFTNIC_IRQ_NAME];
	bool pause_autoneg;
	bool rx_pause;
	bool tx_pause;
	u32 msg_enable;
	u32 wake;
	struct delayed_work service;
	struct work_struct reset_work;
	const char *fault;
	struct devlink *devlink;
	struct devlink_health_reporter *reporter;
	u64 tx_timeouts;
	u64 resets;

	spinlock_t filter_lock; /* receive filters and control register */
	DECLARE_BITMAP(vlans, VLAN_N_VID);
	struct mutex phy_lock; /* MDIO transactions */
	spinlock_t stats_lock; /* totals of the device's counters */
	u64 *hw_stats;
	void *priv;
};

/* --- registers ------------------------------------------------------------ */

u32 weftnic_read_all_ones(struct weftnic_adapter *ad);

/**
 * weftnic_read() - read a device register
 * @ad: adapter
 * @reg: offset in bytes
 *
 * Any context. All ones once the device is gone: a caller that waits for a bit
 * must bound its wait, and one that uses a bit must be right with it set.
 *
 * Return: the register, in CPU byte order.
 */
static inline u32 weftnic_read(struct weftnic_adapter *ad, u32 reg)
{
	void __iomem *regs = READ_ONCE(ad->regs);
	u32 val;

	if (unlikely(!regs))
		return ~0U;
	val = readl(regs + reg);
	if (unlikely(val == ~0U))
		return weftnic_read_all_ones(ad);
	return val;
}

/**
 * weftnic_write() - write a device register
 * @ad: adapter
 * @reg: offset in bytes
 * @val: value, in CPU byte order
 *
 * Any context. Memory written before is visible to the device first. Nothing
 * happens once the device is gone.
 */
static inline void weftnic_write(struct weftnic_adapter *ad, u32 reg, u32 val)
{
	void __iomem *regs = READ_ONCE(ad->regs);

	if (likely(regs))
		writel(val, regs + reg);
}

/* --- netdev.c -------------------------------------------------------------- */

int weftnic_open(struct net_device *dev);
int weftnic_stop(struct net_device *dev);
int weftnic_change_mtu(struct net_device *dev, int mtu);
int weftnic_set_mac(struct net_device *dev, void *addr);
int weftnic_reconfigure(struct weftnic_adapter *ad,
			const struct weftnic_config *cfg);
void weftnic_switch_xsk(struct weftnic_adapter *ad, unsigned int queue,
			struct xsk_buff_pool *pool);
void weftnic_give_back(struct weftnic_adapter *ad);
void weftnic_detach(struct weftnic_adapter *ad);
int weftnic_attach(struct weftnic_adapter *ad);
int weftnic_reset(struct weftnic_adapter *ad);
void weftnic_reset_task(struct work_struct *work);

/* --- service.c ------------------------------------------------------------- */

void weftnic_service_task(struct work_struct *work);
void weftnic_service_soon(struct weftnic_adapter *ad, unsigned long delay);

/* --- features.c ------------------------------------------------------------ */

int weftnic_set_features(struct net_device *dev, netdev_features_t features);
netdev_features_t weftnic_fix_features(struct net_device *dev,
				       netdev_features_t features);
netdev_features_t weftnic_features_check(struct sk_buff *skb,
					 struct net_device *dev,
					 netdev_features_t features);

/* --- tx.c ------------------------------------------------------------------ */

void weftnic_tx_timeout(struct net_device *dev, unsigned int txqueue);
void weftnic_tx_watch(struct weftnic_vector *vec);

/* --- irq.c ----------------------------------------------------------------- */

int weftnic_irqs_alloc(struct weftnic_adapter *ad);
void weftnic_irqs_free(struct weftnic_adapter *ad);
int weftnic_irqs_request(struct weftnic_adapter *ad);
void weftnic_irqs_release(struct weftnic_adapter *ad);
void weftnic_irqs_synchronize(struct weftnic_adapter *ad);
void weftnic_irqs_spread(struct weftnic_adapter *ad);
int weftnic_irq_of(struct weftnic_adapter *ad, unsigned int queue, bool tx);

/* --- channels.c ------------------------------------------------------------ */

void weftnic_get_channels(struct net_device *dev, struct ethtool_channels *ch);
int weftnic_set_channels(struct net_device *dev, struct ethtool_channels *ch);
void weftnic_channels_show(struct weftnic_adapter *ad);
void weftnic_channels_hide(struct weftnic_adapter *ad);

/* --- xdp.c ----------------------------------------------------------------- */

int weftnic_bpf(struct net_device *dev, struct netdev_bpf *bpf);
bool weftnic_xdp_fits(const struct bpf_prog *prog, int mtu);

/* --- xsk.c ----------------------------------------------------------------- */

int weftnic_xsk_setup(struct weftnic_adapter *ad, struct xsk_buff_pool *pool,
		      u16 queue);
int weftnic_xsk_wakeup(struct net_device *dev, u32 queue, u32 flags);
bool weftnic_xsk_fits(const struct weftnic_config *cfg);

/* --- rss.c ----------------------------------------------------------------- */

void weftnic_rss_init(struct weftnic_adapter *ad);
void weftnic_rss_spread(struct weftnic_adapter *ad);
u32 weftnic_get_rxfh_indir_size(struct net_device *dev);
u32 weftnic_get_rxfh_key_size(struct net_device *dev);
int weftnic_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *param);
int weftnic_set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *param,
		     struct netlink_ext_ack *extack);
int weftnic_get_rxfh_fields(struct net_device *dev,
			    struct ethtool_rxfh_fields *fields);
u32 weftnic_get_rx_ring_count(struct net_device *dev);

/* --- filter.c -------------------------------------------------------------- */

void weftnic_set_rx_mode(struct net_device *dev);
int weftnic_vlan_add(struct net_device *dev, __be16 proto, u16 vid);
int weftnic_vlan_del(struct net_device *dev, __be16 proto, u16 vid);
void weftnic_filter_sync(struct weftnic_adapter *ad);
void weftnic_filter_change(struct weftnic_adapter *ad);

/* --- stats.c --------------------------------------------------------------- */

extern const struct netdev_stat_ops weftnic_stat_ops;

void weftnic_get_stats64(struct net_device *dev,
			 struct rtnl_link_stats64 *stats);
void weftnic_update_hw_stats(struct weftnic_adapter *ad);
int weftnic_stats_count(struct weftnic_adapter *ad);
void weftnic_stats_strings(struct weftnic_adapter *ad, u8 *data);
void weftnic_stats_values(struct weftnic_adapter *ad, u64 *data);
void weftnic_get_mac_stats(struct net_device *dev,
			   struct ethtool_eth_mac_stats *mac);
void weftnic_get_ctrl_stats(struct net_device *dev,
			    struct ethtool_eth_ctrl_stats *ctrl);
void weftnic_get_rmon_stats(struct net_device *dev,
			    struct ethtool_rmon_stats *rmon,
			    const struct ethtool_rmon_hist_range **ranges);
void weftnic_get_pause_stats(struct net_device *dev,
			     struct ethtool_pause_stats *pause);

/* --- selftest.c ------------------------------------------------------------ */

int weftnic_selftest_count(const struct weftnic_adapter *ad);
void weftnic_selftest_strings(u8 *data);
void weftnic_self_test(struct net_device *dev, struct ethtool_test *test,
		       u64 *results);

/* --- coalesce.c ------------------------------------------------------------ */

void weftnic_dim_init(struct weftnic_vector *vec);
void weftnic_dim_stop(struct weftnic_vector *vec);
void weftnic_dim_sample(struct weftnic_vector *vec);
int weftnic_get_coalesce(struct net_device *dev, struct ethtool_coalesce *ec,
			 struct kernel_ethtool_coalesce *kec,
			 struct netlink_ext_ack *extack);
int weftnic_set_coalesce(struct net_device *dev, struct ethtool_coalesce *ec,
			 struct kernel_ethtool_coalesce *kec,
			 struct netlink_ext_ack *extack);

/* --- ethtool.c ------------------------------------------------------------- */

extern const struct ethtool_ops weftnic_ethtool_ops;

/* --- back ends ------------------------------------------------------------- */

extern const struct weftnic_hw_ops em540_hw_ops;
extern const struct weftnic_hw_ops em574_hw_ops;
extern const struct weftnic_hw_ops vnet_hw_ops;

/*
 * A back end adds .ndo_start_xmit and .ndo_xdp_xmit, so that no packet pays an
 * indirect call.
 */
#define WEFTNIC_NETDEV_BASE_OPS \
	.ndo_open		= weftnic_open, \
	.ndo_stop		= weftnic_stop, \
	.ndo_set_rx_mode	= weftnic_set_rx_mode, \
	.ndo_set_mac_address	= weftnic_set_mac, \
	.ndo_validate_addr	= eth_validate_addr, \
	.ndo_bpf		= weftnic_bpf, \
	.ndo_xsk_wakeup		= weftnic_xsk_wakeup, \
	.ndo_change_mtu		= weftnic_change_mtu, \
	.ndo_tx_timeout		= weftnic_tx_timeout, \
	.ndo_get_stats64	= weftnic_get_stats64, \
	.ndo_vlan_rx_add_vid	= weftnic_vlan_add, \
	.ndo_vlan_rx_kill_vid	= weftnic_vlan_del

/* The same for devices with offsets of eight bits in their descriptors. */
#define WEFTNIC_NETDEV_OPS \
	WEFTNIC_NETDEV_BASE_OPS, \
	.ndo_fix_features	= weftnic_fix_features, \
	.ndo_set_features	= weftnic_set_features, \
	.ndo_features_check	= weftnic_features_check

#if IS_ENABLED(CONFIG_NET_DEVLINK)
int weftnic_devlink_init(struct weftnic_adapter *ad);
void weftnic_devlink_exit(struct weftnic_adapter *ad);
void weftnic_devlink_show(struct weftnic_adapter *ad);
void weftnic_devlink_hide(struct weftnic_adapter *ad);
void weftnic_health_report(struct weftnic_adapter *ad, const char *why);
void weftnic_health_update(struct weftnic_adapter *ad, bool works);
void weftnic_health_recovered(struct weftnic_adapter *ad);
#else
static inline int weftnic_devlink_init(struct weftnic_adapter *ad)
{
	return 0;
}

static inline void weftnic_devlink_exit(struct weftnic_adapter *ad)
{
}

static inline void weftnic_devlink_show(struct weftnic_adapter *ad)
{
}

static inline void weftnic_devlink_hide(struct weftnic_adapter *ad)
{
}

static inline void weftnic_health_report(struct weftnic_adapter *ad,
					 const char *why)
{
	weftnic_reset(ad);
}

static inline void weftnic_health_update(struct weftnic_adapter *ad, bool works)
{
}

static inline void weftnic_health_recovered(struct weftnic_adapter *ad)
{
}
#endif

#endif /* WEFTNIC_H */
