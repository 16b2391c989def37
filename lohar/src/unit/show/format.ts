/** Values as `systemctl show` prints them. */
import type { Settings } from '../directive/tables.ts';
import { quoteForShow } from '../text/c-escape.ts';
import { formatBoolean, formatMode } from '../value/scalar.ts';
import { formatTimeSpan } from '../value/time-span.ts';
import type { Show, ShowFacts } from './facts.ts';

type Keys<T> = { [K in keyof Settings]: Settings[K] extends T ? K : never }[keyof Settings];

/** A value made of one setting, and of what is the same for all units of the machine. */
export const of = (setting: keyof Settings, show: Show): Show => Object.assign(show, { setting });

export const flag = (name: Keys<boolean>): Show => of(name, ({ settings }) => formatBoolean(settings[name]));
/** Unset booleans: `dflt` when nothing decides. */
export const optionalFlag = (name: Keys<boolean | null>, unset: boolean): Show =>
  of(name, ({ settings }) => formatBoolean(settings[name] ?? unset));
export const word = (name: Keys<string>): Show => of(name, ({ settings }) => settings[name]);
export const span = (name: Keys<number>): Show => of(name, ({ settings }) => formatTimeSpan(settings[name]));
export const number = (name: Keys<number>): Show => of(name, ({ settings }) => String(settings[name]));
export const octal = (name: Keys<number>): Show => of(name, ({ settings }) => formatMode(settings[name]));
export const list = (name: Keys<readonly string[]>): Show =>
  of(name, ({ settings }) => settings[name].map(quoteForShow).join(' '));
/** Blank-separated as written. */
export const plainList = (name: Keys<readonly string[]>): Show => of(name, ({ settings }) => settings[name].join(' '));
export const constant = (text: string): Show => Object.assign(() => text, { setting: null });
/** What files may set although nothing acts on it: shown as written, else the default. */
export const written = (name: Keys<string>, initial: string): Show =>
  of(name, ({ settings }) => (settings[name] === '' ? initial : settings[name]));
export const usage =
  (name: keyof ShowFacts['usage'], missing: string): Show =>
  ({ usage: numbers }) =>
    String(numbers[name] ?? missing);

export const infinite = (value: number): string => (value === Number.POSITIVE_INFINITY ? 'infinity' : String(value));
export const memory = (name: Keys<Settings['MemoryMax']>): Show =>
  of(name, ({ settings, amounts }) => infinite(amounts.memory(settings[name])));
