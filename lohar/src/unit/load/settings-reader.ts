/** Applies the assignments of a unit's files to its settings, one after the other. */

import type { Directive, Reading } from '../directive/directive.ts';
import { DEFAULTS, lookUp, type SettingName, type Settings, sectionsOf } from '../directive/tables.ts';
import type { Resolve } from '../exec/specifier.ts';
import { parseUnitFile } from '../file/parse.ts';
import type { Priority, UnitType } from '../model.ts';

const ERROR: Priority = 3;
const WARNING: Priority = 4;
const NOTICE: Priority = 5;

export interface LogLine {
  readonly priority: Priority;
  readonly text: string;
}
/** Lines logged about one unit; a file full of nonsense must not fill the journal. */
const LINES_MAX = 1000;

const INSTALL_KEYS: ReadonlySet<string> = new Set([
  'Alias',
  'WantedBy',
  'RequiredBy',
  'UpheldBy',
  'Also',
  'DefaultInstance',
]);

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export class SettingsReader {
  /** Reads fall through to DEFAULTS; own properties are what files set. */
  readonly settings: Settings = Object.create(DEFAULTS);
  readonly lines: LogLine[] = [];
  /** A command line or the like was refused: the unit must not start. */
  fatal = false;
  readonly #type: UnitType;
  readonly #resolve: Resolve;
  readonly #isZone: (name: string) => boolean;

  constructor(type: UnitType, resolve: Resolve, isZone: (name: string) => boolean = () => false) {
    this.#type = type;
    this.#isZone = isZone;
    this.#resolve = resolve;
  }

  /** @returns false when the file cannot be used at all */
  read(path: string, text: string): boolean {
    const parsed = parseUnitFile(text, sectionsOf(this.#type));
    for (const item of parsed.items) {
      if (item.is === 'warning') this.#log(parsed.ok ? WARNING : ERROR, `${path}:${item.line}: ${item.text}`);
      else this.assign(item.section, item.key, item.value, `${path}:${item.line}`);
    }
    return parsed.ok;
  }

  /** `place` begins each warning: FILE:LINE. */
  assign(section: string, key: string, value: string, place: string): void {
    if (section === 'Install' && INSTALL_KEYS.has(key)) return;
    const found = lookUp(this.#type, section, key);
    if (found === 'other-type') return;
    if (found === 'obsolete') {
      this.#log(NOTICE, `${place}: Support for option ${key}= has been removed and it is ignored`);
    } else if (found === 'unknown') {
      if (!key.startsWith('X-'))
        this.#log(WARNING, `${place}: Unknown key name '${key}' in section '${section}', ignoring.`);
    } else {
      for (const { name, row } of found) this.#set(name, row, key, value, place);
    }
  }

  #set(name: SettingName, row: Directive<unknown>, key: string, value: string, place: string): void {
    const at: Reading = {
      key,
      resolve: this.#resolve,
      isZone: this.#isZone,
      warn: (text) => this.#log(WARNING, `${place}: ${text}`),
      fatal: () => {
        this.fatal = true;
      },
    };
    const after = row.read(value, at, this.settings[name]);
    if (after !== undefined) (this.settings as Mutable<Settings>)[name] = after as never;
  }

  #log(priority: Priority, text: string): void {
    if (this.lines.length < LINES_MAX) this.lines.push({ priority, text });
  }
}
