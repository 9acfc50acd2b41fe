# SPDX-License-Identifier: GPL-2.0
"""Reference models of congestion control, written from the RFCs in floating point.

They are not made to be fast, and know nothing of the kernel's code: windows are
of segments where the RFC has segments, times are seconds, nothing is rounded.
"""

import math
from fractions import Fraction

INFINITY = math.inf


class HystartPP:
    """RFC 9406, 4.2 and 4.3; L is infinite. Its times are exact: they are compared."""

    MIN_RTT_THRESH = Fraction(4, 1000)
    MAX_RTT_THRESH = Fraction(16, 1000)
    MIN_RTT_DIVISOR = 8
    N_RTT_SAMPLE = 8
    CSS_GROWTH_DIVISOR = 4
    CSS_ROUNDS = 5

    def __init__(self):
        self.window_end = None
        self.last_round_min_rtt = INFINITY
        self.current_round_min_rtt = INFINITY
        self.css_baseline_min_rtt = INFINITY
        self.rtt_sample_count = 0
        self.in_css = False
        self.rounds = 0

    def growth(self, acked):
        return acked / self.CSS_GROWTH_DIVISOR if self.in_css else acked

    def enough(self):
        return self.rtt_sample_count >= self.N_RTT_SAMPLE

    def delay_increased(self):
        if self.last_round_min_rtt == INFINITY or self.current_round_min_rtt == INFINITY:
            return False
        thresh = max(self.MIN_RTT_THRESH,
                     min(self.last_round_min_rtt / self.MIN_RTT_DIVISOR, self.MAX_RTT_THRESH))
        return self.current_round_min_rtt >= self.last_round_min_rtt + thresh

    def acked(self, una, nxt, rtt):
        """True if slow start is over. The ACK of windowEnd is of the round that it ends."""
        if self.window_end is None:
            self.window_end = nxt
        self.current_round_min_rtt = min(self.current_round_min_rtt, rtt)
        self.rtt_sample_count += 1
        if self.in_css:
            if self.enough() and self.current_round_min_rtt < self.css_baseline_min_rtt:
                self.css_baseline_min_rtt = INFINITY
                self.in_css = False
        elif self.enough() and self.delay_increased():
            self.css_baseline_min_rtt = self.current_round_min_rtt
            self.in_css = True
            self.rounds = 0
        if una < self.window_end:
            return False
        self.window_end = nxt
        self.last_round_min_rtt = self.current_round_min_rtt
        self.current_round_min_rtt = INFINITY
        self.rtt_sample_count = 0
        if not self.in_css:
            return False
        self.rounds += 1
        return self.rounds >= self.CSS_ROUNDS


