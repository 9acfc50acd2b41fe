// SPDX-License-Identifier: GPL-2.0
/*
 * devlink: what the device is, and its health. A hang is reported together with
 * the rings as they were, and then mended by a reset; `devlink health` shows it,
 * and can have a device left as it is (auto_recover off) until someone has looked.
 */

#include <linux/rtnetlink.h>
#include <net/devlink.h>

#include "compat_devlink.h"
#include "ring.h"
#include "weftnic.h"

static struct weftnic_adapter *weftnic_of(struct devlink *devlink)
{
	return *(struct weftnic_adapter **)devlink_priv(devlink);
}

static int weftnic_info_get(struct devlink *devlink,
			    struct devlink_info_req *req,
			    struct netlink_ext_ack *extack)
{
	struct weftnic_adapter *ad = weftnic_of(devlink);
	u64 serial = pci_get_dsn(ad->pdev);
	char text[24];
	int err;

	err = devlink_info_driver_name_put(req, WEFTNIC_NAME);
	if (err)
		return err;
	if (serial) {
		snprintf(text, sizeof(text), "%016llx", serial);
		err = devlink_info_serial_number_put(req, text);
		if (err)
			return err;
	}
	snprintf(text, sizeof(text), "%u", ad->pdev->revision);
	return devlink_info_version_fixed_put(req,
					      DEVLINK_INFO_VERSION_GENERIC_ASIC_ID,
					      ad->hw->name) ?:
	       devlink_info_version_fixed_put(req,
					      DEVLINK_INFO_VERSION_GENERIC_ASIC_REV,
					      text);
}

static const struct devlink_ops weftnic_devlink_ops = {
	.info_get	= weftnic_info_get,
};

/* --- health ---------------------------------------------------------------- */

/* Where the driver and the device are in a ring. @desc is NULL to leave them out. */
static void weftnic_fmsg_ring(struct devlink_fmsg *fmsg, const char *name,
			      u16 clean, u16 use, const void *desc,
			      size_t desc_size)
{
	devlink_fmsg_pair_nest_start(fmsg, name);
	devlink_fmsg_obj_nest_start(fmsg);
	devlink_fmsg_u32_pair_put(fmsg, "next_to_clean", clean);
	devlink_fmsg_u32_pair_put(fmsg, "next_to_use", use);
	if (desc)
		devlink_fmsg_binary_pair_put(fmsg, "descriptors", desc,
					     desc_size);
	devlink_fmsg_obj_nest_end(fmsg);
	devlink_fmsg_pair_nest_end(fmsg);
}

static void weftnic_fmsg_queue(struct devlink_fmsg *fmsg,
			       const struct weftnic_vector *vec, bool whole)
{
	const struct weftnic_rx_ring *rx = vec->rx;
	const struct weftnic_tx_ring *tx = vec->tx;

	devlink_fmsg_obj_nest_start(fmsg);
	devlink_fmsg_bool_pair_put(fmsg, "tx_stopped",
				   netif_tx_queue_stopped(tx->txq));
	weftnic_fmsg_ring(fmsg, "rx", READ_ONCE(rx->next_to_clean),
			  READ_ONCE(rx->next_to_use), whole ? rx->desc : NULL,
			  rx->desc_size);
	weftnic_fmsg_ring(fmsg, "tx", READ_ONCE(tx->next_to_clean),
			  READ_ONCE(tx->next_to_use), whole ? tx->desc : NULL,
			  tx->desc_size);
	devlink_fmsg_obj_nest_end(fmsg);
}

/* The rings stay while rtnl is held; what is in them may move. */
static void weftnic_fmsg_adapter(struct devlink_fmsg *fmsg,
				 struct weftnic_adapter *ad, bool whole)
{
	unsigned int i;

	rtnl_lock();
	devlink_fmsg_bool_pair_put(fmsg, "there", !!READ_ONCE(ad->regs));
	devlink_fmsg_bool_pair_put(fmsg, "link", ad->link.up);
	devlink_fmsg_u64_pair_put(fmsg, "tx_timeouts", ad->tx_timeouts);
	devlink_fmsg_u64_pair_put(fmsg, "resets", ad->resets);
	devlink_fmsg_arr_pair_nest_start(fmsg, "queues");
	for (i = 0; netif_running(ad->netdev) && i < ad->n_vectors; i++)
		weftnic_fmsg_queue(fmsg, &ad->vec[i], whole);
	devlink_fmsg_arr_pair_nest_end(fmsg);
	rtnl_unlock();
}

