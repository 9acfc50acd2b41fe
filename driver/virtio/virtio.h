/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the virtio-net back end share. Sections are those of the
 * virtio 1.2 specification: 4.1 is virtio over PCI, 5.1 the network device.
 */
#ifndef WEFTNIC_VIRTIO_H
#define WEFTNIC_VIRTIO_H

#include <linux/hrtimer.h>
#include <linux/virtio_config.h>
#include <linux/virtio_net.h>
#include <linux/virtio_pci.h>

#include "../ring.h"
#include "vq.h"

/* Rings shorter than two batches of receive buffers are of no use. */
#define VNET_RING_MIN		64
#define VNET_RING_MAX		1024

/* With buffers to be merged, as long as the core can put frames together. */
#define VNET_MAX_MTU		16110

/* Rows of an indirect table: header, linear part, fragments. */
#define VNET_TX_ROWS		(MAX_SKB_FRAGS + 2)

/* Most addresses that go into the device's table; more mean promiscuous. */
#define VNET_MAX_ADDRS		64

/* Longest command: a table of addresses, with both of its counts. */
#define VNET_CMD_MAX		(2 * sizeof(__le32) + VNET_MAX_ADDRS * ETH_ALEN)

/**
 * struct vnet_hdr - what goes before each frame (5.1.6)
 * @flags: VIRTIO_NET_HDR_F_*
 * @gso_type: VIRTIO_NET_HDR_GSO_*
 * @hdr_len: bytes of all headers of a segmented frame
 * @gso_size: payload of each segment
 * @csum_start: where to begin to sum
 * @csum_offset: from there, where to store the sum
 * @num_buffers: received: buffers that the frame takes
 */
struct vnet_hdr {
	u8 flags;
	u8 gso_type;
	__le16 hdr_len;
	__le16 gso_size;
	__le16 csum_start;
	__le16 csum_offset;
	__le16 num_buffers;
};

static_assert(sizeof(struct vnet_hdr) == sizeof(struct virtio_net_hdr_v1));

/**
 * struct vnet_tx_slot - memory beside a slot of a transmit ring
 * @table: indirect table, in the ring's format: both have rows of 16 bytes
 * @hdr: header of a frame that has no room for it in front
 */
struct vnet_tx_slot {
	struct vnet_split_desc table[VNET_TX_ROWS];
	struct vnet_hdr hdr;
} __aligned(64);

/**
 * struct vnet_tx_map - a mapping of a frame
 * @dma: bus address
 * @len: bytes
 * @count: in the first one, mappings of the frame
 */
struct vnet_tx_map {
	dma_addr_t dma;
	u32 len;
	u32 count;
};

/**
 * struct vnet_tx - a transmit ring, beside what the core has of it
 * @vq: the virtqueue
 * @indirect: VIRTIO_F_INDIRECT_DESC is negotiated
 * @slots: one for each identifier
 * @maps: VNET_TX_ROWS of them for each identifier
 * @slots_dma: bus address of @slots
 * @ring: the core's part
 * @timer: reclaims what is left when the stack sends no more
 * @seen: the virtqueue's @popped when that came last
 * @idle: how often it has come since without a frame done, VNET_TX_IDLE_SHIFT at most
 * @xsk_posted: frames of AF_XDP sockets ever posted, modulo 2^16
 * @xsk_popped: of those, how many the sockets were told are done
 * @xsk_done: by number, modulo the slots: frames that are done, but not the one
 *	before them. The device may finish in any order, the sockets may not
 *
 * Of the core's struct, @next_to_use and @next_to_clean are copies of the
 * virtqueue's two counts, and @buf holds skb, segs and bytes by identifier.
 */
struct vnet_tx {
	struct vnet_vq vq;
	bool indirect;
	struct vnet_tx_slot *slots;
	struct vnet_tx_map *maps;
	dma_addr_t slots_dma;
	struct weftnic_tx_ring *ring;
	struct hrtimer timer;
	u16 seen;
	u16 idle;
	u16 xsk_posted;
	u16 xsk_popped;
	unsigned long *xsk_done;
};

/**
 * struct vnet_rx - a receive ring, beside what the core has of it
 * @vq: the virtqueue
 * @merge: VIRTIO_NET_F_MRG_RXBUF is negotiated
 * @pending: buffers that the frame under way still has to come
 * @hdr: its header, the byte order the device's
 * @tail: of that frame, the skb that its next fragment goes to
 *
 * Of the core's struct, @next_to_use and @next_to_clean are copies of the
 * virtqueue's two counts, and @buf is by identifier.
 */
