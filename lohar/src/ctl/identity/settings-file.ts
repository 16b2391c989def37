/** Files of `NAME=value` lines: /etc/os-release, /etc/machine-info, /etc/default/locale. */
import { SysError } from '@bhatti/runtime/sys.ts';
import { readText } from '../../read-text.ts';
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';

const FILE_MAX = 64 * 1024;

/** What a small file holds, without the spaces around it; '' when it cannot be read. */
export function textOf({ sys }: Program, path: string): string {
  return readText(sys, path, FILE_MAX).trim();
}

/** Values without their quotes; empty when there is no file. */
export function readSettings(program: Program, path: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of textOf(program, path).split('\n')) {
    const [, name, value = ''] = /^\s*([A-Za-z_]\w*)=(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) found.set(name, value.replace(/^(["'])(.*)\1$/, '$2').replace(/\\(["$`\\])/g, '$1'));
  }
  return found;
}

const quoted = (value: string): string =>
  /^[\w.@:/+-]*$/.test(value) ? value : `"${value.replace(/["$`\\]/g, '\\$&')}"`;

/** Writes a file anew; settings that are empty are left out. */
export function writeSettings(program: Program, path: string, settings: ReadonlyMap<string, string>): void {
  const lines = [...settings].filter(([, value]) => value !== '').map(([name, value]) => `${name}=${quoted(value)}\n`);
  program.sys.writeFileAtomic(path, program.sys.encode(lines.join('')), { mode: 0o644 });
}

/** Does what changes the machine. @throws UsageError `<what>: Access denied` */
export function change(what: string, act: () => void): number {
  try {
    act();
    return 0;
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    const denied = error.code === 'EACCES' || error.code === 'EPERM';
    throw new UsageError(`${what}: ${denied ? 'Access denied' : error.message}`);
  }
}

/** `Label: value` rows, labels to the right, as systemd prints its tables of facts. */
export function facts(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padStart(width)}: ${value}\n`).join('');
}