static int weftnic_health_recover(struct devlink_health_reporter *reporter,
				  void *context, struct netlink_ext_ack *extack)
{
	int err = weftnic_reset(devlink_health_reporter_priv(reporter));

	if (err)
		NL_SET_ERR_MSG_MOD(extack, "the device does not come back");
	return err;
}

static int weftnic_health_dump(struct devlink_health_reporter *reporter,
			       struct devlink_fmsg *fmsg, void *context,
			       struct netlink_ext_ack *extack)
{
	weftnic_fmsg_adapter(fmsg, devlink_health_reporter_priv(reporter), true);
	return 0;
}

static int weftnic_health_diagnose(struct devlink_health_reporter *reporter,
				   struct devlink_fmsg *fmsg,
				   struct netlink_ext_ack *extack)
{
	weftnic_fmsg_adapter(fmsg, devlink_health_reporter_priv(reporter), false);
	return 0;
}

static const struct devlink_health_reporter_ops weftnic_health_ops = {
	.name		= "rings",
	.recover	= weftnic_health_recover,
	.dump		= weftnic_health_dump,
	.diagnose	= weftnic_health_diagnose,
};

/**
 * weftnic_health_report() - tell of a fault, and mend it if that is wanted
 * @ad: adapter
 * @why: what happened
 *
 * Process context, without rtnl.
 */
void weftnic_health_report(struct weftnic_adapter *ad, const char *why)
{
	devlink_health_report(ad->reporter, why, NULL);
}

/**
 * weftnic_health_update() - say whether the last reset has succeeded
 * @ad: adapter, shown
 * @works: it has
 *
 * Recovery on request is for a device that does not. Process context.
 */
void weftnic_health_update(struct weftnic_adapter *ad, bool works)
{
	devlink_health_reporter_state_update(ad->reporter, works ?
					     DEVLINK_HEALTH_REPORTER_STATE_HEALTHY :
					     DEVLINK_HEALTH_REPORTER_STATE_ERROR);
}

/**
 * weftnic_health_recovered() - count a recovery that nobody has asked for
 * @ad: adapter
 */
void weftnic_health_recovered(struct weftnic_adapter *ad)
{
	devlink_health_reporter_recovery_done(ad->reporter);
}

/* --- life ------------------------------------------------------------------- */

/**
 * weftnic_devlink_init() - make an adapter's devlink instance
 * @ad: adapter
 *
 * Process context. Return: 0 or -errno, with nothing left behind.
 */
int weftnic_devlink_init(struct weftnic_adapter *ad)
{
	struct devlink *devlink = devlink_alloc(&weftnic_devlink_ops, sizeof(ad),
						&ad->pdev->dev);
	struct devlink_health_reporter *reporter;

	if (!devlink)
		return -ENOMEM;
	*(struct weftnic_adapter **)devlink_priv(devlink) = ad;
	reporter = devlink_health_reporter_create(devlink, &weftnic_health_ops,
						  ad);
	if (IS_ERR(reporter)) {
		devlink_free(devlink);
		return PTR_ERR(reporter);
	}
	ad->devlink = devlink;
	ad->reporter = reporter;
	return 0;
}

/**
 * weftnic_devlink_show() - let users see the instance
 * @ad: adapter, ready for what they may ask
 */
void weftnic_devlink_show(struct weftnic_adapter *ad)
{
	devlink_register(ad->devlink);
}

/**
 * weftnic_devlink_hide() - undo weftnic_devlink_show()
 * @ad: adapter
 */
void weftnic_devlink_hide(struct weftnic_adapter *ad)
{
	devlink_unregister(ad->devlink);
}

/**
 * weftnic_devlink_exit() - undo weftnic_devlink_init()
 * @ad: adapter, hidden, that reports nothing any more
 */
void weftnic_devlink_exit(struct weftnic_adapter *ad)
{
	devlink_health_reporter_destroy(ad->reporter);
	devlink_free(ad->devlink);
}
