/** ANSI sequences with systemd's colours; an object without them when the output is no terminal. */
export interface Palette {
  readonly normal: string;
  readonly bold: string;
  readonly red: string;
  readonly boldRed: string;
  readonly green: string;
  readonly boldGreen: string;
  readonly yellow: string;
  readonly boldYellow: string;
  readonly grey: string;
  readonly boldBlue: string;
  readonly boldCyan: string;
  readonly underline: string;
  readonly greyUnderline: string;
}

export const COLOURS: Palette = {
  normal: '\x1b[0m',
  bold: '\x1b[0;1;39m',
  red: '\x1b[0;31m',
  boldRed: '\x1b[0;1;31m',
  green: '\x1b[0;32m',
  boldGreen: '\x1b[0;1;32m',
  yellow: '\x1b[0;33m',
  boldYellow: '\x1b[0;1;38;5;185m',
  grey: '\x1b[0;38;5;245m',
  boldBlue: '\x1b[0;1;34m',
  boldCyan: '\x1b[0;1;36m',
  underline: '\x1b[0;4m',
  greyUnderline: '\x1b[0;4;38;5;245m',
};

export const PLAIN: Palette = {
  normal: '',
  bold: '',
  red: '',
  boldRed: '',
  green: '',
  boldGreen: '',
  yellow: '',
  boldYellow: '',
  grey: '',
  boldBlue: '',
  boldCyan: '',
  underline: '',
  greyUnderline: '',
};
