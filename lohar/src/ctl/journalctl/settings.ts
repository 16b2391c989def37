/** What a call of journalctl asks for. */
import type { OutputFormat } from '../log-output/output-format.ts';

export type Action =
  | 'show'
  | 'help'
  | 'version'
  | 'help-output'
  | 'help-facility'
  | 'list-boots'
  | 'list-field-values'
  | 'list-field-names'
  | 'disk-usage'
  | 'header'
  | 'verify'
  | 'rotate'
  | 'vacuum'
  | 'rotate-and-vacuum'
  | 'flush'
  | 'sync'
  | 'nothing'
  | 'list-catalog'
  | 'unsupported';

/** `-b`: an id, an offset, or both. */
export interface BootChoice {
  readonly id: string;
  readonly offset: number;
}

/** How many lines; 'all', or what nobody said. */
export type LineCount = number | 'all' | 'default';

export interface Settings {
  action: Action;
  units: string[];
  userUnits: string[];
  identifiers: string[];
  priorities?: ReadonlySet<number>;
  facilities?: ReadonlySet<number>;
  matches: string[];
  pattern?: string;
  caseSensitive?: boolean;
  grep?: RegExp;
  boot?: BootChoice;
  kernel: boolean;
  sinceUs?: number;
  untilUs?: number;
  cursor?: string;
  afterCursor?: string;
  cursorFile?: string;
  showCursor: boolean;
  lines: LineCount;
  /** `-n +5`: the first ones. */
  oldest: boolean;
  follow: boolean;
  noTail: boolean;
  reverse: boolean;
  output: OutputFormat;
  outputFields?: Set<string>;
  all: boolean;
  full: boolean;
  utc: boolean;
  hostname: boolean;
  truncateNewline: boolean;
  catalog: boolean;
  quiet: boolean;
  merge: boolean;
  pager: boolean;
  pagerEnd: boolean;
  field: string;
  folder?: string;
  files: string[];
  root?: string;
  machine?: string;
  vacuumBytes?: number;
  vacuumFiles?: number;
  vacuumUsec?: number;
  /** --system, --user */
  scope: '' | 'system' | 'user';
  /** What the option that made the action `unsupported` asked for. */
  unsupported: string;
}

export function initialSettings(): Settings {
  return {
    action: 'show',
    units: [],
    userUnits: [],
    identifiers: [],
    matches: [],
    kernel: false,
    showCursor: false,
    lines: 'default',
    oldest: false,
    follow: false,
    noTail: false,
    reverse: false,
    output: 'short',
    all: false,
    full: true,
    utc: false,
    hostname: true,
    truncateNewline: false,
    catalog: false,
    quiet: false,
    merge: false,
    pager: true,
    pagerEnd: false,
    field: '',
    files: [],
    scope: '',
    unsupported: '',
  };
}

/** Lines from the end, so that their number says where to begin. */
export function countsFromEnd(settings: Settings): boolean {
  return typeof settings.lines === 'number' && !settings.oldest;
}