struct vnet_rx {
	struct vnet_vq vq;
	bool merge;
	u16 pending;
	struct vnet_hdr hdr;
	struct sk_buff *tail;
};

/**
 * struct vnet_pci_area - a structure of the device in one of its BARs (4.1.4)
 * @base: mapped, or NULL
 * @len: bytes
 */
struct vnet_pci_area {
	void __iomem *base;
	u32 len;
};

/**
 * struct vnet - the back end's private part of an adapter
 * @common: common configuration (4.1.4.3)
 * @notify: doorbells (4.1.4.4)
 * @isr: interrupt status (4.1.4.5)
 * @config: configuration of the network device (5.1.4)
 * @notify_multiplier: bytes between two doorbells
 * @offered: features that the device offers
 * @features: those that this driver accepts of them
 * @agreed: of those, the ones in force since the device was last started (rtnl)
 * @disorder: a queue was broken: until the interface goes down, nobody relies on
 *	the order (VIRTIO_F_IN_ORDER)
 * @ops: of the ring format
 * @packed: that is the packed one
 * @live: between vnet_start() and vnet_stop() and in working order
 * @mac: address that the device filters for (ctrl_lock)
 * @ad: the adapter
 * @ctrl_lock: the control queue and all below
 * @ctrl: the control queue
 * @ctrl_mem: its ring
 * @ctrl_dma: bus address of @ctrl_mem
 * @ctrl_size: bytes of @ctrl_mem
 * @cmd: command and answer
 * @cmd_dma: bus address of @cmd
 * @ctrl_dead: a command was not answered: none is sent any more
 * @ctrl_errors: commands that were refused or not answered
 * @rx_mode: promiscuous and all-multicast as the device knows them
 * @vlans: VLAN identifiers as the device knows them
 * @filter_work: brings the device's filters to what the stack asks
 * @announce_work: tells the network where this machine is now (5.1.6.5.4)
 */
struct vnet {
	struct vnet_pci_area common;
	struct vnet_pci_area notify;
	struct vnet_pci_area isr;
	struct vnet_pci_area config;
	u32 notify_multiplier;
	u64 offered;
	u64 features;
	u64 agreed;
	const struct vnet_vq_ops *ops;
	bool packed;
	bool disorder;
	bool live;
	u8 mac[ETH_ALEN];
	struct weftnic_adapter *ad;

	struct mutex ctrl_lock; /* the control queue and what it has set */
	struct vnet_vq ctrl;
	void *ctrl_mem;
	dma_addr_t ctrl_dma;
	size_t ctrl_size;
	struct vnet_cmd *cmd;
	dma_addr_t cmd_dma;
	bool ctrl_dead;
	u64 ctrl_errors;
	u8 rx_mode;
	DECLARE_BITMAP(vlans, VLAN_N_VID);
	struct work_struct filter_work;
	struct work_struct announce_work;
};

static inline struct vnet *vnet_priv(const struct weftnic_adapter *ad)
{
	return ad->priv;
}

static inline bool vnet_has(const struct vnet *vn, unsigned int feature)
{
	return vn->features & BIT_ULL(feature);
}

/* The device may have more than one queue pair. */
static inline bool vnet_has_pairs(const struct vnet *vn)
{
	return vnet_has(vn, VIRTIO_NET_F_MQ) || vnet_has(vn, VIRTIO_NET_F_RSS);
}

static inline struct vnet_rx *vnet_rx(const struct weftnic_rx_ring *ring)
{
	return ring->priv;
}

static inline struct vnet_tx *vnet_tx(const struct weftnic_tx_ring *ring)
{
	return ring->priv;
}

/* Virtqueues by number (5.1.2). */
static inline u16 vnet_rx_index(unsigned int queue)
{
	return 2 * queue;
}

static inline u16 vnet_tx_index(unsigned int queue)
{
	return 2 * queue + 1;
}

/* A field of the common configuration, by its width (4.1.3.1). */
#define vnet_common(vn, field) \
	((vn)->common.base + offsetof(struct virtio_pci_common_cfg, field))

/* A field of the network device's configuration. */
#define vnet_config(vn, field) \
	((vn)->config.base + offsetof(struct virtio_net_config, field))

