// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupt moderation: a fixed time between interrupts, or with adaptive-rx
 * one that net_dim finds from the traffic, where the kernel has it.
 */

#include "compat_dim.h"
#include "weftnic.h"

static void weftnic_dim_work(struct work_struct *work)
{
	struct dim *dim = container_of(work, struct dim, work);
	struct weftnic_vector *vec = container_of(dim, struct weftnic_vector,
						  dim);

	if (IS_ENABLED(CONFIG_DIMLIB)) {
		struct dim_cq_moder moder;

		moder = net_dim_get_rx_moderation(dim->mode, dim->profile_ix);
		if (READ_ONCE(vec->adaptive)) {
			vec->usecs = moder.usec;
			vec->adapter->hw->set_moderation(vec);
		}
	}
	dim->state = DIM_START_MEASURE;
}

/**
 * weftnic_dim_init() - prepare a vector's moderation
 * @vec: vector
 */
void weftnic_dim_init(struct weftnic_vector *vec)
{
	INIT_WORK(&vec->dim.work, weftnic_dim_work);
	vec->dim.mode = DIM_CQ_PERIOD_MODE_START_FROM_EQE;
}

/**
 * weftnic_dim_stop() - end a vector's adaptation, to begin anew when it is used
 * @vec: vector whose polls have ended
 */
void weftnic_dim_stop(struct weftnic_vector *vec)
{
	cancel_work_sync(&vec->dim.work);
	vec->dim.state = DIM_START_MEASURE;
}

/**
 * weftnic_dim_sample() - let net_dim see how the vector does
 * @vec: vector, at the end of a poll that found no more
 */
void weftnic_dim_sample(struct weftnic_vector *vec)
{
	struct dim_sample sample = {};

	if (!IS_ENABLED(CONFIG_DIMLIB) || likely(!READ_ONCE(vec->adaptive)))
		return;
	dim_update_sample(++vec->events,
			  u64_stats_read(&vec->rx_stats.packets),
			  u64_stats_read(&vec->rx_stats.bytes), &sample);
	net_dim(&vec->dim, &sample);
}

/**
 * weftnic_get_coalesce() - ethtool -c
 * @dev: interface
 * @ec: result
 * @kec: unused
 * @extack: unused
 *
 * rtnl held. Return: 0.
 */
int weftnic_get_coalesce(struct net_device *dev, struct ethtool_coalesce *ec,
			 struct kernel_ethtool_coalesce *kec,
			 struct netlink_ext_ack *extack)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	if (!ad->hw->set_moderation)
		return -EOPNOTSUPP;
	ec->rx_coalesce_usecs = ad->vec[0].usecs;
	ec->use_adaptive_rx_coalesce = ad->vec[0].adaptive;
	return 0;
}

/**
 * weftnic_set_coalesce() - ethtool -C, for all vectors
 * @dev: interface
 * @ec: rx-usecs and adaptive-rx
 * @kec: unused
 * @extack: why not
 *
 * Takes effect at once. rtnl held. Return: 0, -EINVAL or -EOPNOTSUPP.
 */
int weftnic_set_coalesce(struct net_device *dev, struct ethtool_coalesce *ec,
			 struct kernel_ethtool_coalesce *kec,
			 struct netlink_ext_ack *extack)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	unsigned int i;

	if (!ad->hw->set_moderation)
		return -EOPNOTSUPP;
	if (ec->rx_coalesce_usecs > ad->hw->max_usecs) {
		NL_SET_ERR_MSG_MOD(extack, "rx-usecs is more than the device can count");
		return -EINVAL;
	}
	if (ec->use_adaptive_rx_coalesce && !IS_ENABLED(CONFIG_DIMLIB)) {
		NL_SET_ERR_MSG_MOD(extack, "this kernel has no net_dim");
		return -EOPNOTSUPP;
	}
	for (i = 0; i < ad->max_vectors; i++) {
		struct weftnic_vector *vec = &ad->vec[i];

		WRITE_ONCE(vec->adaptive, ec->use_adaptive_rx_coalesce);
		cancel_work_sync(&vec->dim.work);
		vec->dim.state = DIM_START_MEASURE;
		vec->usecs = ec->rx_coalesce_usecs;
		if (netif_running(dev))
			ad->hw->set_moderation(vec);
	}
	return 0;
}
