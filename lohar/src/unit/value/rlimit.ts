/** Resource limits `soft:hard`. Facts: systemd.exec(5), "Process Properties"; setrlimit(2) for the numbers. */
import { parseSize } from './size.ts';
import { parseTimeSpan, USEC_PER_SEC } from './time-span.ts';

/** name -> [resource number, how the value is read] */
export const RLIMITS = {
  LimitCPU: [0, 'seconds'],
  LimitFSIZE: [1, 'size'],
  LimitDATA: [2, 'size'],
  LimitSTACK: [3, 'size'],
  LimitCORE: [4, 'size'],
  LimitRSS: [5, 'size'],
  LimitNPROC: [6, 'number'],
  LimitNOFILE: [7, 'number'],
  LimitMEMLOCK: [8, 'size'],
  LimitAS: [9, 'size'],
  LimitLOCKS: [10, 'number'],
  LimitSIGPENDING: [11, 'number'],
  LimitMSGQUEUE: [12, 'size'],
  LimitNICE: [13, 'nice'],
  LimitRTPRIO: [14, 'number'],
  LimitRTTIME: [15, 'usec'],
} as const satisfies Record<string, readonly [number, string]>;
export type RlimitName = keyof typeof RLIMITS;
type Kind = (typeof RLIMITS)[RlimitName][1];

export interface Rlimit {
  readonly soft: number;
  readonly hard: number;
}

/** null when it is none; soft must not be above hard. */
export function parseRlimit(name: RlimitName, text: string): Rlimit | null {
  const kind = RLIMITS[name][1];
  const [first = '', second, more] = text.split(':').map((part) => part.trim());
  if (more !== undefined) return null;
  const soft = parseOne(kind, first);
  const hard = second === undefined ? soft : parseOne(kind, second);
  if (soft === null || hard === null || soft > hard) return null;
  return { soft, hard };
}

function parseOne(kind: Kind, text: string): number | null {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  if (text === '') return null;
  switch (kind) {
    case 'size':
      return parseSize(text);
    case 'number':
      return /^\d+$/.test(text) ? Number(text) : null;
    case 'seconds': {
      const span = parseTimeSpan(text);
      return span === null ? null : Math.ceil(span / USEC_PER_SEC);
    }
    case 'usec':
      return parseTimeSpan(text, 1);
    case 'nice':
      return parseNice(text);
  }
}

/** A sign means a nice level: -20 is 40, +19 is 1. */
function parseNice(text: string): number | null {
  if (!/^[+-]?\d+$/.test(text)) return null;
  const value = Number(text);
  if (/^[+-]/.test(text)) return value >= -20 && value <= 19 ? 20 - value : null;
  return value >= 0 && value <= 40 ? value : null;
}
