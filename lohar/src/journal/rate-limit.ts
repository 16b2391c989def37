/** LogRateLimitIntervalSec= and LogRateLimitBurst=: at most `burst` messages an interval. Pure, but for its counters. */
export interface RateLimit {
  readonly intervalMs: number;
  readonly burst: number;
}

export class RateLimiter {
  readonly #limit: RateLimit;
  #since = Number.NEGATIVE_INFINITY;
  #used = 0;
  #suppressed = 0;

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  /** @returns how many of `wanted` may pass, and how many were suppressed in the interval that has ended */
  pass(nowMs: number, wanted: number): { allowed: number; suppressed: number } {
    if (this.#limit.intervalMs <= 0 || this.#limit.burst <= 0) return { allowed: wanted, suppressed: 0 };
    let suppressed = 0;
    if (nowMs - this.#since >= this.#limit.intervalMs) {
      suppressed = this.#suppressed;
      this.#since = nowMs;
      this.#used = 0;
      this.#suppressed = 0;
    }
    const allowed = Math.max(0, Math.min(wanted, this.#limit.burst - this.#used));
    this.#used += allowed;
    this.#suppressed += wanted - allowed;
    return { allowed, suppressed };
  }
}