class Reno:
    """RFC 5681; bytes."""

    name = "newreno"

    def __init__(self, smss):
        self.smss = smss
        self.iw = min(10 * smss, max(2 * smss, 14600))  # RFC 6928, 2
        self.cwnd = float(self.iw)
        self.ssthresh = INFINITY
        self.hystart = HystartPP()
        self.saved = None

    def in_css(self):
        return self.hystart.in_css

    def ack(self, now, acked, rtt, srtt, una, nxt, limited):
        if self.cwnd < self.ssthresh:
            self.slow_start(acked, rtt, una, nxt, limited)
        elif limited:
            self.avoid(now, acked, srtt)
        else:
            self.unused(now)

    def slow_start(self, acked, rtt, una, nxt, limited):
        first = self.ssthresh == INFINITY
        if limited:
            n = self.hystart.growth(acked) if first else acked
            self.cwnd = min(self.cwnd + n, self.ssthresh)
        if first and self.hystart.acked(una, nxt, rtt):
            self.ssthresh = self.cwnd

    def avoid(self, now, acked, srtt):
        # (3) with the bytes that were acknowledged.
        self.cwnd += self.smss * acked / self.cwnd

    def unused(self, now):
        pass

    def restart(self):
        pass

    def beta(self):
        return 0.5

    def save(self):
        self.saved = (self.cwnd, self.ssthresh)

    def reduce(self):
        self.save()
        self.hystart = HystartPP()
        self.ssthresh = max(self.cwnd * self.beta(), 2 * self.smss)

    def loss(self):
        """Recovery, from its beginning to its end."""
        self.reduce()
        self.cwnd = self.ssthresh

    def timeout(self, flight, first):
        if first:
            self.reduce()
            # (4), but not below what a new connection may send.
            self.ssthresh = min(self.ssthresh, max(flight, self.iw))
        self.cwnd = float(self.smss)

    def undo(self):
        cwnd, ssthresh = self.saved
        if self.cwnd < cwnd:
            self.cwnd, self.ssthresh = cwnd, ssthresh

    def idle(self, now, idle, rto):
        """RFC 5681, 4.1, by halves; the threshold as in RFC 2861, 3.2."""
        if idle < rto or self.cwnd <= self.iw:
            self.unused(now)
            return
        self.ssthresh = max(self.ssthresh, 0.75 * self.cwnd)
        for _ in range(int(idle // rto)):
            self.cwnd = max(self.cwnd / 2, self.iw)
        self.hystart = HystartPP()
        self.restart()


class Cubic(Reno):
    """RFC 9438; its own variables are of segments and seconds."""

    name = "cubic"
    C = 0.4
    BETA_CUBIC = 0.7
    ALPHA_CUBIC = 3 * (1 - BETA_CUBIC) / (1 + BETA_CUBIC)

    def __init__(self, smss):
        super().__init__(smss)
        self.w_max = None
        self.cwnd_prior = None
        self.k = 0.0
        self.t_epoch = None
        self.w_est = 0.0
        self.last = 0.0
        self.saved_own = None

    def begin(self, now):
        cwnd = self.cwnd / self.smss
        self.t_epoch = now
        self.w_est = cwnd
        if self.cwnd_prior is None:
            self.cwnd_prior = cwnd  # 4.10
        if self.w_max is None or self.w_max <= cwnd:
            self.w_max = cwnd  # 4.8, 4.10
            self.k = 0.0
        else:
            self.k = ((self.w_max - cwnd) / self.C) ** (1 / 3)

    def w_cubic(self, t):
        return self.C * (t - self.k) ** 3 + self.w_max

    def avoid(self, now, acked, srtt):
        if self.t_epoch is None:
            self.begin(now)
        self.last = now
        t = now - self.t_epoch
        cwnd = self.cwnd / self.smss
        segments_acked = acked / self.smss
        alpha = 1 if self.w_est >= self.cwnd_prior else self.ALPHA_CUBIC
        self.w_est += alpha * segments_acked / cwnd
        if self.w_cubic(t) < self.w_est:
            cwnd = max(cwnd, self.w_est)
        else:
            target = min(max(self.w_cubic(t + srtt), cwnd), 1.5 * cwnd)
            cwnd += (target - cwnd) / cwnd * segments_acked
        self.cwnd = cwnd * self.smss

    def unused(self, now):
        # 5.8: t must not include the time.
        if self.t_epoch is not None:
            self.t_epoch += now - self.last
        self.last = now

    def restart(self):
        self.t_epoch = None

    def beta(self):
        return self.BETA_CUBIC

    def reduce(self):
        cwnd = self.cwnd / self.smss
        self.saved_own = (self.w_max, self.cwnd_prior, self.k, self.t_epoch, self.w_est)
        if self.w_max is not None and cwnd < self.w_max:
            self.w_max = cwnd * (1 + self.BETA_CUBIC) / 2
        else:
            self.w_max = cwnd
        self.cwnd_prior = cwnd
        self.t_epoch = None
        super().reduce()

    def timeout(self, flight, first):
        super().timeout(flight, first)
        self.w_max = None
        self.t_epoch = None

    def undo(self):
        if self.cwnd < self.saved[0]:
            self.w_max, self.cwnd_prior, self.k, self.t_epoch, self.w_est = self.saved_own
        super().undo()


class Prr:
    """RFC 9937, 6; bytes."""

    def __init__(self, smss, ssthresh, recover_fs):
        self.smss = smss
        self.ssthresh = ssthresh
        self.recover_fs = recover_fs
        self.prr_delivered = 0
        self.prr_out = 0

    def ack(self, delivered, inflight, safe_ack):
        """The congestion window after an ACK."""
        self.prr_delivered += delivered
        if inflight > self.ssthresh:
            snd_cnt = -(-self.prr_delivered * self.ssthresh // self.recover_fs) - self.prr_out
        else:
            snd_cnt = max(self.prr_delivered - self.prr_out, delivered)
            if safe_ack:
                snd_cnt += self.smss
            snd_cnt = min(self.ssthresh - inflight, snd_cnt)
        snd_cnt = max(snd_cnt, 0)
        # "Force a fast retransmit": of a segment, which is the least that is sent.
        if self.prr_out == 0 and snd_cnt < self.smss:
            snd_cnt = self.smss
        return inflight + snd_cnt

    def sent(self, size):
        self.prr_out += size