/* pci.c */
int vnet_pci_map(struct weftnic_adapter *ad);
void vnet_pci_unmap(struct weftnic_adapter *ad);
bool vnet_pci_is_gone(struct weftnic_adapter *ad);
int vnet_pci_reset(struct weftnic_adapter *ad);
int vnet_pci_claim(struct weftnic_adapter *ad);
int vnet_pci_negotiate(struct weftnic_adapter *ad, u64 features);
void vnet_pci_driver_ok(struct weftnic_adapter *ad);
void vnet_pci_fail(struct weftnic_adapter *ad);
u8 vnet_pci_status(struct weftnic_adapter *ad);
u16 vnet_pci_queue_max(struct weftnic_adapter *ad, u16 index);
int vnet_pci_set_queue(struct weftnic_adapter *ad, struct vnet_vq *vq,
		       dma_addr_t dma, u16 vector);
int vnet_pci_set_config_vector(struct weftnic_adapter *ad, u16 vector);
bool vnet_pci_has_config(const struct vnet *vn, size_t end);
u32 vnet_pci_read_reg(struct weftnic_adapter *ad, u32 reg);

/* features.c */
u64 vnet_wanted_features(const struct weftnic_adapter *ad);
void vnet_read_mac(struct vnet *vn, u8 *mac);
int vnet_learn(struct weftnic_adapter *ad);

/* net.c */
bool vnet_queue_broken(struct weftnic_adapter *ad, const char *why);

/* rings.c */
int vnet_rx_ring_init(struct weftnic_rx_ring *ring);
void vnet_rx_ring_exit(struct weftnic_rx_ring *ring);
int vnet_tx_ring_init(struct weftnic_tx_ring *ring);
void vnet_tx_ring_exit(struct weftnic_tx_ring *ring);
void vnet_rx_ring_gather(struct weftnic_rx_ring *ring);
void vnet_tx_ring_drop(struct weftnic_tx_ring *ring);
int vnet_vq_alloc(const struct vnet *vn, struct vnet_vq *vq, u16 slots);
void vnet_vq_free(struct vnet_vq *vq);

/* ctrl.c */
int vnet_ctrl_init(struct weftnic_adapter *ad);
void vnet_ctrl_exit(struct weftnic_adapter *ad);
int vnet_ctrl_start(struct weftnic_adapter *ad);
int vnet_ctrl_set_queues(struct weftnic_adapter *ad);
int vnet_ctrl_command(struct vnet *vn, u8 class, u8 cmd, const void *data,
		      size_t len);

/* filter.c */
void vnet_set_filter(struct weftnic_adapter *ad);
void vnet_filter_wait(struct weftnic_adapter *ad);
void vnet_filter_task(struct work_struct *work);
void vnet_filter_apply(struct vnet *vn);
void vnet_filter_forget(struct vnet *vn);

/* rss.c */
void vnet_learn_rss(struct weftnic_adapter *ad);
int vnet_start_rss(struct weftnic_adapter *ad);
int vnet_set_rss(struct weftnic_adapter *ad);

/* split.c, packed.c */
extern const struct vnet_vq_ops vnet_split_ops;
extern const struct vnet_vq_ops vnet_packed_ops;
netdev_tx_t vnet_split_xmit(struct sk_buff *skb, struct net_device *dev);
netdev_tx_t vnet_packed_xmit(struct sk_buff *skb, struct net_device *dev);
int vnet_split_xdp_xmit(struct net_device *dev, int n,
			struct xdp_frame **frames, u32 flags);
int vnet_packed_xdp_xmit(struct net_device *dev, int n,
			 struct xdp_frame **frames, u32 flags);
void vnet_split_tx_flush(struct weftnic_tx_ring *ring);
int vnet_split_poll(struct napi_struct *napi, int budget);
void vnet_packed_tx_flush(struct weftnic_tx_ring *ring);
int vnet_packed_poll(struct napi_struct *napi, int budget);
void vnet_split_irq_arm(struct weftnic_vector *vec, bool tx);
void vnet_packed_irq_arm(struct weftnic_vector *vec, bool tx);
void vnet_split_restart(struct weftnic_vector *vec);
void vnet_packed_restart(struct weftnic_vector *vec);
void vnet_split_announce(struct weftnic_vector *vec);
void vnet_packed_announce(struct weftnic_vector *vec);

#endif /* WEFTNIC_VIRTIO_H */
