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
  /** Puts a backup in the store's place. @throws BhattiError daemon.running | store.invalid | store.newer */
  restore(dataDir: string, from: string, drop: boolean): Promise<RestoredReply>;
  /** The service that serves this folder; undefined where none does, and a client may start a daemon. */
  serviceOf(dataDir: string): ServiceCommands | undefined;
  /** What `bhatti setup` does besides what it asks the daemon for. */
  machine(): Promise<MachineSetup>;
  /** Makes a release of the tiers in this machine's images folder. @returns their names */
  publish(flags: ServeFlags, folder: string, progress: Steps, signal: AbortSignal): Promise<readonly string[]>;
}

export interface RestoredReply {
  readonly sandboxes: number;
  readonly lost: readonly string[];
  readonly before: string;
}

/** What is called to start the daemon's service, and to see whether it runs: program and arguments. */
export interface ServiceCommands {
  readonly start: readonly string[];
  readonly status: readonly string[];
}

/** One thing of a server: made, or found. */
export interface SetupStep {
  readonly subject: string;
  /** False: it was as it should be. */
  readonly changed: boolean;
  readonly said: string;
}

/** This machine as a server. */
export interface MachineSetup {
  readonly dataDir: string;
  /** What an earlier run made; null where there was none. */
  record(): { readonly made: readonly string[] } | null;
  /** @throws BhattiError host.setup-failed; the next run goes on where this one ended */
  make(tell: (step: SetupStep) => void): Promise<void>;
  /** An API key was made for the server. */
  keyMade(): void;
  /** Takes away what was made, and only that; sandboxes have been ended. */
  remove(tell: (step: SetupStep) => void): void;
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
  readonly group?: string | undefined;
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
