/** What one package did on a machine, in the form of tests/field/recorded: the same for systemd and lohar. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of real systemd; written by record.ts, the first sixteen by the program it was made from. */
export const RECORDED: string = join(import.meta.dirname, 'recorded');

/** Properties as `systemctl show` prints them. */
export type Properties = Readonly<Record<string, string>>;

export interface Step {
  readonly rc: number;
  readonly seconds: number;
  /** Its last lines. */
  readonly output: readonly string[];
}

export interface UnitFound {
  is_enabled: string;
  is_enabled_rc: number;
  /** Not there for templates. */
  show?: Properties;
  /** Of a service that only runs since a connection to its socket. */
  show_after_connection?: Properties;
}

export interface SocketAsked {
  readonly Accept: string;
  readonly Triggers: string;
  readonly Listen: readonly string[];
  readonly poke_rc?: number;
  readonly before: Readonly<Record<string, Properties>>;
  readonly after_connection: Readonly<Record<string, Properties>>;
  readonly socket_after: Properties;
}

export interface ServiceExercised {
  processes: readonly string[];
  restart: Step;
  after_restart: Properties;
  stop: Step;
  after_stop: Properties;
  left_in_cgroup: readonly string[];
  start: Step;
  after_start: Properties;
  reload?: Step;
  after_reload?: Properties;
  /** Three seconds later. */
  after_kill9?: Properties;
  new_main_after_kill9?: boolean;
  left_after_kill9?: readonly string[];
  journal?: readonly string[];
}

export interface Purge {
  readonly rc: number;
  readonly seconds: number;
  readonly last_lines: readonly string[];
  readonly links_left: readonly string[];
  readonly helper_state_left: readonly string[];
  readonly failed: readonly string[];
  /** Not in the oldest recordings. */
  readonly users_left?: readonly string[];
  readonly states: Readonly<Record<string, Properties>>;
}

export interface Installed {
  readonly install: {
    readonly rc: number;
    readonly seconds: number;
    readonly last_lines: readonly string[];
    readonly systemd_lines: readonly string[];
  };
  readonly new_packages: readonly string[];
  readonly unit_files: readonly string[];
  readonly init_scripts: readonly string[];
  readonly links_added: readonly string[];
  readonly links_removed: readonly string[];
  readonly helper_state_added: readonly string[];
  readonly units_newly_loaded: readonly string[];
  readonly units: Readonly<Record<string, UnitFound>>;
  readonly failed: readonly string[];
  readonly failed_detail: Readonly<Record<string, { state: Properties; journal: readonly string[] }>>;
  readonly listening: readonly string[];
}

export interface Recording extends Installed {
  readonly package: string;
  readonly systemd: string;
  readonly failed_before: readonly string[];
  /** Not in the oldest recordings. */
  readonly sockets?: Readonly<Record<string, SocketAsked>>;
  readonly services: Readonly<Record<string, ServiceExercised>>;
  readonly purge: Purge;
}

/** From the version that Ubuntu 24.04 was released with to that of its updates. */
export interface Upgrade {
  readonly package: string;
  readonly from: string;
  readonly to: string;
  readonly install_rc: number;
  readonly upgrade_rc: number;
  /** What apt's output says of units. */
  readonly said: readonly string[];
  /** Of each service that ran: whether another main process does, and how it is. */
  readonly services: Record<string, { readonly another: boolean; readonly state: Properties }>;
  readonly failed: readonly string[];
}

export const recordingPath = (name: string): string => join(RECORDED, `${name}.json`);
export const upgradePath = (name: string): string => join(RECORDED, 'upgrades', `${name}.json`);

export const recordedPackages = (): string[] =>
  readdirSync(RECORDED)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.replace(/\.json$/, ''))
    .sort();

/** @returns undefined for a package that real systemd was not asked about */
export const recordingOf = (name: string): Recording | undefined => kept(recordingPath(name));
/** @returns undefined for one whose upgrade real systemd was not asked about */
export const upgradeOf = (name: string): Upgrade | undefined => kept(upgradePath(name));

function kept<T>(path: string): T | undefined {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
