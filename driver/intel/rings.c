// SPDX-License-Identifier: GPL-2.0
/*
 * What the rings of both devices share: starting and stopping them, and the
 * interrupt that serves everything. Sections are those of the 8254x manual.
 */

#include <linux/bitfield.h>
#include <linux/delay.h>

#include "../ring.h"
#include "intel.h"

#define INTEL_RX_INTS \
	(E1000_INT_RXT0 | E1000_INT_RXDMT0 | E1000_INT_RXO)

/* --- start and stop -------------------------------------------------------- */

/* Addresses are 16-byte aligned, lengths multiples of 128 (13.4.27, 13.4.38). */
static void intel_start_ring(struct weftnic_adapter *ad, u32 base_reg,
			     dma_addr_t dma, size_t size, u16 head)
{
	const u32 low = E1000_TDBAL;

	weftnic_write(ad, base_reg, lower_32_bits(dma));
	weftnic_write(ad, base_reg + E1000_TDBAH - low, upper_32_bits(dma));
	weftnic_write(ad, base_reg + E1000_TDLEN - low, size);
	weftnic_write(ad, base_reg + E1000_TDH - low, head);
	weftnic_write(ad, base_reg + E1000_TDT - low, head);
}

/**
 * intel_start_rings() - tell the device where a queue pair's rings are
 * @vec: its vector; both directions of the device are off
 *
 * The receive ring may begin anywhere: after a reset it goes on where it was,
 * with the same buffers, which the back end has posted anew. The transmit ring
 * is empty. rtnl held.
 */
void intel_start_rings(struct weftnic_vector *vec)
{
	struct weftnic_adapter *ad = vec->adapter;
	u32 queue = vec->index * E1000_QUEUE_STRIDE;
	struct weftnic_rx_ring *rx = vec->rx;
	struct weftnic_tx_ring *tx = vec->tx;

	rx->tail = ad->bar + E1000_RDT + queue;
	intel_start_ring(ad, E1000_RDBAL + queue, rx->desc_dma, rx->desc_size,
			 rx->next_to_clean);
	tx->tail = ad->bar + E1000_TDT + queue;
	intel_start_ring(ad, E1000_TDBAL + queue, tx->desc_dma, tx->desc_size,
			 0);
}

/**
 * intel_clear_rings() - make the device forget a queue pair's rings
 * @ad: adapter; both directions of the device are off. rtnl held
 * @index: number of a queue pair that is not in use
 *
 * Their memory is gone: whatever the device does, it must not be written to.
 */
void intel_clear_rings(struct weftnic_adapter *ad, unsigned int index)
{
	u32 queue = index * E1000_QUEUE_STRIDE;

	intel_start_ring(ad, E1000_RDBAL + queue, 0, 0, 0);
	intel_start_ring(ad, E1000_TDBAL + queue, 0, 0, 0);
}

/**
 * intel_start_tx() - start the transmitter (14.5)
 * @ad: adapter; its rings are known to the device. rtnl held
 * @tctl: what the device wants of E1000_TCTL besides
 */
void intel_start_tx(struct weftnic_adapter *ad, u32 tctl)
{
	weftnic_write(ad, E1000_TIPG,
		      FIELD_PREP(E1000_TIPG_IPGT, 8) |
		      FIELD_PREP(E1000_TIPG_IPGR1, 8) |
		      FIELD_PREP(E1000_TIPG_IPGR2, 6));
	weftnic_write(ad, E1000_TIDV, 0);
	weftnic_write(ad, E1000_TADV, 0);
	weftnic_write(ad, E1000_TCTL,
		      E1000_TCTL_EN | E1000_TCTL_PSP | E1000_TCTL_RTLC |
		      FIELD_PREP(E1000_TCTL_CT, 0x0f) |
		      FIELD_PREP(E1000_TCTL_COLD, 0x40) | tctl);
}

/**
 * intel_start_rx() - start the receiver (14.4)
 * @ad: adapter; its rings are known to the device. rtnl held
 * @rxcsum: what the device is to do besides verifying checksums, E1000_RXCSUM_*
 *
 * Buffers are 2 KiB to the device (BSIZE of 0); see ring.c for why the
 * half-page slots of a small MTU are safe from it.
 */
void intel_start_rx(struct weftnic_adapter *ad, u32 rxcsum)
{
	struct intel *intel = intel_priv(ad);
	unsigned int i;
	u32 rctl;

	weftnic_write(ad, E1000_VET, ETH_P_8021Q);
	weftnic_write(ad, E1000_RDTR, 0);
	weftnic_write(ad, E1000_RADV, 0);
	weftnic_write(ad, E1000_RXCSUM,
		      E1000_RXCSUM_IPOFL | E1000_RXCSUM_TUOFL | rxcsum);

	/* One write of RCTL, with the filters' bits that intel_set_filter()
	 * has already put into the shadow.
	 */
	spin_lock_bh(&ad->filter_lock);
	intel_set_vlan_strip(ad);
	rctl = intel->rctl | E1000_RCTL_EN | E1000_RCTL_BAM | E1000_RCTL_SECRC;
	if (ad->cfg.mtu > ETH_DATA_LEN)
		rctl |= E1000_RCTL_LPE;
	else
		rctl &= ~E1000_RCTL_LPE;
	intel_write_rctl(ad, rctl);
	spin_unlock_bh(&ad->filter_lock);

	/* Buffers are announced once the receiver is on (14.4). */
	for (i = 0; i < ad->n_vectors; i++)
		writel(ad->vec[i].rx->next_to_use, ad->vec[i].rx->tail);
}

