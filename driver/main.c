// SPDX-License-Identifier: GPL-2.0
/* The PCI driver: a device's life from probe to remove. */

#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

#include "compat_napi.h"
#include "compat_queues.h"
#include "compat_xdp.h"
#include "weftnic.h"

#define WEFTNIC_RING_DEFAULT	512
/* Microseconds between interrupts: 20000 a second. */
#define WEFTNIC_USECS_DEFAULT	50
#define WEFTNIC_WATCHDOG	(5 * HZ)
#define WEFTNIC_XDP_FEATURES \
	(NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT | \
	 NETDEV_XDP_ACT_NDO_XMIT | NETDEV_XDP_ACT_RX_SG)
/* BAR 0 of all devices without a map operation: registers in memory space. */
#define WEFTNIC_BAR		0

enum weftnic_board {
	WEFTNIC_82540EM,
	WEFTNIC_82574L,
	WEFTNIC_VIRTIO,
};

static const struct weftnic_hw_ops * const weftnic_boards[] = {
	[WEFTNIC_82540EM]	= &em540_hw_ops,
	[WEFTNIC_82574L]	= &em574_hw_ops,
	[WEFTNIC_VIRTIO]	= &vnet_hw_ops,
};

static const struct pci_device_id weftnic_ids[] = {
	{ PCI_VDEVICE(INTEL, 0x100e), WEFTNIC_82540EM },
	{ PCI_VDEVICE(INTEL, 0x1015), WEFTNIC_82540EM },	/* LOM */
	{ PCI_VDEVICE(INTEL, 0x10d3), WEFTNIC_82574L },
	{ PCI_VDEVICE(INTEL, 0x10f6), WEFTNIC_82574L },	/* 82574LA */
	{ PCI_VDEVICE(REDHAT_QUMRANET, 0x1000), WEFTNIC_VIRTIO }, /* transitional */
	{ PCI_VDEVICE(REDHAT_QUMRANET, 0x1041), WEFTNIC_VIRTIO },
	{ }
};
MODULE_DEVICE_TABLE(pci, weftnic_ids);

static void weftnic_init_vectors(struct weftnic_adapter *ad)
{
	unsigned int i;

	for (i = 0; i < ad->max_vectors; i++) {
		struct weftnic_vector *vec = &ad->vec[i];

		vec->adapter = ad;
		vec->index = i;
		vec->usecs = WEFTNIC_USECS_DEFAULT;
		u64_stats_init(&vec->rx_syncp);
		u64_stats_init(&vec->tx_syncp);
		weftnic_dim_init(vec);
		netif_napi_add_config(ad->netdev, &vec->napi, ad->hw->poll, i);
	}
}

static void weftnic_init_netdev(struct weftnic_adapter *ad)
{
	struct net_device *dev = ad->netdev;

	dev->netdev_ops = ad->hw->netdev_ops;
	dev->ethtool_ops = &weftnic_ethtool_ops;
	weft_compat_set_stat_ops(dev, &weftnic_stat_ops);
	dev->watchdog_timeo = WEFTNIC_WATCHDOG;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = ad->max_mtu;
	dev->priv_flags |= IFF_UNICAST_FLT | IFF_LIVE_ADDR_CHANGE;
	dev->features = ad->features;
	dev->hw_features = ad->features | ad->hw->features_off;
	dev->vlan_features = dev->hw_features &
			     (NETIF_F_SG | NETIF_F_CSUM_MASK | NETIF_F_ALL_TSO |
			      NETIF_F_GSO_SCTP);
	xdp_set_features_flag(dev, WEFTNIC_XDP_FEATURES |
			      (ad->features & NETIF_F_SG ?
			       NETDEV_XDP_ACT_NDO_XMIT_SG |
			       NETDEV_XDP_ACT_XSK_ZEROCOPY : 0));
	if (ad->hw->dma_bits == 64) {
		dev->features |= NETIF_F_HIGHDMA;
		dev->vlan_features |= NETIF_F_HIGHDMA;
	}
}

