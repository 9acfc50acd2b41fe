// SPDX-License-Identifier: GPL-2.0
/*
 * ethtool -t: the device's registers, EEPROM, interrupts, data path and link.
 * "online" disturbs nothing: EEPROM and link. "offline" takes the interface from
 * its users for some seconds.
 */

#include <linux/completion.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>

#include "weftnic.h"

/* How long an interrupt, a frame and a link may take to come. */
#define WEFTNIC_TEST_IRQ_MS	200
#define WEFTNIC_TEST_FRAME_MS	3000
#define WEFTNIC_TEST_LINK_MS	6000
#define WEFTNIC_TEST_FRAME	1024

enum weftnic_test {
	WEFTNIC_TEST_REGISTERS,
	WEFTNIC_TEST_EEPROM,
	WEFTNIC_TEST_IRQ,
	WEFTNIC_TEST_LOOPBACK,
	WEFTNIC_TEST_LINK,
	WEFTNIC_N_TESTS,
};

static const char weftnic_test_names[WEFTNIC_N_TESTS][ETH_GSTRING_LEN] = {
	[WEFTNIC_TEST_REGISTERS]	= "registers (offline)",
	[WEFTNIC_TEST_EEPROM]		= "EEPROM    (on/offline)",
	[WEFTNIC_TEST_IRQ]		= "interrupt (offline)",
	[WEFTNIC_TEST_LOOPBACK]		= "loopback  (offline)",
	[WEFTNIC_TEST_LINK]		= "link      (on/offline)",
};

/**
 * weftnic_selftest_count() - number of results of ethtool -t
 * @ad: adapter
 *
 * Return: that, or -EOPNOTSUPP for a device that cannot test itself.
 */
int weftnic_selftest_count(const struct weftnic_adapter *ad)
{
	return ad->hw->test_registers ? WEFTNIC_N_TESTS : -EOPNOTSUPP;
}

/**
 * weftnic_selftest_strings() - names of the results
 * @data: result, ETH_GSTRING_LEN bytes each
 */
void weftnic_selftest_strings(u8 *data)
{
	memcpy(data, weftnic_test_names, sizeof(weftnic_test_names));
}

/* --- interrupts ------------------------------------------------------------ */

static u64 weftnic_test_polls(struct weftnic_vector *vec)
{
	unsigned int start;
	u64 polls;

	do {
		start = u64_stats_fetch_begin(&vec->rx_syncp);
		polls = u64_stats_read(&vec->rx_stats.polls);
	} while (u64_stats_fetch_retry(&vec->rx_syncp, start));
	return polls;
}

/* Whether an interrupt, raised on purpose, makes each vector poll. */
static int weftnic_test_irq(struct weftnic_adapter *ad)
{
	unsigned int i, ms;

	for (i = 0; i < ad->n_vectors; i++) {
		struct weftnic_vector *vec = &ad->vec[i];
		u64 before = weftnic_test_polls(vec);

		ad->hw->irq_raise(vec);
		for (ms = 0; weftnic_test_polls(vec) == before; ms++) {
			if (ms == WEFTNIC_TEST_IRQ_MS)
				return -ETIMEDOUT;
			fsleep(1000);
		}
	}
	return 0;
}

/* --- a frame round the loop -------------------------------------------------- */

/* Who waits for a frame, and whether it came as it was sent. */
struct weftnic_test_loop {
	struct packet_type ptype;
	struct completion came;
	bool same;
};

static u8 weftnic_test_byte(unsigned int i)
{
	return i * 5 + 3;
}

static int weftnic_test_receive(struct sk_buff *skb, struct net_device *dev,
				struct packet_type *ptype,
				struct net_device *orig_dev)
{
	struct weftnic_test_loop *loop = container_of(ptype,
						      struct weftnic_test_loop,
						      ptype);
	unsigned int i;
	bool same;

	if (ether_addr_equal(eth_hdr(skb)->h_source, dev->dev_addr) &&
	    skb->pkt_type != PACKET_OUTGOING && !skb_linearize(skb)) {
		same = skb->len == WEFTNIC_TEST_FRAME - ETH_HLEN;
		for (i = 0; same && i < skb->len; i++)
			same = skb->data[i] == weftnic_test_byte(i);
		loop->same = same;
		complete(&loop->came);
	}
	kfree_skb(skb);
	return 0;
}

static struct sk_buff *weftnic_test_frame(struct net_device *dev)
{
	struct sk_buff *skb = netdev_alloc_skb(dev, WEFTNIC_TEST_FRAME);
	unsigned int i;

	if (!skb)
		return NULL;
	skb_reserve(skb, ETH_HLEN);
	for (i = 0; i < WEFTNIC_TEST_FRAME - ETH_HLEN; i++)
		*(u8 *)skb_put(skb, 1) = weftnic_test_byte(i);
	eth_header(skb, dev, ETH_P_LOOPBACK, dev->dev_addr, dev->dev_addr, 0);
	skb_reset_mac_header(skb);
	return skb;
}

