/* SPDX-License-Identifier: GPL-2.0 */
/* RACK-TLP: loss detection by time (RFC 8985). Pure. */
#ifndef WEFT_RACK_H
#define WEFT_RACK_H

#include <linux/types.h>
#include "scoreboard.h"

/**
 * struct weft_rack - the state of section 5.2
 * @xmit_us: RACK.xmit_ts: when the segment was sent that was sent last of those that
 *	arrived
 * @end: RACK.end_seq: its end
 * @rtt: RACK.rtt, microseconds
 * @fack: RACK.fack: one behind the highest number that arrived
 * @reordering_seen: RACK.reordering_seen
 * @dsack_round: RACK.dsack_round: snd_nxt when a DSACK last widened the window
 * @dsack_pending: @dsack_round counts
 * @reo_mult: RACK.reo_wnd_mult
 * @reo_persist: RACK.reo_wnd_persist
 * @tlp_end: TLP.end_seq: one behind the last number when a probe was sent
 * @tlp_out: a probe was sent and what it tells is not known yet
 * @tlp_resent: TLP.is_retrans: it was data sent again
 */
struct weft_rack {
	u64	xmit_us;
	u32	end;
	u32	rtt;
	u32	fack;
	bool	reordering_seen;
	u32	dsack_round;
	bool	dsack_pending;
	u8	reo_mult;
	u8	reo_persist;
	u32	tlp_end;
	bool	tlp_out;
	bool	tlp_resent;
};

void weft_rack_init(struct weft_rack *rack, u32 isn);
void weft_rack_update(struct weft_rack *rack, const struct weft_delivery *d,
		      u32 una, u32 high, u32 min_rtt, u32 echo_rtt, u64 now);
void weft_rack_dsack(struct weft_rack *rack, u32 una, u32 nxt);
void weft_rack_recovered(struct weft_rack *rack);
u32 weft_rack_window(const struct weft_rack *rack, u32 srtt, u32 min_rtt,
		     bool recovering, bool thrice);
bool weft_rack_detect(struct weft_rack *rack, struct weft_scoreboard *sb,
		      u32 window, u64 now, u32 *timeout);
u32 weft_tlp_timeout(u32 srtt, bool one_segment, u32 rto, u32 max_ack_delay);
void weft_tlp_sent(struct weft_rack *rack, u32 nxt, bool resent);
bool weft_tlp_acked(struct weft_rack *rack, u32 ack, bool dsack, bool pure_dupack);

#endif /* WEFT_RACK_H */