static int weftnic_init_adapter(struct weftnic_adapter *ad,
				struct pci_dev *pdev,
				const struct weftnic_hw_ops *hw)
{
	int err = -ENOMEM;

	ad->pdev = pdev;
	ad->hw = hw;
	ad->msg_enable = NETIF_MSG_DRV | NETIF_MSG_PROBE | NETIF_MSG_LINK |
			 NETIF_MSG_RX_ERR | NETIF_MSG_TX_ERR;
	ad->max_queues = hw->max_queues;
	ad->rx_max = hw->ring_max;
	ad->tx_max = hw->ring_max;
	ad->max_mtu = hw->max_mtu;
	ad->features = hw->features;
	ad->cfg.mtu = ETH_DATA_LEN;
	ad->pause_autoneg = true;
	ad->rx_pause = true;
	ad->tx_pause = true;
	spin_lock_init(&ad->filter_lock);
	spin_lock_init(&ad->stats_lock);
	mutex_init(&ad->phy_lock);
	INIT_DELAYED_WORK(&ad->service, weftnic_service_task);
	INIT_WORK(&ad->reset_work, weftnic_reset_task);
	__set_bit(0, ad->vlans);

	ad->hw_stats = kcalloc(hw->n_hw_stats, sizeof(u64), GFP_KERNEL);
	ad->priv = kzalloc(hw->priv_size, GFP_KERNEL);
	if (!ad->hw_stats || !ad->priv)
		goto err;
	err = weftnic_devlink_init(ad);
	if (err)
		goto err;
	return 0;

err:
	kfree(ad->hw_stats);
	kfree(ad->priv);
	return err;
}

static void weftnic_exit_adapter(struct weftnic_adapter *ad)
{
	weftnic_devlink_exit(ad);
	kfree(ad->priv);
	kfree(ad->hw_stats);
}

static int weftnic_map_bar(struct weftnic_adapter *ad)
{
	ad->bar = pci_ioremap_bar(ad->pdev, WEFTNIC_BAR);
	if (!ad->bar) {
		dev_err(&ad->pdev->dev, "registers cannot be mapped\n");
		return -EIO;
	}
	ad->regs = ad->bar;
	return 0;
}

static int weftnic_map(struct weftnic_adapter *ad)
{
	struct pci_dev *pdev = ad->pdev;
	int err;

	err = dma_set_mask_and_coherent(&pdev->dev,
					DMA_BIT_MASK(ad->hw->dma_bits));
	if (err) {
		dev_err(&pdev->dev, "no usable DMA addresses\n");
		return err;
	}
	err = ad->hw->map ? ad->hw->map(ad) : weftnic_map_bar(ad);
	if (err)
		return err;
	ad->cfg.rx_count = min_t(u16, WEFTNIC_RING_DEFAULT, ad->rx_max);
	ad->cfg.tx_count = min_t(u16, WEFTNIC_RING_DEFAULT, ad->tx_max);
	return 0;
}

static void weftnic_unmap(struct weftnic_adapter *ad)
{
	if (ad->hw->unmap)
		ad->hw->unmap(ad);
	else
		iounmap(ad->bar);
}

/* Interrupt, device, interface: the second half of weftnic_probe(). */
static int weftnic_bring_up(struct weftnic_adapter *ad)
{
	struct pci_dev *pdev = ad->pdev;
	int err;

	err = weftnic_irqs_alloc(ad);
	if (err)
		return err;
	err = ad->hw->probe(ad);
	if (err)
		goto err_master;
	/* Only now: whoever had the device before us may have left it running. */
	pci_set_master(pdev);
	weftnic_init_netdev(ad);
	weftnic_init_vectors(ad);
	weftnic_rss_init(ad);
	netif_carrier_off(ad->netdev);
	err = netif_set_real_num_queues(ad->netdev, ad->n_vectors,
					ad->n_vectors);
	if (err)
		goto err_master;
	weftnic_devlink_show(ad);
	err = register_netdev(ad->netdev);
	if (err)
		goto err_devlink;
	/* Not before: only what was registered has this taken away in the end. */
	rtnl_lock();
	weftnic_irqs_spread(ad);
	rtnl_unlock();
	netdev_info(ad->netdev, "%s, %pM, at %s\n", ad->hw->name,
		    ad->netdev->dev_addr, pci_name(pdev));
	return 0;

err_devlink:
	weftnic_devlink_hide(ad);
err_master:
	pci_clear_master(pdev);
	weftnic_irqs_free(ad);
	return err;
}

static int weftnic_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	const struct weftnic_hw_ops *hw = weftnic_boards[id->driver_data];
	struct weftnic_adapter *ad;
	struct net_device *dev;
	int err;

	err = pci_enable_device_mem(pdev);
	if (err)
		return err;
	err = pci_request_mem_regions(pdev, WEFTNIC_NAME);
	if (err)
		goto err_disable;
	dev = alloc_etherdev_mq(sizeof(*ad), hw->max_queues);
	if (!dev) {
		err = -ENOMEM;
		goto err_regions;
	}
	SET_NETDEV_DEV(dev, &pdev->dev);
	pci_set_drvdata(pdev, dev);
	ad = netdev_priv(dev);
	ad->netdev = dev;
	err = weftnic_init_adapter(ad, pdev, hw);
	if (err)
		goto err_netdev;
	err = weftnic_map(ad);
	if (err)
		goto err_adapter;
	err = weftnic_bring_up(ad);
	if (err)
		goto err_unmap;
	/* What weftnic_slot_reset() goes back to. */
	pci_save_state(pdev);
	return 0;

