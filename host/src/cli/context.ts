/** What every verb works with. */
import type { Command } from 'commander';
import type { Api } from './client/api.ts';

/** What main/ lends to the client: things that are the daemon's to know. */
export interface Surroundings {
  readonly version: string;
  dataDirectory(flag: string | undefined): string;
  socketPath(dataDir: string): string;
  /** Program and arguments that stand for `bhatti`. */
  readonly argv: readonly string[];
  /** Where the tiers' recipes and smoke tests lie. */
  readonly tiersDir: string;
  /** Runs a daemon in this process until it is told to end. */
  serve(flags: ServeFlags): Promise<void>;
  /** Makes a release of the tiers in this machine's images folder. @returns their names */
  publish(flags: ServeFlags, folder: string, progress: Steps, signal: AbortSignal): Promise<readonly string[]>;
}

/** Progress of work done in this process. */
export interface Steps {
  step(label: string, fraction?: number): void;
}

export interface ServeFlags {
  readonly dataDir?: string | undefined;
  readonly imagesDir?: string | undefined;
  readonly config?: string | undefined;
  readonly listen?: string | undefined;
  readonly logLevel?: string | undefined;
}

/** Options that every verb knows. */
export interface GlobalOptions {
  readonly url?: string;
  readonly token?: string;
  readonly dataDir?: string;
  readonly json?: boolean;
}

export interface Cli {
  readonly around: Surroundings;
  readonly options: GlobalOptions;
  readonly api: Api;
  /** Every verb with its options, for completion. */
  program(): Promise<Command>;
  /** True: print the API's own reply instead of text for people. */
  readonly json: boolean;
}