/* Straight into the first queue: the stack does not use the device now. */
static int weftnic_test_send(struct weftnic_adapter *ad)
{
	struct netdev_queue *txq = netdev_get_tx_queue(ad->netdev, 0);
	struct sk_buff *skb = weftnic_test_frame(ad->netdev);
	netdev_tx_t sent;

	if (!skb)
		return -ENOMEM;
	local_bh_disable();
	__netif_tx_lock(txq, smp_processor_id());
	sent = ad->netdev->netdev_ops->ndo_start_xmit(skb, ad->netdev);
	__netif_tx_unlock(txq);
	local_bh_enable();
	if (sent == NETDEV_TX_OK)
		return 0;
	kfree_skb(skb);
	return -EBUSY;
}

/* Within 100 ms, or not yet: just started, QEMU's 82540EM is deaf for a second. */
static int weftnic_test_loop_once(struct weftnic_adapter *ad,
				  struct weftnic_test_loop *loop)
{
	int err = weftnic_test_send(ad);

	if (err)
		return err;
	return wait_for_completion_timeout(&loop->came, msecs_to_jiffies(100)) ?
		0 : -ETIMEDOUT;
}

static int weftnic_test_loopback(struct weftnic_adapter *ad)
{
	struct weftnic_test_loop loop = {
		.ptype = {
			.type	= htons(ETH_P_LOOPBACK),
			.dev	= ad->netdev,
			.func	= weftnic_test_receive,
		},
	};
	unsigned int ms;
	int err;

	init_completion(&loop.came);
	err = ad->hw->set_loopback(ad, true);
	if (err)
		return err;
	dev_add_pack(&loop.ptype);
	err = weftnic_test_loop_once(ad, &loop);
	for (ms = 0; err == -ETIMEDOUT && ms < WEFTNIC_TEST_FRAME_MS; ms += 100)
		err = weftnic_test_loop_once(ad, &loop);
	dev_remove_pack(&loop.ptype);
	if (!err && !loop.same)
		err = -EBADMSG;
	return ad->hw->set_loopback(ad, ad->netdev->features & NETIF_F_LOOPBACK) ?:
	       err;
}

/* --- the whole --------------------------------------------------------------- */

static int weftnic_test_link(struct weftnic_adapter *ad, unsigned int patience)
{
	struct weftnic_link link;
	unsigned int ms;

	for (ms = 0; ; ms += 100) {
		ad->hw->link(ad, &link);
		if (link.up)
			return 0;
		if (ms >= patience)
			return -ENOLINK;
		msleep(100);
	}
}

/* The interface is up, and the stack has been told to leave it alone. */
static void weftnic_test_offline(struct weftnic_adapter *ad, u64 *results)
{
	int err;

	weftnic_detach(ad);
	results[WEFTNIC_TEST_REGISTERS] = !!ad->hw->test_registers(ad);
	results[WEFTNIC_TEST_EEPROM] = !!ad->hw->test_eeprom(ad);
	err = weftnic_attach(ad);
	netif_device_detach(ad->netdev);
	if (err) {
		results[WEFTNIC_TEST_IRQ] = 1;
		results[WEFTNIC_TEST_LOOPBACK] = 1;
		results[WEFTNIC_TEST_LINK] = 1;
		return;
	}
	results[WEFTNIC_TEST_IRQ] = !!weftnic_test_irq(ad);
	results[WEFTNIC_TEST_LOOPBACK] = !!weftnic_test_loopback(ad);
	results[WEFTNIC_TEST_LINK] = !!weftnic_test_link(ad,
							 WEFTNIC_TEST_LINK_MS);
	weftnic_give_back(ad);
}

/**
 * weftnic_self_test() - ethtool -t
 * @dev: interface, up or down
 * @test: ETH_TEST_FL_OFFLINE asks for all tests; result: ETH_TEST_FL_FAILED
 * @results: one value a test, 0 for passed
 *
 * An interface that is down comes up for the offline tests. rtnl held; takes
 * some seconds.
 */
void weftnic_self_test(struct net_device *dev, struct ethtool_test *test,
		       u64 *results)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	bool was_down = !netif_running(dev);
	unsigned int i;

	memset(results, 0, WEFTNIC_N_TESTS * sizeof(*results));
	if (!netif_device_present(dev)) {
		test->flags |= ETH_TEST_FL_FAILED;
		memset(results, 0xff, WEFTNIC_N_TESTS * sizeof(*results));
		return;
	}
	if (!(test->flags & ETH_TEST_FL_OFFLINE)) {
		results[WEFTNIC_TEST_EEPROM] = !!ad->hw->test_eeprom(ad);
		results[WEFTNIC_TEST_LINK] = !!weftnic_test_link(ad, 0);
	} else if (was_down && dev_open(dev, NULL)) {
		results[WEFTNIC_TEST_REGISTERS] = 1;
	} else {
		weftnic_test_offline(ad, results);
		if (was_down)
			dev_close(dev);
	}
	for (i = 0; i < WEFTNIC_N_TESTS; i++)
		if (results[i])
			test->flags |= ETH_TEST_FL_FAILED;
}