err_unmap:
	weftnic_unmap(ad);
err_adapter:
	weftnic_exit_adapter(ad);
err_netdev:
	free_netdev(dev);
err_regions:
	pci_release_mem_regions(pdev);
err_disable:
	pci_disable_device(pdev);
	return err;
}

/* An error that nobody could recover from has left it off already. */
static void weftnic_disable(struct pci_dev *pdev)
{
	if (pci_is_enabled(pdev))
		pci_disable_device(pdev);
}

static void weftnic_remove(struct pci_dev *pdev)
{
	struct net_device *dev = pci_get_drvdata(pdev);
	struct weftnic_adapter *ad = netdev_priv(dev);

	unregister_netdev(dev);
	rtnl_lock();
	weftnic_detach(ad);
	rtnl_unlock();
	cancel_work_sync(&ad->reset_work);
	/* Not before: nobody is left to tell of its health. */
	weftnic_devlink_hide(ad);
	pci_clear_master(pdev);
	weftnic_irqs_free(ad);
	weftnic_unmap(ad);
	weftnic_exit_adapter(ad);
	free_netdev(dev);
	pci_release_mem_regions(pdev);
	weftnic_disable(pdev);
}

/* The machine goes to sleep: stop, and listen for what is to wake it. */
static void weftnic_sleep(struct weftnic_adapter *ad)
{
	rtnl_lock();
	weftnic_detach(ad);
	if (ad->hw->set_wake)
		ad->hw->set_wake(ad, ad->wake);
	rtnl_unlock();
}

/* Power off or kexec: no DMA may go on into the next kernel's memory. */
static void weftnic_shutdown(struct pci_dev *pdev)
{
	struct weftnic_adapter *ad = netdev_priv(pci_get_drvdata(pdev));

	weftnic_sleep(ad);
	weftnic_disable(pdev);
}

static int weftnic_suspend(struct device *device)
{
	weftnic_sleep(netdev_priv(dev_get_drvdata(device)));
	return 0;
}

static int weftnic_resume(struct device *device)
{
	struct weftnic_adapter *ad = netdev_priv(dev_get_drvdata(device));
	int err;

	rtnl_lock();
	err = weftnic_attach(ad);
	rtnl_unlock();
	return err;
}

static DEFINE_SIMPLE_DEV_PM_OPS(weftnic_pm_ops, weftnic_suspend,
				weftnic_resume);

static pci_ers_result_t weftnic_error_detected(struct pci_dev *pdev,
					       pci_channel_state_t state)
{
	struct weftnic_adapter *ad = netdev_priv(pci_get_drvdata(pdev));

	rtnl_lock();
	weftnic_detach(ad);
	rtnl_unlock();
	if (state == pci_channel_io_perm_failure)
		return PCI_ERS_RESULT_DISCONNECT;
	weftnic_disable(pdev);
	return PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t weftnic_slot_reset(struct pci_dev *pdev)
{
	struct weftnic_adapter *ad = netdev_priv(pci_get_drvdata(pdev));

	if (pci_enable_device_mem(pdev))
		return PCI_ERS_RESULT_DISCONNECT;
	pci_restore_state(pdev);
	pci_save_state(pdev);
	/* While the slot was off, all registers read as all ones. */
	WRITE_ONCE(ad->regs, ad->bar);
	return PCI_ERS_RESULT_RECOVERED;
}

static void weftnic_error_resume(struct pci_dev *pdev)
{
	struct weftnic_adapter *ad = netdev_priv(pci_get_drvdata(pdev));

	rtnl_lock();
	weftnic_attach(ad);
	rtnl_unlock();
}

static const struct pci_error_handlers weftnic_err_handler = {
	.error_detected	= weftnic_error_detected,
	.slot_reset	= weftnic_slot_reset,
	.resume		= weftnic_error_resume,
};

static struct pci_driver weftnic_driver = {
	.name		= WEFTNIC_NAME,
	.id_table	= weftnic_ids,
	.probe		= weftnic_probe,
	.remove		= weftnic_remove,
	.shutdown	= weftnic_shutdown,
	.driver.pm	= pm_sleep_ptr(&weftnic_pm_ops),
	.err_handler	= &weftnic_err_handler,
};
module_pci_driver(weftnic_driver);

MODULE_DESCRIPTION("Ethernet driver for the network cards of virtual machines");
MODULE_AUTHOR("The Weft developers");
MODULE_LICENSE("GPL");
