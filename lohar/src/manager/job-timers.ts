/** JobTimeoutSec= and JobRunningTimeoutSec=: jobs that wait or run for too long end. */
import type { Loop, Timer } from '@bhatti/runtime/sys.ts';
import type { Job } from '../unit/job/job.ts';
import type { JobQueue } from '../unit/job/queue.ts';

export class JobTimers {
  readonly #timers = new Map<number, Timer>();
  readonly #loop: Loop;
  readonly #queue: JobQueue;
  readonly #nowMs: () => number;

  constructor(loop: Loop, queue: JobQueue, nowMs: () => number) {
    this.#loop = loop;
    this.#queue = queue;
    this.#nowMs = nowMs;
  }

  /** Arms the earlier of both limits. */
  watch(job: Job): void {
    const { JobTimeoutSec, JobRunningTimeoutSec } = job.unit.config.settings;
    const queued = job.queuedAtMs + JobTimeoutSec / 1000;
    const running =
      job.runningSinceMs === 0 ? Number.POSITIVE_INFINITY : job.runningSinceMs + JobRunningTimeoutSec / 1000;
    const at = Math.min(queued, running);
    this.forget(job);
    if (at === Number.POSITIVE_INFINITY) return;
    const timer = this.#loop.after(Math.max(0, at - this.#nowMs()), () => {
      this.#timers.delete(job.id);
      if (this.#queue.jobs.get(job.id) === job) this.#queue.timeout(job);
    });
    this.#timers.set(job.id, timer);
  }

  forget(job: Job): void {
    this.#timers.get(job.id)?.cancel();
    this.#timers.delete(job.id);
  }
}
