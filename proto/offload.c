// SPDX-License-Identifier: GPL-2.0
/* What the core calls for our EtherType on the way to and from devices. */
#include <linux/netdevice.h>
#include "gso.h"
#include "net.h"
#include "offload.h"

static struct packet_offload weft_packet_offload = {
	.callbacks = {
		.gso_segment	= weft_gso_segment,
		.gro_receive	= weft_gro_receive,
		.gro_complete	= weft_gro_complete,
	},
};

int weft_offload_init(void)
{
	weft_packet_offload.type = weft_ethertype;
	dev_add_offload(&weft_packet_offload);
	return 0;
}

void weft_offload_exit(void)
{
	weft_gro_drain();
	dev_remove_offload(&weft_packet_offload);
}
