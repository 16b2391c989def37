/** Values of options, read and checked as far as the client can; the daemon checks the rest. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { durationMs } from '@bhatti/wire/units.ts';

function invalid(flag: string, why: string, remedy: string): BhattiError {
  return new BhattiError('request.invalid', `cannot read ${flag}: ${why}`, { remedy });
}

/**
 * K=V, split at the first '='. K alone takes its value from `env`, as docker's does.
 * @throws BhattiError request.invalid; the text is not shown, for it may be a secret typed without its name
 */
export function keyValue(
  text: string,
  flag: string,
  env?: Readonly<Record<string, string | undefined>>,
): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  const inherited = at < 0 ? env?.[text] : undefined;
  if (inherited !== undefined) return [text, inherited];
  throw invalid(flag, 'it is not of the form KEY=VALUE', `write ${flag} KEY=VALUE`);
}

/** A whole number, negative ones too: the daemon says what range is right. @throws BhattiError request.invalid */
export function wholeNumber(text: string, flag: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw invalid(flag, `${JSON.stringify(text)} is no whole number`, `write ${flag} 2`);
}

const MIB_OF: Readonly<Record<string, number>> = { '': 1, M: 1, MB: 1, MIB: 1, G: 1024, GB: 1024, GIB: 1024 };

/** A size in MiB, or with a unit: 512, 512M, 2G. @throws BhattiError request.invalid */
export function mebibytesOf(text: string, flag: string): number {
  const [, number, unit] = /^(-?\d{1,12})\s*([a-z]*)$/i.exec(text) ?? [];
  const factor = MIB_OF[unit?.toUpperCase() ?? ''];
  if (number !== undefined && factor !== undefined) return Number(number) * factor;
  throw invalid(flag, `${JSON.stringify(text)} is no size`, `write ${flag} 2048 (MiB) or ${flag} 2G`);
}

/** Seconds, with a fraction or a unit: 30, 1.5, 500ms, 5m, 1h. @throws BhattiError request.invalid */
export function millisecondsOf(text: string, flag: string): number {
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  throw invalid(flag, `${JSON.stringify(text)} is no duration`, `write ${flag} 30 (seconds), 500ms, 5m or 1h`);
}

/** How long a sandbox is idle before it is set aside; 'default' is what the daemon says. @throws BhattiError request.invalid */
export function idleOf(text: string, flag: string): number | 'never' | null {
  if (text === 'never') return 'never';
  return text === 'default' ? null : millisecondsOf(text, flag);
}

export interface PortPair {
  readonly host: number;
  readonly guest: number;
}

/** HOST[:GUEST]; host port 0 takes any that is free. @throws BhattiError request.invalid */
export function portPair(text: string): PortPair {
  const [, first, second] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = Number(first);
  const guest = Number(second ?? first);
  if (first !== undefined && host <= 65_535 && guest >= 1 && guest <= 65_535) return { host, guest };
  throw invalid('the ports', `${JSON.stringify(text)} is not of the form HOST[:GUEST]`, 'write 8080 or 8080:80');
}

export interface Place {
  /** Absent: on this machine. */
  readonly sandbox?: string;
  readonly path: string;
}

/** dev:/path or a local path; as with docker cp, a colon after a slash belongs to the path. */
export function place(text: string): Place {
  const [, sandbox, path] = /^([^/:]+):(.*)$/s.exec(text) ?? [];
  return sandbox === undefined || path === undefined ? { path: text } : { sandbox, path };
}
