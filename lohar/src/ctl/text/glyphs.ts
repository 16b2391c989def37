/** Signs that systemd draws, and what stands for them where the locale has no UTF-8. */
import type { ActiveState } from '../../unit/model.ts';

export interface Glyphs {
  readonly vertical: string;
  readonly branch: string;
  readonly last: string;
  readonly space: string;
  readonly blackCircle: string;
  readonly whiteCircle: string;
  readonly cross: string;
  readonly turning: string;
  readonly arrow: string;
  readonly bullet: string;
}

export const UNICODE: Glyphs = {
  vertical: '│ ',
  branch: '├─',
  last: '└─',
  space: '  ',
  blackCircle: '●',
  whiteCircle: '○',
  cross: '×',
  turning: '↻',
  arrow: '→',
  bullet: '‣',
};

export const ASCII: Glyphs = {
  vertical: '| ',
  branch: '|-',
  last: '`-',
  space: '  ',
  blackCircle: '*',
  whiteCircle: '*',
  cross: 'x',
  turning: '*',
  arrow: '->',
  bullet: '>',
};

/** By the locale's variables; when none is set, UTF-8, as systemd has it. */
export function glyphsFor(env: ReadonlyMap<string, string>): Glyphs {
  const locale = ['LC_ALL', 'LC_CTYPE', 'LANG'].map((name) => env.get(name)).find((value) => value);
  return locale === undefined || /utf-?8/i.test(locale) ? UNICODE : ASCII;
}

/** The sign before a unit's name. */
export function stateGlyph(active: ActiveState, glyphs: Glyphs): string {
  switch (active) {
    case 'inactive':
    case 'maintenance':
      return glyphs.whiteCircle;
    case 'failed':
      return glyphs.cross;
    case 'reloading':
    case 'refreshing':
      return glyphs.turning;
    default:
      return glyphs.blackCircle;
  }
}
