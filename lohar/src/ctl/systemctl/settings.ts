/** What a call of systemctl asks for besides its verb. */
import type { OutputFormat } from '../log-output/output-format.ts';
import type { Program } from '../program.ts';

export type TimestampStyle = 'pretty' | 'us' | 'utc' | 'us+utc' | 'unix';

export interface Settings {
  types: string[];
  states: string[];
  /** Absent: all; empty: none. */
  properties?: string[];
  /** -p or -a: print `Name=` for what is empty. */
  showEmpty: boolean;
  valueOnly: boolean;
  all: boolean;
  full: boolean;
  quiet: boolean;
  noWarn: boolean;
  /** --legend, --no-legend; -q takes it away unless it was asked for. */
  legend: boolean | undefined;
  plain: boolean;
  force: number;
  jobMode: string;
  noBlock: boolean;
  wait: boolean;
  runtime: boolean;
  noReload: boolean;
  now: boolean;
  signal: number;
  killWhom: string;
  killValue?: number;
  lines: number;
  output: OutputFormat;
  root: string;
  scope: 'system' | 'user' | 'global';
  host: string;
  dependency: 'forward' | 'reverse' | 'after' | 'before';
  jobsAfter: boolean;
  jobsBefore: boolean;
  showTypes: boolean;
  withDependencies: boolean;
  presetMode: 'full' | 'enable-only' | 'disable-only';
  what: string[];
  timestamp: TimestampStyle;
  dryRun: boolean;
  noWall: boolean;
  dropIn: string;
  when: string;
  /** --message=: what people at terminals are told. */
  message: string;
  /** An option that prints something and ends: `--version`, `-t help`. */
  print?: (program: Program) => Promise<string>;
}

export function initialSettings(): Settings {
  return {
    types: [],
    states: [],
    showEmpty: false,
    valueOnly: false,
    all: false,
    full: false,
    quiet: false,
    noWarn: false,
    legend: undefined,
    plain: false,
    force: 0,
    jobMode: 'replace',
    noBlock: false,
    wait: false,
    runtime: false,
    noReload: false,
    now: false,
    signal: 15,
    killWhom: '',
    lines: 10,
    output: 'short',
    root: '',
    scope: 'system',
    host: '',
    dependency: 'forward',
    jobsAfter: false,
    jobsBefore: false,
    showTypes: false,
    withDependencies: false,
    presetMode: 'full',
    what: [],
    timestamp: 'pretty',
    dryRun: false,
    noWall: false,
    dropIn: '',
    when: '',
    message: '',
  };
}

export function hasLegend(settings: Settings): boolean {
  return settings.legend !== false;
}
