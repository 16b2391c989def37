/** A group of rows that are measured together, and what they measure with. */
import type { Daemon } from './daemon/own-daemon.ts';
import type { Measurement } from './measure/measurement.ts';

export interface Bench {
  /** Has tier minimal built and its template made. */
  readonly daemon: Daemon;
  /** The number of rounds to do where `full` is what the goal asks for; fewer with --quick. */
  rounds(full: number): number;
  note(text: string): void;
}

export interface Group {
  /** What --only names: 'create', 'tiers:docker'. */
  readonly name: string;
  readonly title: string;
  /** Takes a quarter of an hour and a gigabyte of downloads: measured only when it is named. */
  readonly long?: true;
  measure(bench: Bench): Promise<readonly Measurement[]>;
}

/** Runs `work` with a sandbox that is destroyed afterwards. */
export async function withSandbox<T>(bench: Bench, name: string, work: (name: string) => Promise<T>): Promise<T> {
  await bench.daemon.api.create({ name });
  try {
    return await work(name);
  } finally {
    await bench.daemon.api.destroy(name);
  }
}