/**
 * intel_set_vlan_strip() - bring VLAN stripping to what the netdev's features ask
 * @ad: adapter
 *
 * CTRL.VME strips tags on receive and allows VLE on transmit (13.4.1).
 * filter_lock held.
 */
void intel_set_vlan_strip(struct weftnic_adapter *ad)
{
	bool strip = ad->netdev->features & NETIF_F_HW_VLAN_CTAG_RX;
	u32 ctrl = weftnic_read(ad, E1000_CTRL);

	if (!!(ctrl & E1000_CTRL_VME) != strip)
		weftnic_write(ad, E1000_CTRL, ctrl ^ E1000_CTRL_VME);
}

/**
 * intel_stop() - end all DMA
 * @ad: adapter
 *
 * The device finishes the frame at hand; then no DMA is under way (13.4.22).
 * Process context.
 */
void intel_stop(struct weftnic_adapter *ad)
{
	struct intel *intel = intel_priv(ad);

	spin_lock_bh(&ad->filter_lock);
	intel_write_rctl(ad, intel->rctl & ~E1000_RCTL_EN);
	spin_unlock_bh(&ad->filter_lock);
	weftnic_write(ad, E1000_TCTL, E1000_TCTL_PSP);
	weftnic_read(ad, E1000_STATUS);
	usleep_range(10000, 11000);
}

/* --- interrupts ------------------------------------------------------------ */

/**
 * intel_irq_init() - say which causes the only interrupt has
 * @ad: adapter
 */
void intel_irq_init(struct weftnic_adapter *ad)
{
	struct intel_ints *ints = &intel_priv(ad)->ints[0];

	ints->rx = INTEL_RX_INTS | E1000_INT_LSC;
	ints->tx = E1000_INT_TXDW;
}

/**
 * intel_irq_arm() - enable a vector's interrupts at the end of a poll
 * @vec: vector
 * @tx: transmit completion too
 *
 * A cause that has come meanwhile interrupts at once (13.4.20). Any context.
 */
void intel_irq_arm(struct weftnic_vector *vec, bool tx)
{
	const struct intel_ints *ints;

	ints = &intel_priv(vec->adapter)->ints[vec->index];
	weftnic_write(vec->adapter, E1000_IMS, ints->rx | (tx ? ints->tx : 0));
}

/**
 * intel_irq_arm_tx() - enable a vector's transmit completion interrupt
 * @vec: vector; netif_tx_lock held
 */
void intel_irq_arm_tx(struct weftnic_vector *vec)
{
	struct intel *intel = intel_priv(vec->adapter);

	weftnic_write(vec->adapter, E1000_IMS, intel->ints[vec->index].tx);
}

/**
 * intel_tx_paused() - whether the link partner keeps us from sending (13.4.2)
 * @ad: adapter
 *
 * Return: a pause frame is being obeyed.
 */
bool intel_tx_paused(struct weftnic_adapter *ad)
{
	return weftnic_read(ad, E1000_STATUS) & E1000_STATUS_TXOFF;
}

/**
 * intel_irq_mask() - disable all interrupts
 * @ad: adapter
 */
void intel_irq_mask(struct weftnic_adapter *ad)
{
	weftnic_write(ad, E1000_IMC, ~0U);
	weftnic_read(ad, E1000_STATUS);
}

/**
 * intel_irq_raise() - interrupt as if a frame had come for a vector (13.4.19)
 * @vec: vector
 */
void intel_irq_raise(struct weftnic_vector *vec)
{
	u32 causes = intel_priv(vec->adapter)->ints[vec->index].rx;

	weftnic_write(vec->adapter, E1000_ICS,
		      causes & ~(E1000_INT_OTHER | E1000_INT_LSC));
}

/**
 * intel_irq() - handler of the only interrupt, on a line that may be shared
 * @irq: unused
 * @data: adapter
 *
 * One read tells and clears all causes, masked ones too (13.4.17). So a call
 * for another device's sake may find, and must act on, a cause of ours that
 * is masked while the poll runs: napi_schedule_prep() then makes it run again.
 * Transmit completion is a cause only while a ring waits for it; whoever
 * begins to wait looks at the ring once more afterwards.
 *
 * Return: IRQ_HANDLED, or IRQ_NONE if there is no cause.
 */
irqreturn_t intel_irq(int irq, void *data)
{
	struct weftnic_adapter *ad = data;
	struct weftnic_vector *vec = &ad->vec[0];
	u32 wanted = INTEL_RX_INTS;
	u32 icr = weftnic_read(ad, E1000_ICR);

	if (unlikely(!READ_ONCE(ad->regs)))
		return IRQ_NONE;
	if (READ_ONCE(vec->tx_armed))
		wanted |= E1000_INT_TXDW;
	if (!(icr & (wanted | E1000_INT_LSC)))
		return IRQ_NONE;

	if (unlikely(icr & E1000_INT_LSC))
		weftnic_service_soon(ad, 0);
	if (icr & wanted && napi_schedule_prep(&vec->napi)) {
		weftnic_write(ad, E1000_IMC, ~0U);
		__napi_schedule_irqoff(&vec->napi);
	}
	return IRQ_HANDLED;
}
